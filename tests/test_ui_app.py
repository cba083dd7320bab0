"""The web server, as a real process."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import statistics
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from urllib.parse import urlsplit

import httpx
import pytest

from assistant.settings import Settings
from tests.conftest import ASSISTANT, start_chat

START_SECONDS = 120


def test_page_is_french_and_names_no_third_party(server: str) -> None:
    """The page says its language and title, and names no other host."""
    page = httpx.get(server).text
    assert '<html lang="fr"' in page
    assert "<title>Questions sur le bassin minier</title>" in page
    hosts = set(re.findall(r"(?:https?:)?//([\w.-]+\.[a-z]{2,})", page))
    assert hosts <= {"www.echo62.com", "www.w3.org"}, hosts


@pytest.mark.parametrize("path", ["/docs", "/openapi.json", "/redoc", "/monitoring/summary"])
def test_nothing_but_the_page_is_documented(server: str, path: str) -> None:
    """Interfaces that visitors have no use for are not there: nothing, or the page itself."""
    response = httpx.get(server + path)
    assert response.status_code in {401, 403, 404} or "<gradio-app" in response.text


def test_port_in_use_is_said_in_one_sentence(settings: Settings) -> None:
    """Another program's port: a sentence, exit 1, no traceback, at once."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        began = time.monotonic()
        finished = subprocess.run(
            [ASSISTANT, "chat", "--index", settings.index_folder, "--port", str(port)],
            capture_output=True,
            text=True,
            timeout=START_SECONDS,
            check=False,
        )
    assert finished.returncode == 1
    assert finished.stderr == (
        f"The chat cannot listen on 127.0.0.1:{port} (Address already in use). "
        "Stop what uses that port, or name another one with --port.\n"
    )
    assert time.monotonic() - began < START_SECONDS / 2


def test_wrong_port_exits_2(settings: Settings) -> None:
    """A port that cannot be one is wrong use."""
    finished = subprocess.run(
        [ASSISTANT, "chat", "--index", settings.index_folder, "--port", "70000"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert finished.returncode == 2
    assert "must be from 1 to 65535" in finished.stderr
    assert "Traceback" not in finished.stderr


@pytest.mark.parametrize("sign", [signal.SIGTERM, signal.SIGINT])
def test_server_stops_when_told(settings: Settings, sign: signal.Signals) -> None:
    """A signal stops it cleanly, within seconds, with a page's connection open."""
    process, address = start_chat(settings)
    with httpx.stream("GET", f"{address}/gradio_api/heartbeat/abc") as held:
        assert held.status_code == httpx.codes.OK
        os.kill(process.pid, sign)
        _, errors = process.communicate(timeout=20)
    assert process.returncode in {0, 130}
    assert "Traceback" not in errors


def test_server_stops_within_seconds_of_a_flood(settings: Settings) -> None:
    """Hundreds who wait for their answers, or never ask, hold it up as little as one."""
    process, address = start_chat(settings)
    where = (urlsplit(address).hostname, urlsplit(address).port)
    config = httpx.get(f"{address}/config").json()
    (ask,) = (one["id"] for one in config["dependencies"] if len(one["inputs"]) == 2)

    def wait(number: int) -> socket.socket:
        visitor = socket.create_connection(
            where, timeout=60, source_address=(f"127.2.{number // 200}.{number % 200 + 1}", 0)
        )
        event = {"data": ["Où est le Louvre-Lens ?", ""], "fn_index": ask, "event_data": None}
        body = json.dumps({**event, "session_hash": f"visitor{number}"})
        head = f"Host: x\r\nContent-Type: application/json\r\nContent-Length: {len(body)}"
        join = f"POST /gradio_api/queue/join HTTP/1.1\r\n{head}\r\n\r\n{body}"
        visitor.sendall(join.encode())
        assert visitor.recv(1000).startswith(b"HTTP/1.1 200")
        address = f"/gradio_api/queue/data?session_hash=visitor{number}"
        visitor.sendall(f"GET {address} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        return visitor

    with ExitStack() as held, ThreadPoolExecutor(20) as crowd:
        for visitor in crowd.map(wait, range(300)):
            held.enter_context(closing(visitor))
        for _ in range(50):
            held.enter_context(closing(socket.create_connection(where, timeout=60)))
        began = time.monotonic()
        os.kill(process.pid, signal.SIGTERM)
        _, errors = process.communicate(timeout=60)
        assert time.monotonic() - began < 5
    assert process.returncode == 0
    assert errors == ""


def test_small_answers_are_sent_at_once(server: str) -> None:
    """Over one connection each comes in milliseconds: none waits for a packet to be confirmed."""
    took = []
    with httpx.Client(base_url=server) as browser:
        for _ in range(60):
            began = time.monotonic()
            browser.get("/manifest.webmanifest")
            took.append(time.monotonic() - began)
    assert statistics.median(took) < 0.03


def test_who_waits_is_sent_no_estimates(server: str) -> None:
    """One message when it stands in line, not one more for each other that is answered."""
    config = httpx.get(f"{server}/config").json()
    (ask,) = (one["id"] for one in config["dependencies"] if len(one["inputs"]) == 2)
    visitors = [f"estimates{number}" for number in range(12)]
    for visitor in visitors:
        event = {"data": ["Où est le Louvre-Lens ?", ""], "fn_index": ask, "event_data": None}
        joined = httpx.post(
            f"{server}/gradio_api/queue/join", json=event | {"session_hash": visitor}
        )
        assert joined.status_code == httpx.codes.OK
    for visitor in visitors:
        messages = httpx.get(
            f"{server}/gradio_api/queue/data?session_hash={visitor}", timeout=60
        ).text
        assert messages.count("process_completed") == 1
        assert messages.count("estimation") <= 1
