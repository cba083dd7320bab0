"""Opening an index: every file is checked before anything is believed."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from assistant.corpus import translation_groups
from assistant.domain import Heading, Locator, Passage, Reference, SourceDocument, Span, Unit
from assistant.errors import EncoderMismatch, IndexDamaged, IndexMissing
from assistant.index.storage import REBUILD, IndexFolder, Manifest
from assistant.index.vectors import VectorIndex
from assistant.lexical import FieldedIndex

BoolArray = npt.NDArray[np.bool_]

_LINGUA_FRANCA: Final = ("en", "fr")


class Index:
    """An open version: documents, passages and both searchable sides, all in memory."""

    def __init__(
        self,
        name: str,
        manifest: Manifest,
        documents: Sequence[SourceDocument],
        passages: Sequence[Passage],
        vectors: VectorIndex,
        lexical: FieldedIndex,
    ) -> None:
        self.name = name
        self.manifest = manifest
        self.documents = {document.document_id: document for document in documents}
        self.passages = tuple(passages)
        self.vectors = vectors
        self.lexical = lexical
        self._positions = {
            passage.passage_id: position for position, passage in enumerate(self.passages)
        }
        self._hidden: dict[str, BoolArray] = {}
        self.languages = np.array([passage.language for passage in self.passages])

    def __len__(self) -> int:
        return len(self.passages)

    def hidden(self, language: str) -> BoolArray:
        """Tells which passages a visitor is not shown because a translation suits them better.

        Of the versions of one text, visitors get the one in their language; where there is none,
        the English one before the French one, and any other last.

        Args:
            language: the visitor's.

        Returns:
            True for the passages to leave out, shape (n_passages,).
        """
        if language not in self._hidden:
            order = [language, *_LINGUA_FRANCA]
            hidden = {
                document.document_id
                for group in translation_groups(tuple(self.documents.values())).values()
                for document in group.values()
                if document.language != min(group, key=lambda key: _rank(order, key))
            }
            rows = [passage.document_id in hidden for passage in self.passages]
            self._hidden[language] = np.array(rows, dtype=np.bool_)
        return self._hidden[language]

    def passage(self, passage_id: str) -> Passage | None:
        """Returns the passage with an id, if this version has it."""
        position = self._positions.get(passage_id)
        return None if position is None else self.passages[position]

    def neighbour(self, passage: Passage, distance: int) -> Passage | None:
        """Returns the passage `distance` places after `passage` in its section, if there is one."""
        position = self._positions[passage.passage_id] + distance
        if not 0 <= position < len(self):
            return None
        other = self.passages[position]
        same = (other.document_id, other.section) == (passage.document_id, passage.section)
        return other if same else None


@dataclass(frozen=True, slots=True)
class Version:
    """A version that is kept.

    Attributes:
        name: sorts by the time it was built.
        created: when it was built, ISO form, UTC.
        documents: how many there are in it.
        passages: how many there are in it.
        current: whether answers come from it.
    """

    name: str
    created: str
    documents: int
    passages: int
    current: bool


def _rank(order: list[str], language: str) -> tuple[int, str]:
    return (order.index(language) if language in order else len(order), language)


def open_index(folder: Path, encoder: str | None = None) -> Index:
    """Opens the current version after checking every file of it.

    Args:
        folder: the index folder.
        encoder: identity of the encoder that will be used with it; None does not check.

    Raises:
        IndexMissing: nothing was built yet.
        IndexDamaged: a file is missing, truncated or altered.
        EncoderMismatch: it was built with another encoder.
    """
    version, manifest = IndexFolder(folder).current()
    if encoder is not None and manifest.encoder != encoder:
        raise EncoderMismatch(
            f"The index was built with {manifest.encoder}, but the settings name {encoder}.",
            "Run `assistant index` to embed the corpus anew, or restore the former settings.",
        )
    documents = [_document(record) for record in _read_lines(version / "documents.jsonl")]
    by_id = {document.document_id: document for document in documents}
    passages = [_passage(record, by_id) for record in _read_lines(version / "passages.jsonl")]
    vectors = VectorIndex.from_bytes((version / "vectors.faiss").read_bytes())
    lexical = FieldedIndex.load(version / "lexical")
    if not manifest.passages == len(passages) == len(vectors) == len(lexical):
        raise IndexDamaged(f"The parts of the index {version.name} do not match.", REBUILD)
    return Index(version.name, manifest, documents, passages, vectors, lexical)


def current_version(folder: Path) -> str:
    """Returns the name of the current version, at hardly any cost.

    Raises:
        IndexMissing: nothing was built yet.
        IndexDamaged: it cannot be read.
    """
    return IndexFolder(folder).pointer()[0]


def list_versions(folder: Path) -> list[Version]:
    """Returns the versions that are kept, the newest first.

    Raises:
        IndexMissing: nothing was built yet.
        IndexDamaged: it cannot be read which one is current.
    """
    current = current_version(folder)
    return [
        Version(name, manifest.created, len(manifest.documents), manifest.passages, name == current)
        for name, manifest in reversed(IndexFolder(folder).versions())
    ]


def roll_back(folder: Path, name: str | None = None) -> str:
    """Makes an earlier version the current one; the others stay.

    Args:
        folder: the index folder.
        name: the version; None takes the one built before the current one.

    Returns:
        The name of the version that is current now.

    Raises:
        IndexMissing: there is no such version.
        IndexDamaged: it is not whole.
        IndexWriteError: another build is under way, or the folder cannot be written.
    """
    place = IndexFolder(folder)
    current_version(folder)  # the lock would make a folder where there is no index
    with place.locked():
        if name is None:
            current = current_version(folder)
            earlier = [known for known, _ in place.versions() if known < current]
            if not earlier:
                raise IndexMissing(
                    "No version is older than the current one.",
                    "`assistant index --list` lists what is kept.",
                )
            name = earlier[-1]
        place.make_current(name)
    return name


def check_index(folder: Path) -> list[str]:
    """Returns what is wrong with the current version, one sentence each; empty when all is well."""
    try:
        open_index(folder)
    except (IndexMissing, IndexDamaged) as error:
        return [str(error)]
    return []


def _read_lines(file: Path) -> Iterator[dict[str, Any]]:
    with file.open(encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)


def _document(record: dict[str, Any]) -> SourceDocument:
    headings = tuple(
        Heading(Span(**entry["span"]), entry["level"], entry["text"])
        for entry in record.pop("headings")
    )
    references = tuple(
        Reference(Span(**entry["span"]), tuple(entry["addresses"]))
        for entry in record.pop("references")
    )
    locators = tuple(
        Locator(Span(**entry["span"]), Unit(entry["unit"]), entry["number"])
        for entry in record.pop("locators")
    )
    accepted = tuple(record.pop("accepted"))
    return SourceDocument(
        **record, headings=headings, references=references, locators=locators, accepted=accepted
    )


def _passage(record: dict[str, Any], documents: dict[str, SourceDocument]) -> Passage:
    document = documents[record["document_id"]]
    sentences = tuple(Span(start, end) for start, end in record["sentences"])
    start, end = sentences[0].start, sentences[-1].end
    return Passage(
        passage_id=record["passage_id"],
        document_id=document.document_id,
        language=document.language,
        start=start,
        end=end,
        text=document.text[start:end],
        section=tuple(record["section"]),
        sentences=sentences,
    )
