"""A query turned into a ranking of passages: dense and lexical scores fused.

Both scores are brought to a scale that does not depend on the other candidates, then added with
fixed weights (a convex combination; Bruch, Gai and Ingber, 2023, https://arxiv.org/abs/2210.11934
find it better than reciprocal rank fusion). The dense scale starts where the encoder's cosines
start; the lexical scale ends at the score of a passage that would hold every term of the query.
"""

from __future__ import annotations

from collections.abc import Collection
from copy import copy
from functools import lru_cache
from importlib.resources import files
from typing import Final

import numpy as np
import numpy.typing as npt

from assistant.domain import Ranking, ScoredPassage
from assistant.encoder import Encoder, FloatArray, liken
from assistant.index import Index, Near
from assistant.settings import RetrievalSettings

BACKGROUNDS: Final = {"fr": 0.0, "en": 0.035}
"""Languages with background texts, and how much closer than to them, compared with French, far
questions come to passages of that language that say the same (`benchmarks/languages.py` measures
it). Passages in another language are taken like French ones."""
_USUAL: Final = "fr"
_QUERIES_KEPT: Final = 1024
NEAR: Final = 300
"""Known questions that a new one is compared with."""


class Retriever:
    """Searches one open index."""

    def __init__(self, index: Index, encoder: Encoder, settings: RetrievalSettings) -> None:
        self.index = index
        self.encoder = encoder
        self._settings = settings
        self._embed = lru_cache(maxsize=_QUERIES_KEPT)(encoder.encode_query)
        self._backgrounds = {
            language: encoder.encode_passages(background_texts(language), lambda _: None).mean(0)
            for language in BACKGROUNDS
        }

    def over(self, index: Index) -> Retriever:
        """Returns a retriever that searches another index with the same encoder."""
        other = copy(self)
        other.index = index
        return other

    def embed(self, query: str) -> FloatArray:
        """Returns the unit vector of a query, shape (dimension,); those of the latest are kept."""
        return self._embed(query)

    def near(self, query: str, k: int = NEAR) -> Near:
        """Returns the known questions that are most like a query, in any language."""
        if not len(self.index.questions):
            return self.index.questions.near(np.empty(0, dtype=np.float32), k)
        return self.index.questions.near(liken(query), k)

    def search(
        self,
        query: str,
        k: int,
        language: str | None = None,
        also: Collection[str] = (),
    ) -> Ranking:
        """Returns the best passages for a query, best first.

        Args:
            query: what is searched, in any language of the encoder.
            k: how many at most; fewer when the index is smaller.
            language: the visitor's; of texts that exist in several languages, only the version
                that suits them best is searched. None searches all.
            also: ids of passages that are scored and returned besides, wherever they rank.
        """
        vector = self.embed(query)
        shares = self.index.lexical.shares(
            self.index.question_terms(query), self._settings.own_weight
        )
        wanted = max(k, self._settings.candidates)
        near = self.index.vectors.nearest(vector, 2 * wanted)
        if language is not None:
            hidden = self.index.hidden(language)
            near = near[~hidden[near]]
            shares = np.where(hidden, 0, shares)
        others = np.array([self.index.row(name) for name in also], dtype=np.int64)
        rows = np.union1d(np.union1d(near[:wanted], _best(shares, wanted)), others)
        cosines = self.index.vectors.cosines(vector, rows)
        # An encoder puts texts of the query's own language closer than equals in another one.
        backgrounds = {
            language: float(mean @ vector) + BACKGROUNDS[language]
            for language, mean in self._backgrounds.items()
        }
        usual = backgrounds[_USUAL]
        expected = [backgrounds.get(language, usual) for language in self.index.languages[rows]]
        lifts = cosines - np.array(expected, dtype=np.float32)
        floor = self._settings.dense_floor
        dense = np.clip((lifts + usual - floor) / (1 - floor), 0, 1)
        weight = self._settings.dense_weight
        fused = weight * dense + (1 - weight) * shares[rows]
        # Stable, so that equal scores keep the order of the corpus on every machine.
        order = np.argsort(-fused, kind="stable")
        kept = np.isin(rows[order], others)
        kept[:k] = True
        order = order[kept]
        passages = tuple(
            ScoredPassage(
                passage=self.index.passages[rows[position]],
                score=float(fused[position]),
                dense=float(cosines[position]),
                lift=float(lifts[position]),
                lexical=float(shares[rows[position]]),
            )
            for position in order
        )
        return Ranking(query, passages)

    def search_documents(self, query: str, k: int) -> list[tuple[str, float]]:
        """Returns the ids and scores of the best documents, each by its best passage.

        Args:
            query: what is searched.
            k: how many documents at most.
        """
        wanted = max(10 * k, self._settings.candidates)
        while True:
            ranking = self.search(query, wanted)
            documents: dict[str, float] = {}
            for scored in ranking.passages:
                documents.setdefault(scored.passage.document_id, scored.score)
            if len(documents) >= k or len(ranking.passages) < wanted:
                return list(documents.items())[:k]
            wanted *= 2


def background_texts(language: str) -> list[str]:
    """Returns sentences on all sorts of subjects, to compare the cosines of a query with.

    Args:
        language: one of `BACKGROUNDS`.

    What they tell is how close this query comes to any text at all, whatever its language and
    style; speaker verification calls it a cohort (Auckenthaler, Carey and Lloyd-Thomas, 2000,
    https://doi.org/10.1006/dspr.1999.0360).
    """
    return (
        (files("assistant") / f"background.{language}.txt").read_text(encoding="utf-8").splitlines()
    )


def _best(scores: npt.NDArray[np.float32], k: int) -> npt.NDArray[np.int64]:
    """Returns the rows of the k highest scores above 0, in any order."""
    rows = np.flatnonzero(scores > 0)
    if len(rows) > k:
        rows = rows[np.argpartition(-scores[rows], k)[:k]]
    return rows
