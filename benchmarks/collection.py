"""A BEIR collection with one relevant document a query, opened for the benchmarks."""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tqdm import tqdm

from assistant.bootstrap import update_index
from assistant.encoder import Progress, load_encoder
from assistant.index import open_index
from assistant.retrieval import Retriever
from assistant.settings import Settings


@dataclass(frozen=True, slots=True)
class Query:
    """One query.

    Attributes:
        relevant: id of the document that holds the answer.
        answers: strings one of which is the answer, literally in that document.
    """

    query_id: str
    text: str
    relevant: str
    answers: tuple[str, ...]


def read_queries(folder: Path) -> list[Query]:
    """Reads `queries.jsonl` and `qrels/test.tsv` of a BEIR folder, in the order of the file."""
    relevant = {}
    for line in (folder / "qrels" / "test.tsv").read_text(encoding="utf-8").splitlines()[1:]:
        query_id, document_id, _ = line.split("\t")
        relevant[query_id] = document_id
    records = map(json.loads, (folder / "queries.jsonl").open(encoding="utf-8"))
    return [
        Query(
            record["_id"],
            record["text"],
            relevant[record["_id"]],
            tuple(record.get("metadata", {}).get("answers", ())),
        )
        for record in records
    ]


@contextmanager
def open_collection(folder: Path) -> Iterator[Retriever]:
    """Indexes a BEIR folder in a temporary place and opens it."""
    with tempfile.TemporaryDirectory() as place:
        settings = Settings(corpus=folder, index_folder=Path(place))
        update_index(settings, progress("passages"))
        index = open_index(settings.index_folder)
        yield Retriever(index, load_encoder(settings.encoder), settings.retrieval)


class progress:  # noqa: N801 - used like a function
    """Starts a progress bar: `progress("passages")(total)` returns what counts."""

    def __init__(self, unit: str) -> None:
        self._unit = unit

    def __call__(self, total: int) -> Progress:
        """Returns a function that is told how many more are done."""
        bar = tqdm(total=total, unit=f" {self._unit}", file=sys.stderr, disable=None)

        def advance(done: int) -> None:
            bar.update(done)

        return advance
