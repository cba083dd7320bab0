"""Does the answer say all that it must, and nothing that it must not?

The nugget view of answers (Voorhees, 2003, https://aclanthology.org/N03-1034), all or nothing. A
turn without an answer in the sources is not eligible; one that is not answered scores 0.
"""

from __future__ import annotations

from assistant.evaluation.cases import Case
from assistant.evaluation.normalisation import contains


def content(case: Case) -> float | None:
    """Returns 1 or 0."""
    if not case.gold.answerable:
        return None
    if not case.answered:
        return 0.0
    said = " ".join(statement.text for statement in case.answer.statements)
    complete = all(any(contains(said, one) for one in item) for item in case.gold.must)
    wrong = any(contains(said, words) for words in case.gold.must_not)
    return float(complete and not wrong)
