"""Makes `src/assistant/calibration.json` from a BEIR collection with known answers.

    python -m benchmarks.calibrate DIR

Every odd query is put three times: to the whole collection, where the answer is there; with its
document withheld, where only its neighbours are left (near); with all documents of the same title
withheld (far). The label is whether the best passage holds the answer. The even queries are only
reported. The threshold is the confidence that 97 % of the right answers reach.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

from assistant.abstention import Signs, Weights, candidates, signs_of
from assistant.domain import Ranking
from assistant.question import understand
from assistant.retrieval import Retriever
from benchmarks.collection import Query, open_collection, progress, read_queries

_DEPTH = 200
_KEPT = 0.97


@dataclass(frozen=True, slots=True)
class Trial:
    """One query put to one state of the collection."""

    signs: Signs
    state: str
    right: bool
    holds_kind: bool


def trials(retriever: Retriever, query: Query) -> list[Trial]:
    """Puts one query to the whole collection, and with near and far documents withheld."""
    question = understand(query.text)
    ranking = retriever.search(question.standalone, _DEPTH)
    titles = {name: document.title for name, document in retriever.index.documents.items()}
    result = []
    for state in ("whole", "near", "far"):
        kept = tuple(
            scored
            for scored in ranking.passages
            if state == "whole"
            or (state == "near" and scored.passage.document_id != query.relevant)
            or (state == "far" and titles[scored.passage.document_id] != titles[query.relevant])
        )
        left = Ranking(ranking.query, kept)
        best = kept[0].passage if kept else None
        right = (
            best is not None
            and best.document_id == query.relevant
            and any(answer in best.text for answer in query.answers)
        )
        holds_kind = bool(kept and candidates(question, left))
        result.append(Trial(signs_of(left), state, right, holds_kind))
    return result


def fit(chosen: Sequence[Trial], *, with_lexical: bool) -> Weights:
    """Fits one logistic regression; without the lexical sign for questions that share no word."""
    signs = np.array([trial.signs for trial in chosen])
    if not with_lexical:
        signs[:, 1] = 0.0
    # Right answers and missing ones weigh the same, near and far ones half each.
    weight = np.array([1.0 if trial.state == "whole" else 0.5 for trial in chosen])
    model = LogisticRegression(C=100).fit(signs, [trial.right for trial in chosen], weight)
    lift, lexical = (round(float(value), 3) for value in model.coef_[0])
    return Weights(lift, lexical, round(float(model.intercept_[0]), 3))


def report(name: str, weights: Weights, chosen: Sequence[Trial], threshold: float) -> None:
    """Prints how well right answers are told from missing ones."""
    scores = {
        state: [
            weights.probability(trial.signs)
            for trial in chosen
            if trial.state == state and (trial.right or state != "whole")
        ]
        for state in ("whole", "near", "far")
    }
    for state in ("near", "far"):
        labels = [1] * len(scores["whole"]) + [0] * len(scores[state])
        auroc = roc_auc_score(labels, scores["whole"] + scores[state])
        told = np.mean(np.array(scores[state]) < threshold)
        print(f"{name}: {state} AUROC {auroc:.3f}, abstained {told:.3f}")
    print(f"{name}: false abstentions {np.mean(np.array(scores['whole']) < threshold):.3f}")


def main() -> None:
    """Fits, reports and writes the file."""
    parser = argparse.ArgumentParser(description="calibrate the confidence")
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args().folder
    queries = read_queries(folder)
    with open_collection(folder) as retriever:
        done = progress("queries")(len(queries))
        all_trials = []
        for query in queries:
            all_trials.append(trials(retriever, query))
            done(1)
    odd = [trial for group in all_trials[1::2] for trial in group]
    even = [trial for group in all_trials[0::2] for trial in group]
    same = fit(odd, with_lexical=True)
    other = fit(odd, with_lexical=False)
    right = [same.probability(trial.signs) for trial in odd if trial.right]
    threshold = round(float(np.quantile(right, 1 - _KEPT)), 3)
    lost = np.mean([not trial.holds_kind for trial in even if trial.right])
    print(f"right answers lost for want of the kind of thing asked for: {lost:.3f}")
    report("same language", same, even, threshold)
    report("other language", other, even, threshold)
    record = {
        "made": (
            f"benchmarks/calibrate.py on {datetime.now(UTC):%Y-%m-%d}, from the odd queries of "
            f"{folder.name} ({len(queries)} queries), each with its document present, with it "
            "withheld and with all of its article withheld; the threshold keeps "
            f"{_KEPT:.0%} of the right answers. Questions in another language than the passage "
            "have the weights of the same fit without the lexical sign: there is no collection "
            "of such questions yet."
        ),
        "threshold": threshold,
        "same_language": asdict(same),
        "other_language": asdict(other),
    }
    target = Path(str(files("assistant") / "calibration.json"))
    target.write_text(json.dumps(record, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    print(f"wrote {target}")


if __name__ == "__main__":
    main()
