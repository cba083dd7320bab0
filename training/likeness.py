"""Makes `src/assistant/encoder/likeness.npz`: under which questions that ask the same lie together.

    python -m training.likeness [--write]

Learns from the known questions of the corpus: two wordings that the same sentences answer, or that
stand under the same thing that no source says, are pulled together, all others apart (supervised
contrastive loss). What is printed is measured on wordings that were left out, and on all wordings
of sources that were left out: how often the likest other wording is of the same entry.
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Sequence
from typing import Final

import numpy as np
import numpy.typing as npt
import torch
from torch.nn.functional import dropout, normalize

from assistant.corpus import KnownQuestion, read_known_questions
from assistant.encoder import load_likeness
from assistant.encoder.likeness import PROJECTION, FloatArray, Projection
from training.intents import ROOT

DIMENSION: Final = 256
TEMPERATURE: Final = 0.05
DROPPED: Final = 0.1
RATE: Final = 2e-3
TURNS: Final = 14
BATCH: Final = 2_048
STAYING: Final = 1e-3
"""Weight of the squared distance from where the projection began, the principal components."""
LEFT_OUT: Final = 5

IntArray = npt.NDArray[np.int64]


def learn(joined: FloatArray, classes: IntArray) -> Projection:
    """Learns a projection.

    Args:
        joined: what is known of each question, shape (n, 896).
        classes: which questions ask the same, shape (n,).
    """
    torch.manual_seed(0)
    mean = joined.mean(axis=0)
    seen = torch.from_numpy(joined - mean)
    said = torch.from_numpy(classes)
    began = torch.linalg.svd(seen, full_matrices=False)[2][:DIMENSION].T.clone()
    matrix = began.clone().requires_grad_(True)
    optimiser = torch.optim.Adam([matrix], lr=RATE)
    for _ in range(TURNS):
        for rows in torch.split(torch.randperm(len(seen)), BATCH):
            one, other = (normalize(dropout(seen[rows], DROPPED) @ matrix) for _ in range(2))
            loss = _contrast(one @ other.T / TEMPERATURE, said[rows])
            loss = loss + STAYING * ((matrix - began) ** 2).sum()
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
    # In half precision the file is half as long, and what it says the same.
    learnt = matrix.detach().numpy()
    return Projection(*(part.astype(np.float16).astype(np.float32) for part in (mean, learnt)))


def _contrast(likeness: torch.Tensor, classes: torch.Tensor) -> torch.Tensor:
    """Returns how little of each question's likeness goes to those that ask the same."""
    same = classes[:, None] == classes[None, :]
    itself = torch.eye(len(classes), dtype=torch.bool)
    same &= ~itself
    likeness = likeness.masked_fill(itself, -torch.inf)
    paired = same.any(1)
    lost = torch.logsumexp(likeness, 1) - torch.logsumexp(
        likeness.masked_fill(~same, -torch.inf), 1
    )
    return lost[paired].mean()


def classes_of(entries: Sequence[KnownQuestion]) -> IntArray:
    """Returns for each wording of some entries which others ask the same, shape (n,)."""
    numbers: dict[object, int] = {}
    return np.array(
        [
            numbers.setdefault(entry.answers or (entry.file, entry.missing), len(numbers))
            for entry in entries
            for wordings in entry.wordings.values()
            for _ in wordings
        ]
    )


def first(joined: FloatArray, classes: IntArray, asked: IntArray, told: Projection | None) -> float:
    """Returns how often the likest other question asks the same.

    Args:
        joined: of all questions.
        classes: of all questions.
        asked: rows of those that are looked for.
        told: None compares what is joined as it is.
    """
    vectors = joined - joined.mean(axis=0)
    vectors = told.apply(joined) if told else vectors / np.linalg.norm(vectors, axis=1)[:, None]
    cosines = vectors[asked] @ vectors.T
    cosines[np.arange(len(asked)), asked] = -1
    return float((classes[cosines.argmax(axis=1)] == classes[asked]).mean())


def main() -> None:
    """Learns, measures and, when asked to, writes."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("--write", action="store_true")
    arguments = parser.parse_args()
    entries = read_known_questions(ROOT / "corpus").entries
    classes = classes_of(entries)
    texts = [text for entry in entries for texts in entry.wordings.values() for text in texts]
    joined = load_likeness().join(texts)
    chance = random.Random(0)  # noqa: S311 - no secret
    files = sorted({entry.file for entry in entries})
    away = set(chance.sample(files, len(files) // LEFT_OUT))
    of_file = np.array([e.file in away for e in entries for ws in e.wordings.values() for _ in ws])
    some = np.array([chance.random() < 1 / LEFT_OUT for _ in texts])
    for name, left_out in (("wordings", some), ("sources", of_file)):
        rows = np.flatnonzero(left_out)
        told = learn(joined[~left_out], classes[~left_out])
        plain = first(joined, classes, rows, None)
        learnt = first(joined, classes, rows, told)
        print(f"{name} left out: first {plain:.3f} as they are, {learnt:.3f} as learnt")
    if arguments.write:
        projection = learn(joined, classes)
        halves = {name: part.astype(np.float16) for name, part in projection._asdict().items()}
        np.savez(PROJECTION, **halves)


if __name__ == "__main__":
    main()
