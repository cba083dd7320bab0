"""Collections in the BEIR layout (Thakur et al., 2021, https://arxiv.org/abs/2104.08663).

`queries.jsonl` holds the questions, `qrels/test.tsv` the documents that answer them; where a
query's `metadata.answers` names answers, what the assistant quotes is compared with them.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import isfinite
from pathlib import Path
from typing import Any, Final

from assistant.conversation import Assistant
from assistant.errors import GoldError, QuestionError
from assistant.evaluation.intervals import Estimate, mean_estimate
from assistant.evaluation.measures.retrieval import MEASURES, score_rankings
from assistant.evaluation.measures.short_answers import contained, emphasised, f1
from assistant.evaluation.normalisation import tokens

_RANKED: Final = 10

Rankings = dict[str, dict[str, float]]
"""Scores of documents by query."""


@dataclass(frozen=True, slots=True)
class Query:
    """A question of a collection.

    Attributes:
        answers: any of them is right; empty when the collection does not say.
    """

    query_id: str
    text: str
    answers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CollectionRun:
    """Scores of a collection's queries.

    Attributes:
        rankings: documents found, with their scores, by query.
        scores: for each measure, its value by query.
    """

    rankings: Rankings
    scores: dict[str, dict[str, float]]

    def overall(self) -> dict[str, Estimate]:
        """Returns every figure over all queries."""
        estimates = {
            name: mean_estimate(values, {query: query for query in values})
            for name, values in self.scores.items()
        }
        return {name: found for name, found in estimates.items() if found is not None}


def read_collection_queries(folder: Path) -> tuple[list[Query], dict[str, dict[str, int]]]:
    """Returns the queries that have relevant documents, and these.

    Raises:
        GoldError: a file is missing or malformed.
    """
    try:
        qrels: dict[str, dict[str, int]] = {}
        for line in _lines(folder / "qrels" / "test.tsv")[1:]:
            query_id, document_id, grade = line.split("\t")
            if int(grade) > 0:
                qrels.setdefault(query_id, {})[document_id] = int(grade)
        records = map(json.loads, _lines(folder / "queries.jsonl"))
        queries = [_query(record) for record in records if record["_id"] in qrels]
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise GoldError(
            f"{folder} is no collection in the BEIR layout ({error}).",
            "It needs corpus.jsonl, queries.jsonl and qrels/test.tsv.",
        ) from error
    if not queries:
        raise GoldError(f"No query of {folder} has a relevant document.", "Name another folder.")
    if unknown := qrels.keys() - {query.query_id for query in queries}:
        raise GoldError(
            f"{folder}: qrels/test.tsv names {min(unknown)}, which queries.jsonl does not hold.",
            "Correct one of both.",
        )
    return queries, qrels


def _lines(file: Path) -> list[str]:
    # Not splitlines: JSON may hold U+2028 and other ends of lines of Unicode as they are.
    lines = file.read_text(encoding="utf-8").split("\n")
    return [line for line in lines if line.strip()]


def _query(record: dict[str, Any]) -> Query:
    answers = (record.get("metadata") or {}).get("answers") or ()
    if isinstance(answers, str):
        answers = (answers,)
    query = Query(record["_id"], record["text"], tuple(answers))
    if not all(isinstance(text, str) for text in (query.text, *query.answers)):
        raise TypeError(f"a text of {query.query_id} is no string")
    return query


def evaluate_collection(
    assistant: Assistant,
    folder: Path,
    progress: Callable[[int], Callable[[int], None]] = lambda _: lambda _: None,
) -> CollectionRun:
    """Ranks documents and answers for every query of a collection.

    Raises:
        GoldError: the collection cannot be read, or the index is not of it.
    """
    queries, qrels = read_collection_queries(folder)
    if not any(name in assistant.index.documents for found in qrels.values() for name in found):
        raise GoldError(
            f"The index holds no relevant document of {folder}.",
            "Build one with `assistant index --corpus`, and name it with --index.",
        )
    done = progress(len(queries))
    rankings: Rankings = {}
    contains: dict[str, float] = {}
    overlap: dict[str, float] = {}
    answered: dict[str, float] = {}
    for query in queries:
        try:
            rankings[query.query_id] = dict(assistant.rank_documents(query.text, _RANKED))
        except QuestionError:
            rankings[query.query_id] = {}
        answer = assistant.conversation(query.query_id).ask(query.text)
        answered[query.query_id] = float(bool(answer.statements))
        if query.answers:
            found = emphasised(answer)
            contains[query.query_id] = float(any(contained(answer, one) for one in query.answers))
            overlap[query.query_id] = max(f1(found, tokens(one)) for one in query.answers)
        done(1)
    run = score_collection(rankings, qrels)
    answers = {"contains_answer": contains, "token_f1": overlap, "answered": answered}
    scores = run.scores | {name: values for name, values in answers.items() if values}
    return CollectionRun(rankings, scores)


def score_collection(rankings: Rankings, qrels: Mapping[str, Mapping[str, int]]) -> CollectionRun:
    """Scores rankings that were made elsewhere, or here.

    Args:
        rankings: scores of documents by query; a query that is missing scores 0.
        qrels: relevant documents by query.
    """
    values = score_rankings(qrels, rankings)
    return CollectionRun(
        rankings,
        {name: {query: found[name] for query, found in values.items()} for name in MEASURES},
    )


def read_trec(file: Path) -> Rankings:
    """Reads a run in TREC's form: query, Q0, document, rank, score, tag.

    Raises:
        GoldError: the file cannot be read, or a line is malformed.
    """
    rankings: Rankings = {}
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise GoldError(f"{file} cannot be read ({error}).", "Name a TREC run.") from error
    for number, line in enumerate(lines, start=1):
        try:
            query_id, _, document_id, _, score, *_ = line.split()
            rankings.setdefault(query_id, {})[document_id] = _finite(score)
        except ValueError as error:
            raise GoldError(
                f"Line {number} of {file} is no line of a TREC run.",
                "Write query, Q0, document, rank, score and tag, with blanks between.",
            ) from error
    return rankings


def _finite(score: str) -> float:
    value = float(score)
    if not isfinite(value):
        raise ValueError("a score has no place in the order")
    return value
