"""Building an index: only what changed is embedded, and the swap is atomic."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

import numpy as np
from filelock import FileLock, Timeout

from assistant.corpus import Corpus, Refusal
from assistant.domain import Passage, SourceDocument, content_hash
from assistant.encoder import Encoder, Progress
from assistant.errors import EncoderMismatch, IndexDamaged, IndexMissing, IndexWriteError
from assistant.index.reading import FORMAT, Index, Manifest, embedded_text, open_index
from assistant.index.vectors import VectorIndex
from assistant.lexical import FieldedIndex, Fields
from assistant.passages import cut_passages
from assistant.settings import Settings

_CONTEXT: Final = 2
"""Passages on either side whose words count for a passage on the lexical side."""


@dataclass(frozen=True, slots=True)
class Changes:
    """What a build found, as document ids, and what it cost.

    Attributes:
        embedded: passages that had to be embedded.
        version: name of the current version.
    """

    added: tuple[str, ...]
    changed: tuple[str, ...]
    removed: tuple[str, ...]
    unchanged: tuple[str, ...]
    refused: tuple[Refusal, ...]
    passages: int
    embedded: int
    version: str


def build_index(
    corpus: Corpus,
    folder: Path,
    encoder: str,
    load: Callable[[], Encoder],
    settings: Settings,
    progress: Callable[[int], Progress],
    *,
    rebuild: bool = False,
) -> Changes:
    """Brings an index folder up to date with a corpus.

    Unchanged documents are neither cut nor embedded again; when nothing changed at all, nothing is
    written and the encoder is not loaded.

    Args:
        corpus: what `read_corpus` returned.
        folder: the index folder; made when missing.
        encoder: identity of the encoder that `load` returns.
        load: loads the encoder, called when something has to be cut or embedded.
        settings: all settings.
        progress: told how many passages are to be embedded, returns what counts them.
        rebuild: takes nothing over from the current version.

    Raises:
        IndexWriteError: the folder cannot be written; the current version is intact.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with FileLock(folder / ".lock", timeout=0):
            return _Build(corpus, folder, encoder, load, settings).run(progress, rebuild=rebuild)
    except Timeout as error:
        raise IndexWriteError(
            f"Another build is writing to {folder}.", "Wait until it has ended."
        ) from error
    except OSError as error:
        raise IndexWriteError(
            f"The index in {folder} cannot be written ({error.strerror or error}).",
            "Free some disk space or correct the permissions; the former index is intact.",
        ) from error


