"""The web server: binds the port, serves the chat and stops cleanly."""

from __future__ import annotations

import os
import signal
import socket
import sys
from importlib.resources import as_file, files
from threading import Event, Thread
from types import FrameType
from typing import Final

# Read by Gradio and by the Hugging Face libraries when they are imported: nothing phones home.
os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
os.environ["HF_HUB_DISABLE_TELEMETRY"] = "1"
os.environ.setdefault("HF_HUB_OFFLINE", "1")

import gradio as gr
import uvicorn
from fastapi import FastAPI
from gradio.routes import App
from starlette.routing import Mount

from assistant.bootstrap import follow_index, open_assistant, purge_daily
from assistant.conversation import Assistant
from assistant.errors import ServeError
from assistant.journal import Recorder, open_journal
from assistant.settings import Settings
from assistant.texts import DEFAULT_LANGUAGE
from ui.chat import build_chat
from ui.page import THEME, static_text, use_own_page
from ui.staff import mount_staff
from ui.texts import load_words

_STOP_SECONDS: Final = 3
_SESSIONS: Final = 500
_ANY_QUESTION: Final = "terril terril terril"


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
    recorder = Recorder(journal, settings.journal.max_wait)
    page, app = build_app(assistant, recorder, settings)
    mount_staff(app, assistant, journal, settings)
    server = _Server(page, app)
    print(f"http://{settings.chat.host}:{listener.getsockname()[1]}", flush=True)
    stop = Event()
    Thread(target=follow_index, args=(assistant, settings, stop), daemon=True).start()
    Thread(target=purge_daily, args=(journal, stop), daemon=True).start()
    server.run(sockets=[listener])
    stop.set()
    recorder.close(_STOP_SECONDS)
    journal.close()


def build_app(
    assistant: Assistant, recorder: Recorder, settings: Settings
) -> tuple[gr.Blocks, FastAPI]:
    """Returns the chat page and the web application that serves it."""
    words = load_words(DEFAULT_LANGUAGE)
    use_own_page(words, DEFAULT_LANGUAGE)
    page = build_chat(assistant, recorder, words, settings)
    page.state_session_capacity = _SESSIONS
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    with as_file(files("ui") / "static" / "favicon.svg") as favicon:
        gr.mount_gradio_app(
            app,
            page,
            path="/",
            theme=THEME,
            css=static_text("chat.css"),
            favicon_path=str(favicon),
            footer_links=[],
            run_history=False,
            show_error=False,
            enable_monitoring=False,
            ssr_mode=False,
            max_file_size=1,
            app_kwargs={"openapi_url": None},
        )
    return page, app


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
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

    def __init__(self, page: gr.Blocks, app: FastAPI) -> None:
        config = uvicorn.Config(
            app,
            log_level="warning",
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=_STOP_SECONDS,
        )
        super().__init__(config)
        self._page = page
        self._gradio = next(
            route.app
            for route in app.routes
            if isinstance(route, Mount) and isinstance(route.app, App)
        )

    def run(self, sockets: list[socket.socket] | None = None) -> None:
        # Uvicorn passes on the signal that stopped it; being told to stop is not a failure.
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
        super().run(sockets)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        # Gradio offers no public way to let its open connections go.
        self._page._queue.close()  # type: ignore[no-untyped-call]
        self._gradio.stop_event.set()
        super().handle_exit(sig, frame)
