"""The commands of staff, run as a script would run them."""

from __future__ import annotations

import datetime as dt
import getpass
import io
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from assistant.cli import main
from assistant.domain import Outcome, Statement
from assistant.evaluation import read_gold
from assistant.journal import Accounts, Audit, Feedback, StaffTokens, TokenKind
from assistant.testing import HashEncoder
from tests.journal_databases import CITATION, opened, turn
from tests.small_indexes import index_of

Run = Callable[..., tuple[int, str, str]]
NOON = dt.datetime(2026, 11, 24, 12, tzinfo=dt.UTC)
PASSWORD = "correct horse battery"  # noqa: S105 - of a test
TEXT = "Le musée ouvre le mardi."


@pytest.fixture
def address(tmp_path: Path) -> str:
    """The journal of `run`."""
    return f"sqlite:///{tmp_path / 'journal.db'}"


@pytest.fixture
def exchange(tmp_path: Path, address: str) -> str:
    """An unhelpful answer that cites the only sentence of the index."""
    (passage,) = index_of(tmp_path, {"musee": TEXT}).passages
    cited = replace(
        CITATION, passage_id=passage.passage_id, document_id="musee", quote=TEXT, start=0,
        end=len(TEXT), content_hash=passage.content_hash,
    )  # fmt: skip
    with opened(address) as journal:
        one = turn(
            question="Quand ouvre le musée ?", text=f"{TEXT} [1]", citations=(cited,),
            statements=(Statement(TEXT, (1,)),),
        )  # fmt: skip
        name = journal.record(one, "v", NOON)
        journal.feedback(name, Feedback(False))
        other = turn(conversation="b", outcome=Outcome.ABSTAINED, citations=())
        journal.record(other, "v", NOON)
    return name


