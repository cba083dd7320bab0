"""How many answers are wrong when only the surest are given?

The risk–coverage curve (El-Yaniv and Wiener, 2010, https://jmlr.org/papers/v11/el-yaniv10a.html)
and the area below it (Geifman and El-Yaniv, 2017, https://arxiv.org/abs/1705.08500). Answers are
taken in the order of their confidence; coverage is the share of all questions, answerable or not,
that were answered so far, risk the share of those answers that are not right. The curve ends where
the assistant stops answering, and the area is divided by that coverage: it is the mean risk. Among
answers of the same confidence no order is known: each stands for the mean of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from assistant.evaluation.cases import Judged, Value


def risk_coverage(turns: Sequence[Judged]) -> list[tuple[float, float]]:
    """Returns the points of the curve as coverage and risk, by growing coverage."""
    asked = [turn for turn in turns if turn.case.asks]
    given = sorted((turn for turn in asked if turn.case.answered), key=_surest_first)
    points: list[tuple[float, float]] = []
    wrong = 0.0
    for _, tied in groupby(given, key=_surest_first):
        wrongs = [1 - turn.right for turn in tied]
        for _ in wrongs:
            wrong += sum(wrongs) / len(wrongs)
            count = len(points) + 1
            points.append((count / len(asked), wrong / count))
    return points


def mean_risk(turns: Sequence[Judged]) -> Value | None:
    """Returns the mean risk over the curve, in [0, 1], lower is better."""
    points = risk_coverage(turns)
    if not points:
        return None
    return Value(sum(risk for _, risk in points) / len(points), len(points))


def _surest_first(turn: Judged) -> float:
    return -turn.case.answer.confidence
