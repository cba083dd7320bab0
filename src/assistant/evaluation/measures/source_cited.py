"""Is a right source cited at all?

The success of citations: 1 when one of them quotes supporting words. A turn without an answer in
the sources is not eligible; one that is not answered scores 0.
"""

from __future__ import annotations

from assistant.evaluation.cases import Case
from assistant.evaluation.measures.citation_recall import citation_recall


def source_cited(case: Case) -> float | None:
    """Returns 1 or 0."""
    recall = citation_recall(case)
    return None if recall is None else float(recall > 0)
