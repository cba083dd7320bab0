"""The web server: binds the port, serves the chat and stops cleanly."""

from __future__ import annotations

import asyncio
import gc
import os
import signal
import socket
import sys
import tempfile
from collections.abc import Sequence
from threading import Event, Thread
from types import FrameType
from typing import Final

# Read by Gradio and by the Hugging Face libraries when they are imported: nothing phones home.
os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
# Nor does Gradio sum up its last ten thousand events after each one, which takes longer than most.
os.environ["GRADIO_ANALYTICS_CACHE_FREQUENCY"] = str(sys.maxsize)
os.environ["GRADIO_ANALYTICS_MAX_EVENTS"] = "1"
os.environ["HF_HUB_DISABLE_TELEMETRY"] = "1"
os.environ.setdefault("HF_HUB_OFFLINE", "1")

import gradio as gr
import uvicorn
from fastapi import FastAPI
from gradio.routes import App
from starlette.middleware.cors import CORSMiddleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request

from assistant.backup import remove_leftovers
from assistant.bootstrap import (
    follow_index,
    open_assistant,
    purge_daily,
    remove_old_secret,
    warn_of_rights,
)
from assistant.conversation import Assistant
from assistant.errors import ServeError
from assistant.journal import Journal, Recorder, open_journal
from assistant.settings import Settings
from ui.chat import Service, build_chat, chat_words
from ui.errors import ErrorPages
from ui.mounting import mount_pages
from ui.page import Around, chat_around, use_own_template
from ui.routes import BODY_BYTES, ClosedGate, add_routes
from ui.security import (
    Allowed,
    ForwardedHeaders,
    RequestBounds,
    SecurityHeaders,
    bounded_protocol,
)
from ui.staff import PATH, mount_staff
from ui.texts import Words
from ui.visits import Visits

_LET_GO_SECONDS: Final = 1
_STOP_SECONDS: Final = 2
"""After which open connections are closed, and what still works for one is cancelled."""
_CLOSE_SECONDS: Final = 1
"""That the records in line may take to be written."""
_VISITS: Final = 2000
_WORTH_COMPRESSING: Final = 1000
_ANY_QUESTION: Final = "terril terril terril"
_LOOKS_EVERY: Final = (0.03, 0.2)
"""Seconds between two looks whether something waits, of the chat and of the pages of staff."""
_RELOADS: Final = 20
_MOST_EVENT_BYTES: Final = 64_000


def serve(settings: Settings) -> None:
    """Serves the chat until the process is told to stop.

    Raises:
        ServeError: the address cannot be listened on.
        AssistantError: the index or the model cannot be opened.
    """
    # Before anything slow, so that a port in use is said at once.
    listener = _listen(settings.chat.host, settings.chat.port)
    assistant = open_assistant(settings)
    # What is loaded at its first use is loaded before the first visitor comes.
    assistant.conversation().ask(_ANY_QUESTION)
    journal = open_journal(settings)
    warn_of_rights(journal, settings)
    remove_old_secret(settings)
    remove_leftovers(settings.corpus)
    recorder = Recorder(journal, settings.journal.max_wait)
    service = make_service(assistant, journal, recorder, settings)
    stop = Event()
    uploads = tempfile.TemporaryDirectory(prefix="assistant-", ignore_cleanup_errors=True)
    # Where Gradio puts what is uploaded: a folder that only this process opens, gone with it.
    os.environ["GRADIO_TEMP_DIR"] = uploads.name
    try:
        page, inner, app = build_app(service)
        pages = [page, mount_staff(app, assistant, journal, settings)]
        server = _Server(pages, inner, app, settings.chat.trusted_proxies)
        print(f"http://{settings.chat.host}:{listener.getsockname()[1]}", flush=True)
        Thread(target=follow_index, args=(assistant, settings, stop), daemon=True).start()
        Thread(target=purge_daily, args=(journal, stop), daemon=True).start()
        Thread(target=service.visits.follow_journal, args=(stop,), daemon=True).start()
        # Index and models stay: the collector need not look through them again and again.
        gc.collect()
        gc.freeze()
        server.run(sockets=[listener])
    finally:  # a signal ends `run` by an exception
        stop.set()
        recorder.close(_CLOSE_SECONDS)
        journal.close()
        uploads.cleanup()


