"""Conversations: turns in, answers out.

The one object that the chat, the commands and the evaluation call::

    conversation = assistant.conversation()
    answer = conversation.ask("Où le Parc des îles a-t-il été aménagé ?")
"""

from __future__ import annotations

import secrets
import time
from dataclasses import dataclass

from assistant.abstention import judge
from assistant.answer import Composed, compose, small_talk
from assistant.domain import Answer, Outcome, Ranking, Turn
from assistant.errors import QuestionError
from assistant.index import Index
from assistant.language import detect_language
from assistant.question import MAX_CHARACTERS, Question, understand
from assistant.retrieval import Retriever
from assistant.settings import AnswerSettings
from assistant.texts import load_texts


@dataclass(frozen=True, slots=True)
class _Found:
    """What one question led to, before it becomes an answer."""

    question: Question
    composed: Composed
    confidence: float
    timings_ms: dict[str, float]
    ranking: Ranking | None = None


class Assistant:
    """Answers questions from one index; holds no conversation, so that many can share it."""

    def __init__(self, retriever: Retriever, settings: AnswerSettings) -> None:
        self._retriever = retriever
        self._settings = settings

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

    def conversation(self, conversation_id: str | None = None) -> Conversation:
        """Starts a conversation, under a name that nobody can guess unless one is given."""
        return Conversation(self, conversation_id or secrets.token_urlsafe(16))

    def rank_documents(self, query: str, k: int) -> list[tuple[str, float]]:
        """Returns the ids and scores of the best documents for a query, best first.

        Raises:
            QuestionError: the query cannot be one.
        """
        return self._retriever.search_documents(understand(query).standalone, k)

    def find(self, text: str) -> _Found:
        """Understands a question, searches and composes what can be said.

        Raises:
            QuestionError: the text cannot be a question.
        """
        clock = _Clock()
        question = understand(text)
        clock.mark("understand")
        if question.small_talk:
            composed = small_talk(question.small_talk, question.language)
            return _Found(question, composed, 1.0, clock.timings())
        retriever = self._retriever  # may be replaced while this question is answered
        ranking = retriever.search(question.standalone, 10, question.language)
        clock.mark("retrieve")
        verdict = judge(question, ranking, self._settings.min_confidence)
        composed = compose(question, ranking, verdict, retriever.index, self._settings)
        clock.mark("compose")
        return _Found(question, composed, verdict.confidence, clock.timings(), ranking)


class Conversation:
    """The turns of one visitor."""

    def __init__(self, assistant: Assistant, conversation_id: str) -> None:
        self.conversation_id = conversation_id
        self._assistant = assistant
        self._turns: list[Turn] = []

    @property
    def turns(self) -> tuple[Turn, ...]:
        """What was asked and answered so far."""
        return tuple(self._turns)

    def ask(self, text: str) -> Answer:
        """Answers a question; one that cannot be a question is refused, in a sentence."""
        try:
            found = self._assistant.find(text)
        except QuestionError as error:
            answer, ranking = self._refuse(text, error), None
        else:
            ranking = found.ranking
            answer = Answer(
                conversation_id=self.conversation_id,
                turn=len(self._turns) + 1,
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
                timings_ms=found.timings_ms,
            )
        self._turns.append(Turn(text, answer, ranking))
        return answer

    def _refuse(self, text: str, error: QuestionError) -> Answer:
        language = self._turns[-1].answer.language if self._turns else detect_language(text)
        sentences = load_texts(language).bad_input.model_dump()
        return Answer(
            conversation_id=self.conversation_id,
            turn=len(self._turns) + 1,
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
