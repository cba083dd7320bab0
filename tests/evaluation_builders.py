"""A small gold set over `tiny_corpus`, an assistant that knows it by heart, and single cases."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from assistant.conversation import Assistant
from assistant.domain import Answer, Citation, Outcome, Span, Statement
from assistant.evaluation import GoldSet, Run, read_gold, score_answers
from assistant.evaluation.cases import Case, Judged
from assistant.evaluation.gold import GoldTurn, Place, Quote
from assistant.evaluation.manifest import SCHEMA, RunManifest
from assistant.evaluation.measures.right import right
from assistant.index import Index
from assistant.retrieval import Retriever
from assistant.settings import Settings
from assistant.testing import HashEncoder

HOSTILE = (
    "<script>alert(1)</script> ![x](http://evil.example/x.png) [[page]] [a](javascript:alert(2)) "
    "| cell | `code` **fat** &lt;b&gt; <http://evil.example> \u2028 # title"
)
OUTCOMES = {Outcome.ANSWERED: 0.9, Outcome.SMALL_TALK: 1.0}
Change = Callable[[Answer], Answer]


def place(start: int = 0, end: int = 10, document: str = "d") -> Place:
    """Returns where supporting words stand."""
    return Place(document, Span(start, end))


def citation(
    start: int = 0, end: int = 10, document: str = "d", marker: int = 1, quote: str = "Des mots."
) -> Citation:
    """Returns a citation of some characters of a document."""
    return Citation(
        marker=marker,
        passage_id=f"{document}:1",
        document_id=document,
        title="Titre",
        section=(),
        publisher=None,
        url=None,
        date=None,
        accessed=None,
        language="fr",
        quote=quote,
        start=start,
        end=end,
        content_hash="0" * 16,
    )


def said(text: str, *markers: int, emphasis: str | None = None) -> Statement:
    """Returns a statement with the markers that it bears, some of its words emphasised."""
    start = text.index(emphasis) if emphasis else 0
    return Statement(text, markers, ((start, start + len(emphasis)),) if emphasis else ())


def answerable(**changed: Any) -> GoldTurn:
    """Returns a gold turn with an answer in the sources."""
    default = {
        "question": "Quoi ?", "language": "fr", "kind": "fact", "theme": "social",
        "outcome": Outcome.ANSWERED, "support": ((Quote(document="d", quote="Des mots."),),),
    }  # fmt: skip
    return GoldTurn(**{**default, **changed})


def unanswerable(kind: str = "near", **changed: Any) -> GoldTurn:
    """Returns a gold turn that should be declined."""
    return answerable(**{"kind": kind, "outcome": Outcome.ABSTAINED, "support": (), **changed})


def small_talk() -> GoldTurn:
    """Returns a gold turn that asks nothing."""
    return unanswerable("small_talk", outcome=Outcome.SMALL_TALK)


def case(
    gold: GoldTurn,
    outcome: Outcome = Outcome.ANSWERED,
    statements: Sequence[Statement] = (),
    citations: Sequence[Citation] = (),
    confidence: float = 0.5,
    name: str = "c#1",
) -> Case:
    """Returns a turn with what the assistant made of it; ten characters of `d` answer it."""
    conversation, number = name.split("#")
    answer = Answer(
        conversation, int(number), gold.question, gold.question, "fr", outcome, "Texte.",
        tuple(statements), tuple(citations), confidence,
    )  # fmt: skip
    return Case(name, conversation, gold, ((place(),),) if gold.answerable else (), answer)


def judged(*cases: Case) -> list[Judged]:
    """Returns cases with whether they are right, as a run does."""
    return [Judged(one, right(one)) for one in cases]


def manifest(**changed: Any) -> RunManifest:
    """Returns the manifest of some run."""
    default = {
        "schema": SCHEMA, "gold": "abc", "split": "dev", "corpus": "c1", "encoder": "e1",
        "settings": {"answer": {"nearby": 3}}, "versions": {"python": "3.11"},
    }  # fmt: skip
    return RunManifest(**{**default, **changed})


def turn(question: str, kind: str, *quotes: tuple[str, str], **changed: Any) -> dict[str, Any]:
    """Returns a line's turn; each quote is a need."""
    return {
        "question": question, "language": "fr", "kind": kind, "theme": "none",
        "outcome": "answered" if quotes else "abstained",
        "support": [[{"document": document, "quote": quote}] for document, quote in quotes],
        **changed,
    }  # fmt: skip


