"""The door in front of the pages of staff: nothing behind it is reached without a session.

Whatever is under `/equipe`, pages, assets and every route of Gradio, is asked through this one
place. It also serves the log-in page, which needs no script.
"""

from __future__ import annotations

import logging
import math
from typing import Final
from urllib.parse import parse_qs

from anyio import CapacityLimiter, to_thread
from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from assistant.access import Access
from assistant.errors import AccessDelayed, AccessDenied, JournalUnavailable
from assistant.journal import Account
from ui.limits import address_block
from ui.security import comes_from_here
from ui.security.bodies import read_body
from ui.staff.login import login_html
from ui.staff.texts import StaffWords

COOKIE: Final = "equipe"
DEVICE_COOKIE: Final = "equipe-appareil"
LOGIN: Final = "/connexion"
LOGOUT: Final = "/deconnexion"
_LONGEST_FORM: Final = 10_000
_LOG_INS_AT_ONCE: Final = 16
_LOOKED_UP_AT_ONCE: Final = 8
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
        # Threads of our own: whatever happens here, visitors' pages wait for none of them.
        self._log_ins = CapacityLimiter(_LOG_INS_AT_ONCE)
        self._looked_up = CapacityLimiter(_LOOKED_UP_AT_ONCE)

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
        if not comes_from_here(request):
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
        if not session:
            return None
        return await to_thread.run_sync(self._access.account, session, limiter=self._looked_up)

    async def _log_out(self, request: Request) -> Response:
        if session := request.cookies.get(COOKIE):
            await to_thread.run_sync(self._access.log_out, session, limiter=self._looked_up)
        response = RedirectResponse(self._path + LOGIN, 303)
        response.delete_cookie(COOKIE, path=self._path)
        return response

    async def _log_in(self, request: Request) -> Response:
        if request.method != "POST":
            return HTMLResponse(login_html(self._words, self._path + LOGIN))
        form = await _form(request)
        name, password = form.get("name", "").strip(), form.get("password", "")
        place = address_block(request.client.host if request.client else "")
        device = request.cookies.get(DEVICE_COOKIE)
        try:
            admission = await to_thread.run_sync(
                self._access.log_in, name, password, place, device, limiter=self._log_ins
            )
        except AccessDelayed as error:
            problem = self._words.login.wait(error.seconds)
            page = login_html(self._words, self._path + LOGIN, problem, name)
            headers = {"Retry-After": str(math.ceil(error.seconds))}
            return HTMLResponse(page, 429, headers)
        except AccessDenied:
            page = login_html(self._words, self._path + LOGIN, self._words.login.wrong, name)
            return HTMLResponse(page, 403)
        response = RedirectResponse(self._path + "/", 303)
        secure = request.url.scheme == "https"
        kept = [(COOKIE, admission.session, self._access.session_seconds, self._path)]
        if admission.device:
            lasts = self._access.device_seconds
            kept.append((DEVICE_COOKIE, admission.device, lasts, self._path + LOGIN))
        for key, value, lasts, path in kept:
            response.set_cookie(
                key, value, lasts, path=path, secure=secure, httponly=True, samesite="strict"
            )
        return response


async def _form(request: Request) -> dict[str, str]:
    """Returns the fields of a short form; none of one that is long, or comes too slowly."""
    body = await read_body(request, _LONGEST_FORM)
    if not isinstance(body, bytes):
        return {}
    fields = parse_qs(body.decode("utf-8", "replace"), keep_blank_values=True)
    return {name: values[0] for name, values in fields.items()}


def _with_headers(send: Send) -> Send:
    async def send_with_headers(message: Message) -> None:
        if message["type"] == "http.response.start":
            MutableHeaders(scope=message).update(_HEADERS)
        await send(message)

    return send_with_headers
