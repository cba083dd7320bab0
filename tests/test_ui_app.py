"""The web server, as a real process."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import time

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
