"""How near are the known questions to those of a gold set?

A gold question that is known word for word measures memory. The others are compared by the share of
their letters' trigrams (Jaccard, 1912, https://doi.org/10.1111/j.1469-8137.1912.tb05611.x).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

import numpy as np

from assistant.corpus import KnownQuestion
from assistant.evaluation.gold import GoldSet
from assistant.spelling import fold


def known_nearness(gold: GoldSet, known: Iterable[KnownQuestion]) -> dict[str, float]:
    """Returns the share of gold questions that are known, and how near the nearest ones are.

    Median and 95th percentile are those of the similarity to the nearest known question in the
    language of the gold question, in [0, 1]; without one it is 0. Nothing known has no nearness.
    """
    by_language: dict[str, set[str]] = {}
    for entry in known:
        for language, wordings in entry.wordings.items():
            by_language.setdefault(language, set()).update(map(_folded, wordings))
    if not by_language:
        return {}
    asked = [
        (turn.language, _folded(turn.question))
        for conversation in gold.conversations
        for turn in conversation.turns
    ]
    everything = set().union(*by_language.values())
    indexes = {language: _Trigrams(texts) for language, texts in by_language.items()}
    nearest = [
        indexes[language].nearest(text) if language in indexes else 0.0 for language, text in asked
    ]
    return {
        "equal": sum(text in everything for _, text in asked) / len(asked),
        "median": float(np.median(nearest)),
        "p95": float(np.quantile(nearest, 0.95)),
    }


class _Trigrams:
    """Texts by the trigrams that they hold.

    Args:
        texts: folded.
    """

    def __init__(self, texts: Iterable[str]) -> None:
        self._sizes: dict[str, int] = {}
        self._holders: dict[str, list[str]] = {}
        for text in texts:
            trigrams = _trigrams(text)
            self._sizes[text] = len(trigrams)
            for trigram in trigrams:
                self._holders.setdefault(trigram, []).append(text)

    def nearest(self, text: str) -> float:
        """Returns the highest similarity of any text."""
        trigrams = _trigrams(text)
        shared = Counter[str]()
        for trigram in trigrams:
            shared.update(self._holders.get(trigram, ()))
        return max(
            (count / (len(trigrams) + self._sizes[one] - count) for one, count in shared.items()),
            default=0.0,
        )


def _folded(text: str) -> str:
    return " ".join(re.findall(r"\w+", fold(text)))


def _trigrams(text: str) -> set[str]:
    padded = f" {text} "
    return {padded[start : start + 3] for start in range(len(padded) - 2)}
