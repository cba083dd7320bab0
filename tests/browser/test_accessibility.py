"""Usable by keyboard, screen reader, zoom, in the dark, without motion."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import PHONE, WIDE, ask, open_chat

SERIOUS = {"serious", "critical"}
QUESTION = "Comment le bassin minier veut-il changer son image ?"


def _findings(page: Page) -> list[str]:
    """Returns all that axe-core objects to, of any weight."""
    return [
        f"{one['impact']} {one['id']}: {[node['html'][:120] for node in one['nodes']]}"
        for one in Axe().run(page).response["violations"]
    ]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("viewport", [WIDE, PHONE], ids=["wide", "phone"])
def test_axe_finds_nothing(
    browser: Browser, server: str, scheme: str, viewport: dict[str, int]
) -> None:
    """Empty, answered, with the feedback open, declined, menu open, about, shared."""
    page = open_chat(browser, server, color_scheme=scheme, viewport=viewport)
    assert _findings(page) == []
    ask(page, QUESTION)
    ask(page, "Wann wurde das Louvre-Lens eröffnet?")
    ask(page, "Quels sont les horaires d'ouverture du Louvre-Lens ?")
    ask(page, "Parlez-moi de la Cité des Électriciens")
    page.locator("[data-helpful='no']").first.click()
    page.locator("details.source").evaluate_all("all => all.forEach(one => one.open = true)")
    page.locator("[data-link]").first.click()
    expect(page.locator(".tools .told a")).to_be_visible()
    page.click(".languages summary")
    assert _findings(page) == []
    page.keyboard.press("Escape")
    page.evaluate("document.getElementById('sheet').showModal()")
    assert _findings(page) == []
    page.keyboard.press("Escape")
    page.click("[data-fresh]")
    assert _findings(page) == []
    page.keyboard.press("Escape")
    address = page.locator(".tools .told a").inner_text()
    for place in (address, f"{server}/about"):
        page.goto(place)
        assert _findings(page) == []
    page.context.close()


def test_answer_is_announced_once(page: Page) -> None:
    """A screen reader is told that the assistant searches, then the answer, not its sources."""
    page.evaluate(
        """() => {
          window.announced = [];
          const place = document.getElementById("announcer");
          new MutationObserver(() => window.announced.push(place.textContent))
            .observe(place, { childList: true, characterData: true, subtree: true });
        }"""
    )
    expect(page.locator("#announcer")).to_have_attribute("role", "status")
    ask(page, QUESTION)
    expect(page.locator("#announcer")).to_contain_text("se développer par le tourisme. [1]")
    announced = page.evaluate("window.announced")
    assert announced[0] == "Recherche dans les sources…"
    assert [text for text in announced[1:] if "tourisme" in text] == [announced[-1]]
    assert "Copier" not in announced[-1]
    expect(page.locator("#thread [role=log]")).to_have_attribute("aria-live", "off")
    expect(page.locator("#thread [role=log]")).to_have_attribute("aria-label", "Conversation")
    expect(page.locator("[aria-label*='message:']")).to_have_count(0)


def test_focus_is_never_hidden_behind_the_box(phone: Page) -> None:
    """Walking through an answer with Tab, what has the focus is in sight."""
    ask(phone, "Parlez-moi de la Cité des Électriciens")
    box = phone.locator("#question")
    phone.locator("#thread a.marker").first.focus()
    for _ in range(20):
        phone.keyboard.press("Tab")
        inside = phone.evaluate("document.activeElement.closest('#thread') !== null")
        if not inside:
            break
        focused = phone.evaluate(
            "(({top, bottom}) => [top, bottom])(document.activeElement.getBoundingClientRect())"
        )
        limit = box.bounding_box()
        assert limit is not None
        assert focused[0] >= 0
        assert focused[1] <= limit["y"] + 1


def test_box_and_headings_say_what_they_are(page: Page) -> None:
    """The box is called by its label alone, and a question heads its answer."""
    expect(page.get_by_role("textbox", name="Votre question", exact=True)).to_be_visible()
    ask(page, QUESTION)
    expect(page.get_by_role("heading", level=2, name=QUESTION, exact=True)).to_be_visible()


def test_focus_has_an_outline(page: Page) -> None:
    """Whatever the Tab key reaches shows that it has the focus."""
    ask(page, QUESTION)
    for selector in (".skip", ".languages summary", "a.marker", "[data-copy]", ".source summary"):
        page.locator(selector).first.focus()
        page.keyboard.press("Shift+Tab")
        page.keyboard.press("Tab")
        style = page.evaluate(
            "(({outlineStyle, outlineWidth}) => [outlineStyle, parseFloat(outlineWidth)])"
            "(getComputedStyle(document.activeElement))"
        )
        assert style[0] == "solid", selector
        assert style[1] >= 2, selector


def test_nothing_moves_for_those_who_ask_for_it(browser: Browser, server: str) -> None:
    """With reduced motion nothing is animated."""
    page = open_chat(browser, server, reduced_motion="reduce")
    ask(page, QUESTION)
    assert (
        page.evaluate("document.getAnimations().filter(one => one.playState === 'running').length")
        == 0
    )
    page.context.close()


def test_zoomed_to_200_percent_nothing_is_lost(browser: Browser, server: str) -> None:
    """At half the width and twice the text all is there, in one column."""
    page = open_chat(browser, server, viewport={"width": 640, "height": 450})
    page.add_style_tag(content="html { font-size: 200% }")
    ask(page, QUESTION)
    for selector in ("#question textarea", "[data-copy]", "[data-helpful='no']", ".source summary"):
        page.locator(selector).first.scroll_into_view_if_needed()
        expect(page.locator(selector).first).to_be_in_viewport()
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    page.context.close()
