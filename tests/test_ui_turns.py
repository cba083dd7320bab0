"""What others wait when one address asks as much as it may, by real requests to a running chat."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from assistant.question import MAX_CHARACTERS
from assistant.settings import Settings
from tests.conftest import start_chat

LONG = ("Quelle est la différence entre le tramway et le terril, lequel est à Lens ou à Béthune, "
        * 30)[:MAX_CHARACTERS]  # fmt: skip


@pytest.fixture(scope="module")
def site(settings: Settings) -> Iterator[str]:
    """The address of a chat that no other test has to share with these crowds."""
    process, address = start_chat(settings)
    yield address
    process.terminate()
    process.communicate(timeout=30)


def _client(site: str, address: str) -> httpx.Client:
    transport = httpx.HTTPTransport(local_address=address)
    return httpx.Client(base_url=site, transport=transport, timeout=120)


def _join(client: httpx.Client, question: str, page: str) -> int:
    event = {"data": [question, ""], "fn_index": 0, "event_data": None, "session_hash": page}
    return client.post("/gradio_api/queue/join", json=event).status_code


def _answered(client: httpx.Client, page: str) -> float:
    """Returns when a page has its answer."""
    read = client.get(f"/gradio_api/queue/data?session_hash={page}").text
    assert read.count("process_completed") == 1
    return time.monotonic()


def test_one_question_comes_before_the_many_of_another_address(site: str) -> None:
    """Sixty wait at one address; one from elsewhere is answered before half of them."""
    pages = [f"many{number}" for number in range(60)]
    with (
        _client(site, "127.3.0.1") as greedy,
        _client(site, "127.3.0.2") as visitor,
        ThreadPoolExecutor(len(pages)) as threads,
    ):
        assert {_join(greedy, LONG[: 300 + n], page) for n, page in enumerate(pages)} == {200}
        waiting = [threads.submit(_answered, greedy, page) for page in pages]
        assert _join(visitor, "Où est le Louvre-Lens ?", "once") == 200
        mine = _answered(visitor, "once")
        others = sorted(one.result() for one in waiting)
    assert mine < others[len(others) // 2]


def test_one_address_does_not_fill_the_line(site: str) -> None:
    """Of what one address sends at once a part is refused; another's question is taken."""
    with _client(site, "127.3.0.3") as greedy, _client(site, "127.3.0.4") as visitor:
        taken = Counter(_join(greedy, LONG, f"full{number}") for number in range(160))
        assert taken[200] >= 100
        assert taken[429] > 10
        assert taken[200] + taken[429] == 160
        assert _join(visitor, "Où est le Louvre-Lens ?", "other") == 200
        _answered(visitor, "other")
