"""Conversations: turns in, answers out.

The one object that the chat, the commands and the evaluation call::

    conversation = assistant.conversation()
    answer = conversation.ask("Où le Parc des îles a-t-il été aménagé ?")
"""

from __future__ import annotations

import logging
import secrets
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from itertools import zip_longest
from typing import Final

from assistant.answer import Composed, Part, compose, refuse, small_talk
from assistant.domain import Answer, Citation, Outcome, Ranking, Turn
from assistant.encoder import Encoder
from assistant.errors import QuestionError
from assistant.index import Index
from assistant.language import detect_language
from assistant.question import (
    MAX_CHARACTERS,
    Budget,
    Context,
    Question,
    Refusal,
    Topic,
    clean,
    names_in,
    shared_phrase,
    split,
    understand,
)
from assistant.reader import Reader
from assistant.retrieval import Retriever
from assistant.scoring import RANKED, find, judge, read, worth_reading
from assistant.settings import AnswerSettings, QuestionSettings, ReaderSettings
from assistant.suggestions import Suggestions
from assistant.texts import load_texts

_LOG: Final = logging.getLogger(__name__)
_MOST_TOPICS: Final = 5

_RECALLED: Final = 10
"""Turns from which the context of a conversation is rebuilt; a topic is hardly ever older."""


@dataclass(frozen=True, slots=True)
class _Found:
    """What one text led to, before it becomes an answer.

    Attributes:
        question: the first one in the text.
        context: what a next question can go on from.
        signs: what the decision about the first question rests on, see `scoring.Features`; with
            `hurried` when not all of the text was understood in time.
    """

    question: Question
    composed: Composed
    confidence: float
    timings_ms: dict[str, float]
    context: Context | None
    ranking: Ranking | None = None
    signs: Mapping[str, float] = field(default_factory=dict)