class _Build:
    def __init__(
        self,
        corpus: Corpus,
        folder: Path,
        encoder: str,
        load: Callable[[], Encoder],
        settings: Settings,
    ) -> None:
        self._corpus = corpus
        self._folder = folder
        self._encoder_identity = encoder
        self._load = load
        self._loaded: Encoder | None = None
        self._settings = settings

    def run(self, progress: Callable[[int], Progress], *, rebuild: bool) -> Changes:
        old = None if rebuild else self._reusable()
        before = old.manifest.documents if old else {}
        now = {document.document_id: document.fingerprint for document in self._corpus.documents}
        same = {key for key in now if before.get(key) == now[key]}
        refused = {refusal.name: refusal.reason for refusal in self._corpus.refused}
        if old and now == before and refused == old.manifest.refused:
            name, passages, embedded = old.name, len(old), 0
        else:
            name, passages, embedded = self._write(old, same, now, refused, progress)
        self._drop_old_versions(name)
        return Changes(
            added=tuple(sorted(now.keys() - before.keys())),
            changed=tuple(sorted(key for key in now.keys() & before.keys() if key not in same)),
            removed=tuple(sorted(before.keys() - now.keys())),
            unchanged=tuple(sorted(same)),
            refused=self._corpus.refused,
            passages=passages,
            embedded=embedded,
            version=name,
        )

    def _reusable(self) -> Index | None:
        """Opens the current version, if anything in it can be taken over."""
        try:
            index = open_index(self._folder, self._encoder_identity)
        except (IndexMissing, IndexDamaged, EncoderMismatch):
            return None
        return index if index.manifest.settings == _relevant(self._settings) else None

    def _encoder(self) -> Encoder:
        if self._loaded is None:
            self._loaded = self._load()
        return self._loaded

    def _write(
        self,
        old: Index | None,
        same: set[str],
        fingerprints: dict[str, str],
        refused: dict[str, str],
        progress: Callable[[int], Progress],
    ) -> tuple[str, int, int]:
        passages = self._cut(old, same)
        texts = self._embedded_texts(passages)
        known = old.vectors_of_passages() if old else {}
        missing = [text for text in dict.fromkeys(texts) if text not in known]
        if missing:
            vectors = self._encoder().encode_passages(missing, progress(len(missing)))
            known.update(zip(missing, vectors, strict=True))
        matrix = np.stack([known[text] for text in texts]).astype(np.float32)
        searchable = VectorIndex.build(matrix, self._settings.index)
        lexical = FieldedIndex.build(
            _fields(self._corpus.documents, passages),
            self._settings.lexical.k1,
            self._settings.lexical.b,
        )
        created = datetime.now(UTC)
        corpus_fingerprint = content_hash(json.dumps(fingerprints, sort_keys=True))
        name = f"{created:%Y%m%dT%H%M%S%f}-{corpus_fingerprint[:8]}"
        with self._staged(name) as staging:
            _write_lines(staging / "documents.jsonl", map(asdict, self._corpus.documents))
            _write_lines(staging / "passages.jsonl", map(_passage_record, passages))
            (staging / "vectors.faiss").write_bytes(searchable.to_bytes())
            lexical.save(staging / "lexical")
            manifest = Manifest(
                format=FORMAT,
                created=created.isoformat(timespec="seconds"),
                encoder=self._encoder_identity,
                dimension=matrix.shape[1],
                passages=len(passages),
                corpus_fingerprint=corpus_fingerprint,
                documents=fingerprints,
                refused=refused,
                settings=_relevant(self._settings),
                versions={name: version(name) for name in ("faiss-cpu", "bm25s", "numpy")},
                files=_checksums(staging),
            )
            (staging / "manifest.json").write_text(json.dumps(asdict(manifest), indent=1))
        return name, len(passages), len(missing)

    def _cut(self, old: Index | None, same: set[str]) -> list[Passage]:
        kept: dict[str, list[Passage]] = {}
        for passage in old.passages if old else ():
            kept.setdefault(passage.document_id, []).append(passage)
        passages: list[Passage] = []
        for document in self._corpus.documents:
            passages += (
                kept[document.document_id]
                if document.document_id in same
                else cut_passages(
                    document,
                    self._encoder().count_tokens,
                    self._settings.passages.max_tokens,
                )
            )
        return passages

    def _embedded_texts(self, passages: Sequence[Passage]) -> list[str]:
        documents = {document.document_id: document for document in self._corpus.documents}
        return [embedded_text(documents[passage.document_id], passage) for passage in passages]

    @contextmanager
    def _staged(self, name: str) -> Iterator[Path]:
        """Gives a folder to write a version into, and makes it the current one at the end."""
        versions = self._folder / "versions"
        for leftover in versions.glob(".building-*"):
            shutil.rmtree(leftover)
        staging = versions / f".building-{name}"
        staging.mkdir(parents=True)
        try:
            yield staging
            _sync([*staging.rglob("*"), staging])
            staging.rename(versions / name)
        except BaseException:
            shutil.rmtree(staging, ignore_errors=True)
            raise
        pointer = self._folder / "current.new"
        pointer.write_text(name + "\n", encoding="utf-8")
        _sync([pointer, versions])
        pointer.replace(self._folder / "current")
        _sync([self._folder])

    def _drop_old_versions(self, current: str) -> None:
        names = sorted(path.name for path in (self._folder / "versions").iterdir())
        kept = names[-self._settings.index.keep_versions :]
        for name in names:
            if name != current and name not in kept:
                shutil.rmtree(self._folder / "versions" / name)


def _relevant(settings: Settings) -> dict[str, Any]:
    """The settings that change what a build writes."""
    return {
        "passages": settings.passages.model_dump(),
        "lexical": settings.lexical.model_dump(),
        "index": settings.index.model_dump(exclude={"keep_versions"}),
    }


def _fields(documents: Sequence[SourceDocument], passages: Sequence[Passage]) -> list[Fields]:
    titles = {document.document_id: document.title for document in documents}
    fields = []
    for position, passage in enumerate(passages):
        heads = [titles[passage.document_id], *passage.section]
        nearby = passages[max(0, position - _CONTEXT) : position + _CONTEXT + 1]
        words = [
            other.text
            for other in nearby
            if (other.document_id, other.section) == (passage.document_id, passage.section)
        ]
        fields.append(Fields("\n".join([*heads, passage.text]), "\n".join([*heads, *words])))
    return fields


def _write_lines(file: Path, records: Iterable[dict[str, Any]]) -> None:
    with file.open("w", encoding="utf-8") as stream:
        for record in records:
            stream.write(json.dumps(record, ensure_ascii=False) + "\n")


def _passage_record(passage: Passage) -> dict[str, Any]:
    return {
        "passage_id": passage.passage_id,
        "document_id": passage.document_id,
        "section": passage.section,
        "sentences": [(span.start, span.end) for span in passage.sentences],
    }


def _checksums(folder: Path) -> dict[str, str]:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {
        file.relative_to(folder).as_posix(): hashlib.sha256(file.read_bytes()).hexdigest()
        for file in files
    }


def _sync(paths: Iterable[Path]) -> None:
    """Makes sure that a power cut after this cannot lose what was written."""
    for path in paths:
        descriptor = os.open(path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
