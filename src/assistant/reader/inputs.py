"""Questions and passages as tokens of the encoder, and tokens as places in a passage."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from assistant.domain import Span
from assistant.encoder.e5_file import WeightsFile

_QUESTION: Final = 48
_HEADING: Final = 16
_PASSAGE: Final = 256
"""Tokens of each part that are read; what is beyond is not seen."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Texts that are read together: `<s> question </s> heading </s> passage </s>` a row.

    Attributes:
        ids: tokens, shape (n, n_tokens).
        mask: 1 where there is a token, shape (n, n_tokens).
        readable: whether a token is one of the passage, shape (n, n_tokens).
        first: place of the first token of the passage, for each row.
        offsets: for each row where the tokens of the passage stand in it.
    """

    ids: npt.NDArray[np.int64]
    mask: npt.NDArray[np.int32]
    readable: npt.NDArray[np.bool_]
    first: tuple[int, ...]
    offsets: tuple[tuple[Span, ...], ...]

    def tokens_of(self, row: int, span: Span) -> tuple[int, int] | None:
        """Returns the first and the last token of a part of a passage; None if it is not seen."""
        inside = [
            place
            for place, token in enumerate(self.offsets[row], start=self.first[row])
            if token.start < span.end and span.start < token.end
        ]
        return (inside[0], inside[-1]) if inside else None

    def place_of(self, row: int, first: int, last: int) -> Span:
        """Returns which part of a passage two of its tokens and those between them are."""
        offsets, start = self.offsets[row], self.first[row]
        return Span(offsets[first - start].start, offsets[last - start].end)


class Inputs:
    """Turns texts into batches.

    Args:
        weights: of the encoder.
    """

    def __init__(self, weights: WeightsFile) -> None:
        self._tokenizer = weights.tokenizer
        self._normalisation = weights.normalisation
        self._bos, self._eos, self._pad = weights.bos, weights.eos, weights.pad

    def batch(self, texts: Sequence[tuple[str, str, str]]) -> Batch:
        """Returns a batch of questions, headings and passages."""
        rows, firsts, offsets = [], [], []
        for question, heading, passage in texts:
            tokens, places = self._tokens(passage)
            head = [
                self._bos,
                *self._tokens(question)[0][:_QUESTION],
                self._eos,
                *self._tokens(heading)[0][:_HEADING],
                self._eos,
            ]
            rows.append([*head, *tokens[:_PASSAGE], self._eos])
            firsts.append(len(head))
            offsets.append(tuple(places[:_PASSAGE]))
        ids = np.full((len(rows), max(map(len, rows))), self._pad, dtype=np.int64)
        mask = np.zeros(ids.shape, dtype=np.int32)
        readable = np.zeros(ids.shape, dtype=np.bool_)
        for number, row in enumerate(rows):
            ids[number, : len(row)] = row
            mask[number, : len(row)] = 1
            readable[number, firsts[number] : len(row) - 1] = True
        return Batch(ids, mask, readable, tuple(firsts), tuple(offsets))

    def _tokens(self, text: str) -> tuple[list[int], list[Span]]:
        """Returns the tokens of a text and where each stands in it."""
        origin: list[int] = []
        written: list[str] = []
        for place, char in enumerate(text):
            normal = self._normalisation.get(ord(char), char)
            written.append(normal)
            origin += [place] * len(normal)
        encoding = self._tokenizer.encode("".join(written), add_special_tokens=False)
        spans = [
            Span(origin[start], origin[end - 1] + 1) if start < end else Span(0, 0)
            for start, end in encoding.offsets
        ]
        return encoding.ids, spans
