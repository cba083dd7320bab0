"""Only who knows the password gets in, for as long as allowed, and nobody guesses fast."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from itsdangerous import URLSafeTimedSerializer

from assistant import access as access_module
from assistant.access import Access, Throttle, add_account, load_secret
from assistant.errors import AccessDenied, InputError, SettingsError
from assistant.journal import Accounts, Role
from assistant.settings import StaffSettings
from tests.journal_databases import SqliteFile, opened

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
def access(accounts: Accounts, tmp_path: Path) -> Access:
    """Sessions of an hour."""
    return Access(accounts, StaffSettings(folder=tmp_path / "staff", session_hours=1.0))


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


def test_forged_sessions_open_nothing(access: Access, tmp_path: Path) -> None:
    """Nothing, noise, a changed one, and one signed with another secret."""
    session = access.log_in("lea", PASSWORD, HOME)
    forged = URLSafeTimedSerializer("x" * 64, "staff session").dumps(["lea", "key"])
    secret = (tmp_path / "staff" / "secret").read_text()
    odd = URLSafeTimedSerializer(secret, "staff session")
    for wrong in (None, "", "a.b.c", session[:-1], "x" + session, forged, odd.dumps("lea"),
                  odd.dumps(["lea", "another key"]), odd.dumps(["max", "key"])):  # fmt: skip
        assert access.account(wrong) is None, wrong


def test_session_ends_with_its_time(access: Access, monkeypatch: pytest.MonkeyPatch) -> None:
    """After the hours of the settings one has to log in again."""
    session = access.log_in("lea", PASSWORD, HOME)
    now = time.time()
    monkeypatch.setattr("time.time", lambda: now + 3595)
    assert access.account(session) is not None
    monkeypatch.setattr("time.time", lambda: now + 3605)
    assert access.account(session) is None


def test_sessions_end_with_password_and_account(access: Access, accounts: Accounts) -> None:
    """Another password ends all sessions at once, and so does removing the account."""
    session = access.log_in("lea", PASSWORD, HOME)
    add_account(accounts, "lea", "another long password", Role.READER, "console")
    assert access.account(session) is None
    with pytest.raises(AccessDenied):
        access.log_in("lea", PASSWORD, HOME)
    session = access.log_in("lea", "another long password", HOME)
    accounts.remove("lea", "console")
    assert access.account(session) is None


def test_guessing_is_slowed_down(accounts: Accounts, tmp_path: Path) -> None:
    """After five failures from one place even the right password waits a quarter of an hour."""
    now = [0.0]
    access = Access(accounts, StaffSettings(folder=tmp_path), Throttle(lambda: now[0]))
    for _ in range(5):
        with pytest.raises(AccessDenied, match="wrong"):
            access.log_in("lea", "guess", HOME)
    with pytest.raises(AccessDenied, match="Too many log-ins failed"):
        access.log_in("lea", PASSWORD, HOME)
    assert access.log_in("lea", PASSWORD, "192.0.2.2")
    now[0] = 901.0
    assert access.log_in("lea", PASSWORD, HOME)


def test_guessing_at_once_is_no_way_round(accounts: Accounts, tmp_path: Path) -> None:
    """Of twenty guesses sent together five are looked at, and no more."""
    access = Access(accounts, StaffSettings(folder=tmp_path))

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


def test_secret_is_made_once_and_for_the_owner_alone(tmp_path: Path) -> None:
    """The file has mode 600 and is kept."""
    file = tmp_path / "staff" / "secret"
    secret = load_secret(file)
    assert len(secret) == 64
    assert file.stat().st_mode & 0o777 == 0o600
    assert load_secret(file) == secret
    assert [one.name for one in file.parent.iterdir()] == ["secret"]


def test_unfit_secret_is_refused(tmp_path: Path) -> None:
    """One that others can read, an empty one, and one that cannot be made."""
    file = tmp_path / "secret"
    secret = load_secret(file)
    file.chmod(0o640)
    with pytest.raises(SettingsError, match="Others can read the secret"):
        load_secret(file)
    file.chmod(0o600)
    file.write_text(secret[:10])
    with pytest.raises(SettingsError, match="too short"):
        load_secret(file)
    with pytest.raises(SettingsError, match="cannot be read or made"):
        load_secret(file / "below" / "secret")
