"""What a raised sign says: « 1923² » refers to a note, « 300 m² » and « 1er » do not."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import groupby
from typing import Final

BEFORE: Final = 12
"""Signs before raised ones on which it depends what these say."""
_NUMBERS: Final = re.compile(r"[(\[]?\d{1,3}(?:\s?[,;–-]\s?\d{1,3})*[)\]]?[,;]?|[*†‡]{1,3}")
_LENGTH: Final = re.compile(r"(?<![^\W\d_])(?:[kcdmhµ]|da)?m\s?$")
_VARIABLE: Final = re.compile(r"(?<![^\W\d_])[A-Za-z]$")
_FRACTION: Final = ("/", "\u2044")
_POWERS: Final = frozenset({"2", "3"})
_BASE: Final = re.compile(r"[×x·*]\s?10$")
_POWER: Final = re.compile(r"[-–−]?\d{1,2}")
_RAISED: Final = str.maketrans("0123456789-–−", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁻⁻")


def read_raised(before: str, raised: str, after: str = "") -> str:
    """Returns what of raised signs belongs to the text; nothing of those that refer to a note.

    A number or star behind a word refers to a note. The power of a length (`m2`) or of a letter
    (`x2`) does not, nor does that of ten, which is written with raised signs so that it makes no
    other number, nor the upper part of a fraction. What begins a line, such as the number of the
    note itself, and raised letters (`1er`) stay as they are.

    Args:
        before: what stands before them in the line.
        raised: the raised signs.
        after: what stands behind them in the line.
    """
    signs = raised.strip()
    if _BASE.search(before) and _POWER.fullmatch(signs):
        return signs.translate(_RAISED)
    if not before.strip() or not _NUMBERS.fullmatch(signs) or _VARIABLE.search(before):
        return raised
    if after.startswith(_FRACTION):
        return f" {signs}" if before[-1].isdigit() else raised
    return raised if signs in _POWERS and _LENGTH.search(before) else ""


def without_notes(pieces: Iterable[tuple[str, bool]]) -> str:
    """Returns words of a line without the raised numbers that refer to notes.

    Args:
        pieces: the words, and whether they stand raised.
    """
    groups = [
        (raised, "".join(text for text, _ in group))
        for raised, group in groupby((one for one in pieces if one[0]), key=lambda one: one[1])
    ]
    line = ""
    for (raised, text), (_, after) in zip(groups, [*groups[1:], (False, "")], strict=False):
        line += read_raised(line[-BEFORE:], text, after) if raised else text
    return line
