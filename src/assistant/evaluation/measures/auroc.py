"""Does `confidence` tell questions that the sources answer from those that they do not?

Area under the ROC curve (Hanley and McNeil, 1982, https://doi.org/10.1148/radiology.143.1.7063747):
how often an answerable question gets a higher confidence than one that is not; ties count half.
scikit-learn has it too, but intervals ask for it thousands of times and it is slow. Small talk
and hostile turns are not eligible.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from assistant.evaluation.cases import Judged, Value


def auroc(turns: Sequence[Judged]) -> Value | None:
    """Returns the area over all unanswerable questions, in [0, 1]."""
    return _area(turns, {"near", "far"})


def auroc_near(turns: Sequence[Judged]) -> Value | None:
    """Returns the area with the questions near the subject only."""
    return _area(turns, {"near"})


def auroc_far(turns: Sequence[Judged]) -> Value | None:
    """Returns the area with the questions on other subjects only."""
    return _area(turns, {"far"})


def _area(turns: Sequence[Judged], kinds: set[str]) -> Value | None:
    with_answer, without = [], []
    for case, _ in turns:
        if case.gold.answerable and case.gold.kind != "hostile":
            with_answer.append(case.answer.confidence)
        elif case.gold.kind in kinds:
            without.append(case.answer.confidence)
    if not with_answer or not without:
        return None
    without.sort()
    # For each answerable question: how many of the others it beats, ties by half.
    beaten = np.searchsorted(without, with_answer, "left").sum()
    reached = np.searchsorted(without, with_answer, "right").sum()
    area = (beaten + reached) / (2 * len(with_answer) * len(without))
    return Value(float(area), len(with_answer) + len(without))
