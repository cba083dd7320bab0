"""What staff do with exchanges: accounts, reviews, judgements, test cases, an audit trail."""

import sqlalchemy as sa
from alembic import op

from assistant.journal.asked import asked_words

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_AT_ONCE = 500
_MOMENT = sa.DateTime(timezone=True)
_EXCHANGES = sa.table(
    "exchanges",
    sa.column("exchange_id", sa.String),
    sa.column("question", sa.Text),
    sa.column("asked", sa.Text),
    sa.column("total_ms", sa.Float),
    sa.column("timings_ms", sa.JSON),
    sa.column("answer", sa.JSON),
)


def upgrade() -> None:
    """Adds what a queue needs to exchanges, and makes the tables of staff."""
    op.add_column("exchanges", sa.Column("asked", sa.Text))
    op.add_column("exchanges", sa.Column("total_ms", sa.Float(53)))
    op.create_table(
        "citations",
        sa.Column("exchange_id", sa.String(32), _exchange(), primary_key=True),
        sa.Column("marker", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("document_id", sa.Text, nullable=False),
        sa.Column("passage_id", sa.Text, nullable=False),
        sa.Column("content_hash", sa.String(16), nullable=False),
    )
    _fill()
    op.create_index(
        "exchanges_queue",
        "exchanges",
        ["asked_at", "exchange_id", "outcome", "language", "confidence", "total_ms", "asked"],
    )
    op.create_index("exchanges_asked", "exchanges", ["outcome", "asked"])
    op.create_index("citations_passage", "citations", ["passage_id", "content_hash", "exchange_id"])
    op.create_index("citations_document", "citations", ["document_id", "marker", "exchange_id"])
    _make_review_tables()
    _make_staff_tables()


def _make_review_tables() -> None:
    op.create_table(
        "stale_passages",
        sa.Column("passage_id", sa.Text, primary_key=True),
        sa.Column("content_hash", sa.String(16), primary_key=True),
    )
    op.create_table(
        "reviews",
        sa.Column("exchange_id", sa.String(32), _exchange(), primary_key=True),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("assignee", sa.String(64)),
        sa.Column("note", sa.Text),
        sa.Column("changed_at", _MOMENT, nullable=False),
        sa.Column("mended_in", sa.String(100)),
    )
    op.create_index("reviews_state", "reviews", ["state", "assignee"])
    op.create_table(
        "statement_judgements",
        sa.Column("exchange_id", sa.String(32), _exchange(), primary_key=True),
        sa.Column("statement", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("reviewer", sa.String(64), primary_key=True),
        sa.Column("verdict", sa.String(16), nullable=False),
        sa.Column("passages", sa.JSON, nullable=False),
        sa.Column("judged_at", _MOMENT, nullable=False),
    )
    op.create_table(
        "citation_judgements",
        sa.Column("exchange_id", sa.String(32), _exchange(), primary_key=True),
        sa.Column("marker", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("reviewer", sa.String(64), primary_key=True),
        sa.Column("verdict", sa.String(16), nullable=False),
        sa.Column("passage_id", sa.Text, nullable=False),
        sa.Column("content_hash", sa.String(16), nullable=False),
        sa.Column("better_passage_id", sa.Text),
        sa.Column("better_hash", sa.String(16)),
        sa.Column("judged_at", _MOMENT, nullable=False),
    )
    op.create_table(
        "test_cases",
        sa.Column("case_id", sa.String(100), primary_key=True),
        sa.Column("exchange_id", sa.String(32), _exchange(), nullable=False),
        sa.Column("made_by", sa.String(64), nullable=False),
        sa.Column("made_at", _MOMENT, nullable=False),
        sa.Column("conversation", sa.JSON, nullable=False),
    )
    op.create_index("test_cases_exchange", "test_cases", ["exchange_id"])


def _make_staff_tables() -> None:
    op.create_table(
        "accounts",
        sa.Column("name", sa.String(64), primary_key=True),
        sa.Column("role", sa.String(16), nullable=False),
        sa.Column("password_hash", sa.String(200), nullable=False),
        sa.Column("session_key", sa.String(64), nullable=False),
        sa.Column("made_at", _MOMENT, nullable=False),
    )
    op.create_table(
        "audit",
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("at", _MOMENT, nullable=False),
        sa.Column("actor", sa.String(64), nullable=False),
        sa.Column("action", sa.String(32), nullable=False),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("details", sa.JSON, nullable=False),
    )
    op.create_index("audit_subject", "audit", ["subject", "number"])


def _exchange() -> sa.ForeignKey:
    return sa.ForeignKey("exchanges.exchange_id", ondelete="CASCADE")


def _fill() -> None:
    """Writes what earlier exchanges lack of the new columns and tables, a few at a time."""
    connection = op.get_bind()
    citations = sa.table(
        "citations",
        *(sa.column(name) for name in ("exchange_id", "marker", "document_id", "passage_id")),
        sa.column("content_hash"),
    )
    last = ""
    wanted = sa.select(_EXCHANGES).order_by(_EXCHANGES.c.exchange_id).limit(_AT_ONCE)
    while rows := connection.execute(wanted.where(_EXCHANGES.c.exchange_id > last)).all():
        last = rows[-1].exchange_id
        for row in rows:
            connection.execute(
                _EXCHANGES.update()
                .where(_EXCHANGES.c.exchange_id == row.exchange_id)
                .values(
                    asked=asked_words(row.question), total_ms=(row.timings_ms or {}).get("total")
                )
            )
        cited = [
            {
                "exchange_id": row.exchange_id,
                **{key: one[key] for key in ("marker", "document_id", "passage_id")},
                "content_hash": one["content_hash"],
            }
            for row in rows
            for one in (row.answer or {}).get("citations", ())
        ]
        if cited:
            connection.execute(citations.insert(), cited)
