"""Every sentence that the assistant itself says, one TOML file a language.

A translator edits these files alone. All hold the same keys as `fr.toml`; a missing or an unknown
key is an error.
"""

from __future__ import annotations

import datetime as dt
import tomllib
from functools import cache
from importlib.resources import files
from typing import Final

from pydantic import BaseModel, ConfigDict

LANGUAGES: Final = ("fr", "en", "de", "nl", "pl", "es", "it")
DEFAULT_LANGUAGE: Final = "fr"


class _Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Answers(_Section):
    """Around what is quoted, and instead of it."""

    foreign_source: str
    quotation: str
    no_evidence: str
    out_of_scope: str
    kind_missing: dict[str, str]
    entity_missing: str
    missing: str
    nearby: str
    contact: str
    yes: str
    no: str
    differ: str
    excuse: str


class BadInput(_Section):
    """Why a text cannot be a question."""

    empty: str
    unreadable: str
    too_long: str


class Notice(_Section):
    """What visitors read while the chat is taken down."""

    default: str


class Citations(_Section):
    """How a source is described."""

    heading: str
    original: str
    page: str
    row: str
    origins: str
    sheet: str
    another: str
    others: str
    published: str
    undated: str
    accessed: str
    date: str


class Understanding(_Section):
    """Words and patterns by which a question is understood, without accents, in lower case.

    Attributes:
        interrogatives: words that begin a question.
        conjunctions: words that tie a second question to the first.
        determiners: words that stand before a name and go with it.
        pointers: words that stand for what was said before.
        openings: beginnings of a question that goes on from the one before.
        counted: what stands before the thing counted.
        counts_money: things that are counted and are money.
        kind_words: words that say which kind of thing is asked for, and nothing of its subject.
        kinds: patterns of questions that ask for an amount, a date and so on.
        forms: patterns of questions that ask for a definition, a list and so on.
    """

    frequent_words: list[str]
    interrogatives: list[str]
    conjunctions: list[str]
    determiners: list[str]
    pointers: list[str]
    openings: list[str]
    counted: list[str]
    counts_money: list[str]
    kind_words: list[str]
    kinds: dict[str, list[str]]
    forms: dict[str, list[str]]


class Texts(_Section):
    """The sentences of one language."""

    answers: Answers
    notice: Notice
    small_talk: dict[str, str]
    refusals: dict[str, str]
    bad_input: BadInput
    citations: Citations
    languages: dict[str, str]
    understanding: Understanding

    def date(self, iso_date: str) -> str:
        """Returns an ISO date as this language writes it; anything else as it is."""
        try:
            day = dt.date.fromisoformat(iso_date)
        except ValueError:
            return iso_date
        return self.citations.date.format(day=day.day, month=day.month, year=day.year)

    def dating(self, published: str | None, accessed: str | None) -> str:
        """Returns when a source was published, or that it does not say, and when it was seen."""
        parts = [
            self.citations.published.format(date=self.date(published))
            if published
            else self.citations.undated
        ]
        if accessed:
            parts.append(self.citations.accessed.format(date=self.date(accessed)))
        return ", ".join(parts)


@cache
def load_texts(language: str) -> Texts:
    """Returns the sentences of a language of `LANGUAGES`; of English for any other one."""
    name = language if language in LANGUAGES else "en"
    source = (files("assistant") / "texts" / f"{name}.toml").read_text(encoding="utf-8")
    return Texts.model_validate(tomllib.loads(source))
