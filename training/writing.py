"""The trained weights in the form in which they are served."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from safetensors.numpy import save_file
from torch import nn

from assistant.encoder.e5_graph import in_whole_numbers
from assistant.reader.model import SCALE
from training.model import FROZEN, HEADS, LAYER_PARTS, ReaderModel


def write(model: ReaderModel, slope: float, offset: float, file: Path) -> str:
    """Writes the trained layers in eight bits, and returns the SHA-256 of the file.

    Args:
        model: what was trained.
        slope: a logit is multiplied by it before it becomes a probability.
        offset: added then.
        file: where to.
    """
    tensors: dict[str, npt.NDArray[Any]] = {
        "calibration": np.array([slope, offset], dtype=np.float32)
    }
    for name in HEADS:
        tensors |= _linear(name, model.get_submodule(name))
    for number, layer in enumerate(model.layers.encoder.layer):
        if number < FROZEN:
            continue
        for short, name in LAYER_PARTS.items():
            tensors |= _linear(f"l{number}.{short}", layer.get_submodule(name))
    save_file(tensors, file, metadata={"format": "np", "base": "multilingual-e5-small"})
    return hashlib.sha256(file.read_bytes()).hexdigest()


def _linear(name: str, part: nn.Module) -> dict[str, npt.NDArray[Any]]:
    """Returns the matrix of a layer in whole numbers with a scale a row, and its bias."""
    parameters = dict(part.named_parameters())
    weight = parameters["weight"].detach().float().numpy()
    named: dict[str, npt.NDArray[Any]] = {f"{name}.b": parameters["bias"].detach().float().numpy()}
    if weight.ndim == 1:
        return {**named, f"{name}.w": weight}
    whole, scale = in_whole_numbers(weight)
    return {**named, f"{name}.w": whole, f"{name}.w{SCALE}": scale}
