"""Small talk, and what the assistant does not do."""

from __future__ import annotations

from enum import StrEnum
from functools import cache

from assistant.question.patterns import Pattern, matches
from assistant.texts import LANGUAGES, load_texts


class SmallTalk(StrEnum):
    """What a visitor says without asking for anything that sources could tell."""

    IDENTITY = "identity"
    ABILITY = "ability"
    FAREWELL = "farewell"
    THANKS = "thanks"
    GREETING = "greeting"
    ACKNOWLEDGEMENT = "acknowledgement"


class Refusal(StrEnum):
    """What is asked for and not given; the reason of the answer."""

    INSTRUCTION = "instruction"
    INVENTION = "invention"
    OPINION = "opinion"
    ADVICE = "advice"


_ORDERS = (Refusal.INSTRUCTION, Refusal.INVENTION)
_ALONE = (
    SmallTalk.FAREWELL, SmallTalk.THANKS, SmallTalk.GREETING, SmallTalk.ACKNOWLEDGEMENT,
)  # fmt: skip


def small_talk(flat: str, language: str) -> tuple[SmallTalk, str] | None:
    """Returns which small talk a flattened text is and in which language, or None.

    Args:
        flat: the words of the text.
        language: tried first; thanks may be said in another one than the questions before.
    """
    for other in (language, *LANGUAGES):
        for kind in (SmallTalk.IDENTITY, SmallTalk.ABILITY):
            if matches("small_talk", kind, other, flat):
                return kind, other
        if _nothing_else(other).fullmatch(flat):
            for kind in _ALONE:
                if matches("small_talk", kind, other, flat):
                    return kind, other
    return None


def refusal(flat: str, language: str) -> Refusal | None:
    """Returns why a flattened text is refused, or None.

    Orders are looked for in all languages: a short one may be taken for another language.
    """
    return next(
        (
            kind
            for other in dict.fromkeys((language, *LANGUAGES))
            for kind in (Refusal if other == language else _ORDERS)
            if matches("refusals", kind, other, flat)
        ),
        None,
    )


@cache
def _nothing_else(language: str) -> Pattern:
    """Matches texts that hold nothing but greetings, thanks and the like."""
    patterns = load_texts(language).understanding.small_talk
    core = [pattern for kind in _ALONE for pattern in patterns[kind]]
    every = "|".join([*core, *patterns["filler"]])
    return Pattern(rf"(?:(?:{every})(?:$|\s))+")
