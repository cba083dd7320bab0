"""Does this evidence hold the answer? A calibrated probability, and why not.

Two signs are weighed by a logistic regression: how much closer the best passage comes to the
question than unrelated texts do (lift), and which share of the question's words it holds
(lexical). Questions in another language than the passage share no words with it, so they have
weights of their own. `calibration.json` holds the weights and says how they were made;
`benchmarks/calibrate.py` makes them.

Besides, a passage must hold the kind of thing that is asked for: an amount, a date, a number,
contact details or hours.
"""

from __future__ import annotations

import json
import math
import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final, NamedTuple

from assistant.domain import Ranking, ScoredPassage
from assistant.lexical import analyse
from assistant.question import Question

_MONTHS: Final = (
    "janvier|février|mars|avril|mai|juin|juillet|août|septembre|octobre|novembre|décembre"
    "|january|february|march|april|may|june|july|august|september|october|november|december"
)
HOLDS: Final = {
    "amount": re.compile(
        r"(?:€|EUR)\s?\d|\d[\d\s.,]*(?:€|euros?\b|EUR\b|[MGk]€|M\s?€|millions?|milliards?|billion)"
    ),
    "date": re.compile(
        rf"\b(?:1[5-9]|20)\d\d\b|\b\d{{1,2}}(?:er)?\s(?:{_MONTHS})\b", re.IGNORECASE
    ),
    "number": re.compile(
        r"(?<![\d/-])\d+(?![\d/-])|\b(?:deux|trois|quatre|cinq|six|sept|huit|neuf|dix|onze|douze"
        r"|quinze|vingt|trente|cent|mille|two|three|four|five|six|seven|eight|nine|ten|eleven"
        r"|twelve|hundred|thousand)\b",
        re.IGNORECASE,
    ),
    "contact": re.compile(
        r"(?:\+33|\b0)[1-9](?:[\s.]?\d\d){4}\b|\S+@\S+\.\w+|\b\d{5}\s[A-ZÀ-Ý]|\b\d+,?\s(?:rue|avenue)"
    ),
    "hours": re.compile(r"\b\d{1,2}\s?(?:h|heures?)\b|\b\d{1,2}:\d\d\b|\b\d{1,2}\s?[ap]m\b"),
}
"""What a sentence must hold to answer a question of a kind."""

_COUNT: Final = re.compile(
    r"(?:\d|\b(?:deux|trois|quatre|cinq|six|sept|huit|neuf|dix|douze|vingt|cent|mille|two|three|four"
    r"|five|six|seven|eight|nine|ten|twelve|hundred|thousand))"
    r"(?:[\s\u00a0\u202f]+|-)(?P<things>[^\W\d]\S*(?:\s+[^\W\d]\S*){0,3})"
)
"""A number with up to four words behind it."""

_NEAR_TOP: Final = 0.85
"""Share of the best score from which a passage may hold the answer instead of the best one."""


class Signs(NamedTuple):
    """What the decision rests on.

    Attributes:
        lift: of the best passage, see `ScoredPassage`.
        lexical: share of the question's words in it, in [0, 1].
    """

    lift: float
    lexical: float


@dataclass(frozen=True, slots=True)
class Weights:
    """One logistic regression over `Signs`."""

    lift: float
    lexical: float
    intercept: float

    def probability(self, signs: Signs) -> float:
        """Returns a probability in [0, 1]."""
        logit = self.intercept + self.lift * signs.lift + self.lexical * signs.lexical
        return 1 / (1 + math.exp(-logit))


@dataclass(frozen=True, slots=True)
class Calibration:
    """What `calibration.json` holds.

    Attributes:
        same_language: for questions in the language of the passage.
        other_language: for all others.
        threshold: probability from which the assistant answers.
        made: how the figures were obtained.
    """

    same_language: Weights
    other_language: Weights
    threshold: float
    made: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """The decision.

    Attributes:
        confidence: calibrated probability that an answer would be right.
        evidence: passages that may hold the answer, best first; empty when there is none.
        reason: why there is none, or None.
        missing: the kind of thing that no passage holds, or None.
    """

    confidence: float
    evidence: tuple[ScoredPassage, ...]
    reason: str | None = None
    missing: str | None = None


@cache
def load_calibration() -> Calibration:
    """Reads the calibration that ships with the package."""
    record = json.loads((files("assistant") / "calibration.json").read_text(encoding="utf-8"))
    return Calibration(
        same_language=Weights(**record["same_language"]),
        other_language=Weights(**record["other_language"]),
        threshold=record["threshold"],
        made=record["made"],
    )


def candidates(question: Question, ranking: Ranking) -> tuple[ScoredPassage, ...]:
    """Returns the passages nearly as good as the best that hold the kind of thing asked for.

    Args:
        question: says which kinds are asked for.
        ranking: holds at least one passage.
    """
    limit = _NEAR_TOP * ranking.passages[0].score
    return tuple(
        scored
        for scored in ranking.passages
        if scored.score >= limit
        and not missing_kinds(question, scored.passage.text, scored.passage.language)
    )


def missing_kinds(question: Question, text: str, language: str) -> list[str]:
    """Returns the kinds of thing that a question asks for and `text` does not hold, sorted.

    A count must stand before the thing counted: « combien de terrils » needs « 51 terrils », in
    the language of the question; in another one any number that is no date will do.
    """
    missing = [kind for kind in question.kinds if not _holds(kind, text)]
    if question.counted and "number" not in missing and "number" in question.kinds:
        counts = {term for number in _COUNT.finditer(text) for term in analyse(number["things"])}
        if language == question.language and question.counted not in counts:
            missing.append("number")
    return sorted(missing)


def _holds(kind: str, text: str) -> bool:
    if kind == "number":
        text = HOLDS["date"].sub(" ", text)
    return HOLDS[kind].search(text) is not None


def signs_of(ranking: Ranking) -> Signs:
    """Returns the signs for the best passage; for no passage at all, the worst signs."""
    if not ranking.passages:
        return Signs(0.0, 0.0)
    best = ranking.passages[0]
    return Signs(best.lift, best.lexical)


def judge(question: Question, ranking: Ranking, threshold: float | None = None) -> Verdict:
    """Decides whether a question can be answered from a ranking.

    Args:
        question: what is asked.
        ranking: what was found for it.
        threshold: probability from which to answer; None takes the calibrated one.
    """
    calibration = load_calibration()
    threshold = calibration.threshold if threshold is None else threshold
    if not ranking.passages:
        return Verdict(0.0, (), reason="out_of_scope")
    same_language = ranking.passages[0].passage.language == question.language
    weights = calibration.same_language if same_language else calibration.other_language
    confidence = weights.probability(signs_of(ranking))
    if confidence < threshold / 2:
        return Verdict(confidence, (), reason="out_of_scope")
    evidence = candidates(question, ranking)
    if not evidence:
        # Passages are about the subject, but an amount needs an amount, a date a date.
        best = ranking.passages[0].passage
        missing = missing_kinds(question, best.text, best.language)[0]
        confidence = min(confidence, threshold / 2)
        return Verdict(confidence, (), reason="asked_kind_missing", missing=missing)
    if confidence < threshold:
        return Verdict(confidence, (), reason="no_evidence")
    return Verdict(confidence, evidence)
