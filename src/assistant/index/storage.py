"""An index folder: which version is current, whether it is whole, and how a new one takes over."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from filelock import FileLock, Timeout

from assistant.durable import sync
from assistant.errors import IndexDamaged, IndexMissing, IndexWriteError

FORMAT: Final = 6
"""To be raised whenever passages are cut, embedded or written in another way."""

REBUILD: Final = "Run `assistant index --rebuild`."
_UNFINISHED: Final = ".building-"
_VOUCHING: Final = 8
"""Digits of the manifest's checksum in the name of a version."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a version was built from and with.

    Attributes:
        documents: fingerprint of every document, by id.
        refused: why a document was not taken in, by file name.
        problems: what staff should see to, by document id.
        corpus: folder that was read.
        tables: folder of the tables that it names, or None.
        questions: fingerprint of the known questions.
        likeness: identity of the encoder of known questions; empty when there are none.
        files: SHA-256 of every other file of the version, by relative path.
    """

    format: int
    created: str
    encoder: str
    dimension: int
    passages: int
    corpus_fingerprint: str
    documents: dict[str, str]
    refused: dict[str, str]
    problems: dict[str, tuple[str, ...]]
    corpus: str
    tables: str | None
    questions: str
    likeness: str
    settings: dict[str, Any]
    versions: dict[str, str]
    files: dict[str, str]


class IndexFolder:
    """The versions in one folder, and the file that names the current one.

    `current` holds the name of a version and the SHA-256 of its manifest, which holds those of all
    other files: no byte can change unnoticed.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._versions = path / "versions"
        self._pointer = path / "current"

    def pointer(self) -> tuple[str, str]:
        """Returns the name of the current version and the checksum of its manifest.

        Raises:
            IndexMissing: nothing was built yet.
            IndexDamaged: they cannot be read.
        """
        try:
            name, _, checksum = self._pointer.read_text(encoding="utf-8").strip().partition(" ")
        except FileNotFoundError as error:
            raise IndexMissing(
                f"There is no index in {self.path}.", "Run `assistant index`."
            ) from error
        except (OSError, UnicodeDecodeError) as error:
            raise IndexDamaged(f"{self._pointer} cannot be read.", REBUILD) from error
        return name, checksum

    def current(self) -> tuple[Path, Manifest]:
        """Returns the folder and the manifest of the current version, every file checked.

        Raises:
            IndexMissing: nothing was built yet.
            IndexDamaged: a file is missing, truncated or altered.
        """
        name, expected = self.pointer()
        version = self._versions / Path(name).name
        _verify(version / "manifest.json", expected)
        return version, _read_manifest(version)

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Keeps other builds out.

        Raises:
            IndexWriteError: another build is under way, or the folder cannot be written.
        """
        with self._writing():
            self._versions.mkdir(parents=True, exist_ok=True)
            lock = FileLock(self.path / ".lock", timeout=0)
            try:
                lock.acquire()
            except Timeout as error:
                raise IndexWriteError(
                    f"Another build is writing to {self.path}.", "Wait until it has ended."
                ) from error
            for leftover in self._versions.glob(f"{_UNFINISHED}*"):
                shutil.rmtree(leftover)
        try:
            yield
        finally:
            lock.release()

    @contextmanager
    def staged(self, stamp: str) -> Iterator[Path]:
        """Gives a folder to write a version into, and makes it the current one at the end.

        The manifest must be the last file that is written. The version is called by the stamp and
        the beginning of the manifest's checksum, so that its name vouches for it later on.

        Raises:
            IndexWriteError: the folder cannot be written; the former version stays current.
        """
        staging = self._versions / f"{_UNFINISHED}{stamp}"
        with self._writing():
            staging.mkdir()
            try:
                yield staging
                name = f"{stamp}-{_checksum(staging / 'manifest.json')[:_VOUCHING]}"
                sync([*staging.rglob("*"), staging])
                staging.rename(self._versions / name)
            except BaseException:
                shutil.rmtree(staging, ignore_errors=True)
                raise
            self._point_to(name)

    def versions(self) -> list[tuple[str, Manifest]]:
        """Returns the versions that are whole and can be read, oldest first."""
        found = []
        for folder in sorted(self._versions.glob("[!.]*")):
            try:
                found.append((folder.name, _read_kept(folder)))
            except IndexDamaged:
                continue
        return found

    def make_current(self, name: str) -> None:
        """Makes another version the current one.

        Raises:
            IndexMissing: there is no such version.
            IndexDamaged: it is not whole.
            IndexWriteError: the folder cannot be written.
        """
        if name not in {folder.name for folder in self._versions.glob("[!.]*/")}:
            raise IndexMissing(
                f"There is no version {name} in {self.path}.",
                "`assistant index --list` lists them.",
            )
        _read_kept(self._versions / name)
        with self._writing():
            self._point_to(name)

    def _point_to(self, name: str) -> None:
        checksum = _checksum(self._versions / name / "manifest.json")
        successor = self._pointer.with_suffix(".new")
        successor.write_text(f"{name} {checksum}\n", encoding="utf-8")
        sync([successor, self._versions])
        successor.replace(self._pointer)
        sync([self.path])

    def drop_old(self, current: str, most: int) -> None:
        """Removes all versions but the newest `most` and the current one.

        Raises:
            IndexWriteError: one cannot be removed.
        """
        names = sorted(path.name for path in self._versions.iterdir())
        for name in names[:-most]:
            if name == current:
                continue
            try:
                shutil.rmtree(self._versions / name)
            except OSError as error:
                raise IndexWriteError(
                    f"The old version {name} cannot be removed ({error.strerror or error}).",
                    f"The index is up to date; remove {self._versions / name} by hand.",
                ) from error

    @contextmanager
    def _writing(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise IndexWriteError(
                f"The index in {self.path} cannot be written ({error.strerror or error}).",
                "Free some disk space or correct the permissions; the former index is intact.",
            ) from error


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Writes the manifest of a version."""
    text = json.dumps(asdict(manifest), indent=1, ensure_ascii=False)
    (folder / "manifest.json").write_text(text, encoding="utf-8")


