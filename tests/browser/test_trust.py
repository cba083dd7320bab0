"""Honest and private: nothing leaves for anybody else, nothing stays, closed means closed."""

from __future__ import annotations

from pathlib import Path

import httpx
from playwright.sync_api import Browser, Page, expect

from assistant.settings import Settings
from tests.browser.conftest import ask, open_chat
from tests.conftest import start_chat

QUESTION = "Comment le bassin minier veut-il changer son image ?"


def test_no_request_leaves_for_a_third_party(browser: Browser, server: str) -> None:
    """All that a whole visit loads, fonts included, comes from the server; no error is told."""
    context = browser.new_context(locale="fr-FR")
    page = context.new_page()
    requested: list[str] = []
    told: list[str] = []
    page.on("request", lambda request: requested.append(request.url))
    page.on("websocket", lambda socket: requested.append(socket.url))
    page.on("console", lambda message: told.append(f"{message.type}: {message.text}"))
    page.on("pageerror", lambda error: told.append(str(error)))
    page.goto(server)
    page.wait_for_selector("#question textarea")
    ask(page, QUESTION)
    page.click("a[href='#source-1-1']")
    page.click("[data-helpful='yes']")
    page.click("[data-link]")
    page.click(".tools .told a")
    page.goto(f"{server}/about?lang=pl")
    page.wait_for_load_state("networkidle")
    assert len(requested) > 10
    assert [url for url in requested if not url.startswith((server, "data:", "blob:"))] == []
    assert [text for text in told if text.startswith(("error", "warning"))] == []
    context.close()


def test_nothing_is_left_in_the_browser(page: Page) -> None:
    """No cookie, nothing in the local storage; in the tab only the conversation's name."""
    ask(page, QUESTION)
    assert page.context.cookies() == []
    assert page.evaluate("Object.keys(localStorage)") == []
    assert page.evaluate("Object.keys(sessionStorage)") == ["visit"]


def test_visitor_is_told_from_the_start_that_this_is_a_program(page: Page) -> None:
    """Before any question, in the page as it is served: no person answers."""
    expect(page.locator(".band .notice").first).to_contain_text(
        "Un assistant automatique vous répond, pas une personne."
    )
    assert "Un assistant automatique" in httpx.get(page.url, headers={"Accept-Language": "fr"}).text


def test_page_without_script_says_what_is_missing(browser: Browser, server: str) -> None:
    """With JavaScript off: a sentence, the language menu and the page about data work."""
    context = browser.new_context(java_script_enabled=False, locale="fr-FR")
    page = context.new_page()
    page.goto(server)
    expect(page.locator("noscript p")).to_contain_text("La conversation a besoin de JavaScript")
    page.click(".foot a")
    expect(page.locator("h1")).to_have_text("À propos de cet assistant")
    context.close()


def test_page_about_tells_which_conversation_is_open(page: Page) -> None:
    """A visitor finds the number by which the conversation can be erased."""
    ask(page, QUESTION)
    visit = page.evaluate("sessionStorage.visit")
    page.click(".foot a")
    expect(page.locator("#own-conversation code")).to_have_text(visit)


def test_notice_takes_the_place_of_the_chat(
    browser: Browser, settings: Settings, tmp_path: Path
) -> None:
    """While staff have closed it: the notice, for open pages too; then all goes on."""
    notice = tmp_path / "notice.txt"
    process, address = start_chat(
        settings, f"sqlite:///{tmp_path}/journal.db", more=f'[chat]\nnotice = "{notice}"\n'
    )
    page = open_chat(browser, address)
    ask(page, QUESTION)
    notice.write_text("Retour lundi à 9 h.\n<b>Merci.</b>", encoding="utf-8")
    page.fill("#question textarea", "Et le tourisme ?")
    page.press("#question textarea", "Enter")
    expect(page.locator("#thread .note")).to_contain_text("Retour lundi à 9 h.")
    expect(page.locator("#question textarea")).to_have_value("Et le tourisme ?")
    other = browser.new_page()
    response = other.goto(address)
    assert response is not None
    assert (response.status, response.headers["retry-after"]) == (503, "600")
    expect(other.locator("main")).to_contain_text("<b>Merci.</b>")
    expect(other.locator("textarea")).to_have_count(0)
    health = httpx.get(f"{address}/health")
    assert (health.status_code, health.json()["closed"]) == (200, True)
    notice.unlink()
    page.press("#question textarea", "Enter")
    expect(page.locator("#thread .exchange[data-conversation]")).to_have_count(2)
    other.close()
    page.context.close()
    process.terminate()
    process.communicate(timeout=30)


def test_too_many_questions_get_a_courteous_sentence(
    browser: Browser, settings: Settings, tmp_path: Path
) -> None:
    """The third question within a minute waits in the box; another visitor's is answered."""
    process, address = start_chat(
        settings,
        f"sqlite:///{tmp_path}/journal.db",
        more="[chat]\nquestions_per_minute = 2\n",
    )
    page = open_chat(browser, address)
    ask(page, "ADITEC")
    ask(page, QUESTION)
    page.fill("#question textarea", "Et le tourisme ?")
    page.press("#question textarea", "Enter")
    expect(page.locator("#thread .note")).to_contain_text("Attendez une minute")
    expect(page.locator("#question textarea")).to_have_value("Et le tourisme ?")
    expect(page.locator("#thread .exchange")).to_have_count(2)
    other = open_chat(browser, address)
    ask(other, QUESTION)
    other.context.close()
    page.context.close()
    process.terminate()
    process.communicate(timeout=30)
