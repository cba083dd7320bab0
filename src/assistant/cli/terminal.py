"""What commands read and write: JSON lines, files, progress bars, the journal."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Final

from tqdm import tqdm

from assistant.encoder import Progress
from assistant.errors import InputError
from assistant.settings import Settings

if TYPE_CHECKING:
    from assistant.journal import Journal

_MOST_LINES: Final = 50


def read_records(file: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yields line number and record of a JSONL file.

    Raises:
        InputError: the file cannot be read, or a line is not a JSON object.
    """
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(
            f"{file} cannot be read ({error}).", "Name a UTF-8 file with one JSON object a line."
        ) from error
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            record = json.loads(line)
        except json.JSONDecodeError as error:
            raise InputError(
                f"Line {number} of {file} is not JSON ({error.msg}).", "Correct it."
            ) from error
        if not isinstance(record, dict):
            raise InputError(f"Line {number} of {file} is not a JSON object.", "Correct it.")
        yield number, record


@contextmanager
def output(file: Path | None) -> Iterator[IO[str]]:
    """Opens a file for writing, or standard output.

    Raises:
        InputError: the file cannot be written.
    """
    if file is None:
        yield sys.stdout
        return
    try:
        # A lone surrogate of a JSON input has no UTF-8 form; as \udXXX it is valid JSON again.
        with file.open("w", encoding="utf-8", errors="backslashreplace") as out:
            yield out
    except OSError as error:
        raise InputError(
            f"{file} cannot be written ({error.strerror}).", "Name another file."
        ) from error


@contextmanager
def progress_bars(unit: str) -> Iterator[Callable[[int], Progress]]:
    """Gives what starts a progress bar on standard error, for people only."""
    bars: list[tqdm[Any]] = []

    def start(total: int) -> Progress:
        bar: tqdm[Any] = tqdm(total=total, unit=f" {unit}", disable=None)
        bars.append(bar)

        def advance(done: int) -> None:
            bar.update(done)

        return advance

    try:
        yield start
    finally:
        for bar in bars:
            bar.close()


def print_json(record: Any) -> None:
    """Prints a record as JSON; half a character becomes an escape."""
    text = json.dumps(record, ensure_ascii=False, indent=1)
    print(text.encode(errors="backslashreplace").decode())


def tell(lines: Iterable[str]) -> None:
    """Prints lines for people to standard error, not more than can be read."""
    lines = list(lines)
    for line in lines[:_MOST_LINES]:
        print(line, file=sys.stderr)
    if len(lines) > _MOST_LINES:
        print(f"… and {len(lines) - _MOST_LINES} more of this kind", file=sys.stderr)


@contextmanager
def opened_journal(settings: Settings) -> Iterator[Journal]:
    """Opens the journal that the settings name, and closes it."""
    # Half a second to import, which no other command should wait for.
    from assistant.journal import open_journal  # noqa: PLC0415

    journal = open_journal(settings)
    try:
        yield journal
    finally:
        journal.close()