@pytest.fixture
def run(tmp_path: Path, address: str, capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs a command with a journal, an index and a folder of staff of its own."""
    file = tmp_path / "assistant.toml"
    file.write_text(
        f'index_folder = "{tmp_path / "index"}"\n[journal]\naddress = "{address}"\n'
        f'[staff]\nfolder = "{tmp_path / "staff"}"\n'
    )

    def run_command(group: str, command: str, *arguments: str) -> tuple[int, str, str]:
        code = main([group, command, "--settings", str(file), *arguments])
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return run_command


@pytest.fixture
def lea(run: Run, monkeypatch: pytest.MonkeyPatch) -> str:
    """The account of a reviewer."""
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{PASSWORD}\n"))
    run("staff", "add", "lea", "--role", "reviewer", "--password-stdin")
    return "lea"


def test_account_is_added_changed_listed_and_removed(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The password is typed twice and never shown; what was done is said."""
    monkeypatch.setattr(getpass, "getpass", lambda _: PASSWORD)
    assert run("staff", "add", "lea") == (0, "The account lea (reader) is added.\n", "")
    code, out, _ = run("staff", "add", "lea", "--role", "reviewer")
    assert (code, out) == (
        0, "The account lea (reviewer) is changed; its sessions have ended.\n",
    )  # fmt: skip
    assert run("staff", "list")[1].splitlines()[-1] == "1 accounts."
    (listed,) = json.loads(run("staff", "list", "--json")[1])
    assert (listed["name"], listed["role"]) == ("lea", "reviewer")
    assert set(listed) == {"name", "role", "made_at"}
    assert run("staff", "remove", "lea")[0] == 0
    code, _, err = run("staff", "remove", "lea")
    assert (code, err.startswith("There is no account called lea.")) == (2, True)


def test_sessions_are_ended(run: Run, lea: str, address: str) -> None:
    """Of one account or of all; how many is said, and written down."""
    with opened(address) as journal:
        account = Accounts(journal.database).find(lea)
        assert account is not None
        tokens = StaffTokens(journal.database)
        for _ in range(3):
            assert tokens.issue(account, TokenKind.SESSION, dt.timedelta(hours=1))
    assert run("staff", "sign-out", lea) == (0, "3 sessions of lea have ended.\n", "")
    assert run("staff", "sign-out", "--all")[1] == "0 sessions of all accounts have ended.\n"
    code, _, err = run("staff", "sign-out", "max")
    assert (code, err.startswith("There is no account called max.")) == (2, True)
    for wrong in ((), (lea, "--all")):
        code, _, err = run("staff", "sign-out", *wrong)
        assert (code, "either NAME or --all" in err) == (2, True)
    with opened(address) as journal:
        trail = Audit(journal.database).entries(lea)
    assert [(one.action, one.details) for one in trail if one.action == "sign_out"] == [
        ("sign_out", {"sessions": 3})
    ]


def test_password_that_cannot_be_one_is_refused(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two that differ, a short one, none at all."""
    typed = iter([PASSWORD, "another", "short", "short"])
    monkeypatch.setattr(getpass, "getpass", lambda _: next(typed))
    assert "not the same" in run("staff", "add", "lea")[2]
    assert "12 to 1000 characters" in run("staff", "add", "lea")[2]
    monkeypatch.setattr("sys.stdin", io.StringIO(""))
    code, _, err = run("staff", "add", "lea", "--password-stdin")
    assert (code, "12 to 1000 characters" in err) == (2, True)
    assert run("staff", "list")[1] == "0 accounts.\n"


def test_queue_is_listed(run: Run, exchange: str) -> None:
    """For people one line each; for scripts the whole records; filters are those of the page."""
    code, out, err = run("review", "list")
    assert (code, err) == (0, "")
    first, _, last = out.splitlines()
    assert first == f"{exchange}  new       answered   unhelpful  Quand ouvre le musée ?"
    assert last == "Page 1 of 1; 2 exchanges."
    found = json.loads(run("review", "list", "--outcome", "abstained", "--json")[1])
    assert (found["total"], found["pages"], found["items"][0]["outcome"]) == (1, 1, "abstained")
    assert found["items"][0]["asked_at"] == "2026-11-24T12:00:00+00:00"
    assert json.loads(run("review", "list", "--feedback", "helpful", "--json")[1])["total"] == 0
    assert json.loads(run("review", "list", "--words", "MUSEE", "--json")[1])["total"] == 1
    assert json.loads(run("review", "list", "--state", "closed", "--json")[1])["total"] == 0


def test_exchange_is_judged_closed_and_shown(run: Run, exchange: str, lea: str) -> None:
    """Verdicts, state and what mended it come back."""
    code, out, _ = run(
        "review", "judge", exchange, "--reviewer", lea, "--statement", "1=incomplete",
        "--citation", "1=partly",
    )  # fmt: skip
    assert (code, out) == (0, "1 statements and 1 citations judged.\n")
    run("review", "change", exchange, "--reviewer", lea, "--state", "to_mend", "--note", "À voir")
    code, out, _ = run(
        "review", "change", exchange, "--reviewer", lea, "--state", "closed", "--mended-in", "v-2"
    )
    assert (code, out) == (0, f"{exchange} is closed.\n")
    shown = json.loads(run("review", "show", exchange, "--json")[1])
    assert shown["review"]["note"] == "À voir"
    assert (shown["review"]["state"], shown["review"]["mended_in"]) == ("closed", "v-2")
    assert shown["statements"][0]["verdict"] == "incomplete"
    text = run("review", "show", exchange)[1]
    assert "statement 1: incomplete (lea)" in text
    assert "citation 1: partly (lea)" in text


def test_form_becomes_a_test_case(run: Run, exchange: str, lea: str, tmp_path: Path) -> None:
    """The printed form, filled in, makes a conversation of the gold set; the export holds it."""
    form = json.loads(run("review", "case", exchange)[1])
    assert form["quotes"] == [{"document": "musee", "quote": TEXT}]
    file = tmp_path / "form.json"
    file.write_text(json.dumps({**form, "theme": "tourism", "must": [["mardi"]]}))
    code, out, _ = run("review", "case", exchange, "--form", str(file), "--reviewer", lea)
    assert (code, out.split()[0]) == (0, f"staff-{exchange[:16]}")
    assert read_gold(tmp_path / "staff" / "gold.jsonl").conversations[0].turns[0].theme == "tourism"
    done = json.loads(run("review", "export", str(tmp_path / "out"), "--json")[1])
    assert (done["cases"], done["judgements"]) == (1, 0)
    assert run("review", "export", str(tmp_path / "out"))[1].startswith("1 conversations, 0 judged")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("judge", "EXCHANGE", "--reviewer", "max"), "max is not the account of a reviewer"),
        (("judge", "EXCHANGE", "--reviewer", "lea", "--statement", "right"), "no verdict on a"),
        (("judge", "EXCHANGE", "--reviewer", "lea", "--statement", "1=good"), "“good” is no"),
        (("judge", "EXCHANGE", "--reviewer", "lea", "--citation", "9=no"), "no citation 9"),
        (("change", "EXCHANGE", "--reviewer", "lea", "--mended-in", "v"), "Only a closed exchange"),
        (("show", "none"), "no exchange called none"),
        (("case", "EXCHANGE", "--form", "FORM"), "Nobody is named"),
        (("case", "EXCHANGE", "--form", "FORM", "--reviewer", "lea"), "cannot be read"),
    ],
)  # fmt: skip
def test_wrong_use_is_said(
    run: Run, exchange: str, lea: str, tmp_path: Path, arguments: tuple[str, ...], message: str
) -> None:
    """One sentence and no traceback; nothing is stored."""
    form = tmp_path / "form.json"
    form.write_text('{"question": "Quoi ?"}')
    places = {"EXCHANGE": exchange, "FORM": str(form)}
    code, out, err = run("review", *(places.get(one, one) for one in arguments))
    assert code in {1, 2}
    assert out == ""
    assert message in err
    assert lea == "lea"


def test_figures_and_agreement_are_printed(run: Run, exchange: str, lea: str) -> None:
    """By week, as lines and as JSON; two reviewers are needed to agree."""
    period = ("--since", "2026-11-23", "--until", "2026-11-29")
    code, out, _ = run("review", "dashboard", *period)
    assert code == 0
    assert out.splitlines()[0] == "2026-11-23       2 exchanges  1 abstained, 1 answered"
    figures = json.loads(run("review", "dashboard", "--json", *period)[1])
    assert figures["weeks"][0]["outcomes"] == {"answered": 1, "abstained": 1}
    assert figures["weeks"][0]["unhelpful"] == 1
    run("review", "judge", exchange, "--reviewer", lea, "--statement", "1=right")
    assert run("review", "agreement")[1] == "No two reviewers judged anything in common.\n"
    assert json.loads(run("review", "agreement", "--json")[1]) == []


def test_gaps_are_printed(run: Run, exchange: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was left unanswered; another model than that of the index is refused."""
    code, _, err = run("review", "gaps")
    assert (code, "was built with hash of terms" in err) == (1, True)
    monkeypatch.setattr("assistant.cli.reviewing.load_encoder", lambda _: HashEncoder())
    assert exchange
    code, out, _ = run("review", "gaps", "--since", "2026-11-01", "--until", "2026-11-30")
    assert code == 0
    assert out.splitlines()[-1] == "1 subjects."
    (gap,) = json.loads(run("review", "gaps", "--json", "--since", "2026-11-01", "--until",
                            "2026-11-30")[1])  # fmt: skip
    assert gap["questions"] == ["Où est le Louvre-Lens ?"]
