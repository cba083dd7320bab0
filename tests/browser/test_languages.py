"""The interface in seven languages, by the browser's preference and by choice."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page, expect

from assistant.texts import LANGUAGES
from tests.browser.conftest import ask, open_chat
from ui.texts import load_words

QUESTION = "Comment le bassin minier veut-il changer son image ?"


@pytest.mark.parametrize("language", LANGUAGES)
def test_page_speaks_the_browsers_language(browser: Browser, server: str, language: str) -> None:
    """Title, purpose, themes, box and buttons; no other language's words between them."""
    words = load_words(language)
    page = open_chat(browser, server, locale=language)
    assert page.evaluate("document.documentElement.lang") == language
    assert page.title() == words.page.title
    expect(page.locator("h1")).to_have_text(words.page.title)
    expect(page.locator("#question label > span").first).to_have_text(words.ask.label)
    expect(page.locator("#question textarea")).to_have_attribute(
        "placeholder", words.ask.placeholder
    )
    expect(page.locator("#question .submit-button")).to_have_text(words.ask.send)
    page.locator("#welcome .ask").first.click()
    expect(page.locator("#thread .exchange:not(.aside)[data-conversation]")).to_have_count(1)
    expect(page.locator("[data-copy]")).to_have_text(words.share.copy_answer)
    expect(page.locator("#thread .said")).to_have_attribute("lang", language)
    expect(page.locator("#thread [role=log]")).to_have_attribute(
        "aria-label", words.answer.conversation
    )
    page.context.close()


def test_language_by_choice_keeps_the_conversation(page: Page) -> None:
    """From French to Polish in the menu: the words change, the thread stays and goes on."""
    ask(page, QUESTION)
    page.click(".languages summary")
    page.click(".languages a[lang=pl]")
    expect(page.locator("h1")).to_have_text(load_words("pl").page.title)
    expect(page.locator("#thread .question h2")).to_have_text(QUESTION)
    expect(page.locator("[data-copy]")).to_have_text(load_words("pl").share.copy_answer)
    ask(page, "Et le tourisme ?")
    expect(page.locator("#thread .exchange")).to_have_count(2)
    page.click(".foot a")
    expect(page.locator("h1")).to_have_text(load_words("pl").about.title)
    page.click(".languages summary")
    page.keyboard.press("Escape")
    expect(page.locator(".languages ul")).to_be_hidden()
    expect(page.locator(".languages summary")).to_be_focused()


def test_other_languages_get_french(browser: Browser, server: str) -> None:
    """A browser that asks for none of the seven is shown French."""
    page = open_chat(browser, server, locale="sv-SE")
    assert page.evaluate("document.documentElement.lang") == "fr"
    page.context.close()
