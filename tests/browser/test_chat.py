"""A visitor's walk through the chat."""

from __future__ import annotations

import re
import sqlite3

import pytest
from playwright.sync_api import Browser, Page, expect

from assistant.journal import open_journal
from assistant.settings import JournalSettings, Settings
from tests.conftest import journal_of, start_chat

QUESTION = "Comment le bassin minier veut-il changer son image ?"


def ask(page: Page, question: str) -> None:
    """Types a question, sends it with Enter and waits for its answer."""
    answers = page.locator("#thread .answer").count()
    page.fill("#question textarea", question)
    page.press("#question textarea", "Enter")
    expect(page.locator("#thread .answer")).to_have_count(answers + 1)


def test_question_is_answered_and_its_citation_opens(page: Page) -> None:
    """Ask, read the answer, open the source: the quoted words are marked in their passage."""
    ask(page, QUESTION)
    expect(page.locator("#thread .question p")).to_have_text(QUESTION)
    expect(page.locator("#thread .answer > p")).to_contain_text(
        "cherche à changer son image et à se développer par le tourisme"
    )
    expect(page.locator("#question textarea")).to_have_value("")
    source = page.locator("#source-1-1")
    expect(source.locator("mark")).to_be_hidden()
    page.click("a[href='#source-1-1']")
    expect(source.locator("mark")).to_be_visible()
    expect(source.locator("mark")).to_contain_text("Le bassin minier cherche à changer son image")
    expect(source.locator("summary")).to_be_focused()
    expect(source).to_contain_text("page non datée, consultée le 22/11/2026")
    link = source.locator("a.original")
    expect(link).to_have_attribute("target", "_blank")
    expect(link).to_have_attribute("rel", "noopener noreferrer")


def test_citation_opens_by_keyboard(page: Page) -> None:
    """Without a mouse: Enter on the number opens the source and moves the focus there."""
    ask(page, QUESTION)
    page.focus("a[href='#source-1-1']")
    page.keyboard.press("Enter")
    expect(page.locator("#source-1-1 mark")).to_be_visible()
    expect(page.locator("#source-1-1 summary")).to_be_focused()


def test_starting_question_is_asked_by_a_click(page: Page) -> None:
    """A proposed question is asked, answered, and the proposals go."""
    first = page.locator("#thread .example").first
    question = first.inner_text().strip()
    first.click()
    expect(page.locator("#thread .question p")).to_have_text(question)
    expect(page.locator("#thread .answer")).to_have_count(1)
    expect(page.locator("#thread .example")).to_have_count(0)


def test_source_of_a_sheet_leads_to_what_it_was_written_from(page: Page) -> None:
    """The passage of a sheet names the project and links the original addresses."""
    ask(page, "Quand le bassin minier a-t-il été inscrit à l'UNESCO ?")
    page.click("a[href='#source-1-1']")
    source = page.locator("#source-1-1")
    expect(source).to_contain_text("fiche rédigée par le projet")
    expect(source.locator("a.original").first).to_be_visible()
    expect(source.locator("a.original").first).to_have_attribute("href", re.compile("^https?://"))


def test_far_question_is_not_answered(page: Page) -> None:
    """The assistant says what it is about, and shows no source."""
    ask(page, "Quelle est la capitale du Japon ?")
    expect(page.locator("#thread .answer")).to_contain_text("Cette question ne porte pas sur")
    expect(page.locator("#thread details")).to_have_count(0)


def test_two_turns_keep_their_own_sources(page: Page) -> None:
    """Numbers of a second answer open the second answer's sources."""
    ask(page, QUESTION)
    ask(page, "Which European fund helps people get back to work?")
    page.click("a[href='#source-2-1']")
    expect(page.locator("#source-2-1 mark")).to_be_visible()
    expect(page.locator("#source-2-1 mark")).to_contain_text(
        "the European Social Fund (ESF) finances"
    )
    expect(page.locator("#source-1-1 mark")).to_be_hidden()


@pytest.mark.parametrize(
    "text",
    [
        "<img src=x onerror=\"document.title='pris'\">",
        "<script>document.title='pris'</script> **gras** $$x$$",
        "<b>gras</b> http://exemple.invalid/",
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
    """Nothing, and more than 8,000 characters: a clear sentence, and the next question works."""
    ask(page, "  ")
    expect(page.locator("#thread .answer").last).to_contain_text("Écrivez votre question")
    ask(page, "a" * 8_001)
    expect(page.locator("#thread .answer").last).to_contain_text("8000 caractères au plus")
    ask(page, QUESTION)
    expect(page.locator("#thread .answer").last).to_contain_text("se développer par le tourisme")


def test_visitors_do_not_see_each_other(browser: Browser, server: str, page: Page) -> None:
    """A second visitor starts with an empty page and gets their own answers."""
    ask(page, QUESTION)
    context = browser.new_context()
    other = context.new_page()
    other.goto(server)
    other.wait_for_selector("#question textarea")
    expect(other.locator("#thread .question")).to_have_count(0)
    ask(other, "ADITEC")
    expect(other.locator("#thread .answer")).to_contain_text("ADITEC")
    expect(page.locator("#thread .question")).to_have_count(1)
    context.close()


def test_no_request_leaves_for_a_third_party(browser: Browser, server: str) -> None:
    """Everything that the page loads, fonts included, comes from the server itself."""
    context = browser.new_context()
    page = context.new_page()
    requested: list[str] = []
    errors: list[str] = []
    page.on("request", lambda request: requested.append(request.url))
    page.on(
        "console", lambda message: errors.append(message.text) if message.type == "error" else None
    )
    page.goto(server)
    page.wait_for_selector("#question textarea")
    ask(page, QUESTION)
    assert len(requested) > 10
    assert [url for url in requested if not url.startswith((server, "data:", "blob:"))] == []
    assert errors == []
    context.close()


@pytest.mark.parametrize("width", [320, 768, 1280])
def test_nothing_overflows(browser: Browser, server: str, width: int) -> None:
    """At every width the page scrolls in one direction only."""
    context = browser.new_context(viewport={"width": width, "height": 800})
    page = context.new_page()
    page.goto(server)
    page.wait_for_selector("#question textarea")
    ask(page, QUESTION)
    page.click("a[href='#source-1-1']")
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    context.close()


def test_page_speaks_french_whatever_the_browser(browser: Browser, server: str) -> None:
    """The page is declared French for a German browser too, and messages carry no English label."""
    context = browser.new_context(locale="de-DE")
    page = context.new_page()
    page.goto(server)
    page.wait_for_selector("#question textarea")
    ask(page, QUESTION)
    assert page.evaluate("document.documentElement.lang") == "fr"
    expect(page.locator("[aria-label*='message:']")).to_have_count(0)
    expect(page.locator("[role=log]")).to_have_attribute("aria-label", "Conversation")
    expect(page.locator("footer")).to_have_count(0)
    context.close()


def test_exchange_is_kept_for_as_long_as_the_page_says(page: Page, settings: Settings) -> None:
    """The visitor is told what is kept; it is kept before the answer is shown, without addresses.

    Everything of it can be exported and erased by the name of the conversation.
    """
    expect(page.locator("header .notice")).to_contain_text("gardées 90 jours")
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
    page = browser.new_page()
    page.goto(address)
    page.wait_for_selector("#question textarea")
    ask(page, QUESTION)
    expect(page.locator("#thread .answer > p")).to_contain_text("se développer par le tourisme")
    page.close()
    process.terminate()
    _, errors = process.communicate(timeout=30)
    assert "journal" in errors
    assert "Traceback" not in errors
