"""How it goes, by week: pictures, each with its numbers."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

import gradio as gr

from assistant.domain import Outcome
from assistant.errors import AssistantError
from assistant.review import Dashboard, Week
from ui.staff.charts import flat_bars, lines, stacked_bars
from ui.staff.html import Safe, day, details, link, paragraph, section, table
from ui.staff.office import Office, choices, note
from ui.staff.page import Page, html_area
from ui.staff.texts import StaffWords

EXPORT: Final = "/export.csv"
_USUAL: Final = "12"
_MOST_CITED: Final = 12

Series = Mapping[str, Sequence[float]]


def build_dashboard(page: Page, office: Office) -> None:
    """Adds the components of the dashboard to a page that is being built."""
    words = office.words.dashboard
    weeks = gr.Dropdown(
        choices(words.weeks), value=_USUAL, label=words.period, elem_id="weeks", scale=0
    )
    html_area(link(f"{office.path}{EXPORT}", words.export))
    shown = html_area(elem_id="dashboard")

    def figures(request: gr.Request, chosen: Any) -> str:
        office.reader(request)
        count = int(chosen) if chosen in words.weeks else int(_USUAL)
        until = dt.datetime.now(dt.UTC).date()
        since = until - dt.timedelta(days=until.weekday(), weeks=count - 1)
        try:
            return dashboard_html(office.desk.dashboard(since, until), office.words)
        except AssistantError as error:
            return note(office.reason(error), problem=True)

    def opened(request: gr.Request, chosen: Any) -> tuple[str, str]:
        return page.header(office.reader(request)), figures(request, chosen)

    page.on_load(opened, [weeks], [shown])
    page.on(weeks.input, figures, [weeks], [shown])


def dashboard_html(found: Dashboard, words: StaffWords) -> Safe:
    """Returns the pictures of a period with their numbers."""
    said = words.dashboard
    total = sum(week.exchanges for week in found.weeks)
    summary = said.total.format(
        total=f"{total:,}".replace(",", "\u202f"), since=day(found.since), until=day(found.until)
    )
    if not total:
        return Safe(paragraph(summary))
    outcomes: Series = {
        words.named.outcomes[one]: [week.outcomes.get(one, 0) for week in found.weeks]
        for one in Outcome
    }
    opinions: Series = {
        said.helpful: [week.helpful for week in found.weeks],
        said.unhelpful: [week.unhelpful for week in found.weeks],
    }
    times = {
        said.median: [week.median_ms for week in found.weeks],
        said.p95: [week.p95_ms for week in found.weeks],
    }
    by_week = [
        _weekly(said.outcomes, found.weeks, outcomes, words, stacked_bars),
        _weekly(said.feedback, found.weeks, opinions, words, stacked_bars),
        _weekly(said.times, found.weeks, times, words, lines),
        _weekly(said.subjects, found.weeks, _subjects(found, words), words, stacked_bars),
    ]
    return Safe(
        "".join([paragraph(summary), *by_week, _languages(found, words), _cited(found, words)])
    )


def _weekly(
    title: str,
    weeks: Sequence[Week],
    series: Mapping[str, Sequence[Any]],
    words: StaffWords,
    draw: Callable[[str, Sequence[str], Any, str], Safe],
) -> Safe:
    starts = [week.start for week in weeks]
    columns = [words.dashboard.week, *series]
    rows = [
        [day(start), *("–" if values[row] is None else values[row] for values in series.values())]
        for row, start in enumerate(starts)
    ]
    numbers = details(words.common.numbers, table(title, columns, rows, name="figures"))
    return draw(title, [f"{start:%d/%m}" for start in starts], series, numbers)


def _subjects(found: Dashboard, words: StaffWords) -> Series:
    series = {
        title: [week.subjects.get(title, 0) for week in found.weeks] for title in found.subjects
    }
    others = [
        sum(count for title, count in week.subjects.items() if title not in found.subjects)
        for week in found.weeks
    ]
    return {**series, words.dashboard.others: others} if any(others) else series


def _languages(found: Dashboard, words: StaffWords) -> Safe:
    said, counts = words.dashboard, dict[str, int]()
    for week in found.weeks:
        for code, count in week.languages.items():
            name = words.named.languages.get(code, code)
            counts[name] = counts.get(name, 0) + count
    return _ranked(said.languages, sorted(counts.items(), key=lambda one: -one[1]), words)


def _cited(found: Dashboard, words: StaffWords) -> Safe:
    said = words.dashboard
    never = "".join(f"<li>{paragraph(title)}</li>" for title in found.never_cited)
    most = _ranked(said.cited, found.cited, words, drawn=_MOST_CITED) if found.cited else ""
    return Safe(most + section(said.never_cited, f"<ul>{never}</ul>" if never else "–"))


def _ranked(
    title: str, bars: Sequence[tuple[str, int]], words: StaffWords, *, drawn: int = _MOST_CITED
) -> Safe:
    numbers = table(title, [words.dashboard.text, words.dashboard.count], bars, name="figures")
    return flat_bars(title, bars[:drawn], details(words.common.numbers, numbers))
