"""Equations of Word documents as a line of text: « 12,5 », « a/b », « x2 », « √(x) »."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from assistant.corpus.word_names import child, name_of, value_of

_Written = Callable[[Any], str]


def equation(element: Any) -> str:
    """Returns an element of an equation as it is written in a line."""
    name = name_of(element)
    if name in {"m:t", "w:t"}:
        return element.text or ""
    written = _WRITTEN.get(name)
    return written(element) if written else "".join(map(equation, element))


def _part(element: Any, name: str) -> str:
    found = child(element, name)
    return "" if found is None else equation(found)


def _grouped(text: str) -> str:
    """Returns a part of an equation so that it stays one beside other signs."""
    return text if len(text) <= 1 or text.replace(",", "").isalnum() else f"({text})"


def _fraction(element: Any) -> str:
    return f"{_grouped(_part(element, 'm:num'))}/{_grouped(_part(element, 'm:den'))}"


def _root(element: Any) -> str:
    return f"{_part(element, 'm:deg')}√{_grouped(_part(element, 'm:e'))}"


def _power(element: Any) -> str:
    base, power = _part(element, "m:e"), _grouped(_part(element, "m:sup"))
    # As with letters, « m2 » is read; after a digit it would be another number.
    return f"{base}^{power}" if base[-1:].isdigit() else base + power


def _within_signs(element: Any) -> str:
    signs = child(element, "m:dPr")
    opens, closes = child(signs, "m:begChr"), child(signs, "m:endChr")
    inner = ", ".join(equation(one) for one in element if name_of(one) == "m:e")
    first = "(" if opens is None else value_of(opens)
    return f"{first}{inner}{')' if closes is None else value_of(closes)}"


def _sum(element: Any) -> str:
    sign = value_of(child(element, "m:naryPr", "m:chr")) or "∫"
    return sign + "".join(_part(element, name) for name in ("m:sub", "m:sup", "m:e"))


_WRITTEN: Final[dict[str, _Written]] = {
    "m:f": _fraction,
    "m:rad": _root,
    "m:sSup": _power,
    "m:d": _within_signs,
    "m:nary": _sum,
    "w:del": lambda _: "",
}
