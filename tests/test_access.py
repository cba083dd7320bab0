"""Only who knows the password gets in, for as long as allowed, and nobody guesses fast."""

from __future__ import annotations

import datetime as dt
import secrets
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import pytest
from sqlalchemy import text

from assistant import access as access_module
from assistant.access import Access, Throttle, _Line, add_account
from assistant.errors import AccessDelayed, AccessDenied, InputError
from assistant.journal import Accounts, Database, Role, StaffTokens, TokenKind
from assistant.settings import StaffSettings
from tests.journal_databases import AnyDatabase, SqliteFile, opened

PASSWORD = "correct horse battery"  # noqa: S105 - of a test
HOME = "192.0.2.1"


@pytest.fixture
def accounts(sqlite_file: SqliteFile) -> Iterator[Accounts]:
    """The accounts of a journal, with one reviewer."""
    with opened(sqlite_file.address) as journal:
        found = Accounts(journal.database)
        add_account(found, "lea", PASSWORD, Role.REVIEWER, "console")
        yield found


@pytest.fixture
def store(sqlite_file: SqliteFile, accounts: Accounts) -> Iterator[Database]:
    """The database of these accounts."""
    database = Database(sqlite_file.address)
    yield database
    database.close()


@pytest.fixture
def access(store: Database) -> Access:
    """Sessions of an hour."""
    return Access(store, StaffSettings(session_hours=1.0))


def until(condition: Callable[[], bool]) -> None:
    """Waits until something is so, for ten seconds at most."""
    end = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.01)


def test_password_opens_a_session(access: Access) -> None:
    """The session names the account; of the password only an argon2 hash is stored."""
    account = access.account(access.log_in("lea", PASSWORD, HOME).session)
    assert account is not None
    assert (account.name, account.role) == ("lea", Role.REVIEWER)
    assert account.password_hash.startswith("$argon2id$")
    assert PASSWORD not in account.password_hash
    assert access.session_seconds == 3600


@pytest.mark.parametrize(
    ("name", "password"),
    [("lea", "wrong"), ("lea", ""), ("max", PASSWORD), ("", ""), ("lea", "x" * 100_000),
     ("lea", "\ud800"), ("LEA", PASSWORD)],
)  # fmt: skip
def test_wrong_name_or_password_is_refused_alike(access: Access, name: str, password: str) -> None:
    """The message does not tell which of both is wrong."""
    with pytest.raises(AccessDenied, match=r"^The name or the password is wrong\."):
        access.log_in(name, password, HOME)


def test_forged_sessions_open_nothing(access: Access, sqlite_file: SqliteFile) -> None:
    """Nothing, noise, a changed one, and all that the database has of a session."""
    session = access.log_in("lea", PASSWORD, HOME).session
    ((digest,),) = sqlite_file.rows("SELECT digest FROM staff_tokens WHERE kind = 'session'")
    for wrong in (None, "", "a.b.c", session[:-1], "x" + session, "\ud800", "\0", digest):
        assert access.account(wrong) is None, wrong
    assert len(session) >= 43  # 256 bits
    assert session.encode() not in sqlite_file.file.read_bytes()


def test_session_ends_with_its_time(access: Access, sqlite_file: SqliteFile) -> None:
    """After the hours of the settings one has to log in again, and nothing is left of it."""
    before = dt.datetime.now(dt.UTC)
    session = access.log_in("lea", PASSWORD, HOME).session
    ((end,),) = sqlite_file.rows("SELECT ends_at FROM staff_tokens WHERE kind = 'session'")
    lasts = dt.datetime.fromisoformat(end).replace(tzinfo=dt.UTC) - before
    assert dt.timedelta(hours=1) <= lasts < dt.timedelta(hours=1, minutes=1)
    with opened(sqlite_file.address) as journal:
        journal.purge()
        assert access.account(session) is not None
        with journal.database.writing() as open_session:
            open_session.execute(text("UPDATE staff_tokens SET ends_at = '2020-01-01 00:00:00'"))
        assert access.account(session) is None
        journal.purge()
    assert sqlite_file.rows("SELECT * FROM staff_tokens") == []


def test_session_ends_with_log_out(access: Access) -> None:
    """It alone: those on other machines go on; ending it once more is no error."""
    session, other = (access.log_in("lea", PASSWORD, HOME).session for _ in range(2))
    access.log_out(session)
    access.log_out(session)
    assert access.account(session) is None
    assert access.account(other) is not None


