"""Recording that can fail without costing the visitor the answer.

One thread writes what it is given, in order. Who gives waits a little for it; when the database
does not answer in that time, the record stays in line and is tried again until it does, and nobody
waits behind it::

    recorder.record(turn, version) ──▶ line ──one thread──▶ journal
                     ◀── stored, or waiting
"""

from __future__ import annotations

import datetime as dt
import logging
import threading
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Final

from assistant.domain import Turn
from assistant.errors import AssistantError, InputError, JournalUnavailable
from assistant.journal.journal import Journal
from assistant.journal.records import Feedback

_LOG: Final = logging.getLogger(__name__)
_LONGEST_PAUSE: Final = 30.0


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of an exchange.

    Attributes:
        exchange_id: its name, whether it is stored yet or waits in line; None when it is lost.
        stored: whether it is in the database.
    """

    exchange_id: str | None
    stored: bool


@dataclass(frozen=True, slots=True)
class RecorderState:
    """How recording goes.

    Attributes:
        waiting: records in line.
        lost: records that were given up since the start.
        problem: why the first in line could not be written at the last try, or None.
    """

    waiting: int
    lost: int
    problem: str | None


@dataclass(slots=True)
class _Entry:
    write: Callable[[], None]
    done: threading.Event = field(default_factory=threading.Event)
    stored: bool = False
    refused: InputError | None = None


class Recorder:
    """Writes to the journal behind the visitors' backs; shared by all threads.

    Args:
        journal: written to by one thread.
        max_wait: seconds that any method may take.
        most_waiting: records in line at most; one more is lost.
        pause: seconds between the first try and the second; then each time twice as long.
    """

    def __init__(
        self, journal: Journal, max_wait: float, *, most_waiting: int = 1000, pause: float = 0.5
    ) -> None:
        self._journal = journal
        self._max_wait = max_wait
        self._most_waiting = most_waiting
        self._pause = pause
        self._line: deque[_Entry] = deque()
        self._changed = threading.Condition()
        self._lost = 0
        self._problem: str | None = None
        self._began: float | None = None
        self._closing = False
        self._thread = threading.Thread(target=self._work, name="journal", daemon=True)
        self._thread.start()

    @property
    def state(self) -> RecorderState:
        """How recording goes."""
        with self._changed:
            return RecorderState(len(self._line), self._lost, self._problem)

    def record(
        self, turn: Turn, index_version: str, asked_at: dt.datetime | None = None
    ) -> Receipt:
        """Stores a turn, or leaves it in line; never raises."""
        try:
            exchange = self._journal.exchange(turn, index_version, asked_at)
        except Exception as error:  # noqa: BLE001 - the edge: the visitor gets the answer anyway
            self._give_up(error)
            return Receipt(None, stored=False)
        entry = _Entry(lambda: self._journal.store(exchange))
        in_line = self._enter(entry)
        return Receipt(exchange.exchange_id if in_line else None, self._wait_for(entry))

    def feedback(self, conversation_id: str, exchange_id: str, feedback: Feedback) -> bool:
        """Stores feedback behind what was recorded before; returns whether it is stored yet.

        Raises:
            InputError: there is no such exchange in that conversation.
        """
        now = dt.datetime.now(dt.UTC)

        def write() -> None:
            self._journal.feedback(exchange_id, feedback, now, conversation_id=conversation_id)

        entry = _Entry(write)
        stored = self._enter(entry) and self._wait_for(entry)
        if entry.refused:
            raise entry.refused
        return stored

    def erase(self, conversation_id: str) -> bool:
        """Erases a conversation, what waits of it included; returns whether it is done yet."""

        def write() -> None:
            with suppress(InputError):  # nothing of it was stored
                self._journal.erase(conversation_id)

        entry = _Entry(write)
        return self._enter(entry) and self._wait_for(entry)

    def close(self, wait: float) -> None:
        """Writes what is in line, for some seconds at most, and stops; what is left is lost."""
        with self._changed:
            self._closing = True
            self._changed.notify_all()
        self._thread.join(wait)
        with self._changed:
            left = len(self._line)
            self._line.clear()
            self._lost += left
        if left:
            _LOG.error("The journal lost %d records that waited when it was closed.", left)

    def _enter(self, entry: _Entry) -> bool:
        with self._changed:
            if not self._closing and len(self._line) < self._most_waiting:
                self._line.append(entry)
                self._changed.notify_all()
                return True
            self._lost += 1
        entry.done.set()
        _LOG.error("The journal takes no more records; %d are lost.", self._lost)
        return False

    def _wait_for(self, entry: _Entry) -> bool:
        # Behind one that cannot be written, waiting would hold up every visitor for nothing.
        with self._changed:
            began = self._began
            hangs = began is not None and time.monotonic() - began > self._max_wait
            in_vain = hangs or self._problem is not None
        entry.done.wait(0 if in_vain else self._max_wait)
        return entry.stored

    def _give_up(self, error: Exception) -> None:
        with self._changed:
            self._lost += 1
        # What other errors say may be the visitor's words.
        known = isinstance(error, AssistantError)
        _LOG.error("The journal lost a record (%s).", error if known else type(error).__name__)

    def _work(self) -> None:
        pause = self._pause
        while (entry := self._first()) is not None:
            with self._changed:
                self._began = time.monotonic()
            problem = self._write(entry)
            with self._changed:
                self._began = None
                self._problem = problem
                if problem is None:
                    pause = self._pause
                    if self._line and self._line[0] is entry:
                        self._line.popleft()
                    continue
                if self._closing:
                    return
                self._changed.wait_for(lambda: self._closing, pause)
                pause = min(2 * pause, _LONGEST_PAUSE)

    def _first(self) -> _Entry | None:
        """Waits for something in line; None when there is nothing left and nothing to come."""
        with self._changed:
            self._changed.wait_for(lambda: self._line or self._closing)
            return self._line[0] if self._line else None

    def _write(self, entry: _Entry) -> str | None:
        """Writes a record; returns why it has to be tried again, or None when it has not."""
        try:
            entry.write()
        except JournalUnavailable as error:
            if self._problem is None:
                _LOG.warning("%s Records wait in line.", error.problem)
            return error.problem
        except InputError as error:
            entry.refused = error  # of what nobody recorded nothing is lost
        except Exception as error:  # noqa: BLE001 - the edge: what comes behind is written anyway
            self._give_up(error)
        else:
            entry.stored = True
        entry.done.set()
        return None
