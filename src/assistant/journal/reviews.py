"""What staff say of exchanges: where they stand with them, judgements, test cases."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from assistant.errors import InputError, ReviewError
from assistant.journal.audit import add_entry
from assistant.journal.database import Database
from assistant.journal.queue import ReviewState
from assistant.journal.records import storable_text
from assistant.journal.tables import (
    CitationJudgementRow,
    CitationRow,
    ExchangeRow,
    ReviewRow,
    StalePassageRow,
    StatementJudgementRow,
    TestCaseRow,
)


class StatementVerdict(StrEnum):
    """What a reviewer says of a statement, or of an answer as a whole."""

    RIGHT = "right"
    INCOMPLETE = "incomplete"
    WRONG = "wrong"
    HARMFUL = "harmful"


class CitationVerdict(StrEnum):
    """Whether a citation supports what is said."""

    SUPPORTS = "supports"
    PARTLY = "partly"
    NO = "no"


@dataclass(frozen=True, slots=True)
class Review:
    """Where staff stand with an exchange.

    Attributes:
        note: masked, and gone with the texts of the exchange.
        changed_at: in UTC; None when nobody has touched it.
        mended_in: what mends it: a version of the index or of the assistant.
    """

    state: ReviewState = ReviewState.NEW
    assignee: str | None = None
    note: str | None = None
    changed_at: dt.datetime | None = None
    mended_in: str | None = None


@dataclass(frozen=True, slots=True)
class StatementJudgement:
    """What one reviewer says of one statement.

    Attributes:
        statement: number of the statement, from 1; 0 is the answer as a whole.
        passages: hashes of the passages that it cited then, by their ids.
        judged_at: in UTC.
    """

    exchange_id: str
    statement: int
    reviewer: str
    verdict: StatementVerdict
    passages: Mapping[str, str]
    judged_at: dt.datetime


@dataclass(frozen=True, slots=True)
class CitationJudgement:
    """What one reviewer says of one citation.

    Attributes:
        marker: number of the citation in the answer.
        content_hash: of the cited passage then.
        better_passage_id: what should have been cited, or None.
        better_hash: of that passage then.
        judged_at: in UTC.
    """

    exchange_id: str
    marker: int
    reviewer: str
    verdict: CitationVerdict
    passage_id: str
    content_hash: str
    judged_at: dt.datetime
    better_passage_id: str | None = None
    better_hash: str | None = None


@dataclass(frozen=True, slots=True)
class TestCase:
    """A conversation of a gold set that was made from an exchange.

    Attributes:
        case_id: id of the conversation.
        made_at: in UTC.
        conversation: as a line of a gold set.
    """

    __test__ = False  # pytest takes every class of that name for its own

    case_id: str
    exchange_id: str
    made_by: str
    made_at: dt.datetime
    conversation: dict[str, Any]


class Reviews:
    """Reviews, judgements and test cases in a database.

    Every method raises `JournalUnavailable` when it does not answer, and `InputError` where an
    exchange that is named is not in it.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def review(self, exchange_id: str) -> Review:
        """Returns where staff stand with an exchange."""
        with self._database.reading() as session:
            row = session.get(ReviewRow, exchange_id)
            return _review(row) if row else Review()

    def change(self, exchange_id: str, actor: str, review: Review) -> None:
        """Stores where staff stand with an exchange, and who says so.

        Raises:
            ReviewError: one that is not closed names what mended it.
        """
        closed = review.state is ReviewState.CLOSED
        if not closed and review.mended_in:
            raise ReviewError(
                "Only a closed exchange names the version that mended it.",
                "Close it, or leave the version out.",
            )
        with self._database.writing() as session:
            exchange = _exchange(session, exchange_id)
            row = session.get(ReviewRow, exchange_id, with_for_update=True)
            before = _review(row) if row else Review()
            if row is None:
                row = ReviewRow(exchange_id=exchange_id)
                session.add(row)
            row.state, row.assignee = review.state, review.assignee
            # Where the question is purged, no words about it are kept.
            kept = review.note and exchange.question is not None
            row.note = storable_text(review.note or "").text if kept else None
            row.mended_in, row.changed_at = review.mended_in, _now()
            add_entry(session, actor, "review", exchange_id, _changes(before, _review(row)))

    def judge(
        self,
        exchange_id: str,
        reviewer: str,
        statements: Sequence[StatementJudgement],
        citations: Sequence[CitationJudgement],
    ) -> None:
        """Stores what a reviewer says of an exchange, in place of what they said before."""
        with self._database.writing() as session:
            _exchange(session, exchange_id)
            for table in (StatementJudgementRow, CitationJudgementRow):
                session.execute(
                    delete(table).where(
                        table.exchange_id == exchange_id, table.reviewer == reviewer
                    )
                )
            session.add_all(
                StatementJudgementRow(**{**asdict(one), "passages": dict(one.passages)})
                for one in statements
            )
            session.add_all(CitationJudgementRow(**asdict(one)) for one in citations)
            details = {
                "statements": {str(one.statement): one.verdict for one in statements},
                "citations": {str(one.marker): one.verdict for one in citations},
            }
            add_entry(session, reviewer, "judge", exchange_id, details)

    def statement_judgements(self, exchange_id: str | None = None) -> list[StatementJudgement]:
        """Returns the judgements of statements of one exchange, or of all."""
        query = select(StatementJudgementRow).order_by(
            StatementJudgementRow.exchange_id,
            StatementJudgementRow.statement,
            StatementJudgementRow.reviewer,
        )
        if exchange_id is not None:
            query = query.where(StatementJudgementRow.exchange_id == exchange_id)
        with self._database.reading() as session:
            return [
                StatementJudgement(
                    row.exchange_id,
                    row.statement,
                    row.reviewer,
                    StatementVerdict(row.verdict),
                    row.passages,
                    row.judged_at,
                )
                for row in session.scalars(query)
            ]

    def citation_judgements(self, exchange_id: str | None = None) -> list[CitationJudgement]:
        """Returns the judgements of citations of one exchange, or of all."""
        query = select(CitationJudgementRow).order_by(
            CitationJudgementRow.exchange_id,
            CitationJudgementRow.marker,
            CitationJudgementRow.reviewer,
        )
        if exchange_id is not None:
            query = query.where(CitationJudgementRow.exchange_id == exchange_id)
        with self._database.reading() as session:
            return [
                CitationJudgement(
                    row.exchange_id,
                    row.marker,
                    row.reviewer,
                    CitationVerdict(row.verdict),
                    row.passage_id,
                    row.content_hash,
                    row.judged_at,
                    row.better_passage_id,
                    row.better_hash,
                )
                for row in session.scalars(query)
            ]

    def put_case(self, case: TestCase) -> None:
        """Stores a test case, in place of one with the same id."""
        with self._database.writing() as session:
            _exchange(session, case.exchange_id)
            session.merge(TestCaseRow(**asdict(case)))
            add_entry(session, case.made_by, "make_case", case.exchange_id, {"case": case.case_id})

    def remove_case(self, case_id: str, actor: str) -> None:
        """Removes a test case.

        Raises:
            InputError: there is none with that id.
        """
        with self._database.writing() as session:
            row = session.get(TestCaseRow, case_id)
            if row is None:
                raise InputError(
                    f"There is no test case called {case_id}.",
                    "`assistant review export DIR` writes all of them.",
                )
            session.delete(row)
            add_entry(session, actor, "remove_case", row.exchange_id, {"case": case_id})

    def cases(self, exchange_id: str | None = None) -> list[TestCase]:
        """Returns the test cases that were made from one exchange, or all, by id."""
        query = select(TestCaseRow).order_by(TestCaseRow.case_id)
        if exchange_id is not None:
            query = query.where(TestCaseRow.exchange_id == exchange_id)
        with self._database.reading() as session:
            return [
                TestCase(row.case_id, row.exchange_id, row.made_by, row.made_at, row.conversation)
                for row in session.scalars(query)
            ]

    def cited_passages(self) -> list[tuple[str, str]]:
        """Returns the id and the hash of every passage that was ever cited, each pair once."""
        with self._database.reading() as session:
            pairs = select(CitationRow.passage_id, CitationRow.content_hash).distinct()
            return [(passage, digest) for passage, digest in session.execute(pairs)]

    def mark_stale(self, passages: Iterable[tuple[str, str]]) -> None:
        """Stores which cited passages say something else now, in place of those known before."""
        rows = [{"passage_id": name, "content_hash": digest} for name, digest in passages]
        with self._database.writing() as session:
            session.execute(delete(StalePassageRow))
            session.add_all(StalePassageRow(**row) for row in rows)


def _exchange(session: Session, exchange_id: str) -> ExchangeRow:
    row = session.get(ExchangeRow, exchange_id)
    if row is None:
        raise InputError(
            f"There is no exchange called {exchange_id} in the journal.",
            "`assistant review list` lists them.",
        )
    return row


def _review(row: ReviewRow) -> Review:
    return Review(ReviewState(row.state), row.assignee, row.note, row.changed_at, row.mended_in)


def _changes(before: Review, after: Review) -> dict[str, Any]:
    """Returns what changed, but of a note only that it did."""
    changes: dict[str, Any] = {
        name: getattr(after, name)
        for name in ("state", "assignee", "mended_in")
        if getattr(before, name) != getattr(after, name)
    }
    return {**changes, "note": True} if before.note != after.note else changes


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)
