"""Exchanges, feedback and shared links."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Makes the first tables."""
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "exchanges",
        sa.Column("exchange_id", sa.String(32), primary_key=True),
        sa.Column("conversation_id", sa.String(200), nullable=False),
        sa.Column("turn", sa.Integer, nullable=False),
        sa.Column("asked_at", moment, nullable=False),
        sa.Column("language", sa.String(16), nullable=False),
        sa.Column("outcome", sa.String(16), nullable=False),
        sa.Column("reason", sa.String(64)),
        sa.Column("confidence", sa.Float(53), nullable=False),
        sa.Column("settings", sa.String(64), nullable=False),
        sa.Column("index_version", sa.String(100), nullable=False),
        sa.Column("question", sa.Text),
        sa.Column("standalone_question", sa.Text),
        sa.Column("signs", sa.JSON, nullable=False),
        sa.Column("timings_ms", sa.JSON, nullable=False),
        sa.Column("passages", sa.JSON, nullable=False),
        sa.Column("answer", sa.JSON),
    )
    op.create_index("exchanges_turn", "exchanges", ["conversation_id", "turn"], unique=True)
    op.create_index("exchanges_time", "exchanges", ["asked_at", "exchange_id"])
    for column in ("outcome", "language", "reason", "confidence"):
        op.create_index(f"exchanges_{column}", "exchanges", [column, "asked_at"])
    op.create_table(
        "feedback",
        sa.Column("exchange_id", sa.String(32), _cascade("exchanges"), primary_key=True),
        sa.Column("given_at", moment, nullable=False),
        sa.Column("helpful", sa.Boolean, nullable=False),
        sa.Column("text", sa.Text),
    )
    op.create_index("feedback_helpful", "feedback", ["helpful", "given_at"])
    op.create_table(
        "feedback_reasons",
        sa.Column("exchange_id", sa.String(32), _cascade("feedback"), primary_key=True),
        sa.Column("reason", sa.String(32), primary_key=True),
    )
    op.create_index("feedback_reasons_reason", "feedback_reasons", ["reason"])
    op.create_table(
        "shared_links",
        sa.Column("token", sa.String(64), primary_key=True),
        sa.Column("exchange_id", sa.String(32), _cascade("exchanges"), nullable=False, unique=True),
        sa.Column("made_at", moment, nullable=False),
    )


def _cascade(table: str) -> sa.ForeignKey:
    return sa.ForeignKey(f"{table}.exchange_id", ondelete="CASCADE")
