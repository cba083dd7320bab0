"""The command line: `assistant COMMAND`.

Exit codes: 0 done, 1 the thing asked for is not so, 2 wrong use or wrong input. Errors go to
standard error, what is wrong and what to do about it, without a traceback.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from importlib.metadata import entry_points
from pathlib import Path
from typing import IO, Any, Final

from tqdm import tqdm

from assistant.answer import describe_source
from assistant.bootstrap import open_assistant, update_index
from assistant.corpus import read_corpus, record_in_step
from assistant.domain import Answer, Citation, SourceDocument
from assistant.encoder import Progress
from assistant.errors import AssistantError, InputError, QuestionError, ServeError
from assistant.index import Index, check_index, open_index
from assistant.question import clean
from assistant.settings import Settings, load_settings
from assistant.texts import load_texts

UI_ENTRY_POINTS: Final = "assistant.ui"
_LAST_PORT: Final = 65_535


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command and returns its exit code."""
    parsed = _parser().parse_args(arguments)
    try:
        settings = load_settings(parsed.settings)
        if parsed.index is not None:
            settings = settings.model_copy(update={"index_folder": parsed.index})
        command: Callable[[argparse.Namespace, Settings], int] = parsed.run_command
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

    index = _add(commands, "index", _index, "build or update the index")
    index.add_argument("--corpus", type=Path, metavar="DIR", help="folder of source texts")
    index.add_argument("--rebuild", action="store_true", help="embed everything anew")
    index.add_argument("--check", action="store_true", help="only verify; exit 1 if damaged")

    ask = _add(commands, "ask", _ask, "answer one question")
    ask.add_argument("question", metavar="QUESTION")
    ask.add_argument("--json", action="store_true", help="print the whole record")

    answer = _add(commands, "answer", _answer, "answer the conversations of a file")
    answer.add_argument(
        "conversations", type=Path, metavar="FILE.jsonl", help='lines {"id": …, "turns": [ … ]}'
    )
    answer.add_argument("--out", type=Path, metavar="FILE", help="file for the answers")

    retrieve = _add(commands, "retrieve", _retrieve, "rank documents for the queries of a file")
    retrieve.add_argument(
        "queries", type=Path, metavar="FILE.jsonl", help='lines {"_id": …, "text": …}'
    )
    retrieve.add_argument("--k", type=_positive, default=10, help="documents a query (10)")
    retrieve.add_argument("--run", type=Path, metavar="FILE", required=True, help="TREC run")

    sources = _add(commands, "sources", _sources, "list the documents of the index")
    sources.add_argument("--json", action="store_true", help="as JSON")
    sources.add_argument("--text", metavar="ID", help="print the text that offsets count in")
    sources.add_argument("--check", action="store_true", help="exit 1 if something is wrong")
    sources.add_argument(
        "--in-step", metavar="NAME", help="record that the translations of a text say the same"
    )
    sources.add_argument("--corpus", type=Path, metavar="DIR", help="folder for --in-step")

    chat = _add(commands, "chat", _chat, "serve the web interface")
    chat.add_argument("--host", help="address to listen on (127.0.0.1)")
    chat.add_argument("--port", type=_port, help="port to listen on (7860)")
    return parser


def _add(
    commands: Any, name: str, run: Callable[[argparse.Namespace, Settings], int], text: str
) -> argparse.ArgumentParser:
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


def _port(text: str) -> int:
    number = int(text)
    if not 1 <= number <= _LAST_PORT:
        raise argparse.ArgumentTypeError(f"must be from 1 to {_LAST_PORT}")
    return number


# --- commands --------------------------------------------------------------------------------


