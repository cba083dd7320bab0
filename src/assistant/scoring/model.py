"""The features of all sentences found weighed against one another, and against having no answer.

A conditional logit (McFadden, 1974): the sentences and "none of them" are alternatives, each with a
weight that is linear in its features; their probabilities are the shares of the exponentials. Which
sentence is best and whether any is good enough is so one question. `model.json` holds the figures
and says how they were made; `training/scorer.py` makes them.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from typing import Final, NamedTuple

from assistant.question import Form, Question
from assistant.scoring.features import Features, Nothing
from assistant.scoring.records import Candidate, Found
from assistant.values import OPTIONAL

_READABLE: Final = frozenset({Form.FACT, Form.LIST, Form.YES_NO, Form.COMPARISON})
_CERTAIN: Final = 1e-6


class Nearness(NamedTuple):
    """What tells a question on the subject of the sources from one on anything else.

    Attributes:
        lift: of the best passage.
        lexical: of the best passage.
        likeness: cosine with the likest known question, answered or not.
        known: whether any question is known.
        unknown: whether the question has a name that no source has.
    """

    lift: float
    lexical: float
    likeness: float
    known: float
    unknown: float


@dataclass(frozen=True, slots=True)
class Line:
    """A weighed sum.

    Attributes:
        weights: by feature.
        intercept: added to it.
    """

    weights: Mapping[str, float]
    intercept: float

    def weigh(self, features: Mapping[str, float]) -> float:
        """Returns the sum."""
        return self.intercept + sum(
            weight * features[name] for name, weight in self.weights.items()
        )

    def probability(self, features: Mapping[str, float]) -> float:
        """Returns the sum as a probability in [0, 1]."""
        return 1 / (1 + math.exp(-self.weigh(features)))


@dataclass(frozen=True, slots=True)
class Model:
    """What was learnt.

    Attributes:
        sentence: weighs `Features`.
        nothing: weighs `Nothing`.
        reading: weighs what a reader told of a sentence, to be added to its weight.
        unread: weighs the most that a reader told of any, to be added to that of no answer.
        sure: makes a confidence of the logit of "something answers" and of the best one's share.
        near: tells whether a question is about the subject, of `Nearness`.
        threshold: confidence from which to answer.
        enough: confidence from which reading is not worth its time.
        made: how the figures were obtained.
    """

    sentence: Line
    nothing: Line
    reading: Line
    unread: Line
    sure: Line
    near: Line
    threshold: float
    enough: float
    made: str

    def compare(
        self, candidates: Sequence[Candidate], nothing: Nothing, *, read: bool = False
    ) -> tuple[tuple[Candidate, ...], float]:
        """Weighs sentences against one another.

        Args:
            candidates: sentences with their features.
            nothing: what speaks for it that none answers.
            read: whether passages were read.

        Returns:
            The sentences with their probabilities, the likeliest first, and the confidence.
        """
        weights = [self.sentence.weigh(one.features._asdict()) for one in candidates]
        none = self.nothing.weigh(nothing._asdict())
        if read:
            told = [one.reading.probability if one.reading else 0.0 for one in candidates]
            none += self.unread.weigh({"told": max(told, default=0.0)})
            weights = [
                weight + self.reading.weigh({"told": one})
                for weight, one in zip(weights, told, strict=True)
            ]
        highest = max([none, *weights])
        shares = [math.exp(weight - highest) for weight in weights]
        total = sum(shares) + math.exp(none - highest)
        ordered = sorted(
            (
                replace(one, weight=weight, probability=share / total)
                for one, weight, share in zip(candidates, weights, shares, strict=True)
            ),
            key=lambda one: (-one.weight, -one.scored.score),
        )
        if not ordered:
            return (), 0.0
        some = min(max(sum(shares) / total, _CERTAIN), 1 - _CERTAIN)
        logit = math.log(some / (1 - some))
        confidence = self.sure.probability({"logit": logit, "share": ordered[0].probability / some})
        return tuple(ordered), confidence


@dataclass(frozen=True, slots=True)
class Verdict:
    """The decision.

    Attributes:
        confidence: calibrated probability that an answer would be right.
        answers: sentences, the likeliest first; empty when none is likely enough.
        reason: why there is none, or None.
        missing: the kind of thing that the likeliest sentence lacks, or the name that no source
            has, or None.
        features: of the likeliest sentence; None when there was no sentence.
    """

    confidence: float
    answers: tuple[Candidate, ...]
    reason: str | None = None
    missing: str | None = None
    features: Features | None = None


@cache
def load_model() -> Model:
    """Reads the model that ships with the package."""
    record = json.loads((files("assistant.scoring") / "model.json").read_text(encoding="utf-8"))
    lines = {
        name: Line(record[name]["weights"], record[name]["intercept"])
        for name in ("sentence", "nothing", "reading", "unread", "sure", "near")
    }
    return Model(
        **lines, threshold=record["threshold"], enough=record["enough"], made=record["made"]
    )


def judge(question: Question, found: Found, threshold: float | None = None) -> Verdict:
    """Decides whether a question can be answered from what was found.

    Args:
        question: what is asked.
        found: sentences for it.
        threshold: confidence from which to answer; None takes the calibrated one.
    """
    threshold = load_model().threshold if threshold is None else threshold
    features = found.candidates[0].features if found.candidates else None
    if found.candidates and found.confidence >= threshold:
        return Verdict(found.confidence, found.candidates, features=features)
    reason, missing = _why_not(question, found)
    confidence = found.confidence
    if reason == "out_of_scope":
        # Whatever comes nearest, there is no answer where the subject is another.
        confidence *= _about(found)
    return Verdict(confidence, (), reason, missing, features)


def nearness(found: Found) -> Nearness:
    """Returns how near the sources come to a question."""
    return Nearness(
        lift=max((one.lift for one in found.ranking.passages), default=0.0),
        lexical=max((one.lexical for one in found.ranking.passages), default=0.0),
        likeness=float(found.near.cosines[0]) if len(found.near.cosines) else 0.0,
        known=float(bool(len(found.near.cosines))),
        unknown=found.nothing.unknown,
    )


def _about(found: Found) -> float:
    """Returns how likely a question is about the subject of the sources."""
    return load_model().near.probability(nearness(found)._asdict())


def worth_reading(
    question: Question, found: Found, verdict: Verdict, sure: float | None = None
) -> bool:
    """Tells whether reading the passages can change what is said.

    Args:
        question: what is asked; one for a definition, an overview or the like is not answered by
            some words of a sentence.
        found: sentences for it.
        verdict: what was decided without reading.
        sure: confidence from which it is not; None takes the calibrated one.
    """
    sure = load_model().enough if sure is None else sure
    return (
        question.form in _READABLE
        and bool(found.candidates)
        and verdict.reason != "out_of_scope"
        and verdict.confidence < sure
    )


def _why_not(question: Question, found: Found) -> tuple[str, str | None]:
    """Returns why nothing answers, and what is missing."""
    if _about(found) < 0.5:  # noqa: PLR2004 - likelier not
        return "out_of_scope", None
    if question.unknown_name:
        return "entity_missing", question.unknown_name
    needed = question.kinds - OPTIONAL
    if needed and not any(one.values and one.features.counted for one in found.candidates[:1]):
        return "asked_kind_missing", min(needed)
    return "no_evidence", None
