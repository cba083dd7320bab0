"""Share of the citations that support the answer.

After ALCE (Gao, Yen, Yu and Chen, 2023, https://arxiv.org/abs/2305.14627), against the quotes of
the gold set in place of an entailment model: a citation counts when it quotes supporting words;
only those are looked at that a statement bears. A turn without an answer in the sources, or without
citations, is not eligible.
"""

from __future__ import annotations

from assistant.evaluation.cases import Case, supports


def citation_precision(case: Case) -> float | None:
    """Returns the share in [0, 1]."""
    cited = case.cited
    if not case.gold.answerable or not cited:
        return None
    places = [place for need in case.needs for place in need]
    right = [any(supports(citation, place) for place in places) for citation in cited]
    return sum(right) / len(right)
