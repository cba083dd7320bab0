"""A journal that does not answer costs nobody the answer, nor the pages, nor much time."""

from __future__ import annotations

import json
import secrets
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx

from assistant.settings import Settings
from tests.conftest import start_chat
from tests.journal_databases import AnyDatabase

QUESTION = "Comment le bassin minier veut-il changer son image ?"
ANSWER = "se développer par le tourisme"
ASK, RESTORE = 0, 1
LONG = 10.0
"""Seconds; a wait for every one who asks before would take longer, on a busy machine too."""


def send(client: httpx.Client, event: int, values: list[Any]) -> list[Any]:
    """Sends an event as the page does, and returns all that came of it."""
    session = secrets.token_hex(8)
    joined = {"data": values, "fn_index": event, "session_hash": session}
    client.post("/gradio_api/queue/join", json=joined).raise_for_status()
    came: list[Any] = []
    with client.stream("GET", f"/gradio_api/queue/data?session_hash={session}") as lines:
        for line in lines.iter_lines():
            message = json.loads(line.removeprefix("data: ")) if line else {}
            if message.get("msg") in {"process_generating", "process_completed"}:
                assert message["success"], message
                came.append(message["output"]["data"])
            if message.get("msg") == "process_completed":
                return came
    raise AssertionError("the event was not answered")


def test_silent_journal_holds_up_nobody(settings: Settings, database: AnyDatabase) -> None:
    """With eight reloads before them a new visitor is answered; what was asked is kept later."""
    process, address = start_chat(settings, database.address)
    try:
        with httpx.Client(base_url=address, timeout=120) as client:
            visit = send(client, ASK, [QUESTION, None])[0][2]
            with database.silent():
                asked_at_once(client, visit)
                # By now the journal knows that it is not answered, which must cost no more.
                assert client.get("/health").json()["journal"] == "failing"
                asked_at_once(client, visit)
            end = time.monotonic() + 60
            state: dict[str, Any] = {"status": "failing"}  # which is told for some seconds more
            while state["status"] == "failing" or state["records_waiting"]:
                assert time.monotonic() < end
                time.sleep(0.5)
                state = client.get("/health").json()
            assert state["records_lost"] == 0
    finally:
        process.terminate()
        process.communicate(timeout=30)
    assert database.rows("SELECT count(*) FROM exchanges") == [(5,)]


def asked_at_once(client: httpx.Client, visit: str) -> None:
    """Reloads eight pages, and asks from one that was open and from a new one behind them."""
    began = time.monotonic()
    with ThreadPoolExecutor(20) as pool:
        reloads = [
            pool.submit(send, client, RESTORE, [secrets.token_urlsafe(16)]) for _ in range(8)
        ]
        again = pool.submit(send, client, ASK, [QUESTION, visit])
        about = pool.submit(client.get, "/about")
        new = pool.submit(send, client, ASK, [QUESTION, None])
        for asked in (new, again):
            assert ANSWER in str(asked.result(120))
        assert about.result(120).status_code == 200
        assert all(reload.result(120) for reload in reloads)
    assert time.monotonic() - began < LONG
