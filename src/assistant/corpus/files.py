"""What all readers share: bytes, names, sizes and archives."""

from __future__ import annotations

import io
import lzma
import re
import stat
import struct
import unicodedata
import zipfile
import zlib
from pathlib import Path
from typing import Final

from assistant.errors import DocumentError
from assistant.spelling import without_invisible

MAX_BYTES: Final = 20_000_000
MAX_UNPACKED: Final = 200_000_000
"""What an Office file may hold once unpacked, in bytes; a zip bomb holds more."""
MAX_CHARACTERS: Final = 2_000_000
"""What a source text may hold: about 700 pages, which take some minutes to embed."""
_DOCUMENT_ID: Final = re.compile(r"[^\s#:/\\\ud800-\udfff]+")
_DAMAGED: Final = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    struct.error,
    EOFError,
    OSError,
    ValueError,
)
_UNDATED: Final = (1980, 1, 1, 0, 0, 0)


def read_text(file: Path) -> str:
    """Returns a UTF-8 file with LF line ends, without a byte order mark.

    Raises:
        DocumentError: it is too big, cannot be read or is not UTF-8.
    """
    return decode(read_bytes(file))


def read_bytes(file: Path) -> bytes:
    """Returns a file as it is.

    Raises:
        DocumentError: it is too big or cannot be read.
    """
    try:
        status = file.stat()
        if not (stat.S_ISREG(status.st_mode) or stat.S_ISDIR(status.st_mode)):
            raise DocumentError("This is no ordinary file.", "Remove it from the corpus.")
        size = status.st_size
        if size > MAX_BYTES:
            raise DocumentError(
                f"The file has {size:,} bytes, more than {MAX_BYTES:,}.",
                "Split it into several documents.",
            )
        return file.read_bytes()
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


def refuse_long(characters: int) -> None:
    """Raises when a text of so many characters is longer than a source text may be.

    Raises:
        DocumentError: it is.
    """
    if characters > MAX_CHARACTERS:
        raise DocumentError(
            f"The document holds more than {MAX_CHARACTERS:,} characters.",
            "Split it into several documents.",
        )


def checked_id(name: str) -> str:
    """Returns `name`, with whole accented letters, if it can name a document.

    Raises:
        DocumentError: it holds blanks or signs that have another meaning in commands.
    """
    name = unicodedata.normalize("NFC", name)
    if not _DOCUMENT_ID.fullmatch(name):
        raise DocumentError(
            f"“{name}” cannot name a document.",
            "Use letters, digits, dots and hyphens, without spaces.",
        )
    return name


def document_name(file: Path) -> str:
    """Returns what the document of a file is called.

    macOS writes the accents of a name apart from their letters, others do not.
    """
    return unicodedata.normalize("NFC", file.stem)


def as_written(file: Path) -> Path:
    """Returns a file by the name that it has on the disk, where only its accents differ."""
    if file.exists() or not file.parent.is_dir():
        return file
    name = unicodedata.normalize("NFC", file.name)
    alike = (
        other for other in file.parent.iterdir() if unicodedata.normalize("NFC", other.name) == name
    )
    return next(alike, file)


def visible(text: str) -> str:
    """Returns a text that somebody wrote, without signs that nobody sees, with whole letters."""
    return unicodedata.normalize("NFC", without_invisible(text))


def printable(text: str) -> str:
    """Returns words that may hold the name of a file so that they can be written in one line."""
    return " ".join(text.encode(errors="replace").decode().split())


def tidy(text: str) -> str:
    """Returns extracted text without what a converter left in it.

    Accents and ligatures (`ﬁ`) become the usual characters; soft hyphens and characters that
    nobody sees are dropped; runs of blanks become one. Words are never changed.
    """
    text = text.translate(_LIGATURES)
    kept = (
        char
        for char in unicodedata.normalize("NFC", text)
        if char in "\n\t" or unicodedata.category(char) not in {"Cc", "Cf", "Co", "Cn"}
    )
    return re.sub(r"[ \t]+", " ", "".join(kept)).strip()


_LIGATURES: Final = {
    ord(ligature): unicodedata.normalize("NFKC", ligature) for ligature in "ﬀﬁﬂﬃﬄﬅﬆ"
}


def unpack(data: bytes) -> dict[str, bytes]:
    """Unpacks an Office file, which is a zip archive, without ever holding a bomb.

    Returns:
        The members by their names; nothing is written to disk, whatever the names say.

    Raises:
        DocumentError: it is no zip archive, damaged, encrypted or too big once unpacked.
    """
    members: dict[str, bytes] = {}
    left = MAX_UNPACKED
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for member in archive.infolist():
                with archive.open(member) as stream:
                    members[member.filename] = stream.read(left + 1)
                left -= len(members[member.filename])
                if left < 0:
                    raise DocumentError(
                        f"The file unpacks to more than {MAX_UNPACKED:,} bytes.",
                        "Split it into several documents.",
                    )
    except _DAMAGED as error:
        raise DocumentError("The file is damaged.", "Save it anew.") from error
    except (NotImplementedError, RuntimeError) as error:
        raise DocumentError(
            "The file is encrypted or packed in an unusual way.", "Save it anew, unencrypted."
        ) from error
    return members


def as_archive(members: dict[str, bytes]) -> io.BytesIO:
    """Returns members as an archive whose sizes are known to be true."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as archive:
        for name, content in members.items():
            archive.writestr(zipfile.ZipInfo(name, _UNDATED), content)
    packed.seek(0)
    return packed
