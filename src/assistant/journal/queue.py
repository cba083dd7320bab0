"""The queue: exchanges in the order in which they need eyes.

Points are given for what tells that an answer may be bad; the exchange with the most comes first,
of equals the latest. An index holds everything that is looked at, so that 100,000 exchanges are put
in order without one row of theirs being read.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, Subquery, and_, case, func, or_, select

from assistant.domain import Outcome
from assistant.journal.asked import asked_words
from assistant.journal.database import Database
from assistant.journal.tables import (
    CitationRow,
    ExchangeRow,
    FeedbackRow,
    ReviewRow,
    StalePassageRow,
)

PAGE_SIZE: Final = 50

_UNHELPFUL: Final = 40
_CHANGED: Final = 25
_EACH_ALIKE: Final = 5
_MOST_ALIKE: Final = 6
"""Times that a question was left unanswered, beyond which one more gives no more points."""
_DOUBT: Final = 30
"""For an answer of confidence 0; less in proportion for others."""
_DOUBTFUL: Final = 0.7
"""Confidence below which the list says that the answer is doubtful."""
_SAID: Final = (Outcome.ANSWERED, Outcome.PARTIAL)


class ReviewState(StrEnum):
    """Where staff stand with an exchange."""

    NEW = "new"
    IN_REVIEW = "in_review"
    TO_MEND = "to_mend"
    CLOSED = "closed"


class Sign(StrEnum):
    """Why an exchange needs eyes."""

    UNHELPFUL = "unhelpful"
    SOURCE_CHANGED = "source_changed"
    OFTEN_UNANSWERED = "often_unanswered"
    DOUBTFUL = "doubtful"


@dataclass(frozen=True, slots=True)
class QueueFilter:
    """Which exchanges are wanted; None and empty are any.

    Attributes:
        states: those that are not closed unless it is given.
        helpful: what the visitor said; None is anything, also nothing.
        assignee: name of an account; empty is nobody.
        since: first day, in UTC.
        until: last day.
        words: words that the question holds, in a row.
    """

    states: frozenset[ReviewState] = frozenset(ReviewState) - {ReviewState.CLOSED}
    outcome: Outcome | None = None
    helpful: bool | None = None
    language: str | None = None
    assignee: str | None = None
    since: dt.date | None = None
    until: dt.date | None = None
    words: str = ""


@dataclass(frozen=True, slots=True)
class QueueItem:
    """One line of the queue.

    Attributes:
        question: None when its time is over.
        signs: why it needs eyes.
        alike: how often that question was left unanswered.
        points: what it is ordered by.
    """

    exchange_id: str
    asked_at: dt.datetime
    question: str | None
    language: str
    outcome: Outcome
    confidence: float
    helpful: bool | None
    state: ReviewState
    assignee: str | None
    signs: tuple[Sign, ...]
    alike: int
    points: float


@dataclass(frozen=True, slots=True)
class QueuePage:
    """Some lines of the queue.

    Attributes:
        total: lines of the whole queue.
        page: number of this page, from 1.
    """

    items: tuple[QueueItem, ...]
    total: int
    page: int

    @property
    def pages(self) -> int:
        """How many pages there are, one at least."""
        return max(1, -(-self.total // PAGE_SIZE))


def read_queue(database: Database, wanted: QueueFilter, page: int = 1) -> QueuePage:
    """Returns one page of the queue.

    Args:
        database: the journal's.
        wanted: which exchanges.
        page: from 1; one beyond the last is the last.

    Raises:
        JournalUnavailable: the database does not answer.
    """
    with database.reading() as session:
        total = session.scalar(_matching(wanted)) or 0
        last = max(1, -(-total // PAGE_SIZE))
        page = min(max(page, 1), last)
        rows = session.execute(_ordered(wanted, page)).all()
    return QueuePage(tuple(_item(row) for row in rows), total, page)


def _matching(wanted: QueueFilter) -> Select[Any]:
    query = select(func.count()).select_from(ExchangeRow)
    # Joined only where it is asked for: counting is half of the time.
    if wanted.helpful is not None:
        query = query.join(FeedbackRow, isouter=True)
    query = query.outerjoin(ReviewRow, ReviewRow.exchange_id == ExchangeRow.exchange_id)
    return query.where(*_conditions(wanted))


def _ordered(wanted: QueueFilter, page: int) -> Select[Any]:
    changed, alike = _changed(), _alike()
    times = func.coalesce(alike.c.times, 0)
    points = (
        case((FeedbackRow.helpful.is_(False), _UNHELPFUL), else_=0)
        + case((changed.c.exchange_id.is_not(None), _CHANGED), else_=0)
        + case((times > _MOST_ALIKE, _MOST_ALIKE), else_=times) * _EACH_ALIKE
        + case((ExchangeRow.outcome.in_(_SAID), (1 - ExchangeRow.confidence) * _DOUBT), else_=0.0)
    ).label("points")
    chosen = (
        select(
            ExchangeRow.exchange_id,
            points,
            FeedbackRow.helpful,
            ReviewRow.state,
            ReviewRow.assignee,
            changed.c.exchange_id.is_not(None).label("changed"),
            times.label("alike"),
        )
        .select_from(ExchangeRow)
        .outerjoin(FeedbackRow, FeedbackRow.exchange_id == ExchangeRow.exchange_id)
        .outerjoin(ReviewRow, ReviewRow.exchange_id == ExchangeRow.exchange_id)
        .outerjoin(changed, changed.c.exchange_id == ExchangeRow.exchange_id)
        .outerjoin(
            alike,
            and_(alike.c.asked == ExchangeRow.asked, ExchangeRow.outcome == Outcome.ABSTAINED),
        )
        .where(*_conditions(wanted))
        .order_by(points.desc(), ExchangeRow.asked_at.desc(), ExchangeRow.exchange_id)
        .limit(PAGE_SIZE)
        .offset((page - 1) * PAGE_SIZE)
        .subquery()
    )
    return (
        select(
            chosen,
            ExchangeRow.asked_at,
            ExchangeRow.question,
            ExchangeRow.language,
            ExchangeRow.outcome,
            ExchangeRow.confidence,
        )
        .join(chosen, chosen.c.exchange_id == ExchangeRow.exchange_id)
        .order_by(chosen.c.points.desc(), ExchangeRow.asked_at.desc(), ExchangeRow.exchange_id)
    )


def _changed() -> Subquery:
    """Exchanges that cite what says something else now."""
    return (
        select(CitationRow.exchange_id)
        .join(
            StalePassageRow,
            and_(
                StalePassageRow.passage_id == CitationRow.passage_id,
                StalePassageRow.content_hash == CitationRow.content_hash,
            ),
        )
        .distinct()
        .subquery()
    )


def _alike() -> Subquery:
    """Questions that were left unanswered more than once, and how often."""
    return (
        select(ExchangeRow.asked, func.count().label("times"))
        .where(ExchangeRow.outcome == Outcome.ABSTAINED, ExchangeRow.asked.is_not(None))
        .group_by(ExchangeRow.asked)
        .having(func.count() > 1)
        .subquery()
    )


def _conditions(wanted: QueueFilter) -> Iterator[ColumnElement[bool]]:
    if wanted.states != frozenset(ReviewState):
        held = ReviewRow.state.in_(sorted(wanted.states))
        untouched = ReviewState.NEW in wanted.states
        yield or_(held, ReviewRow.state.is_(None)) if untouched else held
    if wanted.outcome is not None:
        yield ExchangeRow.outcome == wanted.outcome
    if wanted.helpful is not None:
        yield FeedbackRow.helpful.is_(wanted.helpful)
    if wanted.language is not None:
        yield ExchangeRow.language == wanted.language
    if wanted.assignee is not None:
        nobody = wanted.assignee == ""
        yield ReviewRow.assignee.is_(None) if nobody else ReviewRow.assignee == wanted.assignee
    if wanted.since is not None:
        yield ExchangeRow.asked_at >= _midnight(wanted.since)
    if wanted.until is not None:
        yield ExchangeRow.asked_at < _midnight(wanted.until + dt.timedelta(days=1))
    if words := asked_words(wanted.words):
        yield ExchangeRow.asked.contains(words, autoescape=True)


def _midnight(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(), dt.UTC)


def _item(row: Any) -> QueueItem:
    outcome = Outcome(row.outcome)
    signs = {
        Sign.UNHELPFUL: row.helpful is False,
        Sign.SOURCE_CHANGED: bool(row.changed),
        Sign.OFTEN_UNANSWERED: row.alike > 1,
        Sign.DOUBTFUL: outcome in _SAID and row.confidence < _DOUBTFUL,
    }
    return QueueItem(
        exchange_id=row.exchange_id,
        asked_at=row.asked_at,
        question=row.question,
        language=row.language,
        outcome=outcome,
        confidence=row.confidence,
        helpful=row.helpful,
        state=ReviewState(row.state or ReviewState.NEW),
        assignee=row.assignee,
        signs=tuple(sign for sign, holds in signs.items() if holds),
        alike=row.alike,
        points=round(row.points, 2),
    )
