"""Reads a workbook in a process of its own, started by `spreadsheets`.

A damaged workbook can ask for more memory than there is, which ends the process that reads it.
The workbook comes by standard input; a line of JSON says what is in it.
"""

from __future__ import annotations

import datetime as dt
import io
import json
import resource
import sys
from typing import Final

from python_calamine import CalamineError, CalamineWorkbook, ZipError

_MEMORY: Final = 4 * 2**30
_SECONDS: Final = 60


def main(sheet: str, most_cells: int) -> dict[str, object]:
    """Returns `rows`, or why there are none: `damaged`, `sheets` or `size`."""
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (_SECONDS, _SECONDS))
    try:
        with CalamineWorkbook.from_filelike(io.BytesIO(sys.stdin.buffer.read())) as book:
            if not book.sheet_names or (sheet and sheet not in book.sheet_names):
                return {"sheets": book.sheet_names}
            found = book.get_sheet_by_name(sheet or book.sheet_names[0])
            # What they call totals are the last row and column, counted from 0.
            height, width = found.total_height + 1, found.total_width + 1
            if height * width > most_cells:
                return {"size": [height, width]}
            return {"rows": found.to_python(skip_empty_area=False)}
    except (CalamineError, ZipError, ValueError, OSError) as error:
        return {"damaged": str(error)}


def _tagged(cell: object) -> dict[str, object]:
    if isinstance(cell, dt.timedelta):
        return {"timedelta": cell.total_seconds()}
    if isinstance(cell, dt.date | dt.time):
        return {type(cell).__name__: cell.isoformat()}
    raise TypeError(f"no cell is a {type(cell)}")


if __name__ == "__main__":
    json.dump(main(sys.argv[1], int(sys.argv[2])), sys.stdout, default=_tagged)
