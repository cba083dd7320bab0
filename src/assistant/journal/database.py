"""The database behind the journal: SQLite or PostgreSQL, its tables brought up to date.

SQLite runs with a write-ahead log that is flushed at every commit, so that what was acknowledged
outlives the process and the machine. Its writers take their lock at the beginning: two that read
first and write then would each wait for the other.

Nobody waits long for one that does not answer: a lock, a connection and a statement each have a
time in which they must come, counted here too, since a server that hangs counts nothing. After
somebody waited in vain the next are refused at once, but for one now and then that tries.
"""

from __future__ import annotations

import shutil
import sqlite3
import threading
import time
from collections.abc import Generator, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from pathlib import Path
from typing import Any, Final

import psycopg
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
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
"""Seconds to wait for a lock to write; the recorder waits less and goes on behind."""
_ANSWERS: Final = 2
"""Seconds in which a database says something when it is connected to or first asked."""
_LONGEST: Final = 15
"""Seconds that one statement may take on behalf of visitors and staff."""
_PATIENT: Final = 600
"""Seconds that one statement may take where tables are changed or all of them are copied."""
_SLOW: Final = 0.5
"""Seconds of waiting in vain after which the next are refused at once."""
_PAUSE: Final = 2.0
"""Seconds for which they are."""
_LOCK_KEY: Final = 0x6A6F7572
"""Names the lock under which PostgreSQL lets one process migrate."""
_ROOM: Final = 20_000_000
_WRITES: Final = "journal_writes"
_TAKES_LONG: Final = "journal_takes_long"


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
        self._reads, self._writes = _Breaker(), _Breaker()
        if self._file:
            self.engine = create_engine(
                "sqlite://",
                creator=self._open_file,
                poolclass=QueuePool,
                hide_parameters=True,
                pool_timeout=_ANSWERS,
            )
            _watch_file(self.engine, self._file)
        else:
            self.engine = create_engine(
                url.set(drivername="postgresql+psycopg"),
                hide_parameters=True,
                pool_pre_ping=True,
                pool_timeout=_ANSWERS,
                connect_args={
                    "connect_timeout": _ANSWERS,
                    "tcp_user_timeout": 1000 * _LONGEST,
                    "keepalives_idle": _LONGEST,
                },
            )
            _bound_waits(self.engine)
        self._writer = self.engine.execution_options(**{_WRITES: True})

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """Gives a session that sees one state of the database.

        Raises:
            JournalUnavailable: the database does not answer.
        """
        with self._asked(self._reads), self._translated():
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
        with self._asked(self._writes), self._translated():
            self._prepare()
            with Session(self._writer) as session, session.begin():
                yield session

    @contextmanager
    def snapshot(self) -> Iterator[Connection]:
        """Gives a connection that sees one state of the database, however long it reads.

        Raises:
            JournalUnavailable: the database does not answer.
        """
        with self._asked(self._reads), self._translated():
            self._prepare()
            with self._patient(self.engine).connect() as connection:
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
        with (
            self._asked(self._writes),
            self._translated(),
            self._alone(),
            self._changing() as connection,
        ):
            yield connection

    def one_by_one(self, session: Session, name: str) -> None:
        """Lets only one session that writes go on from here under a name; in SQLite it is alone."""
        if not self._file:
            session.execute(
                text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 0))"), {"name": name}
            )

    def check(self) -> None:
        """Writes what changes nothing, and waits until the disk has it.

        Raises:
            JournalUnavailable: the database does not answer, takes nothing or has no room.
        """
        with self.writing() as session:
            session.execute(text("UPDATE alembic_version SET version_num = version_num"))
        # What is written here may find room in the log that what a visitor asks does not.
        if self._file and shutil.disk_usage(self._file.parent).free < _ROOM:
            raise self._unavailable(f"less than {_ROOM // 1_000_000} MB are free")

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
        if self._ready:
            return
        if not self._preparing.acquire(timeout=_ANSWERS):
            raise self._unavailable("others wait for it already")
        try:
            # To look takes no lock, so that one who writes for long keeps nobody from reading.
            if not (self._made and self._is_current()):
                with self._alone():
                    if not self._is_current():
                        with self._changing() as connection:
                            upgrade(connection)
            self._ready = self._made = True
        finally:
            self._preparing.release()

    def _is_current(self) -> bool:
        with self.engine.connect() as connection:
            revision = MigrationContext.configure(connection).get_current_revision()
        return revision == ScriptDirectory.from_config(migrations()).get_current_head()

    @contextmanager
    def _changing(self) -> Iterator[Connection]:
        """Gives a connection on which tables may be changed; see `migrating`."""
        with self._patient(self._writer).begin() as connection:
            if not self._file:
                connection.execute(text(f"SELECT pg_advisory_xact_lock({_LOCK_KEY})"))
            yield connection

    @staticmethod
    def _patient(engine: Engine) -> Engine:
        return engine.execution_options(**{_TAKES_LONG: True})

    @contextmanager
    def _asked(self, breaker: _Breaker) -> Iterator[None]:
        """Refuses at once what would wait in vain."""
        began = time.monotonic()
        if not breaker.lets_through():
            raise self._unavailable("it let others wait a moment ago")
        try:
            yield
        except JournalUnavailable:
            # One that fails at once, such as a file that is gone, holds up nobody.
            if time.monotonic() - began > _SLOW:
                breaker.open()
            raise
        breaker.close()

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
            timeout=_ANSWERS,
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
        wait = _WAIT if writes else _ANSWERS
        connection.exec_driver_sql(f"PRAGMA busy_timeout = {1000 * wait}")
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


