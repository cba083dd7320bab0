"""What a question asks for: the kinds of thing that answer it, and the form of the answer."""

from __future__ import annotations

from enum import StrEnum
from functools import cache
from typing import Final

from assistant.lexical import analyse
from assistant.question.patterns import Pattern, anywhere, matches
from assistant.texts import load_texts

KINDS: Final = (
    "amount", "date", "number", "quantity", "duration", "area", "length", "share", "fee",
    "contact", "hours", "person", "reason", "purpose", "place", "body",
)  # fmt: skip
_PRECISE: Final = {"amount", "duration", "area", "length", "share", "number", "fee"}
"""Kinds that say more exactly what « combien » asks for."""
_ONE_NAME: Final = 2
"""Words of a question that is nothing but a name."""
_INSTEAD_OF_NUMBER: Final = {"duration", "area", "length"}


class Form(StrEnum):
    """How an answer is put."""

    FACT = "fact"
    DEFINITION = "definition"
    LIST = "list"
    SUMMARY = "summary"
    COMPARISON = "comparison"
    DIFFERENCE = "difference"
    YES_NO = "yes_no"


def kinds_of(flat: str, language: str) -> frozenset[str]:
    """Returns the kinds of thing that a flattened question asks for; empty when any will do."""
    kinds = {kind for kind in KINDS if matches("kinds", kind, language, flat)}
    if "fee" in kinds:
        kinds -= {"amount", "quantity"}
    if "contact" in kinds or "hours" in kinds:
        kinds &= {"contact", "hours"}
    if kinds & _INSTEAD_OF_NUMBER:
        kinds -= {"number", "amount"}
    if "number" in kinds:
        # « Combien de communes l'ERBM touche-t-il ? »: what is counted is said.
        kinds -= {"number"} if _counts_money(flat, language) else {"amount"}
    if kinds & _PRECISE:
        kinds -= {"quantity", "date"}
    if kinds - {"place", "body"}:
        kinds -= {"place", "body"}
    return frozenset(kinds)


def counted_in(flat: str, language: str) -> str | None:
    """Returns the term of the thing that a flattened question wants to be counted, or None."""
    if _counts_money(flat, language):
        return None
    for pattern in _counting(language):
        if match := pattern.search(flat):
            start, end = match.span(1)
            return next(iter(analyse(flat[start:end])), None)
    return None


def form_of(text: str, flat: str, language: str, kinds: frozenset[str]) -> Form:
    """Returns how the answer to a question is put.

    Args:
        text: the question; a mark at its end tells that a sentence asks.
        flat: its words.
        language: of the question.
        kinds: what it asks for.
    """
    for form in (Form.DIFFERENCE, Form.COMPARISON, Form.SUMMARY, Form.DEFINITION, Form.LIST):
        if matches("forms", form, language, flat):
            return form
    if len(flat.split()) <= _ONE_NAME and not kinds:
        return Form.SUMMARY
    words = flat.removeprefix("est ce que ").removeprefix("est ce qu ").split()
    asks = set(load_texts(language).understanding.interrogatives) & set(words)
    if not asks and text.rstrip().endswith("?") and len(words) > 2:  # noqa: PLR2004 - « et lui ? »
        return Form.YES_NO
    return Form.FACT


def _counts_money(flat: str, language: str) -> bool:
    return any(pattern.search(flat) for pattern in _counting_money(language))


@cache
def _counting(language: str) -> tuple[Pattern, ...]:
    """Matches what stands before the thing counted, with that as a group, the likeliest first."""
    counted = load_texts(language).understanding.counted
    return tuple(Pattern(rf"\b{one} (\w+)") for one in counted)


@cache
def _counting_money(language: str) -> tuple[Pattern, ...]:
    understanding = load_texts(language).understanding
    money = "|".join(understanding.counts_money)
    return anywhere([rf"{one} (?:{money})" for one in understanding.counted])
