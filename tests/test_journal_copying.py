"""A journal in another database: all of it, of one moment, or nothing."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Column, Integer, Text
from sqlalchemy import Table as SqlTable

from assistant.errors import JournalError, JournalUnavailable
from assistant.journal import (
    Accounts,
    Feedback,
    FeedbackReason,
    Journal,
    JournalCopy,
    Role,
    StaffTokens,
    TokenKind,
)
from assistant.journal import copying as copying_module
from assistant.journal import database as database_module
from assistant.journal.tables import Table
from tests.journal_databases import AnyDatabase, SqliteFile, opened, turn

NOON = dt.datetime(2026, 11, 24, 12, 0, 0, 123456, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)
NEXT = """
import sqlalchemy as sa
from alembic import op

revision = "next"
down_revision = "{head}"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "numbered",
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("label", sa.Text),
    )
"""


@pytest.fixture
def other(database: AnyDatabase, request: pytest.FixtureRequest, tmp_path: Path) -> AnyDatabase:
    """An empty database of the other kind."""
    if isinstance(database, SqliteFile):
        found: AnyDatabase = request.getfixturevalue("postgres").new_database()
        return found
    return SqliteFile(tmp_path)


@pytest.fixture
def later(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A later version of the assistant with one more migration and table; the revision before."""
    now, before = database_module.migrations(), head()
    folder = tmp_path / "versions"
    folder.mkdir()
    (folder / "next.py").write_text(NEXT.replace("{head}", before))
    first = Path(str(now.get_main_option("script_location"))) / "versions"

    def migrations() -> Config:
        now.set_main_option("version_locations", f"{first}{os.pathsep}{folder}")
        return now

    monkeypatch.setattr(database_module, "migrations", migrations)
    monkeypatch.setattr(copying_module, "migrations", migrations)
    number, label = Column("number", Integer, primary_key=True), Column("label", Text)
    numbered = SqlTable("numbered", Table.metadata, number, label)
    yield before
    Table.metadata.remove(numbered)


def fill(journal: Journal) -> None:
    """Puts something into every table that the journal itself writes."""
    first = journal.record(turn(1, "Où est « l’œuvre » ? 🏭", "c"), "v-1", NOON)
    journal.record(turn(2, "Et après ?", "c", signs={"best": 0.1, "lift": -1e-9}), "v-2", NOON)
    old = journal.record(turn(1, "Vieille ?", "old"), "v-1", NOON - 100 * DAY)
    journal.feedback(first, Feedback(False, frozenset(FeedbackReason), "C’est à Lens."), NOON)
    journal.feedback(old, Feedback(True), NOON)
    journal.share(first)
    journal.purge(NOON)


def everything(journal: Journal) -> dict[str, list[dict[str, Any]]]:
    """Returns all records by table."""
    with journal.snapshot() as copy:
        return {name: list(records()) for name, records in copy.tables.items()}


def test_copy_is_the_same_in_a_database_of_the_other_kind(
    database: AnyDatabase, other: AnyDatabase
) -> None:
    """Every row of every table arrives as it was, and can be worked with."""
    with opened(database.address) as source, opened(other.address) as target:
        fill(source)
        assert target.is_empty()
        with source.snapshot() as copy, target.replaced_by(copy):
            pass
        assert not target.is_empty()
        held = everything(source)
        assert everything(target) == held
        assert {name for name, rows in held.items() if rows} >= {
            "exchanges", "feedback", "feedback_reasons", "shared_links",
        }  # fmt: skip
        assert held.keys() == {table.name for table in Table.metadata.sorted_tables} - {
            "staff_tokens"
        }
        assert target.conversation("c") == source.conversation("c")
        assert target.counts() == source.counts()
        (asked, _) = target.conversation("c")
        assert (asked.question, asked.asked_at) == ("Où est « l’œuvre » ? 🏭", NOON)
        target.record(turn(3, "Encore ?", "c"), "v", NOON)
        assert target.erase("c") == 3
    assert other.rows("SELECT count(*) FROM exchanges WHERE answer IS NULL") == [(1,)]
    assert other.rows("SELECT count(*) FROM exchanges WHERE question IS NULL") == [(1,)]


