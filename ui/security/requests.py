"""Bounds of what one visitor may send: to which origin, how long, how slowly, how much at once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Final

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from ui.limits import address_block
from ui.security.bodies import BODY_SECONDS, read_body, replayed
from ui.security.origins import SAFE_METHODS, comes_from_here

_TOO_MANY: Final = "Too many requests at once. Try again in a moment.\n"
_WRONG_ORIGIN: Final = "Another site's page cannot send this.\n"
_TWO_LENGTHS: Final = "This request says its length in two ways.\n"
_AT_ONCE: Final = 200


class RequestBounds:
    """Refuses what other sites' pages send, what is too long, and what is too much at once.

    Args:
        app: what it stands before.
        body_bytes: by path, the longest body; bodies of other paths are not looked at.
        at_once: requests of one address that may be under way, open streams among them.
        seconds: that a body may take to arrive.
    """

    def __init__(
        self,
        app: ASGIApp,
        body_bytes: Mapping[str, int],
        at_once: int = _AT_ONCE,
        seconds: float = BODY_SECONDS,
    ) -> None:
        self._app = app
        self._body_bytes = body_bytes
        self._at_once = at_once
        self._seconds = seconds
        self._open: Counter[str] = Counter()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handles one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        client = scope.get("client")
        address = address_block(client[0] if client else "")
        if self._open[address] >= self._at_once:
            refusal = PlainTextResponse(_TOO_MANY, 429, headers={"Retry-After": "5"})
            await refusal(scope, receive, send)
            return
        self._open[address] += 1
        try:
            await self._bounded(Request(scope, receive), scope, receive, send)
        finally:
            self._open[address] -= 1
            if not self._open[address]:
                del self._open[address]

    async def _bounded(self, request: Request, scope: Scope, receive: Receive, send: Send) -> None:
        if {"content-length", "transfer-encoding"} <= set(request.headers):
            # A proxy that believes the other one would take what follows for somebody else's.
            refusal = PlainTextResponse(_TWO_LENGTHS, 400, headers={"Connection": "close"})
            await refusal(scope, receive, send)
            return
        if request.method not in SAFE_METHODS and not comes_from_here(request):
            await PlainTextResponse(_WRONG_ORIGIN, 403)(scope, receive, send)
            return
        most = self._body_bytes.get(scope["path"])
        if most is None or request.method in SAFE_METHODS:
            await self._app(scope, receive, send)
            return
        body = await read_body(request, most, self._seconds)
        if body is None:
            return
        if isinstance(body, Response):
            await body(scope, receive, send)
            return
        await self._app(scope, replayed(body, receive), send)
