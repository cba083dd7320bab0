"""How much one visitor may ask: counted in memory over the last minute, and then forgotten."""

from __future__ import annotations

import time
from collections import OrderedDict, deque
from collections.abc import Callable
from ipaddress import IPv6Address, IPv6Network, ip_address
from threading import Lock
from typing import Final

_MINUTE: Final = 60.0
_BEHIND_ONE_ADDRESS: Final = 10
_LONGEST_NAME: Final = 100
_OF_ONE_HOUSEHOLD: Final = 64
"""Bits that all IPv6 addresses of a household or an office share; each has 2^64 of its own."""

_Key = tuple[str, ...]


def address_block(address: str) -> str:
    """Returns what stands for all addresses that one visitor can take: of IPv6, the /64."""
    try:
        parsed = ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if not isinstance(parsed, IPv6Address):
        return str(parsed)
    if parsed.ipv4_mapped:
        return str(parsed.ipv4_mapped)
    return str(IPv6Network((parsed, _OF_ONE_HOUSEHOLD), strict=False))


class VisitorLimit:
    """At most so many acts a minute for one page, and ten times as many for one address.

    Schools and offices share an address; whoever opens pages to get around the first limit meets
    the second. What is refused does not count.

    Args:
        per_minute: acts of one page.
        clock: seconds that never go back.
    """

    def __init__(self, per_minute: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._of_page = per_minute
        self._of_address = _BEHIND_ONE_ADDRESS * per_minute
        self._clock = clock
        # The key that was silent longest stands first.
        self._acts: OrderedDict[_Key, deque[float]] = OrderedDict()
        self._lock = Lock()

    def allows(self, page: str, address: str) -> bool:
        """Counts an act and tells whether it may be done.

        Args:
            page: what names the open page.
            address: that the request came from.
        """
        block = address_block(address)
        limits = {(block,): self._of_address, (block, page[:_LONGEST_NAME]): self._of_page}
        with self._lock:
            now = self._clock()
            self._forget(now)
            if any(self._count(key, now) >= most for key, most in limits.items()):
                return False
            for key in limits:
                self._acts.setdefault(key, deque()).append(now)
                self._acts.move_to_end(key)
            return True

    def _forget(self, now: float) -> None:
        while self._acts:
            key, times = next(iter(self._acts.items()))
            if times[-1] > now - _MINUTE:
                return
            del self._acts[key]

    def _count(self, key: _Key, now: float) -> int:
        times = self._acts.get(key)
        while times and times[0] <= now - _MINUTE:
            times.popleft()
        return len(times or ())
