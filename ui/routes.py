"""The pages and addresses of our own beside the chat: about, shared links, feedback, health."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Any, Final

from fastapi import APIRouter, FastAPI, HTTPException, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, JSONResponse, PlainTextResponse
from fastapi.staticfiles import StaticFiles
from pydantic import BaseModel, ConfigDict, Field
from starlette.concurrency import run_in_threadpool
from starlette.types import ASGIApp, Receive, Scope, Send

from assistant.domain import SourceDocument
from assistant.errors import InputError, JournalError
from assistant.index import Index
from assistant.journal import Feedback, FeedbackReason
from assistant.notice import read_notice
from assistant.texts import load_texts
from ui.chat import Service
from ui.health import Health
from ui.limits import VisitorLimit
from ui.page import MOST_COMPLETED, here, language_of, text_page
from ui.texts import load_words
from ui.visits import shared_messages

BODY_BYTES: Final = {"/feedback": 16_000, "/share": 1_000, "/complete": 2_000}
"""Longest body of what pages of ours send, by path."""
_PER_MINUTE: Final = 30
_COMPLETIONS_PER_MINUTE: Final = 600
"""Of one address, of which a whole class may type; each takes a core some 12 ms."""
_UNAVAILABLE: Final = 503


class _OfAnExchange(BaseModel):
    """What a page sends of an exchange.

    Staff see the ids of exchanges; that of the conversation is known to the visitor's page alone.
    """

    model_config = ConfigDict(extra="forbid")

    conversation: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,64}$")]
    exchange: Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")]


class Opinion(_OfAnExchange):
    """What a page sends when its visitor says something of an answer."""

    helpful: bool
    reasons: frozenset[FeedbackReason] = frozenset()
    text: Annotated[str, Field(max_length=2000)] = ""


class Wish(_OfAnExchange):
    """Which exchange a visitor wants a link to."""


class Typed(BaseModel):
    """What a page sends of a question that is being typed."""

    model_config = ConfigDict(extra="forbid")

    text: Annotated[str, Field(max_length=MOST_COMPLETED)]


def add_routes(app: FastAPI, service: Service) -> None:
    """Adds the pages and addresses; they must stand before the chat, which takes all others."""
    app.add_exception_handler(RequestValidationError, _malformed)
    app.include_router(_pages(service))
    app.include_router(_acts(service))
    health = Health(service)
    app.add_api_route("/health", lambda: _health(health), methods=["GET"])
    app.mount("/page", StaticFiles(directory=Path(str(files("ui") / "static"))), name="page")


def _pages(service: Service) -> APIRouter:
    router = APIRouter(default_response_class=HTMLResponse)

    @router.get("/about")
    def about(request: Request) -> str:
        place = here(request, "about")
        return text_page(
            "about.html",
            place,
            days=service.settings.journal.retention_days,
            deployer=service.settings.deployer,
            documents=_listed(service.assistant.index, place.language),
        )

    @router.get("/e/{token}")
    def shared(request: Request, token: str) -> HTMLResponse:
        place = here(request, f"e/{token}", root="../")
        turns = []
        day = ""
        for exchange in service.journal.shared(token):
            if turn := exchange.as_turn():
                turns.append(turn)
                day = exchange.asked_at.date().isoformat()
        page = text_page(
            "shared.html",
            place,
            messages=shared_messages(turns, service.assistant, place.language),
            date=load_texts(place.language).date(day),
            days=service.settings.journal.retention_days,
        )
        return HTMLResponse(page, 200 if turns else 404)

    @router.get("/manifest.webmanifest")
    def manifest(request: Request) -> JSONResponse:
        language = language_of(request)
        words = load_words(language).page
        icons = [
            {"src": f"page/icon-{size}.png", "sizes": f"{size}x{size}", "type": "image/png"}
            for size in (192, 512)
        ]
        content = {
            "name": words.title,
            "short_name": words.short_title,
            "description": words.purpose,
            "lang": language,
            "start_url": f"./?lang={language}",
            "display": "standalone",
            "background_color": "#faf8f4",
            "theme_color": "#9c3b26",
            "icons": icons,
        }
        return JSONResponse(content, media_type="application/manifest+json")

    return router


def _acts(service: Service) -> APIRouter:
    router = APIRouter()
    counted = _counter(_PER_MINUTE)
    completion_counted = _counter(_COMPLETIONS_PER_MINUTE)

    @router.post("/feedback", status_code=204)
    def feedback(request: Request, opinion: Opinion) -> Response:
        counted(request)
        given = Feedback(opinion.helpful, opinion.reasons, opinion.text)
        try:
            stored = service.recorder.feedback(opinion.conversation, opinion.exchange, given)
        except InputError as error:
            raise HTTPException(404) from error
        # What waits in line is not lost: it is written when the database is back.
        return Response(status_code=204 if stored else 202)

    @router.post("/share")
    def share(request: Request, wish: Wish) -> dict[str, str]:
        counted(request)
        try:
            token = service.journal.share(wish.exchange, conversation_id=wish.conversation)
        except InputError as error:
            raise HTTPException(404) from error
        except JournalError as error:
            raise HTTPException(_UNAVAILABLE) from error
        return {"path": f"e/{token}"}

    # Not GET: what is only typed would stand in the log of the proxy.
    @router.post("/complete")
    def complete(request: Request, typed: Typed) -> tuple[str, ...]:
        completion_counted(request)
        return service.assistant.suggestions.complete(typed.text, language_of(request))

    return router


def _counter(per_minute: int) -> Callable[[Request], None]:
    """Returns what counts the requests of an address and refuses those that are too many."""
    limit = VisitorLimit(per_minute)

    def count(request: Request) -> None:
        address = request.client.host if request.client else ""
        if not limit.allows("acts", address):
            raise HTTPException(429)

    return count


def _malformed(_: Request, __: Exception) -> Response:
    """Refuses in one sentence: telling all that is wrong would cost more than it was to send."""
    return PlainTextResponse("This is not what our pages send.\n", 422)


class ClosedGate:
    """Puts up the notice in place of the chat while staff have closed it.

    Args:
        app: what it stands before.
        service: knows the settings.
    """

    def __init__(self, app: ASGIApp, service: Service) -> None:
        self._app = app
        self._service = service

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handles one request."""
        answering: ASGIApp = self._app
        if scope["type"] == "http" and scope["path"] in {"", "/"}:
            request = Request(scope)
            notice = await run_in_threadpool(
                read_notice, self._service.settings, language_of(request)
            )
            if notice is not None:
                answering = _closed(request, notice)
        await answering(scope, receive, send)


