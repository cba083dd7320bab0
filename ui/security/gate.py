"""The gate before Gradio: its unused addresses are closed, and no event carries what it should not.

Gradio takes whatever a client sends in place of a component's value. A dictionary that looks like
an uploaded file has it copy that file, wherever it lies, to where it serves files from. So every
event is held against the components that it names before Gradio sees it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import gradio as gr
from gradio.block_function import BlockFunction
from gradio.components import Component
from gradio.utils import get_upload_folder
from python_multipart.multipart import parse_options_header
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from ui.limits import VisitorLimit
from ui.security.bodies import read_body, replayed
from ui.security.origins import SAFE_METHODS
from ui.security.turns import sender_of, waiting_anywhere

JOIN: Final = "/gradio_api/queue/join"
UPLOAD: Final = "/gradio_api/upload"
_UPLOAD_PROGRESS: Final = "/gradio_api/upload_progress"

_ASSETS: Final = ("/assets/", "/static/", "/svelte/")
_READABLE: Final = frozenset(
    {
        "/", "/config", "/favicon.ico", "/theme.css", "/gradio_api/theme.css",
        "/gradio_api/startup-events",
        "/gradio_api/queue/data", "/gradio_api/app_id",
    }
)  # fmt: skip
_HEARTBEAT: Final = "/gradio_api/heartbeat/"
_BODY_KEYS: Final = frozenset({"data", "fn_index", "session_hash", "event_data", "trigger_id"})
_SESSION_HASH_LENGTH: Final = 64
_MOST_IN_A_LIST: Final = 1000
_HALF_CHARACTER: Final = re.compile("[\ud800-\udfff]")
_MOST_UNREAD: Final = 200
_MOST_WAITING: Final = 100
"""Events of one address that may wait at once, so that no one fills the line of all."""
_NOT_ALLOWED: Final = "This account may not upload.\n"
_TOO_MANY: Final = "Too many events. Try again in a minute.\n"
_REFUSED: Final = "This event is not one of this page.\n"
_NOT_FOUND: Final = "Not found.\n"
_MULTIPART_OVERHEAD: Final = 10_000
_MOST_PARTS: Final = 2

Check = Callable[[Any], bool]
"""Tells whether a value is one that a component sends."""


@dataclass(frozen=True, slots=True)
class Allowed:
    """What the pages of one Gradio application need.

    Attributes:
        event_bytes: longest body of an event.
        event_brackets: lists and objects in it, those in texts counted too.
        upload_bytes: longest file that may be uploaded; None where none may.
        path: where the pages are mounted, such as `/equipe`; empty for the root.
        addresses: of pages and files below that path, besides the first.
        per_minute: events of one page; those behind one address send ten times as many.
        may_upload: tells of a request whether who sends it may upload.
    """

    event_bytes: int
    event_brackets: int = 100
    upload_bytes: int | None = None
    path: str = ""
    addresses: frozenset[str] = frozenset()
    per_minute: int = 120
    may_upload: Callable[[Scope], bool] = lambda _: False


class GradioGate:
    """Lets through to a Gradio application what its own pages send, and nothing else.

    Args:
        app: the Gradio application.
        blocks: its pages.
        allowed: what they need.

    Raises:
        TypeError: an event takes a component of which nobody said what it sends.
    """

    def __init__(self, app: ASGIApp, blocks: gr.Blocks, allowed: Allowed) -> None:
        self._app = app
        self._allowed = allowed
        self._queue = blocks._queue
        self._limit = VisitorLimit(allowed.per_minute)
        self._readable = _READABLE | {f"/{address}" for address in allowed.addresses}
        self._written = {JOIN: allowed.event_bytes}
        if allowed.upload_bytes is not None:
            self._written[UPLOAD] = allowed.upload_bytes + _MULTIPART_OVERHEAD
            self._readable |= {_UPLOAD_PROGRESS}
        folder = Path(get_upload_folder()) if allowed.upload_bytes is not None else None
        self._events = {
            number: _checks(event, folder)
            for number, event in blocks.fns.items()
            if isinstance(number, int)
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hands a request on, or answers it with a refusal."""
        if scope["type"] != "http":
            if scope["type"] == "websocket":
                await send({"type": "websocket.close", "code": 1008})
                return
            await self._app(scope, receive, send)
            return
        request = Request(scope, receive)
        address = scope["path"].removeprefix(self._allowed.path) or "/"
        if request.method in SAFE_METHODS and self._may_be_read(address):
            await self._app(scope, receive, send)
            return
        found = await self._written_to(address, request)
        if isinstance(found, Response):
            await found(scope, receive, send)
        elif found is not None:
            await self._app(scope, replayed(found, receive), send)

    async def _written_to(self, address: str, request: Request) -> bytes | Response | None:
        """Returns the body of a request that gets through, or the refusal of one that does not."""
        if request.method != "POST" or address not in self._written:
            return PlainTextResponse(_NOT_FOUND, 404)
        if address == UPLOAD and not self._allowed.may_upload(request.scope):
            return PlainTextResponse(_NOT_ALLOWED, 403)
        body = await read_body(request, self._written[address])
        if not isinstance(body, bytes):
            return body
        if address == UPLOAD:
            page = UPLOAD if _one_file(request, body) else None
        else:
            page = self._page_of(body)
        if page is None:
            return PlainTextResponse(_REFUSED, 422)
        if not self._may_send(page, request):
            return PlainTextResponse(_TOO_MANY, 429, headers={"Retry-After": "60"})
        return body

    def _may_send(self, page: str, request: Request) -> bool:
        """Counts an event and tells whether it is not one too many, or one that nobody reads."""
        sender = sender_of(request)
        return (
            self._limit.allows(page, sender)
            and self._unread(page) <= _MOST_UNREAD
            and waiting_anywhere(self._queue, sender) < _MOST_WAITING
        )

    def _may_be_read(self, address: str) -> bool:
        known = address.rstrip("/") or "/"
        heartbeat = address.removeprefix(_HEARTBEAT)
        return (
            known in self._readable
            or address.startswith(_ASSETS)
            or (heartbeat != address and heartbeat.isalnum())
        )

    def _unread(self, page: str) -> int:
        """Returns how many messages wait for a page that does not read them."""
        waiting = self._queue.pending_messages_per_session
        return waiting[page].qsize() if page in waiting else 0

    def _page_of(self, body: bytes) -> str | None:
        """Returns the name of the page that sent an event; None for what is none of these pages'.

        An event names one of them, and holds values that its components send.
        """
        # Reading lists by the thousand would take longer than all else.
        if body.count(b"[") + body.count(b"{") > self._allowed.event_brackets:
            return None
        try:
            event = json.loads(body)
        except (ValueError, RecursionError):
            return None
        if not isinstance(event, dict) or not _BODY_KEYS.issuperset(event):
            return None
        number, values = event.get("fn_index"), event.get("data")
        session = event.get("session_hash")
        if not isinstance(number, int) or not isinstance(values, list):
            return None
        checks = self._events.get(number)
        sound = (
            checks is not None
            and len(values) == len(checks)
            and all(check(value) for check, value in zip(checks, values, strict=True))
            and isinstance(session, str)
            and session.isalnum()
            and len(session) <= _SESSION_HASH_LENGTH
            and isinstance(event.get("trigger_id"), int | None)
            and not holds_file(event.get("event_data"))
        )
        return str(session) if sound else None


