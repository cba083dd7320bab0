"""Errors as pages: a browser is told in its visitor's language, a script as ever."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ui.page import here, text_page
from ui.texts import ErrorsWords, ErrorWords, load_words

_TOLD: Final[dict[int, Callable[[ErrorsWords], ErrorWords]]] = {
    404: lambda words: words.not_found,
    405: lambda words: words.not_allowed,
    429: lambda words: words.too_many,
    500: lambda words: words.failed,
}
_HTML: Final = "text/html"


class ErrorPages:
    """Puts a page in place of a refusal where a browser would show the refusal itself.

    Args:
        app: what it stands before.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handles one request."""
        accepted = Headers(scope=scope).get("accept", "") if scope["type"] == "http" else ""
        if _HTML not in accepted:
            await self._app(scope, receive, send)
            return
        begun = replaced = False

        async def send_or_replace(message: Message) -> None:
            nonlocal begun, replaced
            if message["type"] == "http.response.start":
                begun = True
                headers = MutableHeaders(scope=message)
                own = headers.get("content-type", "").startswith(_HTML)
                if message["status"] in _TOLD and not own:
                    replaced = True
                    retry = headers.get("retry-after")
                    await _page(scope, message["status"], retry)(scope, receive, send)
            if not replaced:
                await send(message)

        try:
            await self._app(scope, receive, send_or_replace)
        except Exception:
            # The server tells it to its log; the visitor is told here.
            if not begun:
                await _page(scope, 500, None)(scope, receive, send)
            raise


def _page(scope: Scope, status: int, retry_after: str | None) -> HTMLResponse:
    below = scope["path"].removeprefix(scope.get("root_path", ""))
    place = here(Request(scope), "./", root="../" * (below.count("/") - 1) or "./")
    told = _TOLD[status](load_words(place.language).errors)
    headers = {"Retry-After": retry_after} if retry_after else None
    return HTMLResponse(text_page("error.html", place, told=told), status, headers)
