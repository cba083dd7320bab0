"""The tokens that browsers of staff hold: of each the database has a digest, and when it ends.

A token is 256 random bits, so that its SHA-256 needs no salt, and whoever reads the database, or a
copy of it, can open nothing. No backup holds any.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets
from enum import StrEnum
from typing import Final

from sqlalchemy import delete, func, select

from assistant.errors import InputError
from assistant.journal.accounts import Account, as_account
from assistant.journal.audit import add_entry
from assistant.journal.database import Database
from assistant.journal.tables import AccountRow, StaffTokenRow

_BYTES: Final = 32


class TokenKind(StrEnum):
    """What a token is good for: to open the pages, or to be told from others at the log-in."""

    SESSION = "session"
    DEVICE = "device"


class StaffTokens:
    """The tokens in a database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def issue(self, account: Account, kind: TokenKind, lasts: dt.timedelta) -> str | None:
        """Returns a new token; None when the account has another password by now, or is gone.

        Args:
            account: as it was when its password was checked.
            kind: what the token is good for.
            lasts: how long.
        """
        token = secrets.token_urlsafe(_BYTES)
        with self._database.writing() as session:
            # Locked, so that a password that is changed meanwhile ends this token too.
            row = session.get(AccountRow, account.name, with_for_update=True)
            if row is None or row.password_hash != account.password_hash:
                return None
            now = _now()
            session.add(
                StaffTokenRow(
                    digest=_digest(token),
                    account=account.name,
                    kind=kind,
                    made_at=now,
                    ends_at=now + lasts,
                )
            )
        return token

    def account(self, token: str, kind: TokenKind) -> Account | None:
        """Returns the account of a token, unless it is none of that kind or has ended."""
        query = (
            select(AccountRow)
            .join(StaffTokenRow, StaffTokenRow.account == AccountRow.name)
            .where(
                StaffTokenRow.digest == _digest(token),
                StaffTokenRow.kind == kind,
                StaffTokenRow.ends_at > _now(),
            )
        )
        with self._database.reading() as session:
            row = session.scalar(query)
            return as_account(row) if row else None

    def end(self, token: str) -> None:
        """Ends a token; one that is none is no error."""
        with self._database.writing() as session:
            session.execute(delete(StaffTokenRow).where(StaffTokenRow.digest == _digest(token)))

    def sign_out(self, name: str | None, actor: str) -> int:
        """Ends all tokens of an account, or of every account; returns how many sessions that were.

        Args:
            name: of the account; None for every one.
            actor: who ends them.

        Raises:
            InputError: there is no such account.
        """
        with self._database.writing() as session:
            if name is not None and session.get(AccountRow, name) is None:
                raise InputError(
                    f"There is no account called {name}.", "`assistant staff list` lists them."
                )
            open_ones = select(func.count()).where(
                StaffTokenRow.kind == TokenKind.SESSION, StaffTokenRow.ends_at > _now()
            )
            if name is not None:
                open_ones = open_ones.where(StaffTokenRow.account == name)
            ended = session.scalar(open_ones) or 0
            ending = delete(StaffTokenRow)
            if name is not None:
                ending = ending.where(StaffTokenRow.account == name)
            session.execute(ending)
            add_entry(session, actor, "sign_out", name or "", {"sessions": ended})
        return ended


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)
