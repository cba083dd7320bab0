"""The accounts of staff, as they are stored; `assistant.access` checks their passwords."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import delete, select

from assistant.errors import InputError
from assistant.journal.audit import add_entry
from assistant.journal.database import Database
from assistant.journal.tables import AccountRow, StaffTokenRow


class Role(StrEnum):
    """What an account may do: a reader sees, a reviewer also judges and changes sources."""

    READER = "reader"
    REVIEWER = "reviewer"


@dataclass(frozen=True, slots=True)
class Account:
    """A member of staff.

    Attributes:
        password_hash: as argon2 writes it.
        made_at: in UTC.
    """

    name: str
    role: Role
    password_hash: str
    made_at: dt.datetime

    @property
    def may_change(self) -> bool:
        """Whether the account judges and changes sources."""
        return self.role is Role.REVIEWER


class Accounts:
    """The accounts in a database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def find(self, name: str) -> Account | None:
        """Returns the account with a name, if there is one."""
        with self._database.reading() as session:
            row = session.get(AccountRow, name)
            return as_account(row) if row else None

    def all(self) -> list[Account]:
        """Returns all accounts by name."""
        with self._database.reading() as session:
            return [
                as_account(row)
                for row in session.scalars(select(AccountRow).order_by(AccountRow.name))
            ]

    def put(self, name: str, role: Role, password_hash: str, actor: str) -> bool:
        """Adds an account, or gives it another role and password and ends its sessions.

        Returns:
            Whether it is new.
        """
        with self._database.writing() as session:
            row = session.get(AccountRow, name, with_for_update=True)
            is_new = row is None
            if row is None:
                row = AccountRow(name=name, made_at=dt.datetime.now(dt.UTC))
                session.add(row)
            row.role, row.password_hash = role, password_hash
            session.execute(delete(StaffTokenRow).where(StaffTokenRow.account == name))
            action = "add_account" if is_new else "change_account"
            add_entry(session, actor, action, name, {"role": role})
        return is_new

    def remove(self, name: str, actor: str) -> None:
        """Removes an account and its sessions; what it judged stays.

        Raises:
            InputError: there is no such account.
        """
        with self._database.writing() as session:
            row = session.get(AccountRow, name)
            if row is None:
                raise InputError(
                    f"There is no account called {name}.", "`assistant staff list` lists them."
                )
            session.delete(row)
            add_entry(session, actor, "remove_account", name)


def as_account(row: AccountRow) -> Account:
    """Returns the account that a row holds."""
    return Account(row.name, Role(row.role), row.password_hash, row.made_at)
