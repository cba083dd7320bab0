"""Small stand-ins for tests, of this project and of those that build on it.

`HashEncoder` embeds by words alone, in microseconds and the same on every machine; `WordReader`
takes given words for the answer; `tiny_corpus` is a corpus of three documents on disk.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from assistant.domain import Span
from assistant.encoder import FloatArray, Progress
from assistant.lexical import analyse
from assistant.reader import Reading


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


class WordReader:
    """Takes some words for the answer wherever they stand, whatever is asked.

    Args:
        words: the answer.
        probability: of passages that hold them; others have 0.01.

    Attributes:
        asked: questions with the passages that were read for them, in order.
    """

    def __init__(self, words: str, probability: float = 0.95) -> None:
        self._words, self._probability = words, probability
        self.asked: list[tuple[str, list[tuple[str, str]]]] = []

    def read(self, question: str, passages: Sequence[tuple[str, str]]) -> list[Reading]:
        """Finds the words, see `assistant.reader.Reader`."""
        self.asked.append((question, list(passages)))
        places = [text.find(self._words) for _, text in passages]
        return [
            Reading(self._probability, Span(at, at + len(self._words)))
            if at >= 0
            else Reading(0.01, Span(0, min(1, len(text))))
            for at, (_, text) in zip(places, passages, strict=True)
        ]


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
