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
        with httpx.Client(base_url=address, timeout=120) as client, ThreadPoolExecutor(20) as pool:
            visit = send(client, ASK, [QUESTION, None])[0][2]
            with database.silent():
                began = time.monotonic()
                reloads = [
                    pool.submit(send, client, RESTORE, [secrets.token_urlsafe(16)])
                    for _ in range(8)
                ]
                again = pool.submit(send, client, ASK, [QUESTION, visit])
                found = [pool.submit(client.get, path) for path in ("/about", "/e/unknown")]
                new = send(client, ASK, [QUESTION, None])
                answered = time.monotonic() - began
                assert ANSWER in str(new)
                assert ANSWER in str(again.result(120))
                assert found[0].result(120).status_code == 200
                assert time.monotonic() - began < 2 * LONG
                for reload in reloads:
                    assert reload.result(120)
                began = time.monotonic()
                assert ANSWER in str(send(client, ASK, [QUESTION, None]))
                assert client.get("/health").json()["journal"] == "failing"
                later = time.monotonic() - began
            assert answered < LONG
            assert later < LONG
            end = time.monotonic() + 60
            while client.get("/health").json()["status"] != "ok" and time.monotonic() < end:
                time.sleep(0.5)
            while client.get("/health").json()["records_waiting"] and time.monotonic() < end:
                time.sleep(0.5)
            assert client.get("/health").json()["records_lost"] == 0
    finally:
        process.terminate()
        process.communicate(timeout=30)
    assert database.rows("SELECT count(*) FROM exchanges") == [(4,)]
