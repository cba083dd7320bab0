"""Where something stands in a text, and the pieces that patterns for it are made of."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

Spans = Iterable[tuple[int, int]]

NO_DIGIT_BEFORE: Final = r"(?<!\d)(?<!\d[.,/-])"
NO_DIGIT_AFTER: Final = r"(?![.,/-]?\d)"
MONTHS: Final = (
    "janvier|février|fevrier|mars|avril|mai|juin|juillet|août|aout|septembre|octobre|novembre"
    "|décembre|decembre|january|february|march|april|may|june|july|august|september|october"
    "|november|december|januar|februar|märz|juni|juli|oktober|dezember|enero|febrero|marzo|abril"
    "|mayo|junio|julio|agosto|septiembre|octubre|noviembre|diciembre|gennaio|febbraio|aprile"
    "|maggio|giugno|luglio|settembre|ottobre|dicembre|januari|februari|maart|mei|augustus|stycznia"
    "|lutego|marca|kwietnia|maja|czerwca|lipca|sierpnia|września|października|listopada|grudnia"
)
QUANTITY: Final = re.compile(
    r"(?:,\d{1,4})? {0,3}"
    r"(?:€|\$|£|%|[kM]€|d'|de\b|eur|million|milliard|habitant|emploi|m²|ha\b|km)",
    re.IGNORECASE,
)
"""What stands behind a number that counts something."""
ALIKE: Final = "OoIlSBbZEG"
"""Letters that are typed for digits."""
_IN_DIGITS: Final = str.maketrans(ALIKE, "0011586236")
_UNITS: Final = re.compile(r"\d+")


def found(text: str, *patterns: re.Pattern[str], group: str | int = 0) -> Spans:
    """Yields where patterns, or a group of theirs, match a text."""
    for pattern in patterns:
        yield from (match.span(group) for match in pattern.finditer(text))


def in_digits(text: str) -> str:
    """Returns a text with digits in place of the letters that look like them."""
    return text.translate(_IN_DIGITS)


def digits(text: str) -> str:
    """Returns the digits of a text."""
    return re.sub(r"\D", "", text)


def groups(text: str) -> tuple[int, ...]:
    """Returns how many digits stand together, one number for each group."""
    return tuple(len(group) for group in _UNITS.findall(text))


def joined(spans: Spans) -> Iterator[tuple[int, int]]:
    """Yields spans in order, those that overlap as one."""
    end = start = -1
    for begin, stop in sorted(spans):
        if begin >= end:
            if end > start:
                yield start, end
            start = begin
        end = max(end, stop)
    if end > start:
        yield start, end
