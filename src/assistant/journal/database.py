"""The database behind the journal: SQLite or PostgreSQL, its tables brought up to date.

SQLite runs with a write-ahead log that is flushed at every commit, so that what was acknowledged
outlives the process and the machine. Its writers take their lock at the beginning: two that read
first and write then would each wait for the other.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from pathlib import Path
from typing import Any, Final

from alembic import command
from alembic.config import Config
from alembic.util import CommandError
from filelock import FileLock, Timeout
from sqlalchemy import Connection, Engine, QueuePool, create_engine, event, make_url, text
from sqlalchemy.exc import (
    ArgumentError,
    DataError,
    DBAPIError,
    DisconnectionError,
    IntegrityError,
    SQLAlchemyError,
)
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm import Session

from assistant.errors import JournalError, JournalUnavailable
from assistant.private import make_private_file, make_private_folder

_WAIT: Final = 5
"""Seconds to wait for a lock or a connection; the recorder waits less and goes on behind."""
_LOCK_KEY: Final = 0x6A6F7572
"""Names the lock under which PostgreSQL lets one process migrate."""
_WRITES: Final = "journal_writes"


class Database:
    """Sessions on one database; the first brings its tables up to date.

    Nothing is opened before it is needed: a database that is down when the assistant starts is
    used as soon as it is up.

    Args:
        address: see `JournalSettings`.

    Raises:
        JournalError: the address is none.
    """

    def __init__(self, address: str) -> None:
        try:
            url = make_url(address)
        except (ArgumentError, ValueError) as error:
            raise JournalError(
                "The address of the journal is not one of a database.",
                "Write sqlite:///FILE or postgresql://USER:PASSWORD@HOST/NAME.",
            ) from error
        self.name = url.render_as_string(hide_password=True)
        self._file = Path(url.database or "").absolute() if url.drivername == "sqlite" else None
        self._ready = False
        self._made = False
        self._preparing = threading.Lock()
        if self._file:
            self.engine = create_engine(
                "sqlite://",
                creator=self._open_file,
                poolclass=QueuePool,
                hide_parameters=True,
                pool_timeout=_WAIT,
            )
            _watch_file(self.engine, self._file)
        else:
            self.engine = create_engine(
                url.set(drivername="postgresql+psycopg"),
                hide_parameters=True,
                pool_pre_ping=True,
                pool_timeout=_WAIT,
                connect_args={"connect_timeout": _WAIT},
            )
            event.listen(self.engine, "connect", _set_up_postgresql)
        self._writer = self.engine.execution_options(**{_WRITES: True})

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """Gives a session that sees one state of the database.

        Raises:
            JournalUnavailable: the database does not answer.
        """
        with self._translated():
            self._prepare()
            with Session(self.engine) as session:
                yield session

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """Gives a session whose changes are all stored at the end, or none.

        Raises:
            JournalUnavailable: the database does not answer or takes nothing now.
            JournalError: it refuses this change for good.
        """
        with self._translated():
            self._prepare()
            with Session(self._writer) as session, session.begin():
                yield session

    @contextmanager
    def snapshot(self) -> Iterator[Connection]:
        """Gives a connection that sees one state of the database, however long it reads.

        Raises:
            JournalUnavailable: the database does not answer.
        """
        with self._translated():
            self._prepare()
            with self.engine.connect() as connection:
                if not self._file:  # in SQLite every transaction does
                    connection.execution_options(isolation_level="REPEATABLE READ")
                with connection.begin():
                    yield connection

    @contextmanager
    def migrating(self) -> Iterator[Connection]:
        """Gives a connection on which tables may be changed: all at the end, or nothing.

        Meanwhile no other process changes any.

        Raises:
            JournalUnavailable: the database does not answer or takes nothing now.
        """
        with self._translated(), self._alone(), self._writer.begin() as connection:
            if not self._file:
                connection.execute(text(f"SELECT pg_advisory_xact_lock({_LOCK_KEY})"))
            yield connection

    @property
    def files(self) -> tuple[Path, ...]:
        """The files of SQLite and their folder, whether they are there or not."""
        if self._file is None:
            return ()
        beside = (Path(f"{self._file}{end}") for end in ("-wal", "-shm", ".lock"))
        return (self._file.parent, self._file, *beside)

    def scrub(self) -> None:
        """Takes what was deleted out of the write-ahead log of SQLite too."""
        if self._file:
            # If it cannot be done now, the log is overwritten later in the course of things.
            with (
                suppress(JournalUnavailable, sqlite3.Error),
                self._translated(),
                self.engine.connect() as connection,
            ):
                raw: Any = connection.connection.dbapi_connection
                raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def close(self) -> None:
        """Gives all connections back."""
        self.engine.dispose()

    def _prepare(self) -> None:
        """Brings the tables up to date, once; two processes do it one after the other."""
        with self._preparing:
            if self._ready:
                return
            with self.migrating() as connection:
                upgrade(connection)
            self._ready = self._made = True

    def _alone(self) -> AbstractContextManager[Any]:
        """Keeps others out while a file is made; a change of journal mode does not wait."""
        if not self._file:
            return nullcontext()
        if not self._made:
            make_private_folder(self._file.parent)
        return FileLock(f"{self._file}.lock", timeout=_WAIT, mode=0o600)

    def _open_file(self) -> sqlite3.Connection:
        file = self._file or Path()
        # A file that vanished is waited for, not made anew: it may come back with what it holds.
        if not self._made:
            make_private_file(file)  # SQLite gives its log the same rights
        connection = sqlite3.connect(
            f"{file.as_uri()}?mode=rw",
            uri=True,
            timeout=_WAIT,
            isolation_level=None,  # transactions begin where SQLAlchemy says
            check_same_thread=False,
        )
        try:
            for pragma in (
                "journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "secure_delete=ON",
            ):  # fmt: skip
                connection.execute(f"PRAGMA {pragma}")
        except sqlite3.Error:
            connection.close()
            raise
        return connection

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except CommandError as error:
            raise JournalError(
                f"The journal {self.name} was written by a newer version of the assistant.",
                "Install that version, or name another journal in the settings.",
            ) from error
        except (IntegrityError, DataError) as error:
            raise JournalError(
                f"The journal {self.name} refuses a record ({_reason(error)}).",
                "Record each turn once, and give feedback on turns that are recorded.",
            ) from error
        except (DBAPIError, PoolTimeout) as error:
            self._ready = False  # what comes back may be an older copy
            raise self._unavailable(_reason(error)) from error
        except (OSError, Timeout) as error:
            raise self._unavailable(str(error)) from error

    def _unavailable(self, reason: str) -> JournalUnavailable:
        return JournalUnavailable(
            f"The journal {self.name} does not answer ({reason}).",
            "Check that the database runs, is sound, has room and may be written; then try again.",
        )


def migrations() -> Config:
    """Returns what Alembic needs to find the migrations."""
    config = Config()
    folder = str(Path(__file__).parent / "migrations")
    config.set_main_option("script_location", folder.replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config


def upgrade(connection: Connection, revision: str = "head") -> None:
    """Brings the tables up to a revision, in the transaction of the connection."""
    config = migrations()
    config.attributes["connection"] = connection
    command.upgrade(config, revision)


def _watch_file(engine: Engine, file: Path) -> None:
    """Begins transactions as asked for, and drops connections to a file that is not there."""

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        writes = connection.get_execution_options().get(_WRITES)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    @event.listens_for(engine, "connect")
    def remember(_: Any, record: Any) -> None:
        record.info["file"] = _identity(file)

    @event.listens_for(engine, "checkout")
    def check(_: Any, record: Any, __: Any) -> None:
        # SQLite would go on writing to a file that was moved or deleted.
        if record.info["file"] != _identity(file):
            raise DisconnectionError


def _identity(file: Path) -> tuple[int, int] | None:
    try:
        found = file.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def _set_up_postgresql(connection: Any, _: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET TIME ZONE 'UTC'")
        cursor.execute(f"SET lock_timeout = '{_WAIT}s'")
    connection.commit()


def _reason(error: SQLAlchemyError) -> str:
    """Returns the database's first line; the others can hold what was to be stored."""
    cause = error.orig if isinstance(error, DBAPIError) else error
    return (str(cause).splitlines() or [type(error).__name__])[0]
