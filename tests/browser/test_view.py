"""The box for the question is always in view, and the newest question at the top of it."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Frame, Page, expect

from tests.browser.conftest import open_chat

QUESTIONS = ("Qu'est-ce que le Parc des îles ?", "Combien a coûté le Louvre-Lens ?")
SIZES = {
    "desk": {"width": 1280, "height": 900},
    "tablet": {"width": 768, "height": 1024},
    "phone": {"width": 360, "height": 740},
    "zoomed to 200 %": {"width": 640, "height": 450},
    "phone with its keyboard open": {"width": 360, "height": 340},
}
FRAMED = '<iframe src="{address}/?lang=fr&embed=1" style="width: 100%; height: 46rem"></iframe>'
MEASURE = """() => {
  const edges = (element) => {
    const { top, bottom } = element.getBoundingClientRect();
    return { top, bottom };
  };
  const banner = document.querySelector(".banner");
  return {
    height: innerHeight,
    box: edges(document.querySelector("#question textarea")),
    send: edges(document.querySelector("#question .submit-button")),
    question: edges([...document.querySelectorAll("#thread .question")].at(-1) ?? banner),
    top: Math.max(0, banner.getBoundingClientRect().bottom),
  };
}"""
GAP = 10


def _box_is_in_view(frame: Frame) -> None:
    seen = frame.evaluate(MEASURE)
    for part in (seen["box"], seen["send"]):
        assert 0 <= part["top"] < part["bottom"] <= seen["height"]


def _question_is_at_the_top(page: Page, frame: Frame) -> None:
    """Waits until the page has stopped moving, and looks."""
    last = None
    while (seen := frame.evaluate(MEASURE)) != last:
        last = seen
        page.wait_for_timeout(200)
    assert 0 <= seen["question"]["top"] - seen["top"] <= GAP


def _walk(page: Page, frame: Frame) -> None:
    _box_is_in_view(frame)
    for number, question in enumerate(QUESTIONS, start=1):
        frame.fill("#question textarea", question)
        frame.press("#question textarea", "Enter")
        expect(frame.locator("#thread .question")).to_have_count(number)
        _box_is_in_view(frame)
        expect(frame.locator("#thread .exchange[data-conversation]")).to_have_count(number)
        _question_is_at_the_top(page, frame)
        _box_is_in_view(frame)
        expect(frame.locator("#thread .said").last.locator("p, li").first).to_be_in_viewport()


@pytest.mark.parametrize("size", SIZES)
def test_box_is_in_view_and_the_newest_question_on_top(
    browser: Browser, server: str, size: str
) -> None:
    """On arrival, while waiting, after the first answer and after the second."""
    page = open_chat(browser, server, viewport=SIZES[size])
    _walk(page, page.main_frame)
    page.context.close()


def test_box_is_in_view_within_a_frame(browser: Browser, server: str) -> None:
    """The chat in a frame of the size that the sample page gives it."""
    page = open_chat(browser, server)
    page.goto(f"{server}/about")
    page.evaluate("html => { document.body.innerHTML = html }", FRAMED.format(address=server))
    page.frame_locator("iframe").locator("#question textarea").wait_for()
    (frame,) = page.main_frame.child_frames
    _walk(page, frame)
    page.context.close()


def test_first_page_shows_questions_above_the_box_on_a_phone(phone: Page) -> None:
    """Who answers and three questions are in view; what is kept is one tap away."""
    expect(phone.locator(".band .notice summary")).to_be_in_viewport(ratio=1)
    for number in range(3):
        expect(phone.locator("#welcome .ask").nth(number)).to_be_in_viewport(ratio=1)
    phone.locator(".band .notice summary").click()
    expect(phone.locator(".band .notice")).to_contain_text("gardées 90 jours")
    expect(phone.locator(".band .notice p")).to_be_in_viewport(ratio=1)


def test_reloaded_page_shows_the_newest_question(page: Page) -> None:
    """Coming back, a visitor sees what was asked last and the box."""
    _walk(page, page.main_frame)
    page.reload()
    expect(page.locator("#thread .exchange[data-conversation]")).to_have_count(2)
    _question_is_at_the_top(page, page.main_frame)
    _box_is_in_view(page.main_frame)


@pytest.mark.parametrize("typed", [True, False], ids=["typed", "tapped"])
def test_keyboard_of_a_touch_screen_gives_way_to_the_answer(
    browser: Browser, server: str, typed: bool
) -> None:
    """The focus leaves the box for the question, whose answer would lie behind the keyboard."""
    page = open_chat(browser, server, viewport=SIZES["phone"], has_touch=True, is_mobile=True)
    if typed:
        page.fill("#question textarea", QUESTIONS[0])
        page.press("#question textarea", "Enter")
    else:
        page.locator("#welcome .ask").first.tap()
    expect(page.locator("#thread .exchange[data-conversation]")).to_have_count(1)
    expect(page.locator("#thread .question h2")).to_be_focused()
    _question_is_at_the_top(page, page.main_frame)
    _box_is_in_view(page.main_frame)
    page.context.close()
