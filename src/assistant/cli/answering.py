"""Commands that answer: `ask`, `answer`, `retrieve`, `chat`."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterator
from importlib.metadata import entry_points
from typing import Any, Final

from assistant.answer import describe_source, labelled
from assistant.bootstrap import open_assistant
from assistant.cli.terminal import output, print_json, progress_bars, read_records
from assistant.domain import Answer, Citation
from assistant.errors import InputError, QuestionError, ServeError
from assistant.question import clean
from assistant.settings import Settings
from assistant.texts import load_texts

UI_ENTRY_POINTS: Final = "assistant.ui"


def ask(parsed: argparse.Namespace, settings: Settings) -> int:
    """Answers one question."""
    clean(parsed.question)  # before anything is loaded
    found = open_assistant(settings).conversation().ask(parsed.question)
    if parsed.json:
        print_json(found.to_json())
    else:
        print("\n".join(_answer_lines(found)))
    return 0


def answer(parsed: argparse.Namespace, settings: Settings) -> int:
    """Answers the conversations of a file."""
    conversations = [
        _conversation(record, line) for line, record in read_records(parsed.conversations)
    ]
    with output(parsed.out) as out:
        assistant = open_assistant(settings)
        with progress_bars("turns") as progress:
            done = progress(sum(len(turns) for _, turns in conversations))
            for name, turns in conversations:
                conversation = assistant.conversation(name)
                for turn in turns:
                    record = {"id": name, **conversation.ask(turn).to_json()}
                    out.write(json.dumps(record, ensure_ascii=False) + "\n")
                    done(1)
    return 0


def retrieve(parsed: argparse.Namespace, settings: Settings) -> int:
    """Ranks documents for the queries of a file."""
    queries = [_query(record, line) for line, record in read_records(parsed.queries)]
    with output(parsed.run) as out:
        assistant = open_assistant(settings)
        with progress_bars("queries") as progress:
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


def chat(parsed: argparse.Namespace, settings: Settings) -> int:
    """Serves the web interface."""
    given = {"host": parsed.host, "port": parsed.port}
    changes = {key: value for key, value in given.items() if value is not None}
    settings = settings.model_copy(update={"chat": settings.chat.model_copy(update=changes)})
    interfaces = entry_points(group=UI_ENTRY_POINTS)
    if "chat" not in interfaces.names:
        raise ServeError("The web interface is not installed.", "Run `make install`.")
    serve: Callable[[Settings], None] = interfaces["chat"].load()
    serve(settings)
    return 0


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
    if citation.url:
        yield f"    {citation.url}"
    for address in labelled(citation.named_origins):
        yield f"    {address}"
