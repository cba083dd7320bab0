"""A conversation outlives the page, the connection and the server, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from assistant.settings import Settings
from tests.browser.conftest import ask, open_chat
from tests.conftest import free_port, start_chat

FIRST = "Qu'est-ce que le Parc des îles ?"
FOLLOW_UP = "Et où se trouve-t-il ?"


def _reopened(page: Page, turns: int) -> None:
    expect(page.locator("#thread .exchange[data-conversation]")).to_have_count(turns)


def test_reloaded_page_goes_on(page: Page) -> None:
    """After a reload the thread is there, and « il » still means the park."""
    ask(page, FIRST)
    said = page.locator("#thread .said").inner_text()
    page.reload()
    _reopened(page, 1)
    assert page.locator("#thread .said").inner_text() == said
    ask(page, FOLLOW_UP)
    expect(page.locator("#thread .said").last).to_contain_text("Drocourt")


def test_server_that_was_killed_goes_on_with_conversations(
    browser: Browser, settings: Settings, tmp_path: Path
) -> None:
    """The server is killed and starts anew: the open page finds its conversation by itself."""
    port = free_port()
    journal = f"sqlite:///{tmp_path}/journal.db"
    process, address = start_chat(settings, journal, port=port)
    page = open_chat(browser, address)
    ask(page, FIRST)
    process.kill()
    process.communicate()
    page.fill("#question textarea", FOLLOW_UP)
    page.press("#question textarea", "Enter")
    process, _ = start_chat(settings, journal, port=port)
    expect(page.locator("#restored")).to_be_visible(timeout=60_000)
    _reopened(page, 1)
    # What was asked meanwhile is not lost either.
    expect(page.locator("#question textarea")).to_have_value(FOLLOW_UP)
    page.press("#question textarea", "Enter")
    _reopened(page, 2)
    expect(page.locator("#thread .said").last).to_contain_text("Drocourt")
    page.context.close()
    process.terminate()
    process.communicate(timeout=30)


def test_dropped_connection_loses_nothing(page: Page) -> None:
    """The network goes while a question is on its way; when it is back, all goes on."""
    ask(page, FIRST)
    page.context.set_offline(True)
    page.fill("#question textarea", FOLLOW_UP)
    page.press("#question textarea", "Enter")
    expect(page.locator("#trouble")).to_contain_text("La liaison avec le serveur est coupée.")
    expect(page.locator(".toast-wrap")).to_be_hidden()
    page.context.set_offline(False)
    expect(page.locator("#restored")).to_be_visible(timeout=60_000)
    expect(page.locator("#question textarea")).to_have_value(FOLLOW_UP)
    page.press("#question textarea", "Enter")
    _reopened(page, 2)


def test_copied_tab_shares_the_conversation(page: Page) -> None:
    """Two tabs of one conversation do not lose each other's turns."""
    ask(page, FIRST)
    copied = page.context.new_page()
    visit = page.evaluate("sessionStorage.visit")
    copied.add_init_script(f"sessionStorage.visit ??= '{visit}'")
    copied.goto(page.url)
    _reopened(copied, 1)
    ask(copied, FOLLOW_UP)
    page.fill("#question textarea", "ADITEC")
    page.press("#question textarea", "Enter")
    _reopened(page, 3)
    expect(page.locator("#thread .question h2").last).to_have_text("ADITEC")


def test_new_conversation_is_confirmed_and_forgets_the_subject(page: Page) -> None:
    """It asks before the old one is lost; the new page is empty and knows nothing of it."""
    expect(page.locator("[data-fresh]")).to_be_hidden()
    ask(page, FIRST)
    page.click("[data-fresh]")
    expect(page.get_by_role("dialog")).to_contain_text("vous ne pourrez plus y revenir")
    page.get_by_role("button", name="Continuer celle-ci").click()
    expect(page.locator("#thread .question")).to_have_count(1)
    expect(page.locator("[data-fresh]")).to_be_focused()
    page.click("[data-fresh]")
    page.get_by_role("dialog").get_by_role("link", name="Nouvelle conversation").click()
    expect(page.locator("#thread .question")).to_have_count(0)
    expect(page.locator("#welcome")).to_be_visible()
    ask(page, FOLLOW_UP)
    expect(page.locator("#thread .said")).not_to_contain_text("Drocourt")


def test_what_was_said_of_an_answer_stays(page: Page) -> None:
    """After a reload the answer that did not help is still marked so, and the other is not."""
    ask(page, FIRST)
    ask(page, FOLLOW_UP)
    with page.expect_response("**/feedback"):
        page.locator("[data-helpful='no']").first.click()
    page.reload()
    _reopened(page, 2)
    pressed = page.locator("[aria-pressed='true']")
    expect(pressed).to_have_count(1)
    expect(page.locator(".feedback").first.locator("[data-helpful='no']")).to_have_attribute(
        "aria-pressed", "true"
    )
    expect(page.locator(".feedback .told").first).to_contain_text("Merci")


@pytest.mark.parametrize("name", ["-", "x", "../../etc", "a" * 5000, "'; DROP TABLE exchanges; --"])
def test_unknown_visit_begins_anew(page: Page, name: str) -> None:
    """A name that is nobody's opens nothing, is not taken over, and the chat works."""
    page.evaluate("name => { sessionStorage.visit = name }", name)
    page.reload()
    page.wait_for_selector("#question textarea")
    expect(page.locator("#thread .question")).to_have_count(0)
    ask(page, FIRST)
    assert page.evaluate("sessionStorage.visit") != name
    assert len(page.evaluate("sessionStorage.visit")) >= 22


def test_question_asked_while_the_conversation_comes_back_waits_for_it(page: Page) -> None:
    """Whoever is faster than the journal loses neither the old turns nor the new question."""
    ask(page, FIRST)
    page.reload()
    page.wait_for_selector("#question textarea")
    page.fill("#question textarea", FOLLOW_UP)
    page.press("#question textarea", "Enter")
    _reopened(page, 2)
    expect(page.locator("#thread .said").last).to_contain_text("Drocourt")


@pytest.fixture
def forgetful(settings: Settings, tmp_path: Path) -> Iterator[str]:
    """A chat that keeps no text."""
    process, address = start_chat(
        settings, f'sqlite:///{tmp_path}/journal.db"\nretention_days = 0 # "'
    )
    yield address
    process.terminate()
    process.communicate(timeout=30)


def test_nothing_kept_is_said_and_still_reopened_while_the_server_runs(
    browser: Browser, forgetful: str
) -> None:
    """With retention 0 the page says so, offers no link, and a reload goes on from memory."""
    page = open_chat(browser, forgetful)
    expect(page.locator(".band .notice").first).to_contain_text("n’est pas conservé")
    ask(page, FIRST)
    expect(page.locator("[data-link]")).to_have_count(0)
    expect(page.locator("[data-helpful]")).to_have_count(2)
    page.reload()
    _reopened(page, 1)
    page.context.close()
