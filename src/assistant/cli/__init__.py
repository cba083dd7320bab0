"""The command line: `assistant COMMAND`.

Exit codes: 0 done, 1 the thing asked for is not so, 2 wrong use or wrong input. Errors go to
standard error, what is wrong and what to do about it, without a traceback.
"""

from __future__ import annotations

import argparse
import datetime as dt
import os
import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any, Final

from assistant.cli import answering, evaluating, journalling, keeping, operating
from assistant.domain import Outcome
from assistant.errors import AssistantError
from assistant.settings import Settings, load_settings

DEFAULT_GOLD: Final = Path("tests/gold/conversations.jsonl")
_LAST_PORT: Final = 65_535
Command = Callable[[argparse.Namespace, Settings], int]


class _Later:
    """The commands of a module that is imported when one of them runs.

    It takes seconds, for which no other command should wait.
    """

    def __init__(self, module: str) -> None:
        self._module = module

    def __getattr__(self, name: str) -> Command:
        def run(parsed: argparse.Namespace, settings: Settings) -> int:
            command: Command = getattr(import_module(self._module), name)
            return command(parsed, settings)

        return run


reviewing = _Later("assistant.cli.reviewing")
staffing = _Later("assistant.cli.staffing")
_STATES: Final = ("new", "in_review", "to_mend", "closed")


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command and returns its exit code."""
    parsed = _parser().parse_args(arguments)
    try:
        settings = load_settings(parsed.settings)
        if parsed.index is not None:
            settings = settings.model_copy(update={"index_folder": parsed.index})
        command: Command = parsed.run_command
        return command(parsed, settings)
    except AssistantError as error:
        print(error, file=sys.stderr)
        return error.exit_code
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        # The reader of our output went away; nothing is left to tell it.
        # Python would complain once more when it flushes its standard output at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="assistant", description="Answers questions from its sources, and cites them."
    )
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)

    index = _add(commands, "index", keeping.index, "build or update the index")
    index.add_argument("--corpus", type=Path, metavar="DIR", help="folder of source texts")
    index.add_argument("--tables", type=Path, metavar="DIR", help="folder of the lists it names")
    index.add_argument("--rebuild", action="store_true", help="embed everything anew")
    only = index.add_mutually_exclusive_group()
    only.add_argument("--check", action="store_true", help="only verify; exit 1 if damaged")
    only.add_argument("--list", action="store_true", help="only list the versions that are kept")
    only.add_argument(
        "--rollback",
        nargs="?",
        const="",
        metavar="VERSION",
        help="make an earlier version the current one (the one before)",
    )

    ask = _add(commands, "ask", answering.ask, "answer one question")
    ask.add_argument("question", metavar="QUESTION")
    ask.add_argument("--json", action="store_true", help="print the whole record")

    answer = _add(commands, "answer", answering.answer, "answer the conversations of a file")
    answer.add_argument(
        "conversations", type=Path, metavar="FILE.jsonl", help='lines {"id": …, "turns": [ … ]}'
    )
    answer.add_argument("--out", type=Path, metavar="FILE", help="file for the answers")

    retrieve = _add(
        commands, "retrieve", answering.retrieve, "rank documents for the queries of a file"
    )
    retrieve.add_argument(
        "queries", type=Path, metavar="FILE.jsonl", help='lines {"_id": …, "text": …}'
    )
    retrieve.add_argument("--k", type=_positive, default=10, help="documents a query (10)")
    retrieve.add_argument("--run", type=Path, metavar="FILE", required=True, help="TREC run")

    sources = _add(commands, "sources", keeping.sources, "list the documents of the index")
    sources.add_argument("--json", action="store_true", help="as JSON")
    sources.add_argument("--text", metavar="ID", help="print the text that offsets count in")
    sources.add_argument("--check", action="store_true", help="exit 1 if something is wrong")
    sources.add_argument(
        "--in-step", metavar="NAME", help="record that the translations of a text say the same"
    )
    sources.add_argument(
        "--older-than", type=_day, metavar="DAY", help="report documents from before YYYY-MM-DD"
    )
    sources.add_argument("--corpus", type=Path, metavar="DIR", help="folder of source texts")
    sources.add_argument("--tables", type=Path, metavar="DIR", help="folder of the lists it names")

    evaluate = _add(commands, "evaluate", evaluating.evaluate, "measure how good the answers are")
    evaluate.add_argument(
        "--gold", type=Path, metavar="FILE", default=DEFAULT_GOLD, help=f"gold set ({DEFAULT_GOLD})"
    )
    evaluate.add_argument("--split", choices=("dev", "test"), help="only this half of it")
    evaluate.add_argument("--beir", type=Path, metavar="DIR", help="a collection instead")
    evaluate.add_argument("--run", type=Path, metavar="FILE", help="score answers made elsewhere")
    evaluate.add_argument("--out", type=Path, metavar="DIR", help="folder for run and report")
    evaluate.add_argument("--baseline", type=Path, metavar="DIR", help="compare with that run")
    evaluate.add_argument(
        "--fail-on-regression", action="store_true", help="exit 1 if it is really worse"
    )

    _add_groups(commands)

    chat = _add(commands, "chat", answering.chat, "serve the web interface")
    chat.add_argument("--host", help="address to listen on (127.0.0.1)")
    chat.add_argument("--port", type=_port, help="port to listen on (7860)")

    _add_operating(commands)
    return parser


def _add_operating(commands: Any) -> None:
    notice = _add(commands, "notice", operating.notice, "take the chat down, with a notice")
    notice.add_argument(
        "text", nargs="?", metavar="TEXT", help='what visitors read ("" for the usual sentence)'
    )
    notice.add_argument("--off", action="store_true", help="take the notice down: the chat is back")

    backup = _add(commands, "backup", operating.backup, "keep journal and corpus in one file")
    backup.add_argument("file", type=Path, metavar="FILE", help="the backup")
    backup.add_argument("--restore", action="store_true", help="put in place what is in it")
    backup.add_argument(
        "--force", action="store_true", help="replace a journal and a corpus that are not empty"
    )


def _add_groups(commands: Any) -> None:
    for name, text, add in (
        ("journal", "export or erase a conversation, remove old texts, count", _add_journal),
        ("staff", "add, remove or list the accounts of staff", _add_staff),
        ("review", "judge exchanges, make tests of them, count and export", _add_review),
    ):
        group = commands.add_parser(name, help=text, description=text)
        add(group.add_subparsers(title="commands", metavar="COMMAND", required=True))


def _add_journal(commands: Any) -> None:
    export = _add(commands, "export", journalling.export, "print all that is stored of one")
    erase = _add(commands, "erase", journalling.erase, "remove all that is stored of one")
    for command in (export, erase):
        command.add_argument("conversation", metavar="CONVERSATION_ID")
    _add(commands, "purge", journalling.purge, "remove the texts whose time is over")
    counts = _add(commands, "counts", journalling.counts, "count by day, outcome and language")
    counts.add_argument("--json", action="store_true", help="as JSON")
    counts.add_argument("--since", type=_day, metavar="DAY", help="from YYYY-MM-DD, in UTC")
    counts.add_argument("--until", type=_day, metavar="DAY", help="to YYYY-MM-DD, in UTC")


def _add_staff(commands: Any) -> None:
    add = _add(
        commands,
        "add",
        staffing.add,
        "add an account, or change its password and role",
    )
    add.add_argument("--role", choices=("reader", "reviewer"), default="reader", help="(reader)")
    add.add_argument(
        "--password-stdin", action="store_true", help="read the password from standard input"
    )
    remove = _add(commands, "remove", staffing.remove, "remove an account, end its sessions")
    for command in (add, remove):
        command.add_argument("name", metavar="NAME")
    out = _add(commands, "sign-out", staffing.sign_out, "end the sessions of an account, or of all")
    out.add_argument("name", nargs="?", metavar="NAME")
    out.add_argument("--all", action="store_true", help="of every account")
    listed = _add(commands, "list", staffing.list_accounts, "list the accounts")
    listed.add_argument("--json", action="store_true", help="as JSON")


def _add_review(commands: Any) -> None:
    queue = _add(commands, "list", reviewing.list_queue, "list what most needs eyes")
    queue.add_argument("--state", action="append", choices=_STATES, help="(all but closed)")
    queue.add_argument("--outcome", choices=tuple(Outcome), help="what became of the question")
    queue.add_argument("--feedback", choices=("helpful", "unhelpful"), help="of the visitor")
    queue.add_argument("--language", metavar="CODE", help="such as fr")
    queue.add_argument("--assignee", metavar="NAME", help="'' for nobody")
    queue.add_argument("--words", metavar="TEXT", help="that the question holds")
    queue.add_argument("--page", type=_positive, default=1, help="of 50 each (1)")
    shown = _add(
        commands,
        "show",
        reviewing.show,
        "show an exchange with all that is known of it",
    )
    agreed = _add(commands, "agreement", reviewing.agreement, "measure how far reviewers agree")
    gaps = _add(commands, "gaps", reviewing.gaps, "group unanswered questions by subject")
    figures = _add(commands, "dashboard", reviewing.dashboard, "count by week")
    export = _add(commands, "export", reviewing.export, "write gold set, qrels and judgements")
    export.add_argument("folder", type=Path, metavar="DIR")
    for command in (queue, gaps, figures):
        command.add_argument("--since", type=_day, metavar="DAY", help="from YYYY-MM-DD, in UTC")
        command.add_argument("--until", type=_day, metavar="DAY", help="to YYYY-MM-DD, in UTC")
    for command in (queue, shown, agreed, gaps, figures, export):
        command.add_argument("--json", action="store_true", help="as JSON")
    for command in (shown, *_add_judging(commands)):
        command.add_argument("exchange", metavar="EXCHANGE_ID")


def _add_judging(commands: Any) -> tuple[argparse.ArgumentParser, ...]:
    judge = _add(commands, "judge", reviewing.judge, "store a reviewer's verdicts")
    judge.add_argument(
        "--statement", action="append", default=[], metavar="N=VERDICT",
        help="right, incomplete, wrong or harmful; 0 is the whole answer",
    )  # fmt: skip
    judge.add_argument(
        "--citation", action="append", default=[], metavar="N=VERDICT[=PASSAGE_ID]",
        help="supports, partly or no, and a better passage",
    )  # fmt: skip
    change = _add(commands, "change", reviewing.change, "change state, assignee or note")
    change.add_argument("--state", choices=_STATES)
    change.add_argument("--assignee", metavar="NAME")
    change.add_argument("--note", metavar="TEXT")
    change.add_argument("--mended-in", metavar="VERSION", help="what mended it, when closed")
    case = _add(commands, "case", reviewing.case, "print the form of a test case, or make it")
    case.add_argument("--form", type=Path, metavar="FILE", help="the form, filled in")
    for command in (judge, change, case):
        command.add_argument("--reviewer", metavar="NAME", required=command is not case)
    return judge, change, case


def _add(commands: Any, name: str, run: Command, text: str) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = commands.add_parser(name, help=text, description=text)
    parser.add_argument("--index", type=Path, metavar="DIR", help="index folder (index)")
    parser.add_argument(
        "--settings", type=Path, metavar="FILE", help="settings file (assistant.toml)"
    )
    parser.set_defaults(run_command=run)
    return parser


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("must be at least 1")
    return number


def _day(text: str) -> str:
    try:
        return dt.datetime.strptime(text, "%Y-%m-%d").date().isoformat()
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text} is no day; write YYYY-MM-DD") from error


def _port(text: str) -> int:
    number = int(text)
    if not 1 <= number <= _LAST_PORT:
        raise argparse.ArgumentTypeError(f"must be from 1 to {_LAST_PORT}")
    return number
