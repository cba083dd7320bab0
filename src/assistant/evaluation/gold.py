"""Gold sets: what visitors ask, and what a right answer is.

One conversation a line::

    {"id": "lens-cost-1", "turns": [{
      "question": "Combien a coûté le Louvre-Lens ?", "language": "fr", "kind": "fact",
      "theme": "tourism", "traits": ["own_words"], "outcome": "answered",
      "support": [[{"document": "louvre-lens.fr", "quote": "…"}]],
      "must": [["150 millions", "150 million"]], "must_not": [], "answer": "150 millions d’euros"}]}

`support` lists needs; each need lists quotes, any one of which meets it. A quote of one version of
a text stands for the same sentences of its translations. Which half of the set a conversation
belongs to is fixed by its id: `dev` is for work, on `test` nothing is ever tuned.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from assistant.corpus import translation_groups
from assistant.domain import Outcome, SourceDocument, Span
from assistant.errors import GoldError
from assistant.texts import LANGUAGES

KINDS: Final = (
    "fact", "list", "definition", "summary", "comparison", "yes_no", "near", "far", "small_talk",
    "hostile",
)  # fmt: skip
THEMES: Final = ("environment", "economy", "social", "tourism", "heritage", "funds", "none")
# Named here because intervals ask for them millions of times.
ANSWERS: Final = (Outcome.ANSWERED, Outcome.PARTIAL)
REFUSALS: Final = (Outcome.ABSTAINED, Outcome.REFUSED)

Words = Annotated[str, Field(min_length=1)]


class Split(StrEnum):
    """The halves of a gold set."""

    DEV = "dev"
    TEST = "test"


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Quote(_Record):
    """Words of a source that support an answer, literally."""

    document: Words
    quote: Words


class GoldTurn(_Record):
    """One question and what a right answer to it is.

    Attributes:
        kind: what is asked; one of `KINDS`.
        traits: how it is asked (`follow_up`, `misspelt`, …).
        support: needs, each with the quotes any one of which meets it.
        must: what the answer has to contain; of each item, one spelling.
        must_not: what makes it wrong.
        answer: the shortest right answer, where there is one.
    """

    question: str
    language: str
    kind: str
    theme: str
    traits: tuple[str, ...] = ()
    outcome: Outcome
    support: tuple[Annotated[tuple[Quote, ...], Field(min_length=1)], ...] = ()
    must: tuple[Annotated[tuple[Words, ...], Field(min_length=1)], ...] = ()
    must_not: tuple[Words, ...] = ()
    answer: str | None = None

    @property
    def answerable(self) -> bool:
        """Whether the sources hold an answer, or a part of one."""
        return self.outcome in ANSWERS

    @property
    def declined(self) -> bool:
        """Whether the right answer is to give none."""
        return self.outcome in REFUSALS

    @property
    def earnest(self) -> bool:
        """Whether something is asked that somebody wants to know."""
        return self.kind not in {"small_talk", "hostile"}


class GoldConversation(_Record):
    """The turns of one visitor."""

    id: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9.-]*$")]
    turns: Annotated[tuple[GoldTurn, ...], Field(min_length=1)]

    @property
    def split(self) -> Split:
        """The half that the conversation belongs to, by its id alone."""
        even = hashlib.sha256(self.id.encode()).digest()[0] % 2 == 0
        return Split.DEV if even else Split.TEST


@dataclass(frozen=True, slots=True)
class GoldSet:
    """Conversations in the order of their ids.

    Attributes:
        split: the half that was taken, or None for all.
        fingerprint: changes whenever a turn does.
    """

    conversations: tuple[GoldConversation, ...]
    split: Split | None
    fingerprint: str


@dataclass(frozen=True, slots=True)
class Place:
    """Where supporting words stand."""

    document_id: str
    span: Span


Needs = tuple[tuple[Place, ...], ...]
"""For each need, the places any one of which meets it."""


def read_gold(file: Path, split: Split | Literal["dev", "test"] | None = None) -> GoldSet:
    """Reads a gold set, or one half of it.

    Raises:
        GoldError: the file cannot be read, a line is malformed, or two have the same id.
    """
    try:
        # Not splitlines: JSON may hold U+2028 and other ends of lines of Unicode as they are.
        lines = file.read_text(encoding="utf-8").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise GoldError(
            f"The gold set {file} cannot be read ({error}).", "Name one with --gold."
        ) from error
    conversations: dict[str, GoldConversation] = {}
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        conversation = parse_conversation(line, f"{file.name}:{number}")
        if conversation.id in conversations:
            raise GoldError(
                f"{file.name}:{number}: {conversation.id} is there twice.", "Rename one."
            )
        conversations[conversation.id] = conversation
    chosen = tuple(
        conversations[name]
        for name in sorted(conversations)
        if split is None or conversations[name].split == split
    )
    if not chosen:
        raise GoldError(f"{file} holds no conversation.", "Name another gold set with --gold.")
    text = "\n".join(conversation.model_dump_json() for conversation in chosen)
    return GoldSet(
        chosen, Split(split) if split else None, hashlib.sha256(text.encode()).hexdigest()[:16]
    )


def parse_conversation(line: str, where: str) -> GoldConversation:
    """Reads one line of a gold set.

    Args:
        line: the JSON.
        where: what the reader of an error knows it by.

    Raises:
        GoldError: it is malformed, or holds what no gold set may hold.
    """
    try:
        conversation = GoldConversation.model_validate(json.loads(line))
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"]) or "the line"
        raise GoldError(f"{where}: {key}: {first['msg']}.", "Correct the line.") from error
    except ValueError as error:
        raise GoldError(f"{where} is not JSON ({error}).", "Correct the line.") from error
    for number, turn in enumerate(conversation.turns, start=1):
        for what, value, known in (
            ("kind", turn.kind, KINDS),
            ("theme", turn.theme, THEMES),
            ("language", turn.language, LANGUAGES),
        ):
            if value not in known:
                raise GoldError(
                    f"{where}, turn {number}: {value} is no {what}.",
                    f"Write one of {', '.join(known)}.",
                )
        if turn.answerable != bool(turn.support):
            raise GoldError(
                f"{where}, turn {number}: only an answer has support, and every answer has.",
                "Correct `outcome` or `support`.",
            )
    return conversation


def locate(turn: GoldTurn, documents: Mapping[str, SourceDocument]) -> Needs:
    """Finds the quotes of a turn in the sources, and the same sentences of their translations.

    Raises:
        GoldError: a quote stands in no source; the gold set or the source has to be corrected.
    """
    groups = translation_groups(tuple(documents.values()))
    return tuple(
        tuple(place for quote in need for place in _places(quote, documents, groups))
        for need in turn.support
    )


def _places(
    quote: Quote,
    documents: Mapping[str, SourceDocument],
    groups: Mapping[str, Mapping[str, SourceDocument]],
) -> Iterable[Place]:
    document = documents.get(quote.document)
    start = document.text.find(quote.quote) if document else -1
    if document is None or start < 0:
        raise GoldError(
            f"{quote.document} does not say “{quote.quote[:80]}”.",
            "Correct the gold set, or take the source's words back.",
        )
    span = Span(start, start + len(quote.quote))
    yield Place(document.document_id, span)
    covered = [
        number
        for number, reference in enumerate(document.references)
        if reference.span.start < span.end and span.start < reference.span.end
    ]
    for other in groups.get(document.translation_of or "", {}).values():
        if other is not document:
            for number in covered:
                if number < len(other.references):
                    yield Place(other.document_id, other.references[number].span)