def test_sessions_of_staff_are_in_no_copy(database: AnyDatabase, other: AnyDatabase) -> None:
    """A copy holds none, and putting one in place ends all that there were."""
    hour = dt.timedelta(hours=1)
    with opened(database.address) as source, opened(other.address) as target:
        ends = []
        for journal in (source, target):
            accounts, tokens = Accounts(journal.database), StaffTokens(journal.database)
            accounts.put("lea", Role.READER, "hash", "console")
            account = accounts.find("lea")
            assert account is not None
            token = tokens.issue(account, TokenKind.SESSION, hour)
            assert token is not None
            assert tokens.account(token, TokenKind.SESSION) == account
            ends.append(token)
        assert "staff_tokens" not in everything(source)
        with source.snapshot() as copy, target.replaced_by(copy):
            pass
        assert [one.name for one in Accounts(target.database).all()] == ["lea"]
        tokens = StaffTokens(target.database)
        assert [tokens.account(token, TokenKind.SESSION) for token in ends] == [None, None]
    assert other.rows("SELECT * FROM staff_tokens") == []


def test_copy_is_of_one_moment(database: AnyDatabase, other: AnyDatabase) -> None:
    """What is written while a copy is read is not in it, in no table."""
    with opened(database.address) as source, opened(other.address) as target:
        fill(source)
        before = everything(source)
        with source.snapshot() as copy:
            tables = iter(copy.tables.items())
            name, records = next(tables)
            read = {name: list(records())}
            late = source.record(turn(9, "Plus tard ?", "late"), "v", NOON)
            source.feedback(late, Feedback(True))
            source.erase("c")
            read |= {name: list(records()) for name, records in tables}
        assert read == before
        assert everything(source) != before
        with target.replaced_by(copy_of(copy.revision, before)):
            pass
        assert everything(target) == before


def test_copy_replaces_all_that_was_there(database: AnyDatabase, other: AnyDatabase) -> None:
    """What the target held is gone."""
    with opened(database.address) as source, opened(other.address) as target:
        fill(source)
        for number in range(1, 1203):
            target.record(turn(number, "Avant ?", "before"), "v", NOON)
        with source.snapshot() as copy, target.replaced_by(copy):
            pass
        assert everything(target) == everything(source)
        assert target.conversation("before") == ()


def test_many_records_arrive(database: AnyDatabase, other: AnyDatabase) -> None:
    """More records than are held in memory at once are all there, in order."""
    with opened(database.address) as source, opened(other.address) as target:
        for number in range(1, 1203):
            source.record(turn(number, f"Question {number} ?"), "v", NOON)
        with source.snapshot() as copy, target.replaced_by(copy):
            pass
        asked = [one.question for one in target.conversation("conversation-1")]
        assert asked == [f"Question {number} ?" for number in range(1, 1203)]


def copy_of(revision: str, held: dict[str, list[dict[str, Any]]]) -> JournalCopy:
    """Returns records as a copy."""
    return JournalCopy(revision, {name: partial(iter, rows) for name, rows in held.items()})


def head() -> str:
    """Returns the latest revision."""
    return str(ScriptDirectory.from_config(database_module.migrations()).get_current_head())


def _gone() -> Iterator[dict[str, Any]]:
    raise OSError("the source went away")
    yield {}


@pytest.mark.parametrize("fault", ["column", "moment", "twice", "orphan", "source", "body"])
def test_copy_that_fails_changes_nothing(
    database: AnyDatabase, other: AnyDatabase, fault: str
) -> None:
    """Whatever is wrong, and however late, the target holds what it held."""
    with opened(database.address) as source, opened(other.address) as target:
        fill(source)
        target.record(turn(1, "Avant ?", "before"), "v", NOON)
        before, held = everything(target), everything(source)
        links = held["shared_links"][0]
        rows = {
            "column": {"shared_links": [{**links, "more": 1}]},
            "moment": {"shared_links": [{**links, "made_at": "hier"}]},
            "twice": {"shared_links": [links, links]},
            "orphan": {"shared_links": [{**links, "exchange_id": "nobody"}]},
        }
        held |= rows.get(fault, {})
        copy = copy_of(head(), held)
        if fault == "source":
            copy = JournalCopy(copy.revision, {**copy.tables, "shared_links": _gone})

        def restore() -> None:
            with target.replaced_by(copy):
                if fault == "body":
                    raise RuntimeError("after all records")

        expected = {"source": JournalUnavailable, "body": RuntimeError}.get(fault, JournalError)
        with pytest.raises(expected):
            restore()
        assert everything(target) == before
        target.record(turn(2, "Après ?", "before"), "v", NOON)
        assert len(target.conversation("before")) == 2


