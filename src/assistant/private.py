"""Files and folders that only their owner may read."""

from __future__ import annotations

import os
import shlex
import stat
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

_FILE: Final = 0o600
_FOLDER: Final = 0o700
_OTHERS: Final = stat.S_IRWXG | stat.S_IRWXO


def make_private_folder(folder: Path) -> None:
    """Makes a folder, and those that it lies in, for their owner alone; one that is there stays.

    Raises:
        OSError: it cannot be made.
    """
    missing = [one for one in (folder, *folder.parents) if not one.exists()]
    for one in reversed(missing):
        one.mkdir(mode=_FOLDER, exist_ok=True)
    folder.mkdir(exist_ok=True)  # tells that something else is in its place


def make_private_file(file: Path) -> None:
    """Makes an empty file for its owner alone; one that is there stays as it is.

    Raises:
        OSError: it cannot be made.
    """
    try:
        os.close(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _FILE))
    except FileExistsError:
        return


def open_to_others(paths: Iterable[Path]) -> Iterator[str]:
    """Yields a sentence for each file or folder that others may read, with what to do about it.

    Args:
        paths: those that are not there are left out.
    """
    for path in paths:
        try:
            found = path.stat()
        except OSError:
            continue
        # A folder that all share, such as /tmp, is not ours to close.
        if found.st_mode & _OTHERS and not found.st_mode & stat.S_ISVTX:
            right = _FOLDER if stat.S_ISDIR(found.st_mode) else _FILE
            yield (
                f"Others on this machine can look into {path}. "
                f"Run `chmod {right:o} {shlex.quote(str(path))}`."
            )
