"""The plan of an answer: which sentences it is made of, and in which order.

What staff wrote beside a known question comes first: where several sentences answer it together,
they are an overview, a list or a definition in the order of reading. Elsewhere the form of the
question tells: one fact, with another source's value beside it where they differ; yes or no; a
list; an overview.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import islice
from typing import Final

from assistant.domain import Passage, Span
from assistant.index import Index, Near
from assistant.lexical import analyse
from assistant.question import Form, Question
from assistant.scoring import Candidate, term_weights
from assistant.values import without_source

_ALSO_ANSWERS: Final = 0.6
"""Share of the best probability from which a further sentence is quoted as well."""
_ALSO_NEEDED: Final = 0.2
"""Share of the question's weight that a further sentence must add."""
_SAME_SUBJECT: Final = 0.5
"""Share of their words, besides the value, from which two sentences say the same thing."""
_LISTED: Final = 0.5
_LISTED_WORDS: Final = 0.6
_MOST_FACTS: Final = 2
_MOST_OF_SECTION: Final = 3
_SURE: Final = 0.85
"""Share of a question's words that a sentence must hold to be a yes or a no."""
_FOREMOST: Final = 3
"""Sentences of the best passages whose section may be what is asked about as a whole."""
_MOST_RIVALS: Final = 1
_ALONE: Final = 0.8
"""Share of what sentences are likely together from which the likeliest answers without them."""

_DIFFERS: Final = re.compile(
    r"diff[éèe]r|n['’]ont\s(?:ni|pas)\sle\smême|\bne\ssont\sidentiques|do(?:es)?\snot\s(?:have|cover)"
    r"|\bnot\sthe\ssame|\bneither\b",
    re.IGNORECASE,
)
_NEGATIVE: Final = re.compile(
    r"\bn(?:e\s|['’])\S+\s(?:\S+\s)?(?:pas|ni|plus|jamais|aucun)\b|\b(?:not|neither|never|no\slonger)\b",
    re.IGNORECASE,
)
_ENUMERATES: Final = re.compile(r",\s[^,]+\s(?:et|and)\s")


class Lead(StrEnum):
    """What is said before the sentences; a key of the language files."""

    YES = "yes"
    NO = "no"
    DIFFER = "differ"


@dataclass(frozen=True, slots=True)
class Choice:
    """What an answer is made of.

    Attributes:
        sentences: at least one, in the order in which they are shown.
        lead: said first, or None.
    """

    sentences: tuple[Candidate, ...]
    lead: Lead | None = None


def plan(
    question: Question, answers: Sequence[Candidate], near: Near, index: Index, most: int
) -> Choice:
    """Chooses the sentences of an answer.

    Args:
        question: says how the answer is put.
        answers: sentences, the likeliest first, at least one.
        near: known questions that are like it.
        index: that the sentences come from.
        most: how many sentences at most.
    """
    # What is compared is one value of each thing, not all that is told of it.
    if not question.compared and (together := _together(question, answers, near, index)):
        return Choice(tuple(together[:most]))
    answers = _own_language_first(answers, index)
    if question.form is Form.SUMMARY:
        return Choice(tuple(_overview(question, answers, index))[:most])
    if question.form is Form.DEFINITION:
        return Choice(tuple(_defining(answers))[:_MOST_FACTS])
    if question.form is Form.DIFFERENCE:
        told = [one for one in answers if _DIFFERS.search(one.text)]
        first = told[0] if told else answers[0]
        also = [one for one in told[1:] if one.probability >= _ALSO_ANSWERS * first.probability]
        return Choice((first, *also[: _MOST_FACTS - 1]))
    if question.form is Form.LIST and not _ENUMERATES.search(answers[0].text):
        return Choice(tuple(_listed(answers, index))[:most])
    return _fact(question, answers, index)


def _own_language_first(answers: Sequence[Candidate], index: Index) -> Sequence[Candidate]:
    """Returns the sentences with one in the visitor's language first where it says the same.

    It does where its version in the language of the likeliest one has most words in common.
    """
    best = answers[0]
    if not best.features.foreign:
        return answers
    said = index.terms(without_source(best.text))
    for one in answers[1:]:
        if one.features.foreign:
            continue
        passage, span = index.sentence(one.key, best.scored.passage.language)
        other = index.terms(without_source(passage.slice(span)))
        if len(said & other) >= _SAME_SUBJECT * len(said | other):
            return (one, *(each for each in answers if each is not one))
    return answers


