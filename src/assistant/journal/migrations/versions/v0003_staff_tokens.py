"""What is kept of the sessions of staff, in place of a key of each account."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Makes the table of tokens; the sessions that there were have ended."""
    moment = sa.DateTime(timezone=True)
    op.drop_column("accounts", "session_key")
    op.create_table(
        "staff_tokens",
        sa.Column("digest", sa.String(64), primary_key=True),
        sa.Column(
            "account",
            sa.String(64),
            sa.ForeignKey("accounts.name", ondelete="CASCADE"),
            nullable=False,
        ),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("made_at", moment, nullable=False),
        sa.Column("ends_at", moment, nullable=False),
    )
    op.create_index("staff_tokens_account", "staff_tokens", ["account"])
