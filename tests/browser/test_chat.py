"""A visitor's walk through the chat."""

from __future__ import annotations

import re
import signal
import sqlite3
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from assistant.journal import open_journal
from assistant.settings import JournalSettings, Settings
from tests.browser.conftest import ask, open_chat
from tests.conftest import journal_of, start_chat
from ui.texts import load_words

QUESTION = "Comment le bassin minier veut-il changer son image ?"


def test_question_is_answered_and_its_citation_opens(page: Page) -> None:
    """Ask, read the answer, open the source: the quoted words are marked in their passage."""
    ask(page, QUESTION)
    expect(page.locator("#thread .question h2")).to_have_text(QUESTION)
    expect(page.locator("#thread .said > p")).to_contain_text(
        "cherche à changer son image et à se développer par le tourisme"
    )
    expect(page.locator("#question textarea")).to_have_value("")
    card, quote = page.locator("#thread .source"), page.locator("#source-1-1")
    card.locator("summary").click()
    expect(quote.locator("mark")).to_be_hidden()
    page.click("a[href='#source-1-1']")
    expect(quote.locator("mark")).to_contain_text("Le bassin minier cherche à changer son image")
    expect(quote.locator("mark")).to_be_in_viewport()
    expect(quote).to_be_focused()
    expect(card).to_contain_text("page non datée, consultée le 22/11/2026")
    link = quote.locator("a.original")
    expect(link).to_have_attribute("target", "_blank")
    expect(link).to_have_attribute("rel", "noopener noreferrer")
    expect(link).to_have_attribute("href", re.compile(r"#:~:text=Le%20bassin%20minier%20cherche"))


@pytest.mark.parametrize("way_back", ["button", "Escape"])
def test_citation_opens_over_the_answer_on_a_phone(phone: Page, way_back: str) -> None:
    """On a sheet that takes the focus; back, the view and the focus are where they were."""
    ask(phone, QUESTION)
    marker = phone.locator("a[href='#source-1-1']")
    before = marker.bounding_box()
    marker.click()
    sheet = phone.locator("#sheet")
    expect(sheet.locator("mark")).to_contain_text("Le bassin minier cherche à changer son image")
    expect(sheet.locator("mark")).to_be_in_viewport()
    expect(sheet).to_contain_text("page non datée, consultée le 22/11/2026")
    expect(sheet.get_by_role("button", name="Retour à la réponse")).to_be_focused()
    if way_back == "button":
        phone.keyboard.press("Enter")
    else:
        phone.keyboard.press(way_back)
    expect(sheet).to_be_hidden()
    expect(marker).to_be_focused()
    assert marker.bounding_box() == before


def test_source_has_one_card_with_all_its_quotes(page: Page) -> None:
    """Five numbers by one body: one card that names it and them, and below it five passages."""
    ask(page, "Qui a financé la Cité des Électriciens ?")
    expect(page.locator("#thread .source")).to_have_count(1)
    expect(page.locator("#thread .source summary .title")).to_have_text("Euralens")
    expect(page.locator("#thread .source summary .number")).to_have_text(["1", "2", "3", "4", "5"])
    expect(page.locator("#thread .source .quote mark")).to_have_count(5)
    page.click("a[href='#source-1-2']")
    expect(page.locator("#source-1-2")).to_be_focused()
    expect(page.locator("#source-1-2 mark")).to_contain_text("3,7 millions")


def test_citation_numbers_are_large_enough_to_hit(phone: Page) -> None:
    """Each is 24 by 24 pixels at least, as WCAG 2.2 asks of targets."""
    ask(phone, "Combien a coûté le Louvre-Lens ?")
    for marker in phone.locator("#thread a.marker").all():
        box = marker.bounding_box()
        assert box is not None
        assert min(box["width"], box["height"]) >= 24


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
    expect(phone.locator("#sheet mark")).to_be_visible()
    phone.keyboard.press("Escape")
    _tab_to(phone, "[data-helpful='no']")
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
    expect(page.locator("#welcome h3")).to_have_text(list(load_words("fr").themes.values()))
    first = page.locator("#welcome .ask").first
    question = first.get_attribute("data-ask") or ""
    first.click()
    expect(page.locator("#thread .question h2")).to_have_text(question)
    expect(page.locator("#thread .exchange[data-conversation]")).to_have_count(1)
    expect(page.locator("#thread .question h2")).to_be_focused()
    expect(page.locator("#welcome")).to_be_hidden()
    following = page.locator("#thread .next .ask")
    assert 1 <= following.count() <= 3
    question = following.first.get_attribute("data-ask") or ""
    following.first.click()
    expect(page.locator("#thread .question h2").nth(1)).to_have_text(question)
    expect(page.locator("#thread .answer")).to_have_count(2)
    expect(page.locator("#thread .exchange:not(.aside)")).to_have_count(2)