def test_sessions_end_with_password_and_account(access: Access, accounts: Accounts) -> None:
    """Another password ends all sessions at once, and so does removing the account."""
    add_account(accounts, "max", PASSWORD, Role.READER, "console")
    session, other = (access.log_in(name, PASSWORD, HOME).session for name in ("lea", "max"))
    add_account(accounts, "lea", "another long password", Role.READER, "console")
    assert access.account(session) is None
    with pytest.raises(AccessDenied):
        access.log_in("lea", PASSWORD, HOME)
    session = access.log_in("lea", "another long password", HOME).session
    accounts.remove("lea", "console")
    assert access.account(session) is None
    assert access.account(other) is not None


def test_password_that_is_changed_while_it_is_checked_opens_nothing(database: AnyDatabase) -> None:
    """A session is made only for the password that was checked."""
    with opened(database.address) as journal:
        accounts, tokens = Accounts(journal.database), StaffTokens(journal.database)
        accounts.put("lea", Role.READER, "hash-1", "console")
        checked = accounts.find("lea")
        assert checked is not None
        accounts.put("lea", Role.READER, "hash-2", "console")
        hour = dt.timedelta(hours=1)
        assert tokens.issue(checked, TokenKind.SESSION, hour) is None
        accounts.remove("lea", "console")
        assert tokens.issue(checked, TokenKind.SESSION, hour) is None
    assert database.rows("SELECT * FROM staff_tokens") == []


def test_guessing_is_slowed_down(store: Database) -> None:
    """After five failures even the right password waits there, twice as long after each more."""
    now = [0.0]
    access = Access(store, StaffSettings(), Throttle(lambda: now[0]))
    for seconds in (0, 0, 0, 0, 15, 30, 60, 120, 240, 480, 900, 900, 900):
        with pytest.raises(AccessDenied, match="is wrong"):
            access.log_in("lea", "guess", HOME)
        if seconds:
            now[0] += seconds - 0.5
            with pytest.raises(AccessDelayed, match="Try again in 1 seconds"):
                access.log_in("lea", PASSWORD, HOME)
            now[0] += 0.5
    assert access.log_in("lea", PASSWORD, HOME).session
    with pytest.raises(AccessDenied, match="is wrong"):
        access.log_in("lea", "guess", HOME)


def test_failures_are_forgotten_after_an_hour() -> None:
    """Then five more cost no wait."""
    now = [0.0]
    throttle = Throttle(lambda: now[0])
    for _ in range(20):
        throttle.failed("lea", HOME)
    now[0] = 3599.0
    throttle.failed("lea", HOME)
    assert throttle.wait("lea", HOME) == 900
    now[0] += 3600
    for _ in range(4):
        throttle.failed("lea", HOME)
        assert throttle.wait("lea", HOME) == 0


def test_nobody_is_shut_out_by_others(access: Access) -> None:
    """Failures with one name elsewhere, and with others at one place, delay no other log-in."""
    for number in range(40):
        access._throttle.failed("lea", f"198.51.100.{number}")
        access._throttle.failed("lea", "203.0.113.7")
        access._throttle.failed(f"name-{number}", HOME)
    assert access.log_in("lea", PASSWORD, HOME).session
    with pytest.raises(AccessDelayed):
        access.log_in("lea", PASSWORD, "203.0.113.7")


def test_browser_that_was_let_in_is_told_from_others_at_its_address(access: Access) -> None:
    """Behind one address for all, those who come back are not delayed by those who guess."""
    device = access.log_in("lea", PASSWORD, HOME).device
    assert device is not None
    for _ in range(5):
        with pytest.raises(AccessDenied, match="is wrong"):
            access.log_in("lea", "guess", HOME)
    for other in (None, "x", access.log_in("lea", PASSWORD, HOME, device).session):
        with pytest.raises(AccessDelayed):
            access.log_in("lea", PASSWORD, HOME, other)
    again = access.log_in("lea", PASSWORD, HOME, device)
    assert again.session
    assert again.device is None
    # It is good for its own account alone, opens nothing, and guesses no faster.
    with pytest.raises(AccessDenied, match="is wrong"):
        access.log_in("max", PASSWORD, HOME, device)
    assert access.account(device) is None
    for _ in range(5):
        with pytest.raises(AccessDenied, match="is wrong"):
            access.log_in("lea", "guess", "192.0.2.9", device)
    with pytest.raises(AccessDelayed):
        access.log_in("lea", PASSWORD, "192.0.2.9", device)


