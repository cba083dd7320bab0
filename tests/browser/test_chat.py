"""A visitor's walk through the chat."""

from __future__ import annotations

import re
import sqlite3

import pytest
from playwright.sync_api import Browser, Page, expect

from assistant.journal import open_journal
from assistant.settings import JournalSettings, Settings
from tests.browser.conftest import ask, open_chat
from tests.conftest import journal_of, start_chat

QUESTION = "Comment le bassin minier veut-il changer son image ?"


def test_question_is_answered_and_its_citation_opens(phone: Page) -> None:
    """Ask, read the answer, open the source: the quoted words are marked in their passage."""
    ask(phone, QUESTION)
    expect(phone.locator("#thread .question p")).to_have_text(QUESTION)
    expect(phone.locator("#thread .said > p")).to_contain_text(
        "cherche à changer son image et à se développer par le tourisme"
    )
    expect(phone.locator("#question textarea")).to_have_value("")
    source = phone.locator("#source-1-1")
    expect(source.locator("mark")).to_be_hidden()
    phone.click("a[href='#source-1-1']")
    expect(source.locator("mark")).to_be_visible()
    expect(source.locator("mark")).to_contain_text("Le bassin minier cherche à changer son image")
    expect(source.locator("summary")).to_be_focused()
    expect(source).to_contain_text("page non datée, consultée le 22/11/2026")
    link = source.locator("a.original")
    expect(link).to_have_attribute("target", "_blank")
    expect(link).to_have_attribute("rel", "noopener noreferrer")
    expect(link).to_have_attribute("href", re.compile(r"#:~:text=Le%20bassin%20minier%20cherche"))


def test_sources_stand_beside_the_answer_where_there_is_room(page: Page, phone: Page) -> None:
    """On a wide screen the sources are at its right, the first one open; on a phone below."""
    for place in (page, phone):
        ask(place, QUESTION)
    answer, sources = (page.locator(name).bounding_box() for name in (".answer", ".sources"))
    assert answer is not None
    assert sources is not None
    assert sources["x"] >= answer["x"] + answer["width"]
    assert abs(sources["y"] - answer["y"]) < 40
    expect(page.locator("#source-1-1 mark")).to_be_visible()
    answer, sources = (phone.locator(name).bounding_box() for name in (".answer", ".sources"))
    assert answer is not None
    assert sources is not None
    assert sources["y"] >= answer["y"] + answer["height"]


def test_walk_by_keyboard_alone(phone: Page) -> None:
    """Without a mouse: skip to the box, ask, open the citation, say no, give a reason, send."""
    phone.keyboard.press("Tab")
    expect(phone.locator(".skip")).to_be_focused()
    phone.keyboard.press("Enter")
    expect(phone.locator("#question textarea")).to_be_focused()
    phone.keyboard.type(QUESTION)
    phone.keyboard.press("Enter")
    expect(phone.locator("#thread .answer")).to_have_count(1)
    expect(phone.locator("#question textarea")).to_be_focused()
    _tab_to(phone, "a[href='#source-1-1']", back=True)
    phone.keyboard.press("Enter")
    expect(phone.locator("#source-1-1 mark")).to_be_visible()
    expect(phone.locator("#source-1-1 summary")).to_be_focused()
    _tab_to(phone, "[data-helpful='no']", back=True)
    phone.keyboard.press("Enter")
    expect(phone.locator("input[value='wrong']")).to_be_focused()
    phone.keyboard.press("Space")
    _tab_to(phone, "[data-opinion]")
    phone.keyboard.press("Enter")
    expect(phone.locator(".feedback .told")).to_have_text(
        "Merci, votre avis est transmis à l’équipe."
    )
    expect(phone.locator(".feedback .told")).to_be_focused()


def _tab_to(page: Page, selector: str, *, back: bool = False) -> None:
    for _ in range(40):
        page.keyboard.press("Shift+Tab" if back else "Tab")
        if page.locator(selector).first.evaluate("one => one === document.activeElement"):
            return
    pytest.fail(f"{selector} is not reached with the Tab key")


