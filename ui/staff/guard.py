"""The door in front of the pages of staff: nothing behind it is reached without a session.

Whatever is under `/equipe`, pages, assets and every route of Gradio, is asked through this one
place. It also serves the log-in page, which needs no script.
"""

from __future__ import annotations

import logging
from typing import Final
from urllib.parse import parse_qs, urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from assistant.access import Access
from assistant.errors import AccessDenied, JournalUnavailable
from assistant.journal import Account
from ui.staff.login import login_html
from ui.staff.texts import StaffWords

COOKIE: Final = "equipe"
LOGIN: Final = "/connexion"
LOGOUT: Final = "/deconnexion"
_LONGEST_FORM: Final = 10_000
_SAFE: Final = {"GET", "HEAD"}
_HEADERS: Final = {"Cache-Control": "no-store"}
_LOG: Final = logging.getLogger(__name__)


class StaffGuard:
    """Lets only staff through to an application.

    Args:
        app: mounted at `path`.
        path: such as `/equipe`.
        access: knows the sessions.
        words: of the log-in page and of refusals.
    """

    def __init__(self, app: ASGIApp, path: str, access: Access, words: StaffWords) -> None:
        self._app = app
        self._path = path
        self._access = access
        self._words = words

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers a request itself, or hands it on with the account in its scope."""
        if scope["type"] != "http":
            if scope["type"] == "websocket":
                await send({"type": "websocket.close", "code": 1008})
            return
        request = Request(scope, receive)
        try:
            response = await self._answer(request)
        except JournalUnavailable as error:
            _LOG.warning("Staff cannot get in: %s", error)
            response = PlainTextResponse(self._words.common.unavailable, 503)
        if response is not None:
            response.headers.update(_HEADERS)
            await response(scope, receive, send)
            return
        await self._app(scope, receive, _with_headers(send))

    async def _answer(self, request: Request) -> Response | None:
        """Returns the answer to a request that does not get through; None for one that does."""
        if request.method not in _SAFE and not _from_here(request):
            return PlainTextResponse(self._words.common.wrong_origin, 403)
        path = request.url.path.removeprefix(self._path).rstrip("/")
        if path == LOGIN:
            return await self._log_in(request)
        if path == LOGOUT and request.method == "POST":
            return await self._log_out(request)
        account = await self._account(request)
        if account is None:
            if request.method == "GET" and "text/html" in request.headers.get("accept", ""):
                return RedirectResponse(self._path + LOGIN, 303)
            return PlainTextResponse(self._words.common.signed_out, 401)
        request.scope["staff"] = account
        return None

    async def _account(self, request: Request) -> Account | None:
        session = request.cookies.get(COOKIE)
        return await run_in_threadpool(self._access.account, session) if session else None

    async def _log_out(self, request: Request) -> Response:
        if session := request.cookies.get(COOKIE):
            await run_in_threadpool(self._access.log_out, session)
        response = RedirectResponse(self._path + LOGIN, 303)
        response.delete_cookie(COOKIE, path=self._path)
        return response

    async def _log_in(self, request: Request) -> Response:
        if request.method != "POST":
            return HTMLResponse(login_html(self._words, self._path + LOGIN))
        form = await _form(request)
        name, password = form.get("name", "").strip(), form.get("password", "")
        address = request.client.host if request.client else ""
        try:
            session = await run_in_threadpool(self._access.log_in, name, password, address)
        except AccessDenied as error:
            throttled = "Too many" in error.problem
            words = self._words.login
            problem = words.throttled if throttled else words.wrong
            page = login_html(self._words, self._path + LOGIN, problem, name)
            return HTMLResponse(page, 429 if throttled else 403)
        response = RedirectResponse(self._path + "/", 303)
        response.set_cookie(
            COOKIE,
            session,
            max_age=self._access.session_seconds,
            path=self._path,
            secure=request.url.scheme == "https",
            httponly=True,
            samesite="strict",
        )
        return response


async def _form(request: Request) -> dict[str, str]:
    """Returns the fields of a short form; none of a long one."""
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > _LONGEST_FORM:
            return {}
    fields = parse_qs(body.decode("utf-8", "replace"), keep_blank_values=True)
    return {name: values[0] for name, values in fields.items()}


def _from_here(request: Request) -> bool:
    """Tells whether a request comes from our own pages, as far as its sender says."""
    if request.headers.get("sec-fetch-site", "same-origin") not in {"same-origin", "none"}:
        return False
    origin = request.headers.get("origin")
    return origin is None or urlsplit(origin).netloc == request.headers.get("host")


def _with_headers(send: Send) -> Send:
    async def send_with_headers(message: Message) -> None:
        if message["type"] == "http.response.start":
            MutableHeaders(scope=message).update(_HEADERS)
        await send(message)

    return send_with_headers
