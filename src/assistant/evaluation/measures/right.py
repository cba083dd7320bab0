"""Did the visitor get what was right to give? One figure a turn, on which runs are compared.

An answerable question is right when the answer says what it must (`content`) and cites a right
source (`source_cited`); a question to be declined when it was declined; small talk when it was met
as such. Every turn is eligible.
"""

from __future__ import annotations

from assistant.domain import Outcome
from assistant.evaluation.cases import Case
from assistant.evaluation.measures.content import content
from assistant.evaluation.measures.source_cited import source_cited


def right(case: Case) -> float:
    """Returns 1 or 0."""
    if case.gold.answerable:
        return float(bool(content(case)) and bool(source_cited(case)))
    if case.gold.declined:
        return float(case.declined)
    return float(case.answer.outcome is Outcome.SMALL_TALK)
