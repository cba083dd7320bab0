"""How pages of Gradio become a part of the web application: closed but for what they need."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import gradio as gr
from fastapi import FastAPI
from gradio.routes import App
from starlette.requests import Request
from starlette.routing import Mount

from assistant.settings import DEFAULT_FILE, Settings
from ui.page import THEME, Around, surround
from ui.security import Allowed, GradioGate, take_turns

_SQLITE: Final = "sqlite"
_SESSIONS: Final = 2000
"""Pages of which Gradio remembers something; each takes some 20 kB."""


def mount_pages(
    app: FastAPI,
    blocks: gr.Blocks,
    settings: Settings,
    around: Callable[[Request], Around],
    allowed: Allowed,
    **options: Any,
) -> tuple[Mount, App]:
    """Mounts pages behind a gate that lets through what they send, and nothing else.

    Args:
        app: the web application.
        blocks: the pages.
        settings: name the folders of which Gradio never serves a file.
        around: see `ui.page.surround`.
        allowed: what the pages need.
        options: more of `gradio.mount_gradio_app`.

    Returns:
        What stands in the application's routes, and the Gradio application behind its gate.
    """
    blocks.state_session_capacity = _SESSIONS
    with warnings.catch_warnings():
        # That several pages are not rendered on the server, which they are not asked to be.
        warnings.filterwarnings("ignore", "SSR mode", UserWarning)
        gr.mount_gradio_app(
            app,
            blocks,
            path=allowed.path or "/",
            theme=THEME,
            footer_links=[],
            run_history=False,
            enable_monitoring=False,
            ssr_mode=False,
            max_file_size=allowed.upload_bytes or 1,
            app_kwargs={"openapi_url": None},
            blocked_paths=private_paths(settings),
            **options,
        )
    # Only `launch` says so by itself; without it Gradio does not ask whether it may read a file.
    blocks.has_launched = True
    take_turns(blocks)
    mount = app.router.routes[-1]
    if not (isinstance(mount, Mount) and isinstance(mount.app, App)):
        raise RuntimeError(f"Gradio {gr.__version__} mounts an application in another way.")
    inner = mount.app
    surround(inner, around)
    mount.app = GradioGate(inner, blocks, allowed)
    return mount, inner


def private_paths(settings: Settings) -> list[str]:
    """Returns the folders and files of which nothing is ever served as a file."""
    paths = [
        settings.corpus, settings.index_folder, settings.staff.folder, settings.chat.notice,
        DEFAULT_FILE,
    ]  # fmt: skip
    if settings.tables:
        paths.append(settings.tables)
    address = urlsplit(settings.journal.address)
    if address.scheme == _SQLITE:
        paths.append(Path(address.path.removeprefix("/")).parent)
    return [str(path.absolute()) for path in paths]