def make_service(
    assistant: Assistant, journal: Journal, recorder: Recorder, settings: Settings
) -> Service:
    """Returns what answers visitors."""
    return Service(
        assistant=assistant,
        journal=journal,
        recorder=recorder,
        visits=Visits(assistant, journal, _VISITS, settings.journal.max_wait),
        settings=settings,
    )


def build_app(service: Service) -> tuple[gr.Blocks, App, FastAPI]:
    """Returns the chat, what serves it, and the web application with all the other pages."""
    use_own_template()
    settings = service.settings
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    add_routes(app, service)
    words = chat_words()
    page = build_chat(service, words)

    def around(request: Request) -> Around:
        return chat_around(
            request, lambda words: _kept(words, settings), service.assistant.suggestions.themes
        )

    _, inner = mount_pages(
        app,
        page,
        settings,
        around,
        Allowed(_MOST_EVENT_BYTES, per_minute=settings.chat.questions_per_minute + _RELOADS),
        show_error=False,
        i18n=words,
    )
    app.add_middleware(ClosedGate, service=service)
    app.add_middleware(GZipMiddleware, minimum_size=_WORTH_COMPRESSING, compresslevel=5)
    # No site may read what we answer; Gradio, which would allow any, leaves it to this.
    app.add_middleware(CORSMiddleware, allow_origins=())
    app.add_middleware(RequestBounds, body_bytes=BODY_BYTES)
    app.add_middleware(ErrorPages)
    app.add_middleware(SecurityHeaders, embed_on=settings.chat.embed_on, never_framed=PATH)
    app.add_middleware(ForwardedHeaders, trusted=settings.chat.trusted_proxies)
    return page, inner, app


def _kept(words: Words, settings: Settings) -> str:
    days = settings.journal.retention_days
    return words.page.kept.format(days=days) if days else words.page.not_kept


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # With the protocol named, asyncio sends what is small at once; else it waits 40 ms for an ACK.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen(128)
    except OSError as error:
        listener.close()
        raise ServeError(
            f"The chat cannot listen on {host}:{port} ({os.strerror(error.errno or 0)}).",
            "Stop what uses that port, or name another one with --port.",
        ) from error
    return listener


class _Server(uvicorn.Server):
    """Uvicorn, stopping at once although open pages hold connections for Gradio's heartbeat."""

    def __init__(
        self, pages: Sequence[gr.Blocks], inner: App, app: FastAPI, proxies: tuple[str, ...]
    ) -> None:
        config = uvicorn.Config(
            app,
            log_level="warning",
            access_log=False,
            server_header=False,
            proxy_headers=False,  # `ForwardedHeaders` reads them, of proxies that are named
            http=bounded_protocol(proxies),
            timeout_graceful_shutdown=_STOP_SECONDS,
        )
        super().__init__(config)
        self._pages = pages
        for page, seconds in zip(pages, _LOOKS_EVERY, strict=True):
            # Gradio would look a thousand times a second, and keep a tenth of a core busy.
            page._queue.sleep_when_free = seconds
            page._queue.progress_update_sleep_when_free = 1.0  # nothing here shows progress
        self._gradio = inner

    def run(self, sockets: list[socket.socket] | None = None) -> None:
        # Uvicorn passes on the signal that stopped it; being told to stop is not a failure.
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
        super().run(sockets)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        # A page that waits for its answer would be waited for, and its request be cancelled with a
        # traceback for each.
        asyncio.get_running_loop().call_later(_LET_GO_SECONDS, self._let_go)
        await super().shutdown(sockets)

    def _let_go(self) -> None:
        for connection in list(self.server_state.connections):
            connection.transport.abort()

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        # Gradio offers no public way to let its open connections go.
        for page in self._pages:
            page._queue.close()  # type: ignore[no-untyped-call]
        self._gradio.stop_event.set()
        super().handle_exit(sig, frame)
