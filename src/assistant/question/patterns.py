"""The patterns of the language files, compiled, and the text that they are matched with.

RE2 (https://github.com/google/re2) matches them, in time that grows with the length of the text
and no faster, whatever the pattern. What says « but not before » is the one thing that it lacks;
Python matches the few patterns that do, which therefore hold no unbounded repetition.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from typing import Final, Protocol

import re2

from assistant.spelling import fold
from assistant.texts import load_texts

_WORD: Final = re.compile(r"\w+")
_NOT_ASCII: Final = re.compile(r"[^\x00-\x7f]")
_NOT_BEFORE: Final = "(?!"
_MEMORY: Final = 1 << 20
"""Bytes that RE2 may use for one pattern; there are some two hundred."""


class Match(Protocol):
    """Where a pattern matches."""

    def span(self, group: int = 0, /) -> tuple[int, int]:
        """Returns where a group stands in the flattened text."""


class Pattern:
    """A regular expression over flattened texts, written without accents, in lower case.

    Args:
        source: as for `re`; without a look-ahead its time is linear.
    """

    def __init__(self, source: str) -> None:
        self.source = source
        if _NOT_BEFORE in source:
            self._compiled = re.compile(source.encode("ascii"))
        else:
            options = re2.Options()
            options.encoding = re2.Options.Encoding.LATIN1
            options.max_mem = _MEMORY
            options.log_errors = False
            self._compiled = re2.compile(source.encode("ascii"), options)

    def search(self, flat: str) -> Match | None:
        """Returns the first place where a flattened text matches, or None."""
        found: Match | None = self._compiled.search(_in_ascii(flat))
        return found

    def fullmatch(self, flat: str) -> Match | None:
        """Returns the whole of a flattened text if it matches, or None."""
        found: Match | None = self._compiled.fullmatch(_in_ascii(flat))
        return found


def flatten(text: str) -> str:
    """Returns the words of a text, folded, with single blanks between them."""
    return " ".join(_WORD.findall(fold(text)))


def matches(section: str, name: str, language: str, flat: str) -> bool:
    """Tells whether a flattened text matches a pattern.

    Args:
        section: `kinds`, `forms`, `small_talk` or `refusals`.
        name: of the patterns in the section.
        language: of the patterns.
        flat: what `flatten` returned.
    """
    return any(pattern.search(flat) for pattern in _compiled(section, name, language))


def anywhere(alternatives: Sequence[str]) -> tuple[Pattern, ...]:
    """Compiles patterns that hold from the beginning of a word, into as few as possible."""
    plain = [one for one in alternatives if _NOT_BEFORE not in one]
    ahead = [one for one in alternatives if _NOT_BEFORE in one]
    joined = ["|".join(plain)] if plain else []
    return tuple(Pattern(rf"\b(?:{source})") for source in joined + ahead)


@cache
def _compiled(section: str, name: str, language: str) -> tuple[Pattern, ...]:
    return anywhere(getattr(load_texts(language).understanding, section)[name])


def _in_ascii(flat: str) -> bytes:
    """Returns a flattened text, whose other letters match no literal but are letters still."""
    # In RE2, \w and \b know the letters of ASCII only. All others in a flattened text are `\w`.
    return _NOT_ASCII.sub("_", flat).encode("ascii")
