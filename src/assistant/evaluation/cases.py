"""A case: one turn of a gold set beside what the assistant made of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from assistant.domain import Answer, Citation, Outcome
from assistant.evaluation.gold import ANSWERS, REFUSALS, GoldTurn, Needs, Place

_ENOUGH = 0.5


@dataclass(frozen=True, slots=True)
class Case:
    """What measures look at.

    Attributes:
        name: `CONVERSATION#TURN`.
        conversation_id: turns of one conversation are resampled together.
        needs: where the sources support a right answer.
        ranked: ids of the passages found for the question, best first; None when not known.
        relevant: ids of the passages that hold supporting words and can be found.
        later: the answer to the same question after others; None when it was not asked again.
    """

    name: str
    conversation_id: str
    gold: GoldTurn
    needs: Needs
    answer: Answer
    ranked: tuple[str, ...] | None = None
    relevant: frozenset[str] = frozenset()
    later: Answer | None = None

    @property
    def asks(self) -> bool:
        """Whether anything is asked: small talk is not."""
        return self.gold.outcome is not Outcome.SMALL_TALK

    @property
    def answered(self) -> bool:
        """Whether the assistant gave an answer, whole or in part."""
        return self.answer.outcome in ANSWERS

    @property
    def declined(self) -> bool:
        """Whether the assistant said that it cannot or will not answer."""
        return self.answer.outcome in REFUSALS

    @property
    def cited(self) -> tuple[Citation, ...]:
        """The citations that a statement of the answer bears; others support nothing."""
        borne = {marker for statement in self.answer.statements for marker in statement.citations}
        return tuple(one for one in self.answer.citations if one.marker in borne)


TurnMeasure = Callable[[Case], float | None]
"""A value for one turn; None when the turn is not eligible."""


class Judged(NamedTuple):
    """A case and whether it is right (`measures.right`), which many measures ask."""

    case: Case
    right: float


class Value(NamedTuple):
    """A measure of many turns.

    Attributes:
        value: the measure.
        eligible: turns that it rests on.
    """

    value: float
    eligible: int


SetMeasure = Callable[[Sequence[Judged]], Value | None]
"""A value for many turns; None when there is nothing to measure."""


def supports(citation: Citation, place: Place) -> bool:
    """Tells whether a citation quotes supporting words: half of the shorter of both, at least."""
    if citation.document_id != place.document_id:
        return False
    shared = min(citation.end, place.span.end) - max(citation.start, place.span.start)
    shorter = min(citation.end - citation.start, place.span.end - place.span.start)
    return shared > 0 and shared >= _ENOUGH * shorter