def test_starting_question_is_asked_by_a_click(page: Page) -> None:
    """A proposed question is asked, answered, and the proposals go; a next one is proposed."""
    expect(page.locator("#welcome h3")).to_have_text(
        ["Environnement", "Économie", "Social", "Tourisme", "Fonds européens"]
    )
    first = page.locator("#welcome .ask").first
    question = first.get_attribute("data-ask") or ""
    first.click()
    expect(page.locator("#thread .question p")).to_have_text(question)
    expect(page.locator("#thread .answer")).to_have_count(1)
    expect(page.locator("#welcome")).to_be_hidden()
    following = page.locator("#thread .next .ask")
    assert 1 <= following.count() <= 3
    question = following.first.get_attribute("data-ask") or ""
    following.first.click()
    expect(page.locator("#thread .question p").nth(1)).to_have_text(question)
    expect(page.locator("#thread .answer")).to_have_count(2)
    expect(page.locator("#thread .exchange:not(.aside)")).to_have_count(2)


def test_follow_up_keeps_the_subject(page: Page) -> None:
    """« Et où se trouve-t-il ? » after a park is about that park."""
    ask(page, "Qu'est-ce que le Parc des îles ?")
    ask(page, "Et où se trouve-t-il ?")
    expect(page.locator("#thread .said").last).to_contain_text(re.compile("Drocourt|Hénin"))


def test_source_of_a_sheet_leads_to_what_it_was_written_from(page: Page) -> None:
    """The passage of a sheet names the project and links the original addresses."""
    ask(page, "Quand le bassin minier a-t-il été inscrit à l'UNESCO ?")
    source = page.locator("#source-1-1")
    expect(source).to_contain_text("fiche rédigée par le projet")
    expect(source.locator("a.original").first).to_be_visible()
    expect(source.locator("a.original").first).to_have_attribute("href", re.compile("^https?://"))


def test_far_question_is_not_answered(page: Page) -> None:
    """The assistant says what it is about, and shows no source."""
    ask(page, "Quelle est la capitale du Japon ?")
    expect(page.locator("#thread .answer")).to_contain_text("Cette question ne porte pas sur")
    expect(page.locator("#thread details")).to_have_count(0)


def test_near_question_shows_what_comes_nearest(page: Page) -> None:
    """Without an answer: it says so, shows the nearest passages, and cites nothing."""
    ask(page, "Quels sont les horaires d'ouverture du Louvre-Lens ?")
    expect(page.locator("#thread .exchange.aside")).to_have_count(1)
    expect(page.locator("#thread .sources h3")).to_have_text("Ce qui s’en approche le plus :")
    expect(page.locator("#thread .source[open] mark").first).to_be_visible()
    expect(page.locator("#thread a.marker")).to_have_count(0)
    expect(page.locator("#thread [data-copy]")).to_have_count(0)


def test_two_turns_keep_their_own_sources(page: Page) -> None:
    """Numbers of a second answer open the second answer's sources, in its language."""
    ask(page, QUESTION)
    ask(page, "Which European fund helps people get back to work?")
    page.click("a[href='#source-2-1']")
    expect(page.locator("#source-2-1 mark")).to_be_visible()
    expect(page.locator("#source-2-1 mark")).to_contain_text(
        "the European Social Fund (ESF) finances"
    )
    expect(page.locator("#source-2-1 .badge")).to_have_count(0)


def test_source_in_another_language_is_marked(page: Page) -> None:
    """A German gets an answer from an English sheet; the source says that it is in English."""
    ask(page, "Wann wurde das Louvre-Lens eröffnet?")
    expect(page.locator("#source-1-1 .badge")).to_have_text("en anglais")
    expect(page.locator("#thread .said")).to_have_attribute("lang", "de")
    expect(page.locator("#thread .said span[lang=en]")).to_contain_text("opened in 2012")


