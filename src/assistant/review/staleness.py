"""Which judgements and answers rest on words that the sources do not say any more."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from assistant.index import Index
from assistant.journal import CitationJudgement, StatementJudgement

Hashes = Mapping[str, str]
"""Hash of every passage of an index, by its id."""


def passage_hashes(index: Index) -> dict[str, str]:
    """Returns the hash of every passage of an index, by its id."""
    return {passage.passage_id: passage.content_hash for passage in index.passages}


def stale_pairs(pairs: Iterable[tuple[str, str]], hashes: Hashes) -> list[tuple[str, str]]:
    """Returns those of `(passage, hash)` whose passage is gone or has another hash now."""
    return [(name, digest) for name, digest in pairs if hashes.get(name) != digest]


def is_stale(judgement: StatementJudgement | CitationJudgement, hashes: Hashes) -> bool:
    """Tells whether a judgement was made on other words than the sources have now."""
    made_on = (
        judgement.passages.items()
        if isinstance(judgement, StatementJudgement)
        else [(judgement.passage_id, judgement.content_hash)]
    )
    return bool(stale_pairs(made_on, hashes))
