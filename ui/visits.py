"""Visits: the conversations that open pages hold, found again after a page or the server restarted.

A visit is named by its conversation's id, which nobody can guess and only its page knows. It is in
memory while it goes on, and made anew from the journal when it is not there any more, or no longer
what the journal has, since it was erased, purged or gone on with by another process::

    id ──▶ memory, if the journal agrees ──else──▶ journal ──else──▶ a new conversation
"""

from __future__ import annotations

import logging
import time
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from threading import BoundedSemaphore, Event, Lock, Thread
from typing import Final, TypeVar

from assistant.answer import stands
from assistant.conversation import Assistant, Conversation
from assistant.domain import Answer, Turn
from assistant.errors import JournalError, JournalUnavailable
from assistant.journal import Exchange, Journal
from ui.render import Extras, answer_html, note_html, question_html
from ui.texts import load_words

_LOG: Final = logging.getLogger(__name__)

_ASKED_AT_ONCE: Final = 4
_LOOK_EVERY: Final = 5.0
"""Seconds in which what was erased is forgotten here too, though nobody comes back to it."""

_Found = TypeVar("_Found")
Message = dict[str, str]


@dataclass(frozen=True, slots=True)
class Shown:
    """One exchange as a page shows it; what was made of it once is kept.

    Attributes:
        stored: whether the journal had it when it was shown first.
    """

    question: str
    answer: Answer
    extras: Extras
    stored: bool = False
    _made: dict[str, list[Message]] = field(default_factory=dict, compare=False, repr=False)

    def messages(self, language: str) -> list[Message]:
        """Returns question and answer as messages of the chat, with the words of a language."""
        if language not in self._made:
            words = load_words(language)
            answer = answer_html(self.answer, words, language, self.extras)
            made = [message("assistant", answer)]
            if self.question.strip():
                editable = self.extras.conversation_id is not None
                question = question_html(self.question, words, editable=editable)
                made.insert(0, message("user", question))
            self._made[language] = made
        return self._made[language]