def _bound_waits(engine: Engine) -> None:
    """Connects to PostgreSQL so that nothing is waited for without an end."""

    @event.listens_for(engine, "do_connect")
    def connect(_: Any, __: Any, arguments: Any, options: dict[str, Any]) -> _BoundedConnection:
        return _BoundedConnection.connect(*arguments, **options)

    @event.listens_for(engine, "connect")
    def set_up(connection: _BoundedConnection, _: Any) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SET TIME ZONE 'UTC'")
            cursor.execute(f"SET lock_timeout = '{_WAIT}s'")
            cursor.execute(f"SET statement_timeout = '{_LONGEST}s'")
        connection.commit()

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        takes_long = connection.get_execution_options().get(_TAKES_LONG)
        bounded: Any = connection.connection.dbapi_connection
        # Some seconds more than the server, whose own word of it comes first while it works.
        bounded.patience = (_PATIENT if takes_long else _LONGEST) + _ANSWERS
        if takes_long:
            connection.exec_driver_sql(f"SET LOCAL statement_timeout = '{_PATIENT}s'")

    @event.listens_for(engine, "checkin")
    def end(connection: _BoundedConnection | None, _: Any) -> None:
        if connection is not None:
            connection.patience = _ANSWERS


class _Silent(psycopg.OperationalError):
    """The server said nothing in time."""


class _BoundedConnection(psycopg.Connection[Any]):
    """Closes itself when the server says nothing for too long, as one that is frozen would.

    Attributes:
        patience: seconds of silence.
    """

    patience: float = _ANSWERS

    def wait(self, gen: Generator[Any, Any, Any], *arguments: Any, **options: Any) -> Any:
        """Waits for what a generator waits for, but not for ever."""
        try:
            return super().wait(_in_time(gen, self.patience), *arguments, **options)
        except _Silent:
            self.close()  # what comes later would be taken for the answer to something else
            raise


def _in_time(waiting: Generator[Any, Any, Any], seconds: float) -> Generator[Any, Any, Any]:
    """Passes on what a generator of psycopg waits for; it is asked anew ten times a second."""
    heard, ready = time.monotonic(), None
    while True:
        try:
            wanted = waiting.send(ready)
        except StopIteration as done:
            return done.value
        ready = yield wanted
        if ready:
            heard = time.monotonic()
        elif time.monotonic() - heard > seconds:
            raise _Silent(f"no answer in {seconds:g} seconds")


class _Breaker:
    """Says whether a database is worth asking that let somebody wait a moment ago."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._until: float | None = None

    def lets_through(self) -> bool:
        """Tells whether to ask; after a pause one caller may, and then for a pause no other."""
        with self._lock:
            now = time.monotonic()
            if self._until is not None:
                if now < self._until:
                    return False
                self._until = now + _PAUSE
            return True

    def open(self) -> None:
        """Lets nobody through for a pause."""
        with self._lock:
            self._until = time.monotonic() + _PAUSE

    def close(self) -> None:
        """Lets everybody through."""
        with self._lock:
            self._until = None


def _reason(error: SQLAlchemyError) -> str:
    """Returns the database's first line; the others can hold what was to be stored."""
    cause = error.orig if isinstance(error, DBAPIError) else error
    return (str(cause).splitlines() or [type(error).__name__])[0]
