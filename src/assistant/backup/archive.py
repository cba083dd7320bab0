"""One file that holds many: a zip archive whose manifest has a checksum for each.

Nothing in an archive is believed before all of it was read and compared. Whatever its names say,
nothing is written outside the folder that it is unpacked into, and a bomb is refused before it is
unpacked.
"""

from __future__ import annotations

import hashlib
import os
import secrets
import stat
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from glob import escape
from pathlib import Path
from typing import IO, Annotated, Final

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from assistant.backup.leftovers import held, remove_unheld
from assistant.durable import sync
from assistant.errors import BackupError

MANIFEST: Final = "backup.json"
FORMAT: Final = 1
"""To be raised whenever an archive is laid out in another way."""
_UNFINISHED: Final = "[0-9a-f]" * 8
_CHUNK: Final = 1 << 20
_MOST_MEMBERS: Final = 100_000
_MOST_MANIFEST: Final = 50_000_000
_MOST_TIMES: Final = 200
"""How many times its size an archive may unpack to; a journal packs to a tenth, a bomb to less."""
_FREE: Final = 100_000_000
"""Bytes that any archive may unpack to."""
_METHODS: Final = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
_DAMAGED: Final = (zipfile.BadZipFile, zlib.error, EOFError, ValueError, NotImplementedError)


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Member(_Model):
    """What a file of an archive has to be."""

    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    size: Annotated[int, Field(ge=0)]


class Manifest(_Model):
    """What an archive says of itself.

    Attributes:
        created: moment in UTC, ISO form.
        revision: of the journal's tables.
        files: all others, by name.
    """

    format: int
    created: str
    revision: str
    files: dict[str, Member]


