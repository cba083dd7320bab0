"""The encoder itself: the one place that imports sentence_transformers' models."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from sentence_transformers import SentenceTransformer

from assistant.encoder import FloatArray, Progress
from assistant.encoder.e5_small import E5Small
from assistant.errors import EncoderError
from assistant.settings import BUILT_IN_MODEL, EncoderSettings

_BATCHES_A_CALL: Final = 16


class SentenceEncoder:
    """A sentence-transformers model with the prompts that its training asks for."""

    def __init__(self, settings: EncoderSettings, identity: str) -> None:
        self.identity = identity
        self._settings = settings
        self._model = _load(settings)
        dimension = self._model.get_embedding_dimension()
        if dimension is None:
            raise EncoderError(
                f"The model {settings.model} does not say how long its vectors are.",
                "Name a sentence-transformers model that embeds whole texts.",
            )
        self.dimension = dimension

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Returns the number of tokens of each text, without prompt and special tokens."""
        if not texts:
            return []
        first = self._model[0]
        if isinstance(first, E5Small):
            return first.count_tokens(texts)
        tokens = self._model.tokenizer(list(texts), add_special_tokens=False)["input_ids"]
        return [len(ids) for ids in tokens]

    def encode_passages(self, texts: Sequence[str], progress: Progress) -> FloatArray:
        """Returns unit vectors, shape (n_passages, dimension)."""
        vectors = np.empty((len(texts), self.dimension), dtype=np.float32)
        # Neighbours in length go together, so that little is computed on padding.
        order = sorted(range(len(texts)), key=lambda index: -len(texts[index]))
        step = self._settings.batch_size * _BATCHES_A_CALL
        for first in range(0, len(order), step):
            chosen = order[first : first + step]
            vectors[chosen] = self._encode(
                [texts[index] for index in chosen], self._settings.passage_prompt
            )
            progress(len(chosen))
        return vectors

    def encode_query(self, text: str) -> FloatArray:
        """Returns a unit vector, shape (dimension,)."""
        vector: FloatArray = self._encode([text], self._settings.query_prompt)[0]
        return vector

    def _encode(self, texts: list[str], prompt: str) -> FloatArray:
        vectors: FloatArray = self._model.encode(
            texts,
            prompt=prompt,
            batch_size=self._settings.batch_size,
            normalize_embeddings=True,
            show_progress_bar=False,
        )
        return vectors


def _load(settings: EncoderSettings) -> SentenceTransformer:
    if settings.model == BUILT_IN_MODEL:
        return SentenceTransformer(modules=[E5Small(settings.threads)], device="cpu")
    try:
        return SentenceTransformer(
            settings.model, device="cpu", local_files_only=not settings.allow_download
        )
    except (OSError, ValueError) as error:
        raise EncoderError(
            f"The embedding model {settings.model} cannot be loaded.",
            "Put its folder's path in the settings, or set allow_download = true in [encoder].",
        ) from error
