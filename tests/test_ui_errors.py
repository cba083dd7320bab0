"""What is said of an address that shows nothing: a page to visitors, as ever to scripts."""

from __future__ import annotations

import httpx
import pytest
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from ui.errors import ErrorPages
from ui.texts import load_words

BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8", "Accept-Language": "pl"}


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "/nothing"), ("GET", "/a/b/c"), ("GET", "/feedback"), ("POST", "/about")],
)
def test_browser_is_shown_a_page(server: str, method: str, path: str) -> None:
    """In its visitor's language, with its status, a way on, and under the policy of all pages."""
    response = httpx.request(method, f"{server}{path}", headers=BROWSER)
    words = load_words("pl")
    assert response.status_code == 404
    assert f"<h1>{words.errors.not_found.title}</h1>" in response.text
    assert words.page.back in response.text
    assert '<html lang="pl">' in response.text
    assert f'<base href="{"../" * (path.count("/") - 1) or "./"}">' in response.text
    assert "default-src 'self'" in response.headers["content-security-policy"]


@pytest.mark.parametrize("path", ["/nothing", "/gradio_api/queue/join"])
def test_script_is_told_as_ever(server: str, path: str) -> None:
    """Who does not ask for HTML gets no page."""
    response = httpx.get(f"{server}{path}", headers={"Accept": "*/*"})
    assert response.status_code == 404
    assert "<html" not in response.text


def _fail(_: Request) -> PlainTextResponse:
    raise RuntimeError("a secret")


def _many(_: Request) -> PlainTextResponse:
    raise HTTPException(429, headers={"Retry-After": "60"})


def _own(_: Request) -> HTMLResponse:
    return HTMLResponse("<p>our own</p>", 404)


@pytest.fixture
def client() -> TestClient:
    """An application in which things go wrong."""
    routes = [Route("/fail", _fail), Route("/many", _many), Route("/own", _own)]
    return TestClient(ErrorPages(Starlette(routes=routes)), raise_server_exceptions=False)


def test_failure_is_told_without_its_reason(client: TestClient) -> None:
    """500: a sentence for the visitor; what failed is for the log alone."""
    response = client.get("/fail", headers=BROWSER)
    assert response.status_code == 500
    assert load_words("pl").errors.failed.title in response.text
    assert "secret" not in response.text


def test_who_asks_too_much_is_told_when_to_come_back(client: TestClient) -> None:
    """429: the page, and still the header by which browsers and proxies wait."""
    response = client.get("/many", headers=BROWSER)
    assert (response.status_code, response.headers["retry-after"]) == (429, "60")
    assert load_words("pl").errors.too_many.text in response.text


def test_wrong_method_is_told(client: TestClient) -> None:
    """405: the page, where a browser sent what the address does not take."""
    response = client.post("/own", headers=BROWSER)
    assert response.status_code == 405
    assert load_words("pl").errors.not_allowed.title in response.text


def test_page_that_tells_its_own_error_stays(client: TestClient) -> None:
    """An answer that is HTML already is not replaced."""
    response = client.get("/own", headers=BROWSER)
    assert (response.status_code, response.text) == (404, "<p>our own</p>")
