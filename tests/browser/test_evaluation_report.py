"""The report in a browser without a network."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from assistant.domain import Answer, Outcome
from assistant.evaluation import write_report
from assistant.index import Index
from tests.evaluation_builders import HOSTILE, run_of, tiny_gold


def _says_something_else(answer: Answer) -> Answer:
    """Is wrong everywhere, with markup."""
    return replace(answer, outcome=Outcome.ANSWERED, statements=(), text=HOSTILE)


@pytest.mark.parametrize("width", [1280, 400])
def test_report_opens_offline(
    browser: Browser, tiny_index: Index, tmp_path: Path, width: int
) -> None:
    """No error, no request but the page itself, no script, nothing wider than the window."""
    write_report(run_of(tiny_gold(tmp_path), tiny_index, _says_something_else), tmp_path)
    context = browser.new_context(viewport={"width": width, "height": 900}, offline=True)
    page = context.new_page()
    told: list[str] = []
    requests: list[str] = []
    page.on("console", lambda message: told.append(message.text))
    page.on("pageerror", lambda error: told.append(str(error)))
    page.on("dialog", lambda dialog: told.append(dialog.message))
    page.on("request", lambda request: requests.append(request.url))
    page.goto((tmp_path / "report.html").as_uri())
    assert page.locator("h1").inner_text() == "Qualité des réponses"
    assert page.locator("svg").count() == 4
    assert page.locator("a, script, img, iframe").count() == 0
    assert page.get_by_text(" ".join(HOSTILE.split()), exact=True).count() == 9
    sizes = page.evaluate(
        "[document.documentElement.scrollWidth, document.documentElement.clientWidth]"
    )
    assert sizes[0] <= sizes[1] == width
    assert (told, requests) == ([], [(tmp_path / "report.html").as_uri()])
    context.close()
