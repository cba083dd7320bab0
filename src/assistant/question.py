"""What the visitor typed, understood: language, kind of answer asked for, small talk."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from assistant.errors import QuestionError
from assistant.language import detect_language
from assistant.lexical import analyse
from assistant.spelling import fold
from assistant.texts import LANGUAGES, load_texts

MAX_CHARACTERS: Final = 8_000
_WORDS: Final = re.compile(r"[^\W\d_][\w'-]*")


class SmallTalk(StrEnum):
    """What a visitor says without asking anything."""

    GREETING = "greeting"
    THANKS = "thanks"


@dataclass(frozen=True, slots=True)
class Question:
    """A question, understood.

    Attributes:
        text: what the visitor typed, cleaned of control characters.
        standalone: the same as it would be asked with nothing said before.
        language: one of `LANGUAGES`.
        kinds: kinds of answer that it asks for (`amount`, `date`, `number`, `contact`, `hours`);
            empty when any sentence may answer it.
        counted: term of the thing that is counted when a number is asked for, or None.
        small_talk: set when nothing is asked.
    """

    text: str
    standalone: str
    language: str
    kinds: frozenset[str]
    counted: str | None = None
    small_talk: SmallTalk | None = None


def understand(text: str) -> Question:
    """Reads a question.

    Raises:
        QuestionError: it is empty, holds neither letter nor digit, or is too long.
    """
    cleaned = clean(text)
    language = detect_language(cleaned)
    return Question(
        text=cleaned,
        standalone=cleaned,
        language=language,
        kinds=_kinds(cleaned, language),
        counted=_counted(cleaned, language),
        small_talk=_small_talk(cleaned),
    )


def clean(text: str) -> str:
    """Returns `text` without control characters and with single blanks.

    Raises:
        QuestionError: see `understand`.
    """
    if len(text) > MAX_CHARACTERS:
        raise QuestionError(
            "too_long",
            f"The question has {len(text):,} characters, more than {MAX_CHARACTERS:,}.",
            "Ask a shorter one.",
        )
    if not text.strip():
        raise QuestionError("empty", "The question is empty.", "Write a question.")
    printable = (" " if unicodedata.category(char)[0] in "CZ" else char for char in text)
    cleaned = " ".join("".join(printable).split())
    if not any(char.isalnum() for char in cleaned):
        raise QuestionError(
            "unreadable", "The question holds neither a word nor a number.", "Write it in words."
        )
    return unicodedata.normalize("NFC", cleaned)


def _small_talk(text: str) -> SmallTalk | None:
    said = " ".join(_WORDS.findall(fold(text)))
    for language in LANGUAGES:
        words = load_texts(language).understanding
        if said in words.greetings:
            return SmallTalk.GREETING
        if said in words.thanks:
            return SmallTalk.THANKS
    return None


def _counted(text: str, language: str) -> str | None:
    asked = " ".join(_WORDS.findall(fold(text).replace("'", " ")))
    for pattern in load_texts(language).understanding.counted:
        if match := re.search(rf"\b{pattern} (\w+)", asked):
            return next(iter(analyse(match[1])), None)
    return None


def _kinds(text: str, language: str) -> frozenset[str]:
    asked = " ".join(_WORDS.findall(fold(text).replace("'", " ")))
    patterns = load_texts(language).understanding.kinds
    return frozenset(
        kind
        for kind, alternatives in patterns.items()
        if re.search(rf"\b(?:{'|'.join(alternatives)})", asked)
    )
