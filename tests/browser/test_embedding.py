"""The chat in a frame on another site, and on a phone's home screen."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

from assistant.settings import Settings
from tests.browser.conftest import ask
from tests.conftest import ROOT, free_port, start_chat

SAMPLE = (ROOT / "docs" / "embedding.html").read_text(encoding="utf-8")
SAMPLE_ADDRESS = "https://assistant.example.org"


@pytest.fixture
def site(tmp_path: Path) -> Iterator[str]:
    """Another site, on a port of its own."""
    (tmp_path / "site").mkdir()
    handler = partial(SimpleHTTPRequestHandler, directory=str(tmp_path / "site"))
    server = ThreadingHTTPServer(("127.0.0.1", free_port()), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture
def embedded(settings: Settings, tmp_path: Path, site: str) -> Iterator[str]:
    """A chat that this site may frame; its sample page is there."""
    process, address = start_chat(
        settings, f"sqlite:///{tmp_path}/journal.db", more=f'[chat]\nembed_on = ["{site}"]\n'
    )
    assert SAMPLE_ADDRESS in SAMPLE
    sample = SAMPLE.replace(SAMPLE_ADDRESS, address)
    (tmp_path / "site" / "index.html").write_text(sample, encoding="utf-8")
    yield address
    process.terminate()
    process.communicate(timeout=30)


def test_sample_page_shows_a_chat_that_works(browser: Browser, site: str, embedded: str) -> None:
    """The snippet of the sample page: ask, read, reload and go on, inside the frame."""
    context = browser.new_context(locale="fr-FR", viewport={"width": 1000, "height": 900})
    page = context.new_page()
    page.goto(site)
    frame = page.frame_locator("iframe")
    frame.locator("#question textarea").fill("ADITEC")
    frame.locator("#question textarea").press("Enter")
    expect(frame.locator("#thread .exchange[data-conversation]")).to_have_count(1)
    expect(frame.locator(".banner.compact")).to_be_visible()
    expect(frame.locator(".foot a")).to_have_attribute("target", "_blank")
    assert page.locator("iframe").get_attribute("title") == "Questions sur le bassin minier"
    context.close()


def test_other_site_may_not_frame_the_chat(
    browser: Browser, site: str, server: str, tmp_path: Path
) -> None:
    """Without leave the browser shows no chat in a frame."""
    (tmp_path / "site" / "index.html").write_text(f'<iframe src="{server}"></iframe>')
    page = browser.new_page()
    told: list[str] = []
    page.on("console", lambda message: told.append(message.text))
    page.goto(site)
    page.wait_for_timeout(1500)
    expect(page.frame_locator("iframe").locator("#question")).to_have_count(0)
    assert any("frame-ancestors" in text for text in told)
    page.close()


def test_page_can_be_installed(page: Page, server: str) -> None:
    """The manifest has a name, a start address in the language and icons of the stated sizes."""
    link = page.locator("link[rel=manifest]").get_attribute("href")
    manifest = httpx.get(f"{server}/{link}").json()
    assert (manifest["display"], manifest["lang"]) == ("standalone", "fr")
    assert httpx.get(f"{server}/{manifest['start_url']}").status_code == 200
    for icon in manifest["icons"]:
        page.goto(f"{server}/{icon['src']}")
        size = page.evaluate("document.images[0].naturalWidth")
        assert icon["sizes"] == f"{size}x{size}"
    ask_again = page.goto(f"{server}/{manifest['start_url']}")
    assert ask_again is not None
    page.wait_for_selector("#question textarea")
    ask(page, "ADITEC")
