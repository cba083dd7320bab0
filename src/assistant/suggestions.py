"""Known questions that visitors are offered: to begin with, to go on with, and while they type.

Each is offered on the strength of its entry: it stands beside a sentence that the index holds::

    marked by staff ──────themes──▶ to begin with
    near what was asked ───after──▶ to go on with, near_questions where there was no answer
    near what is typed ─complete──▶ below the box
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Final

from assistant.corpus import THEMES
from assistant.domain import Answer, Citation, Outcome
from assistant.index import Entry, Index, Near, QuestionIndex, SentenceKey
from assistant.retrieval import Retriever
from assistant.spelling import fold

_HELPFUL: Final = 0.65
"""Cosine from which a known question may help somebody whose own has no answer.

Six in seven of our known questions have another that asks the same so near; a question on another
subject seldom has any."""
_MOST: Final = 3
_MOST_WHILE_TYPING: Final = 5
_LEAST_TYPED: Final = 3
"""Characters from which on something is offered."""
_WORD: Final = re.compile(r"\w+")


class Suggestions:
    """Offers known questions of one index.

    Args:
        retriever: compares questions.
    """

    def __init__(self, retriever: Retriever) -> None:
        self._retriever = retriever
        self._index = retriever.index
        self._questions = retriever.index.questions

    def themes(self, language: str) -> Mapping[str, tuple[str, ...]]:
        """Returns what visitors can begin with: by theme, the questions that staff marked.

        Args:
            language: the visitor's; a question that is not worded in it is given in English, else
                in French.
        """
        marked = [entry for entry in self._questions.entries if entry.suggested and entry.answers]
        offered = {
            theme: tuple(one.wording(language) for one in marked if one.suggested == theme)
            for theme in THEMES
        }
        return {theme: questions for theme, questions in offered.items() if questions}

    def after(self, answers: Sequence[Answer]) -> tuple[str, ...]:
        """Returns what to ask next, the nearest first.

        After an answer these are questions on the texts that it cites, the last one on another
        text; none that was asked in the conversation, or that an answer in it tells already. After
        a refusal they are those like what was asked, if any are. An answer with suggestions of its
        own, an abstention and small talk are followed by nothing.

        Args:
            answers: of a conversation, in order; the last is gone on from.
        """
        answer = answers[-1]
        if answer.suggestions or not answer.standalone_question:
            return ()
        if answer.outcome is Outcome.REFUSED:
            near = self._retriever.near(answer.standalone_question)
            return near_questions(near, self._questions, answer.language)
        if not answer.citations:
            return ()
        texts = {key.document_id for key in _sentences(answer.citations, self._index)}
        here: dict[frozenset[SentenceKey], str] = {}
        elsewhere: dict[frozenset[SentenceKey], str] = {}
        for entry in self._new(answers):
            keys = frozenset(map(self._index.canonical, entry.answers))
            same = not texts.isdisjoint(key.document_id for key in keys)
            (here if same else elsewhere).setdefault(keys, entry.wording(answer.language))
        return _led_on(list(here.values()), list(elsewhere.values()))

    def _new(self, answers: Sequence[Answer]) -> Iterator[Entry]:
        """Yields the entries near the last question that say something new, the nearest first."""
        asked = {answer.question.strip() for answer in answers}
        told = {
            key for answer in answers for key in _sentences(answer.citations, self._index)
        }  # fmt: skip
        near = self._retriever.near(answers[-1].standalone_question)
        for entry in _entries(near, self._questions):
            keys = set(map(self._index.canonical, entry.answers))
            # Of an overview, most has to be new.
            if 2 * len(keys - told) > len(keys) and not _asks(entry, asked):
                yield entry

    def complete(self, typed: str, language: str) -> tuple[str, ...]:
        """Returns what somebody may be about to ask: by the words that are begun, then by meaning.

        Args:
            typed: the question so far; one of less than three characters may become any.
            language: of the questions offered.
        """
        questions = self._questions
        starts = _WORD.findall(fold(typed))
        if not starts or len(typed.strip()) < _LEAST_TYPED:
            return ()
        likeness: dict[int, float] = {}
        for row, cosine in zip(*self._retriever.near(typed), strict=True):
            likeness.setdefault(int(questions.entry_of[row]), float(cosine))
        ranks = {number: 2 for number, cosine in likeness.items() if cosine >= _HELPFUL}
        for number, place in questions.begun(starts, language).items():
            if place == 0:
                ranks[number] = 0
            elif len(starts) > 1:
                # One word that does not stand in what is offered, such as “bonjour”, tells little.
                ranks[number] = 1
        best = sorted(ranks, key=lambda number: (ranks[number], -likeness.get(number, 0.0)))
        offered = dict.fromkeys(
            entry.wordings[language][0]
            for entry in map(questions.entries.__getitem__, best)
            if entry.answers and language in entry.wordings
        )
        return tuple(offered)[:_MOST_WHILE_TYPING]


def near_questions(
    near: Near, questions: QuestionIndex, language: str, named: Collection[str] = ()
) -> tuple[str, ...]:
    """Returns known questions that are like one that got no answer, and that the sources answer.

    Args:
        near: the known questions that are most like it.
        questions: all of them.
        language: the visitor's.
        named: texts on what it names; questions that these answer alone come first.
    """
    helpful = near.cosines >= _HELPFUL
    found: dict[frozenset[SentenceKey], str] = {}
    for entry in _entries(Near(near.rows[helpful], near.cosines[helpful]), questions):
        found.setdefault(frozenset(entry.answers), entry.wording(language))
    ordered = sorted(found, key=lambda keys: any(key.document_id not in named for key in keys))
    return tuple(found[keys] for keys in ordered[:_MOST])


def _entries(near: Near, questions: QuestionIndex) -> Iterator[Entry]:
    """Yields the entries of some questions, in their order, that the sources answer."""
    for number in dict.fromkeys(int(questions.entry_of[row]) for row in near.rows):
        if questions.entries[number].answers:
            yield questions.entries[number]


def _sentences(citations: Sequence[Citation], index: Index) -> Iterator[SentenceKey]:
    """Yields the sentences that are quoted."""
    for one in citations:
        for passage in index.passages_of(one.document_id):
            for span in passage.sentences:
                if span.start < one.end and one.start < span.end:
                    yield index.sentence_key(one.document_id, span.start)


def _asks(entry: Entry, asked: Collection[str]) -> bool:
    return any(text in asked for wordings in entry.wordings.values() for text in wordings)


def _led_on(here: Sequence[str], elsewhere: Sequence[str]) -> tuple[str, ...]:
    """Returns the first questions; the last of them leads to another text where there is one."""
    kept = here[: _MOST - 1] if elsewhere else here[:_MOST]
    return (*kept, *elsewhere[: _MOST - len(kept)])
