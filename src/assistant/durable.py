"""Files that outlive a power cut."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path


def sync(paths: Iterable[Path]) -> None:
    """Makes sure that a power cut after this cannot lose what was written.

    Args:
        paths: files, and the folders in which they were made or renamed.

    Raises:
        OSError: one is not there, or the disk does not take it.
    """
    for path in paths:
        descriptor = os.open(path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
