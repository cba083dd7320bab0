"""How many connections one address may hold open, and how long one may keep us waiting."""

from __future__ import annotations

import asyncio
from collections import Counter
from ipaddress import ip_address, ip_network
from typing import Any, Final

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol, RequestResponseCycle

from ui.limits import address_block
from ui.security.bodies import BODY_SECONDS

_MOST: Final = 400
_HEAD_SECONDS: Final = 15.0
_TRANSFER_SECONDS: Final = BODY_SECONDS + 5  # the refusal of a slow body comes first


class _ImpatientProtocol(H11Protocol):
    """Uvicorn's protocol, which closes a connection whenever that keeps us waiting for too long.

    The only time without an end is that in which a whole request is answered and the answer taken.
    """

    head_seconds = _HEAD_SECONDS
    transfer_seconds = _TRANSFER_SECONDS
    _waited_for: tuple[RequestResponseCycle | None, bool] | None = None
    _deadline: asyncio.TimerHandle | None = None
    _untaken: asyncio.TimerHandle | None = None

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        self._watch()

    def connection_lost(self, exc: Exception | None) -> None:
        for timer in (self._deadline, self._untaken):
            if timer is not None:
                timer.cancel()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        self._watch()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        self._watch()

    def pause_writing(self) -> None:
        super().pause_writing()
        self._untaken = self.loop.call_later(self.transfer_seconds, self.transport.abort)

    def resume_writing(self) -> None:
        super().resume_writing()
        if self._untaken is not None:
            self._untaken.cancel()

    def _watch(self) -> None:
        """Sets a deadline when we begin to wait for something; takes it away when we do not."""
        sends_body = self.conn.their_state is h11.SEND_BODY
        is_answered = self.cycle is None or self.cycle.response_complete
        # The request before tells two heads, and two bodies, from one another.
        waited_for = (self.cycle, sends_body) if sends_body or is_answered else None
        if waited_for == self._waited_for:
            return
        self._waited_for = waited_for
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None
        if waited_for is not None:
            seconds = self.transfer_seconds if sends_body else self.head_seconds
            self._deadline = self.loop.call_later(seconds, self.transport.abort)


def bounded_protocol(
    proxies: tuple[str, ...] = (),
    most: int = _MOST,
    *,
    head: float = _HEAD_SECONDS,
    transfer: float = _TRANSFER_SECONDS,
) -> type[asyncio.Protocol]:
    """Returns uvicorn's protocol with bounds on connections and on each of their requests.

    Args:
        proxies: addresses or networks that may hold any number, since they bring all visitors.
        most: connections of one address.
        head: seconds in which the head of a request has to be there, after the connection was made
            or the request before it answered.
        transfer: seconds in which the rest of a request has to come, whether anything reads it or
            not; and in which an answer that fills the buffers has to be taken on.
    """
    networks = [ip_network(proxy) for proxy in proxies]
    held: Counter[str] = Counter()

    class BoundedProtocol(_ImpatientProtocol):
        head_seconds = head
        transfer_seconds = transfer
        _block: str | None = None

        def connection_made(self, transport: Any) -> None:
            super().connection_made(transport)
            address = self.client[0] if self.client else ""
            if address and any(ip_address(address) in network for network in networks):
                return
            self._block = address_block(address)
            held[self._block] += 1
            if held[self._block] > most:
                transport.abort()

        def connection_lost(self, exc: Exception | None) -> None:
            if self._block is not None:
                held[self._block] -= 1
                if not held[self._block]:
                    del held[self._block]
            super().connection_lost(exc)

    return BoundedProtocol
