"""How well pairs are told apart, and answers found."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from sklearn.metrics import roc_auc_score

from training.pairs import Pair, without_accents


class Figures(NamedTuple):
    """What is measured on pairs.

    Attributes:
        auroc: how often a passage with the answer gets a higher logit than one without.
        exact: share of the answers whose place is found exactly, case, accents and punctuation
            aside.
        overlap: mean F1 of the words found and the words of the answer (Rajpurkar et al., 2016,
            https://arxiv.org/abs/1606.05250).
        pairs: how many were measured.
    """

    auroc: float
    exact: float
    overlap: float
    pairs: int


def measure(
    pairs: Sequence[Pair], logits: npt.NDArray[np.floating[Any]], found: Sequence[str]
) -> Figures:
    """Compares logits and places with what is right.

    Args:
        pairs: what was read.
        logits: that the answer is there, shape (n,).
        found: the likeliest answer in each passage.
    """
    holds = np.array([pair.answer is not None for pair in pairs])
    answered = [
        (_words(pair.passage[pair.answer.start : pair.answer.end]), _words(text))
        for pair, text in zip(pairs, found, strict=True)
        if pair.answer
    ]
    return Figures(
        float(roc_auc_score(holds, logits)),
        float(np.mean([right == given for right, given in answered])),
        float(np.mean([_f1(right, given) for right, given in answered])),
        len(pairs),
    )


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", without_accents(text.lower()))


def _f1(right: list[str], given: list[str]) -> float:
    shared = sum(min(right.count(word), given.count(word)) for word in set(right))
    return 2 * shared / (len(right) + len(given)) if shared else 0.0
