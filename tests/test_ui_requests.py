"""What strangers, other sites and proxies can do to a running server, by real requests."""

from __future__ import annotations

import asyncio
import json
import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager, suppress
from http.client import HTTPConnection
from urllib.parse import urlsplit

import httpx
import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.types import ASGIApp

from ui.security import ForwardedHeaders, RequestBounds, bounded_protocol

SISTER = "https://sister.example"


@contextmanager
def serving(app: ASGIApp, **options: object) -> Iterator[str]:
    """Serves an application on a free port while the context lasts."""
    config = uvicorn.Config(app, port=0, log_level="error", proxy_headers=False, **options)  # type: ignore[arg-type]
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join(10)


async def _who(request: Request) -> PlainTextResponse:
    host = request.client.host if request.client else ""
    left = [name for name in request.headers if "forwarded" in name]
    return PlainTextResponse(f"{host} {request.url.scheme} {left}")


async def _slow(request: Request) -> PlainTextResponse:
    await asyncio.sleep(1)
    return PlainTextResponse("done")


async def _large(_: Request) -> PlainTextResponse:
    return PlainTextResponse(b"x" * LARGE)


LARGE = 50_000_000
APP = Starlette(
    routes=[
        Route("/who", _who),
        Route("/slow", _slow),
        Route("/large", _large),
        Route("/take", _who, methods=["POST"]),
    ]
)


@pytest.mark.parametrize("path", ["/", "/config", "/about", "/health", "/equipe/connexion"])
@pytest.mark.parametrize("origin", [SISTER, "null", "http://127.0.0.1:1"])
def test_no_other_site_reads_an_answer(server: str, path: str, origin: str) -> None:
    """No answer allows an origin, nor does one to the question before a request."""
    read = httpx.get(server + path, headers={"origin": origin})
    asked = httpx.options(
        server + path, headers={"origin": origin, "access-control-request-method": "POST"}
    )
    for response in (read, asked):
        assert "access-control-allow-origin" not in response.headers
        assert "access-control-allow-credentials" not in response.headers
        assert "access-control-allow-methods" not in response.headers
    assert asked.status_code == 403


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": SISTER},
        {"origin": "null"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site", "sec-fetch-mode": "navigate"},
    ],
)
@pytest.mark.parametrize("path", ["/feedback", "/share", "/gradio_api/queue/join"])
def test_no_other_site_sends_anything(server: str, path: str, headers: dict[str, str]) -> None:
    """Whatever its browser says of it, a page of another origin acts nowhere."""
    sent = httpx.post(server + path, headers=headers, json={})
    assert (sent.status_code, sent.text) == (403, "Another site's page cannot send this.\n")


def test_staff_pages_answer_no_page_of_another_site(server: str) -> None:
    """Another site may link there, but not fetch from there."""
    login = f"{server}/equipe/connexion"
    fetched = httpx.get(login, headers={"sec-fetch-site": "same-site", "sec-fetch-mode": "cors"})
    visited = httpx.get(
        login, headers={"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate"}
    )
    assert (fetched.status_code, visited.status_code) == (403, 200)
    assert httpx.get(login, headers={"origin": SISTER}).status_code == 403


def test_a_long_opinion_is_refused_before_it_is_looked_at(server: str) -> None:
    """Tens of thousands of unknown keys cost as much as one; so does what never ends."""
    keys = json.dumps({f"key{number}": number for number in range(50_000)}).encode()
    began = time.monotonic()
    assert httpx.post(f"{server}/feedback", content=keys).status_code == 413
    assert httpx.post(f"{server}/feedback", content=iter([keys] * 20)).status_code == 413
    assert httpx.post(f"{server}/share", content=b"x" * 1001).status_code == 413
    assert time.monotonic() - began < 2
    few = json.dumps({f"key{number}": number for number in range(500)}).encode()
    refused = httpx.post(f"{server}/feedback", content=few)
    assert refused.status_code == 422
    assert len(refused.content) < 1000


