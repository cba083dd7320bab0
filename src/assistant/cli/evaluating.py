"""The command that measures: `evaluate`."""

from __future__ import annotations

import argparse
import json
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.bootstrap import open_assistant, update_index
from assistant.cli.terminal import progress_bars, read_records
from assistant.domain import Answer
from assistant.errors import GoldError, InputError
from assistant.index import open_index
from assistant.settings import Settings

if TYPE_CHECKING:
    from assistant.evaluation import Comparison, GoldSet, Run
    from assistant.evaluation.beir import CollectionRun


def evaluate(parsed: argparse.Namespace, settings: Settings) -> int:
    """Measures the answers to a gold set, or to the queries of a collection."""
    if parsed.beir is not None:
        if parsed.baseline or parsed.fail_on_regression or parsed.split:
            raise InputError(
                "--beir goes with --run and --out only.", "Leave the other options away."
            )
        return _evaluate_collection(parsed, settings)
    if parsed.fail_on_regression and parsed.baseline is None:
        raise InputError("--fail-on-regression needs something to compare with.", "Add --baseline.")
    # Two seconds to import, which no other command should wait for.
    from assistant.evaluation import (  # noqa: PLC0415
        compare,
        figure_lines,
        read_gold,
        write_report,
        write_run,
    )

    gold = read_gold(parsed.gold, parsed.split)
    run = _run(parsed, settings, gold)
    comparison = compare(run, parsed.baseline) if parsed.baseline else None
    print("\n".join(figure_lines(run.overall)))
    if comparison is not None:
        _print_comparison(comparison)
    if parsed.out is not None:
        write_run(run, parsed.out)
        write_report(run, parsed.out, comparison)
        print(f"Written to {parsed.out}: report.html, report.md, measures.json, scores.jsonl, …")
    return int(parsed.fail_on_regression and comparison is not None and comparison.regressed)


def _run(parsed: argparse.Namespace, settings: Settings, gold: GoldSet) -> Run:
    from assistant.evaluation import evaluate as evaluate_gold  # noqa: PLC0415 - see above
    from assistant.evaluation import score_answers  # noqa: PLC0415

    if parsed.run is not None:
        answers = dict(_read_answers(parsed.run))
        return score_answers(answers, gold, open_index(settings.index_folder), settings)
    assistant = open_assistant(settings)
    with progress_bars("turns") as progress:
        return evaluate_gold(assistant, gold, settings, progress)


def _read_answers(file: Path) -> list[tuple[str, Answer]]:
    answers = []
    for number, record in read_records(file):
        try:
            name = record.get("id", record["conversation_id"])
            answer = Answer.from_json(record)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise InputError(
                f"Line {number} of {file} is no answer ({error}).",
                "Name a file that `assistant answer` wrote.",
            ) from error
        answers.append((f"{name}#{answer.turn}", answer))
    return answers


def _print_comparison(comparison: Comparison) -> None:
    print()
    for change in comparison.changes:
        print(f"changed: {change}")
    for one in comparison.differences:
        real = "real" if one.real else "may be chance"
        print(
            f"{one.measure:<22} {one.before:>6.3f} → {one.after:.3f}"
            f"  [{one.low:+.3f}, {one.high:+.3f}]  {real} (p {one.chance:.3f}; "
            f"{one.smallest:.3f} could be seen)"
        )
    print(f"{len(comparison.better)} turns became right, {len(comparison.worse)} became wrong.")


def _evaluate_collection(parsed: argparse.Namespace, settings: Settings) -> int:
    from assistant.evaluation import figure_lines  # noqa: PLC0415 - see above

    run = _collection_run(parsed, settings)
    figures = run.overall()
    print("\n".join(figure_lines(figures)))
    if parsed.out is not None:
        _write_collection(run, parsed.out)
    return 0


def _collection_run(parsed: argparse.Namespace, settings: Settings) -> CollectionRun:
    from assistant.evaluation import (  # noqa: PLC0415 - see above
        evaluate_collection,
        read_trec,
        score_collection,
    )
    from assistant.evaluation.beir import read_collection_queries  # noqa: PLC0415

    _, qrels = read_collection_queries(parsed.beir)
    if parsed.run is not None:
        return score_collection(read_trec(parsed.run), qrels)
    with tempfile.TemporaryDirectory() as place:
        # A collection has an index of its own; one that is named is kept for the next time.
        folder = parsed.index or Path(place)
        settings = settings.model_copy(update={"index_folder": folder, "corpus": parsed.beir})
        with progress_bars("passages") as progress:
            update_index(settings, progress)
        assistant = open_assistant(settings)
        with progress_bars("queries") as progress:
            return evaluate_collection(assistant, parsed.beir, progress)


def _write_collection(run: CollectionRun, folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with (folder / "scores.jsonl").open("w", encoding="utf-8") as stream:
            for query in run.rankings:
                values = {
                    name: found[query] for name, found in run.scores.items() if query in found
                }
                stream.write(json.dumps({"id": query, "scores": values}) + "\n")
        with (folder / "run.trec").open("w", encoding="utf-8") as stream:
            for query, ranked in run.rankings.items():
                for rank, (document, score) in enumerate(ranked.items(), start=1):
                    stream.write(f"{query} Q0 {document} {rank} {score:.6f} assistant\n")
    except OSError as error:
        raise GoldError(
            f"{folder} cannot be written ({error.strerror}).", "Name another folder with --out."
        ) from error
