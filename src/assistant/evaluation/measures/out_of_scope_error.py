"""Is a question about the subject told that it is not?

Share of the turns that have an answer in the sources, or ask for what is near (`near`), whose
reason is `out_of_scope`. Other turns are not eligible; a set without any has no share.
"""

from __future__ import annotations

from assistant.evaluation.cases import Case


def out_of_scope_error(case: Case) -> float | None:
    """Returns 1 or 0, lower is better."""
    if not case.gold.answerable and case.gold.kind != "near":
        return None
    return float(case.answer.reason == "out_of_scope")
