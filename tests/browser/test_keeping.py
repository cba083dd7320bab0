"""What a visitor takes along of an answer: copies, paper, a link; and says of it."""

from __future__ import annotations

import json
import re
import sqlite3
from pathlib import Path

import pypdfium2
from playwright.sync_api import Browser, Locator, Page, expect

from assistant.journal import FeedbackReason, open_journal
from assistant.settings import JournalSettings, Settings
from tests.browser.conftest import ask, open_chat
from tests.conftest import journal_of

QUESTION = "Où le Parc des îles a-t-il été aménagé ?"
ADDRESS = "http://www.echo62.com/Europe/"


def _clipboard(browser: Browser, server: str) -> Page:
    return open_chat(browser, server, permissions=["clipboard-read", "clipboard-write"])


def test_copied_answer_carries_its_references(browser: Browser, server: str) -> None:
    """The button copies the answer with title, publisher, date and address of each source."""
    page = _clipboard(browser, server)
    ask(page, QUESTION)
    page.click("[data-copy]")
    expect(page.locator(".tools .told")).to_have_text("Réponse et sources copiées.")
    copied = page.evaluate("navigator.clipboard.readText()")
    answer, _, references = copied.partition("\n\nSources\n")
    assert "[1]" in answer
    assert references.startswith("[1] « ")
    assert "http" in references
    page.context.close()


def test_words_copied_by_hand_carry_their_references(browser: Browser, server: str) -> None:
    """Whoever selects a part of the answer and copies it has the references too."""
    page = _clipboard(browser, server)
    ask(page, QUESTION)
    page.locator("#thread .said p").first.select_text()
    page.keyboard.press("Control+c")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.startswith(page.locator("#thread .said p").first.inner_text())
    assert "\n\nSources\n[1] « " in copied
    page.fill("#question textarea", "mes mots")
    page.locator("#question textarea").select_text()
    page.keyboard.press("Control+c")
    assert page.evaluate("navigator.clipboard.readText()") == "mes mots"
    page.context.close()


def _printed(page: Page, folder: Path, button: Locator) -> str:
    """Returns what is on paper after a press on a button that prints.

    The browser of the tests has no printer, and would end the printing before it can be looked at.
    """
    page.evaluate("window.print = () => dispatchEvent(new Event('beforeprint'))")
    button.click()
    page.pdf(path=folder / "page.pdf")
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    document = pypdfium2.PdfDocument(folder / "page.pdf")
    return " ".join("".join(page.get_textpage().get_text_bounded() for page in document).split())


def test_printed_answer_stands_alone(page: Page, tmp_path: Path) -> None:
    """On paper: that question and answer, passage, address and the day; no button, no box."""
    ask(page, "Comment le bassin minier veut-il changer son image ?")
    ask(page, "ADITEC")
    text = _printed(page, tmp_path, page.locator("[data-print='one']").first)
    assert "Comment le bassin minier veut-il changer son image ?" in text
    assert "se développer par le tourisme. [1]" in text
    assert ADDRESS in text
    assert re.search(r"Imprimé le \d{1,2} \S+ \d{4}", text)
    unwanted = ("ADITEC", "Envoyer", "Copier", "Votre question", "vous a-t-elle aidé", "À propos")
    for word in unwanted:
        assert word not in text
    expect(page.locator("#thread .exchange")).to_have_count(2)
    expect(page.locator("#thread .exchange").last).to_be_visible()


def test_whole_conversation_is_printed(page: Page, tmp_path: Path) -> None:
    """The menu beside « Nouvelle conversation » prints all that was asked and answered."""
    ask(page, QUESTION)
    ask(page, "ADITEC")
    page.click(".keep summary")
    text = _printed(page, tmp_path, page.get_by_role("button", name="Imprimer la conversation"))
    assert text.index(QUESTION) < text.index("ADITEC")
    assert "Imprimer la conversation" not in text


def test_conversation_is_saved_as_markdown(page: Page, tmp_path: Path) -> None:
    """A file with the day, the questions as headings, the answers and their numbered sources."""
    ask(page, "Comment le bassin minier veut-il changer son *image* ?")
    ask(page, "Quelle est la capitale du Japon ?")
    page.click(".keep summary")
    with page.expect_download() as saving:
        page.get_by_role("button", name="Enregistrer la conversation").click()
    expect(page.locator(".keep ul")).to_be_hidden()
    assert re.fullmatch(r"conversation-\d{4}-\d\d-\d\d\.md", saving.value.suggested_filename)
    saving.value.save_as(tmp_path / "saved.md")
    title, day, *parts = (tmp_path / "saved.md").read_text(encoding="utf-8").split("\n\n")
    assert title == "# Questions sur le bassin minier"
    assert re.fullmatch(r"Enregistré le \d{1,2} \S+ \d{4}", day)
    assert parts[0] == r"## Comment le bassin minier veut-il changer son \*image\* ?"
    assert parts[1].endswith("se développer par le tourisme. [1]")
    assert parts[2] == "### Sources"
    assert parts[3].startswith("- [1] « Bassin Minier », Département du Pas-de-Calais")
    assert parts[3].endswith(">")
    assert f"<{ADDRESS}" in parts[3]
    assert parts[4] == "## Quelle est la capitale du Japon ?"
    assert parts[5].startswith("Cette question ne porte pas sur")


