"""The transformer layers of multilingual-e5-small as an ONNX graph."""

from __future__ import annotations

from typing import Any, Protocol

import numpy as np
import onnxruntime
from onnx import TensorProto, helper, numpy_helper

from assistant.encoder.e5_file import FloatArray


class LayerWeights(Protocol):
    """Weights of the layers: the encoder's own, or others trained from them.

    Attributes:
        hidden: numbers of a token's state.
        layers: how many there are.
        heads: of each attention.
        inner: numbers between the two halves of a layer.
        epsilon: added to variances.
    """

    hidden: int
    layers: int
    heads: int
    inner: int
    epsilon: float

    def vector(self, name: str) -> FloatArray:
        """Returns a bias or the like, flat."""
        ...

    def matrix(self, name: str, columns: int) -> FloatArray:
        """Returns a matrix, shape (rows, columns)."""
        ...


def open_layers(weights: LayerWeights, threads: int) -> onnxruntime.InferenceSession:
    """Returns the layers ready to run, see `layers_graph` for what goes in and out.

    Args:
        weights: of the layers.
        threads: processor cores to use; 0 takes all.
    """
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    return onnxruntime.InferenceSession(
        layers_graph(weights), options, providers=["CPUExecutionProvider"]
    )


def layers_graph(weights: LayerWeights) -> bytes:
    """Returns the transformer layers as an ONNX model.

    Inputs: `embedded`, float32 (n_texts, n_tokens, 384), words and places added up; `mask`, int32
    (n_texts, n_tokens). Output: `hidden`, float32 (n_texts, n_tokens, 384). The fused operators
    are ONNX Runtime's own (domain com.microsoft).
    """
    graph = _Graph(weights)
    hidden = graph.add(
        "LayerNormalization",
        ["embedded", graph.vector("emb.ln.w"), graph.vector("emb.ln.b")],
        domain="",
        epsilon=weights.epsilon,
    )
    for layer in range(weights.layers):
        name = f"l{layer}."
        query, key, value = (
            graph.linear(hidden, f"{name}{part}", weights.hidden) for part in "qkv"
        )
        attended = graph.add(
            "MultiHeadAttention", [query, key, value, "", "mask"], num_heads=weights.heads
        )
        attended = graph.linear(attended, f"{name}ao", weights.hidden)
        hidden = graph.add_and_normalise(attended, hidden, f"{name}aln")
        inner = graph.add("Gelu", [graph.linear(hidden, f"{name}fi", weights.hidden)])
        hidden = graph.add_and_normalise(
            graph.linear(inner, f"{name}fo", weights.inner), hidden, f"{name}oln"
        )
    return graph.serialise()


class _Graph:
    """An ONNX graph under construction; values are known by name."""

    def __init__(self, weights: LayerWeights) -> None:
        self._weights = weights
        self._nodes: list[Any] = []
        self._constants: list[Any] = []

    def add(
        self, operator: str, inputs: list[str], domain: str = "com.microsoft", **options: Any
    ) -> str:
        output = f"v{len(self._nodes)}"
        self._nodes.append(helper.make_node(operator, inputs, [output], domain=domain, **options))
        return output

    def vector(self, name: str) -> str:
        return self._constant(name, self._weights.vector(name))

    def linear(self, value: str, name: str, columns: int) -> str:
        matrix = self._constant(f"{name}.w", self._weights.matrix(f"{name}.w", columns).T)
        product = self.add("MatMul", [value, matrix], domain="")
        return self.add("Add", [product, self.vector(f"{name}.b")], domain="")

    def add_and_normalise(self, value: str, residual: str, name: str) -> str:
        inputs = [value, residual, self.vector(f"{name}.w"), self.vector(f"{name}.b")]
        return self.add("SkipLayerNormalization", inputs, epsilon=self._weights.epsilon)

    def _constant(self, name: str, values: FloatArray) -> str:
        self._constants.append(numpy_helper.from_array(np.ascontiguousarray(values), name))
        return name

    def serialise(self) -> bytes:
        shape: list[str | int | None] = ["texts", "tokens", self._weights.hidden]
        self._nodes[-1].output[0] = "hidden"
        graph = helper.make_graph(
            self._nodes,
            "multilingual-e5-small",
            [
                helper.make_tensor_value_info("embedded", TensorProto.FLOAT, shape),
                helper.make_tensor_value_info("mask", TensorProto.INT32, shape[:2]),
            ],
            [helper.make_tensor_value_info("hidden", TensorProto.FLOAT, shape)],
            self._constants,
        )
        opsets = [helper.make_opsetid("", 17), helper.make_opsetid("com.microsoft", 1)]
        model: bytes = helper.make_model(
            graph, opset_imports=opsets, ir_version=10
        ).SerializeToString()
        return model
