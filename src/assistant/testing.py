"""Small stand-ins for tests, of this project and of those that build on it.

`HashEncoder` embeds by words alone, in microseconds and the same on every machine; `tiny_corpus`
is a corpus of three documents on disk.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from assistant.encoder import FloatArray, Progress
from assistant.lexical import analyse


class HashEncoder:
    """A bag of hashed terms: texts that share terms are close, all others are not.

    Attributes:
        embedded: every passage that was embedded, in order.
    """

    identity = "hash of terms"
    dimension = 64

    def __init__(self) -> None:
        self.embedded: list[str] = []

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Returns the number of words of each text."""
        return [len(text.split()) for text in texts]

    def encode_passages(self, texts: Sequence[str], progress: Progress) -> FloatArray:
        """Returns unit vectors, shape (n_passages, 64)."""
        self.embedded += texts
        progress(len(texts))
        return np.stack([self.encode_query(text) for text in texts])

    def encode_query(self, text: str) -> FloatArray:
        """Returns a unit vector, shape (64,)."""
        vector = np.full(self.dimension, 1e-3, dtype=np.float32)
        for term in analyse(text):
            digest = hashlib.sha256(term.encode()).digest()
            vector[digest[0] % self.dimension] += 1
        return vector / np.float32(np.linalg.norm(vector))


def write_document(
    folder: Path, name: str, text: str, *, title: str | None = None, language: str = "fr"
) -> None:
    """Writes one source text with its metadata into a corpus folder."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{name}.txt").write_text(text, encoding="utf-8")
    (folder / f"{name}.yaml").write_text(
        f"title: {title or name}\npublisher: Éditeur\nurl: https://example.org/{name}\n"
        f"language: {language}\naccessed: 2026-11-22\n",
        encoding="utf-8",
    )


def tiny_corpus(folder: Path) -> Path:
    """Writes three short documents into `folder` and returns it."""
    write_document(folder, "musee", "Le musée ouvre le mardi. Il ferme le lundi.", title="Musée")
    write_document(folder, "parc", "Le parc couvre 45 hectares. Des arbres y poussent.")
    write_document(folder, "mine", "La mine a fermé en 1990. Les mineurs sont partis.")
    return folder
