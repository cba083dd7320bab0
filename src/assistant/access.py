"""Who of staff gets in: passwords, sessions, and how fast one may try.

A session is a random token in a cookie, of which the journal keeps a digest. It ends with its
time, when its owner logs out, when the password is changed or the account removed, and by
`assistant staff sign-out`. Failed log-ins are counted in the memory of the server, by name and by
address; a server that is started anew forgets them, and no address is ever stored.
"""

from __future__ import annotations

import datetime as dt
import re
import secrets
import threading
import time
from collections import OrderedDict, deque
from collections.abc import Callable
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError

from assistant.errors import AccessDenied, InputError
from assistant.journal import Account, Accounts, Database, Role, StaffTokens, TokenKind
from assistant.settings import StaffSettings

SHORTEST_PASSWORD: Final = 12
LONGEST_PASSWORD: Final = 1000
_NAME: Final = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")

_WINDOW: Final = 900.0
_MOST_BY_NAME: Final = 30
"""Failures with one name from everywhere; more than from one place, so that nobody is shut out
by a single other."""
_MOST_BY_BOTH: Final = 5
_MOST_BY_ADDRESS: Final = 30
_MOST_REMEMBERED: Final = 10_000


class Throttle:
    """Counts failures in the last fifteen minutes, by key.

    Args:
        clock: seconds that never go back.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._failures: OrderedDict[str, deque[float]] = OrderedDict()
        self._lock = threading.Lock()

    def allows(self, name: str, address: str) -> bool:
        """Tells whether another attempt may be made."""
        with self._lock:
            return all(self._count(key) < most for key, most in _limits(name, address))

    def failed(self, name: str, address: str) -> None:
        """Counts a failure."""
        with self._lock:
            for key, _ in _limits(name, address):
                self._failures.setdefault(key, deque()).append(self._clock())
                self._failures.move_to_end(key)
            while len(self._failures) > _MOST_REMEMBERED:
                self._failures.popitem(last=False)

    def _count(self, key: str) -> int:
        times = self._failures.get(key)
        while times and times[0] <= self._clock() - _WINDOW:
            times.popleft()
        return len(times or ())


def _limits(name: str, address: str) -> tuple[tuple[str, int], ...]:
    return (
        (f"name {name}", _MOST_BY_NAME),
        (f"address {address}", _MOST_BY_ADDRESS),
        (f"both {name} {address}", _MOST_BY_BOTH),
    )


class Access:
    """Checks passwords and sessions; shared by all threads.

    Args:
        database: holds the accounts and their sessions.
        settings: how long sessions last.
        throttle: counts failed log-ins.
    """

    def __init__(
        self, database: Database, settings: StaffSettings, throttle: Throttle | None = None
    ) -> None:
        self._accounts = Accounts(database)
        self._tokens = StaffTokens(database)
        self._throttle = throttle or Throttle()
        self._hasher = PasswordHasher()
        # One check takes 64 MiB and a core: one at a time, however many try.
        self._checking = threading.Lock()
        # Compared with when there is no such account, so that this takes as long.
        self._nobody = self._hasher.hash(secrets.token_urlsafe())
        self._lasts = dt.timedelta(hours=settings.session_hours)

    @property
    def session_seconds(self) -> int:
        """How long a session lasts."""
        return int(self._lasts.total_seconds())

    def log_in(self, name: str, password: str, address: str) -> str:
        """Returns a session for who knows the password.

        Args:
            name: of the account.
            password: as it was typed.
            address: where the attempt comes from; only ever kept in memory.

        Raises:
            AccessDenied: name and password do not belong together, or too many tried.
        """
        # Within the lock, so that many who try at once are counted one by one.
        with self._checking:
            if not self._throttle.allows(name, address):
                raise AccessDenied(
                    "Too many log-ins failed.", "Wait a quarter of an hour, then try again."
                )
            account = self._accounts.find(name)
            known = account.password_hash if account else self._nobody
            if not self._matches(known, password) or account is None:
                self._throttle.failed(name, address)
                raise _wrong()
        session = self._tokens.issue(account, TokenKind.SESSION, self._lasts)
        if session is None:
            raise _wrong()
        return session

    def log_out(self, session: str) -> None:
        """Ends a session; one that has ended, or never was one, is no error."""
        self._tokens.end(session)

    def account(self, session: str | None) -> Account | None:
        """Returns the account of a session, if it is one and has not ended."""
        return self._tokens.account(session, TokenKind.SESSION) if session else None

    def _matches(self, known: str, password: str) -> bool:
        if len(password) > LONGEST_PASSWORD:
            return False
        try:
            return self._hasher.verify(known, password.encode("utf-8", "surrogatepass"))
        except (VerifyMismatchError, InvalidHashError):
            return False


def _wrong() -> AccessDenied:
    return AccessDenied("The name or the password is wrong.", "Correct them.")


def add_account(accounts: Accounts, name: str, password: str, role: Role, actor: str) -> bool:
    """Adds an account, or gives it another password and role; returns whether it is new.

    Args:
        accounts: of staff.
        name: what it is called.
        password: only its argon2 hash is stored.
        role: what it may do.
        actor: who adds it.

    Raises:
        InputError: the name or the password cannot be one.
    """
    if not _NAME.fullmatch(name):
        raise InputError(
            f"“{name}” cannot name an account.",
            "Use up to 64 small letters, digits, dots and hyphens.",
        )
    if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
        raise InputError(
            f"The password has to have {SHORTEST_PASSWORD} to {LONGEST_PASSWORD} characters.",
            "Choose another one; a few words in a row are easy to remember.",
        )
    digest = PasswordHasher().hash(password.encode("utf-8", "surrogatepass"))
    return accounts.put(name, role, digest, actor)
