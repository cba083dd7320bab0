"""The words of the interface, in files that a translator edits.

One TOML file a language; all hold the same keys as `fr.toml`, and a missing or an unknown key is an
error.
"""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib.resources import files
from typing import Final

from pydantic import BaseModel, ConfigDict

from assistant.corpus import Theme
from assistant.texts import DEFAULT_LANGUAGE, LANGUAGES

_WEIGHTED: Final = re.compile(r"([A-Za-z]{2,3})(?:-[^;]*)?(?:;q=([\d.]+))?")


class _Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class PageWords(_Section):
    """Around the chat."""

    title: str
    short_title: str
    purpose: str
    notice: str
    more: str
    notice_more: str
    kept: str
    not_kept: str
    skip: str
    language: str
    language_name: str
    about: str
    new_conversation: str
    themes: str
    no_script: str
    closed: str
    back: str


class AskWords(_Section):
    """The box for the question, and what is said while it is answered or when it is not."""

    label: str
    placeholder: str
    send: str
    searching: str
    failed: str
    lost: str
    too_many: str
    restored: str
    awaited: str
    counter: str
    offered: str
    offering: str


class AnswerWords(_Section):
    """In and below an answer."""

    conversation: str
    edit: str
    assistant: str
    new_window: str
    in_language: str
    changed: str
    next: str
    near: str
    meant: str
    source: str
    back: str


class ShareWords(_Section):
    """Copying, printing and linking an answer, and keeping a whole conversation."""

    tools: str
    copy_answer: str
    copied: str
    print: str
    link: str
    link_made: str
    link_failed: str
    shared_title: str
    shared_until: str
    shared_gone: str
    ask_another: str
    keep_conversation: str
    print_conversation: str
    save_conversation: str
    printed: str
    saved: str


class DiscardWords(_Section):
    """Asked before a conversation is left for a new one."""

    title: str
    text: str
    cancel: str


class ErrorWords(_Section):
    """What a page says in place of what could not be shown."""

    title: str
    text: str


class ErrorsWords(_Section):
    """What can go wrong with an address."""

    not_found: ErrorWords
    not_allowed: ErrorWords
    too_many: ErrorWords
    failed: ErrorWords


class FeedbackWords(_Section):
    """What visitors can say of an answer."""

    question: str
    helpful: str
    unhelpful: str
    why: str
    reasons: dict[str, str]
    comment: str
    comment_hint: str
    send: str
    thanks: str
    failed: str


class AboutWords(_Section):
    """The page that says what the assistant is; an empty field of the deployer is said to be so."""

    title: str
    what_title: str
    what: list[str]
    limits_title: str
    limits: list[str]
    data_title: str
    data: list[str]
    data_kept: str
    data_not_kept: str
    data_rights: str
    sources_title: str
    sources: str
    sheet: str
    rows: str
    access_title: str
    access: list[str]
    access_audit: str
    access_no_audit: str
    access_limits_title: str
    access_limits: list[str]
    deployer_title: str
    deployer: str
    deployer_unset: str
    contact: str
    data_officer: str
    conversation: str


class Words(_Section):
    """The words of one language."""

    page: PageWords
    themes: dict[Theme, str]
    ask: AskWords
    answer: AnswerWords
    share: ShareWords
    discard: DiscardWords
    errors: ErrorsWords
    feedback: FeedbackWords
    about: AboutWords


@cache
def load_words(language: str) -> Words:
    """Returns the words of a language for which there is a file."""
    source = (files("ui") / "texts" / f"{language}.toml").read_text(encoding="utf-8")
    return Words.model_validate(tomllib.loads(source))


def choose_language(chosen: str | None, accepted: str | None) -> str:
    """Returns the language that a page is shown in.

    Args:
        chosen: what the visitor chose, if anything.
        accepted: the browser's preferences, as the header Accept-Language lists them.
    """
    if chosen in LANGUAGES:
        return str(chosen)
    weighted: list[tuple[float, str]] = []
    for part in "".join((accepted or "").split()).split(","):
        if match := _WEIGHTED.fullmatch(part):
            try:
                weighted.append((float(match[2] or 1), match[1].lower()))
            except ValueError:
                continue
    preferred = sorted(
        ((weight, language) for weight, language in weighted if weight > 0), key=lambda one: -one[0]
    )
    return next((name for _, name in preferred if name in LANGUAGES), DEFAULT_LANGUAGE)
