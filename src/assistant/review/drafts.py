"""A draft of changes to the corpus, which no visitor meets before it is released.

There is one draft, which all reviewers share, in a folder of its own::

    draft/
      files/            texts and metadata that are added or take the place of others
      withdrawn.json    names of files that are taken away
      corpus/, index/   the corpus as it would be, and its index: see `assistant.review.releases`
"""

from __future__ import annotations

import json
import shutil
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import Final

from filelock import FileLock, Timeout

from assistant.corpus import (
    DESCRIBED,
    MAX_BYTES,
    READERS,
    USUAL_LIMITS,
    ConfinedReader,
    Limits,
    checked_id,
    document_name,
    read_description,
)
from assistant.errors import DocumentError, ReviewError
from assistant.journal import Audit
from assistant.private import make_private_folder

_WAIT: Final = 10
_EDITABLE: Final = {".txt", ".md"}


class Kind(StrEnum):
    """What a draft does with a document."""

    ADDED = "added"
    CORRECTED = "corrected"
    WITHDRAWN = "withdrawn"


class Drafts:
    """The draft of a corpus; two processes change it one after the other.

    Args:
        corpus: the folder of source texts.
        folder: where the draft is kept, as `draft`.
        audit: told what is done.
        limits: of reading a file that is put into the draft.
    """

    def __init__(
        self, corpus: Path, folder: Path, audit: Audit, limits: Limits = USUAL_LIMITS
    ) -> None:
        self.corpus = corpus
        self.folder = folder.absolute() / "draft"
        self._files = self.folder / "files"
        self._withdrawn = self.folder / "withdrawn.json"
        self._lock = FileLock(folder.absolute() / "draft.lock", timeout=_WAIT)
        self._audit = audit
        self._limits = limits

    def changes(self) -> dict[str, Kind]:
        """Returns what the draft does, by document id."""
        there = {document_name(text) for text in texts(self.corpus)}
        put = {
            name: Kind.CORRECTED if name in there else Kind.ADDED
            for name in map(document_name, texts(self._files))
        }
        gone = {document_name(Path(name)): Kind.WITHDRAWN for name in self.withdrawn()}
        return dict(sorted({**gone, **put}.items()))

    def documents(self) -> list[str]:
        """Returns the ids of the texts of the corpus and of the draft."""
        return sorted(set(map(document_name, (*texts(self.corpus), *texts(self._files)))))

    def files(self) -> dict[str, Path]:
        """Returns the files that are added or take the place of others, by name."""
        return {file.name: file for file in _listed(self._files)}

    def withdrawn(self) -> set[str]:
        """Returns the names of the files that are taken away."""
        if not self._withdrawn.exists():
            return set()
        return set(json.loads(self._withdrawn.read_text(encoding="utf-8")))

    def description(self, document_id: str) -> dict[str, str]:
        """Returns what staff wrote about a text, as it is in the draft or else in the corpus.

        Raises:
            ReviewError: there is no such text.
            DocumentError: its metadata cannot be read.
        """
        found = read_description(self._text(document_id)).model_dump(mode="json")
        return {key: found[key] or "" for key in DESCRIBED}

    def text(self, document_id: str) -> str | None:
        """Returns a text that can be edited, front matter included; None for PDF, Word and HTML.

        Raises:
            ReviewError: there is no such text.
        """
        file = self._text(document_id)
        if file.suffix.lower() not in _EDITABLE:
            return None
        return file.read_text(encoding="utf-8")

    def add(self, name: str, data: bytes, description: dict[str, str], actor: str) -> str:
        """Puts a file with its metadata into the draft, in place of what has the same id.

        Args:
            name: of the file, as it was uploaded.
            data: what is in it.
            description: see `assistant.corpus.write_description`.
            actor: who does it.

        Returns:
            The id of the document.

        Raises:
            DocumentError: the name, the file or the metadata cannot be used; the draft is as it
                was.
            CorpusError: its reader cannot be started.
            ReviewError: the draft is in use, or cannot be written.
        """
        document_id = _checked(name, data)
        name = _composed(name)
        with self.writing():
            staging = self.folder / "incoming"
            shutil.rmtree(staging, ignore_errors=True)
            staging.mkdir()
            # What the form does not show, such as titles of sections, goes on from before.
            for known in (*_files_of(self.corpus, document_id), *self._own(document_id)):
                if known.suffix == ".yaml":
                    shutil.copy(known, staging)
            (staging / name).write_bytes(data)
            self._read(staging / name, description)
            for former in self._own(document_id):
                former.unlink()
            for file in _listed(staging):
                file.replace(self._files / file.name)
            others = {file.name for file in _files_of(self.corpus, document_id)}
            self._withdraw((self.withdrawn() - others) | (others - set(self.files())))
        self._audit.add(actor, "draft_source", document_id, {"file": name})
        return document_id

    def correct(
        self, document_id: str, description: dict[str, str], text: str | None, actor: str
    ) -> None:
        """Changes metadata, and text where it is given, of a document in the draft.

        Raises:
            DocumentError: the text or the metadata cannot be used.
            ReviewError: there is no such text, or the draft is in use or cannot be written.
        """
        file = self._text(document_id)
        data = file.read_bytes() if text is None else text.encode("utf-8", "replace")
        self.add(file.name, data, description, actor)

    def withdraw(self, document_id: str, actor: str) -> None:
        """Takes a document away in the draft.

        Raises:
            ReviewError: there is no such text, or the draft is in use or cannot be written.
        """
        self._text(document_id)
        with self.writing():
            for file in self._own(document_id):
                file.unlink()
            held = {file.name for file in _files_of(self.corpus, document_id)}
            self._withdraw(self.withdrawn() | held)
        self._audit.add(actor, "withdraw_source", document_id)

    def discard(self, actor: str) -> None:
        """Throws the draft away.

        Raises:
            ReviewError: the draft is in use, or cannot be written.
        """
        with self.writing():
            self.clear()
        self._audit.add(actor, "discard_draft", "draft")

    def clear(self) -> None:
        """Empties the draft, within `writing`."""
        shutil.rmtree(self.folder)

    def lay_out(self) -> Path:
        """Lays the corpus out as it would be, within `writing`, and returns its folder."""
        place = self.folder / "corpus"
        shutil.rmtree(place, ignore_errors=True)
        place.mkdir()
        mine = self.files()
        replaced = {_composed(name) for name in (*mine, *self.withdrawn())}
        for file in self.corpus.absolute().iterdir():
            if _composed(file.name) not in replaced:
                (place / file.name).symlink_to(file)
        for name, file in mine.items():
            shutil.copy(file, place / name)
        return place

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Keeps others from changing the draft.

        Raises:
            ReviewError: another is changing it, or the folder cannot be written.
        """
        try:
            make_private_folder(self._files)
            with self._lock:
                yield
        except Timeout as error:
            raise ReviewError("Somebody else is changing the draft.", "Try again.") from error
        except OSError as error:
            raise ReviewError(
                f"The draft in {self.folder} cannot be written ({error.strerror or error}).",
                "Free some disk space or correct the permissions.",
            ) from error

    def _read(self, file: Path, description: dict[str, str]) -> None:
        """Describes and reads a file, as a build does; raises where it cannot be read."""
        with ConfinedReader(self._limits) as reader:
            for _, read, _ in reader.read(file, description=description):
                if isinstance(read, DocumentError):
                    raise read

    def _withdraw(self, names: set[str]) -> None:
        self._withdrawn.write_text(json.dumps(sorted(names)), encoding="utf-8")

    def _own(self, document_id: str) -> list[Path]:
        return _files_of(self._files, document_id)

    def _text(self, document_id: str) -> Path:
        """Returns the file of a text, that in the draft before that in the corpus."""
        for folder in (self._files, self.corpus):
            for file in texts(folder):
                if document_name(file) == document_id:
                    return file
        raise ReviewError(
            f"There is no text called {document_id}.", "Choose one of the corpus or the draft."
        )


def texts(folder: Path) -> list[Path]:
    """Returns the files of a folder that are source texts; none when it is not there."""
    return [file for file in _listed(folder) if file.suffix.lower() in READERS]


def _listed(folder: Path) -> list[Path]:
    return sorted(folder.iterdir()) if folder.is_dir() else []


def _composed(name: str) -> str:
    """Returns a name with whole accented letters, which some systems write in two."""
    return unicodedata.normalize("NFC", name)


def _files_of(folder: Path, document_id: str) -> list[Path]:
    """Returns the text of a document and its metadata; a mapping of a table is another thing."""
    return [
        file
        for file in _listed(folder)
        if document_name(file) == document_id
        and (file.suffix == ".yaml" or file.suffix.lower() in READERS)
    ]


def _checked(name: str, data: bytes) -> str:
    """Returns the id of the document that a file of this name is."""
    suffix = Path(name).suffix.lower()
    if suffix not in READERS or Path(name).name != name or name.startswith("."):
        raise DocumentError(
            f"{name} cannot be taken in.", f"Upload a file that ends in {', '.join(READERS)}."
        )
    if len(data) > MAX_BYTES:
        raise DocumentError(
            f"The file has {len(data):,} bytes, more than {MAX_BYTES:,}.",
            "Split it into several documents.",
        )
    return checked_id(Path(name).stem)
