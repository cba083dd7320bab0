"""A real browser on a real server."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--no-first-run", "--disable-quic",
]  # fmt: skip
# A draft is checked by a process of its own, which may take seconds on a busy machine.
expect.set_options(timeout=30_000)
WIDE = {"width": 1280, "height": 900}
PHONE = {"width": 360, "height": 740}


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium, headless; without one the browser tests are skipped, or fail if it is required."""
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("chrome")
    if path is None:
        reason = "No Chromium was found: install it (Debian: apt-get install chromium)."
        if os.environ.get("REQUIRE_BROWSER") == "1":
            pytest.fail(reason)
        pytest.skip(reason)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def page(browser: Browser, server: str) -> Iterator[Page]:
    """The chat on a wide screen, in a fresh context."""
    page = open_chat(browser, server)
    yield page
    page.context.close()


@pytest.fixture
def phone(browser: Browser, server: str) -> Iterator[Page]:
    """The chat on a phone, in a fresh context."""
    page = open_chat(browser, server, viewport=PHONE)
    yield page
    page.context.close()


def open_chat(browser: Browser, address: str, **options: Any) -> Page:
    """Opens the chat in a fresh context, in French on a wide screen unless told otherwise."""
    context = browser.new_context(**{"locale": "fr-FR", "viewport": WIDE, **options})
    page = context.new_page()
    page.goto(address)
    page.wait_for_selector("#question textarea")
    return page


def ask(page: Page, question: str) -> None:
    """Types a question, sends it with Enter and waits for its whole answer."""
    answers = page.locator("#thread .exchange[data-conversation]").count()
    page.fill("#question textarea", question)
    page.press("#question textarea", "Enter")
    expect(page.locator("#thread .exchange[data-conversation]")).to_have_count(answers + 1)
