"""The commands that keep the journal, run as a script would run them."""

from __future__ import annotations

import datetime as dt
import json
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from assistant.cli import main
from assistant.domain import Outcome
from assistant.journal import Feedback
from tests.journal_databases import opened, turn

Run = Callable[..., tuple[int, str, str]]
NOON = dt.datetime(2026, 1, 15, 12, tzinfo=dt.UTC)


@pytest.fixture
def address(tmp_path: Path) -> str:
    """A journal with three exchanges of two conversations, one of them begins with a hyphen."""
    address = f"sqlite:///{tmp_path / 'journal.db'}"
    with opened(address) as journal:
        name = journal.record(turn(1, conversation="-a"), "v", NOON)
        journal.record(turn(2, conversation="-a", outcome=Outcome.ABSTAINED), "v", NOON)
        now = dt.datetime.now(dt.UTC) + dt.timedelta(hours=1)
        journal.record(turn(1, conversation="b"), "v", now)
        journal.feedback(name, Feedback(True))
    return address


@pytest.fixture
def run(tmp_path: Path, address: str, capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs a command of the journal with its address in the settings."""
    file = tmp_path / "assistant.toml"
    file.write_text(f'[journal]\naddress = "{address}"\nretention_days = 0\n')

    def run_command(command: str, *arguments: str) -> tuple[int, str, str]:
        code = main(["journal", command, "--settings", str(file), *arguments])
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return run_command


def test_export_prints_all_that_is_stored(run: Run) -> None:
    """One JSON object on standard output."""
    code, out, err = run("export", "--", "-a")
    exported = json.loads(out)
    assert (code, err) == (0, "")
    assert [one["turn"] for one in exported["exchanges"]] == [1, 2]
    assert exported["feedback"][0]["helpful"] is True


def test_erase_removes_one_conversation(run: Run) -> None:
    """It says how much there was; asked again, there is nothing, which is wrong input."""
    assert run("erase", "--", "-a") == (0, "2 exchanges erased.\n", "")
    for command in ("erase", "export"):
        code, out, err = run(command, "--", "-a")
        assert (code, out) == (2, "")
        assert err == (
            "There is no conversation called -a in the journal. "
            "Copy its id whole; if it begins with a hyphen, write -- before it.\n"
        )
    assert run("export", "b")[0] == 0


def test_purge_says_how_many_texts_went(run: Run) -> None:
    """Those whose time is over; the others stay."""
    assert run("purge") == (0, "Texts of 2 exchanges removed: 0 days are over.\n", "")
    assert run("purge") == (0, "Texts of 0 exchanges removed: 0 days are over.\n", "")
    assert json.loads(run("export", "b")[1])["exchanges"][0]["question"]


def test_counts_are_printed(run: Run) -> None:
    """A line for each day, outcome and language, and the sum."""
    code, out, err = run("counts", "--until", "2026-01-15", "--since", "2026-01-15")
    assert (code, err) == (0, "")
    assert out.splitlines()[0].split() == [
        "2026-01-15", "abstained", "fr", "1", "exchanges", "0", "helpful", "0", "not",
    ]  # fmt: skip
    assert out.splitlines()[1].split()[:6] == [
        "2026-01-15", "answered", "fr", "1", "exchanges", "1",
    ]  # fmt: skip


def test_counts_are_printed_as_json(run: Run) -> None:
    """A list of objects, in order of days."""
    code, out, _ = run("counts", "--json")
    assert code == 0
    assert sum(one["exchanges"] for one in json.loads(out)) == 3
    assert {"day": "2026-01-15", "outcome": "abstained", "language": "fr", "exchanges": 1,
            "helpful": 0, "unhelpful": 0} in json.loads(out)  # fmt: skip


def test_database_that_does_not_answer_exits_1(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is wrong and what to do, on standard error."""
    monkeypatch.setattr("assistant.journal.database._WAIT", 0.1)
    connection = sqlite3.connect(tmp_path / "journal.db", isolation_level=None)
    connection.execute("BEGIN IMMEDIATE")
    code, out, err = run("erase", "b")
    connection.close()
    assert (code, out) == (1, "")
    assert err == (
        f"The journal sqlite:///{tmp_path / 'journal.db'} does not answer (database is locked). "
        "Check that the database runs, is sound, has room and may be written; then try again.\n"
    )


@pytest.mark.parametrize("arguments", [[], ["nothing"], ["export"], ["counts", "--since", "today"]])
def test_wrong_use_exits_2(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """With how it is used."""
    with pytest.raises(SystemExit) as ended:
        main(["journal", *arguments])
    assert ended.value.code == 2
    assert "usage: assistant journal" in capsys.readouterr().err
