"""What a proxy says of a request, believed only of a proxy that the settings name."""

from __future__ import annotations

import logging
from typing import Final

from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

_LOG: Final = logging.getLogger(__name__)
_FOR: Final = b"x-forwarded-for"
_NEVER_HANDED_ON: Final = (b"x-forwarded-", b"x-gradio-")


class ForwardedHeaders:
    """Takes address and scheme of a visitor from the headers of a trusted proxy.

    `X-Forwarded-For` and `X-Forwarded-Proto` are read by uvicorn's middleware, and only where the
    request comes from such a proxy. No forwarded header goes any further: Gradio would build
    addresses of its pages from `X-Forwarded-Host` and `X-Gradio-Server`, whoever sent them.

    Args:
        app: what it stands before.
        trusted: addresses or networks of the proxies.
    """

    def __init__(self, app: ASGIApp, trusted: tuple[str, ...]) -> None:
        self._app = app
        self._told = False
        self._trusted = ProxyHeadersMiddleware(self._without_headers, list(trusted))  # type: ignore[arg-type]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handles one request."""
        before = scope.get("client")
        sent = scope["type"] == "http" and any(name == _FOR for name, _ in scope["headers"])
        await self._trusted(scope, receive, send)  # type: ignore[arg-type]
        if sent and not self._told and scope.get("client") == before:
            self._told = True
            _LOG.warning(
                "A request from %s names another address in X-Forwarded-For, which is not "
                "believed. If that is your proxy, name it in `trusted_proxies` under [chat] in the "
                "settings.",
                before[0] if before else "nowhere",
            )

    async def _without_headers(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            scope["headers"] = [
                (name, value)
                for name, value in scope["headers"]
                if name != b"forwarded" and not name.startswith(_NEVER_HANDED_ON)
            ]
        await self._app(scope, receive, send)