def _closed(request: Request, notice: str) -> HTMLResponse:
    page = text_page("closed.html", here(request, "./"), notice=notice)
    return HTMLResponse(page, _UNAVAILABLE, headers={"Retry-After": "600"})


def _health(health: Health) -> JSONResponse:
    """Tells a monitor what works; 503 when something that visitors need does not."""
    works, content = health.report()
    return JSONResponse(content, 200 if works else _UNAVAILABLE)


def _listed(index: Index, language: str) -> list[dict[str, Any]]:
    """Returns what the visitor's answers come from: texts, and lists without their rows."""
    hidden = index.hidden_documents(language)
    shown = [one for name, one in index.documents.items() if name not in hidden]
    rows = Counter(one.part_of for one in shown if one.part_of)
    lists = {one.part_of: one for one in shown if one.part_of}
    entries = [_entry(one, one.title, language) for one in shown if not one.part_of]
    entries += [
        _entry(one, title, language, load_words(language).about.rows.format(count=rows[title]))
        for title, one in lists.items()
    ]
    return sorted(entries, key=lambda entry: entry["title"].casefold())


def _entry(
    document: SourceDocument, title: str, language: str, size: str | None = None
) -> dict[str, Any]:
    addresses = {one for reference in document.references for one in reference.addresses}
    cited = load_words(language).about.sheet.format(count=len(addresses)) if addresses else None
    dating = load_texts(language).dating(document.published, document.accessed)
    return {
        "title": title,
        "url": document.url,
        "language": document.language,
        "by": ", ".join(part for part in (document.publisher, dating, size, cited) if part),
    }
