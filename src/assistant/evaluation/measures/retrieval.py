"""Is what answers among the first passages found?

Success@1 and @5, R@5 and @10, RR@10 (Kantor and Voorhees, 2000) and nDCG@10 (Järvelin and
Kekäläinen, 2002), as computed by ir_measures (MacAvaney, Macdonald and Ounis, 2022,
https://doi.org/10.1007/978-3-030-99739-7_38). Relevant are the passages that hold supporting words,
in the version that the visitor is shown. A turn with nothing to find, or whose ranking is not
known, is not eligible; one whose passages are not found at all scores 0.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

import ir_measures
from ir_measures import RR, R, Success, nDCG

from assistant.evaluation.cases import Case

MEASURES: Final = {
    "success_1": Success @ 1,
    "success_5": Success @ 5,
    "recall_5": R @ 5,
    "recall_10": R @ 10,
    "rr_10": RR @ 10,
    "ndcg_10": nDCG @ 10,
}


def retrieval(cases: Iterable[Case]) -> dict[str, dict[str, float]]:
    """Returns the value of every measure by the names of eligible cases."""
    eligible = [case for case in cases if case.ranked is not None and case.relevant]
    qrels = {case.name: dict.fromkeys(case.relevant, 1) for case in eligible}
    run = {
        case.name: {passage: -float(rank) for rank, passage in enumerate(case.ranked or ())}
        for case in eligible
    }
    return score_rankings(qrels, run)


def score_rankings(
    qrels: Mapping[str, Mapping[str, int]], run: Mapping[str, Mapping[str, float]]
) -> dict[str, dict[str, float]]:
    """Returns the value of every measure for each query of `qrels`.

    Args:
        qrels: relevant documents of each query; one that is missing from the run scores 0.
        run: scores of documents for each query, higher is better.
    """
    values: dict[str, dict[str, float]] = {name: dict.fromkeys(MEASURES, 0.0) for name in qrels}
    names = {measure: name for name, measure in MEASURES.items()}
    for metric in ir_measures.iter_calc(list(MEASURES.values()), qrels, run):
        values[metric.query_id][names[metric.measure]] = float(metric.value)
    return values
