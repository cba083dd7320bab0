"""The pages of staff, another application under `/equipe`.

::

    request ──▶ StaffGuard ──session?──▶ Gradio ──▶ handler ──role?──▶ Desk, Drafts, Releases
                  └── log-in page

One module a page; `guard` is the only way in.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Final

import gradio as gr
from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route
from starlette.types import Scope

from assistant.access import Access
from assistant.conversation import Assistant
from assistant.corpus import MAX_BYTES
from assistant.journal import Journal
from assistant.review import write_table
from assistant.settings import Settings
from assistant.texts import DEFAULT_LANGUAGE
from ui.mounting import mount_pages
from ui.security import Allowed
from ui.staff.dashboard import EXPORT
from ui.staff.guard import StaffGuard
from ui.staff.office import Office
from ui.staff.page import EXCHANGE, NAVIGATION, staff_around
from ui.staff.pages import build_pages, style
from ui.staff.texts import load_staff_words

PATH: Final = "/equipe"
_SESSIONS: Final = 200
_MOST_EVENT_BYTES: Final = 4_000_000
_MOST_BRACKETS: Final = 20_000

__all__ = ["PATH", "mount_staff"]


def mount_staff(
    app: FastAPI, assistant: Assistant, journal: Journal, settings: Settings
) -> gr.Blocks:
    """Adds the pages of staff to an application, in front of what is mounted at its root.

    The application's pages are what `ui.page.use_own_template` puts in place of Gradio's own.

    Args:
        app: the web application.
        assistant: whose index is shown, and whose model is used.
        journal: what staff look at.
        settings: all settings.

    Returns:
        The pages, whose queue has to be closed when the server stops.
    """
    words = load_staff_words(DEFAULT_LANGUAGE)
    access = Access(journal.database, settings.staff)
    office = Office(PATH, journal, assistant, access, settings, words)
    pages = build_pages(office)
    pages.state_session_capacity = _SESSIONS
    mount, inner = mount_pages(
        app,
        pages,
        settings,
        lambda request: staff_around(request, words),
        Allowed(
            event_bytes=_MOST_EVENT_BYTES,
            event_brackets=_MOST_BRACKETS,
            may_upload=_may_upload,
            upload_bytes=MAX_BYTES,
            path=PATH,
            addresses=frozenset({*filter(None, NAVIGATION), EXCHANGE, EXPORT.strip("/")}),
        ),
        auth_dependency=_signed_in,
        css=style(),
        show_error=True,
    )
    inner.router.routes.insert(0, Route(EXPORT, _export(office)))
    mount.app = StaffGuard(mount.app, PATH, access, words)
    app.router.routes.remove(mount)
    app.router.routes[:0] = [Route(PATH, _to_the_pages), mount]
    return pages


def _signed_in(request: Request) -> str | None:
    """Returns the name that the guard found; a second lock, should a request pass beside it."""
    account = request.scope.get("staff")
    return account.name if account else None


def _may_upload(scope: Scope) -> bool:
    account = scope.get("staff")
    return account is not None and account.may_change


def _export(office: Office) -> Callable[[Request], Response]:
    """Returns what sends all judgements as a table; behind the guard like all else."""

    def export(_: Request) -> Response:
        table = io.StringIO()
        write_table(table, office.desk.judgement_rows())
        # With a byte order mark, without which spreadsheets take accents for something else.
        return Response(
            table.getvalue().encode("utf-8-sig"),
            media_type="text/csv; charset=utf-8",
            headers={"Content-Disposition": 'attachment; filename="jugements.csv"'},
        )

    return export


def _to_the_pages(_: Request) -> RedirectResponse:
    return RedirectResponse(f"{PATH}/", 307)
