"""Rows of cells out of CSV, XLS and XLSX files."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
from collections.abc import Sequence
from itertools import islice
from pathlib import Path
from typing import Final

from python_calamine import CalamineError, CalamineWorkbook, ZipError

from assistant.corpus.files import as_archive, decode, read_bytes, unpack
from assistant.errors import DocumentError

Cell = str | int | float | bool | dt.date | dt.time | dt.datetime | dt.timedelta
Rows = list[list[Cell]]

DELIMITERS: Final = {".csv": ",", ".tsv": "\t", ".psv": "|"}
WORKBOOKS: Final = frozenset({".xls", ".xlsx"})
MAX_ROWS: Final = 200_000
_MAX_CELLS: Final = 10_000_000
_OLD_EXCEL: Final = b"\xd0\xcf\x11\xe0"
_CELL_NAME: Final = re.compile(
    rb"""<(?:\w+:)?c\b[^>]*?\br\s*=\s*["']([A-Za-z]{1,3})(\d{1,7})["']"""
)


def read_rows(
    file: Path,
    *,
    sheet: str | None,
    delimiter: str | None,
    encoding: str | None,
    headings: int,
) -> Rows:
    """Returns the rows of a table, as the file types them; merged cells stand for all their rows.

    Args:
        file: what its name ends with tells how it is read.
        sheet: of a workbook; None takes the first.
        delimiter: of a text file; None takes the usual one.
        encoding: of a text file; None takes UTF-8.
        headings: how many rows hold headings, in which merged cells stand for all their columns.

    Raises:
        DocumentError: the file cannot be read, is damaged or is too big.
    """
    suffix = file.suffix.lower()
    data = read_bytes(file)
    if suffix in DELIMITERS:
        rows = _read_text_table(data, delimiter or DELIMITERS[suffix], encoding)
    elif suffix in WORKBOOKS:
        rows = _read_workbook(data, suffix, sheet, headings)
    else:
        known = ", ".join(sorted(DELIMITERS.keys() | WORKBOOKS))
        raise DocumentError(f"{file.name} is no table that can be read.", f"Save it as {known}.")
    if len(rows) > MAX_ROWS:
        raise DocumentError(f"{file.name} has more than {MAX_ROWS:,} rows.", "Split it.")
    return rows


def _read_text_table(data: bytes, delimiter: str, encoding: str | None) -> Rows:
    if encoding:
        try:
            data = data.decode(encoding).encode()
        except (LookupError, ValueError) as error:
            raise DocumentError(
                f"The table is not written in {encoding}.", "Correct `encoding`."
            ) from error
    lines = io.StringIO(decode(data).replace("\0", ""), newline="")
    try:
        # One more than allowed, so that millions of them never fill the memory.
        return [list(row) for row in islice(csv.reader(lines, delimiter=delimiter), MAX_ROWS + 1)]
    except (csv.Error, TypeError, ValueError) as error:
        raise DocumentError(f"The table is damaged ({error}).", "Save it anew.") from error


def _read_workbook(data: bytes, suffix: str, sheet: str | None, headings: int) -> Rows:
    if suffix == ".xlsx":
        members = unpack(data)
        _refuse_sparse(members)
        source = as_archive(members)
    elif data.startswith(_OLD_EXCEL):
        source = io.BytesIO(data)
    else:
        raise DocumentError("This is no Excel file.", "Save it anew, as .xls or .xlsx.")
    try:
        with CalamineWorkbook.from_filelike(source) as book:
            if not book.sheet_names or (sheet and sheet not in book.sheet_names):
                raise DocumentError(
                    f"There is no sheet {sheet} in the file "
                    f"(there is: {', '.join(book.sheet_names)}).",
                    "Correct `sheet`.",
                )
            found = book.get_sheet_by_name(sheet or book.sheet_names[0])
            # What they call totals are the last row and column, counted from 0.
            _refuse_large(found.total_height + 1, found.total_width + 1)
            rows = found.to_python(skip_empty_area=False)
            _fill_merged(rows, found.merged_cell_ranges or [], headings)
            return rows
    except (CalamineError, ZipError, ValueError, OSError) as error:
        raise DocumentError("The workbook is damaged.", "Save it anew.") from error


def _fill_merged(
    rows: Rows, ranges: Sequence[tuple[tuple[int, int], tuple[int, int]]], headings: int
) -> None:
    """Writes what merged cells say into all rows and, above the data, all columns of theirs.

    Args:
        rows: of the sheet.
        ranges: first and last row and column of each merged cell, from 0.
        headings: how many rows hold headings.
    """
    left = _MAX_CELLS
    for (top, first), (bottom, last) in ranges:
        if top >= len(rows) or first >= len(rows[top]):
            continue
        said = rows[top][first]
        for row in rows[top : bottom + 1]:
            end = last if top < headings else first
            span = range(first, min(end + 1, len(row)))
            left -= len(span)
            if left < 0:
                raise DocumentError("The sheet has too many merged cells.", "Part them.")
            for column in span:
                row[column] = said


def _refuse_sparse(members: dict[str, bytes]) -> None:
    """Refuses a sheet with two cells so far apart that the empty ones between fill the memory."""
    for content in members.values():
        width = height = 0
        for column, row in _CELL_NAME.findall(content):
            width, height = max(width, _column_number(column)), max(height, int(row))
        _refuse_large(height, width)


def _refuse_large(height: int, width: int) -> None:
    if width * height > _MAX_CELLS:
        raise DocumentError(
            f"A sheet of the workbook is {height:,} rows by {width:,} columns.",
            "Remove the cells far from the table, or split it.",
        )


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters.upper():
        number = 26 * number + letter - ord("A") + 1
    return number
