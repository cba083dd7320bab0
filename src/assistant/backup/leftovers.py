"""What backups and restores that were killed left behind, told from what one under way needs."""

from __future__ import annotations

import fcntl
import logging
import os
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

_LOG: Final = logging.getLogger(__name__)


@contextmanager
def held(path: Path) -> Iterator[None]:
    """Holds a file or a folder, which ends with the process however it ends.

    Raises:
        BlockingIOError: another process holds it.
    """
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    finally:
        os.close(descriptor)


def remove_unheld(paths: Iterable[Path]) -> None:
    """Removes files and folders that no process holds any more.

    Args:
        paths: what cannot be removed is logged and stays.
    """
    for path in paths:
        try:
            with held(path):
                shutil.rmtree(path) if path.is_dir() else path.unlink()
        except FileNotFoundError:  # who made it has removed it
            continue
        except BlockingIOError:  # who made it is at work
            continue
        except OSError as error:
            _LOG.warning("%s is left over and cannot be removed: %s", path, error)