def test_a_forwarded_host_reaches_no_page(server: str) -> None:
    """Nobody has a page name another host, and nothing of a visitor's is kept by caches."""
    headers = {
        "x-forwarded-host": "evil.example",
        "forwarded": "host=evil.example",
        "x-gradio-server": "http://evil.example",
    }
    for path in ("/", "/config", "/about", "/e/unknown"):
        page = httpx.get(server + path, headers=headers)
        assert "evil.example" not in page.text
        assert page.headers["cache-control"] == "no-store"


def test_no_second_request_hides_in_a_body(server: str) -> None:
    """A request with two lengths is refused, and what follows on its connection is not read."""
    where = urlsplit(server)
    head = "POST /share HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nTransfer-Encoding: chunked"
    with socket.create_connection((where.hostname, where.port), timeout=30) as connection:
        connection.sendall(
            f"{head}\r\n\r\n0\r\n\r\nGET /about HTTP/1.1\r\nHost: x\r\n\r\n".encode()
        )
        told = b"".join(iter(lambda: connection.recv(65536), b""))
    assert told.startswith(b"HTTP/1.1 400 ")
    assert told.count(b"HTTP/1.1 ") == 1


def test_the_address_of_a_visitor_is_what_a_named_proxy_says() -> None:
    """A proxy that the settings name is believed; no forwarded header goes further."""
    sent = {"x-forwarded-for": "192.0.2.7", "x-forwarded-proto": "https", "x-forwarded-host": "x"}
    with serving(ForwardedHeaders(APP, ("127.0.0.0/8",))) as address:
        assert httpx.get(f"{address}/who", headers=sent).text == "192.0.2.7 https []"


