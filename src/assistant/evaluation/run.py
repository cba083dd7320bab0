"""A run: every turn of a gold set answered, scored and summed up, and what it is on disk.

A run's folder holds::

    manifest.json      what it was made from and with
    answers.jsonl      one Answer a turn, as `assistant answer` writes them
    run.trec           the passages found for each turn
    scores.jsonl       every turn with its scores
    measures.json      the figures with their intervals
    times.json         how long answers took
    report.md, report.html
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, Final

import numpy as np

from assistant.conversation import Assistant
from assistant.domain import Answer
from assistant.errors import GoldError
from assistant.evaluation.cases import Case, Judged, SetMeasure, TurnMeasure
from assistant.evaluation.gold import GoldConversation, GoldSet, GoldTurn, Needs, locate
from assistant.evaluation.intervals import Estimate, mean_estimate, set_estimates
from assistant.evaluation.manifest import RunManifest, describe_run
from assistant.evaluation.measures.abstention import (
    abstention_f1,
    abstention_precision,
    abstention_recall,
    false_abstention,
)
from assistant.evaluation.measures.auroc import auroc, auroc_far, auroc_near
from assistant.evaluation.measures.beside import beside
from assistant.evaluation.measures.calibration_error import calibration_error
from assistant.evaluation.measures.citation_precision import citation_precision
from assistant.evaluation.measures.citation_recall import citation_recall
from assistant.evaluation.measures.content import content
from assistant.evaluation.measures.independence import independence, questions_before
from assistant.evaluation.measures.language_match import language_match
from assistant.evaluation.measures.out_of_scope_error import out_of_scope_error
from assistant.evaluation.measures.retrieval import MEASURES as RETRIEVAL
from assistant.evaluation.measures.retrieval import retrieval
from assistant.evaluation.measures.right import right
from assistant.evaluation.measures.risk_coverage import mean_risk
from assistant.evaluation.measures.short_answers import contains_answer, exact_match, token_f1
from assistant.evaluation.measures.source_cited import source_cited
from assistant.index import Index
from assistant.settings import Settings

TURN_MEASURES: Final[dict[str, TurnMeasure]] = {
    "right": right,
    "source_cited": source_cited,
    "content": content,
    "citation_precision": citation_precision,
    "citation_recall": citation_recall,
    "contains_answer": contains_answer,
    "exact_match": exact_match,
    "token_f1": token_f1,
    "false_abstention": false_abstention,
    "beside": beside,
    "out_of_scope_error": out_of_scope_error,
    "independence": independence,
    "language_match": language_match,
}
SET_MEASURES: Final[dict[str, SetMeasure]] = {
    "abstention_precision": abstention_precision,
    "abstention_recall": abstention_recall,
    "abstention_f1": abstention_f1,
    "auroc": auroc,
    "auroc_near": auroc_near,
    "auroc_far": auroc_far,
    "mean_risk": mean_risk,
    "calibration_error": calibration_error,
}
GROUPS: Final[dict[str, Callable[[Case], Iterable[str]]]] = {
    "kind": lambda case: [case.gold.kind],
    "language": lambda case: [case.gold.language],
    "theme": lambda case: [case.gold.theme],
    "trait": lambda case: case.gold.traits,
}

Scores = dict[str, dict[str, float]]
"""For each measure, its value by the name of each eligible turn."""


@dataclass(frozen=True)
class Run:
    """A run, scored.

    Attributes:
        cases: by conversation and turn.
        scores: see `Scores`; retrieval is missing for a run made elsewhere.
    """

    manifest: RunManifest
    cases: tuple[Case, ...]
    scores: Scores
    conversations: dict[str, str] = field(default_factory=dict)

    @property
    def judged(self) -> tuple[Judged, ...]:
        """Every case with whether it is right."""
        return tuple(Judged(case, self.scores["right"][case.name]) for case in self.cases)

    @cached_property
    def overall(self) -> dict[str, Estimate]:
        """Every figure over all turns."""
        return self._figures(self.judged)

    @cached_property
    def by_group(self) -> dict[str, dict[str, dict[str, Estimate]]]:
        """Every figure for each kind, language, theme and trait."""
        figures: dict[str, dict[str, dict[str, Estimate]]] = {}
        for group, names_of in GROUPS.items():
            members: dict[str, list[Judged]] = {}
            for turn in self.judged:
                for name in names_of(turn.case):
                    members.setdefault(name, []).append(turn)
            figures[group] = {name: self._figures(members[name]) for name in sorted(members)}
        return figures

    def _figures(self, turns: Sequence[Judged]) -> dict[str, Estimate]:
        chosen = {turn.case.name for turn in turns}
        figures = {}
        for measure, values in self.scores.items():
            held = {turn: value for turn, value in values.items() if turn in chosen}
            if (estimate := mean_estimate(held, self.conversations)) is not None:
                figures[measure] = estimate
        return figures | set_estimates(turns, SET_MEASURES)

    def times_ms(self) -> list[float]:
        """Returns how long every answer took, in milliseconds."""
        return [_time(case) for case in self.cases]

    def times_by_group(self) -> dict[str, dict[str, dict[str, float]]]:
        """Returns median and 95th percentile of the times, in milliseconds, with counts."""
        members: dict[str, dict[str, list[float]]] = {"overall": {"all": self.times_ms()}}
        for group, names_of in GROUPS.items():
            for case in self.cases:
                for name in names_of(case):
                    members.setdefault(group, {}).setdefault(name, []).append(_time(case))
        return {
            group: {
                name: {
                    "median": float(np.median(times)),
                    "p95": float(np.quantile(times, 0.95)),
                    "count": len(times),
                }
                for name, times in sorted(held.items())
            }
            for group, held in members.items()
        }


def _time(case: Case) -> float:
    return case.answer.timings_ms.get("total", 0.0)


def evaluate(
    assistant: Assistant,
    gold: GoldSet,
    settings: Settings,
    progress: Callable[[int], Callable[[int], None]] = lambda _: lambda _: None,
) -> Run:
    """Has an assistant answer a gold set and scores what it says.

    Args:
        assistant: answers.
        gold: what is asked.
        settings: what the assistant was opened with.
        progress: told how many questions will be asked, returns what counts them.

    Raises:
        GoldError: a quote of the gold set does not stand in the sources.
    """
    needs = locate_all(gold, assistant.index)
    before = questions_before(gold)
    done = progress(
        sum(len(conversation.turns) for conversation in gold.conversations)
        + sum(len(others) + 1 for others in before.values())
    )
    cases = []
    for conversation in gold.conversations:
        later = _ask_later(assistant, conversation, before.get(conversation.id), done)
        talk = assistant.conversation(conversation.id)
        for turn in conversation.turns:
            answer = talk.ask(turn.question)
            name = f"{conversation.id}#{answer.turn}"
            ranking = talk.turns[-1].ranking
            ranked = tuple(one.passage.passage_id for one in ranking.passages) if ranking else ()
            relevant = frozenset(_holding(needs[name], assistant.index, answer.language))
            cases.append(
                Case(
                    name, conversation.id, turn, needs[name], answer, ranked, relevant,
                    later if answer.turn == 1 else None,
                )
            )  # fmt: skip
            done(1)
    return score(cases, describe_run(gold, assistant.index, settings))


def _ask_later(
    assistant: Assistant,
    conversation: GoldConversation,
    before: Sequence[str] | None,
    done: Callable[[int], None],
) -> Answer | None:
    """Returns what a first turn gets after other questions, or None where there are none."""
    if before is None:
        return None
    talk = assistant.conversation(conversation.id)
    for question in before:
        talk.ask(question)
        done(1)
    answer = talk.ask(conversation.turns[0].question)
    done(1)
    return answer


def score_answers(
    answers: Mapping[str, Answer], gold: GoldSet, index: Index, settings: Settings
) -> Run:
    """Scores answers that were made elsewhere.

    Args:
        answers: by `CONVERSATION#TURN`.
        gold: what was asked.
        index: holds the sources that the gold set quotes.
        settings: of the manifest.

    Raises:
        GoldError: a turn has no answer or one to another question, or a quote of the gold set or
            of an answer does not stand in the sources.
    """
    needs = locate_all(gold, index)
    cases = []
    for conversation in gold.conversations:
        for number, turn in enumerate(conversation.turns, start=1):
            name = f"{conversation.id}#{number}"
            if name not in answers:
                raise GoldError(f"The run has no answer to {name}.", "Answer every turn.")
            _refuse_unfit(name, answers[name], turn, index)
            cases.append(Case(name, conversation.id, turn, needs[name], answers[name]))
    return score(cases, describe_run(gold, None, settings))


def _refuse_unfit(name: str, answer: Answer, turn: GoldTurn, index: Index) -> None:
    if answer.question != turn.question:
        raise GoldError(
            f"The run's answer to {name} is to another question.",
            "Answer the gold set as it is now.",
        )
    if not 0 <= answer.confidence <= 1:
        raise GoldError(
            f"The run's answer to {name} has the confidence {answer.confidence}.",
            "Write a probability, from 0 to 1.",
        )
    for citation in answer.citations:
        document = index.documents.get(citation.document_id)
        if document is None or document.text[citation.start : citation.end] != citation.quote:
            raise GoldError(
                f"The run's answer to {name} quotes what {citation.document_id} does not say there:"
                f" “{citation.quote[:80]}”.",
                "Make the run anew from the sources of this index.",
            )


def score(cases: Sequence[Case], manifest: RunManifest) -> Run:
    """Applies every measure to every turn that is eligible for it."""
    scores: Scores = {}
    for name, measure in TURN_MEASURES.items():
        values = {case.name: measure(case) for case in cases}
        scores[name] = {turn: value for turn, value in values.items() if value is not None}
    found = retrieval(cases)
    for name in RETRIEVAL:
        scores[name] = {turn: values[name] for turn, values in found.items()}
    return Run(
        manifest,
        tuple(cases),
        {name: values for name, values in scores.items() if values},
        {case.name: case.conversation_id for case in cases},
    )


def locate_all(gold: GoldSet, index: Index) -> dict[str, Needs]:
    """Returns the needs of every turn by `CONVERSATION#TURN`.

    Raises:
        GoldError: a quote does not stand in the sources.
    """
    return {
        f"{conversation.id}#{number}": locate(turn, index.documents)
        for conversation in gold.conversations
        for number, turn in enumerate(conversation.turns, start=1)
    }


def _holding(needs: Needs, index: Index, language: str) -> Iterator[str]:
    """Yields the passages that hold a supporting quote and can be found in a language."""
    hidden = index.hidden(language)
    places = [place for need in needs for place in need]
    for position, passage in enumerate(index.passages):
        if not hidden[position] and any(
            place.document_id == passage.document_id
            and place.span.start < passage.end
            and passage.start < place.span.end
            for place in places
        ):
            yield passage.passage_id


def write_run(run: Run, folder: Path) -> None:
    """Writes the manifest, the answers, the TREC run, the scores and the figures.

    Raises:
        GoldError: the folder cannot be written.
    """
    figures = {
        "overall": {name: asdict(estimate) for name, estimate in run.overall.items()},
        **{
            group: {
                name: {measure: asdict(estimate) for measure, estimate in figures.items()}
                for name, figures in groups.items()
            }
            for group, groups in run.by_group.items()
        },
    }
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _write_json(folder / "manifest.json", asdict(run.manifest))
        _write_json(folder / "measures.json", figures)
        _write_json(folder / "times.json", run.times_by_group())
        _write_lines(
            folder / "answers.jsonl",
            ({"id": case.conversation_id, **case.answer.to_json()} for case in run.cases),
        )
        _write_lines(folder / "scores.jsonl", (score_record(run, case) for case in run.cases))
        trec = [
            f"{case.name} Q0 {passage} {rank} {1 / rank:.6f} assistant\n"
            for case in run.cases
            for rank, passage in enumerate(case.ranked or (), start=1)
        ]
        (folder / "run.trec").write_text("".join(trec), encoding="utf-8")
    except OSError as error:
        raise GoldError(
            f"{folder} cannot be written ({error.strerror}).", "Name another folder with --out."
        ) from error


def score_record(run: Run, case: Case) -> dict[str, Any]:
    """Returns one turn with its scores, as JSON values."""
    return {
        "id": case.conversation_id,
        "turn": case.answer.turn,
        "question": case.gold.question,
        "language": case.gold.language,
        "kind": case.gold.kind,
        "theme": case.gold.theme,
        "traits": list(case.gold.traits),
        "expected": case.gold.outcome,
        "outcome": case.answer.outcome,
        "confidence": case.answer.confidence,
        "text": case.answer.text,
        "scores": {
            name: values[case.name] for name, values in run.scores.items() if case.name in values
        },
    }


def _write_json(file: Path, record: Any) -> None:
    file.write_text(json.dumps(record, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def _write_lines(file: Path, records: Iterable[dict[str, Any]]) -> None:
    with file.open("w", encoding="utf-8", errors="backslashreplace") as stream:
        for record in records:
            stream.write(json.dumps(record, ensure_ascii=False) + "\n")
