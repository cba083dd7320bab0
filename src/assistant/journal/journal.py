"""The journal itself: exchanges, feedback and shared links, recorded, read, counted and erased."""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, fields
from typing import Any, Final

from sqlalchemy import case, delete, func, select, update
from sqlalchemy.orm import Session

from assistant.domain import Outcome, Turn
from assistant.errors import InputError, JournalError
from assistant.journal.asked import asked_words
from assistant.journal.copying import (
    JournalCopy,
    copy_from,
    copy_into,
    is_empty,
    knows_revision,
)
from assistant.journal.database import Database
from assistant.journal.records import (
    Cited,
    Count,
    Exchange,
    Feedback,
    FeedbackReason,
    make_exchange,
    storable_text,
)
from assistant.journal.tables import (
    CitationJudgementRow,
    CitationRow,
    ExchangeRow,
    FeedbackReasonRow,
    FeedbackRow,
    ReviewRow,
    SharedLinkRow,
    StaffTokenRow,
    StatementJudgementRow,
    Table,
    TestCaseRow,
)
from assistant.settings import Settings

_AT_ONCE: Final = 500
"""Exchanges purged in one transaction; others can write in between."""
_BELONGING: Final = (
    FeedbackRow, FeedbackReasonRow, SharedLinkRow, CitationRow, ReviewRow, StatementJudgementRow,
    CitationJudgementRow, TestCaseRow,
)  # fmt: skip
"""Tables whose rows belong to an exchange."""
_STORED: Final = tuple(
    one.name for one in fields(Exchange) if one.name not in {"feedback", "cited"}
)


def open_journal(settings: Settings) -> Journal:
    """Opens the journal that the settings name; its tables are made or changed when first used.

    Raises:
        JournalError: the address is not one of a database.
    """
    return Journal(
        Database(settings.journal.address),
        retention=dt.timedelta(days=settings.journal.retention_days),
        settings=settings.fingerprint,
    )


