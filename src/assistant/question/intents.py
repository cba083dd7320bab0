"""What a visitor wants: an answer from the sources, small talk, or what is not given.

A logistic regression over the vector of the text, learnt by `training/intents.py`, in all languages
at once.
"""

from __future__ import annotations

from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np

from assistant.encoder import FloatArray, join

QUESTION: Final = "question"
WEIGHTS: Final = Path(__file__).parent / "intents.npz"
LIKELY: Final = 0.7
"""Probability from which a text is taken for something else than a question: to a visitor who asks,
being told « bonjour » is worse than an answer is to one who only says it."""


class SmallTalk(StrEnum):
    """What a visitor says without asking for anything that sources could tell."""

    IDENTITY = "identity"
    ABILITY = "ability"
    FAREWELL = "farewell"
    THANKS = "thanks"
    GREETING = "greeting"
    ACKNOWLEDGEMENT = "acknowledgement"


class Refusal(StrEnum):
    """What is asked for and not given; the reason of the answer."""

    INSTRUCTION = "instruction"
    INVENTION = "invention"
    OPINION = "opinion"
    ADVICE = "advice"


class _Heads(NamedTuple):
    names: list[str]
    weights: FloatArray
    intercepts: FloatArray


def read_intent(text: str) -> SmallTalk | Refusal | None:
    """Returns what a text is when it is no question, or None.

    Args:
        text: what was typed, cleaned.
    """
    heads = _load()
    logits = heads.weights @ join(text) + heads.intercepts
    shares = np.exp(logits - logits.max())
    asked = heads.names.index(QUESTION)
    # « Merci, au revoir » is two things at once, and surely no question.
    if 1 - shares[asked] / shares.sum() < LIKELY:
        return None
    shares[asked] = 0
    name = heads.names[int(shares.argmax())]
    return SmallTalk(name) if name in set(SmallTalk) else Refusal(name)


@cache
def _load() -> _Heads:
    with np.load(WEIGHTS, allow_pickle=False) as arrays:
        return _Heads(list(arrays["names"]), arrays["weights"], arrays["intercepts"])
