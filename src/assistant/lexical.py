"""The lexical side of retrieval: French analysis, the glossary and BM25.

`analyse` turns a text into terms so that the same thing typed in different ways gives the same
terms: case, accents, typographic quotes and French elisions (`l'`, `qu'`, `jusqu'`) are dropped,
words are stemmed, numbers are joined (`4 573 217,57`), and site codes are recognised however they
are typed (`9-9 Bis`, `9/9bis`, `9 9 bis`; `11/19`, `11-19`, `11 19`).

`Analyser` also knows the glossary: FEDER, ERDF and « Fonds européen de développement régional »
give one and the same term, in texts and in questions.

A passage is known by two fields: its own words, and its context, that is the same with its
neighbours, which often name the subject that it lacks.

Stemming is Snowball's French algorithm (Porter, https://snowballstem.org) applied after accents
are removed, so that a question typed without accents finds the same words. Scores are BM25
(Robertson and Zaragoza, 2009) as computed by bm25s (Lù, 2024, https://arxiv.org/abs/2407.03618).
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Final, NamedTuple

import bm25s
import numpy as np
import numpy.typing as npt
import Stemmer

from assistant.domain import GlossaryEntry, Span
from assistant.spelling import fold

FloatArray = npt.NDArray[np.float32]

_GLOSSARY: Final = "glossary.json"

_STOP_WORDS: Final = frozenset(
    # Function words carry no subject; question words and auxiliaries are among them because a
    # question's "quel est" would otherwise match every sentence that has an "est".
    """a ai ainsi alors as au aucun aussi autre aux avait avec avez avoir c ca car ce cela celle
    celles celui ces cet cette ceux chez ci combien comme comment d dans de depuis des donc dont du
    elle elles en encore entre environ es est et
    etaient etait etant ete etes etre eu eux fait fut furent
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
_WORD: Final = re.compile(r"\w+")
_WIDEST_GAP: Final = 2
"""Characters between two words of a name, on average, at most."""
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


def analyse(text: str) -> list[str]:
    """Returns the terms of `text`, in order, repetitions kept.

    A site code yields several terms (`9/9bis`, `99bis`, `9/9`), so that its short and its glued
    form are found as well.
    """
    return list(_terms(text))


def _terms(text: str) -> Iterator[str]:
    text = _INITIALS.sub(_without_stops, text)
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


class _Variant(NamedTuple):
    """One name of a glossary entry.

    Attributes:
        term: what stands for the entry.
        words: of the name, folded.
        written: the name as it must be written, or None when case and accents do not matter.
    """

    term: str
    words: tuple[str, ...]
    written: str | None


class Analyser:
    """`analyse` with a glossary: every variant of a name gives the same term.

    A text keeps the words of a variant besides; a question does not, or it would ask for them too.
    """

    def __init__(self, glossary: Sequence[GlossaryEntry] = ()) -> None:
        self.glossary = tuple(glossary)
        self._variants: dict[str, list[_Variant]] = {}
        for entry in self.glossary:
            for variant in entry.variants:
                name = variant.removeprefix("=")
                words = tuple(_WORD.findall(fold(name)))
                written = name if name != variant else None
                known = self._variants.setdefault(words[0], [])
                known.append(_Variant(f"={entry.term}", words, written))
        for known in self._variants.values():
            known.sort(key=lambda variant: -len(variant.words))

    def text(self, text: str) -> list[str]:
        """Returns the terms of a source text."""
        return [term for name, words in self._parts(text) for term in [*name, *analyse(words)]]

    def question(self, text: str) -> list[str]:
        """Returns the terms of a question."""
        return [term for name, words in self._parts(text) for term in name or analyse(words)]

    def names(self, text: str) -> list[tuple[Span, str]]:
        """Returns where the glossary's names stand in a text, and the term of each."""
        words = list(_WORD.finditer(text))
        folded = [fold(word[0]) for word in words]
        found = []
        position = 0
        while position < len(words):
            variant = self._variant_at(text, words, folded, position)
            if variant is None:
                position += 1
                continue
            start = words[position].start()
            position += len(variant.words)
            found.append((Span(start, words[position - 1].end()), variant.term))
        return found

    def _parts(self, text: str) -> Iterator[tuple[list[str], str]]:
        """Yields the text in parts, each with the term of the name that it is, if it is one."""
        text = unicodedata.normalize("NFC", _INITIALS.sub(_without_stops, text))
        left = 0
        last = None
        for span, term in self.names(text):
            between = text[left : span.start]
            yield [], between
            # « Fonds européen de développement régional (FEDER) » names it once.
            if term != last or _WORD.search(between):
                yield [term], text[span.start : span.end]
            left, last = span.end, term
        yield [], text[left:]

    def _variant_at(
        self, text: str, words: list[re.Match[str]], folded: list[str], position: int
    ) -> _Variant | None:
        for variant in self._variants.get(folded[position], ()):
            end = position + len(variant.words)
            if tuple(folded[position:end]) != variant.words:
                continue
            found = text[words[position].start() : words[end - 1].end()]
            if len(found) > sum(map(len, variant.words)) + _WIDEST_GAP * len(variant.words):
                continue
            if variant.written is None or variant.written == found:
                return variant
        return None


