"""The documents of an index beside the corpus folder as it is now."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from assistant.corpus import (
    Corpus,
    Refusal,
    find_question_problems,
    read_corpus,
    read_known_questions,
)
from assistant.domain import SourceDocument
from assistant.index import Index


class State(StrEnum):
    """Where a document stands.

    `indexed`: answers come from it as it is; `changed`: they come from a former text of it;
    `new`: not from it yet; `removed`: they still come from it, but it is gone from the folder;
    `unknown`: the folder is not there to compare with.
    """

    INDEXED = "indexed"
    CHANGED = "changed"
    NEW = "new"
    REMOVED = "removed"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Source:
    """One line of the list.

    Attributes:
        date: day of publication, or None.
        passages: how many it has in the index.
        problems: what staff should see to.
    """

    document_id: str
    title: str
    publisher: str | None
    url: str | None
    date: str | None
    language: str
    passages: int
    problems: tuple[str, ...]
    state: State

    def to_json(self) -> dict[str, Any]:
        """Returns the record as JSON values."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Sources:
    """The whole list.

    Attributes:
        refused: files that could not be read.
        absent: mappings whose table is not there.
        questions: what is wrong with known questions and with those that visitors are offered.
    """

    documents: tuple[Source, ...]
    refused: tuple[Refusal, ...]
    absent: tuple[Refusal, ...]
    questions: tuple[str, ...] = ()


def list_sources(
    index: Index,
    corpus: Path | None = None,
    tables: Path | None = None,
    *,
    older_than: str | None = None,
) -> Sources:
    """Lists the documents of an index and of its corpus folder.

    Args:
        index: an open index.
        corpus: the folder to compare with; None takes the one that the index was built from.
        tables: the folder of its tables; None takes the one that the index was built with.
        older_than: ISO date; documents from before it are a problem.

    Raises:
        CorpusError: a folder cannot be read, or one that was named is not there.
    """
    manifest = index.manifest
    folder = corpus or Path(manifest.corpus)
    lists = tables or (Path(manifest.tables) if manifest.tables else None)
    # A folder that was named has to be there; one that the index remembers may be gone.
    gone = (corpus is None and not folder.is_dir()) or (
        tables is None and lists is not None and not lists.is_dir()
    )
    now = None if gone else read_corpus(folder, lists)
    counts = Counter(passage.document_id for passage in index.passages)
    present = {document.document_id: document for document in now.documents} if now else {}
    problems = now.problems if now else manifest.problems
    documents = index.documents | present
    refused = {name: Refusal(name, reason) for name, reason in manifest.refused.items()}
    return Sources(
        documents=tuple(
            Source(
                document_id=name,
                title=document.title,
                publisher=document.publisher,
                url=document.url,
                date=document.published,
                language=document.language,
                passages=counts[name],
                problems=(
                    *_missing(document, older_than),
                    *problems.get(name, ()),
                    *(
                        ["holds no sentence"]
                        if name in index.documents and not counts[name]
                        else []
                    ),
                ),
                state=_state(name, index, now, present),
            )
            for name, document in sorted(documents.items())
        ),
        refused=now.refused if now else tuple(refused.values()),
        absent=now.absent if now else (),
        questions=(
            find_question_problems(read_known_questions(folder), now.documents) if now else ()
        ),
    )


def _state(
    name: str, index: Index, now: Corpus | None, present: dict[str, SourceDocument]
) -> State:
    if now is None:
        return State.UNKNOWN
    if name not in present:
        return State.REMOVED
    if name not in index.documents:
        return State.NEW
    same = present[name].fingerprint == index.manifest.documents[name]
    return State.INDEXED if same else State.CHANGED


def _missing(document: SourceDocument, older_than: str | None) -> list[str]:
    problems = []
    if document.publisher is None:
        problems.append("publisher is missing")
    if document.url is None and not document.references:
        problems.append("url is missing")
    day = document.published or document.accessed
    if older_than is not None and (day is None or day < older_than):
        problems.append(f"is from {day}" if day else "has neither a date nor a day of access")
    return problems
