"""Whose event comes next: those of one address never all before that of another."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from functools import lru_cache
from typing import Final

import gradio as gr
from gradio.queueing import Event, Queue
from gradio.utils import LRUCache
from starlette.requests import Request

from ui.limits import address_block

_SESSIONS_REMEMBERED: Final = 20_000
"""Ten times as many as Gradio keeps messages for; the rest have long been answered or given up."""

_block: Final = lru_cache(maxsize=1024)(address_block)


class FairLine(list[Event]):
    """Events that wait: first one of every address, then the second of each, and so on.

    Who sends a hundred waits for their hundred; who sends one waits for one of each other's.
    """

    def append(self, event: Event) -> None:
        """Puts an event behind those that have as few of their own sender before them."""
        sender = sender_of(event.request)
        mine = waiting_of(sender, self)
        before: Counter[str] = Counter()
        for place, one in enumerate(self):
            other = sender_of(one.request)
            if before[other] > mine:
                self.insert(place, event)
                return
            before[other] += 1
        super().append(event)


def sender_of(request: Request) -> str:
    """Returns what stands for all addresses of the visitor who sent a request."""
    return _block(request.client.host if request.client else "")


def waiting_of(sender: str, events: Iterable[Event]) -> int:
    """Returns how many events of a sender are in a line."""
    return sum(sender_of(one.request) == sender for one in events)


def waiting_anywhere(queue: Queue, sender: str) -> int:
    """Returns how many events of a sender wait in all lines of some pages."""
    lines = queue.event_queue_per_concurrency_id.values()
    return sum(waiting_of(sender, line.queue) for line in lines)


def take_turns(blocks: gr.Blocks) -> None:
    """Has the events of some pages take turns by address, and bounds what their queue remembers.

    Args:
        blocks: mounted, so that their queue is the one that is used.
    """
    queue = blocks._queue
    # Gradio never forgets a page that sent something and did not wait for the answer.
    queue.pending_event_ids_session = LRUCache(_SESSIONS_REMEMBERED)
    for event in blocks.fns.values():
        queue.create_event_queue_for_fn(event)
    for line in queue.event_queue_per_concurrency_id.values():
        line.queue = FairLine()
