"""What the dashboard counts, by week; purged exchanges count like all others."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, select

from assistant.domain import Outcome
from assistant.journal.database import Database
from assistant.journal.tables import CitationRow, ExchangeRow


@dataclass(frozen=True, slots=True)
class Citations:
    """How often answers of one day, in UTC, cite a document.

    Attributes:
        first: answers whose first citation it is.
        answers: answers that cite it at all.
    """

    day: dt.date
    document_id: str
    first: int
    answers: int


@dataclass(frozen=True, slots=True)
class AskedQuestion:
    """A question that was left unanswered.

    Attributes:
        standalone: as it was understood, in one of its wordings.
        times: how often it was asked.
        exchange_id: of the exchange with that wording.
    """

    standalone: str
    language: str
    times: int
    exchange_id: str


class Figures:
    """Counts over a period of days, both ends included, in UTC."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def times_ms(self, since: dt.date, until: dt.date) -> list[tuple[dt.date, float]]:
        """Returns the day of every exchange and how long its answer took, in milliseconds."""
        query = select(func.date(ExchangeRow.asked_at), ExchangeRow.total_ms).where(
            _within(since, until), ExchangeRow.total_ms.is_not(None)
        )
        days: dict[str, dt.date] = {}
        with self._database.reading() as session:
            return [
                (days.get(str(day)) or days.setdefault(str(day), _day(day)), total)
                for day, total in session.execute(query)
            ]

    def cited(self, since: dt.date, until: dt.date) -> list[Citations]:
        """Returns how often answers cite each document, by day."""
        day = func.date(ExchangeRow.asked_at)
        query = (
            select(
                day,
                CitationRow.document_id,
                func.sum(case((CitationRow.marker == 1, 1), else_=0)),
                func.count(func.distinct(CitationRow.exchange_id)),
            )
            .join(ExchangeRow, ExchangeRow.exchange_id == CitationRow.exchange_id)
            .where(_within(since, until))
            .group_by(day, CitationRow.document_id)
        )
        with self._database.reading() as session:
            return [
                Citations(_day(on), name, first, answers)
                for on, name, first, answers in session.execute(query)
            ]

    def unanswered(self, since: dt.date, until: dt.date, most: int) -> list[AskedQuestion]:
        """Returns the questions most often left unanswered, those that are alike once."""
        times = func.count().label("times")
        one = func.max(ExchangeRow.exchange_id).label("exchange_id")
        asked = (
            select(times, one)
            .where(
                _within(since, until),
                ExchangeRow.outcome == Outcome.ABSTAINED,
                ExchangeRow.asked.is_not(None),
            )
            .group_by(ExchangeRow.asked)
            .order_by(times.desc(), ExchangeRow.asked)
            .limit(most)
            .subquery()
        )
        query = (
            select(
                ExchangeRow.standalone_question,
                ExchangeRow.question,
                ExchangeRow.language,
                asked.c.times,
                ExchangeRow.exchange_id,
            )
            .join(asked, asked.c.exchange_id == ExchangeRow.exchange_id)
            .order_by(asked.c.times.desc(), ExchangeRow.asked)
        )
        with self._database.reading() as session:
            return [
                AskedQuestion(standalone or question, language, count, name)
                for standalone, question, language, count, name in session.execute(query)
            ]


def _within(since: dt.date, until: dt.date) -> ColumnElement[bool]:
    return and_(
        ExchangeRow.asked_at >= dt.datetime.combine(since, dt.time(), dt.UTC),
        ExchangeRow.asked_at < dt.datetime.combine(until + dt.timedelta(days=1), dt.time(), dt.UTC),
    )


def _day(value: Any) -> dt.date:
    return dt.date.fromisoformat(str(value))
