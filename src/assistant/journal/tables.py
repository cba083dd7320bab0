"""The tables of the journal; a change here goes with a migration in `migrations/versions/`."""

from __future__ import annotations

import datetime as dt
from typing import Any, Final

from sqlalchemy import (
    JSON,
    DateTime,
    Dialect,
    Float,
    ForeignKey,
    Index,
    String,
    Text,
    TypeDecorator,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from assistant.journal.storable import clean, clean_values

NOT_COPIED: Final = "not_copied"
"""Marks, in its `info`, a table whose rows go into no copy of the journal."""


class UtcTime(TypeDecorator[dt.datetime]):
    """A moment in UTC; SQLite keeps no time zone and hands out what was put in."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: dt.datetime | None, dialect: Dialect) -> Any:  # noqa: ARG002 - SQLAlchemy's signature
        """Returns the moment in UTC."""
        return value.astimezone(dt.UTC) if value else None

    def process_result_value(self, value: Any, dialect: Dialect) -> dt.datetime | None:  # noqa: ARG002 - see above
        """Returns the moment with its time zone."""
        if value is None:
            return None
        moment: dt.datetime = value if value.tzinfo else value.replace(tzinfo=dt.UTC)
        return moment.astimezone(dt.UTC)


class Line(TypeDecorator[str]):
    """A short text; whatever is looked up or stored, it is one that the database takes."""

    impl = String
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002 - see above
        """Returns the text without what a database refuses."""
        return None if value is None else clean(value)


class Words(Line):
    """A text of any length."""

    impl = Text
    cache_ok = True


class Record(TypeDecorator[Any]):
    """A JSON value."""

    impl = JSON
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> Any:  # noqa: ARG002 - see above
        """Returns the value without what a database refuses."""
        return clean_values(value)


class Table(DeclarativeBase):
    """Base of all tables."""


class ExchangeRow(Table):
    """One question and its answer; what is None at the end of its time was text."""

    __tablename__ = "exchanges"
    __table_args__ = (
        Index("exchanges_turn", "conversation_id", "turn", unique=True),
        Index("exchanges_time", "asked_at", "exchange_id"),
        Index("exchanges_outcome", "outcome", "asked_at"),
        Index("exchanges_language", "language", "asked_at"),
        Index("exchanges_reason", "reason", "asked_at"),
        Index("exchanges_confidence", "confidence", "asked_at"),
        # Holds all that the queue and the figures look at, so that they read no row.
        Index(
            "exchanges_queue",
            *("asked_at", "exchange_id", "outcome", "language", "confidence", "total_ms", "asked"),
        ),
        Index("exchanges_asked", "outcome", "asked"),
    )

    exchange_id: Mapped[str] = mapped_column(Line(32), primary_key=True)
    conversation_id: Mapped[str] = mapped_column(Line(200))
    turn: Mapped[int]
    asked_at: Mapped[dt.datetime] = mapped_column(UtcTime)
    language: Mapped[str] = mapped_column(Line(16))
    outcome: Mapped[str] = mapped_column(Line(16))
    reason: Mapped[str | None] = mapped_column(Line(64))
    confidence: Mapped[float] = mapped_column(Float(53))
    settings: Mapped[str] = mapped_column(Line(64))
    index_version: Mapped[str] = mapped_column(Line(100))
    # Short texts stand before long ones: a search in questions then reads no page of an answer.
    question: Mapped[str | None] = mapped_column(Words)
    standalone_question: Mapped[str | None] = mapped_column(Words)
    signs: Mapped[dict[str, float]] = mapped_column(Record)
    timings_ms: Mapped[dict[str, float]] = mapped_column(Record)
    passages: Mapped[list[dict[str, Any]]] = mapped_column(Record)
    answer: Mapped[dict[str, Any] | None] = mapped_column(Record(none_as_null=True))
    asked: Mapped[str | None] = mapped_column(Words)
    total_ms: Mapped[float | None] = mapped_column(Float(53))


def _exchange() -> Any:
    return ForeignKey("exchanges.exchange_id", ondelete="CASCADE")


class FeedbackRow(Table):
    """What a visitor says of an answer, the latest word."""

    __tablename__ = "feedback"
    __table_args__ = (Index("feedback_helpful", "helpful", "given_at"),)

    exchange_id: Mapped[str] = mapped_column(Line(32), _exchange(), primary_key=True)
    given_at: Mapped[dt.datetime] = mapped_column(UtcTime)
    helpful: Mapped[bool]
    text: Mapped[str | None] = mapped_column(Words)


class FeedbackReasonRow(Table):
    """One of the reasons that a visitor ticked."""

    __tablename__ = "feedback_reasons"
    __table_args__ = (Index("feedback_reasons_reason", "reason"),)

    exchange_id: Mapped[str] = mapped_column(
        Line(32), ForeignKey("feedback.exchange_id", ondelete="CASCADE"), primary_key=True
    )
    reason: Mapped[str] = mapped_column(Line(32), primary_key=True)


class SharedLinkRow(Table):
    """A token that opens a conversation up to one exchange."""

    __tablename__ = "shared_links"

    token: Mapped[str] = mapped_column(Line(64), primary_key=True)
    exchange_id: Mapped[str] = mapped_column(Line(32), _exchange(), unique=True)
    made_at: Mapped[dt.datetime] = mapped_column(UtcTime)


class CitationRow(Table):
    """A passage that an answer cites, without its words."""

    __tablename__ = "citations"
    __table_args__ = (
        Index("citations_passage", "passage_id", "content_hash", "exchange_id"),
        Index("citations_exchange", "exchange_id", "document_id", "marker"),
    )

    exchange_id: Mapped[str] = mapped_column(Line(32), _exchange(), primary_key=True)
    marker: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    document_id: Mapped[str] = mapped_column(Words)
    passage_id: Mapped[str] = mapped_column(Words)
    content_hash: Mapped[str] = mapped_column(Line(16))


class StalePassageRow(Table):
    """A passage that answers cite, but whose words are others now, or gone."""

    __tablename__ = "stale_passages"

    passage_id: Mapped[str] = mapped_column(Words, primary_key=True)
    content_hash: Mapped[str] = mapped_column(Line(16), primary_key=True)


class ReviewRow(Table):
    """Where staff stand with an exchange; one that nobody has touched has none."""

    __tablename__ = "reviews"
    __table_args__ = (Index("reviews_state", "state", "assignee"),)

    exchange_id: Mapped[str] = mapped_column(Line(32), _exchange(), primary_key=True)
    state: Mapped[str] = mapped_column(Line(16))
    assignee: Mapped[str | None] = mapped_column(Line(64))
    note: Mapped[str | None] = mapped_column(Words)
    changed_at: Mapped[dt.datetime] = mapped_column(UtcTime)
    mended_in: Mapped[str | None] = mapped_column(Line(100))


class StatementJudgementRow(Table):
    """What one reviewer says of one statement, and of which passages it was said."""

    __tablename__ = "statement_judgements"

    exchange_id: Mapped[str] = mapped_column(Line(32), _exchange(), primary_key=True)
    statement: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    reviewer: Mapped[str] = mapped_column(Line(64), primary_key=True)
    verdict: Mapped[str] = mapped_column(Line(16))
    passages: Mapped[dict[str, str]] = mapped_column(Record)
    judged_at: Mapped[dt.datetime] = mapped_column(UtcTime)


class CitationJudgementRow(Table):
    """What one reviewer says of one citation, and of which words it was said."""

    __tablename__ = "citation_judgements"

    exchange_id: Mapped[str] = mapped_column(Line(32), _exchange(), primary_key=True)
    marker: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    reviewer: Mapped[str] = mapped_column(Line(64), primary_key=True)
    verdict: Mapped[str] = mapped_column(Line(16))
    passage_id: Mapped[str] = mapped_column(Words)
    content_hash: Mapped[str] = mapped_column(Line(16))
    better_passage_id: Mapped[str | None] = mapped_column(Words)
    better_hash: Mapped[str | None] = mapped_column(Line(16))
    judged_at: Mapped[dt.datetime] = mapped_column(UtcTime)


class TestCaseRow(Table):
    """A conversation of a gold set that was made from an exchange."""

    __tablename__ = "test_cases"
    __table_args__ = (Index("test_cases_exchange", "exchange_id"),)

    case_id: Mapped[str] = mapped_column(Line(100), primary_key=True)
    exchange_id: Mapped[str] = mapped_column(Line(32), _exchange())
    made_by: Mapped[str] = mapped_column(Line(64))
    made_at: Mapped[dt.datetime] = mapped_column(UtcTime)
    conversation: Mapped[dict[str, Any]] = mapped_column(Record)


class AccountRow(Table):
    """A member of staff."""

    __tablename__ = "accounts"

    name: Mapped[str] = mapped_column(Line(64), primary_key=True)
    role: Mapped[str] = mapped_column(Line(16))
    password_hash: Mapped[str] = mapped_column(Line(200))
    made_at: Mapped[dt.datetime] = mapped_column(UtcTime)


class StaffTokenRow(Table):
    """What a browser of staff holds, as a digest; no copy of the journal has any."""

    __tablename__ = "staff_tokens"
    __table_args__ = (Index("staff_tokens_account", "account"), {"info": {NOT_COPIED: True}})

    digest: Mapped[str] = mapped_column(Line(64), primary_key=True)
    account: Mapped[str] = mapped_column(Line(64), ForeignKey("accounts.name", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(Line(16))
    made_at: Mapped[dt.datetime] = mapped_column(UtcTime)
    ends_at: Mapped[dt.datetime] = mapped_column(UtcTime)


class AuditRow(Table):
    """Who did what; nothing of what a visitor wrote."""

    __tablename__ = "audit"
    __table_args__ = (Index("audit_subject", "subject", "number"),)

    number: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[dt.datetime] = mapped_column(UtcTime)
    actor: Mapped[str] = mapped_column(Line(64))
    action: Mapped[str] = mapped_column(Line(32))
    subject: Mapped[str] = mapped_column(Words)
    details: Mapped[dict[str, Any]] = mapped_column(Record)
