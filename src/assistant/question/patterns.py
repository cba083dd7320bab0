"""The patterns of the language files, compiled, and the text that they are matched with."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from typing import Final

from assistant.spelling import fold
from assistant.texts import load_texts

_WORD: Final = re.compile(r"\w+")


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
    return _compiled(section, name, language).search(flat) is not None


def anywhere(alternatives: Sequence[str]) -> re.Pattern[str]:
    """Compiles patterns that hold from the beginning of a word."""
    return re.compile(rf"\b(?:{'|'.join(alternatives)})" if alternatives else r"(?!)")


@cache
def _compiled(section: str, name: str, language: str) -> re.Pattern[str]:
    return anywhere(getattr(load_texts(language).understanding, section)[name])
