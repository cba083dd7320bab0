"""The words of the interface, in files that a translator edits."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files

from pydantic import BaseModel, ConfigDict


class Words(BaseModel):
    """The words of one language."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    title: str
    purpose: str
    notice: str
    kept: str
    not_kept: str
    conversation: str
    you: str
    assistant: str
    question: str
    placeholder: str
    send: str
    searching: str
    failed: str
    no_script: str
    new_window: str
    starting_questions: list[str]


@cache
def load_words(language: str) -> Words:
    """Returns the words of a language for which there is a file."""
    source = (files("ui") / "texts" / f"{language}.toml").read_text(encoding="utf-8")
    return Words.model_validate(tomllib.loads(source))
