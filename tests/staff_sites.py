"""A running chat with pages of staff, and a client that talks to them as a browser would."""

from __future__ import annotations

import io
import json
import secrets
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from assistant.access import add_account
from assistant.journal import Accounts, Journal, Role, open_journal
from assistant.settings import JournalSettings, Settings
from tests.conftest import journal_of, start_chat

PASSWORD = "correct horse battery"  # noqa: S105 - of a test
REVIEWER, READER = "relecture-1", "lecture-1"
_PATIENCE = 60


@dataclass(frozen=True)
class StaffSite:
    """A server of its own, with a corpus that it may change, a reviewer and a reader."""

    address: str
    settings: Settings
    journal: Journal
    process: subprocess.Popen[str]

    @property
    def folder(self) -> Path:
        """What staff keep in files."""
        return Path(f"{self.settings.index_folder}-staff")

    def client(self, name: str | None = None) -> httpx.Client:
        """Returns a client, signed in under a name when there is one."""
        client = httpx.Client(base_url=f"{self.address}/equipe", timeout=60)
        if name is not None:
            sent = client.post("/connexion", data={"name": name, "password": PASSWORD})
            assert sent.status_code == 303, sent.text
        return client


@contextmanager
def running_site(settings: Settings, folder: Path, more: str = "") -> Iterator[StaffSite]:
    """Starts a site on copies of a corpus and its index.

    Args:
        settings: name both.
        folder: for the copies.
        more: see `start_chat`.
    """
    mine = settings.model_copy(
        update={"corpus": folder / "corpus", "index_folder": folder / "index"}
    )
    shutil.copytree(settings.corpus, mine.corpus)
    shutil.copytree(settings.index_folder, mine.index_folder)
    journal = open_journal(Settings(journal=JournalSettings(address=journal_of(mine))))
    accounts = Accounts(journal.database)
    add_account(accounts, REVIEWER, PASSWORD, Role.REVIEWER, "console")
    add_account(accounts, READER, PASSWORD, Role.READER, "console")
    process, address = start_chat(mine, more=more)
    try:
        yield StaffSite(address, mine, journal, process)
    finally:
        journal.close()
        process.terminate()
        process.communicate(timeout=30)


def dependencies(client: httpx.Client) -> list[dict[str, Any]]:
    """Returns every event that the pages can send, as Gradio describes them."""
    found: list[dict[str, Any]] = client.get("/config").json()["dependencies"]
    return found


def event_of(client: httpx.Client, name: str) -> int:
    """Returns the event that a button with that name in the style sheet sends."""
    config = client.get("/config").json()
    (button,) = (one["id"] for one in config["components"] if one["props"].get("elem_id") == name)
    (event,) = (
        one["id"]
        for one in config["dependencies"]
        if any(target == button for target, _ in one["targets"])
    )
    return int(event)


def call(client: httpx.Client, event: int, values: list[Any], query: str = "") -> dict[str, Any]:
    """Sends an event as the page would, and returns what came of it.

    Args:
        client: signed in.
        event: see `event_of`.
        values: of the components that it takes.
        query: of the page's address.
    """
    session = secrets.token_hex(5)
    joined = client.post(
        f"/gradio_api/queue/join?{query}",
        json={"data": values, "fn_index": event, "session_hash": session, "event_data": None},
    )
    assert joined.status_code == 200, joined.text
    with client.stream("GET", f"/gradio_api/queue/data?session_hash={session}") as stream:
        deadline = time.monotonic() + _PATIENCE
        for line in stream.iter_lines():
            assert time.monotonic() < deadline, "the event takes too long"
            message = json.loads(line.removeprefix("data:")) if line.startswith("data:") else {}
            if message.get("msg") == "process_completed":
                return dict(message)
    raise AssertionError("the event was not answered")


def upload(client: httpx.Client, name: str, data: bytes) -> str:
    """Uploads a file as the page would, and returns where the server put it."""
    sent = client.post("/gradio_api/upload", files={"files": (name, io.BytesIO(data))})
    assert sent.status_code == 200, sent.text
    return str(sent.json()[0])
