"""How well pairs are told apart, and answers found."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt
from sklearn.metrics import roc_auc_score

from training.pairs import Pair, without_accents

_ARTICLES: Final = frozenset(
    {"a", "an", "the", "le", "la", "les", "l", "un", "une", "du", "des", "au", "aux"}
)


class Figures(NamedTuple):
    """What is measured on pairs.

    Attributes:
        auroc: how often a passage with the answer gets a higher logit than one without.
        exact: share of the answers whose words are found exactly; case, accents, punctuation and
            articles aside, as in the evaluations of SQuAD and FQuAD (d'Hoffschmidt et al., 2020,
            https://arxiv.org/abs/2002.06071).
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
    words = re.findall(r"\w+", text.lower())
    return [without_accents(word) for word in words if word not in _ARTICLES]


def _f1(right: list[str], given: list[str]) -> float:
    shared = sum(min(right.count(word), given.count(word)) for word in set(right))
    return 2 * shared / (len(right) + len(given)) if shared else 0.0
