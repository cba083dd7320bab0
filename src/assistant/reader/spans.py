"""Where an answer most likely starts and ends."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from assistant.domain import Span
from assistant.reader.inputs import Batch

_LONGEST: Final = 32
"""Tokens of an answer at most."""
_AROUND: Final = " \t\n,.;:!?…()[]«»“”\"'’\u00a0\u202f"


class Likeliest(NamedTuple):
    """Of each passage of a batch.

    Attributes:
        spans: the likeliest answer, in offsets of the passage.
        margins: how far its logits are above those of no answer, shape (n,).
    """

    spans: list[Span]
    margins: npt.NDArray[np.float32]


def likeliest(places: npt.NDArray[np.float32], batch: Batch) -> Likeliest:
    """Finds the best pair of a first and a last token in each passage.

    Args:
        places: logits that an answer starts and ends at a token, shape (n, n_tokens, 2); those of
            the first token speak for no answer.
        batch: what was read.
    """
    spans, margins = [], np.zeros(len(places), dtype=np.float32)
    for row, readable in enumerate(batch.readable):
        tokens = np.flatnonzero(readable)
        if not len(tokens):
            spans.append(Span(0, 0))
            margins[row] = -np.inf
            continue
        start, end = places[row, tokens, 0], places[row, tokens, 1]
        sums = start[:, None] + end[None, :]
        apart = np.arange(len(tokens))[None, :] - np.arange(len(tokens))[:, None]
        sums[(apart < 0) | (apart >= _LONGEST)] = -np.inf
        first, last = np.unravel_index(int(np.argmax(sums)), sums.shape)
        spans.append(batch.place_of(row, int(tokens[first]), int(tokens[last])))
        margins[row] = sums[first, last] - places[row, 0].sum()
    return Likeliest(spans, margins)


def trimmed(text: str, span: Span) -> Span:
    """Returns a span of a text without blanks and punctuation at its ends."""
    words = text[span.start : span.end]
    start = span.end - len(words.lstrip(_AROUND))
    return Span(start, max(start, span.start + len(words.rstrip(_AROUND))))
