"""The headers of every response: what a browser may load, run, frame and tell."""

from __future__ import annotations

import secrets
from typing import Final

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_HEADERS: Final = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
_FILES: Final = ("/page/", "/assets/", "/static/", "/equipe/assets/", "/equipe/static/")
_A_YEAR: Final = "max-age=31536000"


class SecurityHeaders:
    """Adds the headers, and a number used once that marks the scripts of the page as ours.

    Args:
        app: what it stands before.
        embed_on: sites that may show a page in a frame.
        never_framed: beginning of the addresses that no site may, this one included.
    """

    def __init__(self, app: ASGIApp, embed_on: tuple[str, ...], never_framed: str) -> None:
        self._app = app
        self._never_framed = never_framed
        self._ancestors = " ".join(("'self'", *embed_on))
        self._framed = bool(embed_on)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handles one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        nonce = secrets.token_urlsafe(16)
        scope.setdefault("state", {})["nonce"] = nonce

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.update(_HEADERS)
                if not scope["path"].startswith(_FILES):
                    headers.setdefault("Cache-Control", "no-store")
                alone = scope["path"].startswith(self._never_framed)
                ancestors = "'none'" if alone else self._ancestors
                headers["Content-Security-Policy"] = _policy(nonce, ancestors)
                if alone or not self._framed:
                    headers["X-Frame-Options"] = "DENY" if alone else "SAMEORIGIN"
                if scope.get("scheme") == "https":
                    headers["Strict-Transport-Security"] = _A_YEAR
            await send(message)

        await self._app(scope, receive, send_with_headers)


def _policy(nonce: str, ancestors: str) -> str:
    return "; ".join(
        (
            "default-src 'self'",
            f"script-src 'self' 'nonce-{nonce}'",
            # Gradio's components set styles of their own while they run.
            "style-src 'self' 'unsafe-inline'",
            "img-src 'self' data: blob:",
            "font-src 'self' data:",
            "connect-src 'self'",
            "object-src 'none'",
            "base-uri 'self'",
            "form-action 'self'",
            f"frame-ancestors {ancestors}",
        )
    )