class Journal:
    """What visitors asked and were answered; all threads share it.

    Every method that reads or writes raises `JournalUnavailable` when the database does not answer.

    Args:
        database: where it is kept, with what staff do with it.
        retention: how long texts are kept; none at all when zero.
        settings: fingerprint of those that answers depend on.
    """

    def __init__(self, database: Database, *, retention: dt.timedelta, settings: str) -> None:
        self.database = database
        self._retention = retention
        self._settings = settings

    @property
    def keeps_text(self) -> bool:
        """Whether any text is stored."""
        return self._retention > dt.timedelta(0)

    def exchange(
        self, turn: Turn, index_version: str, asked_at: dt.datetime | None = None
    ) -> Exchange:
        """Returns what `store` keeps of a turn: masked, and named by a new id."""
        return make_exchange(
            turn,
            asked_at or _now(),
            settings=self._settings,
            index_version=index_version,
            keeps_text=self.keeps_text,
        )

    def record(self, turn: Turn, index_version: str, asked_at: dt.datetime | None = None) -> str:
        """Stores a turn and returns the id of its exchange; see `store`."""
        exchange = self.exchange(turn, index_version, asked_at)
        self.store(exchange)
        return exchange.exchange_id

    def store(self, exchange: Exchange) -> None:
        """Stores an exchange; once more is the same as once.

        Where another process recorded that turn of the conversation, it becomes the next one.

        Raises:
            JournalError: it cannot be stored.
        """
        with self.database.writing() as session:
            # The answer to a commit may have been lost although the commit was not.
            if session.get(ExchangeRow, exchange.exchange_id) is not None:
                return
            self.database.one_by_one(session, exchange.conversation_id)
            exchange = _with_free_turn(session, exchange)
            values = {name: getattr(exchange, name) for name in _STORED}
            values["passages"] = list(exchange.passages)
            session.add(
                ExchangeRow(
                    **values,
                    asked=asked_words(exchange.question),
                    total_ms=exchange.timings_ms.get("total"),
                )
            )
            session.flush()
            session.add_all(
                CitationRow(exchange_id=exchange.exchange_id, **asdict(one))
                for one in exchange.cited
            )

    def conversation(self, conversation_id: str) -> tuple[Exchange, ...]:
        """Returns the exchanges of a conversation in order; none when it is unknown."""
        with self.database.reading() as session:
            return _exchanges(session, conversation_id)

    def shown(self, conversation_ids: Collection[str]) -> dict[str, set[str]]:
        """Returns, by conversation, the ids of the exchanges that may still be shown.

        Those are the ones that were neither erased nor, where texts are kept, purged.
        """
        found: dict[str, set[str]] = {name: set() for name in conversation_ids}
        query = select(ExchangeRow.conversation_id, ExchangeRow.exchange_id)
        if self.keeps_text:
            query = query.where(ExchangeRow.question.is_not(None))
        with self.database.reading() as session:
            names = list(found)
            for first in range(0, len(names), _AT_ONCE):
                some = ExchangeRow.conversation_id.in_(names[first : first + _AT_ONCE])
                for name, exchange_id in session.execute(query.where(some)):
                    found[name].add(exchange_id)
        return found

    def recorded(self, exchange_id: str) -> Exchange:
        """Returns an exchange.

        Raises:
            InputError: there is no such exchange.
        """
        with self.database.reading() as session:
            row = _existing(session, exchange_id, lock=False)
            return _as_exchanges(session, [row])[0]

    def feedback(
        self,
        exchange_id: str,
        feedback: Feedback,
        given_at: dt.datetime | None = None,
        *,
        conversation_id: str | None = None,
    ) -> None:
        """Stores what a visitor says of an answer, in place of what was said before.

        Args:
            exchange_id: of the answer.
            feedback: what is said.
            given_at: now unless it is given.
            conversation_id: that the exchange must be a part of; any when it is None.

        Raises:
            InputError: there is no such exchange.
        """
        with self.database.writing() as session:
            exchange = _existing(session, exchange_id, conversation_id)
            # Where the question is purged, no words about it are kept.
            kept = feedback.text and exchange.question is not None and self.keeps_text
            session.execute(delete(FeedbackRow).where(FeedbackRow.exchange_id == exchange_id))
            session.add(
                FeedbackRow(
                    exchange_id=exchange_id,
                    given_at=given_at or _now(),
                    helpful=feedback.helpful,
                    text=storable_text(feedback.text).text if kept else None,
                )
            )
            session.flush()
            session.add_all(
                FeedbackReasonRow(exchange_id=exchange_id, reason=reason)
                for reason in feedback.reasons
            )

    def share(self, exchange_id: str, *, conversation_id: str | None = None) -> str:
        """Returns a token that opens the conversation up to this exchange, one for each exchange.

        Args:
            exchange_id: the last that is shared.
            conversation_id: that the exchange must be a part of; any when it is None.

        Raises:
            InputError: there is no such exchange.
            JournalError: its text is not kept.
        """
        with self.database.writing() as session:
            if _existing(session, exchange_id, conversation_id).question is None:
                raise JournalError(
                    "The text of this exchange is not kept.", "Share a more recent one."
                )
            known = session.scalar(
                select(SharedLinkRow.token).where(SharedLinkRow.exchange_id == exchange_id)
            )
            if known is not None:
                return known
            token = secrets.token_urlsafe(24)
            session.add(SharedLinkRow(token=token, exchange_id=exchange_id, made_at=_now()))
            return token

    def shared(self, token: str) -> tuple[Exchange, ...]:
        """Returns the exchanges that a token opens, in order; none when they are kept no longer."""
        with self.database.reading() as session:
            row = session.scalar(
                select(ExchangeRow).join(SharedLinkRow).where(SharedLinkRow.token == token)
            )
            if row is None:
                return ()
            exchanges = _exchanges(session, row.conversation_id, row.turn)
            return tuple(one for one in exchanges if one.question is not None)

    def export(self, conversation_id: str) -> dict[str, Any]:
        """Returns all that is stored of a conversation, as JSON values.

        Raises:
            InputError: the conversation is unknown.
        """
        with self.database.reading() as session:
            ids = _ids(session, conversation_id)
            tables = {
                table.__tablename__: [
                    _plain(row)
                    for row in session.scalars(select(table).where(table.exchange_id.in_(ids)))
                ]
                for table in _BELONGING
            }
            exchanges = [_plain(row) for row in _rows(session, conversation_id)]
        return {"conversation_id": conversation_id, "exchanges": exchanges, **tables}

    def erase(self, conversation_id: str) -> int:
        """Removes all that is stored of a conversation and returns the number of its exchanges.

        Raises:
            InputError: the conversation is unknown.
        """
        with self.database.writing() as session:
            ids = _ids(session, conversation_id)
            session.execute(delete(ExchangeRow).where(ExchangeRow.exchange_id.in_(ids)))
        self.database.scrub()
        return len(ids)

    def purge(self, now: dt.datetime | None = None) -> int:
        """Removes the texts whose time is over, with links to them; returns how many had some.

        Sessions of staff whose time is over go too.

        What is left says nothing of what was asked but what counts need.
        """
        now = now or _now()
        before = now - self._retention
        with self.database.writing() as session:
            session.execute(delete(StaffTokenRow).where(StaffTokenRow.ends_at <= now))
        purged = 0
        while done := self._purge_some(before):
            purged += done
        if purged:
            self.database.scrub()
        return purged

    def counts(self, since: dt.date | None = None, until: dt.date | None = None) -> list[Count]:
        """Counts exchanges by day, outcome and language, purged ones included.

        Args:
            since: first day, in UTC.
            until: last day.
        """
        day = func.date(ExchangeRow.asked_at)
        helpful = func.sum(case((FeedbackRow.helpful.is_(True), 1), else_=0))
        unhelpful = func.sum(case((FeedbackRow.helpful.is_(False), 1), else_=0))
        query = (
            select(day, ExchangeRow.outcome, ExchangeRow.language, func.count(), helpful, unhelpful)
            .select_from(ExchangeRow)
            .join(FeedbackRow, isouter=True)
            .group_by(day, ExchangeRow.outcome, ExchangeRow.language)
            .order_by(day, ExchangeRow.outcome, ExchangeRow.language)
        )
        if since is not None:
            query = query.where(ExchangeRow.asked_at >= _midnight(since))
        if until is not None:
            query = query.where(ExchangeRow.asked_at < _midnight(until + dt.timedelta(days=1)))
        with self.database.reading() as session:
            return [
                Count(dt.date.fromisoformat(str(on)), Outcome(outcome), language, *numbers)
                for on, outcome, language, *numbers in session.execute(query)
            ]

    @contextmanager
    def snapshot(self) -> Iterator[JournalCopy]:
        """Gives all that is stored as it is at one moment, while others go on writing."""
        with self.database.snapshot() as connection:
            yield copy_from(connection, Table.metadata)

    @contextmanager
    def replaced_by(self, copy: JournalCopy) -> Iterator[None]:
        """Puts a copy in place of all that is stored, when the block ends without an error.

        Raises:
            JournalError: the copy is of a newer version, or a record does not fit; all that was
                stored is as it was.
        """
        if not knows_revision(copy.revision):
            raise JournalError(
                f"The copy of the journal (revision {copy.revision}) is of a newer version of the "
                "assistant.",
                "Install that version.",
            )
        self.check()  # brings the tables up to date, so that all of them are known
        with self.database.migrating() as connection:
            copy_into(connection, Table.metadata, copy)
            yield
        self.database.scrub()

    def is_empty(self) -> bool:
        """Returns whether nothing at all is stored."""
        with self.database.snapshot() as connection:
            return is_empty(connection, Table.metadata)

    def check(self) -> None:
        """Raises `JournalUnavailable` when the database does not answer, or takes nothing."""
        self.database.check()

    def close(self) -> None:
        """Gives all connections back."""
        self.database.close()

    def _purge_some(self, before: dt.datetime) -> int:
        with self.database.writing() as session:
            due = select(ExchangeRow.exchange_id).where(
                ExchangeRow.asked_at <= before, ExchangeRow.question.is_not(None)
            )
            ids = session.scalars(due.limit(_AT_ONCE)).all()
            session.execute(
                update(ExchangeRow)
                .where(ExchangeRow.exchange_id.in_(ids))
                .values(question=None, standalone_question=None, answer=None, asked=None)
            )
            # A note can say what was asked.
            session.execute(
                update(ReviewRow).where(ReviewRow.exchange_id.in_(ids)).values(note=None)
            )
            session.execute(
                update(FeedbackRow).where(FeedbackRow.exchange_id.in_(ids)).values(text=None)
            )
            session.execute(delete(SharedLinkRow).where(SharedLinkRow.exchange_id.in_(ids)))
        return len(ids)


