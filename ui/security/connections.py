"""How many connections one address may hold open, and how long one may stay silent."""

from __future__ import annotations

import asyncio
from collections import Counter
from ipaddress import ip_address, ip_network
from typing import Any, Final

from uvicorn.protocols.http.h11_impl import H11Protocol

from ui.limits import address_block

_MOST: Final = 400
_SILENT_SECONDS: Final = 15.0


def bounded_protocol(
    proxies: tuple[str, ...] = (), most: int = _MOST, silent_seconds: float = _SILENT_SECONDS
) -> type[asyncio.Protocol]:
    """Returns uvicorn's protocol with a bound on connections.

    Args:
        proxies: addresses or networks that may hold any number, since they bring all visitors.
        most: connections of one address.
        silent_seconds: after which one that never sent a whole request is closed.
    """
    networks = [ip_network(proxy) for proxy in proxies]
    held: Counter[str] = Counter()

    class BoundedProtocol(H11Protocol):
        _block: str | None = None
        _silence: asyncio.TimerHandle | None = None

        def connection_made(self, transport: Any) -> None:
            super().connection_made(transport)
            address = self.client[0] if self.client else ""
            if address and any(ip_address(address) in network for network in networks):
                return
            self._block = address_block(address)
            held[self._block] += 1
            if held[self._block] > most:
                transport.abort()
                return
            self._silence = self.loop.call_later(silent_seconds, self._close_when_silent)

        def connection_lost(self, exc: Exception | None) -> None:
            if self._silence is not None:
                self._silence.cancel()
            if self._block is not None:
                held[self._block] -= 1
                if not held[self._block]:
                    del held[self._block]
            super().connection_lost(exc)

        def _close_when_silent(self) -> None:
            if self.cycle is None:
                self.transport.abort()

    return BoundedProtocol
