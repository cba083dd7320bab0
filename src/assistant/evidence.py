"""Sentences that may answer a question, with what speaks for each.

A passage is found because it resembles the question; what answers is one of its sentences. Each
sentence is weighed by the score of its passage, by how much of the question's words it and its
headings hold, and by whether it says the asked-for kind of thing. A sentence that lacks that kind
(an amount, a date), the name that the question is about or a year that it names is no evidence.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Final

from assistant.definitions import defines
from assistant.domain import Passage, Ranking, ScoredPassage, Span
from assistant.index import Index
from assistant.lexical import analyse
from assistant.question import Form, Question
from assistant.reader import Reader, Reading
from assistant.texts import load_texts
from assistant.values import OPTIONAL, counts, find_values

_HEADS: Final = 0.6
"""What a word of the question counts that only the title or a heading holds."""
_COVERAGE: Final = 0.25
"""What holding all words of the question adds to a score."""
_VALUE: Final = 0.06
"""What holding the asked-for kind of thing adds."""
_READ: Final = 0.1
"""What being read as the answer adds, times its probability."""
_LONG_NUMBER: Final = re.compile(r"\d{4,}")
_ASKED_IN_WORDS: Final = frozenset({Form.SUMMARY, Form.COMPARISON, Form.DIFFERENCE})
"""Forms that are asked for in words which no answer has to hold: « des infos sur… »."""
_HELD: Final = 0.5
"""Share of the weight of the question's names that evidence has to hold."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """A sentence that may answer.

    Attributes:
        scored: the passage that it stands in.
        span: the sentence, in offsets of the document.
        values: where it says what is asked for, in offsets of the sentence.
        coverage: share of the question's words that it and its headings hold, in [0, 1].
        own: the same for the sentence without its headings.
        counted: whether it counts what is to be counted; True when nothing is, and in another
            language than the question's.
        score: by which evidence is ordered; higher is better.
        reading: what reading the passage told, with the answer's place in offsets of the sentence;
            None when it was not read or the answer stands in another sentence of it.
    """

    scored: ScoredPassage
    span: Span
    values: tuple[Span, ...]
    coverage: float
    own: float
    counted: bool
    score: float
    reading: Reading | None = None

    @property
    def text(self) -> str:
        """The sentence."""
        return self.scored.passage.slice(self.span)


@dataclass(frozen=True, slots=True)
class Found:
    """What was found for a question.

    Attributes:
        ranking: the passages.
        evidence: sentences that hold what is asked for, best first.
        lacking: sentences that do not, best first.
        named: whether any passage holds the names that the question is about.
        read: whether passages were read.
    """

    ranking: Ranking
    evidence: tuple[Evidence, ...]
    lacking: tuple[Evidence, ...]
    named: bool
    read: bool = False


def gather(question: Question, ranking: Ranking, index: Index) -> Found:
    """Weighs the sentences of a ranking.

    Args:
        question: what is asked.
        ranking: passages found for it.
        index: that they come from.
    """
    weights = term_weights(question, index)
    holding: list[Evidence] = []
    lacking: list[Evidence] = []
    named = False
    numbers = _numbers(question)
    defined = question.subjects or weights.keys() if question.form is Form.DEFINITION else None
    for scored in ranking.passages:
        if not _names_held(question, scored.passage, index):
            continue
        named = True
        for one in _weighed(question, scored, weights, index):
            defining = defined is None or defines(defined, one.text, index)
            answers = defining and _answers(question, one, numbers, index)
            (holding if answers else lacking).append(one)
    return Found(ranking, _ordered(holding), _ordered(lacking), named)


def read(question: Question, found: Found, reader: Reader, most: int, index: Index) -> Found:
    """Has the passages of the best sentences read, and puts those first that hold the answer.

    Args:
        question: what is asked.
        found: sentences for it.
        reader: reads.
        most: how many passages are read.
        index: that they come from.
    """
    passages = dict.fromkeys(one.scored.passage for one in found.evidence)
    chosen = list(passages)[:most]
    readings = reader.read(
        question.standalone, [(_heading(passage, index), passage.text) for passage in chosen]
    )
    told = dict(zip(chosen, readings, strict=True))
    evidence = [_with_reading(one, told.get(one.scored.passage)) for one in found.evidence]
    return replace(found, evidence=_ordered(evidence), read=True)


def _with_reading(one: Evidence, reading: Reading | None) -> Evidence:
    """Returns a sentence with a reading of its passage that found the answer in it."""
    if reading is None:
        return one
    moved = one.span.start - one.scored.passage.start
    start = max(0, reading.span.start - moved)
    end = min(one.span.end - one.span.start, reading.span.end - moved)
    if start >= end:
        return one
    inside = replace(reading, span=Span(start, end))
    return replace(one, reading=inside, score=one.score + _READ * reading.probability)


def _heading(passage: Passage, index: Index) -> str:
    title = index.documents[passage.document_id].title
    return ", ".join(dict.fromkeys([title, *passage.section[-1:]]))


def term_weights(question: Question, index: Index) -> dict[str, float]:
    """Returns the terms of a question with their weights; words that no source has are left out.

    A question in another language than the sources shares few words with them: names, mostly.
    """
    terms = _asked_terms(question, index)
    return {term: index.lexical.idf(term) for term in terms if len(index.lexical.rows(term))}


def _asked_terms(question: Question, index: Index) -> frozenset[str]:
    """Returns the terms of a question but those that only say which kind of thing is asked for.

    « Quel montant FEDER ? » is answered by an amount, not by a sentence that says « montant ».
    """
    terms = frozenset(index.question_terms(question.standalone))
    if not question.kinds and question.form not in _ASKED_IN_WORDS:
        return terms
    words = load_texts(question.language).understanding.kind_words
    return terms - {term for word in words for term in analyse(word)} or terms


def _all_weights(question: Question, index: Index) -> dict[str, float]:
    """Returns the terms of a question with their weights, those that no source has included."""
    return {term: index.lexical.idf(term) for term in _asked_terms(question, index)}


def rest_held(question: Question, one: Evidence, index: Index) -> float:
    """Returns which share of a question's words, its names left out, a sentence holds, in [0, 1].

    What says what is asked about a subject: « se baigner au Parc des Îles » is not answered by
    whatever else there is to say of the park. 1 when the question is nothing but names.
    """
    terms = _asked_terms(question, index) - question.subjects
    weights = {term: index.lexical.idf(term) for term in terms}
    held = index.terms(one.text) | _heads(one.scored.passage, index)
    total = sum(weights.values())
    return sum(weight for term, weight in weights.items() if term in held) / total if total else 1.0


def _ordered(evidence: list[Evidence]) -> tuple[Evidence, ...]:
    return tuple(sorted(evidence, key=lambda one: -one.score))


def _answers(question: Question, one: Evidence, numbers: frozenset[str], index: Index) -> bool:
    if numbers - index.terms(one.scored.passage.text) - _heads(one.scored.passage, index):
        return False
    return one.counted and (bool(one.values) or not question.kinds - OPTIONAL)


def _numbers(question: Question) -> frozenset[str]:
    """Returns the years and other long numbers that a question names."""
    return frozenset(term for term in analyse(question.text) if _LONG_NUMBER.fullmatch(term))


def _weighed(
    question: Question,
    scored: ScoredPassage,
    weights: dict[str, float],
    index: Index,
) -> Iterator[Evidence]:
    passage = scored.passage
    heads = _heads(passage, index)
    foreign = passage.language != question.language
    # Two languages share few words, so that those which no source has tell nothing.
    asked = weights if foreign else _all_weights(question, index)
    total = sum(asked.values())
    for span in passage.sentences:
        text = passage.slice(span)
        own = index.terms(text)
        in_own = sum(weight for term, weight in weights.items() if term in own)
        held = sum(
            weight * (1 if term in own else _HEADS)
            for term, weight in weights.items()
            if term in own or term in heads
        )
        values = tuple(
            value
            for kind in sorted(question.kinds)
            for value in find_values(kind, text, question.standalone)
        )
        counted = question.counted is None or foreign or question.counted in counts(text)
        coverage = held / total if total else 0.0
        score = scored.score + _COVERAGE * coverage + _VALUE * bool(values)
        yield Evidence(
            scored=scored,
            span=span,
            values=_apart(values),
            coverage=coverage,
            own=in_own / total if total else 0.0,
            counted=counted,
            score=score,
        )


def _apart(values: Iterable[Span]) -> tuple[Span, ...]:
    """Returns spans in order, without those that overlap an earlier one."""
    kept: list[Span] = []
    for value in sorted(values, key=lambda value: (value.start, -value.end)):
        if not kept or value.start >= kept[-1].end:
            kept.append(value)
    return tuple(kept)


def _names_held(question: Question, passage: Passage, index: Index) -> bool:
    """Tells whether the document of a passage holds the names that a question is about."""
    if not question.subjects:
        return True
    weights = {term: index.lexical.idf(term) for term in question.subjects}
    held = _heads(passage, index)
    known = sum(
        weight
        for term, weight in weights.items()
        if term in held or passage.document_id in index.holding(term)
    )
    return known >= _HELD * sum(weights.values())


def _heads(passage: Passage, index: Index) -> frozenset[str]:
    title = index.documents[passage.document_id].title
    return index.terms("\n".join([title, *passage.section]))