def _exchanges(
    session: Session, conversation_id: str, last: int | None = None
) -> tuple[Exchange, ...]:
    rows = _rows(session, conversation_id)
    return _as_exchanges(session, [row for row in rows if last is None or row.turn <= last])


def _as_exchanges(session: Session, rows: Sequence[ExchangeRow]) -> tuple[Exchange, ...]:
    ids = [row.exchange_id for row in rows]
    reasons: dict[str, set[FeedbackReason]] = {}
    for one in session.scalars(
        select(FeedbackReasonRow).where(FeedbackReasonRow.exchange_id.in_(ids))
    ):
        reasons.setdefault(one.exchange_id, set()).add(FeedbackReason(one.reason))
    feedback = {
        row.exchange_id: Feedback(
            row.helpful, frozenset(reasons.get(row.exchange_id, ())), row.text or ""
        )
        for row in session.scalars(select(FeedbackRow).where(FeedbackRow.exchange_id.in_(ids)))
    }
    cited: dict[str, list[Cited]] = {}
    for cite in session.scalars(
        select(CitationRow).where(CitationRow.exchange_id.in_(ids)).order_by(CitationRow.marker)
    ):
        cited.setdefault(cite.exchange_id, []).append(
            Cited(cite.marker, cite.document_id, cite.passage_id, cite.content_hash)
        )
    return tuple(
        Exchange(
            **{name: getattr(row, name) for name in _STORED}
            | {"outcome": Outcome(row.outcome), "passages": tuple(row.passages)},
            feedback=feedback.get(row.exchange_id),
            cited=tuple(cited.get(row.exchange_id, ())),
        )
        for row in rows
    )


