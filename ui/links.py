"""Where a citation leads: the original, at the quoted words where its address allows.

A web page is opened at the words themselves (the text fragment of the WICG specification,
`#:~:text=`, https://wicg.github.io/scroll-to-text-fragment/), a PDF at its page (`#page=`,
RFC 8118). A browser that knows neither opens the page as ever.
"""

from __future__ import annotations

from typing import Final, TypeGuard
from urllib.parse import quote

from assistant.domain import Citation

_LONGEST_ADDRESS: Final = 70
_WORDS_AT_AN_END: Final = 5


def is_web(address: str | None) -> TypeGuard[str]:
    """Tells whether an address can be linked safely."""
    return address is not None and address.startswith(("https://", "http://"))


def original_address(citation: Citation) -> str | None:
    """Returns where the quoted words can be read in the original, or None when nowhere."""
    if not is_web(citation.url):
        return None
    if citation.page is not None:
        return f"{citation.url.partition('#')[0]}#page={citation.page}"
    if citation.row is not None or citation.origins:
        return citation.url  # a list, or the page of a text: the quoted words do not stand there
    return f"{citation.url}{'' if '#' in citation.url else '#'}:~:text={_fragment(citation.quote)}"


def shortened(address: str) -> str:
    """Returns an address without its scheme, cut in the middle where it is long."""
    text = address.partition("://")[2].rstrip("/")
    half = _LONGEST_ADDRESS // 2
    return text if len(text) <= _LONGEST_ADDRESS else f"{text[:half]}…{text[-half:]}"


def _fragment(text: str) -> str:
    """Names a text by its first and last words, as a page may have a note or a break between."""
    words = text.split()
    if len(words) <= 2 * _WORDS_AT_AN_END:
        return _encoded(words)
    return f"{_encoded(words[:_WORDS_AT_AN_END])},{_encoded(words[-_WORDS_AT_AN_END:])}"


def _encoded(words: list[str]) -> str:
    # Hyphens mark a prefix or a suffix in a text directive; `quote` leaves them as they are.
    return quote(" ".join(words), safe="").replace("-", "%2D")
