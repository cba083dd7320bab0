"""The words of the corpus: how they are written, and which of them are names.

A question's words are matched to them, so that « terils oignie » finds the terrils of Oignies. A
word that the visitor's language has is never taken for a misspelling of another.
"""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import Final, NamedTuple

from rapidfuzz.distance import OSA
from rapidfuzz.process import extractOne

from assistant.lexical import analyse
from assistant.spelling import DICTIONARIES, dictionary, fold
from assistant.texts import DEFAULT_LANGUAGE

_FILE: Final = "vocabulary.json"
_WORD: Final = re.compile(r"(?P<before>[.!?:;«“\"(•\n-]\s*)?(?P<word>[^\W\d_]{2,})")
_MOSTLY: Final = 0.6
"""Share of its occurrences inside sentences from which a capitalised word is a name."""
_SHORTEST: Final = 4
"""Letters of the shortest word that is corrected at all."""
_SHORTEST_MISSPELT: Final = 5
"""Letters of the shortest word that may have a slip."""
_LONG: Final = 8
"""Letters from which a word may have two slips."""
_SHORTENED: Final = 5
"""Letters of the shortest abbreviation that stands for a longer word."""
_ROOT: Final = 6
"""Letters that two words of one family have in common, at least."""
_ENDING: Final = 1
"""Letters at the end of the shorter stem that may differ."""
_ELIDED: Final = ("l", "d", "s", "n", "m", "t", "c", "j", "qu")


class Word(NamedTuple):
    """A term of the corpus.

    Attributes:
        written: its commonest form in the texts.
        name: whether it is mostly written with a capital letter inside sentences.
    """

    written: str
    name: bool


class Vocabulary:
    """The words of the passages by the term that each of them gives."""

    def __init__(self, words: dict[str, Word]) -> None:
        self._words = words
        self._by_root: dict[str, list[str]] = defaultdict(list)
        for term in words:
            if len(term) >= _ROOT and term.isalpha():
                self._by_root[term[:_ROOT]].append(term)
        self._by_first: dict[str, dict[str, str]] = defaultdict(dict)
        for term, word in words.items():
            folded = fold(word.written)
            self._by_first[folded[0]].setdefault(folded, word.written)
            # « teril » is nearer to the stem of « terrils » than to the word.
            self._by_first[term[:1]].setdefault(term, word.written)

    def __len__(self) -> int:
        return len(self._words)

    def __contains__(self, term: str) -> bool:
        return term in self._words

    @classmethod
    def build(cls, texts: Iterable[str]) -> Vocabulary:
        """Reads the words of texts."""
        forms: dict[str, Counter[str]] = defaultdict(Counter)
        inside: Counter[str] = Counter()
        capitals: Counter[str] = Counter()
        for text in texts:
            for match in _WORD.finditer(text):
                word = match["word"]
                for term in _terms(word):
                    forms[term][word] += 1
                    if match["before"] is None and match.start():
                        inside[term] += 1
                        capitals[term] += word[0].isupper()
        return cls(
            {
                term: Word(
                    # A tie goes to the first in the alphabet, so that builds do not differ.
                    min(known, key=lambda word: (-known[word], word)),
                    capitals[term] > _MOSTLY * inside[term],
                )
                for term, known in forms.items()
            }
        )

    def is_name(self, term: str, word: str) -> bool:
        """Tells whether a word is a name of the corpus, and not one of its stem's other words.

        Args:
            term: what the word gives.
            word: as typed; « parlez » is not « Parlement », though both give one term.
        """
        known = self._words.get(term)
        return known is not None and known.name and self.same_word(known.written, word)

    @staticmethod
    def same_word(written: str, word: str) -> bool:
        """Tells whether a typed word is a written one; « oignie » is « Oignies », no other."""
        typed, name = fold(word), fold(written)
        return typed == name or (
            name.startswith(typed)
            and len(name) == len(typed) + 1
            and typed not in dictionary(DEFAULT_LANGUAGE)
        )

    def correct(self, word: str, language: str) -> str | None:
        """Returns what a visitor meant by a word that neither they nor the corpus have.

        Args:
            word: as typed, letters only.
            language: of the question.

        Returns:
            A word of the corpus, with the article that was glued to it; None when the word is
            known, or when none comes near.
        """
        folded = fold(word)
        if language not in DICTIONARIES or len(folded) < _SHORTEST or self._knows(folded):
            return None
        if folded in dictionary(language):
            return None
        for article in _ELIDED:
            rest = folded.removeprefix(article)
            if rest == folded or len(rest) < _SHORTEST:
                continue
            known = self._knows(rest) or rest in dictionary(language)
            if meant := rest if known else self._beginning_with(rest):
                return f"{article}'{meant}"
        longer = self._beginning_with(folded)
        return longer or self._nearest(folded)

    def relative(self, term: str) -> str | None:
        """Returns the term of a word of the same family, for one that the corpus does not have.

        « environnement » is found in « environnementale », « tourisme » in « touristique ».
        """
        if term in self._words or not term.isalpha():
            return None
        family = [
            known
            for known in self._by_root.get(term[:_ROOT], ())
            if term.startswith(known[:-_ENDING]) or known.startswith(term[:-_ENDING])
        ]
        return min(family, key=lambda known: (len(known), known)) if family else None

    def _knows(self, folded: str) -> bool:
        terms = _terms(folded)
        return not terms or any(term in self._words for term in terms)

    def _beginning_with(self, folded: str) -> str | None:
        """Returns the word that a visitor cut short: « agglo » is « agglomération »."""
        if len(folded) < _SHORTENED:
            return None
        longer = [
            written
            for known, written in self._by_first[folded[0]].items()
            if len(known) > len(folded) + 1 and known.startswith(folded)
        ]
        return min(longer, key=lambda word: (len(word), word)) if longer else None

    def _nearest(self, folded: str) -> str | None:
        if len(folded) < _SHORTEST_MISSPELT:
            return None
        known = self._by_first[folded[0]]
        slips = 1 if len(folded) < _LONG else 2
        near = extractOne(folded, known.keys(), scorer=OSA.distance, score_cutoff=slips)
        return known[near[0]] if near else None

    def save(self, folder: Path) -> None:
        """Writes the words below `folder`, as JSON."""
        record = {term: [word.written, word.name] for term, word in sorted(self._words.items())}
        (folder / _FILE).write_text(json.dumps(record, ensure_ascii=False), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> Vocabulary:
        """Reads what `save` wrote."""
        record = json.loads((folder / _FILE).read_text(encoding="utf-8"))
        return cls({term: Word(written, name) for term, (written, name) in record.items()})


@lru_cache(maxsize=65_536)
def _terms(word: str) -> tuple[str, ...]:
    return tuple(analyse(word))
