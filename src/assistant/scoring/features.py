"""A question and a sentence turned into numbers."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from assistant.domain import Passage
from assistant.index import Index
from assistant.lexical import analyse
from assistant.question import Form, Question
from assistant.texts import load_texts

HEADS: Final = 0.6
"""What a word of the question counts that only the title or a heading holds."""
_LONG_NUMBER: Final = re.compile(r"\d{4,}")
_ASKED_IN_WORDS: Final = frozenset({Form.SUMMARY, Form.COMPARISON, Form.DIFFERENCE})
"""Forms that are asked for in words which no answer has to hold: « des infos sur… »."""


class Features(NamedTuple):
    """What speaks for a sentence and what against it.

    Attributes:
        likeness: cosine of the question with the likest question that the sentence answers; 0 when
            none is known.
        likeness_mean: mean of the three likest.
        known: whether questions are known of its text.
        ahead: `likeness` less that of the likest question that no source answers.
        dense: cosine between question and passage.
        lift: see `ScoredPassage`.
        lexical: see `ScoredPassage`.
        margin: how far the sentence's passage is ahead of the best one of another document.
        coverage: share of the question's words that the sentence and its headings hold.
        rest: the same with its names left out.
        kind: 1 when the asked-for kind of thing is there, -1 when it is not, 0 when any will do.
        counted: whether it counts what is to be counted; 1 when nothing is.
        number: whether it lacks a year or another long number that the question names.
        foreign: whether it is in another language than the question.
    """

    likeness: float
    likeness_mean: float
    known: float
    ahead: float
    dense: float
    lift: float
    lexical: float
    margin: float
    coverage: float
    rest: float
    kind: float
    counted: float
    number: float
    foreign: float


class Nothing(NamedTuple):
    """What speaks for it that no sentence answers.

    Attributes:
        unanswered: cosine of the question with the likest question that no source answers.
        ahead: that less its cosine with the likest question that some source answers.
        unknown: whether the question has a name that no source has.
        asks: whether it asks for a kind of thing, such as an amount.
        length: words of the question, up to 20, as a share of that.
        known: whether any questions are known.
    """

    unanswered: float
    ahead: float
    unknown: float
    asks: float
    length: float
    known: float


def term_weights(question: Question, index: Index) -> dict[str, float]:
    """Returns the terms of a question with their weights, those that no source has included."""
    return {term: index.lexical.idf(term) for term in _asked_terms(question, index)}


def _asked_terms(question: Question, index: Index) -> frozenset[str]:
    """Returns the terms of a question but those that only say which kind of thing is asked for.

    « Quel montant FEDER ? » is answered by an amount, not by a sentence that says « montant ».
    """
    terms = frozenset(index.question_terms(question.standalone))
    if not question.kinds and question.form not in _ASKED_IN_WORDS:
        return terms
    words = load_texts(question.language).understanding.kind_words
    return terms - {term for word in words for term in analyse(word)} or terms


def long_numbers(question: Question) -> frozenset[str]:
    """Returns the years and other long numbers that a question names."""
    return frozenset(term for term in analyse(question.text) if _LONG_NUMBER.fullmatch(term))


def heads(passage: Passage, index: Index) -> frozenset[str]:
    """Returns the terms of the titles above a passage."""
    title = index.documents[passage.document_id].title
    return index.terms("\n".join([title, *passage.section]))


def share_held(weights: dict[str, float], held: dict[str, float]) -> float:
    """Returns which share of some weighed terms is held, in [0, 1]; 1 of none.

    Args:
        weights: of the terms.
        held: how much of it counts, by term; a term that is not in it is not held.
    """
    total = sum(weights.values())
    if not total:
        return 1.0
    return sum(weight * held.get(term, 0.0) for term, weight in weights.items()) / total
