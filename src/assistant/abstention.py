"""Does this evidence hold the answer? A calibrated probability, and why not.

Several signs are weighed by a logistic regression (`Signs`). `calibration.json` holds the weights
and says how they were made; `benchmarks/calibrate.py` makes them, from the `dev` half of the gold
set, from articles that the rules were not written for and from questions on other subjects. It
holds one set of weights for what similarity tells and one for what reading adds to it. A threshold
is never lowered until something matches.
"""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final, NamedTuple

from assistant.evidence import Evidence, Found, rest_held
from assistant.index import Index
from assistant.question import Form, Question
from assistant.values import OPTIONAL

_READABLE: Final = frozenset({Form.FACT, Form.LIST})
_BROAD: Final = frozenset({Form.DEFINITION, Form.SUMMARY, Form.COMPARISON, Form.DIFFERENCE})


class Signs(NamedTuple):
    """What the decision rests on; all in [0, 1] but for the cosines and the margin.

    Attributes:
        dense: cosine between question and passage.
        lift: see `ScoredPassage`.
        coverage: share of the question's words in the sentence and its headings.
        rest: the same with its names left out.
        holds: whether an amount, a date or the like was asked for and is there.
        margin: how far it is ahead of the best sentence of another document.
        listed: whether a list was asked for.
        broad: whether a definition, a summary or a comparison was asked for.
        follows: whether the question goes on from another one.
        foreign: whether the sentence is in another language than the question.
        foreign_lift: `lift` where it is; there words tell less.
        read: probability that the sentence answers, of a reader that read it; else 0.
    """

    dense: float
    lift: float
    coverage: float
    rest: float
    holds: float
    margin: float
    listed: float
    broad: float
    follows: float
    foreign: float
    foreign_lift: float
    read: float


@dataclass(frozen=True, slots=True)
class Calibration:
    """What the signs of a stage are worth.

    Attributes:
        weights: of the signs, in their order.
        intercept: added to the weighed signs.
        threshold: probability from which the assistant answers.
        out_of_scope: probability below which nothing near is shown.
        sure: probability from which reading is not worth its time.
        made: how the figures were obtained.
    """

    weights: Signs
    intercept: float
    threshold: float
    out_of_scope: float
    sure: float
    made: str

    def probability(self, signs: Signs) -> float:
        """Returns a probability in [0, 1]."""
        pairs = zip(self.weights, signs, strict=True)
        logit = self.intercept + sum(weight * sign for weight, sign in pairs)
        return 1 / (1 + math.exp(-logit))


@dataclass(frozen=True, slots=True)
class Verdict:
    """The decision.

    Attributes:
        confidence: calibrated probability that an answer would be right.
        evidence: sentences that hold the answer, best first; empty when there is none.
        reason: why there is none, or None.
        missing: the kind of thing that no sentence holds, or the name that none has, or None.
        signs: what the decision rests on; None when there was no sentence.
    """

    confidence: float
    evidence: tuple[Evidence, ...]
    reason: str | None = None
    missing: str | None = None
    signs: Signs | None = None


@cache
def load_calibration(*, read: bool = False) -> Calibration:
    """Reads the calibration that ships with the package.

    Args:
        read: whether it is for sentences whose passages were read.
    """
    record = json.loads((files("assistant") / "calibration.json").read_text(encoding="utf-8"))
    stage = record["stages"]["read" if read else "found"]
    return Calibration(
        weights=Signs(**stage["weights"]),
        intercept=stage["intercept"],
        threshold=stage["threshold"],
        out_of_scope=stage["out_of_scope"],
        sure=record["sure"],
        made=record["made"],
    )


def signs_of(question: Question, evidence: Sequence[Evidence], index: Index) -> Signs:
    """Returns the signs for the best of some sentences, of which there is at least one."""
    best = evidence[0]
    passage = best.scored.passage
    foreign = passage.language != question.language
    others = (one for one in evidence if one.scored.passage.document_id != passage.document_id)
    next_score = max((one.score for one in others), default=0.0)
    return Signs(
        dense=best.scored.dense,
        lift=best.scored.lift,
        coverage=best.coverage,
        rest=rest_held(question, best, index),
        holds=float(bool(best.values)),
        margin=best.score - next_score,
        listed=float(question.form is Form.LIST),
        broad=float(question.form in _BROAD),
        follows=float(question.follows),
        foreign=float(foreign),
        foreign_lift=best.scored.lift if foreign else 0.0,
        read=best.reading.probability if best.reading else 0.0,
    )


def judge(
    question: Question, found: Found, index: Index, threshold: float | None = None
) -> Verdict:
    """Decides whether a question can be answered from what was found.

    Args:
        question: what is asked.
        found: sentences for it.
        index: that they come from.
        threshold: probability from which to answer; None takes the calibrated one.
    """
    calibration = load_calibration(read=found.read)
    threshold = calibration.threshold if threshold is None else threshold
    sentences = found.evidence or found.lacking
    if not sentences:
        name = question.topics[0].name if question.topics and found.ranking.passages else None
        reason = "entity_missing" if name and not found.named else "out_of_scope"
        return Verdict(0.0, (), reason, name if reason == "entity_missing" else None)
    signs = signs_of(question, sentences, index)
    confidence = calibration.probability(signs)
    if confidence < min(calibration.out_of_scope, threshold):
        return Verdict(confidence, (), "out_of_scope", signs=signs)
    if lack := _lack(question, found, confidence, threshold):
        reason, missing = lack
        sure = not found.evidence or reason == "entity_missing"
        confidence = min(confidence, threshold / 2) if sure else confidence
        return Verdict(confidence, (), reason, missing, signs)
    return Verdict(confidence, found.evidence, signs=signs)


def worth_reading(
    question: Question, found: Found, verdict: Verdict, sure: float | None = None
) -> bool:
    """Tells whether reading the passages can change what is said.

    Args:
        question: what is asked; one for a definition, an overview or the like is not answered by
            some words of a sentence.
        found: sentences for it.
        verdict: what was decided without reading.
        sure: probability from which it is not; None takes the calibrated one.
    """
    sure = load_calibration().sure if sure is None else sure
    return (
        question.form in _READABLE
        and bool(found.evidence)
        and verdict.reason not in {"entity_missing", "out_of_scope"}
        and verdict.confidence < sure
    )


def _lack(
    question: Question, found: Found, confidence: float, threshold: float
) -> tuple[str, str | None] | None:
    """Returns why there is no answer near the subject, and what is missing; None if there is."""
    if question.unknown_name:
        return "entity_missing", question.unknown_name
    if not found.evidence:
        # Sentences are about the subject, but an amount needs an amount, a year that year.
        missing = min(question.kinds - OPTIONAL, default=None)
        return ("asked_kind_missing" if missing else "no_evidence"), missing
    return None if confidence >= threshold else ("no_evidence", None)