def _read_manifest(version: Path) -> Manifest:
    """Returns the manifest of a version after checking every file that it names."""
    try:
        record = json.loads((version / "manifest.json").read_bytes())
        if record["format"] != FORMAT:
            raise IndexDamaged(f"The index has format {record['format']}, not {FORMAT}.", REBUILD)
        record["problems"] = {name: tuple(found) for name, found in record["problems"].items()}
        manifest = Manifest(**record)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise IndexDamaged(f"{version / 'manifest.json'} cannot be read.", REBUILD) from error
    for file, checksum in manifest.files.items():
        _verify(version / file, checksum)
    return manifest


def _read_kept(version: Path) -> Manifest:
    """Returns the manifest of a version that `current` does not vouch for, but its name."""
    file = version / "manifest.json"
    if _checksum(file)[:_VOUCHING] != version.name.rpartition("-")[2]:
        raise IndexDamaged(f"{file} was truncated or altered.", REBUILD)
    return _read_manifest(version)


def checksums(folder: Path) -> dict[str, str]:
    """Returns the SHA-256 of every file below `folder`, by relative path."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {
        file.relative_to(folder).as_posix(): hashlib.sha256(file.read_bytes()).hexdigest()
        for file in files
    }


def _verify(file: Path, expected: str) -> None:
    if _checksum(file) != expected:
        raise IndexDamaged(f"{file} was truncated or altered.", REBUILD)


def _checksum(file: Path) -> str:
    try:
        with file.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except (OSError, ValueError) as error:  # ValueError: a name that holds a NUL
        raise IndexDamaged(f"{file} is missing or cannot be read.", REBUILD) from error
