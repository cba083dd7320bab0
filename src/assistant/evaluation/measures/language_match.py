"""Does the assistant speak the visitor's language?

1 when the answer's own language is the question's. Every turn is eligible.
"""

from __future__ import annotations

from assistant.evaluation.cases import Case


def language_match(case: Case) -> float:
    """Returns 1 or 0."""
    return float(case.answer.language == case.gold.language)
