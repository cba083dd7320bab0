"""Whether a request comes from our own pages, as far as its browser says."""

from __future__ import annotations

from typing import Final
from urllib.parse import urlsplit

from starlette.requests import Request

SAFE_METHODS: Final = frozenset({"GET", "HEAD"})
_HERE: Final = frozenset({"same-origin", "none"})


def comes_from_here(request: Request) -> bool:
    """Tells whether a request was sent by our own pages, or by no page at all.

    A browser names the page that sends a request in `Origin`, and says in `Sec-Fetch-Site` whether
    that page is of the same origin. Programs send neither. Another site may link to a page of ours:
    a visit to it is let through, since it shows the other site nothing.
    """
    if request.headers.get("sec-fetch-site", "same-origin") not in _HERE:
        visit = request.headers.get("sec-fetch-mode") == "navigate"
        return visit and request.method in SAFE_METHODS
    origin = request.headers.get("origin")
    return origin is None or urlsplit(origin).netloc == request.headers.get("host")
