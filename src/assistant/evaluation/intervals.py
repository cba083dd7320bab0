"""How sure is a figure? Bootstrap over conversations.

Percentile intervals (Efron, 1979, https://doi.org/10.1214/aos/1176344552). Whole conversations are
drawn, since the turns of one are not independent (Field and Welsh, 2007,
https://doi.org/10.1111/j.1467-9868.2007.00593.x).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np

from assistant.evaluation.cases import Judged, SetMeasure

SAMPLES: Final = 2_000
SET_SAMPLES: Final = 500
"""Fewer for measures of a whole set, each of which is computed anew."""
LEVEL: Final = 0.95
_SEED: Final = 20_240


@dataclass(frozen=True, slots=True)
class Estimate:
    """A figure with its interval.

    Attributes:
        value: as measured.
        low: lower end of the 95 % interval.
        high: upper end.
        count: eligible turns.
    """

    value: float
    low: float
    high: float
    count: int


def mean_estimate(values: Mapping[str, float], groups: Mapping[str, str]) -> Estimate | None:
    """Returns the mean of some values with its interval, or None for no value.

    Args:
        values: by turn.
        groups: conversation of each turn.
    """
    if not values:
        return None
    names = sorted({groups[turn] for turn in values})
    position = {name: number for number, name in enumerate(names)}
    sums, counts = np.zeros(len(names)), np.zeros(len(names))
    for turn, value in values.items():
        sums[position[groups[turn]]] += value
        counts[position[groups[turn]]] += 1
    drawn = _draws(len(names), SAMPLES)
    means = sums[drawn].sum(axis=1) / counts[drawn].sum(axis=1)
    low, high = _ends(means)
    return Estimate(float(sums.sum() / counts.sum()), low, high, len(values))


def set_estimates(
    turns: Sequence[Judged], measures: Mapping[str, SetMeasure]
) -> dict[str, Estimate]:
    """Returns measures of a whole set with their intervals, without those that have no value.

    A sample in which a measure has no value is left out of its interval.

    Args:
        turns: the set.
        measures: by name.
    """
    found = {name: measure(turns) for name, measure in measures.items()}
    groups: dict[str, list[Judged]] = {}
    for turn in turns:
        groups.setdefault(turn.case.conversation_id, []).append(turn)
    held = [groups[name] for name in sorted(groups)]
    samples: dict[str, list[float]] = {
        name: [] for name, value in found.items() if value is not None
    }
    for draw in _draws(len(held), SET_SAMPLES) if samples else ():
        drawn = [turn for number in draw for turn in held[number]]
        for name, values in samples.items():
            if (sample := measures[name](drawn)) is not None:
                values.append(sample.value)
    return {
        name: Estimate(
            value.value, *_ends(np.array(samples[name] or [value.value])), value.eligible
        )
        for name, value in found.items()
        if value is not None
    }


@lru_cache(maxsize=64)
def _draws(count: int, samples: int) -> np.typing.NDArray[np.int64]:
    return np.random.default_rng(_SEED).integers(count, size=(samples, count))


def _ends(values: np.typing.NDArray[np.float64]) -> tuple[float, float]:
    outside = (1 - LEVEL) / 2
    low, high = np.quantile(values, [outside, 1 - outside])
    return float(low), float(high)