def test_copy_with_other_tables_is_refused(database: AnyDatabase, other: AnyDatabase) -> None:
    """A table too many or too few is no copy of this revision."""
    with opened(database.address) as source, opened(other.address) as target:
        fill(source)
        with source.snapshot() as copy:
            fewer = {name: read for name, read in copy.tables.items() if name != "feedback"}
            for tables in (fewer, {**copy.tables, "pg_class": list}):
                with (
                    pytest.raises(JournalError, match="other tables than the copy"),
                    target.replaced_by(JournalCopy(copy.revision, tables)),
                ):
                    pass
        assert target.is_empty()


def test_other_tables_in_the_database_are_left_alone(database: AnyDatabase) -> None:
    """A database that is shared keeps what is not the journal's."""
    with opened(database.address) as journal:
        fill(journal)
        with database_module.Database(database.address).migrating() as connection:
            connection.exec_driver_sql("CREATE TABLE theirs (a INTEGER)")
            connection.exec_driver_sql("INSERT INTO theirs VALUES (7)")
        held = everything(journal)
        with journal.replaced_by(copy_of(head(), held)):
            pass
        assert everything(journal) == held
    assert database.rows("SELECT a FROM theirs") == [(7,)]


def test_copy_of_an_older_version_is_migrated(
    database: AnyDatabase, other: AnyDatabase, later: str
) -> None:
    """Records of an older revision go into its tables, which then get what is new."""
    with opened(database.address) as source, opened(other.address) as target:
        fill(source)
        held = everything(source)
        assert held.pop("numbered") == []
        with target.replaced_by(copy_of(later, held)):
            pass
        assert everything(target) == {**held, "numbered": []}
    assert other.rows("SELECT version_num FROM alembic_version") == [("next",)]


@pytest.mark.usefixtures("later")
def test_new_table_is_copied_and_its_numbers_go_on(
    database: AnyDatabase, other: AnyDatabase
) -> None:
    """A table is copied because it is declared; numbers that the database gives are not reused."""
    with opened(database.address) as source, opened(other.address) as target:
        fill(source)
        with database_module.Database(database.address).migrating() as connection:
            connection.exec_driver_sql("INSERT INTO numbered VALUES (3, 'a'), (41, NULL)")
        with source.snapshot() as copy, target.replaced_by(copy):
            pass
        assert everything(target)["numbered"] == [
            {"number": 3, "label": "a"},
            {"number": 41, "label": None},
        ]
    with database_module.Database(other.address).migrating() as connection:
        connection.exec_driver_sql("INSERT INTO numbered (label) VALUES ('b')")
    assert other.rows("SELECT number FROM numbered WHERE label = 'b'") == [(42,)]


@pytest.mark.parametrize("revision", ["9999", "head", "", "base", "00"])
def test_copy_of_a_newer_version_is_refused(sqlite_file: SqliteFile, revision: str) -> None:
    """A revision that is not known, by its full name, is that of a newer version."""
    with (
        opened(sqlite_file.address) as target,
        pytest.raises(JournalError, match=r"is of a newer version .* Install that version"),
        target.replaced_by(JournalCopy(revision, {})),
    ):
        pass


def test_journal_that_does_not_answer_is_told(database: AnyDatabase) -> None:
    """A copy waits for nobody for long: a database that is gone is told as always."""
    with opened(database.address) as journal:
        fill(journal)
        held = everything(journal)
        with database.gone(), pytest.raises(JournalUnavailable), journal.snapshot():
            pass
        assert everything(journal) == held
