"""How it goes: what was asked and answered, by week, and which sources answers come from."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from assistant.domain import Outcome
from assistant.index import Index
from assistant.journal import Count, Figures, Journal

_MOST_SUBJECTS: Final = 6
_WEEK: Final = dt.timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Week:
    """One week, in UTC.

    Attributes:
        start: its Monday.
        outcomes: exchanges by outcome.
        languages: exchanges by language.
        helpful: exchanges that visitors found helpful.
        unhelpful: exchanges that they did not.
        median_ms: of the time that answers took, in milliseconds; None when there was none.
        p95_ms: time that 95 % of them stayed below.
        subjects: answers by the text that they cite first; translations count as one text.
    """

    start: dt.date
    outcomes: Mapping[Outcome, int]
    languages: Mapping[str, int]
    helpful: int
    unhelpful: int
    median_ms: float | None
    p95_ms: float | None
    subjects: Mapping[str, int]

    @property
    def exchanges(self) -> int:
        """How many there were."""
        return sum(self.outcomes.values())


@dataclass(frozen=True, slots=True)
class Dashboard:
    """What the dashboard shows.

    Attributes:
        weeks: without gaps, the oldest first.
        subjects: titles of the texts that answers cite first most often, most often first.
        cited: how many answers cite each text, by title, most often first.
        never_cited: titles of texts that no answer cites, by title.
    """

    since: dt.date
    until: dt.date
    weeks: tuple[Week, ...]
    subjects: tuple[str, ...]
    cited: tuple[tuple[str, int], ...]
    never_cited: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        """Returns the record as JSON values."""
        return {
            "since": self.since.isoformat(),
            "until": self.until.isoformat(),
            "weeks": [
                {
                    "start": week.start.isoformat(),
                    "exchanges": week.exchanges,
                    **{
                        name: getattr(week, name)
                        for name in ("outcomes", "languages", "helpful", "unhelpful", "median_ms",
                                     "p95_ms", "subjects")
                    },
                }
                for week in self.weeks
            ],
            "subjects": self.subjects,
            "cited": self.cited,
            "never_cited": self.never_cited,
        }  # fmt: skip


def draw_up(journal: Journal, index: Index, since: dt.date, until: dt.date) -> Dashboard:
    """Returns the dashboard of a period.

    Args:
        journal: what is counted.
        index: names the sources.
        since: first day, in UTC.
        until: last day.
    """
    figures = Figures(journal.database)
    titles = text_titles(index)
    counts = journal.counts(since, until)
    times: dict[dt.date, list[float]] = {}
    for day, total in figures.times_ms(since, until):
        times.setdefault(_monday(day), []).append(total)
    first: dict[dt.date, Counter[str]] = {}
    for (day, name), count in figures.cited_documents(since, until).items():
        first.setdefault(_monday(day), Counter())[titles.get(name, name)] += count
    subjects = sum(first.values(), Counter()).most_common(_MOST_SUBJECTS)
    cited: Counter[str] = Counter()
    for name, count in figures.citations(since, until).items():
        cited[titles.get(name, name)] += count
    return Dashboard(
        since=since,
        until=until,
        weeks=tuple(_weeks(since, until, counts, times, first)),
        subjects=tuple(title for title, _ in subjects),
        cited=tuple(sorted(cited.items(), key=lambda one: (-one[1], one[0]))),
        never_cited=tuple(sorted({*titles.values()} - cited.keys())),
    )


def text_titles(index: Index) -> dict[str, str]:
    """Returns the title under which each document counts: of translations, that of the French.

    Rows of a list count as the list.
    """
    groups: dict[str, str] = {}
    # The French one last, so that it wins.
    for document in sorted(index.documents.values(), key=lambda one: one.language == "fr"):
        if document.translation_of:
            groups[document.translation_of] = document.title
    return {
        name: document.part_of or groups.get(document.translation_of or "", document.title)
        for name, document in index.documents.items()
    }


def _weeks(
    since: dt.date,
    until: dt.date,
    counts: Iterable[Count],
    times: Mapping[dt.date, list[float]],
    subjects: Mapping[dt.date, Counter[str]],
) -> Iterable[Week]:
    by_week: dict[dt.date, list[Count]] = {}
    for count in counts:
        by_week.setdefault(_monday(count.day), []).append(count)
    start = _monday(since)
    while start <= until:
        held = by_week.get(start, [])
        took = times.get(start)
        outcomes: Counter[Outcome] = Counter()
        languages: Counter[str] = Counter()
        for one in held:
            outcomes[one.outcome] += one.exchanges
            languages[one.language] += one.exchanges
        yield Week(
            start=start,
            outcomes=outcomes,
            languages=languages,
            helpful=sum(one.helpful for one in held),
            unhelpful=sum(one.unhelpful for one in held),
            median_ms=round(float(np.median(took)), 1) if took else None,
            p95_ms=round(float(np.quantile(took, 0.95)), 1) if took else None,
            subjects=dict(subjects.get(start, {})),
        )
        start += _WEEK


def _monday(day: dt.date) -> dt.date:
    return day - dt.timedelta(days=day.weekday())
