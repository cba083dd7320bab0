"""What the handlers of the pages share: who acts, what they work on, and how failures are told."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

import gradio as gr
from starlette.requests import Request

from assistant.access import Access
from assistant.conversation import Assistant
from assistant.errors import AssistantError, JournalUnavailable
from assistant.journal import Account, Accounts, Journal
from assistant.review import Desk, Drafts, Releases
from assistant.settings import Settings
from ui.staff.guard import COOKIE
from ui.staff.html import escaped
from ui.staff.texts import StaffWords

_LOG: Final = logging.getLogger(__name__)


@dataclass(frozen=True)
class Office:
    """Everything that the pages work with.

    Attributes:
        path: that the pages are mounted at.
        access: knows who acts.
    """

    path: str
    journal: Journal
    assistant: Assistant
    access: Access
    settings: Settings
    words: StaffWords
    desk: Desk = field(init=False)
    drafts: Drafts = field(init=False)
    releases: Releases = field(init=False)
    accounts: Accounts = field(init=False)

    def __post_init__(self) -> None:
        """Puts the parts together that the others make up."""
        staff = self.settings.staff.folder
        desk = Desk(self.journal, lambda: self.assistant.index, staff)
        drafts = Drafts(self.settings.corpus, staff, desk.audit)
        for name, part in (
            ("desk", desk),
            ("drafts", drafts),
            ("releases", Releases(drafts, self.settings, self.assistant, desk.audit)),
            ("accounts", Accounts(self.journal.database)),
        ):
            object.__setattr__(self, name, part)

    def reader(self, request: gr.Request) -> Account:
        """Returns who asks; every handler begins with this or with `reviewer`.

        Raises:
            gr.Error: the session has ended.
        """
        asked = request.request
        session = asked.cookies.get(COOKIE) if isinstance(asked, Request) else None
        account = self.access.account(session)
        if account is None:
            raise gr.Error(self.words.common.signed_out, print_exception=False)
        return account

    def reviewer(self, request: gr.Request) -> Account:
        """Returns who asks, if they may change something.

        Raises:
            gr.Error: the session has ended, or the account may only read.
        """
        account = self.reader(request)
        if not account.may_change:
            raise gr.Error(self.words.common.not_allowed, print_exception=False)
        return account

    def reviewers(self) -> list[str]:
        """Returns the names of those whom an exchange can be given to."""
        return [account.name for account in self.accounts.all() if account.may_change]

    def told(self, action: Callable[[], str]) -> str:
        """Does something and returns what there is to say of it, or why it could not be done."""
        try:
            return note(action())
        except AssistantError as error:
            return note(self.reason(error), problem=True)

    def reason(self, error: AssistantError) -> str:
        """Returns why something could not be done, in the words of the pages."""
        if isinstance(error, JournalUnavailable):
            _LOG.warning("A page of staff could not be shown: %s", error)
            return self.words.common.unavailable
        return self.words.common.failed.format(reason=self.words.message(str(error)))


def note(text: str, *, problem: bool = False) -> str:
    """Returns a sentence that screen readers read out when it appears."""
    kind = "problem" if problem else "done"
    return f'<p class="told {kind}" role="status">{escaped(text)}</p>' if text else ""


def choices(names: dict[str, str], first: str | None = None) -> list[tuple[str, Any]]:
    """Returns the choices of a list: what is read, and the code; `first` stands for all."""
    listed: list[tuple[str, Any]] = [(said, code) for code, said in names.items()]
    return [(first, ""), *listed] if first else listed
