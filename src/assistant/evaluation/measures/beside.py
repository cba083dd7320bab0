"""Is what is shown beside the question?

Share of the answers given, whole or in part, in which no citation supports anything that was asked
for, against the quotes of the gold set as in `citation_recall`. To a question without an answer in
the sources every answer is beside. A turn that is not answered, small talk and hostile turns are
not eligible; where nothing is answered, there is no share.
"""

from __future__ import annotations

from assistant.evaluation.cases import Case
from assistant.evaluation.measures.source_cited import source_cited


def beside(case: Case) -> float | None:
    """Returns 1 or 0, lower is better."""
    return float(not source_cited(case)) if case.answered and case.gold.earnest else None
