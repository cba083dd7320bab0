"""The lines of a page of a PDF, in the order in which they are read.

PDFium knows each letter, where it stands and where it saw a blank or the end of a line; what stands
where in two columns or a table is told from distances.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from statistics import median
from typing import Any, Final

from assistant.corpus.files import tidy
from assistant.corpus.pdf_letters import Letter, Stream, Turned, read_letters
from assistant.errors import DocumentError

MAX_PAGE_CHARACTERS: Final = 200_000
ITEM: Final = re.compile(r"[•◦▪●■–—]\s?|-\s|\d{1,2}[.)]\s")
"""What begins an item of a list."""

_SAME_LINE: Final = 0.5
_RAISED: Final = 0.2
_CELL_GAP: Final = 1.1
"""Distance of two words, in sizes of their letters, from which they stand in two columns."""
_BLANK: Final = 0.15
"""Distance of two words, in sizes of their letters, from which there is a blank between them."""
_COLUMN_LINES: Final = 3
_COLUMN_LETTERS: Final = 20
"""Letters of a line from which columns hold text, not the cells of a table."""
_FEWEST_LETTERS: Final = 10
"""Letters of a line from which they may, where its sentences go on from line to line."""
_READ_FROM_THE_LEFT: Final = frozenset({180, 270})
"""Directions in which PDFium gives what stands side by side on the page in the wrong order."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line, or what of it stands in one column.

    Attributes:
        bottom: of the letters, those that reach below the line left out of account.
        size: of most of its letters.
        bold: whether all its words are.
        is_row: whether it is a row of a table.
        turn: direction in which it is written, in degrees; see `pdf_letters`.
        page_height: of the page, for who reads it in that direction.
        is_filled_in: whether it is the value of a form, or a remark.
    """

    text: str
    left: float
    right: float
    bottom: float
    top: float
    size: float
    bold: bool = False
    is_row: bool = False
    turn: int = 0
    page_height: float = 0
    is_filled_in: bool = False

    @property
    def height(self) -> float:
        """Height of its letters, never nothing."""
        return max(self.top - self.bottom, 0.1)


def read_lines(page: Any, printed: int, number: int) -> list[Line]:
    """Returns the lines of a page of pypdfium2; those of the direction of most letters come first.

    A letter that marks a divided word at the end of a line is left as PDFium gives it.

    Args:
        page: the page.
        printed: where in its text begins what was filled in.
        number: of the page, from 1.

    Raises:
        DocumentError: it has too many letters.
    """
    words = page.get_textpage()
    if words.count_chars() > MAX_PAGE_CHARACTERS:
        raise DocumentError(
            f"Page {number} of the PDF holds more than {MAX_PAGE_CHARACTERS:,} characters.",
            "Split it, or add the text as .txt.",
        )
    found: list[Line] = []
    for turned in read_letters(page, words, printed):
        runs = [
            _line(run, turned.turn, turned.height)
            for run in _runs(turned.letters)
            if _is_on_page(run, turned) and tidy("".join(letter.char for letter in run))
        ]
        if turned.turn in _READ_FROM_THE_LEFT:
            runs.sort(key=lambda run: (-round(run.bottom), run.left))
        lines: list[Line] = []
        for run in runs:
            _append(lines, run)
        found += _in_order(_with_values(lines))
    return found


def _is_on_page(run: Sequence[Letter], page: Turned) -> bool:
    """Tells whether any of some letters stands within what is shown of the page."""
    return any(
        0 <= letter.middle <= page.width and 0 <= letter.bottom + letter.size / 4 <= page.height
        for letter in run
        if not letter.char.isspace()
    )


def _runs(letters: Stream) -> Iterator[list[Letter]]:
    """Yields letters that follow each other on a line without a wide gap."""
    run: list[Letter] = []
    for letter in letters:
        if run and letter is not None and not letter.char.isspace():
            last = next((one for one in reversed(run) if not one.char.isspace()), letter)
            gap = letter.left - last.right
            same_line = abs(letter.bottom - last.bottom) < _SAME_LINE * max(letter.size, last.size)
            is_next = same_line and -letter.size < gap < _CELL_GAP * letter.size
            above = _is_raised(last, letter)
            if not is_next or above or letter.is_filled_in != last.is_filled_in:
                yield run
                run = []
        if letter is None:
            yield run
            run = []
        else:
            run.append(letter)
    yield run


def _line(run: Sequence[Letter], turn: int, page_height: float) -> Line:
    text = "".join(letter.char for letter in run)
    # Two halves of a character, as UTF-16 has them.
    text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    seen = [letter for letter in run if not letter.char.isspace()]
    size = Counter(letter.size for letter in seen).most_common(1)[0][0]
    bottom = Counter(letter.bottom for letter in seen).most_common(1)[0][0]
    return Line(
        text=re.sub(r"\s+", " ", text),
        left=min(letter.left for letter in seen),
        right=max(letter.right for letter in seen),
        bottom=bottom,
        top=bottom + size,
        size=size,
        bold=all(letter.bold for letter in seen),
        turn=turn,
        page_height=page_height,
        is_filled_in=seen[0].is_filled_in,
    )


def _is_raised(one: Letter | Line, other: Letter | Line) -> bool:
    """Tells whether small letters stand raised before others, as the number before a note does."""
    return one.bottom - other.bottom > _RAISED * other.size > _RAISED * one.size


def _append(lines: list[Line], run: Line) -> None:
    """Adds a run of words, to the last line where it goes on with it."""
    if lines:
        last = lines[-1]
        size = last.size or last.height
        gap = run.left - last.right
        is_item = ITEM.fullmatch(last.text.strip() + " ") is not None
        if (
            last.is_filled_in == run.is_filled_in
            and _beside(last, run)
            and (gap < _CELL_GAP * size or is_item)
        ):
            ends = last.text[-1] == " " or run.text[0] == " " or _is_raised(last, run)
            blank = ends or gap > _BLANK * size
            lines[-1] = _put_together(last, run, " " if blank else "")
            return
    lines.append(run)


def _beside(one: Line, other: Line) -> bool:
    """Tells whether `other` stands to the right of `one`, on the same line."""
    shared = min(one.top, other.top) - max(one.bottom, other.bottom)
    smaller = min(one.height, other.height)
    return shared / smaller >= _SAME_LINE and other.left >= one.right - smaller


def _put_together(one: Line, other: Line, glue: str, *, is_row: bool = False) -> Line:
    bottom, top = min(one.bottom, other.bottom), max(one.top, other.top)
    text = f"{one.text.rstrip()}{glue}{other.text.lstrip()}"
    bold = one.bold and other.bold
    size = max(one, other, key=lambda part: len(part.text)).size
    return replace(
        one,
        text=text,
        right=other.right,
        bottom=bottom,
        top=top,
        size=size,
        bold=bold,
        is_row=is_row,
    )


def _with_values(lines: Sequence[Line]) -> list[Line]:
    """Returns lines with the values of a form behind the words that they stand beside.

    They were written last, whatever they stand beside.
    """
    placed = [line for line in lines if not line.is_filled_in]
    for value in (line for line in lines if line.is_filled_in):
        beside = [place for place, line in enumerate(placed) if _beside(line, value)]
        below = (place for place, line in enumerate(placed) if line.bottom < value.bottom)
        at = beside[-1] + 1 if beside else next(below, len(placed))
        placed.insert(at, value)
    return placed


def _in_order(lines: Sequence[Line]) -> list[Line]:
    """Returns lines as they are read, where columns were written line by line too."""
    lines = [replace(line, text=line.text.strip()) for line in lines]
    rows: list[list[Line]] = []
    for line in lines:
        if rows and _beside(rows[-1][-1], line):
            rows[-1].append(line)
        else:
            rows.append([line])
    gutters = _gutters(rows)
    if not gutters:
        return _rows(rows)
    ordered: list[Line] = []
    columns: list[list[Line]] = [[] for _ in range(len(gutters) + 1)]
    for line in lines:
        if any(line.left < gutter < line.right for gutter in gutters):
            ordered += [*chain(*columns), line]
            columns = [[] for _ in columns]
        else:
            columns[sum(line.left >= gutter for gutter in gutters)].append(line)
    return [*ordered, *chain(*columns)]


def _rows(rows: Sequence[Sequence[Line]]) -> list[Line]:
    """Returns the rows of tables, which stand one below the other, and lines with a wide gap."""
    counts = [0, *map(len, rows), 0]
    lines = []
    for position, row in enumerate(rows, start=1):
        is_row = len(row) > 1 and max(counts[position - 1], counts[position + 1]) > 1
        line = row[0]
        for cell in row[1:]:
            glue = " ; " if is_row and not line.text.endswith(":") else " "
            line = _put_together(line, cell, glue, is_row=is_row)
        lines.append(line)
    return lines


def _gutters(rows: Sequence[Sequence[Line]]) -> list[float]:
    """Returns what divides the columns of a page, if it has them."""
    counts = Counter(len(row) for row in rows if len(row) > 1 and not row[0].text.endswith(":"))
    # Where one column is longer than the others, its last lines stand in shorter rows.
    for count in sorted(counts, reverse=True):
        full = [row for row in rows if len(row) == count]
        gutters = [_gutter(full, column) for column in range(count - 1)]
        if (
            len(full) >= _COLUMN_LINES
            and _is_prose(full)
            and all(gutter is not None for gutter in gutters)
        ):
            return [gutter for gutter in gutters if gutter is not None]
    return []


def _is_prose(rows: Sequence[Sequence[Line]]) -> bool:
    """Tells whether rows of as many parts are lines of columns, not of a table."""
    letters = median(min(len(line.text) for line in row) for row in rows)
    return letters >= _COLUMN_LETTERS or (
        letters >= _FEWEST_LETTERS and all(map(_goes_on, zip(*rows, strict=True)))
    )


def _goes_on(column: Sequence[Line]) -> bool:
    """Tells whether most lines go on with the one above, to the end of a sentence."""
    lower = sum(line.text[0].islower() for line in column)
    return 2 * lower >= len(column) and any(line.text.endswith(".") for line in column)


def _gutter(rows: Sequence[Sequence[Line]], column: int) -> float | None:
    """Returns what divides a column from the next one, if anything does."""
    left = max(row[column].right for row in rows)
    right = min(row[column + 1].left for row in rows)
    return (left + right) / 2 if left < right else None