def _together(
    question: Question, answers: Sequence[Candidate], near: Near, index: Index
) -> list[Candidate]:
    """Returns the sentences beside the likest question that the best one answers with others."""
    best = answers[0]
    numbers = set(index.entries_of(best.key))
    entry = next(
        (int(one) for one in index.questions.entry_of[near.rows] if int(one) in numbers), None
    )
    keys = index.questions.entries[entry].answers if entry is not None else ()
    if len(keys) == 1:
        return []
    weighed = {one.key: one for one in answers}
    told = [weighed.get(index.canonical(key)) for key in keys]
    if best.probability > _ALONE * sum(one.probability for one in told if one):
        return []
    return [
        one or _beside(*index.sentence(key, question.language), best)
        for one, key in zip(told, keys, strict=True)
    ]


def _fact(question: Question, answers: Sequence[Candidate], index: Index) -> Choice:
    best = answers[0]
    measured = bool(best.values) and any(char.isdigit() for char in _words(best))
    measured = measured and "quantity" not in question.kinds  # of whatever kind: not comparable
    contrary = _rivals(question, best, answers[1:], index) if measured else ()
    rivals = tuple(islice(contrary, _MOST_RIVALS))
    adding = () if question.compared else tuple(_adding(question, answers, index))[:1]
    if measured and not rivals and (difference := _difference(best, index)):
        return Choice((difference, *adding))
    if rivals:
        origins = {_origins(one, index) for one in (best, *rivals)}
        lead = Lead.DIFFER if len(origins) > 1 else None
        return Choice((best, *rivals, *(one for one in adding if one not in rivals)), lead)
    if question.form is Form.YES_NO and (lead := _yes_or_no(question, best, index)):
        return Choice((best,), lead)
    return Choice((best, *adding))


def _rivals(
    question: Question, best: Candidate, others: Iterable[Candidate], index: Index
) -> Iterator[Candidate]:
    """Yields sentences that give another value for the same thing."""
    # One that gives a value of the best one's too says nothing against it.
    subject, values = _subject(best, index), list(_all_values(best))
    for one in others:
        if not one.values:
            continue
        if any(_agree(value, other) for value in values for other in _all_values(one)):
            continue
        if not _same_unit(best, one) or not _as_much_about(question, one, best, index):
            continue
        other = _subject(one, index)
        if len(subject & other) >= _SAME_SUBJECT * len(subject | other):
            values.append(_value(one))
            yield one


def _as_much_about(question: Question, one: Candidate, best: Candidate, index: Index) -> bool:
    """Tells whether a sentence is about the names, the year and the thing counted, as the best."""
    here, there = best.scored.passage.document_id, one.scored.passage.document_id
    return (
        all(
            there in index.holding(term)
            for term in question.subjects
            if here in index.holding(term)
        )
        and one.features.counted >= best.features.counted
        and one.features.number <= best.features.number
    )


