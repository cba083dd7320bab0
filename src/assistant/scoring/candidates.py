"""Sentences that may answer a question, from the passages found and from known questions."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import replace
from typing import Final

import numpy as np

from assistant.domain import Passage, Ranking, ScoredPassage, Span
from assistant.index import Index, Near, SentenceKey
from assistant.question import Question
from assistant.reader import Reader, Reading
from assistant.retrieval import Retriever
from assistant.scoring.features import (
    HEADS,
    Features,
    Nothing,
    heads,
    long_numbers,
    share_held,
    term_weights,
)
from assistant.scoring.model import load_model
from assistant.scoring.records import Candidate, Found
from assistant.values import OPTIONAL, counts, find_values

RANKED: Final = 10
"""Passages looked at for one question."""
_LIKEST: Final = 40
"""Known questions whose sentences are looked at, wherever their passages rank."""
_AVERAGED: Final = 3
_FAR: Final = 0.36
"""What the likeness of a sentence with no like question is at most: the median over our corpus."""
_LONG: Final = 20
"""Words of a long question."""


def find(
    question: Question, retriever: Retriever, left_out: Collection[int] = frozenset()
) -> Found:
    """Finds sentences that may answer and tells how likely each does.

    Args:
        question: what is asked.
        retriever: searches.
        left_out: known questions that are not to be known, by row: in training, those that are
            like the one that is learnt from.
    """
    index = retriever.index
    near = retriever.near(question.standalone)
    if left_out:
        kept = ~np.isin(near.rows, list(left_out))
        near = Near(near.rows[kept], near.cosines[kept])
    likest = [key for row in near.rows[:_LIKEST] for key in index.questions.entry(row).answers]
    sentences = [index.sentence(key, question.language) for key in likest]
    ranking = retriever.search(
        question.standalone,
        RANKED,
        question.language,
        dict.fromkeys(passage.passage_id for passage, _ in sentences),
    )
    wanted = {(passage.document_id, span.start) for passage, span in sentences}
    weighing = _Weighing(question, near, ranking, index, left_out)
    candidates = [
        weighing.candidate(scored, span)
        for rank, scored in enumerate(ranking.passages)
        for span in scored.passage.sentences
        if rank < RANKED or (scored.passage.document_id, span.start) in wanted
    ]
    ordered, confidence = load_model().compare(candidates, weighing.nothing)
    return Found(ranking, ordered, near, weighing.nothing, confidence)


def read(question: Question, found: Found, reader: Reader, most: int, index: Index) -> Found:
    """Has the passages of the likeliest sentences read, and weighs what that tells.

    Args:
        question: what is asked.
        found: sentences for it.
        reader: reads.
        most: how many passages are read.
        index: that they come from.
    """
    passages = dict.fromkeys(one.scored.passage for one in found.candidates)
    chosen = list(passages)[:most]
    readings = reader.read(
        question.standalone, [(_heading(passage, index), passage.text) for passage in chosen]
    )
    told = dict(zip(chosen, readings, strict=True))
    candidates = [
        _with_reading(one, told[one.scored.passage]) if one.scored.passage in told else one
        for one in found.candidates
    ]
    ordered, confidence = load_model().compare(candidates, found.nothing, read=True)
    return replace(found, candidates=ordered, confidence=confidence)


def _with_reading(one: Candidate, reading: Reading) -> Candidate:
    """Returns a sentence with a reading of its passage: whether the answer stands in it."""
    moved = one.span.start - one.scored.passage.start
    start = max(0, reading.span.start - moved)
    end = min(one.span.end - one.span.start, reading.span.end - moved)
    inside = replace(reading, span=Span(start, end)) if start < end else None
    return replace(one, reading=inside)


def _heading(passage: Passage, index: Index) -> str:
    title = index.documents[passage.document_id].title
    return ", ".join(dict.fromkeys([title, *passage.section[-1:]]))


class _Weighing:
    """What all sentences found for one question are weighed with."""

    def __init__(
        self,
        question: Question,
        near: Near,
        ranking: Ranking,
        index: Index,
        left_out: Collection[int],
    ) -> None:
        self._question = question
        self._index = index
        self._weights = term_weights(question, index)
        self._shared = {
            term: weight for term, weight in self._weights.items() if len(index.lexical.rows(term))
        }
        self._rest = {
            term: weight for term, weight in self._weights.items() if term not in question.subjects
        }
        self._numbers = long_numbers(question)
        self._likenesses, self._unanswered = _likenesses(near, index)
        self._least = float(near.cosines[-1]) if len(near.cosines) else 0.0
        if len(near.cosines) + len(left_out) >= len(index.questions):
            # So few are known that the last one may be the very question that is asked.
            self._least = min(self._least, _FAR)
        self._known = index.texts_with_questions(left_out)
        self._best_of: dict[str, float] = {}
        for one in ranking.passages:
            name = one.passage.document_id
            self._best_of[name] = max(one.score, self._best_of.get(name, 0.0))

    def candidate(self, scored: ScoredPassage, span: Span) -> Candidate:
        """Returns a sentence with its features, but for what takes the others to know."""
        question, index, passage = self._question, self._index, scored.passage
        text = passage.slice(span)
        own, above = index.terms(text), heads(passage, index)
        foreign = passage.language != question.language
        # Two languages share few words, so that those which no source has tell nothing.
        asked = self._shared if foreign else self._weights
        held = dict.fromkeys(above, HEADS) | dict.fromkeys(own, 1.0)
        values = _apart(
            value
            for kind in sorted(question.kinds)
            for value in find_values(kind, text, question.standalone)
        )
        needed = question.kinds - OPTIONAL
        counted = question.counted is None or foreign or question.counted in counts(text)
        key = index.sentence_key(passage.document_id, span.start)
        likest = [*self._likenesses.get(key, ()), *[self._least] * _AVERAGED][:_AVERAGED]
        known = key.document_id in self._known
        likeness = likest[0] if known else 0.0
        document = passage.document_id
        others = (score for name, score in self._best_of.items() if name != document)
        return Candidate(
            scored=scored,
            span=span,
            key=key,
            values=values,
            own=share_held(asked, dict.fromkeys(own, 1.0)) if asked else 0.0,
            features=Features(
                likeness=likeness,
                likeness_mean=sum(likest) / _AVERAGED if known else 0.0,
                known=float(known),
                ahead=likeness - self._unanswered if known else 0.0,
                dense=scored.dense,
                lift=scored.lift,
                lexical=scored.lexical,
                margin=scored.score - max(others, default=0.0),
                coverage=share_held(asked, held) if asked else 0.0,
                rest=share_held(self._rest, dict.fromkeys(own | above, 1.0)),
                kind=(1.0 if values else -1.0) if needed else 0.0,
                counted=float(counted),
                number=float(bool(self._numbers - index.terms(passage.text) - above)),
                foreign=float(foreign),
            ),
        )

    @property
    def nothing(self) -> Nothing:
        """What speaks for it that no sentence answers."""
        question = self._question
        return Nothing(
            unanswered=self._unanswered,
            ahead=self._unanswered
            - max((best[0] for best in self._likenesses.values()), default=0.0),
            unknown=float(question.unknown_name is not None),
            asks=float(bool(question.kinds - OPTIONAL)),
            length=min(len(question.text.split()), _LONG) / _LONG,
            known=float(bool(self._known)),
        )


def _likenesses(near: Near, index: Index) -> tuple[dict[SentenceKey, list[float]], float]:
    """Returns the cosines of each sentence's known questions, and the best of unanswered ones."""
    found: defaultdict[SentenceKey, list[float]] = defaultdict(list)
    unanswered = 0.0
    for row, cosine in zip(near.rows, near.cosines, strict=True):
        entry = index.questions.entry(row)
        if not entry.answers:
            unanswered = max(unanswered, float(cosine))
        for key in entry.answers:
            found[index.canonical(key)].append(float(cosine))
    return found, unanswered


def _apart(values: Iterable[Span]) -> tuple[Span, ...]:
    """Returns spans in order, without those that overlap an earlier one."""
    kept: list[Span] = []
    for value in sorted(values, key=lambda value: (value.start, -value.end)):
        if not kept or value.start >= kept[-1].end:
            kept.append(value)
    return tuple(kept)
