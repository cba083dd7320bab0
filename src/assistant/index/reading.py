"""Opening an index: every file is checked before anything is believed."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from assistant.domain import Heading, Passage, SourceDocument, Span
from assistant.errors import EncoderMismatch, IndexDamaged, IndexMissing
from assistant.index.storage import REBUILD, IndexFolder, Manifest
from assistant.index.vectors import VectorIndex
from assistant.lexical import FieldedIndex


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
    texts = {document.document_id: document.text for document in documents}
    passages = [_passage(record, texts) for record in _read_lines(version / "passages.jsonl")]
    vectors = VectorIndex.from_bytes((version / "vectors.faiss").read_bytes())
    lexical = FieldedIndex.load(version / "lexical")
    if not manifest.passages == len(passages) == len(vectors) == len(lexical):
        raise IndexDamaged(f"The parts of the index {version.name} do not match.", REBUILD)
    return Index(version.name, manifest, documents, passages, vectors, lexical)


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
