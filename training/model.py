"""The reader in PyTorch: multilingual-e5-small with three small layers on top."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np
import torch
from torch import nn
from torch.nn.functional import binary_cross_entropy_with_logits, cross_entropy
from transformers import BertConfig, BertModel

from assistant.encoder.e5_file import FloatArray, WeightsFile, expand
from assistant.reader.inputs import Inputs
from assistant.reader.model import TrainedWeights
from training.pairs import Pair

FROZEN: Final = 3
"""Lowest layers, which stay the encoder's: they hold what languages have in common."""
_SPAN_WEIGHT: Final = 1.0

HEADS: Final = ("pooler", "answerable", "span")
"""Layers on top."""

LAYER_PARTS: Final = {
    "q": "attention.self.query",
    "k": "attention.self.key",
    "v": "attention.self.value",
    "ao": "attention.output.dense",
    "aln": "attention.output.LayerNorm",
    "fi": "intermediate.dense",
    "fo": "output.dense",
    "oln": "output.LayerNorm",
}
"""Parts of a layer in the weights file, and what transformers calls them."""


class ReaderModel(nn.Module):
    """Question and passage in, three kinds of logits out.

    The first token's state says whether the passage holds the answer; each token's says whether
    the answer starts or ends there, and the first token stands for no answer (Devlin et al., 2019,
    https://arxiv.org/abs/1810.04805, section 4.3).

    Args:
        weights: the encoder's file.
        dropout: share of the values left out while it learns.
        trained: weights of a run before, to go on from.
    """

    def __init__(
        self, weights: WeightsFile, dropout: float, trained: TrainedWeights | None = None
    ) -> None:
        super().__init__()
        config = BertConfig(
            vocab_size=1,
            hidden_size=weights.hidden,
            num_hidden_layers=weights.layers,
            num_attention_heads=weights.heads,
            intermediate_size=weights.inner,
            max_position_embeddings=weights.positions,
            layer_norm_eps=weights.epsilon,
            hidden_dropout_prob=dropout,
            attention_probs_dropout_prob=0.0,
            type_vocab_size=1,
        )
        self.layers = BertModel(config, add_pooling_layer=False)
        # For heads of 32 numbers the fused attention is slower backwards.
        self.layers.set_attn_implementation("eager")
        self.pooler = nn.Linear(weights.hidden, weights.hidden)
        self.answerable = nn.Linear(weights.hidden, 1)
        self.span = nn.Linear(weights.hidden, 2)
        self._load(weights, trained or weights)
        if trained:
            self._load_heads(trained)
        self.layers.embeddings.requires_grad_(False)
        for layer in self.layers.encoder.layer[:FROZEN]:
            layer.requires_grad_(False)

    def _load(self, weights: WeightsFile, layers: WeightsFile | TrainedWeights) -> None:
        embeddings, width = self.layers.embeddings, weights.hidden
        values: dict[Any, FloatArray] = {
            embeddings.position_embeddings.weight: weights.vector("emb.pos").reshape(-1, width),
            embeddings.token_type_embeddings.weight: weights.vector("emb.type")[:width][None],
            embeddings.LayerNorm.weight: weights.vector("emb.ln.w"),
            embeddings.LayerNorm.bias: weights.vector("emb.ln.b"),
        }
        for number, layer in enumerate(self.layers.encoder.layer):
            for short, name in LAYER_PARTS.items():
                part = layer.get_submodule(name)
                given = f"l{number}.{short}"
                columns = weights.inner if short == "fo" else width
                values[part.weight] = (
                    layers.vector(f"{given}.w")
                    if short in {"aln", "oln"}
                    else layers.matrix(f"{given}.w", columns)
                )
                values[part.bias] = layers.vector(f"{given}.b")
        _copy(values)

    def _load_heads(self, trained: TrainedWeights) -> None:
        heads = {name: self.get_submodule(name) for name in HEADS}
        _copy({head.bias: trained.vector(f"{name}.b") for name, head in heads.items()})
        width = self.pooler.in_features
        _copy({head.weight: trained.matrix(f"{name}.w", width) for name, head in heads.items()})

    def forward(
        self,
        inputs_embeds: torch.Tensor,
        attention_mask: torch.Tensor,
        spans: torch.Tensor,
        readable: torch.Tensor,
        labels: torch.Tensor,
    ) -> dict[str, torch.Tensor]:
        """Returns the loss and the logits.

        Args:
            inputs_embeds: word vectors, shape (n, n_tokens, 384).
            attention_mask: 1 where there is a token, shape (n, n_tokens).
            spans: first and last token of the answer, 0 for none, shape (n, 2).
            readable: 1 for tokens of the passage and the first one, shape (n, n_tokens).
            labels: 1 where the passage holds the answer, shape (n,).
        """
        hidden = self.layers(
            inputs_embeds=inputs_embeds, attention_mask=attention_mask
        ).last_hidden_state
        answerable = self.answerable(torch.tanh(self.pooler(hidden[:, 0])))[:, 0].float()
        places = self.span(hidden).float().masked_fill(readable[..., None] == 0, -1e4)
        loss = binary_cross_entropy_with_logits(answerable, labels)
        for side in range(2):
            loss = loss + _SPAN_WEIGHT * cross_entropy(places[..., side], spans[:, side])
        return {"loss": loss, "answerable": answerable, "places": places}


def _copy(values: Mapping[Any, FloatArray]) -> None:
    with torch.no_grad():
        for parameter, value in values.items():
            parameter.copy_(torch.from_numpy(np.array(value)))


class Collator:
    """Makes batches; the table of words stays in the encoder's file.

    Args:
        weights: the encoder's file.
        inputs: turns texts into tokens.
    """

    def __init__(self, weights: WeightsFile, inputs: Inputs) -> None:
        self._inputs = inputs
        self._words = weights.blocks("emb.word", weights.hidden)

    def __call__(self, pairs: Sequence[Pair]) -> dict[str, Any]:
        """Returns the arguments of `ReaderModel.forward`."""
        batch = self._inputs.batch([(one.question, one.heading, one.passage) for one in pairs])
        spans = np.zeros((len(pairs), 2), dtype=np.int64)
        for row, pair in enumerate(pairs):
            if pair.answer:
                spans[row] = batch.tokens_of(row, pair.answer) or (0, 0)
        readable = batch.readable.copy()
        readable[:, 0] = 1
        return {
            "inputs_embeds": torch.from_numpy(expand(self._words[batch.ids])),
            "attention_mask": torch.from_numpy(batch.mask.astype(np.int64)),
            "spans": torch.from_numpy(spans),
            "readable": torch.from_numpy(readable.astype(np.int64)),
            "labels": torch.tensor([float(one.answer is not None) for one in pairs]),
        }
