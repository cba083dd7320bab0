"""Tables with cells over several rows and columns, read as rows below one row of headings.

A cell over several rows stands for all of them; one over several columns is said once, or as the
heading of each. « Coût » above « 2012 » and « 2013 » makes « Coût 2012 » and « Coût 2013 ».
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

MOST_COLUMNS: Final = 1_000
"""What of a row is read; and what a cell may say that it spans."""
_MOST_CELLS: Final = 1_000_000
_MOST_BELOW: Final = 2
"""Rows of headings below the first ones."""


class Cell(NamedTuple):
    """A cell as its format has it.

    Attributes:
        columns: how many it spans.
        rows: how many it spans.
        goes_on: whether it only goes on with the cell above.
    """

    text: str
    columns: int = 1
    rows: int = 1
    goes_on: bool = False


@dataclass(frozen=True, slots=True)
class Grid:
    """A table whose rows have a cell in each column.

    Attributes:
        caption: what stands above the headings, over the whole width, or nothing.
        header: the headings, or nothing.
        rows: the others.
    """

    caption: str
    header: list[str]
    rows: list[list[str]]


class _Slot(NamedTuple):
    """What one row has in one column.

    Attributes:
        is_first: whether it is the first column of its cell.
        is_wide: whether its cell has more columns.
    """

    text: str
    is_first: bool
    is_wide: bool


def read_grid(cells: Sequence[Sequence[Cell]], headings: int | None) -> Grid:
    """Returns a table with its headings in one row.

    Args:
        cells: of each row, from left to right.
        headings: how many rows at least, from the first one with more than one cell on, hold
            headings; None where there are none.
    """
    rows = [row for row in _slots(cells) if row]
    captions = []
    while headings and len(rows) > 1 and _is_caption(rows[0], max(map(len, rows))):
        captions.append(rows.pop(0)[0].text)
    count = _heading_rows(rows, headings) if headings else 0
    width = max(map(len, rows[:count]), default=0)
    header = [_heading(rows[:count], column) for column in range(width)]
    body = [[slot.text if slot.is_first else "" for slot in row] for row in rows[count:]]
    return Grid(" ".join(filter(None, captions)), header, body)


def _slots(cells: Sequence[Sequence[Cell]]) -> Iterator[list[_Slot]]:
    """Yields what each row has in its columns."""
    left = _MOST_CELLS
    below: dict[int, tuple[int, _Slot]] = {}
    above: list[_Slot] = []
    for row in cells:
        slots: list[_Slot] = []
        for cell in row:
            _fill(slots, below)
            start = len(slots)
            columns = max(1, min(cell.columns, MOST_COLUMNS - start))
            for column in range(columns):
                slot = _Slot(cell.text, column == 0, columns > 1)
                if cell.goes_on and start + column < len(above):
                    slot = above[start + column]
                slots.append(slot)
                if cell.rows > 1:
                    below[start + column] = (cell.rows - 1, slot)
            if len(slots) >= MOST_COLUMNS:
                break
        _fill(slots, below)
        left -= len(slots)
        if left < 0:
            return
        above = slots
        yield slots


def _fill(slots: list[_Slot], below: dict[int, tuple[int, _Slot]]) -> None:
    """Adds the cells of rows above that reach down to where a row has come to."""
    while len(slots) in below:
        column = len(slots)
        rows, slot = below.pop(column)
        slots.append(slot)
        if rows > 1:
            below[column] = (rows - 1, slot)


def _is_caption(row: Sequence[_Slot], width: int) -> bool:
    return len(row) == width > 1 and sum(slot.is_first for slot in row) == 1


def _heading_rows(rows: Sequence[Sequence[_Slot]], marked: int) -> int:
    """Returns how many rows hold headings: below one over several columns stand those of each."""
    count = marked
    most = min(len(rows) - 1, marked + _MOST_BELOW)
    while 0 < count < most and _is_split(rows[count - 1], rows[count]):
        count += 1
    return min(count, len(rows))


def _is_split(upper: Sequence[_Slot], lower: Sequence[_Slot]) -> bool:
    """Tells whether a row has nothing but the parts of each wide heading above it."""
    pairs = list(zip(upper, lower, strict=False))
    return any(above.is_wide for above in upper) and all(
        below.is_first or below is above if above.is_wide else below is above or not below.text
        for above, below in pairs
    )


def _heading(rows: Sequence[Sequence[_Slot]], column: int) -> str:
    parts = [row[column].text for row in rows if column < len(row)]
    return " ".join(dict.fromkeys(part for part in parts if part))
