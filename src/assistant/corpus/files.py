"""What all readers share: bytes, names and sizes."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

from assistant.errors import DocumentError

MAX_BYTES: Final = 20_000_000
_DOCUMENT_ID: Final = re.compile(r"[^\s#:/\\]+")


def read_text(file: Path) -> str:
    """Returns a UTF-8 file with LF line ends, without a byte order mark.

    Raises:
        DocumentError: it is too big, cannot be read or is not UTF-8.
    """
    try:
        size = file.stat().st_size
        if size > MAX_BYTES:
            raise DocumentError(
                f"The file has {size:,} bytes, more than {MAX_BYTES:,}.",
                "Split it into several documents.",
            )
        return decode(file.read_bytes())
    except OSError as error:
        raise DocumentError(
            f"The file cannot be read ({error.strerror}).", "Check its permissions."
        ) from error


def decode(data: bytes) -> str:
    """Returns UTF-8 text with LF line ends, without a byte order mark."""
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        raise DocumentError(
            f"This is not UTF-8 text (byte {error.start}).", "Save it as UTF-8."
        ) from error
    return text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")


def checked_id(name: str) -> str:
    """Returns `name`, if it can name a document.

    Raises:
        DocumentError: it holds blanks or signs that have another meaning in commands.
    """
    if not _DOCUMENT_ID.fullmatch(name):
        raise DocumentError(
            f"“{name}” cannot name a document.",
            "Use letters, digits, dots and hyphens, without spaces.",
        )
    return name