def holds_file(value: Any) -> bool:
    """Tells whether a value, or anything in it, would be taken by Gradio for a file."""
    waiting = [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, dict):
            if "path" in one or "meta" in one:
                return True
            waiting += one.values()
        elif isinstance(one, list):
            waiting += one
    return False


def _checks(event: BlockFunction, uploads: Path | None) -> tuple[Check, ...]:
    return tuple(_check_of(component, uploads) for component in event.inputs)


def _check_of(component: Any, uploads: Path | None) -> Check:
    if isinstance(component, gr.File) and uploads is not None:
        return lambda value: value is None or _is_upload(value, uploads)
    for kind, check in _SENT.items():
        if isinstance(component, kind):
            return check
    raise TypeError(f"Nobody said what a {type(component).__name__} sends.")


def _is_text(value: Any) -> bool:
    """Tells whether a value is a text, or none; half a character is not."""
    return value is None or (isinstance(value, str) and not _HALF_CHARACTER.search(value))


def _is_choice(value: Any) -> bool:
    return value is None or isinstance(value, str | int | float)


def _are_choices(value: Any) -> bool:
    if value is None:
        return True
    return isinstance(value, list) and len(value) <= _MOST_IN_A_LIST and all(map(_is_choice, value))


_SENT: Final[Mapping[type[Component], Check]] = {
    gr.Textbox: _is_text,
    gr.Radio: _is_choice,
    gr.Dropdown: _is_choice,
    gr.CheckboxGroup: _are_choices,
    gr.Checkbox: lambda value: isinstance(value, bool | None),
    gr.Timer: lambda value: value is None or isinstance(value, int | float),
    # What a page remembers stays with the server.
    gr.State: lambda value: value is None,
}


def _is_upload(value: Any, folder: Path) -> bool:
    """Tells whether a value is a file that was uploaded, and lies where uploads lie."""
    if not isinstance(value, dict) or not isinstance(value.get("path"), str):
        return False
    rest = [part for key, part in value.items() if key not in {"path", "meta"}]
    if holds_file(rest) or value.get("meta") != {"_type": "gradio.FileData"}:
        return False
    try:
        path = Path(value["path"])
        return (
            path.is_absolute()
            and path.is_file()
            and not path.is_symlink()
            and path.resolve().is_relative_to(folder.resolve())
            and path.parent.resolve() == path.parent
        )
    except (OSError, ValueError):
        return False


def _one_file(request: Request, body: bytes) -> bool:
    """Tells whether a form holds one file: its boundary stands before it, and at its end."""
    # The parser's own reading of the header, so that both mean the same boundary.
    kind, options = parse_options_header(request.headers.get("content-type"))
    marker = options.get(b"boundary", b"")
    return (
        kind == b"multipart/form-data"
        and bool(marker)
        and body.count(b"--" + marker) <= _MOST_PARTS
    )
