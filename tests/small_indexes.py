"""Indexes of a few sentences, and rankings of their passages as a test wants them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from assistant.corpus import read_corpus
from assistant.domain import Ranking, ScoredPassage
from assistant.index import Index, build_index, open_index
from assistant.question import Question
from assistant.retrieval import Retriever
from assistant.scoring import Found, find
from assistant.settings import PassageSettings, RetrievalSettings, Settings
from assistant.testing import HashEncoder, write_document

Entries = Sequence[Mapping[str, Any]]
"""Known questions of a text, as staff write them."""


def index_of(
    folder: Path,
    texts: Mapping[str, str],
    *,
    titles: Mapping[str, str] | None = None,
    language: str = "fr",
    max_tokens: int = 64,
    questions: Mapping[str, Entries] | None = None,
) -> Index:
    """Builds and opens an index of texts by name, with vectors of hashed terms.

    Args:
        folder: where it is built.
        texts: by the id of the document, whose order is that of the alphabet.
        titles: by the same id; the id where there is none.
        language: of all texts.
        max_tokens: words that a passage is filled to.
        questions: that are known, by the id of the text beside which they are written.
    """
    for name, text in texts.items():
        title = (titles or {}).get(name)
        write_document(folder / "corpus", name, text, title=title, language=language)
    for name, entries in (questions or {}).items():
        write_questions(folder / "corpus", name, entries)
    return index_in(folder, max_tokens=max_tokens)


def write_questions(folder: Path, name: str, entries: Entries) -> None:
    """Writes the known questions of a text beside it."""
    text = yaml.safe_dump([dict(entry) for entry in entries], allow_unicode=True)
    (folder / f"{name}.questions.yaml").write_text(text, encoding="utf-8")


def index_in(folder: Path, *, max_tokens: int = 64) -> Index:
    """Builds and opens an index of `folder/corpus`, with vectors of hashed terms."""
    fake = HashEncoder()
    build_index(
        read_corpus(folder / "corpus"),
        folder / "index",
        fake.identity,
        lambda: fake,
        Settings(passages=PassageSettings(max_tokens=max_tokens)),
        lambda _: lambda _: None,
    )
    return open_index(folder / "index")


def ranking_of(
    index: Index, *positions: int, scores: tuple[float, ...] = (), dense: float = 0.9
) -> Ranking:
    """Ranks the passages at `positions`, as if they had been found in that order.

    Args:
        index: that they come from.
        positions: all passages in their order when there are none.
        scores: of each; 0.8, 0.7 and so on when there are none.
        dense: of all of them.
    """
    places = positions or range(len(index))
    scored = tuple(
        ScoredPassage(
            index.passages[position], scores[rank] if scores else 0.8 - 0.1 * rank, dense, 0.1, 0.5
        )
        for rank, position in enumerate(places)
    )
    return Ranking("question", scored)


class FixedRetriever(Retriever):
    """Finds the same passages whatever is searched, and known questions as ever.

    Args:
        index: that is searched.
        ranking: what is found.
    """

    def __init__(self, index: Index, ranking: Ranking) -> None:
        super().__init__(index, HashEncoder(), RetrievalSettings())
        self._ranking = ranking

    def search(self, *_: Any, **__: Any) -> Ranking:
        """Returns the ranking."""
        return self._ranking


def found_of(
    question: Question,
    index: Index,
    *positions: int,
    scores: tuple[float, ...] = (),
    dense: float = 0.9,
) -> Found:
    """Returns what is found for a question where search finds what `ranking_of` ranks."""
    ranking = ranking_of(index, *positions, scores=scores, dense=dense)
    return find(question, FixedRetriever(index, ranking))