def _index(parsed: argparse.Namespace, settings: Settings) -> int:
    if parsed.check:
        problems = check_index(settings.index_folder)
        for problem in problems:
            print(problem, file=sys.stderr)
        if not problems:
            print(f"The index in {settings.index_folder} is complete and unaltered.")
        return 1 if problems else 0
    with _progress_bars("passages") as progress:
        changes = update_index(settings, progress, corpus=parsed.corpus, rebuild=parsed.rebuild)
    print(
        f"{len(changes.added)} documents added, {len(changes.changed)} changed, "
        f"{len(changes.removed)} removed, {len(changes.unchanged)} unchanged, "
        f"{len(changes.refused)} refused; {changes.embedded} of {changes.passages} passages "
        f"embedded. Current version: {changes.version}"
    )
    for refusal in changes.refused:
        print(f"Refused: {refusal.name}: {refusal.reason}", file=sys.stderr)
    return 0


def _ask(parsed: argparse.Namespace, settings: Settings) -> int:
    clean(parsed.question)  # before anything is loaded
    answer = open_assistant(settings).conversation().ask(parsed.question)
    if parsed.json:
        _print_json(answer.to_json())
    else:
        print("\n".join(_answer_lines(answer)))
    return 0


def _answer(parsed: argparse.Namespace, settings: Settings) -> int:
    conversations = [_conversation(record, line) for line, record in _records(parsed.conversations)]
    with _output(parsed.out) as out:
        assistant = open_assistant(settings)
        with _progress_bars("turns") as progress:
            done = progress(sum(len(turns) for _, turns in conversations))
            for name, turns in conversations:
                conversation = assistant.conversation(name)
                for turn in turns:
                    record = {"id": name, **conversation.ask(turn).to_json()}
                    out.write(json.dumps(record, ensure_ascii=False) + "\n")
                    done(1)
    return 0


def _retrieve(parsed: argparse.Namespace, settings: Settings) -> int:
    queries = [_query(record, line) for line, record in _records(parsed.queries)]
    with _output(parsed.run) as out:
        assistant = open_assistant(settings)
        with _progress_bars("queries") as progress:
            done = progress(len(queries))
            for name, text in queries:
                try:
                    ranked = assistant.rank_documents(text, parsed.k)
                except QuestionError as error:
                    print(f"Query {name} finds nothing: {error}", file=sys.stderr)
                    ranked = []
                for rank, (document_id, score) in enumerate(ranked, start=1):
                    out.write(f"{name} Q0 {document_id} {rank} {score:.6f} assistant\n")
                done(1)
    return 0


def _sources(parsed: argparse.Namespace, settings: Settings) -> int:
    if parsed.in_step is not None:
        corpus = parsed.corpus or settings.corpus
        record_in_step(read_corpus(corpus).documents, corpus, parsed.in_step)
        print(f"The versions of {parsed.in_step} are recorded as saying the same.")
        return 0
    index = open_index(settings.index_folder)
    if parsed.text is not None:
        if parsed.text not in index.documents:
            raise InputError(
                f"There is no document called {parsed.text}.", "`assistant sources` lists them."
            )
        sys.stdout.write(index.documents[parsed.text].text)
        return 0
    records = _source_records(index)
    if parsed.json:
        _print_json(records)
    else:
        for record in records:
            print(
                f"{record['document_id']:<24} {record['language']}  "
                f"{record['passages']:>4} passages  {record['title']}"
            )
    problems = [
        f"{record['document_id']}: {problem}"
        for record in records
        for problem in record["problems"]
    ]
    problems += [f"Refused: {name}: {why}" for name, why in index.manifest.refused.items()]
    for problem in problems:
        print(problem, file=sys.stderr)
    return 1 if parsed.check and problems else 0


def _chat(parsed: argparse.Namespace, settings: Settings) -> int:
    given = {"host": parsed.host, "port": parsed.port}
    changes = {key: value for key, value in given.items() if value is not None}
    settings = settings.model_copy(update={"chat": settings.chat.model_copy(update=changes)})
    interfaces = entry_points(group=UI_ENTRY_POINTS)
    if "chat" not in interfaces.names:
        raise ServeError("The web interface is not installed.", "Run `make install`.")
    serve: Callable[[Settings], None] = interfaces["chat"].load()
    serve(settings)
    return 0


# --- input and output ------------------------------------------------------------------------


