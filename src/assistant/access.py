"""Who of staff gets in: passwords, sessions, and how fast one may try.

A session is a random token in a cookie, of which the journal keeps a digest. It ends with its
time, when its owner logs out, when the password is changed or the account removed, and by
`assistant staff sign-out`. Failed log-ins are counted in the memory of the server, by name and
address; a server that is started anew forgets them, and no address is ever stored.
"""

from __future__ import annotations

import datetime as dt
import re
import secrets
import threading
import time
from bisect import insort
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError

from assistant.errors import AccessDelayed, AccessDenied, InputError
from assistant.journal import Account, Accounts, Database, Role, StaffTokens, TokenKind
from assistant.settings import StaffSettings

SHORTEST_PASSWORD: Final = 12
LONGEST_PASSWORD: Final = 1000
_NAME: Final = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")

_FREE: Final = 5
"""Failures that cost no wait."""
_FIRST_WAIT: Final = 15.0
_LONGEST_WAIT: Final = 900.0
_REMEMBERED: Final = 3600.0
"""Seconds after the last attempt in which those before it still count."""
_MOST_REMEMBERED: Final = 10_000
_LONGEST_NAME: Final = 64

_MOST_IN_LINE: Final = 8
"""Attempts that wait; of one place at most as many as the next says."""
_MOST_OF_ONE: Final = 3
_WHEN_FULL: Final = 5.0
"""Seconds after which to try again when the line is full."""
_DEVICE_LASTS: Final = dt.timedelta(days=180)


class Throttle:
    """Makes who fails again and again wait, each time twice as long, and nobody else.

    Failures count for a name at one place: nobody can shut an account out from elsewhere, and who
    tries many names at one place delays none of the others there.

    Args:
        clock: seconds that never go back.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._failures: OrderedDict[tuple[str, str], tuple[int, float]] = OrderedDict()
        self._lock = threading.Lock()

    def wait(self, name: str, place: str) -> float:
        """Returns the seconds until another attempt may be made, or 0."""
        with self._lock:
            failures, last = self._recent(name, place)
            if failures < _FREE:
                return 0.0
            # The exponent has an end, which the longest wait comes before.
            asked = min(_FIRST_WAIT * 2.0 ** min(failures - _FREE, 10), _LONGEST_WAIT)
            return max(0.0, last + asked - self._clock())

    def failed(self, name: str, place: str) -> None:
        """Counts a failure."""
        with self._lock:
            failures, _ = self._recent(name, place)
            key = _key(name, place)
            self._failures[key] = (failures + 1, self._clock())
            self._failures.move_to_end(key)
            while len(self._failures) > _MOST_REMEMBERED:
                self._failures.popitem(last=False)

    def succeeded(self, name: str, place: str) -> None:
        """Forgets the failures of a name at a place."""
        with self._lock:
            self._failures.pop(_key(name, place), None)

    def _recent(self, name: str, place: str) -> tuple[int, float]:
        failures, last = self._failures.get(_key(name, place), (0, 0.0))
        return (failures, last) if last + _REMEMBERED > self._clock() else (0, 0.0)


def _key(name: str, place: str) -> tuple[str, str]:
    # Names that are too long to be one are all the same.
    return name[: _LONGEST_NAME + 1], place


@dataclass(slots=True, eq=False)
class _Attempt:
    """A password that waits to be checked; the least rank comes first."""

    place: str
    is_known: bool
    rank: tuple[bool, int, int]
    is_pushed_out: bool = False


class _Line:
    """Those whose passwords wait to be checked: one after the other, since each takes a core.

    The turn is first theirs who were let in before, then theirs whose place tried least of late;
    when the line is full, the last in it has to go. Who tries without pause from some places, under
    whatever names, so gets what time is left by others.

    Args:
        clock: seconds that never go back.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._waiting: list[_Attempt] = []
        self._is_checking = False
        self._tried: OrderedDict[str, tuple[int, float]] = OrderedDict()
        self._numbers = count()
        self._changed = threading.Condition()

    @contextmanager
    def turn(self, place: str, *, is_known: bool) -> Iterator[None]:
        """Stands in line until a password may be checked, in the block that follows.

        Args:
            place: where the attempt comes from.
            is_known: whether it comes from a browser that was let in before.

        Raises:
            AccessDelayed: there is no room.
        """
        with self._changed:
            attempt = self._enter(place, is_known=is_known)
            self._changed.wait_for(lambda: attempt.is_pushed_out or self._is_next(attempt))
            if attempt.is_pushed_out:
                raise AccessDelayed(_WHEN_FULL)
            self._waiting.remove(attempt)
            self._is_checking = True
        try:
            yield
        finally:
            with self._changed:
                self._is_checking = False
                self._changed.notify_all()

    def _enter(self, place: str, *, is_known: bool) -> _Attempt:
        tried = self._count(place)
        if sum(one.place == place for one in self._waiting) >= _MOST_OF_ONE:
            raise AccessDelayed(_WHEN_FULL)
        attempt = _Attempt(place, is_known, (not is_known, tried, next(self._numbers)))
        insort(self._waiting, attempt, key=lambda one: one.rank)
        if len(self._waiting) > _MOST_IN_LINE and not self._waiting[-1].is_known:
            self._waiting.pop().is_pushed_out = True
            self._changed.notify_all()
        return attempt

    def _is_next(self, attempt: _Attempt) -> bool:
        return not self._is_checking and self._waiting[0] is attempt

    def _count(self, place: str) -> int:
        """Counts an attempt, refused ones too; returns how many there were before."""
        tried, last = self._tried.pop(place, (0, 0.0))
        if last + _REMEMBERED <= self._clock():
            tried = 0
        self._tried[place] = (tried + 1, self._clock())
        while len(self._tried) > _MOST_REMEMBERED:
            self._tried.popitem(last=False)
        return tried