class Assistant:
    """Answers questions from one index; holds no conversation, so that many can share it.

    Args:
        retriever: finds passages.
        settings: when and how much is answered.
        reader: reads the best passages; None does without.
        reading: how many are read.
        understanding: how long it may take to understand a question.
    """

    def __init__(
        self,
        retriever: Retriever,
        settings: AnswerSettings,
        reader: Reader | None = None,
        reading: ReaderSettings | None = None,
        understanding: QuestionSettings | None = None,
    ) -> None:
        self._retriever = retriever
        self._settings = settings
        self._reader = reader
        self._reading = reading or ReaderSettings()
        self._understanding = understanding or QuestionSettings()

    @property
    def index(self) -> Index:
        """The index that answers come from."""
        return self._retriever.index

    def take_up(self, index: Index) -> None:
        """Answers from another index from the next question on; those under way end with theirs.

        Args:
            index: made with the same encoder.
        """
        self._retriever = self._retriever.over(index)

    def over(self, index: Index) -> Assistant:
        """Returns an assistant that answers from another index, made with the same encoder."""
        return Assistant(
            self._retriever.over(index),
            self._settings,
            self._reader,
            self._reading,
            self._understanding,
        )

    @property
    def encoder(self) -> Encoder:
        """The model that is loaded."""
        return self._retriever.encoder

    def search(self, query: str, k: int) -> Ranking:
        """Returns the best passages for a query in any language, best first.

        Raises:
            QuestionError: the query cannot be one.
        """
        return self._retriever.search(clean(query), k)

    def conversation(self, conversation_id: str | None = None) -> Conversation:
        """Starts a conversation, under a name that nobody can guess unless one is given."""
        return Conversation(self, conversation_id or secrets.token_urlsafe(16))

    def resume(self, conversation_id: str, turns: Sequence[Turn]) -> Conversation:
        """Goes on with a conversation that was held before, perhaps by another process.

        Its answers stay as they were given. What a follow-up goes on from is found anew: the
        latest questions are understood once more, over the index of now; one that cannot be read
        any more is passed over. That costs about as much as answering them again.

        Args:
            conversation_id: its name.
            turns: what was asked and answered, in order; some may be missing. The next turn
                follows the number of the last one.
        """
        context = None
        for turn in turns[-_RECALLED:]:
            with suppress(QuestionError):
                context = self.find(turn.question, context).context
        return Conversation(self, conversation_id, turns, context)

    def rank_documents(self, query: str, k: int) -> list[tuple[str, float]]:
        """Returns the ids and scores of the best documents for a query, best first.

        Raises:
            QuestionError: the query cannot be one.
        """
        return self._retriever.search_documents(clean(query), k)

    @property
    def suggestions(self) -> Suggestions:
        """What visitors are offered to ask, of the index that answers come from now."""
        return Suggestions(self._retriever)

    def find(self, text: str, context: Context | None = None) -> _Found:
        """Understands a text, searches and composes what can be said.

        Args:
            text: what a visitor typed.
            context: what was said before.

        Raises:
            QuestionError: the text cannot be a question.
        """
        clock = _Clock()
        retriever = self._retriever  # may be replaced while this question is answered
        index = retriever.index
        budget = Budget(self._understanding.max_seconds)
        whole = understand(text, index, context, budget)
        clock.mark("understand")
        if whole.small_talk or whole.refusal:
            composed = (
                small_talk(whole.small_talk, whole.language)
                if whole.small_talk
                else refuse(whole.refusal or Refusal.INSTRUCTION, whole.language)
            )
            sure = 1.0 if whole.small_talk else 0.0
            return _Found(whole, composed, sure, clock.timings(), context)
        questions = split(whole, index, context, budget)
        if budget.exceeded:
            _LOG.warning(
                "A question of %d characters was not wholly understood within %g s.",
                len(text),
                self._understanding.max_seconds,
            )
        parts = [self._part(question, retriever) for question in questions]
        clock.mark("retrieve")
        composed = compose(parts, index, self._settings)
        clock.mark("compose")
        return _Found(
            question=whole,
            composed=composed,
            # One that is not answered is told so; the others are no less sure for it.
            confidence=max(part.verdict.confidence for part in parts),
            timings_ms=clock.timings(),
            context=_next(context, [part.question for part in parts], composed, index),
            ranking=_merged([part.found.ranking for part in parts]),
            signs=_signs(parts[0], hurried=budget.exceeded),
        )

    def _part(self, question: Question, retriever: Retriever) -> Part:
        """Answers a question in the way in which it is most likely meant."""
        parts = [self._judged(one, retriever) for one in (question, *question.readings)]
        return max(parts, key=lambda part: part.verdict.confidence + part.question.leaning)

    def _judged(self, question: Question, retriever: Retriever) -> Part:
        found = find(question, retriever)
        verdict = judge(question, found, self._settings.min_confidence)
        if self._reader and worth_reading(question, found, verdict, self._reading.sure):
            found = read(question, found, self._reader, self._reading.passages, retriever.index)
            verdict = judge(question, found, self._settings.min_confidence)
        return Part(question, found, verdict)


def _signs(part: Part, *, hurried: bool) -> dict[str, float]:
    signs = part.verdict.features._asdict() if part.verdict.features else {}
    return {**signs, "hurried": 1.0} if hurried else signs


def _merged(rankings: Sequence[Ranking]) -> Ranking:
    """Returns the passages found for the questions of one text, the best of each first."""
    if len(rankings) == 1:
        return rankings[0]
    turns = zip_longest(*(ranking.passages for ranking in rankings))
    passages = {one.passage.passage_id: one for turn in turns for one in turn if one}
    query = " ".join(ranking.query for ranking in rankings)
    return Ranking(query, tuple(passages.values())[:RANKED])


