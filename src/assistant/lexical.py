"""The lexical side of retrieval: French analysis and BM25.

`analyse` turns a text into terms so that the same thing typed in different ways gives the same
terms: case, accents, typographic quotes and French elisions (`l'`, `qu'`, `jusqu'`) are dropped,
words are stemmed, numbers are joined (`4 573 217,57`), and site codes are recognised however they
are typed (`9-9 Bis`, `9/9bis`, `9 9 bis`; `11/19`, `11-19`, `11 19`).

A passage is known by two fields: its own words, and its context, that is the same with its
neighbours, which often name the subject that it lacks.

Stemming is Snowball's French algorithm (Porter, https://snowballstem.org) applied after accents
are removed, so that a question typed without accents finds the same words. Scores are BM25
(Robertson and Zaragoza, 2009) as computed by bm25s (Lù, 2024, https://arxiv.org/abs/2407.03618).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Final, NamedTuple

import bm25s
import numpy as np
import numpy.typing as npt
import Stemmer

FloatArray = npt.NDArray[np.float32]

_STOP_WORDS: Final = frozenset(
    # Function words carry no subject; question words and auxiliaries are among them because a
    # question's "quel est" would otherwise match every sentence that has an "est".
    """a ai ainsi alors as au aucun aussi autre aux avait avec avez avoir c ca car ce cela celle
    celles celui ces cet cette ceux chez ci combien comme comment d dans de depuis des donc dont du
    elle elles en encore entre es est et etaient etait etant ete etes etre eu eux fait fut furent
    hors il ils j je l la laquelle le lequel les lesquels leur leurs lors lui m ma mais me meme
    memes mes moi mon n ne ni nos notre nous on ont ou par parce pas pendant peut peuvent plus pour
    pourquoi puis qu quand que quel quelle quelles quels qui quoi s sa sans se selon sera seront ses
    si soit son sont sous sur t ta te tel telle tels tes toi ton tous tout toute toutes tu un une
    vers via vos votre vous y
    the of and to in is are was were what which who whom whose where when why how does do did it its
    this that for on by with from at be been""".split()
)
_ELISION: Final = re.compile(
    r"\b(?:lorsqu|puisqu|quoiqu|jusqu|presqu|quelqu|qu|[cdjlmnst])'(?=\w)", re.IGNORECASE
)
_APOSTROPHES: Final = str.maketrans({"’": "'", "ʼ": "'", "‘": "'", "´": "'", "`": "'"})
_LIGATURES: Final = str.maketrans({"œ": "oe", "Œ": "OE", "æ": "ae", "Æ": "AE"})
_INITIALS: Final = re.compile(r"\b(?:[A-Z]\.){2,}")
_TOKEN: Final = re.compile(
    r"""
      (?P<number>\d{1,3}(?:[\s.]\d{3})+(?:,\d+)?(?!\d))                  # 4 573 217,57
    | (?<!\d)(?<!\d[\s./-])(?P<left>\d{1,2})
      (?:\s?[-/–]\s?
        |[\s.](?=\d{1,2}\s?-?(?:bis|ter)\b)                    # 9 9 bis, 9.9 bis
        |\s(?=\d{1,2}(?!\d|[,.]\d|\s?[\d%€])))                 # 11 19, but not 11 19,5 or 11 19 %
      (?P<right>\d{1,2})(?!\d)(?:\s?-?(?P<suffix>bis|ter)\b)?
      (?!\s?[-/.]\s?\d)                                        # and not 11/07/2016
    | (?P<decimal>\d+,\d+)
    | (?P<word>[^\W_]+)
    """,
    re.VERBOSE | re.IGNORECASE,
)


def fold(text: str) -> str:
    """Returns `text` in lower case without accents, ligatures or typographic apostrophes."""
    text = unicodedata.normalize("NFKD", text.translate(_APOSTROPHES).translate(_LIGATURES))
    return "".join(char for char in text if not unicodedata.combining(char)).lower()


def analyse(text: str) -> list[str]:
    """Returns the terms of `text`, in order, repetitions kept.

    A site code yields several terms (`9/9bis`, `99bis`, `9/9`), so that its short and its glued
    form are found as well.
    """
    return list(_terms(text))


def _terms(text: str) -> Iterator[str]:
    text = _INITIALS.sub(lambda match: match[0].replace(".", ""), text)
    for match in _TOKEN.finditer(_ELISION.sub("", fold(text))):
        if word := match["word"]:
            if word not in _STOP_WORDS:
                yield _stem(word)
        elif left := match["left"]:
            right, suffix = match["right"], match["suffix"] or ""
            yield from (f"{left}/{right}{suffix}", f"{left}{right}{suffix}")
            if suffix:
                yield f"{left}/{right}"
        else:
            yield re.sub(r"[\s.]", "", match[0])


_stemmer = Stemmer.Stemmer("french")


@lru_cache(maxsize=65_536)
def _stem(word: str) -> str:
    return word if word.isdigit() else _stemmer.stemWord(word)


class LexicalIndex:
    """BM25 over the terms of passages.

    Scores are in [0, ∞), higher is better; 0 means that no term is shared.
    """

    def __init__(self, bm25: bm25s.BM25) -> None:
        self._bm25 = bm25
        indptr = np.asarray(bm25.scores["indptr"])
        self._frequencies: npt.NDArray[np.int64] = np.diff(indptr).astype(np.int64)
        self._size = int(bm25.scores["num_docs"])

    def __len__(self) -> int:
        return self._size

    @classmethod
    def build(cls, texts: Sequence[str], k1: float, b: float) -> LexicalIndex:
        """Indexes `texts`; position i of every score array is `texts[i]`.

        Args:
            texts: at least one text.
            k1: term frequency saturation of BM25.
            b: length normalisation of BM25, in [0, 1].
        """
        bm25 = bm25s.BM25(k1=k1, b=b, method="lucene")
        bm25.index([analyse(text) or [""] for text in texts], show_progress=False)
        return cls(bm25)

    def scores(self, terms: Sequence[str]) -> FloatArray:
        """Returns the BM25 score of every text for `terms`, shape (n,)."""
        known = [self._bm25.vocab_dict[term] for term in terms if term in self._bm25.vocab_dict]
        if not known:
            return np.zeros(self._size, dtype=np.float32)
        scores: FloatArray = self._bm25.get_scores_from_ids(known)
        return scores

    def shares(self, terms: Sequence[str]) -> FloatArray:
        """Returns every score as a share of the best possible one, in [0, 1], shape (n,).

        BM25's best possible score is the sum of the terms' idf: its other factor is below 1.
        """
        best_possible = sum(self.idf(term) for term in terms)
        return self.scores(terms) / np.float32(max(best_possible, 1e-9))

    def idf(self, term: str) -> float:
        """Returns the inverse document frequency of `term`, that of a term never seen included."""
        index = self._bm25.vocab_dict.get(term)
        frequency = 0 if index is None else int(self._frequencies[index])
        return float(np.log1p((self._size - frequency + 0.5) / (frequency + 0.5)))

    def save(self, folder: Path) -> None:
        """Writes the index into `folder` as .npy and JSON files."""
        self._bm25.save(folder, show_progress=False)

    @classmethod
    def load(cls, folder: Path) -> LexicalIndex:
        """Reads what `save` wrote."""
        return cls(bm25s.BM25.load(folder))


class Fields(NamedTuple):
    """The texts that stand for one passage.

    Attributes:
        own: its title, section and words.
        context: the same with the words of its neighbours.
    """

    own: str
    context: str


class FieldedIndex:
    """BM25 over both fields of passages, as shares of the best score possible."""

    def __init__(self, own: LexicalIndex, context: LexicalIndex) -> None:
        self._own = own
        self._context = context

    def __len__(self) -> int:
        return len(self._own)

    @classmethod
    def build(cls, passages: Sequence[Fields], k1: float, b: float) -> FieldedIndex:
        """Indexes passages; see `LexicalIndex.build`."""
        return cls(
            LexicalIndex.build([passage.own for passage in passages], k1, b),
            LexicalIndex.build([passage.context for passage in passages], k1, b),
        )

    def shares(self, terms: Sequence[str], own_weight: float) -> FloatArray:
        """Returns how much of a query each passage holds, in [0, 1], shape (n,).

        1 would be a passage that repeats every term endlessly; a term that occurs nowhere counts
        as missing.

        Args:
            terms: what `analyse` made of the query.
            own_weight: share of the own words in the result; the context has the rest.
        """
        own, context = self._own.shares(terms), self._context.shares(terms)
        return own_weight * own + (1 - own_weight) * context

    def idf(self, term: str) -> float:
        """Returns the inverse document frequency of `term` among the passages' own words."""
        return self._own.idf(term)

    def save(self, folder: Path) -> None:
        """Writes both fields below `folder` as .npy and JSON files."""
        self._own.save(folder / "own")
        self._context.save(folder / "context")

    @classmethod
    def load(cls, folder: Path) -> FieldedIndex:
        """Reads what `save` wrote."""
        return cls(LexicalIndex.load(folder / "own"), LexicalIndex.load(folder / "context"))