def test_follow_up_keeps_the_subject(page: Page) -> None:
    """« Et où se trouve-t-il ? » after a park is about that park."""
    ask(page, "Qu'est-ce que le Parc des îles ?")
    ask(page, "Et où se trouve-t-il ?")
    expect(page.locator("#thread .said").last).to_contain_text(re.compile("Drocourt|Hénin"))


def test_source_of_a_sheet_leads_to_what_it_was_written_from(page: Page) -> None:
    """The card of a sheet says who said it, then the sheet, and links the original addresses."""
    ask(page, "Quand le bassin minier a-t-il été inscrit à l'UNESCO ?")
    source = page.locator("#thread .source").first
    expect(source.locator(".title")).to_have_text("Ministère de la Culture")
    expect(source.locator(".by")).to_have_text(
        re.compile(r"^d’après la fiche «\s.*\s», publication")
    )
    expect(source.locator("a.original").first).to_contain_text("Ministère de la Culture")
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
    expect(page.locator(".source:has(#source-2-1) .badge")).to_have_count(0)


def test_source_in_another_language_is_marked(page: Page) -> None:
    """A German gets an answer from an English sheet; the source says that it is in English."""
    ask(page, "Wann wurde das Louvre-Lens eröffnet?")
    expect(page.locator("#thread .source .badge")).to_have_text("en anglais")
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
    question = page.locator("#thread .question h2")
    expect(question).to_have_text(text)
    assert question.evaluate("element => element.children.length") == 0
    assert page.title() == "Questions sur le bassin minier"


def test_what_cannot_be_sent_stays_in_the_box_and_says_why(page: Page) -> None:
    """Nothing, or more than 2,000 characters: a sentence at the box, and no exchange."""
    told = page.locator("#beside .told")
    page.press("#question textarea", "Enter")
    expect(told).to_have_text("Écrivez votre question, puis envoyez-la.")
    page.fill("#question textarea", "a" * 1_599)
    expect(page.locator("#counter")).to_have_text("")
    expect(told).to_have_text("")
    page.fill("#question textarea", "a" * 1_900)
    expect(page.locator("#counter")).to_have_text(re.compile(r"^1\s900 caractères sur 2\s000$"))
    page.fill("#question textarea", "a" * 2_001)
    expect(told).to_contain_text("2000 caractères au plus")
    page.click("#question .submit-button")
    expect(page.locator("#question textarea")).to_have_value("a" * 2_001)
    expect(page.locator("#thread .exchange")).to_have_count(0)
    ask(page, QUESTION)
    expect(page.locator("#thread .exchange")).to_have_count(1)
    expect(page.locator("#thread .answer").last).to_contain_text("se développer par le tourisme")
    expect(told).to_have_text("")


def test_what_is_no_question_has_no_tools(page: Page) -> None:
    """A sentence that answers nothing is not to be linked, printed or judged."""
    ask(page, "?!?")
    expect(page.locator("#thread .said")).to_contain_text("Je ne peux pas lire cette question")
    expect(page.locator("#thread :is(.tools, .feedback)")).to_have_count(0)


def test_question_sent_too_early_stays_and_says_why(
    browser: Browser, settings: Settings, tmp_path: Path
) -> None:
    """While an answer is awaited, Enter sends nothing, and the line at the box tells so."""
    process, address = start_chat(settings, f"sqlite:///{tmp_path}/journal.db")
    page = open_chat(browser, address)
    process.send_signal(signal.SIGSTOP)
    page.fill("#question textarea", QUESTION)
    page.press("#question textarea", "Enter")
    page.press("#question textarea", "Enter")
    expect(page.locator("#beside .told")).to_have_text(
        "La réponse à votre question précédente arrive ; envoyez celle-ci ensuite."
    )
    process.send_signal(signal.SIGCONT)
    expect(page.locator("#thread .exchange[data-conversation]")).to_have_count(1)
    expect(page.locator("#beside .told")).to_have_text("")
    page.context.close()
    process.terminate()
    process.communicate(timeout=30)


def test_question_can_be_edited_and_asked_again(page: Page) -> None:
    """The pencil beside a question puts it into the box, which has the focus."""
    ask(page, QUESTION)
    page.get_by_role("button", name="Modifier la question").click()
    expect(page.locator("#question textarea")).to_have_value(QUESTION)
    expect(page.locator("#question textarea")).to_be_focused()
    page.fill("#question textarea", "ADITEC")
    page.press("#question textarea", "Enter")
    expect(page.locator("#thread .question h2")).to_have_text([QUESTION, "ADITEC"])


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
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    page.keyboard.press("Escape")
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
