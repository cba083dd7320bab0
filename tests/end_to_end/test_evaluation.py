"""The command that measures, and what the project's answers must not fall below."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from assistant.cli import main
from assistant.settings import Settings
from tests.conftest import ROOT

GOLD = ROOT / "tests" / "gold" / "conversations.jsonl"
BASELINE = ROOT / "tests" / "gold" / "baseline"


def _evaluate(settings: Settings, *arguments: object) -> int:
    index = ("--index", settings.index_folder, "--gold", GOLD)
    return main(["evaluate", *map(str, (*index, *arguments))])


def test_answers_are_not_worse_than_the_stored_baseline(
    settings: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """No decisive measure on the `dev` half really fell since the baseline was stored."""
    arguments = ("--split", "dev", "--baseline", BASELINE, "--fail-on-regression")
    code = _evaluate(settings, *arguments, "--out", tmp_path)
    printed = capsys.readouterr().out
    assert code == 0, printed
    assert {path.name for path in tmp_path.iterdir()} == {
        "manifest.json", "answers.jsonl", "run.trec", "scores.jsonl", "measures.json",
        "times.json", "report.md", "report.html",
    }  # fmt: skip
    overall = json.loads((tmp_path / "measures.json").read_bytes())["overall"]
    assert f"right                  {overall['right']['value']:>6.3f}" in printed


def test_worse_answers_fail(
    settings: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """An assistant that always abstains is told from the baseline, and fails."""
    strict = tmp_path / "assistant.toml"
    strict.write_text("[answer]\nmin_confidence = 1.0\n", encoding="utf-8")
    arguments = ("--split", "dev", "--baseline", BASELINE, "--settings", strict)
    assert _evaluate(settings, *arguments) == 0
    assert "settings.answer.min_confidence: None → 1.0" in capsys.readouterr().out
    assert _evaluate(settings, *arguments, "--fail-on-regression") == 1


def test_answers_made_elsewhere_are_scored(
    settings: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """What `assistant answer` wrote gets the figures that the evaluation itself gives."""
    conversations = tmp_path / "turns.jsonl"
    records = [json.loads(line) for line in GOLD.read_text(encoding="utf-8").splitlines()[:20]]
    gold = tmp_path / "gold.jsonl"
    gold.write_text("".join(json.dumps(record) + "\n" for record in records), encoding="utf-8")
    turns = [
        {"id": record["id"], "turns": [turn["question"] for turn in record["turns"]]}
        for record in records
    ]
    conversations.write_text("".join(json.dumps(one) + "\n" for one in turns), encoding="utf-8")
    answers = tmp_path / "answers.jsonl"
    index = ["--index", str(settings.index_folder)]
    assert main(["answer", *index, str(conversations), "--out", str(answers)]) == 0
    assert main(["evaluate", *index, "--gold", str(gold), "--run", str(answers)]) == 0
    elsewhere = capsys.readouterr().out.splitlines()
    assert main(["evaluate", *index, "--gold", str(gold)]) == 0
    ours = capsys.readouterr().out.splitlines()
    not_elsewhere = ("success", "recall_", "rr_", "ndcg", "independence")
    assert elsewhere == [line for line in ours if not line.startswith(not_elsewhere)]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--fail-on-regression"], "needs something to compare with"),
        (["--beir", "x", "--split", "dev"], "goes with --run and --out only"),
        (["--beir", "nowhere"], "is no collection in the BEIR layout"),
        (["--baseline", "nowhere"], "holds no run that can be read"),
    ],
)
def test_wrong_use_is_told(
    arguments: list[str], said: str, settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    """Options that do not go together, and folders that are not there, exit 2 with a sentence."""
    if arguments[0] == "--baseline":
        arguments = [*arguments, "--run", "none"]
        said = "cannot be read"
    assert _evaluate(settings, *arguments) == 2
    assert said in capsys.readouterr().err
