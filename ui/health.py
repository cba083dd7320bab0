"""What a monitor is told: which parts work."""

from __future__ import annotations

import time
from collections.abc import Callable
from threading import Lock
from typing import Any, Final

from assistant.errors import AssistantError
from assistant.notice import read_notice
from ui.chat import Service

_PROBE: Final = "terril"
_LASTS: Final = 5.0


class Health:
    """Tries what visitors need, at most once in some seconds however many ask.

    A try waits for the disk and asks the model, which anybody could have it do without end.

    Args:
        service: what answers visitors.
        lasts: seconds for which a result is told again.
    """

    def __init__(self, service: Service, lasts: float = _LASTS) -> None:
        self._service = service
        self._lasts = lasts
        self._parts: dict[str, bool] = {}
        self._tried = 0.0
        self._trying = Lock()

    def report(self) -> tuple[bool, dict[str, Any]]:
        """Returns whether all works, and what is known of each part."""
        parts = self._recent()
        works = all(parts.values())
        waiting = self._service.recorder.state
        return works, {
            "status": _word(works),
            "closed": read_notice(self._service.settings) is not None,
            "index_version": self._service.assistant.index.name,
            "records_waiting": waiting.waiting,
            "records_lost": waiting.lost,
            **{name: _word(one) for name, one in parts.items()},
        }

    def _recent(self) -> dict[str, bool]:
        # While one tries, others are told what was so before; only at first there is nothing yet.
        if self._trying.acquire(blocking=not self._parts):
            try:
                if not self._parts or time.monotonic() - self._tried >= self._lasts:
                    self._parts = self._try()
                    self._tried = time.monotonic()
            finally:
                self._trying.release()
        return self._parts

    def _try(self) -> dict[str, bool]:
        assistant = self._service.assistant
        return {
            "index": _works(lambda: len(assistant.index) or None),
            "model": _works(lambda: assistant.rank_documents(_PROBE, 1)),
            "journal": _works(self._service.journal.check),
        }


def _works(part: Callable[[], object]) -> bool:
    try:
        part()
    except AssistantError:
        return False
    return True


def _word(works: bool) -> str:
    return "ok" if works else "failing"
