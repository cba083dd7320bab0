"""Fixtures that several test files share; the slow ones are made once a run."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from assistant.bootstrap import open_assistant, update_index
from assistant.conversation import Assistant
from assistant.corpus import read_corpus
from assistant.encoder import Encoder, load_encoder
from assistant.index import Index, build_index, open_index
from assistant.settings import Settings
from assistant.testing import HashEncoder, tiny_corpus
from tests.journal_databases import AnyDatabase, PostgresServer, SqliteFile

ROOT = Path(__file__).resolve().parent.parent
ASSISTANT = Path(sys.executable).parent / "assistant"


def journal_of(settings: Settings) -> str:
    """Returns the address of the journal that `start_chat` has the chat keep."""
    return f"sqlite:///{settings.index_folder}-journal.db"


def free_port() -> int:
    """Returns a port that nobody listens on."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


def start_chat(
    settings: Settings, journal: str | None = None, *, more: str = "", port: int | None = None
) -> tuple[subprocess.Popen[str], str]:
    """Starts the chat and returns it with its address once it is served.

    Args:
        settings: name the index.
        journal: address of the journal; that of `journal_of` unless it is given.
        more: keys of `[journal]` and sections of the settings file, as TOML.
        port: to listen on; a free one unless it is given.
    """
    port = port or free_port()
    kept = journal or journal_of(settings)
    told = Path(f"{settings.index_folder}-chat-{port}.toml")
    staff = f'[staff]\nfolder = "{settings.index_folder}-staff"\n'
    kept = f'corpus = "{settings.corpus}"\n{staff}[journal]\naddress = "{kept}"\n'
    told.write_text(f"{kept}{more}", encoding="utf-8")
    command: list[str | Path] = [ASSISTANT, "chat", "--index", settings.index_folder]
    process = subprocess.Popen(
        [*command, "--settings", told, "--port", str(port)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    address = process.stdout.readline().strip()
    assert address == f"http://127.0.0.1:{port}", process.communicate()[1]
    return process, address


@pytest.fixture(scope="session")
def encoder() -> Encoder:
    """The built-in model."""
    return load_encoder(Settings().encoder)


@pytest.fixture(scope="session")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Settings of an index that was built from the project's own corpus."""
    settings = Settings(corpus=ROOT / "corpus", index_folder=tmp_path_factory.mktemp("index"))
    update_index(settings, lambda _: lambda _: None)
    return settings


@pytest.fixture(scope="session")
def assistant(settings: Settings, encoder: Encoder) -> Assistant:
    """The assistant as visitors meet it: the project's corpus and the built-in model."""
    return open_assistant(settings, encoder)


@pytest.fixture
def tiny_index(tmp_path: Path) -> Index:
    """An index of the three documents of `tiny_corpus`, with vectors of hashed terms."""
    fake = HashEncoder()
    build_index(
        read_corpus(tiny_corpus(tmp_path / "corpus")),
        tmp_path / "index",
        fake.identity,
        lambda: fake,
        Settings(),
        lambda _: lambda _: None,
    )
    return open_index(tmp_path / "index", fake.identity)


@pytest.fixture(scope="session")
def page_assistant(tmp_path_factory: pytest.TempPathFactory, encoder: Encoder) -> Assistant:
    """The assistant with nothing but the Department's page to answer from."""
    folder = tmp_path_factory.mktemp("page")
    for name in ("bassin-minier.txt", "bassin-minier.yaml"):
        shutil.copy(ROOT / "corpus" / name, folder)
    settings = Settings(corpus=folder, index_folder=folder / "index")
    update_index(settings, lambda _: lambda _: None)
    return open_assistant(settings, encoder)


@pytest.fixture(scope="session")
def server(settings: Settings) -> Iterator[str]:
    """The address of a running chat."""
    process, address = start_chat(settings)
    yield address
    process.terminate()
    process.communicate(timeout=30)


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """A PostgreSQL server; without one installed its tests are skipped, unless it is required."""
    if not PostgresServer.installed():
        if os.environ.get("REQUIRE_POSTGRES"):
            pytest.fail("No PostgreSQL server is installed.")
        pytest.skip("no PostgreSQL server is installed")
    server = PostgresServer()
    server.start()
    yield server
    server.remove()


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest) -> Iterator[AnyDatabase]:
    """An empty database of its own, of each kind in turn."""
    if request.param == "postgresql":
        yield request.getfixturevalue("postgres").new_database()
        return
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o755)
    yield SqliteFile(folder)
    shutil.rmtree(folder)


@pytest.fixture
def sqlite_file() -> Iterator[SqliteFile]:
    """A place for a SQLite database."""
    with tempfile.TemporaryDirectory() as folder:
        yield SqliteFile(Path(folder))
