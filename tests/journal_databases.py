"""Databases for the journal that tests can lock, make read-only and take away, and turns for it."""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import psycopg

from assistant.domain import Answer, Citation, Outcome, Passage, Ranking, ScoredPassage, Span, Turn
from assistant.journal import Journal, open_journal
from assistant.settings import JournalSettings, Settings

NOBODY = 65_534


@contextmanager
def entered_by_all(*folders: Path) -> Iterator[None]:
    """Lets any user of the machine pass through folders, and closes them again."""
    modes = {folder: folder.stat().st_mode for folder in folders}
    for folder in folders:
        folder.chmod(0o755)
    try:
        yield
    finally:
        for folder, mode in modes.items():
            folder.chmod(mode)


class AnyDatabase(Protocol):
    """A database of its own for one test."""

    @property
    def address(self) -> str:
        """As it stands in the settings."""

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Keeps all others from writing."""

    def silent(self) -> AbstractContextManager[None]:
        """Lets all who want something wait."""

    @contextmanager
    def read_only(self) -> Iterator[None]:
        """Takes nothing new."""

    @contextmanager
    def gone(self) -> Iterator[None]:
        """Is not there, and then is again, with what it held."""

    def go_before_use(self) -> None:
        """Is not there from the start, until `come_back`."""

    def come_back(self) -> None:
        """Ends `go_before_use`."""

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """Asks the database itself."""


@dataclass(frozen=True)
class SqliteFile:
    """A database in a folder of its own, which an unprivileged user can look into."""

    folder: Path

    @property
    def file(self) -> Path:
        """The database; its log lies beside it."""
        return self.folder / "data" / "journal.db"

    @property
    def address(self) -> str:
        """As it stands in the settings."""
        return f"sqlite:///{self.file}"

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Holds the lock for writing."""
        connection = sqlite3.connect(self.file, isolation_level=None)
        connection.execute("BEGIN IMMEDIATE")
        try:
            yield
        finally:
            connection.close()

    def silent(self) -> AbstractContextManager[None]:
        """Holds the lock for writing; more no other process can hold while one reads."""
        return self.locked()

    @contextmanager
    def read_only(self) -> Iterator[None]:
        """Takes the right to write from all files and their folder."""
        files = [*self.file.parent.iterdir(), self.file.parent]
        modes = {file: file.stat().st_mode for file in files}
        user = os.geteuid()
        for file in files:
            file.chmod(0o555 if file.is_dir() else 0o444)
        try:
            if user == 0:
                os.seteuid(NOBODY)  # root may write to anything
            yield
        finally:
            os.seteuid(user)
            for file in files:
                if file.exists():
                    file.chmod(modes[file])

    @contextmanager
    def gone(self) -> Iterator[None]:
        """Moves the whole folder away."""
        away = self.file.parent.rename(self.folder / "away")
        self.file.parent.mkdir()
        try:
            yield
        finally:
            shutil.rmtree(self.file.parent)
            away.rename(self.file.parent)

    def go_before_use(self) -> None:
        """Puts a file in the place of its folder, which cannot be made then."""
        self.file.parent.write_text("")

    def come_back(self) -> None:
        """Makes room for the folder."""
        self.file.parent.unlink()

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """Reads the file with nothing of the journal in between."""
        connection = sqlite3.connect(self.file)
        try:
            return connection.execute(query).fetchall()
        finally:
            connection.close()


