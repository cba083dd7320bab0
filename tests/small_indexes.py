"""Indexes of a few sentences, and rankings of their passages as a test wants them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from assistant.corpus import read_corpus
from assistant.domain import Ranking, ScoredPassage
from assistant.index import Index, build_index, open_index
from assistant.settings import PassageSettings, Settings
from assistant.testing import HashEncoder, write_document


def index_of(
    folder: Path,
    texts: Mapping[str, str],
    *,
    titles: Mapping[str, str] | None = None,
    language: str = "fr",
    max_tokens: int = 64,
) -> Index:
    """Builds and opens an index of texts by name, with vectors of hashed terms.

    Args:
        folder: where it is built.
        texts: by the id of the document, whose order is that of the alphabet.
        titles: by the same id; the id where there is none.
        language: of all texts.
        max_tokens: words that a passage is filled to.
    """
    for name, text in texts.items():
        title = (titles or {}).get(name)
        write_document(folder / "corpus", name, text, title=title, language=language)
    return index_in(folder, max_tokens=max_tokens)


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