class ArchiveWriter:
    """Adds files to an archive and notes their checksums."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        self.files: dict[str, Member] = {}

    def add(self, name: str, chunks: Iterable[bytes]) -> None:
        """Adds a file.

        Args:
            name: parts with a slash between them.
            chunks: what it holds.
        """
        digest, size = hashlib.sha256(), 0
        with self._archive.open(_packed(name), "w", force_zip64=True) as out:
            for chunk in chunks:
                digest.update(chunk)
                size += len(chunk)
                out.write(chunk)
        self.files[name] = Member(sha256=digest.hexdigest(), size=size)


@contextmanager
def written_archive(file: Path, created: str, revision: str) -> Iterator[ArchiveWriter]:
    """Gives what adds files to a new archive; it appears whole at the end, or not at all.

    Only its owner may read it. What killed ones left of the same archive is removed.

    Args:
        file: replaced when it is there.
        created: see `Manifest`.
        revision: see `Manifest`.

    Raises:
        BackupError: it cannot be written.
    """
    remove_unheld(file.parent.glob(f".{escape(file.name)}.{_UNFINISHED}"))
    beside = file.with_name(f".{file.name}.{secrets.token_hex(4)}")
    try:
        owned = os.open(beside, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        with os.fdopen(owned, "wb") as stream, held(beside):
            with zipfile.ZipFile(stream, "w") as archive:
                writer = ArchiveWriter(archive)
                yield writer
                manifest = Manifest(
                    format=FORMAT, created=created, revision=revision, files=writer.files
                )
                archive.writestr(_packed(MANIFEST), manifest.model_dump_json(indent=1))
            stream.flush()
            os.fsync(stream.fileno())
            beside.replace(file)
            sync([file.parent])
    except OSError as error:
        raise BackupError(
            f"{file} cannot be written ({error.strerror or error}).",
            "Free some disk space, or name another file.",
        ) from error
    finally:
        beside.unlink(missing_ok=True)


class Archive:
    """An archive that was read whole and found true.

    Attributes:
        manifest: what it says of itself.
    """

    def __init__(self, archive: zipfile.ZipFile, manifest: Manifest) -> None:
        self._archive = archive
        self.manifest = manifest

    @contextmanager
    def open(self, name: str) -> Iterator[IO[bytes]]:
        """Gives a file to read."""
        with self._archive.open(name) as stream:
            yield stream

    def unpack(self, beginning: str, folder: Path) -> None:
        """Writes the files whose names begin so into a folder."""
        for name in self.manifest.files:
            if name.startswith(beginning):
                target = folder / name
                target.parent.mkdir(parents=True, exist_ok=True)
                with self.open(name) as stream, target.open("xb") as out:
                    for chunk in _chunks(stream):
                        out.write(chunk)


@contextmanager
def opened_archive(file: Path) -> Iterator[Archive]:
    """Opens an archive after reading all of it.

    Raises:
        BackupError: it cannot be read, is none, is of a newer version, or not as it was written.
    """
    try:
        archive = zipfile.ZipFile(file)
    except zipfile.BadZipFile as error:
        raise _unusable("It is no archive.") from error
    except OSError as error:
        raise BackupError(
            f"{file} cannot be read ({error.strerror or error}).", "Name a file that is there."
        ) from error
    except _DAMAGED as error:
        raise _damaged(error) from error
    with archive:
        try:
            manifest = _checked(archive, file.stat().st_size)
        except (*_DAMAGED, OSError) as error:
            raise _damaged(error) from error
        yield Archive(archive, manifest)


def _chunks(stream: IO[bytes]) -> Iterator[bytes]:
    while chunk := stream.read(_CHUNK):
        yield chunk


def _packed(name: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name)
    info.compress_type = zipfile.ZIP_DEFLATED
    info.external_attr = 0o600 << 16
    return info


def _unusable(problem: str) -> BackupError:
    return BackupError(
        f"This file is no backup that can be restored. {problem}",
        "Name one that `assistant backup` wrote.",
    )


def _damaged(error: Exception) -> BackupError:
    return _unusable(f"It is damaged: {error}.")


def _checked(archive: zipfile.ZipFile, size: int) -> Manifest:
    """Returns the manifest after comparing everything with it."""
    members = archive.infolist()
    names = [member.filename for member in members]
    if len(names) > _MOST_MEMBERS or len(set(names)) < len(names):
        raise _unusable("It holds too many files, or one twice.")
    for member in members:
        _check_member(member)
    if sum(member.file_size for member in members) > max(_FREE, _MOST_TIMES * size):
        raise _unusable("It unpacks to too much.")
    manifest = _read_manifest(archive)
    if {*manifest.files, MANIFEST} != set(names):
        raise _unusable("It holds other files than it says.")
    for name, expected in manifest.files.items():
        if archive.getinfo(name).file_size != expected.size:
            raise _unusable(f"{name} has another size than when it was written.")
        digest = hashlib.sha256()
        with archive.open(name) as stream:
            for chunk in _chunks(stream):
                digest.update(chunk)
        if digest.hexdigest() != expected.sha256:
            raise _unusable(f"{name} is not as it was written.")
    return manifest


def _check_member(member: zipfile.ZipInfo) -> None:
    """Raises unless a member is an ordinary file with a name that stays inside a folder."""
    name, kind = member.filename, stat.S_IFMT(member.external_attr >> 16)
    plain = not any(part in {"", ".", ".."} for part in name.split("/"))
    if not plain or "\\" in name or "\0" in name or ":" in name.split("/")[0]:
        raise _unusable(f"The name {name!r} leads out of it.")
    if kind not in {0, stat.S_IFREG} or member.flag_bits & 1:
        raise _unusable(f"{name} is no ordinary file.")
    if member.compress_type not in _METHODS:
        raise _unusable(f"{name} is packed in an unusual way.")


def _read_manifest(archive: zipfile.ZipFile) -> Manifest:
    try:
        if archive.getinfo(MANIFEST).file_size > _MOST_MANIFEST:
            raise _unusable("Its manifest is too big.")
        manifest = Manifest.model_validate_json(archive.read(MANIFEST))
    except KeyError as error:
        raise _unusable("It has no manifest.") from error
    except ValidationError as error:
        raise _unusable("Its manifest cannot be read.") from error
    if manifest.format != FORMAT:
        raise _unusable(f"It has format {manifest.format}, not {FORMAT}.")
    return manifest
