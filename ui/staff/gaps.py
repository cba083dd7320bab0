"""What the sources lack: questions left unanswered, by subject.

Grouping takes seconds, so it is done behind the page's back and kept for a while; the page asks
again until it is there.
"""

from __future__ import annotations

import datetime as dt
import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import gradio as gr

from assistant.review import Gap
from ui.staff.html import Safe, link, moment, paragraph, table
from ui.staff.office import Office, choices, note
from ui.staff.page import Page, html_area
from ui.staff.texts import StaffWords

_LOG: Final = logging.getLogger(__name__)
_USUAL: Final = "90"
_FRESH: Final = dt.timedelta(minutes=10)
_SECONDS: Final = 2.0

Find = Callable[[dt.date, dt.date], list[Gap]]


@dataclass(frozen=True, slots=True)
class Kept:
    """What was computed for a period.

    Attributes:
        gaps: None when it failed.
        at: when, in UTC.
    """

    gaps: list[Gap] | None
    at: dt.datetime


class GapBoard:
    """Computes gaps in a thread of its own, one period after the other, and keeps them.

    Args:
        find: computes those of a period of days.
    """

    def __init__(self, find: Find) -> None:
        self._find = find
        self._kept: dict[int, Kept] = {}
        self._asked: set[int] = set()
        self._lock = threading.Lock()
        self._turn = threading.Lock()

    def look(self, days: int) -> Kept | None:
        """Returns what was computed for the last so many days, and has it computed when it is old.

        Returns:
            None while there is nothing yet.
        """
        now = dt.datetime.now(dt.UTC)
        with self._lock:
            kept = self._kept.get(days)
            if (kept is None or now - kept.at > _FRESH) and days not in self._asked:
                self._asked.add(days)
                # Waited for at the end: a thread that runs a model must not outlive the program.
                threading.Thread(target=self._compute, args=(days,)).start()
            return kept

    def _compute(self, days: int) -> None:
        found: list[Gap] | None = None
        today = dt.datetime.now(dt.UTC).date()
        try:
            with self._turn:
                found = self._find(today - dt.timedelta(days=days - 1), today)
        except Exception:  # noqa: BLE001 - the edge of a thread: the page says that it failed
            _LOG.exception("what the sources lack could not be computed")
        with self._lock:
            self._kept[days] = Kept(found, dt.datetime.now(dt.UTC))
            self._asked.discard(days)


def build_gaps(page: Page, office: Office) -> None:
    """Adds the components of this page to one that is being built."""
    words = office.words
    board = GapBoard(lambda since, until: office.desk.gaps(office.assistant.encoder, since, until))
    gr.Markdown(words.gaps.intro)
    period = gr.Dropdown(
        choices(words.named.periods), value=_USUAL, label=words.gaps.period, scale=0
    )
    shown = html_area(elem_id="gaps")
    again = gr.Timer(_SECONDS, active=False)

    def look(request: gr.Request, chosen: Any) -> tuple[str, gr.Timer]:
        office.reader(request)
        kept = board.look(int(chosen if chosen in words.named.periods else _USUAL))
        return gaps_html(kept, words, office.path), gr.Timer(active=kept is None)

    def opened(request: gr.Request, chosen: Any) -> tuple[str, str, gr.Timer]:
        return page.header(office.reader(request)), *look(request, chosen)

    page.on_load(opened, [period], [shown, again])
    page.on(period.input, look, [period], [shown, again])
    page.on(again.tick, look, [period], [shown, again])


def gaps_html(kept: Kept | None, words: StaffWords, path: str) -> Safe:
    """Returns the subjects as a table; the questions lead to their exchanges."""
    said = words.gaps
    if kept is None:
        return Safe(note(said.computing))
    if kept.gaps is None:
        return Safe(note(said.failed, problem=True))
    computed = paragraph(said.computed.format(moment=moment(kept.at)))
    if not kept.gaps:
        return Safe(note(words.common.nothing) + computed)
    rows = [
        [
            ", ".join(gap.terms) or "–",
            gap.times,
            Safe(
                "".join(
                    f"<p>{link(f'{path}/echange?id={name}', question)}</p>"
                    for question, name in zip(gap.questions, gap.exchange_ids, strict=True)
                )
            ),
            gap.nearest or "–",
            ", ".join(gap.unknown) or "–",
        ]
        for gap in kept.gaps
    ]
    return Safe(table(said.caption, said.columns, rows) + computed)
