"""Collections in the BEIR layout, and runs in TREC's form."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from math import log2
from pathlib import Path
from typing import Any

import pytest

from assistant.conversation import Assistant, Conversation
from assistant.domain import Answer, Outcome
from assistant.errors import GoldError, QuestionError
from assistant.evaluation import evaluate_collection, read_trec, score_collection
from assistant.evaluation.beir import Query, read_collection_queries
from assistant.index import Index
from assistant.retrieval import Retriever
from assistant.settings import Settings
from assistant.testing import HashEncoder
from tests.evaluation_builders import citation, said, tiny_assistant

QUERIES: list[dict[str, Any]] = [
    {"_id": "q1", "text": "Quand la mine a-t-elle fermé ?", "metadata": {"answers": ["1990"]}},
    {"_id": "q2", "text": "Que couvre le parc ?", "metadata": {"answers": ["45 ha", "hectares"]}},
    {"_id": "q3", "text": "Que dit-on du musée ?"},
    {"_id": "q4", "text": "Rien de pertinent"},
]
QRELS = (
    "query-id\tcorpus-id\tscore\n"
    "q1\tmine\t1\nq2\tparc\t1\nq2\tmusee\t0\nq3\tmusee\t1\nq4\tmine\t0\n"
)


def _collection(folder: Path, queries: str | None = None, qrels: str | None = QRELS) -> Path:
    (folder / "qrels").mkdir(parents=True)
    text = "".join(json.dumps(one, ensure_ascii=False) + "\n" for one in QUERIES)
    (folder / "queries.jsonl").write_text(text if queries is None else queries, encoding="utf-8")
    if qrels is not None:
        (folder / "qrels" / "test.tsv").write_text(qrels, encoding="utf-8")
    return folder


class _Scripted(Assistant):
    """Ranks and answers what it was told to."""

    def __init__(
        self, index: Index, rankings: dict[str, list[str]], answers: dict[str, Answer]
    ) -> None:
        settings = Settings()
        super().__init__(Retriever(index, HashEncoder(), settings.retrieval), settings.answer)
        self.rankings, self.answers = rankings, answers

    def rank_documents(self, query: str, k: int) -> list[tuple[str, float]]:
        if query not in self.rankings:
            raise QuestionError("empty", "No question.", "Ask one.")
        return [(name, 1 / rank) for rank, name in enumerate(self.rankings[query][:k], start=1)]

    def conversation(self, conversation_id: str | None = None) -> Conversation:
        return _Talk(self, conversation_id or "")


class _Talk(Conversation):
    def ask(self, text: str) -> Answer:
        assert isinstance(self._assistant, _Scripted)
        return self._assistant.answers[text]


def _answer(outcome: Outcome, quote: str = "", emphasis: str = "") -> Answer:
    empty = Answer("c", 1, "?", "?", "fr", outcome, "Texte.")
    if not quote:
        return empty
    statements = (said(quote, 1, emphasis=emphasis),)
    return replace(empty, statements=statements, citations=(citation(quote=quote),))


def test_collection_is_scored(tmp_path: Path, tiny_index: Index) -> None:
    """Relevant at rank 1, at rank 2, and a query that cannot be one.

    nDCG: 1, 1/log2(3), 0. q1 emphasises `en 1990` for `1990`: F1 2·1/(2+1). q2 quotes the second
    answer and emphasises `45 hectares`: 2/3 with `45 ha` (1 of 2 and 1 of 2 shared: 1/2) and with
    `hectares` (2/3): the better counts. q3 has no answer to compare; q4 nothing relevant.
    """
    texts = [query["text"] for query in QUERIES]
    scripted = _Scripted(
        tiny_index,
        {texts[0]: ["mine", "parc"], texts[1]: ["musee", "parc"]},
        {
            texts[0]: _answer(Outcome.ANSWERED, "La mine a fermé en 1990.", "en 1990"),
            texts[1]: _answer(Outcome.ANSWERED, "Le parc couvre 45 hectares.", "45 hectares"),
            texts[2]: _answer(Outcome.ABSTAINED),
        },
    )
    told: list[int] = []

    def progress(total: int) -> Callable[[int], None]:
        told.append(total)
        return told.append

    run = evaluate_collection(scripted, _collection(tmp_path / "c"), progress)
    assert told == [3, 1, 1, 1]
    assert run.rankings["q2"] == {"musee": 1.0, "parc": 0.5}
    assert run.rankings["q3"] == {}
    assert run.scores == {
        "success_1": {"q1": 1, "q2": 0, "q3": 0},
        "success_5": {"q1": 1, "q2": 1, "q3": 0},
        "recall_5": {"q1": 1, "q2": 1, "q3": 0},
        "recall_10": {"q1": 1, "q2": 1, "q3": 0},
        "rr_10": {"q1": 1, "q2": 0.5, "q3": 0},
        "ndcg_10": {"q1": 1, "q2": pytest.approx(1 / log2(3)), "q3": 0},
        "contains_answer": {"q1": 1, "q2": 1},
        "token_f1": {"q1": pytest.approx(2 / 3), "q2": pytest.approx(2 / 3)},
        "answered": {"q1": 1, "q2": 1, "q3": 0},
    }
    overall = run.overall()
    assert (overall["rr_10"].value, overall["rr_10"].count) == (0.5, 3)
    assert (overall["contains_answer"].value, overall["contains_answer"].count) == (1, 2)


def test_abstention_contains_no_answer(tmp_path: Path, tiny_index: Index) -> None:
    """Where nothing is quoted, nothing is contained."""
    texts = [query["text"] for query in QUERIES]
    scripted = _Scripted(tiny_index, {}, dict.fromkeys(texts, _answer(Outcome.ABSTAINED)))
    scores = evaluate_collection(scripted, _collection(tmp_path / "c")).scores
    assert scores["contains_answer"] == scores["token_f1"] == {"q1": 0, "q2": 0}
    assert scores["answered"] == {"q1": 0, "q2": 0, "q3": 0}


def test_real_assistant_ranks_documents(tmp_path: Path, tiny_index: Index) -> None:
    """Whoever shares the words of the query comes first."""
    run = evaluate_collection(tiny_assistant(tiny_index), _collection(tmp_path / "c"))
    assert next(iter(run.rankings["q1"])) == "mine"
    assert run.scores["success_1"] == {"q1": 1, "q2": 1, "q3": 1}


def test_only_queries_with_relevant_documents_are_asked(tmp_path: Path) -> None:
    """A grade of 0 is not relevant; one answer may stand without a list; blank lines are none."""
    record = {"_id": "q1", "text": "a\u2028b", "metadata": {"answers": "1990"}}
    text = "\n" + json.dumps(record, ensure_ascii=False) + "\n\n" + json.dumps(QUERIES[3]) + "\n"
    folder = _collection(tmp_path / "c", text, "h\nq1\tmine\t2\nq1\tparc\t0\nq4\tmine\t0\n\n")
    queries, qrels = read_collection_queries(folder)
    assert queries == [Query("q1", "a\u2028b", ("1990",))]
    assert qrels == {"q1": {"mine": 2}}


@pytest.mark.parametrize(
    ("queries", "qrels", "problem"),
    [
        (None, None, "is no collection in the BEIR layout"),
        (None, "head\nq1 mine 1\n", "is no collection"),
        (None, "head\nq1\tmine\tmuch\n", "is no collection"),
        (None, "head\n", "No query of .* has a relevant document"),
        (None, "head\nq4\tmine\t0\n", "No query of .* has a relevant document"),
        (None, QRELS + "q9\tmine\t1\nq8\tmine\t1\n", "names q8, which queries.jsonl does not hold"),
        ("{", QRELS, "is no collection"),
        ("[1]\n", QRELS, "is no collection"),
        ('{"text": "?"}\n', QRELS, "is no collection"),
        ('{"_id": "q1"}\n', QRELS, "is no collection"),
        ('{"_id": "q1", "text": 7}\n', QRELS, "a text of q1 is no string"),
        ('{"_id": "q1", "text": "?", "metadata": {"answers": [7]}}\n', QRELS, "is no string"),
        ('{"_id": "q1", "text": "?", "metadata": [7]}\n', QRELS, "is no collection"),
    ],
)
def test_malformed_collection_is_refused(
    tmp_path: Path, queries: str | None, qrels: str | None, problem: str
) -> None:
    """Whatever is missing, malformed or does not resolve."""
    with pytest.raises(GoldError, match=problem):
        read_collection_queries(_collection(tmp_path / "c", queries, qrels))


def test_index_of_something_else_is_refused(tmp_path: Path, tiny_index: Index) -> None:
    """Every query would score 0, and nobody would know why."""
    qrels = "head\nq1\tlouvre\t1\n"
    with pytest.raises(GoldError, match=r"holds no relevant document .*assistant index --corpus"):
        evaluate_collection(tiny_assistant(tiny_index), _collection(tmp_path / "c", None, qrels))


def test_run_made_elsewhere_is_scored(tmp_path: Path) -> None:
    """By score, not by the order or the rank of the lines; q3 is missing and scores 0.

    q1: the relevant one has the second score; q2: two relevant at 1 and 3:
    nDCG (1 + 1/log2(4)) / (1 + 1/log2(3)).
    """
    file = tmp_path / "run.trec"
    file.write_text(
        "q1 Q0 a 1 0.5 x\nq1 Q0 b 2 0.9 x\nq2 Q0 a 1 3 x\nq2 Q0 c 2 2e0 x\nq2\tQ0\tb\t3\t1\tx\n"
        "q7 Q0 a 1 1 x\n",
        encoding="utf-8",
    )
    rankings = read_trec(file)
    assert rankings["q1"] == {"a": 0.5, "b": 0.9}
    assert rankings["q2"] == {"a": 3, "c": 2, "b": 1}
    run = score_collection(rankings, {"q1": {"a": 1}, "q2": {"a": 1, "b": 1}, "q3": {"a": 1}})
    assert run.scores["rr_10"] == {"q1": 0.5, "q2": 1, "q3": 0}
    assert run.scores["success_1"] == {"q1": 0, "q2": 1, "q3": 0}
    gain = (1 + 1 / log2(4)) / (1 + 1 / log2(3))
    assert run.scores["ndcg_10"] == {
        "q1": pytest.approx(1 / log2(3)), "q2": pytest.approx(gain), "q3": 0,
    }  # fmt: skip
    assert run.overall()["rr_10"].value == 0.5


def test_nothing_to_score_has_no_figures() -> None:
    """No query, no figure."""
    assert score_collection({}, {}).overall() == {}


@pytest.mark.parametrize(
    "line", ["q1 Q0 a 1", "q1 Q0 a 1 high x", "", "q1 Q0 a 1 nan x", "q1 Q0 a 1 inf x"]
)
def test_malformed_line_of_a_run_is_refused(tmp_path: Path, line: str) -> None:
    """The second line lacks a score, or its score has no place in the order."""
    file = tmp_path / "run.trec"
    file.write_text(f"q1 Q0 a 1 0.5 x\n{line}\nq1 Q0 c 2 0.4 x\n")
    with pytest.raises(GoldError, match=r"Line 2 of .* is no line of a TREC run.* Write query, Q0"):
        read_trec(file)


def test_run_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    """Missing or not UTF-8."""
    with pytest.raises(GoldError, match=r"cannot be read .*Name a TREC run"):
        read_trec(tmp_path / "missing")
    (tmp_path / "latin").write_bytes("é".encode("latin-1"))
    with pytest.raises(GoldError, match="cannot be read"):
        read_trec(tmp_path / "latin")
