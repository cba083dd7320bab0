"""Visits: the conversations that open pages hold, found again after a page or the server restarted.

A visit is named by its conversation's id, which nobody can guess and only its page knows. It is in
memory while it goes on, and made anew from the journal when it is not there any more::

    id ──▶ memory ──else──▶ journal ──else──▶ a new conversation
"""

from __future__ import annotations

import logging
from collections import OrderedDict
from dataclasses import dataclass, field
from threading import Lock
from typing import Final

from assistant.answer import stands
from assistant.conversation import Assistant, Conversation
from assistant.domain import Answer, Turn
from assistant.errors import JournalError
from assistant.journal import Exchange, Journal
from ui.render import Extras, answer_html, note_html, question_html
from ui.texts import load_words

_LOG: Final = logging.getLogger(__name__)

Message = dict[str, str]


@dataclass(frozen=True, slots=True)
class Shown:
    """One exchange as a page shows it; what was made of it once is kept."""

    question: str
    answer: Answer
    extras: Extras
    _made: dict[str, list[Message]] = field(default_factory=dict, compare=False, repr=False)

    def messages(self, language: str) -> list[Message]:
        """Returns question and answer as messages of the chat, with the words of a language."""
        if language not in self._made:
            words = load_words(language)
            answer = answer_html(self.answer, words, language, self.extras)
            made = [message("assistant", answer)]
            if self.question.strip():
                made.insert(0, message("user", question_html(self.question, words)))
            self._made[language] = made
        return self._made[language]


@dataclass(slots=True)
class Visit:
    """A conversation and what of it is on the screen.

    Attributes:
        lock: held while a question is answered, since a copied tab shares the conversation.
        shown: exchanges, in order.
    """

    conversation: Conversation
    shown: list[Shown] = field(default_factory=list)
    lock: Lock = field(default_factory=Lock)

    @property
    def conversation_id(self) -> str:
        """The name by which the visit is found again."""
        return self.conversation.conversation_id

    def asked(self) -> tuple[str, ...]:
        """Returns the questions that were asked."""
        return tuple(one.question for one in self.shown)

    def messages(self, language: str) -> list[Message]:
        """Returns the messages of the chat, with the words of the interface in a language."""
        return [made for one in self.shown for made in one.messages(language)]

    def keep_last(self, turns: int) -> None:
        """Takes what was shown earlier from the screen."""
        self.shown = self.shown[-turns:]


class Visits:
    """All visits; many threads share it.

    Args:
        assistant: answers.
        journal: has the visits that are not in memory.
        most: visits in memory at once; the one that was silent longest goes first.
    """

    def __init__(self, assistant: Assistant, journal: Journal, most: int) -> None:
        self._assistant = assistant
        self._journal = journal
        self._most = most
        self._open: OrderedDict[str, Visit] = OrderedDict()
        self._lock = Lock()

    def find(self, conversation_id: str) -> Visit | None:
        """Returns the visit of that name, or None when there is no trace of it."""
        with self._lock:
            if visit := self._open.get(conversation_id):
                self._open.move_to_end(conversation_id)
                return visit
        visit = self._recalled(conversation_id) if conversation_id else None
        return self._keep(visit) if visit else None

    def start(self) -> Visit:
        """Returns a new visit, under a name of its own."""
        return self._keep(Visit(self._assistant.conversation()))

    def _keep(self, visit: Visit) -> Visit:
        with self._lock:
            # Of two that were recalled at once, both pages get the first.
            kept = self._open.setdefault(visit.conversation_id, visit)
            while len(self._open) > self._most:
                self._open.popitem(last=False)
            return kept

    def _recalled(self, conversation_id: str) -> Visit | None:
        try:
            exchanges = self._journal.conversation(conversation_id)
        except JournalError as error:
            _LOG.warning("A conversation could not be found again: %s", error)
            return None
        pairs = [(one, turn) for one in exchanges if (turn := one.as_turn())]
        if not pairs:
            return None
        conversation = self._assistant.resume(conversation_id, [turn for _, turn in pairs])
        shown = [
            Shown(turn.question, turn.answer, self._extras(exchange, turn.answer))
            for exchange, turn in pairs
        ]
        return Visit(conversation, shown)

    def _extras(self, exchange: Exchange, answer: Answer) -> Extras:
        return Extras(
            exchange_id=exchange.exchange_id,
            conversation_id=exchange.conversation_id,
            changed=changed_sources(answer, self._assistant),
            sharable=self._journal.keeps_text,
        )


def changed_sources(answer: Answer, assistant: Assistant) -> frozenset[int]:
    """Returns the markers of citations whose source no longer says what was quoted."""
    citations = (*answer.citations, *answer.nearby)
    return frozenset(one.marker for one in citations if not stands(one, assistant.index))


def shared_messages(turns: list[Turn], assistant: Assistant, language: str) -> list[str]:
    """Returns a conversation as HTML for those who were given a link: to read, not to go on."""
    shown = [
        Shown(turn.question, turn.answer, Extras(changed=changed_sources(turn.answer, assistant)))
        for turn in turns
    ]
    return [one["content"] for turn in shown for one in turn.messages(language)]


def message(role: str, html: str) -> Message:
    """Returns a message of the chat."""
    return {"role": role, "content": html}


def note(text: str) -> Message:
    """Returns a sentence of the interface as a message of the chat."""
    return message("assistant", note_html(text))