def _agree(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """Tells whether two values are the same, or one of them in less detail: « 2012 »."""
    return set(one) <= set(other) or set(other) <= set(one)


def _same_unit(one: Candidate, other: Candidate) -> bool:
    """Tells whether two sentences count the same: « 353 éléments » and « 109 éléments »."""
    left, right = (
        {term for term in _value(each) if not term[0].isdigit()} for each in (one, other)
    )
    return not left or not right or bool(left & right)


def _difference(best: Candidate, index: Index) -> Candidate | None:
    """Returns the sentence of a source that sets the best one's value beside another, if any."""
    value = re.compile(rf"(?<!\w){re.escape(_words(best))}(?!\w)")
    subject = _subject(best, index)
    for passage in index.passages_of(best.scored.passage.document_id):
        for span in passage.sentences:
            text = passage.slice(span)
            if span == best.span or not value.search(text) or not _DIFFERS.search(text):
                continue
            if len(subject & index.terms(text)) >= _SAME_SUBJECT * len(subject):
                return _beside(passage, span, best)
    return None


def _subject(one: Candidate, index: Index) -> frozenset[str]:
    """Returns the terms of what a sentence says besides its value and its source."""
    text = without_source(one.text)
    for value in one.values:
        text = text.replace(one.text[value.start : value.end], " ")
    return frozenset(term for term in index.terms(text) if not term[:1].isdigit())


def _value(one: Candidate) -> tuple[str, ...]:
    return tuple(analyse(_words(one)))


def _all_values(one: Candidate) -> Iterator[tuple[str, ...]]:
    for value in one.values:
        yield tuple(analyse(one.text[value.start : value.end]))


def _words(one: Candidate) -> str:
    """Returns the value that a sentence gives."""
    return one.text[one.values[0].start : one.values[0].end]


def _origins(one: Candidate, index: Index) -> tuple[str, ...]:
    """Returns where a sentence was taken from."""
    document = index.documents[one.scored.passage.document_id]
    addresses = tuple(origin.address for origin in document.origins(one.span))
    return addresses or (document.document_id,)


def _yes_or_no(question: Question, best: Candidate, index: Index) -> Lead | None:
    """Returns yes or no when a sentence says the very thing that is asked, or its contrary."""
    same_language = best.scored.passage.language == question.language
    if not same_language or question.follows or _NEGATIVE.search(question.text):
        return None
    terms = set(index.question_terms(question.standalone))
    held = index.terms(best.text)
    weights = {term: index.lexical.idf(term) for term in terms}
    if sum(weights[term] for term in terms & held) < _SURE * sum(weights.values()):
        return None
    return Lead.NO if _NEGATIVE.search(best.text) else Lead.YES


def _adding(question: Question, answers: Sequence[Candidate], index: Index) -> Iterator[Candidate]:
    """Yields further sentences that hold words of the question which the best one lacks."""
    best = answers[0]
    if best.scored.passage.language != question.language:
        return
    terms = index.question_terms(question.standalone)
    weights = {term: index.lexical.idf(term) for term in terms}
    needed = _ALSO_NEEDED * sum(weights.values())
    held = index.terms(best.text)
    for one in answers[1:]:
        if one.probability < _ALSO_ANSWERS * best.probability:
            return
        if sum(weights[term] for term in weights.keys() & index.terms(one.text) - held) >= needed:
            yield one


def _listed(answers: Sequence[Candidate], index: Index) -> Iterator[Candidate]:
    """Yields the best sentences that say the same of several things, else the best ones."""
    best = answers[0]
    if not best.features.rest:
        # It holds no word of what is asked about its subject, and its like would not either.
        yield best
        return
    near = [one for one in answers if one.probability >= _LISTED * best.probability]
    groups = [[other for other in near if _alike(one, other, index)] for one in near]
    largest = max(groups, key=len)
    if len(largest) > 1:
        yield from sorted(largest, key=lambda one: (one is not best, one.span.start))
        return
    yield from (one for one in near if one.own >= _LISTED_WORDS * best.own)


def _alike(one: Candidate, other: Candidate, index: Index) -> bool:
    """Tells whether two sentences of a section say the same of two things."""
    here, there = one.scored.passage, other.scored.passage
    if (here.document_id, here.section) != (there.document_id, there.section):
        return False
    left, right = _subject(one, index), _subject(other, index)
    return len(left & right) >= _SAME_SUBJECT * len(left | right)


def _defining(answers: Sequence[Candidate]) -> Iterator[Candidate]:
    """Yields the best sentence that says what something is, and those of its section that do."""
    best = answers[0].scored.passage
    for one in answers:
        passage = one.scored.passage
        if (passage.document_id, passage.section) == (best.document_id, best.section):
            yield one


def _overview(
    question: Question, answers: Sequence[Candidate], index: Index
) -> Iterator[Candidate]:
    """Yields a section that is about the topic, or each section's first sentence of a text."""
    best = answers[0]
    if headed := _under_heading(question, answers, index):
        yield from headed
        return
    document_id = best.scored.passage.document_id
    title = index.terms(index.documents[document_id].title)
    if not any(topic.terms & title for topic in question.topics):
        same = [
            one
            for one in answers
            if one.scored.passage.section == best.scored.passage.section
            and one.scored.passage.document_id == document_id
            and one.own >= _LISTED_WORDS * best.own
        ]
        yield from sorted(same[:_MOST_OF_SECTION], key=lambda one: one.span.start)
        return
    sections: set[tuple[str, ...]] = set()
    for passage in index.passages_of(document_id):
        if passage.section not in sections:
            sections.add(passage.section)
            yield _beside(passage, passage.sentences[0], best)


def _under_heading(
    question: Question, answers: Sequence[Candidate], index: Index
) -> list[Candidate]:
    """Returns the beginning of the section whose heading names what is asked about, if one does."""
    weights = term_weights(question, index)

    def named(one: Candidate) -> float:
        heading = index.terms(" ".join(one.scored.passage.section[-1:]))
        title = index.terms(index.documents[one.scored.passage.document_id].title)
        return sum(weights[term] for term in weights.keys() & heading - title)

    foremost = sorted(answers, key=lambda one: -one.scored.score)[:_FOREMOST]
    best = max(foremost, key=named)
    if not named(best):
        return []
    passage = best.scored.passage
    return [
        _beside(other, span, best)
        for other in index.passages_of(passage.document_id)
        if other.section == passage.section
        for span in other.sentences
    ][:_MOST_OF_SECTION]


def _beside(passage: Passage, span: Span, best: Candidate) -> Candidate:
    """Returns a sentence that stands beside the best one and answers with it."""
    scored = replace(best.scored, passage=passage)
    return replace(best, scored=scored, span=span, values=(), reading=None)
