"""The transformer layers of multilingual-e5-small as an ONNX graph."""

from __future__ import annotations

from typing import Any, Protocol

import numpy as np
import numpy.typing as npt
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


def open_layers(
    weights: LayerWeights, threads: int, *, eight_bits: bool = False
) -> onnxruntime.InferenceSession:
    """Returns the layers ready to run, see `layers_graph` for what goes in and out.

    Args:
        weights: of the layers.
        threads: processor cores to use; 0 takes all.
        eight_bits: whether matrices are multiplied in whole numbers.
    """
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    # Threads that wait for work leave the cores to other visitors' questions.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    return onnxruntime.InferenceSession(
        layers_graph(weights, eight_bits=eight_bits), options, providers=["CPUExecutionProvider"]
    )


def in_whole_numbers(matrix: FloatArray, bits: int = 8) -> tuple[npt.NDArray[np.int8], FloatArray]:
    """Returns a matrix in whole numbers, and what each row is to be multiplied by.

    Args:
        matrix: shape (rows, columns).
        bits: of a number, the one of its sign included.
    """
    scale = np.abs(matrix).max(axis=1) / (2 ** (bits - 1) - 1)
    return np.round(matrix / scale[:, None]).astype(np.int8), scale.astype(np.float32)


def layers_graph(weights: LayerWeights, *, eight_bits: bool = False) -> bytes:
    """Returns the transformer layers as an ONNX model.

    Inputs: `embedded`, float32 (n_texts, n_tokens, 384), words and places added up; `mask`, int32
    (n_texts, n_tokens). Output: `hidden`, float32 (n_texts, n_tokens, 384). The fused operators
    are ONNX Runtime's own (domain com.microsoft).

    In eight bits a matrix has one scale a row, what it is multiplied with one for all.
    """
    graph = _Graph(weights, eight_bits)
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

    def __init__(self, weights: LayerWeights, eight_bits: bool) -> None:
        self._weights = weights
        self._eight_bits = eight_bits
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
        matrix, bias = self._weights.matrix(f"{name}.w", columns), self.vector(f"{name}.b")
        if self._eight_bits:
            # Processors without VNNI add two products up in 16 bits: seven bits do not overflow.
            whole, scale = in_whole_numbers(matrix, bits=7)
            factors = [
                self._constant(f"{name}.w", whole.T),
                self._constant(f"{name}.scale", scale),
                self._constant(f"{name}.zero", np.zeros_like(scale, dtype=np.int8)),
            ]
            return self.add("DynamicQuantizeMatMul", [value, *factors, bias])
        product = self.add("MatMul", [value, self._constant(f"{name}.w", matrix.T)], domain="")
        return self.add("Add", [product, bias], domain="")

    def add_and_normalise(self, value: str, residual: str, name: str) -> str:
        inputs = [value, residual, self.vector(f"{name}.w"), self.vector(f"{name}.b")]
        return self.add("SkipLayerNormalization", inputs, epsilon=self._weights.epsilon)

    def _constant(self, name: str, values: npt.NDArray[Any]) -> str:
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
