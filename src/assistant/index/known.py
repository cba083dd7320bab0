"""Known questions of an index: beside which sentences each stands, and which are like a new one."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from assistant.corpus import KnownQuestion
from assistant.domain import Passage, SourceDocument, Span, content_hash
from assistant.index.vectors import FloatArray, IntArray, VectorIndex
from assistant.settings import IndexSettings
from assistant.spelling import fold
from assistant.texts import DEFAULT_LANGUAGE

LINGUA_FRANCA: Final = ("en", "fr")
"""What visitors get in whose language there is nothing, in this order."""
_ENTRIES: Final = "questions.json"
_VECTORS: Final = "questions.faiss"


class SentenceKey(NamedTuple):
    """A sentence of a document.

    Attributes:
        document_id: of the document.
        number: of the sentence in it, from 0.
    """

    document_id: str
    number: int


@dataclass(frozen=True, slots=True)
class Entry:
    """Questions that the same sentences answer, or that nothing answers.

    Attributes:
        answers: the sentences, in the order of reading; none when no source answers.
        missing: what no source says; empty when some do.
        suggested: theme under which the chat offers its first wordings, or None.
        wordings: the questions, by language.
    """

    answers: tuple[SentenceKey, ...]
    missing: str
    suggested: str | None
    wordings: Mapping[str, tuple[str, ...]]

    def wording(self, language: str) -> str:
        """Returns the wording that reads best, in a language, else in English, else in French."""
        known = (one for one in (language, *LINGUA_FRANCA) if one in self.wordings)
        return self.wordings[next(known)][0]


class Near(NamedTuple):
    """Known questions that are like a new one, the likest first.

    Attributes:
        rows: which ones, shape (n,).
        cosines: how like they are, shape (n,).
    """

    rows: IntArray
    cosines: FloatArray


class QuestionIndex:
    """All known questions; row i is the i-th wording."""

    def __init__(self, entries: Sequence[Entry], vectors: VectorIndex | None) -> None:
        self.entries = tuple(entries)
        self._vectors = vectors
        wordings = list(_wordings(self.entries))
        self.texts = tuple(text for _, text in wordings)
        self.entry_of = np.array([number for number, _ in wordings], dtype=np.int64)
        self._folded: dict[str, list[tuple[int, int, str]]] = {}
        for number, entry in enumerate(self.entries):
            for language, texts in entry.wordings.items():
                self._folded.setdefault(language, []).extend(
                    (number, place, _folded(text)) for place, text in enumerate(texts)
                )

    def __len__(self) -> int:
        return len(self.texts)

    def entry(self, row: int) -> Entry:
        """Returns the entry that a wording belongs to."""
        return self.entries[int(self.entry_of[row])]

    def near(self, vector: FloatArray, k: int) -> Near:
        """Returns the k wordings that are most like a question.

        Args:
            vector: of the question, unit length, shape (dimension,).
            k: how many at most.
        """
        if self._vectors is None:
            return Near(np.empty(0, dtype=np.int64), np.empty(0, dtype=np.float32))
        rows = self._vectors.nearest(vector, k)
        return Near(rows, self._vectors.cosines(vector, rows))

    def begun(self, starts: Sequence[str], language: str) -> dict[int, int]:
        """Returns the entries that a question which is only begun may become.

        Args:
            starts: beginnings of words, folded, at least one.
            language: of the wordings that are looked at.

        Returns:
            By the number of the entry, which of its wordings is the first with words that begin
            with all of these.
        """
        found = self._folded.get(language, [])
        for start in sorted(starts, key=len, reverse=True):
            found = [one for one in found if f" {start}" in one[2]]
        return {number: place for number, place, _ in reversed(found)}

    def vectors_by_text(self) -> dict[str, FloatArray]:
        """Returns the vector of each wording, each of shape (dimension,)."""
        if self._vectors is None:
            return {}
        return dict(zip(self.texts, self._vectors.all(), strict=True))

    @classmethod
    def build(
        cls, entries: Sequence[Entry], vectors: Mapping[str, FloatArray], settings: IndexSettings
    ) -> QuestionIndex:
        """Makes the index of some entries.

        Args:
            entries: what is known.
            vectors: of each wording, shape (dimension,).
            settings: see `VectorIndex.build`.
        """
        texts = [text for _, text in _wordings(entries)]
        if not texts:
            return cls((), None)
        matrix: npt.NDArray[np.float32] = np.stack([vectors[text] for text in texts])
        return cls(entries, VectorIndex.build(matrix, settings))

    def save(self, folder: Path) -> None:
        """Writes entries and vectors below `folder`."""
        records = [asdict(entry) for entry in self.entries]
        (folder / _ENTRIES).write_text(json.dumps(records, ensure_ascii=False), encoding="utf-8")
        if self._vectors is not None:
            (folder / _VECTORS).write_bytes(self._vectors.to_bytes())

    @classmethod
    def load(cls, folder: Path) -> QuestionIndex:
        """Reads what `save` wrote."""
        records = json.loads((folder / _ENTRIES).read_text(encoding="utf-8"))
        entries = [_entry(record) for record in records]
        if not entries:
            return cls((), None)
        return cls(entries, VectorIndex.from_bytes((folder / _VECTORS).read_bytes()))


def resolve(
    known: Iterable[KnownQuestion],
    documents: Sequence[SourceDocument],
    passages: Sequence[Passage],
) -> list[Entry]:
    """Returns the entries whose words all stand once in their source; the others rest.

    Args:
        known: as staff wrote them.
        documents: of the same corpus.
        passages: of these documents.
    """
    named: dict[str, SourceDocument] = {}
    for document in documents:
        if document.translation_of and document.language == DEFAULT_LANGUAGE:
            named[document.translation_of] = document
        named.setdefault(document.document_id, document)
    sentences: dict[str, list[Span]] = {}
    for passage in passages:
        sentences.setdefault(passage.document_id, []).extend(passage.sentences)
    entries = []
    for one in known:
        keys: list[SentenceKey] = []
        for answer in one.answers:
            source = named.get(answer.source)
            if source is None or source.text.count(answer.words) != 1:
                break
            start = source.text.index(answer.words)
            keys += [
                SentenceKey(source.document_id, number)
                for number, span in enumerate(sentences.get(source.document_id, ()))
                if span.start < start + len(answer.words) and start < span.end
            ]
        else:
            answers = tuple(dict.fromkeys(keys))
            if answers or one.missing:
                entries.append(Entry(answers, one.missing, one.suggested, dict(one.wordings)))
    return entries


def fingerprint(known: Iterable[KnownQuestion]) -> str:
    """Changes whenever a known question does."""
    told = [(one.answers, one.missing, one.suggested, dict(one.wordings)) for one in known]
    return content_hash(repr(told))


def _folded(text: str) -> str:
    """Returns the words of a text as they are compared, with a blank before each."""
    return "".join(f" {word}" for word in re.findall(r"\w+", fold(text)))


def _wordings(entries: Iterable[Entry]) -> Iterator[tuple[int, str]]:
    for number, entry in enumerate(entries):
        for wordings in entry.wordings.values():
            for text in wordings:
                yield number, text


def _entry(record: dict[str, object]) -> Entry:
    answers = record["answers"]
    wordings = record["wordings"]
    suggested = record["suggested"]
    if not isinstance(answers, list) or not isinstance(wordings, dict):
        raise TypeError("an entry has answers and wordings")
    return Entry(
        answers=tuple(SentenceKey(name, number) for name, number in answers),
        missing=str(record["missing"]),
        suggested=None if suggested is None else str(suggested),
        wordings={language: tuple(texts) for language, texts in wordings.items()},
    )
