"""Does the assistant decline where it should, and only there?

Precision, recall and F1 of declining (abstaining or refusing), as in SQuAD 2.0's unanswerable
questions (Rajpurkar, Jia and Liang, 2018, https://arxiv.org/abs/1806.03822). Small talk is not
eligible. Precision of an assistant that never declines is undefined, its recall and F1 are 0.
"""

from __future__ import annotations

from collections.abc import Sequence

from assistant.evaluation.cases import Case, Judged, Value


def abstention_precision(turns: Sequence[Judged]) -> Value | None:
    """Returns the share of declined questions that had to be declined."""
    declined = [case for case, _ in turns if case.asks and case.declined]
    if not declined:
        return None
    return Value(sum(case.gold.declined for case in declined) / len(declined), len(declined))


def abstention_recall(turns: Sequence[Judged]) -> Value | None:
    """Returns the share of the questions to be declined that were."""
    due = [case for case, _ in turns if case.gold.declined]
    if not due:
        return None
    return Value(sum(case.declined for case in due) / len(due), len(due))


def abstention_f1(turns: Sequence[Judged]) -> Value | None:
    """Returns the harmonic mean of both."""
    recall = abstention_recall(turns)
    if recall is None:
        return None
    precision = abstention_precision(turns)
    if precision is None or not recall.value:
        return Value(0.0, recall.eligible)
    both = precision.value + recall.value
    return Value(2 * precision.value * recall.value / both, recall.eligible)


def false_abstention(case: Case) -> float | None:
    """Returns 1 for an answerable question that got no answer, small talk included, else 0."""
    return float(not case.answered) if case.gold.answerable else None
