"""Opening an index: every file is checked before anything is believed."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt

from assistant.corpus import translation_groups
from assistant.domain import Passage, SourceDocument, Span
from assistant.errors import EncoderMismatch, IndexDamaged, IndexMissing
from assistant.index.known import LINGUA_FRANCA, QuestionIndex, SentenceKey
from assistant.index.storage import REBUILD, IndexFolder, Manifest
from assistant.index.vectors import VectorIndex
from assistant.lexical import FieldedIndex
from assistant.vocabulary import Vocabulary

BoolArray = npt.NDArray[np.bool_]

_TEXTS_KEPT: Final = 4096
_TERMS_KEPT: Final = 4096
_MOST_TITLED: Final = 20
"""Texts that hold a term whose titles are looked through for it."""


class Sides(NamedTuple):
    """What an index is searched by.

    Attributes:
        vectors: of the passages.
        lexical: terms of the passages.
        vocabulary: words of the texts.
        questions: that are known.
    """

    vectors: VectorIndex
    lexical: FieldedIndex
    vocabulary: Vocabulary
    questions: QuestionIndex


class Index:
    """An open version: documents, passages and both searchable sides, all in memory.

    Attributes:
        languages: of the passages.
        texts: how many texts there are; the translations of one count as one.
    """

    def __init__(
        self,
        name: str,
        manifest: Manifest,
        documents: Sequence[SourceDocument],
        passages: Sequence[Passage],
        sides: Sides,
    ) -> None:
        self.name = name
        self.manifest = manifest
        self.documents = {document.document_id: document for document in documents}
        self.passages = tuple(passages)
        self.vectors, self.lexical, self.vocabulary, self.questions = sides
        self._positions = {
            passage.passage_id: position for position, passage in enumerate(self.passages)
        }
        self._rows_of: dict[str, list[int]] = {}
        for position, passage in enumerate(self.passages):
            self._rows_of.setdefault(passage.document_id, []).append(position)
        self._sentences = {
            document_id: tuple(
                (self.passages[row], span) for row in rows for span in self.passages[row].sentences
            )
            for document_id, rows in self._rows_of.items()
        }
        self._numbers = {
            (document_id, span.start): number
            for document_id, sentences in self._sentences.items()
            for number, (_, span) in enumerate(sentences)
        }
        self._versions = self._find_versions()
        self._entries: dict[SentenceKey, list[int]] = {}
        for number, entry in enumerate(self.questions.entries):
            for key in entry.answers:
                self._entries.setdefault(self.canonical(key), []).append(number)
        self._with_questions = frozenset(key.document_id for key in self._entries)
        self._hidden: dict[str, BoolArray] = {}
        self.languages = np.array([passage.language for passage in self.passages])
        texts = {document.document_id: document.translation_of for document in documents}
        numbers: dict[str, int] = {}
        self._text_of = np.array(
            [
                numbers.setdefault(texts[passage.document_id] or passage.document_id, len(numbers))
                for passage in self.passages
            ],
            dtype=np.int64,
        )
        self.texts = len(numbers)
        self._spread = lru_cache(maxsize=_TERMS_KEPT)(self._count_texts)
        self._holding = lru_cache(maxsize=_TERMS_KEPT)(self._find_holding)
        self._analysed = lru_cache(maxsize=_TEXTS_KEPT)(
            lambda text: frozenset(self.lexical.analyser.text(text))
        )

    def __len__(self) -> int:
        return len(self.passages)

    def _find_versions(self) -> dict[str, dict[str, str]]:
        """Returns the ids of the versions of each text, by language, that go sentence by sentence.

        A text whose versions do not have as many sentences as one another is not among them.
        """
        groups = translation_groups(tuple(self.documents.values()))
        return {
            document.document_id: versions
            for group in groups.values()
            if len({len(self._sentences.get(one.document_id, ())) for one in group.values()}) == 1
            for versions in [{language: one.document_id for language, one in group.items()}]
            for document in group.values()
        }

    def canonical(self, key: SentenceKey) -> SentenceKey:
        """Returns what the same sentence is called in whatever version of its text."""
        versions = self._versions.get(key.document_id)
        return SentenceKey(min(versions.values()), key.number) if versions else key

    def sentence_key(self, document_id: str, start: int) -> SentenceKey:
        """Returns the canonical key of the sentence that starts at an offset of a document."""
        return self.canonical(SentenceKey(document_id, self._numbers[document_id, start]))

    def sentence(self, key: SentenceKey, language: str) -> tuple[Passage, Span]:
        """Returns a sentence in the version that suits a visitor best, with its passage.

        Args:
            key: of the sentence, in any version.
            language: the visitor's.
        """
        versions = self._versions.get(key.document_id)
        document_id = key.document_id
        if versions:
            order = [language, *LINGUA_FRANCA]
            document_id = versions[min(versions, key=lambda one: _rank(order, one))]
        return self._sentences[document_id][key.number]

    def entries_of(self, key: SentenceKey) -> list[int]:
        """Returns which entries of `questions` a sentence answers, by its canonical key."""
        return self._entries.get(key, [])

    def texts_with_questions(self, left_out: Collection[int] = frozenset()) -> frozenset[str]:
        """Returns the canonical ids of the texts that questions are known of.

        Args:
            left_out: known questions that are not to count, by row.
        """
        if not left_out:
            return self._with_questions
        numbers = np.delete(self.questions.entry_of, list(left_out))
        return frozenset(
            self.canonical(key).document_id
            for number in np.unique(numbers)
            for key in self.questions.entries[number].answers
        )

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
            hidden = self.hidden_documents(language)
            rows = [passage.document_id in hidden for passage in self.passages]
            self._hidden[language] = np.array(rows, dtype=np.bool_)
        return self._hidden[language]

    def hidden_documents(self, language: str) -> frozenset[str]:
        """Returns the ids of the documents of which a translation suits a visitor better."""
        order = [language, *LINGUA_FRANCA]
        return frozenset(
            document.document_id
            for group in translation_groups(tuple(self.documents.values())).values()
            for document in group.values()
            if document.language != min(group, key=lambda key: _rank(order, key))
        )

    def terms(self, text: str) -> frozenset[str]:
        """Returns the terms of a sentence or passage; those of the latest ones are kept."""
        return self._analysed(text)

    def question_terms(self, text: str) -> list[str]:
        """Returns the terms of a question; words that no source has give way to a relative."""
        return [
            self.vocabulary.relative(term) or term for term in self.lexical.analyser.question(text)
        ]

    def spread(self, term: str) -> int:
        """Returns how many of the `texts` hold a term; the translations of one count as one."""
        return self._spread(term)

    def _count_texts(self, term: str) -> int:
        return len(np.unique(self._text_of[self.lexical.rows(term)]))

    def holding(self, term: str) -> frozenset[str]:
        """Returns the ids of the documents that hold a term."""
        return self._holding(term)

    def _find_holding(self, term: str) -> frozenset[str]:
        return frozenset(self.passages[row].document_id for row in self.lexical.rows(term))

    def titles(self, term: str) -> list[str]:
        """Returns the titles that hold a term; none when it is so common that it names nothing."""
        if self.spread(term) > _MOST_TITLED:
            return []
        holding = sorted(self.holding(term))
        titles = dict.fromkeys(self.documents[document_id].title for document_id in holding)
        return [title for title in titles if term in self.terms(title)]

    def row(self, passage_id: str) -> int:
        """Returns the position of a passage of this version by its id."""
        return self._positions[passage_id]

    def passage(self, passage_id: str) -> Passage | None:
        """Returns the passage with an id, if this version has it."""
        position = self._positions.get(passage_id)
        return None if position is None else self.passages[position]

    def passages_of(self, document_id: str) -> list[Passage]:
        """Returns the passages of a document in their order."""
        return [self.passages[row] for row in self._rows_of.get(document_id, ())]

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
    documents = [
        SourceDocument.from_record(record) for record in _read_lines(version / "documents.jsonl")
    ]
    by_id = {document.document_id: document for document in documents}
    passages = [_passage(record, by_id) for record in _read_lines(version / "passages.jsonl")]
    vectors = VectorIndex.from_bytes((version / "vectors.faiss").read_bytes())
    lexical = FieldedIndex.load(version / "lexical")
    if not manifest.passages == len(passages) == len(vectors) == len(lexical):
        raise IndexDamaged(f"The parts of the index {version.name} do not match.", REBUILD)
    vocabulary = Vocabulary.load(version / "lexical")
    questions = QuestionIndex.load(version)
    sides = Sides(vectors, lexical, vocabulary, questions)
    return Index(version.name, manifest, documents, passages, sides)


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