class PostgresServer:
    """A server on a Unix socket in a folder of its own."""

    def __init__(self) -> None:
        self._bin = max(Path("/usr/lib/postgresql").glob("*/bin/postgres")).parent
        self.folder = Path(tempfile.mkdtemp(prefix="journal", dir="/tmp"))
        self._user: dict[str, Any] = {}
        if os.geteuid() == 0:  # a server refuses root
            self._user = {"user": "postgres", "cwd": self.folder}
            shutil.chown(self.folder, "postgres")
        self._databases = 0
        self._run("initdb", "--auth=trust", "--no-sync", "--username=postgres", "--locale=C.UTF-8")

    @staticmethod
    def installed() -> bool:
        """Whether there is a server to start."""
        return any(Path("/usr/lib/postgresql").glob("*/bin/postgres"))

    def start(self) -> None:
        """Starts it, and waits until it answers."""
        options = f"-k {self.folder} -c listen_addresses= -c fsync=off"
        self._run("pg_ctl", "-w", "-l", str(self.folder / "log"), "-o", options, "start")

    def stop(self) -> None:
        """Stops it, and every connection with it."""
        self._run("pg_ctl", "-w", "-m", "fast", "stop")

    @contextmanager
    def frozen(self) -> Iterator[None]:
        """Holds every process of it where it is, as a machine that hangs would."""
        postmaster = int((self.folder / "data" / "postmaster.pid").read_text().split()[0])
        tasks = Path(f"/proc/{postmaster}/task").iterdir()
        children = [int(one) for task in tasks for one in (task / "children").read_text().split()]
        held = [postmaster, *children]
        for process in held:
            os.kill(process, signal.SIGSTOP)
        try:
            yield
        finally:
            for process in held:
                os.kill(process, signal.SIGCONT)

    def remove(self) -> None:
        """Stops it for good."""
        self.stop()
        shutil.rmtree(self.folder)

    def execute(self, statement: str, database: str = "postgres") -> list[tuple[Any, ...]]:
        """Runs a statement as the owner of everything."""
        with psycopg.connect(self.address(database), autocommit=True) as connection:
            cursor = connection.execute(statement.encode())
            return cursor.fetchall() if cursor.description else []

    def address(self, database: str) -> str:
        """Returns the address of a database, as it stands in the settings."""
        return f"postgresql://postgres@/{database}?host={self.folder}"

    def new_database(self) -> PostgresDatabase:
        """Makes an empty database."""
        self._databases += 1
        name = f"journal{self._databases}"
        self.execute(f"CREATE DATABASE {name}")
        return PostgresDatabase(self, name)

    def _run(self, program: str, *arguments: str) -> None:
        command = [str(self._bin / program), "-D", str(self.folder / "data"), *arguments]
        # What the server inherits stays open as long as it runs, so its messages are not awaited.
        done = subprocess.run(command, check=False, stdout=subprocess.DEVNULL, **self._user)
        assert done.returncode == 0, program


@dataclass(frozen=True)
class PostgresDatabase:
    """One database of the server."""

    server: PostgresServer
    name: str

    @property
    def address(self) -> str:
        """As it stands in the settings."""
        return self.server.address(self.name)

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Holds the table."""
        with psycopg.connect(self.address) as connection:
            connection.execute("LOCK TABLE exchanges IN ACCESS EXCLUSIVE MODE")
            yield
            connection.rollback()

    def silent(self) -> AbstractContextManager[None]:
        """Freezes the server."""
        return self.server.frozen()

    @contextmanager
    def read_only(self) -> Iterator[None]:
        """Refuses to write on every connection from now on."""
        self._set("on")
        try:
            yield
        finally:
            self._set("off")

    @contextmanager
    def gone(self) -> Iterator[None]:
        """Stops the server."""
        self.server.stop()
        try:
            yield
        finally:
            self.server.start()

    def go_before_use(self) -> None:
        """Stops the server."""
        self.server.stop()

    def come_back(self) -> None:
        """Starts it."""
        self.server.start()

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """Asks the server with nothing of the journal in between."""
        return self.server.execute(query, self.name)

    def _set(self, value: str) -> None:
        self.server.execute(
            f"ALTER DATABASE {self.name} SET default_transaction_read_only = {value}"
        )
        self.server.execute(
            f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{self.name}'"  # noqa: S608 - its own name
        )


def journal_settings(address: str, **changes: Any) -> Settings:
    """Returns settings that differ from the defaults in the journal alone."""
    return Settings(journal=JournalSettings(address=address, **changes))


@contextmanager
def opened(address: str, **changes: Any) -> Iterator[Journal]:
    """Opens a journal and closes it."""
    journal = open_journal(journal_settings(address, **changes))
    try:
        yield journal
    finally:
        journal.close()


CITATION = Citation(
    marker=1, passage_id="page:abc", document_id="page", title="Bassin Minier", section=("Lens",),
    publisher="Département", url="https://exemple.fr", date=None, accessed="2026-11-22",
    language="fr", quote="L’accueil répond au 03 21 00 00 01.", start=6, end=41,
    content_hash="0123456789abcdef",
)  # fmt: skip
PASSAGE = Passage(
    passage_id="page:abc", document_id="page", language="fr", start=6, end=41, text=CITATION.quote,
    section=("Lens",), sentences=(Span(6, 41),),
)  # fmt: skip


def turn(
    number: int = 1,
    question: str = "Où est le Louvre-Lens ?",
    conversation: str = "conversation-1",
    *,
    signs: Mapping[str, float] | None = None,
    **changes: Any,
) -> Turn:
    """Returns a turn with an answer and one passage found for it."""
    values: dict[str, Any] = {
        "conversation_id": conversation,
        "turn": number,
        "question": question,
        "standalone_question": question,
        "language": "fr",
        "outcome": Outcome.ANSWERED,
        "text": "Le Louvre-Lens est à Lens. [1]",
        "citations": (CITATION,),
        "confidence": 0.875,
        "timings_ms": {"total": 31.25},
    }
    ranking = Ranking(question, (ScoredPassage(PASSAGE, 0.75, 0.9, 0.125, 0.5),))
    return Turn(question, Answer(**{**values, **changes}), ranking, signs or {"best": 0.5})
