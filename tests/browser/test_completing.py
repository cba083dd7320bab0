"""Known questions to pick from while one is typed, by keyboard, mouse and touch."""

from __future__ import annotations

import json
import re
from contextlib import suppress

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Error, Locator, Page, Route, expect

from tests.browser.conftest import PHONE, WIDE, ask, open_chat

TYPED = "combien a coûté le lou"
FIRST = "Combien a coûté le Louvre-Lens au total ?"


def _write(page: Page, text: str) -> Locator:
    """Types as a visitor does and returns the list."""
    page.locator("#question textarea").press_sequentially(text)
    return page.locator("#offered")


def _is_asked(page: Page, question: str) -> None:
    expect(page.locator("#thread .question h2")).to_have_text(question)
    expect(page.locator("#thread .exchange[data-conversation]")).to_have_count(1)
    expect(page.locator("#offered")).to_be_hidden()
    expect(page.locator("#question textarea")).to_have_value("")


def test_question_is_picked_by_keyboard(page: Page) -> None:
    """The arrows go through list and box in a ring, what is chosen is told, Enter asks it."""
    box = page.locator("#question textarea")
    offered = _write(page, TYPED)
    expect(offered).to_be_visible()
    options = offered.get_by_role("option")
    count = options.count()
    assert 2 <= count <= 5
    expect(options.first).to_have_text(FIRST)
    expect(page.locator("#offering")).to_have_text(re.compile(rf"^Questions proposées : {count}\."))
    expect(box).to_have_attribute("aria-controls", "offered")
    expect(box).not_to_have_attribute("aria-activedescendant", re.compile(""))
    page.keyboard.press("ArrowUp")
    expect(box).to_have_attribute("aria-activedescendant", f"offered-{count - 1}")
    page.keyboard.press("ArrowDown")
    expect(box).not_to_have_attribute("aria-activedescendant", re.compile(""))
    page.keyboard.press("ArrowDown")
    expect(box).to_have_attribute("aria-activedescendant", "offered-0")
    expect(offered.locator("[aria-selected=true]")).to_have_text(FIRST)
    expect(box).to_be_focused()
    page.keyboard.press("Enter")
    _is_asked(page, FIRST)


def test_list_that_has_the_focus_works_as_the_box_does(page: Page) -> None:
    """Gone to with the Tab key, since it may scroll, it stays open; Escape leads to the box."""
    offered = _write(page, TYPED)
    expect(offered).to_be_visible()
    page.keyboard.press("Shift+Tab")
    expect(offered).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(offered).to_have_attribute("aria-activedescendant", "offered-0")
    page.keyboard.press("Escape")
    expect(offered).to_be_hidden()
    expect(page.locator("#question textarea")).to_be_focused()


def test_list_closes_and_what_was_typed_stays(page: Page) -> None:
    """Escape closes it until another key is typed; so does leaving the box, and fewer letters."""
    box = page.locator("#question textarea")
    offered = _write(page, TYPED)
    for close, letter in (("Escape", "v"), ("Tab", "r")):
        expect(offered).to_be_visible()
        page.keyboard.press(close)
        expect(offered).to_be_hidden()
        expect(box).to_have_value(re.compile(f"^{TYPED}"))
        box.focus()
        page.keyboard.press("End")
        _write(page, letter)
    expect(offered).to_be_visible()
    box.press("Control+a")
    _write(page, "co")
    expect(offered).to_be_hidden()


def test_what_is_sent_is_what_was_typed(page: Page) -> None:
    """Enter with nothing chosen sends the box and closes the list, also one still on its way."""
    _write(page, "Où est le Louvre-Lens ?")
    page.keyboard.press("Enter")
    _is_asked(page, "Où est le Louvre-Lens ?")
    page.wait_for_timeout(600)
    expect(page.locator("#offered")).to_be_hidden()


def test_question_is_picked_with_the_mouse(page: Page) -> None:
    """A click asks it, and the conversation goes on."""
    ask(page, "Qu'est-ce que le Parc des îles ?")
    offered = _write(page, TYPED)
    offered.get_by_role("option").first.click()
    expect(page.locator("#thread .question h2").last).to_have_text(FIRST)
    expect(page.locator("#thread .exchange[data-conversation]")).to_have_count(2)
    expect(offered).to_be_hidden()


def test_question_is_picked_by_touch(browser: Browser, server: str) -> None:
    """On a phone the list covers less than half of the view, and a tap asks."""
    page = open_chat(browser, server, viewport=PHONE, has_touch=True, is_mobile=True)
    page.locator("#question textarea").tap()
    offered = _write(page, TYPED)
    expect(offered).to_be_visible()
    covered, box = offered.bounding_box(), page.locator("#question").bounding_box()
    assert covered is not None
    assert box is not None
    assert covered["height"] <= 0.4 * PHONE["height"] + 1
    assert covered["y"] + covered["height"] <= box["y"] + 1
    for option in offered.get_by_role("option").all():
        size = option.bounding_box()
        assert size is not None
        assert size["height"] >= 44
    offered.get_by_role("option").nth(1).scroll_into_view_if_needed()
    second = offered.get_by_role("option").nth(1).inner_text()
    offered.get_by_role("option").nth(1).tap()
    _is_asked(page, second)
    expect(page.locator("#thread .question h2")).to_be_focused()
    page.context.close()


def test_server_is_asked_once_for_what_is_typed_at_once(page: Page) -> None:
    """Letters that follow each other closely make one request, in the language of the page."""
    sent: list[tuple[str, str]] = []
    page.on(
        "request",
        lambda one: sent.append((one.url, one.post_data or "")) if "complete" in one.url else None,
    )
    expect(_write(page, "terrils")).to_be_visible()
    ((url, body),) = sent
    assert url.endswith("/complete?lang=fr")
    assert json.loads(body) == {"text": "terrils"}


def test_late_answer_does_not_take_the_place_of_a_newer_one(page: Page) -> None:
    """What was asked for first and comes last is dropped."""
    held: list[Route] = []

    def hold_the_first(route: Route) -> None:
        if held:
            route.continue_()
        else:
            held.append(route)

    page.route("**/complete*", hold_the_first)
    with page.expect_request("**/complete*"):
        offered = _write(page, "terril")
    page.locator("#question textarea").fill("")
    _write(page, TYPED)
    expect(offered.get_by_role("option").first).to_have_text(FIRST)
    with suppress(Error):  # the page may have dropped it
        held[0].fulfill(json=["Trop tard ?"])
    page.wait_for_timeout(300)
    expect(offered.get_by_role("option").first).to_have_text(FIRST)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("viewport", [WIDE, PHONE], ids=["wide", "phone"])
def test_axe_finds_nothing_in_the_open_list(
    browser: Browser, server: str, scheme: str, viewport: dict[str, int]
) -> None:
    """With one of the questions chosen, whatever the screen."""
    page = open_chat(browser, server, color_scheme=scheme, viewport=viewport)
    expect(_write(page, TYPED)).to_be_visible()
    page.keyboard.press("ArrowDown")
    found = Axe().run(page).response["violations"]
    assert [(one["id"], one["nodes"][0]["html"]) for one in found] == []
    page.context.close()