@pytest.mark.parametrize(
    "text",
    [
        "<img src=x onerror=\"document.title='pris'\">",
        "<script>document.title='pris'</script> **gras** $$x$$",
        "<b>gras</b> http://exemple.invalid/",
        "</p></div><form action=http://exemple.invalid><button>x</button></form> `code`",
        "&lt;b&gt; <details open ontoggle=\"document.title='pris'\">",
    ],
)
def test_markup_in_a_question_is_text(page: Page, text: str) -> None:
    """HTML, Markdown, formulas and addresses in a question are shown as typed, never run."""
    ask(page, text)
    question = page.locator("#thread .question p")
    expect(question).to_have_text(text)
    assert question.evaluate("element => element.children.length") == 0
    assert page.title() == "Questions sur le bassin minier"


def test_empty_and_too_long_questions_get_a_sentence(page: Page) -> None:
    """Nothing, and more than 2,000 characters: a clear sentence, and the next question works."""
    ask(page, "  ")
    expect(page.locator("#thread .answer").last).to_contain_text("Écrivez votre question")
    ask(page, "a" * 2_001)
    expect(page.locator("#thread .answer").last).to_contain_text("2000 caractères au plus")
    ask(page, QUESTION)
    expect(page.locator("#thread .answer").last).to_contain_text("se développer par le tourisme")


def test_visitors_do_not_see_each_other(browser: Browser, server: str, page: Page) -> None:
    """A second visitor starts with an empty page and gets their own answers."""
    ask(page, QUESTION)
    other = open_chat(browser, server)
    expect(other.locator("#thread .question")).to_have_count(0)
    ask(other, "ADITEC")
    expect(other.locator("#thread .answer")).to_contain_text("ADITEC")
    expect(page.locator("#thread .question")).to_have_count(1)
    other.context.close()


@pytest.mark.parametrize("width", [320, 768, 1280])
def test_nothing_overflows(browser: Browser, server: str, width: int) -> None:
    """At every width, and at 200 % zoom, the page scrolls in one direction only."""
    page = open_chat(browser, server, viewport={"width": width, "height": 800})
    ask(page, QUESTION)
    page.click("a[href='#source-1-1']")
    page.click("[data-helpful='no']")
    page.click("[data-link]")
    expect(page.locator(".tools .told a")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    page.goto(f"{server}/about")
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    page.context.close()


def test_exchange_is_kept_for_as_long_as_the_page_says(page: Page, settings: Settings) -> None:
    """The visitor is told what is kept; it is kept before the answer is shown, without addresses.

    Everything of it can be exported and erased by the name of the conversation.
    """
    expect(page.locator(".band .notice").first).to_contain_text("gardées 90 jours")
    journal = open_journal(Settings(journal=JournalSettings(address=journal_of(settings))))
    before = sum(count.exchanges for count in journal.counts())
    ask(page, f"Je suis jean@example.org. {QUESTION}")
    assert sum(count.exchanges for count in journal.counts()) == before + 1
    with sqlite3.connect(journal_of(settings).removeprefix("sqlite:///")) as database:
        ((conversation_id, question),) = database.execute(
            "SELECT conversation_id, question FROM exchanges ORDER BY asked_at DESC LIMIT 1"
        )
    assert question == f"Je suis [adresse électronique]. {QUESTION}"
    (exchange,) = journal.conversation(conversation_id)
    assert exchange.answer is not None
    shown = page.locator("#source-1-1 mark").text_content()
    assert exchange.answer["citations"][0]["quote"] == shown
    assert journal.erase(conversation_id) == 1
    journal.close()


def test_journal_that_does_not_answer_costs_no_answer(browser: Browser, settings: Settings) -> None:
    """With a journal that cannot be written the visitor is answered, and the server says why."""
    process, address = start_chat(settings, "sqlite:////proc/none/journal.db")
    page = open_chat(browser, address)
    ask(page, QUESTION)
    expect(page.locator("#thread .said > p")).to_contain_text("se développer par le tourisme")
    expect(page.locator("[data-link]")).to_have_count(0)
    page.context.close()
    process.terminate()
    _, errors = process.communicate(timeout=30)
    assert "journal" in errors
    assert "Traceback" not in errors
