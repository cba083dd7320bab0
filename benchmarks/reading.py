"""What the reader brings on PIAF, and what it costs.

    python -m benchmarks.reading DATA [--passages 1 2 4 8]

The even queries are asked of all of PIAF's paragraphs, without the reader and with it, by an
assistant that answers however unsure it is. Counted is how often the first passage that is quoted
is of the right paragraph (Success@1), and how often an answer stands in what is quoted; apart for
the articles that the reader learnt from and those that it never saw. Times are of one answer, both
ways in turn, so that a busy machine slows both; the question's vector is made before.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tqdm import tqdm

from assistant.bootstrap import update_index
from assistant.conversation import Assistant
from assistant.encoder import load_encoder
from assistant.index import open_index
from assistant.reader import Reader, load_reader
from assistant.retrieval import Retriever
from assistant.settings import AnswerSettings, ReaderSettings, Settings
from benchmarks.collection import Query, progress, read_queries
from training.pairs import read_piaf, read_squad, split_by_article


@dataclass(frozen=True, slots=True)
class Told:
    """What became of a query: the first quote's paragraph is right, an answer is quoted, time."""

    first: bool
    contained: bool
    seconds: float


def asked(assistant: Assistant, query: Query) -> Told:
    """Asks one query."""
    start = time.perf_counter()
    answer = assistant.conversation().ask(query.text)
    seconds = time.perf_counter() - start
    quotes = [citation.quote for citation in answer.citations]
    return Told(
        bool(quotes) and answer.citations[0].document_id == query.relevant,
        any(text in quote for text in query.answers for quote in quotes),
        seconds,
    )


def line(name: str, before: Sequence[Told], after: Sequence[Told]) -> str:
    """Returns what is printed of some queries."""
    first = [statistics.fmean(one.first for one in each) for each in (before, after)]
    told = [statistics.fmean(one.contained for one in each) for each in (before, after)]
    return (
        f"{name}: {len(before)} queries, Success@1 {first[0]:.3f} -> {first[1]:.3f},"
        f" answer quoted {told[0]:.3f} -> {told[1]:.3f}"
    )


def main() -> None:
    """Asks and prints."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("--passages", type=int, nargs="+", default=[ReaderSettings().passages])
    parser.add_argument("--kept", action="store_true", help="only articles that it never saw")
    arguments = parser.parse_args()
    folder = arguments.data / "piaf_fr"
    squad = read_squad(arguments.data / "squad_v2_dev_en" / "dev-v2.0.json")
    kept = {one.question_id for one in split_by_article(read_piaf(folder), squad)[0].measure}
    queries = [
        query
        for query in read_queries(folder)
        if int(query.query_id[-1]) % 2 == 0 and (query.query_id in kept or not arguments.kept)
    ]
    reader = load_reader(ReaderSettings(enabled=True), threads=0)
    if reader is None:
        parser.exit(1, "The reader's weights are missing.\n")
    with tempfile.TemporaryDirectory() as place:
        settings = Settings(
            corpus=folder, index_folder=Path(place), answer=AnswerSettings(min_confidence=0.0)
        )
        update_index(settings, progress("passages"))
        retriever = Retriever(
            open_index(settings.index_folder), load_encoder(settings.encoder), settings.retrieval
        )
        for passages in arguments.passages:
            compare(retriever, settings, reader, passages, queries, kept)


def compare(
    retriever: Retriever,
    settings: Settings,
    reader: Reader,
    passages: int,
    queries: Sequence[Query],
    kept: set[str],
) -> None:
    """Asks all queries both ways and prints what came of it."""
    without = Assistant(retriever, settings.answer)
    reading = Assistant(
        retriever, settings.answer, reader, ReaderSettings(enabled=True, passages=passages)
    )
    told = {}
    for query in tqdm(queries, desc=f"{passages} passages", unit="query"):
        # The vector of the last question is kept: without this only the first way would make it.
        retriever.embed(query.text)
        told[query.query_id] = asked(without, query), asked(reading, query)
    print(f"{passages} passages")
    for name, chosen in (("seen", told.keys() - kept), ("never seen", told.keys() & kept)):
        if pairs := [told[one] for one in sorted(chosen)]:
            print(line(f"  articles {name}", *map(list, zip(*pairs, strict=True))))
    added = [after.seconds - before.seconds for before, after in told.values()]
    without_it = statistics.median(before.seconds for before, _ in told.values())
    print(
        f"  median {1000 * without_it:.0f} ms without, {1000 * statistics.median(added):.0f} ms"
        f" added, 95 % {1000 * statistics.quantiles(added, n=20)[-1]:.0f} ms"
    )


if __name__ == "__main__":
    main()