def _next(
    before: Context | None, questions: Sequence[Question], composed: Composed, index: Index
) -> Context:
    """Returns what the next question can go on from."""
    topics = [topic for question in reversed(questions) for topic in question.topics]
    if composed.citations:
        topics = _about(composed.citations[0], topics, questions[-1], index)
    for topic in before.topics if before else ():
        if not any(topic.terms & other.terms for other in topics):
            topics.append(topic)
    last = questions[-1]
    return Context(
        language=last.language,
        topics=tuple(topics[:_MOST_TOPICS]),
        question=last.frame,
        kinds=last.kinds,
        counted=last.counted,
        form=last.form,
    )


def _about(
    citation: Citation, topics: list[Topic], question: Question, index: Index
) -> list[Topic]:
    """Returns the topics of a question that what it found is about, before the others.

    Where it named none, the words that it shares with its source are the topic (« la trame verte
    et bleue »), else the title of the source. The words of that title bring a visitor back to it:
    « pour le fonds, il a été lancé quand ? ».
    """
    title = index.terms(citation.title)
    told = title | index.terms(citation.quote)
    about = [
        replace(topic, recalled_by=topic.recalled_by | title)
        for topic in topics
        if topic.terms & told
    ]
    if not topics and (phrase := shared_phrase(question.text, question.language, told, index)):
        about = [replace(phrase, recalled_by=phrase.terms | title)]
    if not about:
        about = [Topic(citation.title, names_in(citation.title, index).subject_terms, title)]
    return about + [topic for topic in topics if not topic.terms & told]


class Conversation:
    """The turns of one visitor.

    Args:
        assistant: answers.
        conversation_id: its name.
        turns: what was asked and answered before.
        context: what the next question can go on from.
    """

    def __init__(
        self,
        assistant: Assistant,
        conversation_id: str,
        turns: Sequence[Turn] = (),
        context: Context | None = None,
    ) -> None:
        self.conversation_id = conversation_id
        self._assistant = assistant
        self._turns = list(turns)
        self._context = context

    @property
    def turns(self) -> tuple[Turn, ...]:
        """What was asked and answered so far."""
        return tuple(self._turns)

    @property
    def _next_turn(self) -> int:
        """Number of the next turn; some before it may be stored no longer."""
        return self._turns[-1].answer.turn + 1 if self._turns else 1

    def ask(self, text: str) -> Answer:
        """Answers a question; one that cannot be a question is refused, in a sentence."""
        try:
            found = self._assistant.find(text, self._context)
        except QuestionError as error:
            answer = self._refuse(text, error)
            self._turns.append(Turn(text, answer))
            return answer
        self._context = found.context
        answer = Answer(
            conversation_id=self.conversation_id,
            turn=self._next_turn,
            question=text,
            standalone_question=found.question.standalone,
            language=found.question.language,
            outcome=found.composed.outcome,
            text=found.composed.text,
            statements=found.composed.statements,
            citations=found.composed.citations,
            confidence=round(found.confidence, 4),
            reason=found.composed.reason,
            nearby=found.composed.nearby,
            suggestions=found.composed.suggestions,
            timings_ms=found.timings_ms,
        )
        self._turns.append(Turn(text, answer, found.ranking, found.signs))
        return answer

    def _refuse(self, text: str, error: QuestionError) -> Answer:
        language = self._turns[-1].answer.language if self._turns else detect_language(text)
        sentences = load_texts(language).bad_input.model_dump()
        return Answer(
            conversation_id=self.conversation_id,
            turn=self._next_turn,
            question=text,
            standalone_question="",
            language=language,
            outcome=Outcome.REFUSED,
            text=sentences[error.code].format(maximum=MAX_CHARACTERS),
            reason="bad_input",
            timings_ms={"total": 0.0},
        )


class _Clock:
    """Times the stages of one answer, in milliseconds."""

    def __init__(self) -> None:
        self._start = self._last = time.perf_counter()
        self._stages: dict[str, float] = {}

    def mark(self, stage: str) -> None:
        now = time.perf_counter()
        self._stages[stage] = round((now - self._last) * 1000, 2)
        self._last = now

    def timings(self) -> dict[str, float]:
        total = round((time.perf_counter() - self._start) * 1000, 2)
        return {**self._stages, "total": total}
