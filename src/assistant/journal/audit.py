"""The audit trail: who did what, written in the same step as what was done."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from assistant.journal.database import Database
from assistant.journal.tables import AuditRow


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that was done.

    Attributes:
        at: in UTC.
        actor: name of the account, or of the user of the command line.
        action: `judge`, `close`, `publish`, …
        subject: what it was done to: an exchange, an account, a document.
        details: in which way; never a visitor's words.
    """

    at: dt.datetime
    actor: str
    action: str
    subject: str
    details: Mapping[str, Any]


class Audit:
    """The trail; it is added to and read, never changed."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(
        self, actor: str, action: str, subject: str, details: Mapping[str, Any] | None = None
    ) -> None:
        """Adds an entry."""
        with self._database.writing() as session:
            add_entry(session, actor, action, subject, details)

    def entries(self, subject: str | None = None, most: int = 100) -> list[Entry]:
        """Returns the latest entries, the newest first; those of one subject when it is given."""
        query = select(AuditRow).order_by(AuditRow.number.desc()).limit(most)
        if subject is not None:
            query = query.where(AuditRow.subject == subject)
        with self._database.reading() as session:
            return [
                Entry(row.at, row.actor, row.action, row.subject, row.details)
                for row in session.scalars(query)
            ]


def add_entry(
    session: Session,
    actor: str,
    action: str,
    subject: str,
    details: Mapping[str, Any] | None = None,
) -> None:
    """Adds an entry to the trail in a session that does what the entry says."""
    session.add(
        AuditRow(
            at=dt.datetime.now(dt.UTC),
            actor=actor,
            action=action,
            subject=subject,
            details=dict(details or {}),
        )
    )
