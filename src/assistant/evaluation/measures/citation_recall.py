"""Share of what has to be supported that a citation supports.

After ALCE (Gao, Yen, Yu and Chen, 2023, https://arxiv.org/abs/2305.14627), against the quotes of
the gold set: a need is met when a statement cites any of its quotes. A turn without an answer in
the sources is not eligible; one that is not answered scores 0.
"""

from __future__ import annotations

from assistant.evaluation.cases import Case, supports


def citation_recall(case: Case) -> float | None:
    """Returns the share in [0, 1]."""
    if not case.gold.answerable:
        return None
    cited = case.cited
    met = [
        any(supports(citation, place) for place in need for citation in cited)
        for need in case.needs
    ]
    return sum(met) / len(met)