TURNS: dict[str, list[dict[str, Any]]] = {
    "bonjour": [turn("Bonjour", "small_talk", outcome="small_talk")],
    "far": [turn("Quelle est la capitale du Japon ?", "far")],
    "hostile": [turn(HOSTILE, "hostile", outcome="refused")],
    "mine": [
        turn(
            "When did the mine close?", "fact", ("mine", "La mine a fermé en 1990."),
            language="en", theme="heritage", must=[["1990"]], answer="en 1990",
        )
    ],
    "musee": [
        turn(
            "Quand le musée ouvre-t-il ?", "fact", ("musee", "Le musée ouvre le mardi."),
            theme="tourism", must=[["mardi"]], must_not=["lundi"], answer="le mardi",
        ),
        turn(
            "Et quand ferme-t-il ?", "fact", ("musee", "Il ferme le lundi."),
            theme="tourism", traits=["follow_up"], must=[["lundi"]], answer="le lundi",
        ),
    ],
    "near-cout": [turn("Combien a coûté le musée ?", "near", traits=["asks_amount"])],
    "near-qui": [turn("Qui dirige la mine ?", "near", traits=["asks_person"])],
    "parc": [
        turn(
            "Que dit-on du parc ?", "summary", ("parc", "Le parc couvre 45 hectares."),
            ("parc", "Des arbres y poussent."), theme="environment",
            must=[["45 hectares"], ["arbres"]],
        )
    ],
}  # fmt: skip
"""Four answerable turns, four to be declined (two near, one far, one hostile), one small talk."""


def write_gold(file: Path, turns: dict[str, list[dict[str, Any]]] = TURNS) -> Path:
    """Writes a gold set."""
    lines = [
        json.dumps({"id": name, "turns": held}, ensure_ascii=False) for name, held in turns.items()
    ]
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return file


def tiny_gold(folder: Path) -> GoldSet:
    """Returns the small gold set."""
    return read_gold(write_gold(folder / "gold.jsonl"))


def oracle(gold: GoldSet, index: Index) -> dict[str, Answer]:
    """Returns the answers that the gold set asks for, with the confidence that they deserve."""
    answers = {}
    for conversation in gold.conversations:
        for number, one in enumerate(conversation.turns, start=1):
            citations, statements = [], []
            for marker, (quote,) in enumerate(one.support, start=1):
                start = index.documents[quote.document].text.index(quote.quote)
                citations.append(
                    citation(start, start + len(quote.quote), quote.document, marker, quote.quote)
                )
                wanted = one.answer if one.answer and one.answer in quote.quote else None
                statements.append(said(quote.quote, marker, emphasis=wanted))
            answers[f"{conversation.id}#{number}"] = Answer(
                conversation.id, number, one.question, one.question, one.language, one.outcome,
                " ".join(statement.text for statement in statements) or "Texte.",
                tuple(statements), tuple(citations), OUTCOMES.get(one.outcome, 0.1),
            )  # fmt: skip
    return answers


def run_of(gold: GoldSet, index: Index, change: Change = lambda answer: answer) -> Run:
    """Returns the run of the assistant that knows the gold set by heart, broken by `change`."""
    answers = {name: change(answer) for name, answer in oracle(gold, index).items()}
    return score_answers(answers, gold, index, Settings())


def tiny_assistant(index: Index) -> Assistant:
    """Returns the real assistant on vectors of hashed terms."""
    settings = Settings()
    return Assistant(Retriever(index, HashEncoder(), settings.retrieval), settings.answer)


def abstains(answer: Answer) -> Answer:
    """Always abstains."""
    return replace(answer, outcome=Outcome.ABSTAINED, statements=(), citations=())
