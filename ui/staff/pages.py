"""All pages of staff, as one Gradio application with several addresses."""

from __future__ import annotations

from collections.abc import Callable
from importlib.resources import files
from typing import Final

import gradio as gr

from ui.page import NO_ESTIMATES
from ui.staff.dashboard import build_dashboard
from ui.staff.exchange import build_exchange
from ui.staff.gaps import build_gaps
from ui.staff.office import Office
from ui.staff.page import EXCHANGE, Page
from ui.staff.queue import build_queue
from ui.staff.runs import build_runs
from ui.staff.sources import build_sources

_EVERY: Final = 600
_UPLOADS_KEPT: Final = 3600
_PAGES: Final[dict[str, tuple[str, Callable[[Page, Office], None]]]] = {
    EXCHANGE: ("exchange", build_exchange),
    "tableau": ("dashboard", build_dashboard),
    "manques": ("gaps", build_gaps),
    "sources": ("sources", build_sources),
    "evaluations": ("runs", build_runs),
}


def build_pages(office: Office) -> gr.Blocks:
    """Returns the pages of staff.

    Args:
        office: what they work with.
    """
    words = office.words
    pages: gr.Blocks
    with gr.Blocks(
        title=words.common.title,
        analytics_enabled=False,
        # What was uploaded and never sent with its form goes within the hour.
        delete_cache=(_EVERY, _UPLOADS_KEPT),
    ) as pages:
        build_queue(Page(pages, office, "queue"), office)
    for address, (name, build) in _PAGES.items():
        with pages.route(words.pages[name], address, show_in_navbar=False):
            build(Page(pages, office, name), office)
    pages.queue(
        status_update_rate=NO_ESTIMATES, default_concurrency_limit=4, max_size=64, api_open=False
    )
    return pages


def style() -> str:
    """Returns the style sheet of these pages, which comes behind that of the chat."""
    return (files("ui.staff") / "static" / "staff.css").read_text(encoding="utf-8")
