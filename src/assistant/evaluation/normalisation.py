"""Texts as they are compared: case, accents, blanks, apostrophes and French articles dropped."""

from __future__ import annotations

import re
from typing import Final

from assistant.spelling import fold

_ARTICLES: Final = frozenset("le la les l un une des du de d the a an".split())
# One to three digits, then groups of three: not `2014 150`, a year and a count.
_THOUSANDS: Final = re.compile(r"(?<![\d.,])[1-9]\d{0,2}(?:(?:\s\d{3})+|(?:,\d{3})+)(?!\d)")
_DECIMAL_COMMA: Final = re.compile(r"(?<=\d),(?=\d)")


def normalise(text: str) -> str:
    """Returns words and numbers in lower case, without accents, one blank between them.

    Numbers lose the blanks and commas between thousands and get a decimal point, so that
    `2 199 300` is `2199300` and `14,7` is `14.7`.
    """
    folded = _THOUSANDS.sub(lambda found: re.sub(r"\D", "", found[0]), fold(text))
    return " ".join(re.findall(r"\w+(?:\.\d+)?|[%€]", _DECIMAL_COMMA.sub(".", folded)))


def tokens(text: str) -> list[str]:
    """Returns the normalised words of a text without articles, unless it is nothing else."""
    words = normalise(text).split()
    return [word for word in words if word not in _ARTICLES] or words


def contains(text: str, words: str) -> bool:
    """Tells whether a text holds some words, the last of which may go on.

    `mine` is in `mines` but not in `examine`; `37` is in neither `137` nor `37,5`.
    """
    wanted = normalise(words)
    if not wanted:  # signs only, such as `@`
        return words in text
    end = r"(?!\.?\d)" if wanted[-1].isdigit() else ""
    return re.search(rf"(?<![\w.]){re.escape(wanted)}{end}", normalise(text)) is not None
