"""Building an index: only what changed is cut and embedded."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

import numpy as np

from assistant.corpus import Corpus, Refusal
from assistant.domain import Passage, SourceDocument, content_hash
from assistant.encoder import Encoder, Progress, load_likeness
from assistant.errors import CorpusError, IndexDamaged, IndexMissing
from assistant.index.known import Entry, QuestionIndex, fingerprint, resolve
from assistant.index.reading import Index, open_index
from assistant.index.storage import FORMAT, IndexFolder, Manifest, checksums, write_manifest
from assistant.index.vectors import FloatArray, VectorIndex
from assistant.lexical import Analyser, FieldedIndex, Fields
from assistant.passages import cut_passages
from assistant.settings import Settings
from assistant.vocabulary import Vocabulary

_CONTEXT: Final = 2
"""Passages on either side whose words count for a passage on the lexical side."""

LoadEncoder = Callable[[], Encoder]
StartProgress = Callable[[int], Progress]


@dataclass(frozen=True, slots=True)
class Changes:
    """What a build found, as document ids, and what it cost.

    Attributes:
        embedded: passages that had to be embedded.
        version: name of the current version.
        absent: mappings whose table is not there.
    """

    added: tuple[str, ...]
    changed: tuple[str, ...]
    removed: tuple[str, ...]
    unchanged: tuple[str, ...]
    refused: tuple[Refusal, ...]
    passages: int
    embedded: int
    version: str
    absent: tuple[Refusal, ...] = ()


@dataclass(frozen=True, slots=True)
class _Plan:
    """What a build is to do.

    Attributes:
        old: the current version, or None when nothing can be taken over from it.
        fingerprints: of the documents that there are now.
        uncut: documents whose passages are taken over.
        refused: reasons by file name.
    """

    corpus: Corpus
    settings: Settings
    encoder: str
    old: Index | None
    fingerprints: dict[str, str]
    uncut: frozenset[str]
    refused: dict[str, str]

    @property
    def nothing_to_do(self) -> bool:
        manifest = self.old.manifest if self.old else None
        return manifest is not None and (
            manifest.documents == self.fingerprints
            and (manifest.refused, manifest.problems) == (self.refused, self.corpus.problems)
            and (manifest.corpus, manifest.tables) == (self.corpus.folder, self.corpus.tables)
            and self.old is not None
            and manifest.questions == fingerprint(self.corpus.known.entries)
            and self.old.lexical.analyser.glossary == self.corpus.glossary
            and (manifest.encoder, manifest.settings) == (self.encoder, _relevant(self.settings))
        )


def build_index(
    corpus: Corpus,
    folder: Path,
    encoder: str,
    load: LoadEncoder,
    settings: Settings,
    progress: StartProgress,
    *,
    rebuild: bool = False,
) -> Changes:
    """Brings an index folder up to date with a corpus.

    Unchanged documents are not cut again, and a passage that was embedded before is not embedded
    again; when nothing changed at all, nothing is written and the encoder is not loaded.

    Args:
        corpus: what `read_corpus` returned.
        folder: the index folder; made when missing.
        encoder: identity of the encoder that `load` returns.
        load: loads the encoder, called at most once, when something has to be cut or embedded.
        settings: all settings.
        progress: told how many passages are to be embedded, returns what counts them.
        rebuild: takes nothing over from the current version.

    Raises:
        CorpusError: the corpus is empty.
        IndexWriteError: the folder cannot be written; the current version is intact.
    """
    if not corpus.documents:
        raise CorpusError("There is no document to index.", "Add one to the corpus folder.")
    place = IndexFolder(folder)
    with place.locked():
        plan = _plan(corpus, folder, encoder, settings, rebuild=rebuild)
        before = plan.old.manifest.documents if plan.old else {}
        if plan.old and plan.nothing_to_do:
            name, passages, embedded = plan.old.name, len(plan.old), 0
        else:
            name, passages, embedded = _write(plan, place, cache(load), progress)
        place.drop_old(name, settings.index.keep_versions)
    now = plan.fingerprints
    both = now.keys() & before.keys()
    return Changes(
        added=tuple(sorted(now.keys() - both)),
        changed=tuple(sorted(key for key in both if now[key] != before[key])),
        removed=tuple(sorted(before.keys() - both)),
        unchanged=tuple(sorted(key for key in both if now[key] == before[key])),
        refused=corpus.refused,
        passages=passages,
        embedded=embedded,
        version=name,
        absent=corpus.absent,
    )


def _plan(
    corpus: Corpus, folder: Path, encoder: str, settings: Settings, *, rebuild: bool
) -> _Plan:
    try:
        old = None if rebuild else open_index(folder)
    except (IndexMissing, IndexDamaged):
        old = None
    fingerprints = {document.document_id: document.fingerprint for document in corpus.documents}
    uncut: frozenset[str] = frozenset()
    # Another encoder counts tokens in another way.
    if old and (old.manifest.encoder, old.manifest.settings["passages"]) == (
        encoder,
        _relevant(settings)["passages"],
    ):
        uncut = frozenset(dict(fingerprints.items() & old.manifest.documents.items()))
    refused = {refusal.name: refusal.reason for refusal in corpus.refused}
    return _Plan(corpus, settings, encoder, old, fingerprints, uncut, refused)


def _write(
    plan: _Plan, place: IndexFolder, load: LoadEncoder, progress: StartProgress
) -> tuple[str, int, int]:
    """Writes a new version; returns its name, its passages and how many were embedded."""
    passages = _cut(plan, load)
    if not passages:
        raise CorpusError("No document has a sentence.", "Add text to the corpus folder.")
    matrix, embedded = _embed(plan, passages, load, progress)
    created = datetime.now(UTC)
    corpus_fingerprint = content_hash(json.dumps(plan.fingerprints, sort_keys=True))
    lexical = FieldedIndex.build(
        _fields(plan.corpus.documents, passages),
        Analyser(plan.corpus.glossary),
        plan.settings.lexical.k1,
        plan.settings.lexical.b,
    )
    vectors = VectorIndex.build(matrix, plan.settings.index)
    entries = resolve(plan.corpus.known.entries, plan.corpus.documents, passages)
    questions = _compare(plan, entries)
    with place.staged(f"{created:%Y%m%dT%H%M%S%f}") as staging:
        _write_lines(staging / "documents.jsonl", map(asdict, plan.corpus.documents))
        _write_lines(staging / "passages.jsonl", map(_passage_record, passages))
        (staging / "vectors.faiss").write_bytes(vectors.to_bytes())
        questions.save(staging)
        lexical.save(staging / "lexical")
        Vocabulary.build(document.text for document in plan.corpus.documents).save(
            staging / "lexical"
        )
        manifest = Manifest(
            format=FORMAT,
            created=created.isoformat(timespec="seconds"),
            encoder=plan.encoder,
            dimension=matrix.shape[1],
            passages=len(passages),
            corpus_fingerprint=corpus_fingerprint,
            documents=plan.fingerprints,
            refused=plan.refused,
            problems=plan.corpus.problems,
            corpus=plan.corpus.folder,
            tables=plan.corpus.tables,
            questions=fingerprint(plan.corpus.known.entries),
            likeness=load_likeness().identity if entries else "",
            settings=_relevant(plan.settings),
            versions={name: version(name) for name in ("faiss-cpu", "bm25s", "numpy")},
            files=checksums(staging),
        )
        write_manifest(staging, manifest)
    name, _ = place.pointer()
    return name, len(passages), embedded


def _cut(plan: _Plan, load: LoadEncoder) -> list[Passage]:
    kept: dict[str, list[Passage]] = {}
    for passage in plan.old.passages if plan.old else ():
        kept.setdefault(passage.document_id, []).append(passage)
    passages: list[Passage] = []
    for document in plan.corpus.documents:
        if document.document_id in plan.uncut:
            passages += kept[document.document_id]
        else:
            most = plan.settings.passages.max_tokens
            passages += cut_passages(document, load().count_tokens, most)
    return passages


def _embed(
    plan: _Plan, passages: Sequence[Passage], load: LoadEncoder, progress: StartProgress
) -> tuple[FloatArray, int]:
    """Returns the vectors of `passages`, shape (n, dimension), and how many are new."""
    known: dict[str, FloatArray] = {}
    if plan.old and plan.old.manifest.encoder == plan.encoder:
        old_texts = _embedded_texts(plan.old.documents, plan.old.passages)
        known = dict(zip(old_texts, plan.old.vectors.all(), strict=True))
    documents = {document.document_id: document for document in plan.corpus.documents}
    texts = _embedded_texts(documents, passages)
    missing = [text for text in dict.fromkeys(texts) if text not in known]
    if missing:
        vectors = load().encode_passages(missing, progress(len(missing)))
        known |= zip(missing, vectors, strict=True)
    return np.stack([known[text] for text in texts]), len(missing)


def _compare(plan: _Plan, entries: Sequence[Entry]) -> QuestionIndex:
    """Returns the known questions with their vectors; only new wordings are embedded."""
    if not entries:
        return QuestionIndex((), None)
    encoder = load_likeness()
    known: dict[str, FloatArray] = {}
    if plan.old and plan.old.manifest.likeness == encoder.identity:
        known = plan.old.questions.vectors_by_text()
    wordings = [text for entry in entries for texts in entry.wordings.values() for text in texts]
    missing = [text for text in dict.fromkeys(wordings) if text not in known]
    if missing:
        known |= zip(missing, encoder.encode(missing), strict=True)
    return QuestionIndex.build(entries, known, plan.settings.index)


def _embedded_texts(documents: dict[str, SourceDocument], passages: Sequence[Passage]) -> list[str]:
    """Returns what the encoder sees of each passage: its title and section lead it."""
    return [
        ". ".join([documents[passage.document_id].title, *passage.section[-1:], passage.text])
        for passage in passages
    ]


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
