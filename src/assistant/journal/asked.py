"""The words of a question by which it is searched for, and counted with others like it."""

from __future__ import annotations

import re
from typing import Final

from assistant.spelling import fold

_MOST_CHARACTERS: Final = 500
"""Kept of them; PostgreSQL takes no more than 2,704 bytes into an index."""
_WORD: Final = re.compile(r"\w+")


def asked_words(question: str | None) -> str | None:
    """Returns the words of a question without case, accents and signs; None when there are none."""
    if question is None:
        return None
    # Some signs become several when they are folded.
    words = _WORD.findall(fold(question[: 2 * _MOST_CHARACTERS]))
    return " ".join(words)[:_MOST_CHARACTERS] or None
