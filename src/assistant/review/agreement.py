"""How far two reviewers agree, beyond chance: Cohen's kappa (1960).

https://doi.org/10.1177/001316446002000104
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import isnan

from assistant.journal import CitationJudgement, StatementJudgement


@dataclass(frozen=True, slots=True)
class Agreement:
    """How far two reviewers agree.

    Attributes:
        about: `statements` or `citations`.
        both: what both judged.
        same: share on which they say the same.
        kappa: 1 is full agreement, 0 as much as by chance; None where both only ever gave one and
            the same verdict, or judged nothing in common.
    """

    about: str
    first: str
    second: str
    both: int
    same: float
    kappa: float | None


def agreement(
    statements: Sequence[StatementJudgement], citations: Sequence[CitationJudgement]
) -> list[Agreement]:
    """Returns the agreement of every two reviewers who judged something in common."""
    said = ((one.reviewer, (one.exchange_id, one.statement), one.verdict) for one in statements)
    cited = ((one.reviewer, (one.exchange_id, one.marker), one.verdict) for one in citations)
    return [*_pairs("statements", said), *_pairs("citations", cited)]


def _pairs(about: str, judged: Iterable[tuple[str, tuple[str, int], str]]) -> Iterable[Agreement]:
    verdicts: dict[str, dict[tuple[str, int], str]] = defaultdict(dict)
    for reviewer, what, verdict in judged:
        verdicts[reviewer][what] = verdict
    for first, second in combinations(sorted(verdicts), 2):
        both = sorted(verdicts[first].keys() & verdicts[second].keys())
        if both:
            one = [str(verdicts[first][what]) for what in both]
            other = [str(verdicts[second][what]) for what in both]
            same = sum(a == b for a, b in zip(one, other, strict=True)) / len(both)
            yield Agreement(about, first, second, len(both), same, cohen_kappa(one, other))


def cohen_kappa(one: Sequence[str], other: Sequence[str]) -> float | None:
    """Returns Cohen's kappa of two lists of verdicts on the same things.

    Returns:
        None where it is not defined: both only ever gave one and the same verdict.
    """
    if len({*one, *other}) == 1:
        return None
    # A second to import, which only this needs.
    from sklearn.metrics import cohen_kappa_score  # noqa: PLC0415

    kappa = float(cohen_kappa_score(one, other))
    return None if isnan(kappa) else kappa