@dataclass(frozen=True, slots=True)
class Admission:
    """What the browser of who was let in has to keep.

    Attributes:
        session: opens the pages.
        device: tells at the next log-in that this browser was let in before; None where it has
            one that is good.
    """

    session: str
    device: str | None


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
        self._line = _Line()
        # Compared with when there is no such account, so that this takes as long.
        self._nobody = self._hasher.hash(secrets.token_urlsafe())
        self._lasts = dt.timedelta(hours=settings.session_hours)

    @property
    def session_seconds(self) -> int:
        """How long a session lasts."""
        return int(self._lasts.total_seconds())

    @property
    def device_seconds(self) -> int:
        """How long a browser is remembered."""
        return int(_DEVICE_LASTS.total_seconds())

    def log_in(self, name: str, password: str, place: str, device: str | None = None) -> Admission:
        """Lets in who knows the password.

        Args:
            name: of the account.
            password: as it was typed.
            place: address that the attempt comes from; only ever kept in memory.
            device: what the browser kept of its last admission. What others do at the same address
                does not delay one that was let in before.

        Raises:
            AccessDelayed: too many failed there, or too many are in line; nothing was checked.
            AccessDenied: name and password do not belong together.
        """
        is_known = self._is_known(device, name)
        if is_known:
            place = f"device {device}"
        self._check_wait(name, place)
        with self._line.turn(place, is_known=is_known):
            # Once more, so that many who try at once are counted one by one.
            self._check_wait(name, place)
            account = self._accounts.find(name)
            known = account.password_hash if account else self._nobody
            if not self._matches(known, password) or account is None:
                self._throttle.failed(name, place)
                raise _wrong()
        self._throttle.succeeded(name, place)
        session = self._tokens.issue(account, TokenKind.SESSION, self._lasts)
        if session is None:
            raise _wrong()
        if is_known:
            return Admission(session, None)
        return Admission(session, self._tokens.issue(account, TokenKind.DEVICE, _DEVICE_LASTS))

    def log_out(self, session: str) -> None:
        """Ends a session; one that has ended, or never was one, is no error."""
        self._tokens.end(session)

    def account(self, session: str | None) -> Account | None:
        """Returns the account of a session, if it is one and has not ended."""
        return self._tokens.account(session, TokenKind.SESSION) if session else None

    def _is_known(self, device: str | None, name: str) -> bool:
        account = self._tokens.account(device, TokenKind.DEVICE) if device else None
        return account is not None and account.name == name

    def _check_wait(self, name: str, place: str) -> None:
        if wait := self._throttle.wait(name, place):
            raise AccessDelayed(wait)

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
