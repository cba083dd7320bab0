"""What identifies a person online, and where they are: accounts, IP addresses, coordinates."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from ipaddress import ip_address
from typing import Final

from assistant.journal.masking.spans import found

_PROFILE: Final = re.compile(
    r"(?<![\w@.-])(?:https?://)?(?:[a-z]{1,3}(?:-[a-z]{2})?\.)?"
    r"(?:(?:facebook|fb|instagram|linkedin|twitter|tiktok|snapchat|youtube|threads|pinterest"
    r"|telegram|mastodon|discord|vk|viadeo|copainsdavant)\.(?:com|fr|net|me|gg|social|be)"
    r"|x\.com|t\.me|wa\.me|youtu\.be)/[^\s<>«»\"\x00]{1,300}",
    re.IGNORECASE,
)
_HANDLE: Final = re.compile(
    r"(?<![\w@.%+/-])@[A-Za-z_](?:[\w.-]{0,38}\w)?(?:@[\w-]{1,60}(?:\.[\w-]{1,60}){1,4})?"
    r"|(?<![\w@.#-])[A-Za-z_][\w.]{1,31}#\d{4}(?!\w)"
)
_HANDLE_SAID: Final = re.compile(
    r"\b(?:insta(?:gram)?|snap(?:chat)?|tiktok|tik tok|twitter|discord|telegram|skype|pseudo"
    r"|mastodon|bluesky|linkedin|facebook)"
    r"(?: {0,2}(?::|=|c'est|est|is) {0,2}@?| @)"
    r"(?P<name>(?=[\w.#-]{0,31}[_.\d#]|[\w-]{3,32}(?: |$))[A-Za-z_][\w.#-]{1,30}\w)",
    re.IGNORECASE,
)

_IPV4: Final = re.compile(r"(?<![\w.])\d{1,3}(?:\.\d{1,3}){3}(?![\w]|\.\d)")
_IPV6: Final = re.compile(r"(?<![\w:.])[0-9A-Fa-f]{0,4}(?::[0-9A-Fa-f]{0,4}){2,7}(?![\w:])")
_SECTION: Final = 10
"""Four numbers below this one are the number of a section."""

_DECIMAL: Final = r"[-+]?\d{1,3}[.,]\d{4,15}(?: ?°)?(?: ?[NSEOW]\b)?"
_SEXAGESIMAL: Final = (
    r"(?:[NSEOW] ?)?\d{1,3} ?[°º] ?\d{1,2}(?:[.,]\d{1,6})? ?'"
    r"(?: ?\d{1,2}(?:[.,]\d{1,6})? ?(?:\"|''))?(?: ?[NSEOW]\b)?"
)
_COORDINATES: Final = re.compile(
    rf"(?<![\w.,])(?:{_DECIMAL}(?:[,;/] ?| )(?:(?:lon(?:gitude)?|lng) ?:? ?)?"
    rf"{_DECIMAL}(?!\w|[.,]\d)"
    rf"|{_SEXAGESIMAL}(?:(?: ?[,;/] ?| ){_SEXAGESIMAL})?)"
)
_COORDINATE_SAID: Final = re.compile(
    r"\b(?:lat(?:itude)?|lon(?:gitude)?|lng|gps)\.?(?: ?[:=] ?| (?:est )?)"
    r"(?P<number>[-+]?\d{1,3}[.,]\d{3,15})(?!\w|[.,]\d)",
    re.IGNORECASE,
)


def accounts(text: str) -> Iterator[tuple[int, int]]:
    """Yields links to profiles and names of accounts."""
    yield from found(text, _PROFILE, _HANDLE)
    yield from found(text, _HANDLE_SAID, group="name")


def network_addresses(text: str) -> Iterator[tuple[int, int]]:
    """Yields IP addresses of both versions."""
    for pattern in (_IPV4, _IPV6):
        for match in pattern.finditer(text):
            with suppress(ValueError):
                address = ip_address(match[0])
                small = address.version == 4 and max(address.packed) < _SECTION  # noqa: PLR2004
                if not small and match[0] != "::":
                    yield match.span()


def coordinates(text: str) -> Iterator[tuple[int, int]]:
    """Yields latitudes and longitudes that are as exact as a house."""
    yield from found(text, _COORDINATES)
    yield from found(text, _COORDINATE_SAID, group="number")
