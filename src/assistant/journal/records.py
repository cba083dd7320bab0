"""What the journal keeps, as records: an exchange, feedback to it, counts."""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, Final

from assistant.domain import Answer, Outcome, Ranking, Turn
from assistant.journal.masking import Masked, mask
from assistant.journal.storable import clean, clean_values

_MOST_CHARACTERS: Final = 8000
"""Kept of a text that a visitor wrote; a question that is longer is refused anyway."""
_OVERLAP: Final = 200
"""Read beyond that, so that nothing is cut in two before it is masked."""


class FeedbackReason(StrEnum):
    """Why an answer did not help."""

    WRONG = "wrong"
    INCOMPLETE = "incomplete"
    BAD_SOURCE = "bad_source"
    NOT_UNDERSTOOD = "not_understood"
    OFF_SUBJECT = "off_subject"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Feedback:
    """What a visitor says of an answer.

    Attributes:
        reasons: why it did not help, if the visitor said so.
        text: in the visitor's own words; masked before it is stored.
    """

    helpful: bool
    reasons: frozenset[FeedbackReason] = frozenset()
    text: str = ""


@dataclass(frozen=True, slots=True)
class Cited:
    """A passage that an answer cites, and the hash of its words then."""

    marker: int
    document_id: str
    passage_id: str
    content_hash: str


@dataclass(frozen=True, slots=True)
class Exchange:
    """One question and its answer, as it is stored: masked, and without texts once they are purged.

    Attributes:
        exchange_id: random, made before anything is written.
        asked_at: in UTC.
        settings: fingerprint of those that answers depend on.
        index_version: name of the version that the answer came from.
        signs: what the decision to answer rested on.
        passages: those found, best first: ids, offsets, hash and scores.
        answer: the record as JSON, or None when no text is kept.
        feedback: the visitor's latest, or None.
        cited: passages that the answer cites, by number; they outlive it.
    """

    exchange_id: str
    conversation_id: str
    turn: int
    asked_at: dt.datetime
    language: str
    outcome: Outcome
    reason: str | None
    confidence: float
    settings: str
    index_version: str
    question: str | None
    standalone_question: str | None
    signs: Mapping[str, float]
    timings_ms: Mapping[str, float]
    passages: tuple[dict[str, Any], ...]
    answer: dict[str, Any] | None
    feedback: Feedback | None = None
    cited: tuple[Cited, ...] = ()

    def as_number(self, turn: int) -> Exchange:
        """Returns the same exchange as another turn of its conversation."""
        answer = self.answer and {**self.answer, "turn": turn}
        return replace(self, turn=turn, answer=answer)

    def as_turn(self) -> Turn | None:
        """Returns the question and its answer as they were, but masked and without the ranking.

        None where the text is kept no longer.
        """
        if self.question is None or self.answer is None:
            return None
        return Turn(self.question, Answer.from_json(self.answer), signs=self.signs)


@dataclass(frozen=True, slots=True)
class Count:
    """How many exchanges of one day, in UTC, had one outcome in one language.

    Attributes:
        helpful: those that visitors found helpful.
        unhelpful: those that they did not.
    """

    day: dt.date
    outcome: Outcome
    language: str
    exchanges: int
    helpful: int
    unhelpful: int


def make_exchange(
    turn: Turn, asked_at: dt.datetime, *, settings: str, index_version: str, keeps_text: bool
) -> Exchange:
    """Returns what of a turn may be stored; nothing in it identifies the visitor."""
    answer = turn.answer
    return Exchange(
        exchange_id=secrets.token_hex(16),
        conversation_id=answer.conversation_id,
        turn=answer.turn,
        asked_at=asked_at.astimezone(dt.UTC),
        language=answer.language,
        outcome=answer.outcome,
        reason=answer.reason,
        confidence=answer.confidence,
        settings=settings,
        index_version=index_version,
        question=storable_text(turn.question).text if keeps_text else None,
        standalone_question=storable_text(answer.standalone_question).text if keeps_text else None,
        signs=clean_values(dict(turn.signs)),
        timings_ms=clean_values(answer.timings_ms),
        passages=_passages(turn.ranking),
        answer=_masked_answer(answer) if keeps_text else None,
        cited=tuple(
            Cited(one.marker, one.document_id, one.passage_id, one.content_hash)
            for one in answer.citations
        ),
    )


def storable_text(text: str) -> Masked:
    """Returns a visitor's words, masked, and without signs that a database refuses."""
    masked = mask(clean(text[: _MOST_CHARACTERS + _OVERLAP]))
    return Masked(masked.text[:_MOST_CHARACTERS], masked.taken)


def _masked_answer(answer: Answer) -> dict[str, Any]:
    question, standalone = storable_text(answer.question), storable_text(answer.standalone_question)
    record: dict[str, Any] = clean_values(answer.to_json())
    said = Masked("", question.taken + standalone.taken)
    record["question"], record["standalone_question"] = question.text, standalone.text
    record["text"] = _masked_echo(record["text"], said, record["statements"])
    return record


def _masked_echo(text: str, said: Masked, statements: list[dict[str, Any]]) -> str:
    """Masks a visitor's words in the assistant's own sentences, not in those of the sources."""
    kept = [statement["text"] for statement in statements if statement["text"]]
    pieces, rest = [], text
    for sentence in kept:
        before, found, after = rest.partition(sentence)
        if found:
            pieces += [said.echo(before), sentence]
            rest = after
    return "".join([*pieces, said.echo(rest)])


def _passages(ranking: Ranking | None) -> tuple[dict[str, Any], ...]:
    if ranking is None:
        return ()
    return tuple(
        clean_values(
            {
                "passage_id": one.passage.passage_id,
                "document_id": one.passage.document_id,
                "start": one.passage.start,
                "end": one.passage.end,
                "content_hash": one.passage.content_hash,
                "score": float(one.score),
                "dense": float(one.dense),
                "lift": float(one.lift),
                "lexical": float(one.lexical),
            }
        )
        for one in ranking.passages
    )