@dataclass(slots=True)
class Visit:
    """A conversation and what of it is on the screen.

    Attributes:
        lock: held while a question is answered, since a copied tab shares the conversation.
        shown: exchanges, in order.
        known: ids of the exchanges that the journal was seen to have.
    """

    conversation: Conversation
    shown: list[Shown] = field(default_factory=list)
    known: set[str] = field(default_factory=set)
    lock: Lock = field(default_factory=Lock)

    @property
    def conversation_id(self) -> str:
        """The name by which the visit is found again."""
        return self.conversation.conversation_id

    def agrees_with(self, kept: set[str]) -> bool:
        """Tells whether the journal has all that it had of this visit, and nothing of others.

        Args:
            kept: ids of the exchanges that it has.
        """
        if not self.lock.acquire(blocking=False):
            return True  # a question is being answered: it is in one and not yet in the other
        try:
            mine = {one.extras.exchange_id: one.stored for one in self.shown}
            had = self.known | {name for name, stored in mine.items() if name and stored}
            self.known |= kept & mine.keys()
            return had <= kept <= self.known | had
        finally:
            self.lock.release()

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
        journal: has the visits that are not in memory, and says what of the others it still has.
        most: visits in memory at once; the one that was silent longest goes first.
        max_wait: seconds that the journal may take.
    """

    def __init__(
        self, assistant: Assistant, journal: Journal, most: int, max_wait: float = 1.0
    ) -> None:
        self._assistant = assistant
        self._journal = journal
        self._most = most
        self._max_wait = max_wait
        self._asking = BoundedSemaphore(_ASKED_AT_ONCE)
        self._open: OrderedDict[str, Visit] = OrderedDict()
        self._lock = Lock()

    def find(self, conversation_id: str) -> Visit | None:
        """Returns the visit of that name, or None when there is no trace of it.

        What was erased or purged since, by whichever process, is not in it. While the journal does
        not answer, a visit in memory goes on.
        """
        if not conversation_id:
            return None
        with self._lock:
            if visit := self._open.get(conversation_id):
                self._open.move_to_end(conversation_id)
        try:
            if visit:
                shown = self._in_time(lambda: self._journal.shown([conversation_id]))
                if visit.agrees_with(shown[conversation_id]):
                    return visit
            exchanges = self._in_time(lambda: self._journal.conversation(conversation_id))
        except JournalError as error:
            _LOG.warning("A conversation could not be looked up: %s", error)
            return visit
        if visit:
            self._forget(visit)
        recalled = self._recalled(conversation_id, exchanges)
        return self._keep(recalled) if recalled else None

    def opinions(self, conversation_id: str) -> dict[str, bool]:
        """Returns by exchange whether its answer helped, of those of which the visitor said so.

        Nothing while the journal does not answer.
        """
        try:
            exchanges = self._in_time(lambda: self._journal.conversation(conversation_id))
        except JournalError as error:
            _LOG.warning("What was said of answers could not be looked up: %s", error)
            return {}
        return {one.exchange_id: one.feedback.helpful for one in exchanges if one.feedback}

    def start(self) -> Visit:
        """Returns a new visit, under a name of its own."""
        return self._keep(Visit(self._assistant.conversation()))

    def follow_journal(self, stop: Event) -> None:
        """Forgets visits that were erased or purged, within seconds, until told to stop."""
        told = False
        while not stop.wait(_LOOK_EVERY):
            try:
                self.forget_erased()
                told = False
            except JournalError as error:
                if not told:
                    _LOG.warning("Visits in memory are not compared with the journal: %s", error)
                told = True

    def forget_erased(self) -> None:
        """Forgets visits of which the journal no longer has all that it had.

        Raises:
            JournalUnavailable: the journal does not answer.
        """
        with self._lock:
            visits = list(self._open.values())
        shown = self._journal.shown([one.conversation_id for one in visits])
        for visit in visits:
            if not visit.agrees_with(shown[visit.conversation_id]):
                self._forget(visit)

    def _keep(self, visit: Visit) -> Visit:
        with self._lock:
            # Of two that were recalled at once, both pages get the first.
            kept = self._open.setdefault(visit.conversation_id, visit)
            while len(self._open) > self._most:
                self._open.popitem(last=False)
            return kept

    def _forget(self, visit: Visit) -> None:
        with self._lock:
            if self._open.get(visit.conversation_id) is visit:
                del self._open[visit.conversation_id]

    def _in_time(self, ask: Callable[[], _Found]) -> _Found:
        """Asks the journal something; what takes too long is left to itself.

        Raises:
            JournalError: it does not answer in time.
        """
        end = time.monotonic() + self._max_wait
        answer: Future[_Found] = Future()

        def run() -> None:
            try:
                answer.set_result(ask())
            except BaseException as error:  # noqa: BLE001 - told to who waits for it
                answer.set_exception(error)
            finally:
                self._asking.release()

        late = JournalUnavailable("The journal does not answer in time.", "Try again later.")
        if not self._asking.acquire(timeout=self._max_wait):
            raise late
        # A thread that ends with the process, whatever it waits for.
        Thread(target=run, name="visits", daemon=True).start()
        try:
            return answer.result(max(0.0, end - time.monotonic()))
        except TimeoutError:
            raise late from None

    def _recalled(self, conversation_id: str, exchanges: tuple[Exchange, ...]) -> Visit | None:
        pairs = [(one, turn) for one in exchanges if (turn := one.as_turn())]
        if not pairs:
            return None
        conversation = self._assistant.resume(conversation_id, [turn for _, turn in pairs])
        shown = [
            Shown(turn.question, turn.answer, self._extras(exchange, turn.answer), stored=True)
            for exchange, turn in pairs
        ]
        return Visit(conversation, shown, {one.exchange_id for one, _ in pairs})

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
