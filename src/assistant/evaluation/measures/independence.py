"""Does a complete question get the same answer whatever was asked before?

A first turn needs no other. It is asked again after three first turns on other themes, and is
independent when outcome and citations are those that it gets alone. Small talk and hostile turns
are neither asked again nor before. A turn that was not asked again is not eligible: one that no
three others of the set can go before, one beyond the 80 of each half, all of a run made elsewhere.
Where none was, there is no share.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from itertools import islice
from typing import Final

from assistant.domain import Answer, Outcome
from assistant.evaluation.cases import Case
from assistant.evaluation.gold import GoldConversation, GoldSet, Split
from assistant.texts import DEFAULT_LANGUAGE

BEFORE: Final = 3
MOST: Final = 80
"""Questions of each half that are asked again."""


def independence(case: Case) -> float | None:
    """Returns 1 or 0."""
    return None if case.later is None else float(_shown(case.later) == _shown(case.answer))


def questions_before(gold: GoldSet) -> dict[str, tuple[str, ...]]:
    """Returns what is asked before the first turn of some conversations, by their ids.

    The set alone decides which they are and what is asked: questions in the language of the first
    turn as far as there are enough, else in French.
    """
    firsts = [one for one in gold.conversations if one.turns[0].earnest]
    firsts.sort(key=lambda one: _hash(one.id))
    found: dict[str, tuple[str, ...]] = {}
    for split in Split:
        plans = ((one.id, _others(one, firsts)) for one in firsts if one.split == split)
        found |= dict(islice((plan for plan in plans if len(plan[1]) == BEFORE), MOST))
    return found


def _others(asked: GoldConversation, firsts: Sequence[GoldConversation]) -> tuple[str, ...]:
    first = asked.turns[0]
    fitting = [
        one
        for one in firsts
        if one.turns[0].theme != first.theme
        and one.turns[0].language in {first.language, DEFAULT_LANGUAGE}
    ]
    fitting.sort(
        key=lambda one: (one.turns[0].language != first.language, _hash(f"{asked.id} {one.id}"))
    )
    return tuple(one.turns[0].question for one in fitting[:BEFORE])


def _hash(name: str) -> str:
    return hashlib.sha256(name.encode()).hexdigest()


def _shown(answer: Answer) -> tuple[Outcome, frozenset[tuple[str, int, int]]]:
    places = {(one.document_id, one.start, one.end) for one in answer.citations}
    return answer.outcome, frozenset(places)
