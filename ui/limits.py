"""How much one visitor may ask: counted in memory over the last minute, and then forgotten."""

from __future__ import annotations

from typing import Final

from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

_BEHIND_ONE_ADDRESS: Final = 10


class VisitorLimit:
    """At most so many acts a minute for one page, and ten times as many for one address.

    Schools and offices share an address; whoever opens pages to get around the first limit meets
    the second.

    Args:
        per_minute: acts of one page.
    """

    def __init__(self, per_minute: int) -> None:
        self._of_page = RateLimitItemPerMinute(per_minute)
        self._of_address = RateLimitItemPerMinute(_BEHIND_ONE_ADDRESS * per_minute)
        self._counts = MovingWindowRateLimiter(MemoryStorage())

    def allows(self, page: str, address: str) -> bool:
        """Counts an act and tells whether it may be done.

        Args:
            page: what names the open page.
            address: that the request came from.
        """
        return self._counts.hit(self._of_address, "address", address) and self._counts.hit(
            self._of_page, "page", address, page
        )
