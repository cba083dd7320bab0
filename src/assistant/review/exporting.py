"""What staff said, as files for other tools: a gold set, qrels with their queries, and a table."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from assistant.errors import ReviewError
from assistant.index import Index
from assistant.journal import (
    CitationJudgement,
    CitationVerdict,
    Exchange,
    StatementJudgement,
    TestCase,
)
from assistant.review.cases import write_gold
from assistant.review.staleness import Hashes, is_stale, passage_hashes

GRADES: Final = {CitationVerdict.SUPPORTS: 2, CitationVerdict.PARTLY: 1, CitationVerdict.NO: 0}
"""Relevance of a cited passage in the qrels; a better one that was picked has the highest."""
COLUMNS: Final = (
    "exchange_id", "asked_at", "language", "outcome", "question", "about", "number", "reviewer",
    "verdict", "passage_id", "better_passage_id", "stale", "judged_at",
)  # fmt: skip
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True)
class Exported:
    """What was written.

    Attributes:
        cases: conversations in `gold.jsonl`.
        left_out: ids of cases that the sources do not support any more.
        qrels: lines of `qrels.tsv`; `queries.jsonl` has their questions.
        judgements: lines of `judgements.csv`.
    """

    cases: int
    left_out: tuple[str, ...]
    qrels: int
    judgements: int


def export_all(
    folder: Path,
    cases: Sequence[TestCase],
    statements: Sequence[StatementJudgement],
    citations: Sequence[CitationJudgement],
    exchanges: Mapping[str, Exchange],
    index: Index,
) -> Exported:
    """Writes `gold.jsonl`, `qrels.tsv`, `queries.jsonl` and `judgements.csv` into a folder.

    Args:
        folder: made when missing; files of these names are replaced.
        cases: test cases.
        statements: judgements of statements.
        citations: judgements of citations.
        exchanges: what was judged, by id.
        index: holds the sources as they are now.

    Raises:
        ReviewError: the folder cannot be written.
    """
    left_out = write_gold(cases, index, folder / "gold.jsonl")
    hashes = passage_hashes(index)
    grades = relevance(citations, hashes)
    table = list(judgement_rows(statements, citations, exchanges, hashes))
    try:
        with (folder / "qrels.tsv").open("w", encoding="utf-8") as stream:
            stream.writelines(
                f"{name}\t0\t{passage}\t{grade}\n" for (name, passage), grade in grades.items()
            )
        with (folder / "queries.jsonl").open("w", encoding="utf-8") as stream:
            for name in dict.fromkeys(name for name, _ in grades):
                text = exchanges[name].standalone_question or ""
                stream.write(json.dumps({"_id": name, "text": text}, ensure_ascii=False) + "\n")
        # With a byte order mark, without which spreadsheets take accents for something else.
        with (folder / "judgements.csv").open("w", encoding="utf-8-sig", newline="") as stream:
            write_table(stream, table)
    except OSError as error:
        raise ReviewError(
            f"{folder} cannot be written ({error.strerror}).", "Name another folder."
        ) from error
    return Exported(len(cases) - len(left_out), tuple(left_out), len(grades), len(table))


def relevance(citations: Iterable[CitationJudgement], hashes: Hashes) -> dict[tuple[str, str], int]:
    """Returns the grade of every judged passage for its question; of several, the latest word.

    Judgements of words that the sources do not have any more are left out.
    """
    grades: dict[tuple[str, str], int] = {}
    for one in sorted(citations, key=lambda judged: judged.judged_at):
        if hashes.get(one.passage_id) == one.content_hash:
            grades[one.exchange_id, one.passage_id] = GRADES[one.verdict]
        if one.better_passage_id and hashes.get(one.better_passage_id) == one.better_hash:
            grades[one.exchange_id, one.better_passage_id] = max(GRADES.values())
    return dict(sorted(grades.items()))


def judgement_rows(
    statements: Iterable[StatementJudgement],
    citations: Iterable[CitationJudgement],
    exchanges: Mapping[str, Exchange],
    hashes: Hashes,
) -> Iterator[dict[str, Any]]:
    """Yields one line of the table a judgement."""
    for said in statements:
        yield {
            **_of_exchange(exchanges[said.exchange_id]),
            "about": "statement" if said.statement else "answer",
            "number": said.statement,
            "reviewer": said.reviewer,
            "verdict": said.verdict,
            "stale": is_stale(said, hashes),
            "judged_at": said.judged_at.isoformat(),
        }
    for cited in citations:
        yield {
            **_of_exchange(exchanges[cited.exchange_id]),
            "about": "citation",
            "number": cited.marker,
            "reviewer": cited.reviewer,
            "verdict": cited.verdict,
            "passage_id": cited.passage_id,
            "better_passage_id": cited.better_passage_id,
            "stale": is_stale(cited, hashes),
            "judged_at": cited.judged_at.isoformat(),
        }


def write_table(stream: Any, rows: Iterable[Mapping[str, Any]]) -> None:
    """Writes lines as CSV that no spreadsheet takes for formulas."""
    writer = csv.DictWriter(stream, COLUMNS, restval="")
    writer.writeheader()
    for row in rows:
        writer.writerow({key: _harmless(value) for key, value in row.items()})


def _of_exchange(exchange: Exchange) -> dict[str, Any]:
    return {
        "exchange_id": exchange.exchange_id,
        "asked_at": exchange.asked_at.isoformat(),
        "language": exchange.language,
        "outcome": exchange.outcome,
        "question": exchange.question,
    }


def _harmless(value: Any) -> Any:
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value