def _records(file: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yields line number and record of a JSONL file.

    Raises:
        InputError: the file cannot be read, or a line is not a JSON object.
    """
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(
            f"{file} cannot be read ({error}).", "Name a UTF-8 file with one JSON object a line."
        ) from error
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            record = json.loads(line)
        except json.JSONDecodeError as error:
            raise InputError(
                f"Line {number} of {file} is not JSON ({error.msg}).", "Correct it."
            ) from error
        if not isinstance(record, dict):
            raise InputError(f"Line {number} of {file} is not a JSON object.", "Correct it.")
        yield number, record


def _conversation(record: dict[str, Any], line: int) -> tuple[str, list[str]]:
    name, turns = record.get("id"), record.get("turns")
    if isinstance(name, str) and isinstance(turns, list):
        texts = [turn for turn in turns if isinstance(turn, str)]
        if len(texts) == len(turns):
            return name, texts
    raise InputError(
        f"Line {line} is not a conversation.", 'Write {"id": "name", "turns": ["question", …]}.'
    )


def _query(record: dict[str, Any], line: int) -> tuple[str, str]:
    name, text = record.get("_id"), record.get("text")
    if isinstance(name, str) and isinstance(text, str) and name and not name.split()[1:]:
        return name, text
    raise InputError(f"Line {line} is not a query.", 'Write {"_id": "name", "text": "query"}.')


@contextmanager
def _output(file: Path | None) -> Iterator[IO[str]]:
    """Opens a file for writing, or standard output.

    Raises:
        InputError: the file cannot be written.
    """
    if file is None:
        yield sys.stdout
        return
    try:
        # A lone surrogate of a JSON input has no UTF-8 form; as \udXXX it is valid JSON again.
        with file.open("w", encoding="utf-8", errors="backslashreplace") as out:
            yield out
    except OSError as error:
        raise InputError(
            f"{file} cannot be written ({error.strerror}).", "Name another file."
        ) from error


@contextmanager
def _progress_bars(unit: str) -> Iterator[Callable[[int], Progress]]:
    """Gives what starts a progress bar on standard error, for people only."""
    bars: list[tqdm[Any]] = []

    def start(total: int) -> Progress:
        bar: tqdm[Any] = tqdm(total=total, unit=f" {unit}", disable=None)
        bars.append(bar)

        def advance(done: int) -> None:
            bar.update(done)

        return advance

    try:
        yield start
    finally:
        for bar in bars:
            bar.close()


def _print_json(record: Any) -> None:
    text = json.dumps(record, ensure_ascii=False, indent=1)
    print(text.encode(errors="backslashreplace").decode())


def _source_records(index: Index) -> list[dict[str, Any]]:
    counts = dict.fromkeys(index.documents, 0)
    for passage in index.passages:
        counts[passage.document_id] += 1
    return [
        {
            "document_id": document.document_id,
            "title": document.title,
            "publisher": document.publisher,
            "url": document.url,
            "date": document.published,
            "language": document.language,
            "passages": counts[document.document_id],
            "problems": _problems(document, index),
        }
        for document in index.documents.values()
    ]


def _problems(document: SourceDocument, index: Index) -> list[str]:
    problems = []
    if document.publisher is None:
        problems.append("publisher is missing")
    if document.url is None and not document.references:
        problems.append("url is missing")
    if known := index.manifest.problems.get(document.document_id):
        problems.append(known)
    return problems


def _answer_lines(answer: Answer) -> Iterator[str]:
    yield answer.text
    texts = load_texts(answer.language)
    if answer.nearby:
        yield f"\n{texts.answers.nearby}"
        for citation in answer.nearby:
            yield ""
            yield f"{texts.answers.quotation.format(quote=' '.join(citation.quote.split()))}"
            yield from _source_lines(citation, answer.language)
    for citation in answer.citations:
        yield f"\n[{citation.marker}]"
        yield from _source_lines(citation, answer.language)


def _source_lines(citation: Citation, language: str) -> Iterator[str]:
    yield f"    {describe_source(citation, language)}"
    if citation.section:
        yield f"    {' › '.join(citation.section)}"
    for address in (citation.url, *citation.origins):
        if address:
            yield f"    {address}"
