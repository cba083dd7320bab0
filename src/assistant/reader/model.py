"""The trained reader, run by ONNX Runtime."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import numpy as np
from safetensors.numpy import load_file

from assistant.encoder.e5_file import FloatArray, WeightsFile, expand, installed_file, open_weights
from assistant.encoder.e5_graph import open_layers
from assistant.errors import ReaderError
from assistant.reader import Reading
from assistant.reader.inputs import Inputs
from assistant.reader.spans import likeliest, trimmed

SHA256: Final = "ed938038380fe1a8548a96baa20e56cc161f849629b3a17adfcaf40ab9b3088b"
"""Of the weights that ship with the package."""
SCALE: Final = ".scale"
"""Ends the name of what the rows of a matrix of whole numbers are multiplied by."""


class TrainedWeights:
    """The encoder's weights with those that were trained further in their place.

    A matrix is kept in whole numbers of eight bits with one scale a row.

    Args:
        file: the trained ones.
        encoder: all others.
        checksum: of the file.

    Raises:
        ReaderError: the file is not, to the last bit, the one that it should be.
    """

    def __init__(self, file: Path, encoder: WeightsFile, checksum: str = SHA256) -> None:
        if hashlib.sha256(file.read_bytes()).hexdigest() != checksum:
            raise ReaderError(
                f"The reader's weights, {file}, are damaged, or of another version.",
                "Install the package anew, or set enabled = false in [reader].",
            )
        self.hidden, self.layers, self.heads = encoder.hidden, encoder.layers, encoder.heads
        self.inner, self.epsilon = encoder.inner, encoder.epsilon
        self._encoder = encoder
        self._own = load_file(file)

    def vector(self, name: str) -> FloatArray:
        """Returns a bias or the like, flat."""
        own = self._own.get(name)
        return self._encoder.vector(name) if own is None else np.asarray(own, dtype=np.float32)

    def matrix(self, name: str, columns: int) -> FloatArray:
        """Returns a matrix in float32, shape (rows, columns)."""
        own = self._own.get(name)
        if own is None:
            return self._encoder.matrix(name, columns)
        scaled: FloatArray = own.astype(np.float32) * self._own[name + SCALE][:, None]
        return scaled


class TrainedReader:
    """Reads passages with the trained weights.

    Args:
        file: the weights.
        threads: processor cores to use; 0 takes all.
        checksum: of the file.

    Raises:
        ReaderError: they are damaged.
        EncoderError: the encoder's weights are not there.
    """

    def __init__(self, file: Path, threads: int = 0, checksum: str = SHA256) -> None:
        encoder = open_weights(installed_file())
        weights = TrainedWeights(file, encoder, checksum)
        width = encoder.hidden
        self._inputs = Inputs(encoder)
        self._words = encoder.blocks("emb.word", width)
        token_type = encoder.vector("emb.type")[:width]
        self._places = encoder.vector("emb.pos").reshape(-1, width) + token_type
        self._pooler = weights.matrix("pooler.w", width), weights.vector("pooler.b")
        self._answerable = weights.matrix("answerable.w", width), weights.vector("answerable.b")
        self._span = weights.matrix("span.w", width), weights.vector("span.b")
        self._slope, self._offset = weights.vector("calibration").tolist()
        self._session = open_layers(weights, threads, eight_bits=True)

    def read(self, question: str, passages: Sequence[tuple[str, str]]) -> list[Reading]:
        """Reads some passages with one question in mind, see `assistant.reader.Reader`."""
        if not passages:
            return []
        batch = self._inputs.batch([(question, heading, text) for heading, text in passages])
        embedded = expand(self._words[batch.ids]) + self._places[: batch.ids.shape[1]]
        (hidden,) = self._session.run(None, {"embedded": embedded, "mask": batch.mask})
        pooled = np.tanh(_linear(hidden[:, 0], *self._pooler))
        answerable = _linear(pooled, *self._answerable)[:, 0]
        found = likeliest(_linear(hidden, *self._span), batch)
        logits = self._slope * (answerable + found.margins) + self._offset
        probabilities = 1 / (1 + np.exp(-logits))
        return [
            Reading(float(probability), trimmed(text, span))
            for probability, span, (_, text) in zip(
                probabilities, found.spans, passages, strict=True
            )
        ]


def _linear(values: FloatArray, matrix: FloatArray, bias: FloatArray) -> FloatArray:
    result: FloatArray = values @ matrix.T + bias
    return result
