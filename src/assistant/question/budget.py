"""How long a question may keep a processor busy before it is taken as it is."""

from __future__ import annotations

import time
from typing import Final

UNLIMITED: Final = float("inf")


class Budget:
    """Processor time of the current thread; that of other visitors' questions does not count.

    Args:
        seconds: from now on.

    Attributes:
        exceeded: whether something was left out because none was left.
    """

    def __init__(self, seconds: float = UNLIMITED) -> None:
        self._end = time.thread_time() + seconds
        self.exceeded = False

    def left(self) -> bool:
        """Tells whether there is time for one more thing; what asks does without it otherwise."""
        self.exceeded = self.exceeded or time.thread_time() >= self._end
        return not self.exceeded
