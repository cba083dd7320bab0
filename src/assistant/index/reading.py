"""Opening an index: every file is checked before anything is believed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from assistant.domain import Heading, Passage, SourceDocument, Span
from assistant.errors import EncoderMismatch, IndexDamaged, IndexMissing
from assistant.index.vectors import FloatArray, VectorIndex
from assistant.lexical import FieldedIndex

FORMAT: Final = 1
_REBUILD: Final = "Run `assistant index --rebuild`."


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a version was built from and with.

    Attributes:
        documents: fingerprint of every document, by id.
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
    settings: dict[str, Any]
    versions: dict[str, str]
    files: dict[str, str]


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

    def __len__(self) -> int:
        return len(self.passages)

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

    def vectors_of_passages(self) -> dict[str, FloatArray]:
        """Returns the vector of every passage by the text that was embedded."""
        rows = self.vectors.all()
        return {
            embedded_text(self.documents[passage.document_id], passage): rows[position]
            for position, passage in enumerate(self.passages)
        }


def embedded_text(document: SourceDocument, passage: Passage) -> str:
    """Returns what the encoder sees of a passage: its title and section lead it."""
    return ". ".join([document.title, *passage.section[-1:], passage.text])


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
    name = _current_name(folder)
    version_folder = folder / "versions" / name
    manifest = _read_manifest(version_folder)
    if encoder is not None and manifest.encoder != encoder:
        raise EncoderMismatch(
            f"The index was built with {manifest.encoder}, but the settings name {encoder}.",
            "Run `assistant index` to embed the corpus anew, or restore the former settings.",
        )
    _verify(version_folder, manifest)
    documents = [_document(record) for record in _read_lines(version_folder / "documents.jsonl")]
    texts = {document.document_id: document.text for document in documents}
    passages = [
        _passage(record, texts) for record in _read_lines(version_folder / "passages.jsonl")
    ]
    vectors = VectorIndex.from_bytes((version_folder / "vectors.faiss").read_bytes())
    lexical = FieldedIndex.load(version_folder / "lexical")
    if not manifest.passages == len(passages) == len(vectors) == len(lexical):
        raise IndexDamaged(f"The parts of the index {name} do not belong together.", _REBUILD)
    return Index(name, manifest, documents, passages, vectors, lexical)


def check_index(folder: Path) -> list[str]:
    """Returns what is wrong with the current version, one sentence each; empty when all is well."""
    try:
        index = open_index(folder)
    except (IndexMissing, IndexDamaged) as error:
        return [str(error)]
    return [
        f"Passage {passage.passage_id} does not stand in its document. {_REBUILD}"
        for passage in index.passages
        if index.documents[passage.document_id].text[passage.start : passage.end] != passage.text
    ]


def _current_name(folder: Path) -> str:
    try:
        name = (folder / "current").read_text(encoding="utf-8").strip()
    except FileNotFoundError as error:
        raise IndexMissing(f"There is no index in {folder}.", "Run `assistant index`.") from error
    except (OSError, UnicodeDecodeError) as error:
        raise IndexDamaged(f"{folder / 'current'} cannot be read.", _REBUILD) from error
    if not (folder / "versions" / name / "manifest.json").is_file() or "/" in name:
        raise IndexDamaged(f"The index version {name!r} is not there.", _REBUILD)
    return name


def _read_manifest(version_folder: Path) -> Manifest:
    try:
        manifest = Manifest(**json.loads((version_folder / "manifest.json").read_bytes()))
    except (OSError, ValueError, TypeError) as error:
        raise IndexDamaged(f"{version_folder / 'manifest.json'} is damaged.", _REBUILD) from error
    if manifest.format != FORMAT:
        raise IndexDamaged(f"The index has format {manifest.format}, not {FORMAT}.", _REBUILD)
    return manifest


def _verify(version_folder: Path, manifest: Manifest) -> None:
    for name, expected in manifest.files.items():
        file = version_folder / name
        try:
            with file.open("rb") as stream:
                actual = hashlib.file_digest(stream, "sha256").hexdigest()
        except OSError as error:
            raise IndexDamaged(f"{file} is missing or cannot be read.", _REBUILD) from error
        if actual != expected:
            raise IndexDamaged(f"{file} was truncated or altered.", _REBUILD)


def _read_lines(file: Path) -> Iterator[dict[str, Any]]:
    with file.open(encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)


def _document(record: dict[str, Any]) -> SourceDocument:
    headings = tuple(
        Heading(Span(*entry["span"].values()), entry["level"], entry["text"])
        for entry in record.pop("headings")
    )
    return SourceDocument(**record, headings=headings)


def _passage(record: dict[str, Any], texts: dict[str, str]) -> Passage:
    sentences = tuple(Span(start, end) for start, end in record["sentences"])
    start, end = sentences[0].start, sentences[-1].end
    return Passage(
        passage_id=record["passage_id"],
        document_id=record["document_id"],
        start=start,
        end=end,
        text=texts[record["document_id"]][start:end],
        section=tuple(record["section"]),
        sentences=sentences,
    )
