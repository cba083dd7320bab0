"""The lines of a page of a PDF, in the order in which they are read.

PDFium knows each letter, where it stands and where it saw a blank or the end of a line; what stands
where in two columns or a table is told from distances.
"""

from __future__ import annotations

import math
import re
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from ctypes import c_double, c_int, create_string_buffer
from dataclasses import dataclass, replace
from statistics import median
from typing import Any, Final, NamedTuple

from assistant.corpus.files import tidy
from assistant.errors import DocumentError

MAX_PAGE_CHARACTERS: Final = 200_000
ITEM: Final = re.compile(r"[•◦▪●■–—]\s?|-\s|\d{1,2}[.)]\s")
"""What begins an item of a list."""

_SAME_LINE: Final = 0.5
_CELL_GAP: Final = 1.1
"""Distance of two words, in sizes of their letters, from which they stand in two columns."""
_BLANK: Final = 0.15
"""Distance of two words, in sizes of their letters, from which there is a blank between them."""
_COLUMN_LINES: Final = 3
_COLUMN_LETTERS: Final = 20
"""Letters of a line from which columns hold text, not the cells of a table."""
_NO_CHARACTER: Final = "\ufffd"
"""What stands for a code that a font gives no character, which `checks` reports."""
_LONGEST_FONT_NAME: Final = 200
_BOLD: Final = re.compile(r"bold|black|heavy|gras", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Line:
    """A line, or what of it stands in one column.

    Attributes:
        bottom: of the letters, those that reach below the line left out of account.
        size: of most of its letters.
        bold: whether all its words are.
        is_row: whether it is a row of a table.
    """

    text: str
    left: float
    right: float
    bottom: float
    top: float
    size: float
    bold: bool = False
    is_row: bool = False

    @property
    def height(self) -> float:
        """Height of its letters, never nothing."""
        return max(self.top - self.bottom, 0.1)


class _Letter(NamedTuple):
    char: str
    left: float
    right: float
    bottom: float
    size: float
    bold: bool


def read_lines(page: Any, number: int) -> list[Line]:
    """Returns the lines of a page of pypdfium2.

    A letter that marks a divided word at the end of a line is left as PDFium gives it.

    Raises:
        DocumentError: it has too many letters.
    """
    words = page.get_textpage()
    if words.count_chars() > MAX_PAGE_CHARACTERS:
        raise DocumentError(
            f"Page {number} of the PDF holds more than {MAX_PAGE_CHARACTERS:,} characters.",
            "Split it, or add the text as .txt.",
        )
    lines: list[Line] = []
    for run in _runs(words):
        if tidy("".join(letter.char for letter in run)):
            _append(lines, _line(run))
    return _in_order(lines)


def _runs(words: Any) -> Iterator[list[_Letter]]:
    """Yields letters that follow each other on a line without a wide gap."""
    run: list[_Letter] = []
    for letter in _letters(words):
        if run and letter is not None and not letter.char.isspace():
            last = next((one for one in reversed(run) if not one.char.isspace()), letter)
            gap = letter.left - last.right
            same_line = abs(letter.bottom - last.bottom) < _SAME_LINE * max(letter.size, last.size)
            if not same_line or not -letter.size < gap < _CELL_GAP * letter.size:
                yield run
                run = []
        if letter is None:
            yield run
            run = []
        else:
            run.append(letter)
    yield run


def _letters(words: Any) -> Iterator[_Letter | None]:
    """Yields the letters of a page, None at the end of a line."""
    from pypdfium2 import raw  # noqa: PLC0415

    left, right, bottom, top = c_double(), c_double(), c_double(), c_double()
    matrix, name = raw.FS_MATRIX(), create_string_buffer(_LONGEST_FONT_NAME)
    last = _Letter(" ", 0, 0, 0, 0, False)
    for index in range(words.count_chars()):
        code = raw.FPDFText_GetUnicode(words, index)
        char = chr(code) if code <= sys.maxunicode else _NO_CHARACTER
        if char in "\r\n":
            yield None
            last = last._replace(char=" ")
        elif char.isspace() or code == 0:
            last = last._replace(char=" ")
            yield last
        else:
            raw.FPDFText_GetCharBox(words, index, left, right, bottom, top)
            box = (left.value, right.value)
            size, bold = last.size, last.bold
            if last.char == " ":
                raw.FPDFText_GetMatrix(words, index, matrix)
                size = raw.FPDFText_GetFontSize(words, index) * math.hypot(matrix.c, matrix.d)
                raw.FPDFText_GetFontInfo(words, index, name, _LONGEST_FONT_NAME, c_int())
                bold = _BOLD.search(name.value.decode(errors="replace")) is not None
            raw.FPDFText_GetCharOrigin(words, index, left, bottom)
            last = _Letter(char, *box, bottom.value, size, bold)
            yield last


def _line(run: Sequence[_Letter]) -> Line:
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
    )


def _append(lines: list[Line], run: Line) -> None:
    """Adds a run of words, to the last line where it goes on with it."""
    if lines:
        last = lines[-1]
        size = last.size or last.height
        gap = run.left - last.right
        is_item = ITEM.fullmatch(last.text.strip() + " ") is not None
        if _beside(last, run) and (gap < _CELL_GAP * size or is_item):
            blank = last.text[-1] == " " or run.text[0] == " " or gap > _BLANK * size
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
    return Line(text, one.left, other.right, bottom, top, one.size, bold, is_row)


def _in_order(lines: Sequence[Line]) -> list[Line]:
    """Returns lines as they are read, where two columns were written line by line too."""
    lines = [replace(line, text=line.text.strip()) for line in lines]
    rows: list[list[Line]] = []
    for line in lines:
        if rows and _beside(rows[-1][-1], line):
            rows[-1].append(line)
        else:
            rows.append([line])
    gutter = _gutter(rows)
    if gutter is None:
        return _rows(rows)
    ordered: list[Line] = []
    columns: tuple[list[Line], list[Line]] = ([], [])
    for line in lines:
        if line.left < gutter < line.right:
            ordered += [*columns[0], *columns[1], line]
            columns = ([], [])
        else:
            columns[line.left >= gutter].append(line)
    return [*ordered, *columns[0], *columns[1]]


def _rows(rows: Sequence[Sequence[Line]]) -> list[Line]:
    """Returns the rows of tables, which stand one below the other, and lines with a wide gap."""
    counts = [0, *map(len, rows), 0]
    lines = []
    for position, row in enumerate(rows, start=1):
        is_row = len(row) > 1 and max(counts[position - 1], counts[position + 1]) > 1
        glue = " ; " if is_row else " "
        line = row[0]
        for cell in row[1:]:
            line = _put_together(line, cell, glue, is_row=is_row)
        lines.append(line)
    return lines


def _gutter(rows: Sequence[Sequence[Line]]) -> float | None:
    """Returns what divides the two columns of a page, if it has them."""
    pairs = [row for row in rows if len(row) == 2]  # noqa: PLR2004 - two columns
    if len(pairs) < _COLUMN_LINES:
        return None
    left = max(first.right for first, _ in pairs)
    right = min(second.left for _, second in pairs)
    letters = median(min(len(first.text), len(second.text)) for first, second in pairs)
    return (left + right) / 2 if left < right and letters >= _COLUMN_LETTERS else None
