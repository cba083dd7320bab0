"""Bodies of requests, read within bounds and handed on."""

from __future__ import annotations

import asyncio
from typing import Final

from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response
from starlette.types import Message, Receive

_TOO_LARGE: Final = "This request is too large.\n"
_TOO_SLOW: Final = "This request took too long.\n"
BODY_SECONDS: Final = 30.0


async def read_body(
    request: Request, most: int, seconds: float = BODY_SECONDS
) -> bytes | Response | None:
    """Returns the body of a request, or the refusal of one that is too long or comes too slowly.

    Args:
        request: whose body nobody read yet.
        most: bytes.
        seconds: that it may take to arrive.

    Returns:
        None when the client is gone.
    """
    stated = request.headers.get("content-length", "")
    if stated.isdecimal() and (len(stated) > len(str(most)) or int(stated) > most):
        return PlainTextResponse(_TOO_LARGE, 413)
    body = bytearray()
    try:
        async with asyncio.timeout(seconds):
            async for chunk in request.stream():
                body += chunk
                if len(body) > most:
                    return PlainTextResponse(_TOO_LARGE, 413)
    except TimeoutError:
        return PlainTextResponse(_TOO_SLOW, 408, headers={"Connection": "close"})
    except ClientDisconnect:
        return None
    return bytes(body)


def replayed(body: bytes, receive: Receive) -> Receive:
    """Returns what hands on a body that was read already, and then what else comes."""
    waiting: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def replay() -> Message:
        return waiting.pop() if waiting else await receive()

    return replay
