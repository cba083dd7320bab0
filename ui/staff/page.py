"""What all pages of staff have in common: their heading, and how handlers are wired."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from html import escape
from typing import Any, Final

import gradio as gr
from gradio.components import Navbar
from starlette.requests import Request

from assistant.journal import Account
from assistant.texts import DEFAULT_LANGUAGE
from ui.page import Around
from ui.staff.guard import LOGOUT
from ui.staff.html import Safe
from ui.staff.office import Office
from ui.staff.texts import StaffWords

NAVIGATION: Final = {
    "": "queue",
    "tableau": "dashboard",
    "manques": "gaps",
    "sources": "sources",
    "evaluations": "runs",
}
"""Addresses below the path of staff, and the names of their pages in the texts."""
EXCHANGE: Final = "echange"
"""Address of the page of one exchange, which nothing but the queue leads to."""
_OPTIONS: Final[dict[str, Any]] = {"api_visibility": "private", "show_progress": "minimal"}


def staff_around(request: Request, words: StaffWords) -> Around:
    """Returns what stands around a page of staff for one request.

    Args:
        request: for the page.
        words: of the pages.
    """
    address = request.url.path.rstrip("/").rpartition("/")[2]
    name = NAVIGATION.get(address, "exchange" if address == EXCHANGE else "queue")
    title = f"{words.pages[name]} – {words.common.title}"
    return Around(
        DEFAULT_LANGUAGE,
        "staff",
        '<meta name="robots" content="noindex">'
        f"<title>{escape(title)}</title>"
        '<link rel="icon" href="../page/favicon.svg" type="image/svg+xml">'
        '<link rel="stylesheet" href="../page/base.css">'
        '<link rel="stylesheet" href="../page/answer.css">',
        top=f'<a class="skip" href="#content">{escape(words.common.skip)}</a>',
    )


def html_area(value: str = "", *, elem_id: str | None = None) -> gr.Markdown:
    """Returns a component that shows HTML that was escaped where it was made.

    Gradio's own component for HTML compiles a template in the browser, which the policy of these
    pages forbids. One for Markdown shows HTML on one line as it is.

    Args:
        value: the HTML.
        elem_id: its name in the style sheet.
    """
    return gr.Markdown(
        value, elem_id=elem_id, elem_classes="html", sanitize_html=False, latex_delimiters=[]
    )


class Page:
    """One page while it is being built, within the context of its blocks.

    Args:
        blocks: that it is a part of.
        office: what it works with.
        name: of the page in the texts.
    """

    def __init__(self, blocks: gr.Blocks, office: Office, name: str) -> None:
        self._blocks = blocks
        self._office = office
        self._name = name
        Navbar(visible=False)
        self.head = html_area(self._head(None), elem_id="head")

    def header(self, account: Account) -> Safe:
        """Returns the heading of the page for who is signed in."""
        return self._head(account)

    def on_load(
        self, handler: Callable[..., Any], inputs: Sequence[Any], outputs: Sequence[Any]
    ) -> None:
        """Has a handler fill the page when it is opened; its first value is the heading."""
        self._blocks.load(handler, list(inputs), [self.head, *outputs], **_OPTIONS)

    def on(
        self,
        event: Callable[..., Any],
        handler: Callable[..., Any],
        inputs: Sequence[Any],
        outputs: Sequence[Any],
    ) -> None:
        """Has a handler answer an event."""
        event(handler, list(inputs), list(outputs), **_OPTIONS)

    def _head(self, account: Account | None) -> Safe:
        words, path = self._office.words, self._office.path
        here = ' aria-current="page"'
        links = "".join(
            f'<li><a href="{escape(path)}/{address}"{here if name == self._name else ""}>'
            f"{escape(words.pages[name])}</a></li>"
            for address, name in NAVIGATION.items()
        )
        signed = ""
        if account is not None:
            who = words.common.signed_in.format(
                name=account.name, role=words.named.roles[account.role]
            )
            signed = (
                f'<form method="post" action="{escape(path)}{LOGOUT}"><span>{escape(who)}</span> '
                f'<button type="submit">{escape(words.common.log_out)}</button></form>'
            )
        return Safe(
            f"<header><h1>{escape(words.pages[self._name])}</h1>"
            f'<nav aria-label="{escape(words.common.navigation)}"><ul>{links}</ul></nav>'
            f'{signed}</header><span id="content" tabindex="-1"></span>'
        )