def _without_stops(initials: re.Match[str]) -> str:
    return initials[0].replace(".", "")


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
    def build(cls, texts: Iterable[Sequence[str]], k1: float, b: float) -> LexicalIndex:
        """Indexes texts; position i of every score array is the i-th text.

        Args:
            texts: the terms of each text, at least one text.
            k1: term frequency saturation of BM25.
            b: length normalisation of BM25, in [0, 1].
        """
        bm25 = bm25s.BM25(k1=k1, b=b, method="lucene")
        bm25.index([list(terms) or [""] for terms in texts], show_progress=False)
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

    def rows(self, term: str) -> npt.NDArray[np.int64]:
        """Returns the positions of the texts that hold a term, in any order."""
        index = self._bm25.vocab_dict.get(term)
        if index is None:
            return np.empty(0, dtype=np.int64)
        start, end = self._bm25.scores["indptr"][index : index + 2]
        return np.asarray(self._bm25.scores["indices"][start:end], dtype=np.int64)

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
    """BM25 over both fields of passages, as shares of the best score possible.

    Attributes:
        analyser: what made the terms of the passages, and makes those of questions.
    """

    def __init__(self, own: LexicalIndex, context: LexicalIndex, analyser: Analyser) -> None:
        self.analyser = analyser
        self._own = own
        self._context = context

    def __len__(self) -> int:
        return len(self._own)

    @classmethod
    def build(
        cls, passages: Sequence[Fields], analyser: Analyser, k1: float, b: float
    ) -> FieldedIndex:
        """Indexes passages; see `LexicalIndex.build`."""
        own = LexicalIndex.build([analyser.text(passage.own) for passage in passages], k1, b)
        context = LexicalIndex.build(
            [analyser.text(passage.context) for passage in passages], k1, b
        )
        return cls(own, context, analyser)

    def shares(self, terms: Sequence[str], own_weight: float) -> FloatArray:
        """Returns how much of a query each passage holds, in [0, 1], shape (n,).

        1 would be a passage that repeats every term endlessly; a term that occurs nowhere counts
        as missing.

        Args:
            terms: what the analyser made of the query.
            own_weight: share of the own words in the result; the context has the rest.
        """
        own, context = self._own.shares(terms), self._context.shares(terms)
        return own_weight * own + (1 - own_weight) * context

    def idf(self, term: str) -> float:
        """Returns the inverse document frequency of `term` among the passages' own words."""
        return self._own.idf(term)

    def rows(self, term: str) -> npt.NDArray[np.int64]:
        """Returns the positions of the passages whose own words hold a term, in any order."""
        return self._own.rows(term)

    def save(self, folder: Path) -> None:
        """Writes both fields and the glossary below `folder` as .npy and JSON files."""
        self._own.save(folder / "own")
        self._context.save(folder / "context")
        glossary = [[entry.term, entry.variants] for entry in self.analyser.glossary]
        (folder / _GLOSSARY).write_text(json.dumps(glossary, ensure_ascii=False), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> FieldedIndex:
        """Reads what `save` wrote."""
        glossary = json.loads((folder / _GLOSSARY).read_text(encoding="utf-8"))
        analyser = Analyser([GlossaryEntry(term, tuple(names)) for term, names in glossary])
        return cls(
            LexicalIndex.load(folder / "own"), LexicalIndex.load(folder / "context"), analyser
        )