def test_link_opens_the_conversation_for_somebody_else(
    browser: Browser, page: Page, server: str
) -> None:
    """Made only when asked for; shows the turns up to that one, to read and not to judge."""
    ask(page, "Qu'est-ce que le Parc des îles ?")
    ask(page, QUESTION)
    ask(page, "ADITEC")
    page.locator("[data-link]").nth(1).click()
    link = page.locator(".tools .told a")
    expect(link).to_be_focused()
    address = link.inner_text()
    assert address.startswith(f"{server}/e/")
    assert len(address.rpartition("/")[2]) >= 32
    visit = page.evaluate("sessionStorage.visit")
    other = browser.new_context(locale="en-GB").new_page()
    other.goto(address)
    expect(other.locator(".question h2")).to_have_text(
        ["Qu'est-ce que le Parc des îles ?", QUESTION]
    )
    expect(other.locator("h1")).to_have_text("A shared conversation")
    expect(other.locator("[data-helpful], [data-link], [data-ask]")).to_have_count(0)
    other.locator("a.marker").first.click()
    expect(other.locator("#source-1-1 mark")).to_be_visible()
    html = other.content()
    assert visit not in html
    assert "data-exchange" not in html
    other.context.close()


def test_link_to_what_is_erased_leads_to_a_sentence(
    browser: Browser, page: Page, settings: Settings
) -> None:
    """Once the conversation is erased, or under a wrong address, nothing of it is shown."""
    ask(page, QUESTION)
    page.click("[data-link]")
    address = page.locator(".tools .told a").inner_text()
    journal = open_journal(Settings(journal=JournalSettings(address=journal_of(settings))))
    journal.erase(page.evaluate("sessionStorage.visit"))
    journal.close()
    for place in (address, f"{address}x", f"{address}%00"):
        response = page.goto(place)
        assert response is not None
        assert response.status == 404
    page.goto(address)
    expect(page.locator("main p").first).to_contain_text("Ce lien ne mène plus à rien")
    expect(page.locator(".question")).to_have_count(0)


def test_feedback_is_stored_with_the_exchange(page: Page, settings: Settings) -> None:
    """No, why and in which words; later yes: the latest word counts, and is masked."""
    ask(page, QUESTION)
    exchange_id = page.locator(".exchange").get_attribute("data-exchange")
    journal = open_journal(Settings(journal=JournalSettings(address=journal_of(settings))))
    page.click("[data-helpful='no']")
    expect(page.locator(".why")).to_be_visible()
    expect(page.locator("[data-helpful='no']")).to_have_attribute("aria-pressed", "true")
    page.check("input[value='incomplete']")
    page.check("input[value='bad_source']")
    page.fill(".why textarea", "Il manque le plan, écrivez à jean@example.org")
    page.click("[data-opinion]")
    expect(page.locator(".feedback .told")).to_have_text(
        "Merci, votre avis est transmis à l’équipe."
    )
    (exchange,) = journal.conversation(page.evaluate("sessionStorage.visit"))
    assert exchange.exchange_id == exchange_id
    assert exchange.feedback is not None
    assert not exchange.feedback.helpful
    assert exchange.feedback.reasons == {FeedbackReason.INCOMPLETE, FeedbackReason.BAD_SOURCE}
    assert exchange.feedback.text == "Il manque le plan, écrivez à [adresse électronique]"
    page.click("[data-helpful='yes']")
    expect(page.locator(".feedback .told")).to_have_text(
        "Merci, votre avis est transmis à l’équipe."
    )
    expect(page.locator(".why")).to_be_hidden()
    (exchange,) = journal.conversation(page.evaluate("sessionStorage.visit"))
    assert exchange.feedback is not None
    assert exchange.feedback.helpful
    assert exchange.feedback.reasons == frozenset()
    journal.close()


def test_changed_source_is_marked_when_an_answer_is_opened_again(
    page: Page, settings: Settings
) -> None:
    """A quote that its source no longer has is marked as such in a shared conversation."""
    ask(page, QUESTION)
    page.click("[data-link]")
    address = page.locator(".tools .told a").inner_text()
    visit = page.evaluate("sessionStorage.visit")
    page.goto(address)
    expect(page.locator(".changed")).to_have_count(0)
    with sqlite3.connect(journal_of(settings).removeprefix("sqlite:///")) as database:
        ((stored,),) = database.execute(
            "SELECT answer FROM exchanges WHERE conversation_id = ?", (visit,)
        )
        answer = json.loads(stored)
        answer["citations"][0]["quote"] = "Le Parc des Îles s’étend sur Lens."
        database.execute(
            "UPDATE exchanges SET answer = ? WHERE conversation_id = ?", (json.dumps(answer), visit)
        )
    page.goto(address)
    page.click("a[href='#source-1-1']")
    expect(page.locator(".changed")).to_have_count(1)
    expect(page.locator("#source-1-1 .changed")).to_contain_text("Cette source a changé")