def test_the_address_of_a_visitor_is_not_what_anybody_says(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Nobody else is believed; the first time, the log says how to name a proxy."""
    with serving(ForwardedHeaders(APP, ("192.0.2.1",))) as address:
        for _ in range(2):
            told = httpx.get(f"{address}/who", headers={"x-forwarded-for": "192.0.2.7"}).text
            assert told == "127.0.0.1 http []"
    assert [one.message for one in caplog.records if "trusted_proxies" in one.message] == [
        "A request from 127.0.0.1 names another address in X-Forwarded-For, which is not believed. "
        "If that is your proxy, name it in `trusted_proxies` under [chat] in the settings."
    ]


def test_requests_at_once_are_bounded_by_address() -> None:
    """One address has no more under way than is allowed; afterwards it may ask again."""
    with serving(RequestBounds(APP, {}, at_once=3)) as address:
        with ThreadPoolExecutor(8) as crowd, httpx.Client(timeout=20) as client:
            asked = crowd.map(client.get, [f"{address}/slow"] * 8)
            assert sorted(one.status_code for one in asked) == [200] * 3 + [429] * 5
        assert httpx.get(f"{address}/who").status_code == 200


def test_connections_of_one_address_are_bounded() -> None:
    """What is above the bound is closed at once; what never asks is closed after a while."""
    protocol = bounded_protocol(most=5, head=0.5)
    with serving(APP, http=protocol) as address:
        where = (urlsplit(address).hostname, urlsplit(address).port)
        held = [socket.create_connection(where, timeout=5) for _ in range(5)]
        with closing(socket.create_connection(where, timeout=5)) as above:
            assert _is_closed(above)
        held[0].sendall(b"GET /who HTTP/1.1\r\nHost: x\r\n\r\n")
        assert held[0].recv(12) == b"HTTP/1.1 200"
        held[1].sendall(b"GET /who HTTP/1.1\r\nHost")
        assert _is_closed(held[1])  # it never finished its question
        assert _is_closed(held[2])
        assert httpx.get(f"{address}/who").status_code == 200
        for one in held:
            one.close()


def test_a_named_proxy_holds_any_number_of_connections() -> None:
    """It brings all visitors."""
    with serving(APP, http=bounded_protocol(("127.0.0.1/32",), most=2)) as address:
        where = (urlsplit(address).hostname, urlsplit(address).port)
        held = [socket.create_connection(where, timeout=5) for _ in range(8)]
        for one in held:
            one.sendall(b"GET /who HTTP/1.1\r\nHost: x\r\n\r\n")
            assert one.recv(12) == b"HTTP/1.1 200"
            one.close()


@pytest.mark.parametrize("proxies", [(), ("127.0.0.1/32",)])
@pytest.mark.parametrize(
    ("begun", "trickle"),
    [
        (b"GET /who HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n", b"x"),
        (b"GET /who HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n"),
        (b"POST /none HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n", b"x"),
        (b"GET /who HTTP/1.1\r\nHost: x\r\n\r\nGET /who HTTP/1.1\r\nX: ", b"x"),
        (b"GET /who HTTP/1.1\r\nHost: x\r\n\r\n", b"\r\n"),
        (b"GET /who HTTP/1.1\r\nX: ", b"x"),
    ],
)
def test_a_request_that_trickles_ends(
    begun: bytes, trickle: bytes, proxies: tuple[str, ...]
) -> None:
    """Whatever part of it comes byte by byte, the first request or a later one, read or not."""
    with serving(APP, http=bounded_protocol(proxies, head=0.6, transfer=1)) as url:
        where = (urlsplit(url).hostname, urlsplit(url).port)
        with closing(socket.create_connection(where, timeout=5)) as slow:
            slow.sendall(begun)
            began = time.monotonic()
            with suppress(ConnectionError):
                while time.monotonic() - began < 4:
                    slow.sendall(trickle)
                    time.sleep(0.1)
            assert time.monotonic() - began < 3


def test_an_answer_that_nobody_takes_ends() -> None:
    """Who reads nothing of what was asked for holds no buffer and no request for long."""
    with serving(APP, http=bounded_protocol(transfer=0.5)) as url:
        where = (urlsplit(url).hostname, urlsplit(url).port)
        with closing(socket.create_connection(where, timeout=5)) as idle:
            idle.sendall(b"GET /large HTTP/1.1\r\nHost: x\r\n\r\n")
            time.sleep(1.5)
            taken = 0
            with suppress(ConnectionResetError):
                while part := idle.recv(1 << 20):
                    taken += len(part)
        assert 0 < taken < LARGE
        assert len(httpx.get(f"{url}/large").content) == LARGE


def test_a_connection_that_keeps_asking_stays_open() -> None:
    """The bounds are of each request: neither slow answers nor many questions use them up."""
    with (
        serving(APP, http=bounded_protocol(head=0.5, transfer=0.5)) as url,
        closing(HTTPConnection(urlsplit(url).netloc, timeout=5)) as busy,
    ):
        busy.connect()
        first = busy.sock
        for path in ("/who", "/who", "/slow", "/who", "/slow", "/who"):
            busy.request("GET", path)
            assert busy.getresponse().read()
            time.sleep(0.3)
        busy.putrequest("POST", "/take")
        busy.putheader("Content-Length", "2")
        busy.endheaders(b"a")
        time.sleep(0.3)
        busy.send(b"b")
        assert busy.getresponse().status == 200
        assert busy.sock is first


def test_a_body_that_trickles_ends() -> None:
    """A stated length that never comes holds nothing for long."""
    with serving(RequestBounds(APP, {"/take": 100}, seconds=0.5)) as address:
        where = (urlsplit(address).hostname, urlsplit(address).port)
        with closing(socket.create_connection(where, timeout=5)) as slow:
            slow.sendall(b"POST /take HTTP/1.1\r\nHost: x\r\nContent-Length: 50\r\n\r\nab")
            assert slow.recv(12) == b"HTTP/1.1 408"


def _is_closed(connection: socket.socket) -> bool:
    try:
        return connection.recv(1) == b""
    except ConnectionResetError:
        return True
