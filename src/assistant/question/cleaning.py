"""What was typed, as a line of text that can be a question."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from assistant.errors import QuestionError
from assistant.spelling import without_invisible

MAX_CHARACTERS: Final = 2_000
_TAG: Final = re.compile(r"<[a-zA-Z/!][^<>]{0,500}>")
_LINK: Final = re.compile(
    r"!?\[(?P<label>[^\[\]]{0,200})\]\([^\s()]{0,500}(?:\([^\s()]{0,200}\))?[^\s()]{0,50}\)"
)


def clean(text: str) -> str:
    """Returns `text` without control characters and markup, with single blanks.

    Of a link its words stay.

    Raises:
        QuestionError: it is empty, holds neither letter nor digit, or is too long.
    """
    length = len(text)
    if length <= MAX_CHARACTERS:
        # Some signs stand for many: ﷺ is eighteen letters.
        length = max(length, len(unicodedata.normalize("NFKC", text)))
    if length > MAX_CHARACTERS:
        raise QuestionError(
            "too_long",
            f"The question has {length:,} characters, more than {MAX_CHARACTERS:,}.",
            "Ask a shorter one.",
        )
    if not text.strip():
        raise QuestionError("empty", "The question is empty.", "Write a question.")
    seen = without_invisible(text)
    printable = (" " if unicodedata.category(char)[0] in "CZ" else char for char in seen)
    line = " ".join("".join(printable).split())
    # A question that is nothing but markup is kept as it was typed.
    unmarked = _LINK.sub(lambda link: link["label"], _TAG.sub(" ", line))
    cleaned = " ".join(unmarked.split()) or line
    if not any(char.isalnum() for char in cleaned):
        raise QuestionError(
            "unreadable", "The question holds neither a word nor a number.", "Write it in words."
        )
    return unicodedata.normalize("NFC", cleaned)