def _with_free_turn(session: Session, exchange: Exchange) -> Exchange:
    """Returns an exchange as it is, or as the next turn where its own is another's."""
    turns = select(ExchangeRow.turn).where(ExchangeRow.conversation_id == exchange.conversation_id)
    taken = set(session.scalars(turns))
    return exchange.as_number(max(taken) + 1) if exchange.turn in taken else exchange


def _rows(session: Session, conversation_id: str) -> Sequence[ExchangeRow]:
    found = select(ExchangeRow).where(ExchangeRow.conversation_id == conversation_id)
    return session.scalars(found.order_by(ExchangeRow.turn)).all()


def _ids(session: Session, conversation_id: str) -> Sequence[str]:
    """Returns the ids of the exchanges of a conversation that must be there."""
    found = select(ExchangeRow.exchange_id).where(ExchangeRow.conversation_id == conversation_id)
    ids = session.scalars(found).all()
    if not ids:
        raise InputError(
            f"There is no conversation called {conversation_id} in the journal.",
            "Copy its id whole; if it begins with a hyphen, write -- before it.",
        )
    return ids


def _existing(
    session: Session, exchange_id: str, conversation_id: str | None = None, *, lock: bool = True
) -> ExchangeRow:
    # Locked, so that two who say something of the same exchange at once do it one by one.
    row = session.get(ExchangeRow, exchange_id, with_for_update=lock)
    if row is None or conversation_id not in {None, row.conversation_id}:
        raise InputError(
            f"There is no exchange called {exchange_id} in the journal.",
            "Name one that was recorded and not erased since.",
        )
    return row


def _plain(row: Table) -> dict[str, Any]:
    values = {column.name: getattr(row, column.name) for column in row.__table__.columns}
    return {
        name: value.isoformat() if isinstance(value, dt.datetime) else value
        for name, value in values.items()
    }


def _midnight(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(), dt.UTC)


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)
