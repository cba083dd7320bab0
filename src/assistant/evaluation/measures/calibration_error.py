"""Is `confidence` the probability that it says it is?

Expected calibration error (Naeini, Cooper and Hauskrecht, 2015,
https://doi.org/10.1609/aaai.v29i1.9602) over ten bins of equal width. What it should foretell: that
an answer was given and right, or, where it was declined, that the sources hold one. Small talk and
hostile turns are not eligible.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

from assistant.evaluation.cases import Judged, Value

BINS: Final = 10


class Bin(NamedTuple):
    """Questions of nearly the same confidence.

    Attributes:
        confidence: their mean confidence.
        outcome: share of them that came true.
        size: how many.
    """

    confidence: float
    outcome: float
    size: int


def calibration_bins(turns: Sequence[Judged]) -> list[Bin]:
    """Returns the bins that hold anything, by growing confidence."""
    bins: list[list[Judged]] = [[] for _ in range(BINS)]
    for turn in turns:
        if turn.case.asks and turn.case.gold.kind != "hostile":
            bins[min(int(turn.case.answer.confidence * BINS), BINS - 1)].append(turn)
    return [
        Bin(
            sum(turn.case.answer.confidence for turn in held) / len(held),
            sum(_came_true(turn) for turn in held) / len(held),
            len(held),
        )
        for held in bins
        if held
    ]


def calibration_error(turns: Sequence[Judged]) -> Value | None:
    """Returns the error in [0, 1], lower is better."""
    bins = calibration_bins(turns)
    total = sum(held.size for held in bins)
    if not total:
        return None
    error = sum(held.size * abs(held.confidence - held.outcome) for held in bins) / total
    return Value(error, total)


def _came_true(turn: Judged) -> float:
    return float(turn.case.gold.answerable) if turn.case.declined else turn.right