def test_guessing_at_once_is_no_way_round(store: Database) -> None:
    """Of two hundred guesses, twenty at once, five are looked at and no more."""
    access = Access(store, StaffSettings())

    def guess(_: int) -> str:
        with pytest.raises(AccessDenied) as refused:
            access.log_in("lea", "guess", HOME)
        return type(refused.value).__name__

    with ThreadPoolExecutor(20) as pool:
        problems = Counter(pool.map(guess, range(200)))
    assert 1 <= problems["AccessDenied"] <= 5
    assert problems.total() == 200


def test_line_is_short_and_has_room_for_other_places(access: Access) -> None:
    """Three of one place wait in it and eight in all; one that was let in before always may."""
    device = access.log_in("lea", PASSWORD, HOME).device
    places = [HOME] * 9 + ["192.0.2.2"] * 9 + ["192.0.2.3"] * 9 + ["192.0.2.4"]

    def guess(place: str) -> str:
        with pytest.raises(AccessDenied) as refused:
            access.log_in(f"nobody-{place}", "guess", place)
        return f"{place} {type(refused.value).__name__}"

    with ThreadPoolExecutor(len(places) + 1) as pool:
        with access._line.turn("a place", is_known=False):
            tried = [pool.submit(guess, place) for place in places]
            until(lambda: sum(one.done() for one in tried) == len(places) - 8)
            mine = pool.submit(access.log_in, "lea", PASSWORD, HOME, device)
            until(lambda: access._line._waiting[0].is_known)
        assert mine.result(10).session
        checked = Counter(one.result(10) for one in tried)
    assert access._line._waiting == []
    looked_at = [count for what, count in checked.items() if what.endswith("AccessDenied")]
    assert sum(looked_at) == 7  # who came back pushed one out
    assert max(looked_at) <= 3


@pytest.mark.parametrize("places", [3, 20])
@pytest.mark.parametrize("names", ["random", "lea"])
def test_new_browser_gets_in_while_others_try_without_pause(
    access: Access, places: int, names: str
) -> None:
    """However many places fill the line under whatever names, who tried less comes first."""
    end = threading.Event()

    def attack(number: int) -> None:
        while not end.is_set():
            name = names if names == "lea" else secrets.token_hex(8)
            with suppress(AccessDenied):
                access.log_in(name, "guess", f"198.51.100.{number}")
            time.sleep(0.005)  # what a request takes

    with ThreadPoolExecutor(3 * places) as crowd:
        try:
            for number in range(3 * places):
                crowd.submit(attack, number % places)
            time.sleep(1.5)
            for number in range(5):
                began = time.monotonic()
                assert access.log_in("lea", PASSWORD, f"192.0.2.{number}").session
                assert time.monotonic() - began < 3
        finally:
            end.set()


def test_line_forgets_places_after_an_hour() -> None:
    """Then who tried often is the same as who never did; of a million places it keeps some."""
    now = [0.0]
    line = _Line(lambda: now[0])
    assert [line._count(HOME) for _ in range(3)] == [0, 1, 2]
    now[0] += 3600
    assert line._count(HOME) == 0
    for number in range(10_100):
        line._count(f"place-{number}")
    assert len(line._tried) == 10_000


def test_memory_of_failures_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who tries a million names, or endless ones, fills no memory; the oldest are forgotten."""
    monkeypatch.setattr(access_module, "_MOST_REMEMBERED", 30)
    throttle = Throttle()
    for number in range(100):
        throttle.failed(f"{'x' * 1000}{number}", "a place")
    assert len(throttle._failures) == 1
    for number in range(100):
        throttle.failed(f"name-{number}", f"address-{number}")
    assert len(throttle._failures) == 30
    assert max(len(name) for name, _ in throttle._failures) < 100


@pytest.mark.parametrize("name", ["", "Léa", "a b", "-a", "a" * 65, "a/b"])
def test_odd_name_is_refused(accounts: Accounts, name: str) -> None:
    """A name is small letters, digits, dots and hyphens."""
    with pytest.raises(InputError, match="cannot name an account"):
        add_account(accounts, name, PASSWORD, Role.READER, "console")


@pytest.mark.parametrize("length", [0, 11, 1001])
def test_short_or_endless_password_is_refused(accounts: Accounts, length: int) -> None:
    """Twelve characters at least, a thousand at most."""
    with pytest.raises(InputError, match="12 to 1000 characters"):
        add_account(accounts, "max", "x" * length, Role.READER, "console")
