"""Collections in the BEIR layout (Thakur et al., 2021, https://arxiv.org/abs/2104.08663)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any, Final

from assistant.corpus.files import MAX_BYTES, checked_id, decode, refuse_long
from assistant.corpus.metadata import LANGUAGE, WEB_ADDRESS
from assistant.domain import SourceDocument
from assistant.errors import CorpusError, DocumentError

BEIR_FILE: Final = "corpus.jsonl"
DEFAULT_LANGUAGE: Final = "fr"
_SURROGATES: Final = re.compile(r"[\ud800-\udfff]")


def read_collection(folder: Path) -> Iterator[tuple[str, SourceDocument | DocumentError]]:
    """Yields file and line with the document that stands there, or why it cannot be one.

    Raises:
        CorpusError: the file cannot be read.
    """
    try:
        with (folder / BEIR_FILE).open("rb") as lines:
            # A line that is longer than a file may be is refused in pieces.
            pieces = iter(partial(lines.readline, MAX_BYTES), b"")
            for number, line in enumerate(pieces, start=1):
                if line.strip():
                    yield f"{BEIR_FILE}:{number}", _beir_document(line)
    except OSError as error:
        raise CorpusError(
            f"{folder / BEIR_FILE} cannot be read ({error.strerror}).", "Check its permissions."
        ) from error


def _beir_document(line: bytes) -> SourceDocument | DocumentError:
    try:
        record = _beir_record(decode(line))
        name, text = record.get("_id", record.get("id")), record.get("text")
        about = record.get("metadata") or {}
        if not isinstance(name, str) or not isinstance(text, str) or not text.strip():
            raise DocumentError("The line lacks `_id` or `text`.", "Add them as strings.")
        refuse_long(len(text))
        if not isinstance(about, dict):
            raise DocumentError("`metadata` is not a JSON object.", "Correct the line.")
        url, language = about.get("url"), about.get("lang", DEFAULT_LANGUAGE)
        if url is not None and not re.fullmatch(WEB_ADDRESS, str(url)):
            raise DocumentError("`metadata.url` is no web address.", "Correct or remove it.")
        if not re.fullmatch(LANGUAGE, str(language)):
            raise DocumentError("`metadata.lang` is no code of two letters.", "Write fr, en, …")
        return SourceDocument(
            document_id=checked_id(name),
            title=str(record.get("title") or "").strip() or name,
            text=text.replace("\r\n", "\n").replace("\r", "\n"),
            language=str(language),
            url=url,
        )
    except DocumentError as error:
        return error


def _beir_record(line: str) -> dict[str, Any]:
    try:
        record = json.loads(line)
    except RecursionError as error:
        raise DocumentError("The line is nested too deep.", "Correct the line.") from error
    except ValueError as error:
        reason = error.msg if isinstance(error, json.JSONDecodeError) else str(error)
        raise DocumentError(f"The line is not JSON ({reason}).", "Correct the line.") from error
    if not isinstance(record, dict):
        raise DocumentError("The line is not a JSON object.", "Correct the line.")
    if _SURROGATES.search(json.dumps(record, ensure_ascii=False)):
        raise DocumentError("The line holds half a character (\\ud800…).", "Correct the line.")
    return record
