"""The headers of every response."""

from __future__ import annotations

import re
from collections.abc import Mapping

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from ui.security import SecurityHeaders


def _nonce(request: Request) -> PlainTextResponse:
    return PlainTextResponse(request.state.nonce)


def _client(*sites: str) -> TestClient:
    app = Starlette(routes=[Route("/", _nonce)])
    return TestClient(SecurityHeaders(app, sites, "/equipe"), base_url="http://127.0.0.1")


def _policy(headers: Mapping[str, str]) -> dict[str, str]:
    parts = headers["content-security-policy"].split("; ")
    return {name: rest for name, _, rest in (part.partition(" ") for part in parts)}


def test_only_marked_scripts_of_ours_run() -> None:
    """The number in the policy is the page's, new each time; nothing is evaluated or inline."""
    client = _client()
    first, second = client.get("/"), client.get("/")
    assert _policy(first.headers)["script-src"] == f"'self' 'nonce-{first.text}'"
    assert first.text != second.text
    assert len(first.text) >= 20


def test_nobody_else_is_reached_or_frames_us() -> None:
    """Connections, forms and frames are our own; errors carry the headers too."""
    response = _client().get("/nothing")
    assert response.status_code == 404
    policy = _policy(response.headers)
    assert policy["default-src"] == policy["connect-src"] == policy["form-action"] == "'self'"
    assert policy["object-src"] == "'none'"
    assert policy["frame-ancestors"] == "'self'"
    assert response.headers["x-frame-options"] == "SAMEORIGIN"
    assert response.headers["x-content-type-options"] == "nosniff"
    assert response.headers["referrer-policy"] == "same-origin"
    assert "strict-transport-security" not in response.headers


def test_sites_of_the_settings_may_frame() -> None:
    """They are named, and the older header, which can name none, is left out."""
    response = _client("https://a.example", "https://*.b.example").get("/")
    ancestors = "'self' https://a.example https://*.b.example"
    assert _policy(response.headers)["frame-ancestors"] == ancestors
    assert "x-frame-options" not in response.headers


def test_https_stays_https() -> None:
    """Behind TLS the browser is told to come back by TLS."""
    response = TestClient(
        SecurityHeaders(Starlette(routes=[Route("/", _nonce)]), (), "/equipe"),
        base_url="https://127.0.0.1",
    ).get("/")
    assert response.headers["strict-transport-security"] == "max-age=31536000"


@pytest.mark.parametrize("path", ["/", "/about", "/health", "/page/chat.css", "/nothing", "/e/x"])
def test_every_address_of_the_chat_has_them(server: str, path: str) -> None:
    """The chat, pages, files and refusals; and the policy lets no script in by name of a host."""
    response = httpx.get(server + path)
    assert "frame-ancestors 'self'" in response.headers["content-security-policy"]
    scripts = _policy(response.headers)["script-src"]
    assert re.fullmatch(r"'self' 'nonce-[\w-]+'", scripts)
