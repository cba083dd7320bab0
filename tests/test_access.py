"""Only who knows the password gets in, for as long as allowed, and nobody guesses fast."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import text

from assistant import access as access_module
from assistant.access import Access, Throttle, add_account
from assistant.errors import AccessDenied, InputError
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


def test_password_opens_a_session(access: Access) -> None:
    """The session names the account; of the password only an argon2 hash is stored."""
    account = access.account(access.log_in("lea", PASSWORD, HOME))
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
    session = access.log_in("lea", PASSWORD, HOME)
    ((digest,),) = sqlite_file.rows("SELECT digest FROM staff_tokens")
    for wrong in (None, "", "a.b.c", session[:-1], "x" + session, "\ud800", "\0", digest):
        assert access.account(wrong) is None, wrong
    assert len(session) >= 43  # 256 bits
    assert session.encode() not in sqlite_file.file.read_bytes()


def test_session_ends_with_its_time(access: Access, sqlite_file: SqliteFile) -> None:
    """After the hours of the settings one has to log in again, and nothing is left of it."""
    before = dt.datetime.now(dt.UTC)
    session = access.log_in("lea", PASSWORD, HOME)
    ((end,),) = sqlite_file.rows("SELECT ends_at FROM staff_tokens")
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
    session, other = (access.log_in("lea", PASSWORD, HOME) for _ in range(2))
    access.log_out(session)
    access.log_out(session)
    assert access.account(session) is None
    assert access.account(other) is not None


def test_sessions_end_with_password_and_account(access: Access, accounts: Accounts) -> None:
    """Another password ends all sessions at once, and so does removing the account."""
    add_account(accounts, "max", PASSWORD, Role.READER, "console")
    session, other = access.log_in("lea", PASSWORD, HOME), access.log_in("max", PASSWORD, HOME)
    add_account(accounts, "lea", "another long password", Role.READER, "console")
    assert access.account(session) is None
    with pytest.raises(AccessDenied):
        access.log_in("lea", PASSWORD, HOME)
    session = access.log_in("lea", "another long password", HOME)
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
    """After five failures from one place even the right password waits a quarter of an hour."""
    now = [0.0]
    access = Access(store, StaffSettings(), Throttle(lambda: now[0]))
    for _ in range(5):
        with pytest.raises(AccessDenied, match="wrong"):
            access.log_in("lea", "guess", HOME)
    with pytest.raises(AccessDenied, match="Too many log-ins failed"):
        access.log_in("lea", PASSWORD, HOME)
    assert access.log_in("lea", PASSWORD, "192.0.2.2")
    now[0] = 901.0
    assert access.log_in("lea", PASSWORD, HOME)


def test_guessing_at_once_is_no_way_round(store: Database) -> None:
    """Of twenty guesses sent together five are looked at, and no more."""
    access = Access(store, StaffSettings())

    def guess(_: int) -> str:
        with pytest.raises(AccessDenied) as refused:
            access.log_in("lea", "guess", HOME)
        return refused.value.problem

    with ThreadPoolExecutor(20) as pool:
        problems = Counter(pool.map(guess, range(20)))
    assert problems == {
        "The name or the password is wrong.": 5, "Too many log-ins failed.": 15,
    }  # fmt: skip


def test_many_names_and_many_addresses_are_slowed_down_too() -> None:
    """Thirty failures from one place, or with one name from everywhere, are enough."""
    throttle = Throttle()
    for number in range(30):
        assert throttle.allows("other", HOME)
        throttle.failed(f"name-{number}", HOME)
    assert not throttle.allows("other", HOME)
    assert throttle.allows("other", "192.0.2.2")
    for number in range(30):
        throttle.failed("lea", f"198.51.100.{number}")
    assert not throttle.allows("lea", "192.0.2.3")


def test_memory_of_failures_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who tries a million names fills no memory; the oldest are forgotten."""
    monkeypatch.setattr(access_module, "_MOST_REMEMBERED", 30)
    throttle = Throttle()
    for number in range(100):
        throttle.failed(f"name-{number}", f"address-{number}")
    assert len(throttle._failures) == 30


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
