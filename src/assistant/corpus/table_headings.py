"""Which column of a table holds what, by its headings.

Headings may take several rows: « Coût » above « 2012 » is « Coût 2012 ». They may say that amounts
are in thousands or millions.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

from assistant.corpus.spreadsheets import Cell
from assistant.errors import DocumentError

_UNITS: Final = (
    (
        10**3,
        re.compile(r"(?<![^\W\d_])k\s?(?:€|eur|euros?)(?!\w)|\bmilliers?\b|\bthousands?\b"),
    ),
    (
        10**6,
        re.compile(r"(?<![^\W\d_])mi?o?\s?(?:€|eur|euros?)(?!\w)|\bmillions?\b"),
    ),
    (10**9, re.compile(r"(?<![^\W\d_])mi?ds?\s?(?:€|eur|euros?)(?!\w)|\bmilliards?\b")),
)


class Place(NamedTuple):
    """Where a column stands.

    Attributes:
        position: from 0.
        unit: by what its amounts are multiplied.
    """

    position: int
    unit: int


def find_columns(
    wanted: Mapping[str, str], headings: Sequence[Sequence[Cell]], last: int, name: str
) -> dict[str, Place]:
    """Returns where the column of each field stands.

    Args:
        wanted: heading of each field's column.
        headings: the rows of the table down to that of the headings.
        last: number of that row.
        name: of the table's file.

    Raises:
        DocumentError: no column, or more than one, has a heading.
    """
    if len(headings) < last:
        headings = []
    choices = [_put_together(headings[start:]) for start in range(len(headings) - 1, -1, -1)]
    units = [unit_of(heading) for heading in choices[-1]] if choices else []
    places = {}
    for field, column in wanted.items():
        key = _key(column)
        found = next((one for one in choices if one.count(key) == 1), None)
        if found is None:
            count = choices[0].count(key) if choices else 0
            raise DocumentError(
                f"The table {name} has {count} columns called “{column}” in row {last}.",
                "Correct `column` or `header_row` in the mapping.",
            )
        position = found.index(key)
        places[field] = Place(position, unit_of(key) or units[position] or 1)
    return places


def unit_of(text: str) -> int | None:
    """Returns the unit of amounts that a text names, or None."""
    folded = text.casefold()
    return next((unit for unit, pattern in reversed(_UNITS) if pattern.search(folded)), None)


def _put_together(rows: Sequence[Sequence[Cell]]) -> list[str]:
    """Returns the headings of columns in some rows, each said once, without captions."""
    width = max(map(len, rows), default=0)
    filled = [_filled(row, width, is_last=row is rows[-1]) for row in rows]
    kept = [row for row in filled[:-1] if len(set(row) - {""}) > 1] + filled[-1:]
    return [" ".join(dict.fromkeys(filter(None, column))) for column in zip(*kept, strict=True)]


def _filled(row: Sequence[Cell], width: int, *, is_last: bool) -> list[str]:
    """Returns the headings of a row; above others, one also stands for the empty ones behind it."""
    texts = [_key(str(cell)) for cell in row] + [""] * (width - len(row))
    if not is_last:
        for position in range(1, width):
            texts[position] = texts[position] or texts[position - 1]
    return texts


def _key(heading: str) -> str:
    return " ".join(heading.split()).casefold()
