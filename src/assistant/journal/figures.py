"""What the dashboard counts, by week; purged exchanges count like all others."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, func, select

from assistant.domain import Outcome
from assistant.journal.database import Database
from assistant.journal.tables import CitationRow, ExchangeRow


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

    def cited_documents(self, since: dt.date, until: dt.date) -> Counter[tuple[dt.date, str]]:
        """Returns how many answers cite a document first, by day and document."""
        day = func.date(ExchangeRow.asked_at)
        query = (
            select(day, CitationRow.document_id, func.count())
            .join(ExchangeRow, ExchangeRow.exchange_id == CitationRow.exchange_id)
            .where(_within(since, until), CitationRow.marker == 1)
            .group_by(day, CitationRow.document_id)
        )
        with self._database.reading() as session:
            return Counter({(_day(on), name): count for on, name, count in session.execute(query)})

    def citations(self, since: dt.date, until: dt.date) -> Counter[str]:
        """Returns how many answers cite each document."""
        query = (
            select(CitationRow.document_id, func.count(func.distinct(CitationRow.exchange_id)))
            .join(ExchangeRow, ExchangeRow.exchange_id == CitationRow.exchange_id)
            .where(_within(since, until))
            .group_by(CitationRow.document_id)
        )
        with self._database.reading() as session:
            return Counter({row[0]: row[1] for row in session.execute(query)})

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
