"""The corpus folder read into source documents.

Two layouts are read:

- a folder of UTF-8 texts, each `NAME.txt` beside a `NAME.yaml` that says what a citation needs;
- a folder in the BEIR layout (Thakur et al., 2021), recognised by its `corpus.jsonl`.

What cannot be read is refused with a reason; the rest is read all the same.
"""

from __future__ import annotations

import datetime as dt
import fnmatch
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Final

import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from assistant.domain import Heading, SourceDocument, Span
from assistant.errors import CorpusError, DocumentError

BEIR_FILE: Final = "corpus.jsonl"
MAX_BYTES: Final = 20_000_000
DEFAULT_LANGUAGE: Final = "fr"
_DOCUMENT_ID: Final = re.compile(r"[^\s#:/\\]+")
_WEB_ADDRESS: Final = r"^https?://\S+$"
_LANGUAGE: Final = r"^[a-z]{2}$"
_SURROGATES: Final = re.compile(r"[\ud800-\udfff]")


def _iso_day(value: object) -> object:
    if not isinstance(value, str) or not re.fullmatch(r"\d{4}-\d\d-\d\d", value):
        raise ValueError("write the date as YYYY-MM-DD")
    return value


def _none_if_empty(value: object) -> object:
    return None if value == "" else value


Day = Annotated[dt.date, BeforeValidator(_iso_day)]
Level = Annotated[int, Field(ge=1, le=6)]


@dataclass(frozen=True, slots=True)
class Refusal:
    """A document that was not read.

    Attributes:
        name: file name, with the line for a collection.
        reason: what is wrong and what to do.
    """

    name: str
    reason: str


@dataclass(frozen=True, slots=True)
class Corpus:
    """What was read, in the order of document ids, and what was refused."""

    documents: tuple[SourceDocument, ...]
    refused: tuple[Refusal, ...]


class Metadata(BaseModel):
    """The sidecar file of a text, as staff write it.

    Attributes:
        headings: for each level, the lines of the text that are titles; `*` stands for anything.
            Level 1 is the title of the document, 2 and more are sections.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)

    title: str = Field(min_length=1)
    publisher: str = Field(min_length=1)
    url: Annotated[str | None, BeforeValidator(_none_if_empty)] = Field(
        default=None, pattern=_WEB_ADDRESS
    )
    language: str = Field(pattern=_LANGUAGE)
    published: Annotated[Day | None, BeforeValidator(_none_if_empty)] = None
    accessed: Annotated[Day | None, BeforeValidator(_none_if_empty)] = None
    licence: Annotated[str | None, BeforeValidator(_none_if_empty)] = None
    headings: dict[Level, list[str]] = Field(default_factory=dict)


def read_corpus(folder: Path) -> Corpus:
    """Reads every document of a corpus folder.

    Raises:
        CorpusError: the folder does not exist, or nothing in it can be read.
    """
    if not folder.is_dir():
        raise CorpusError(
            f"There is no corpus folder at {folder}.", "Name the right folder with --corpus."
        )
    documents: dict[str, SourceDocument] = {}
    refused: list[Refusal] = []
    for name, read in _beir(folder) if (folder / BEIR_FILE).is_file() else _texts(folder):
        if isinstance(read, DocumentError):
            refused.append(Refusal(name, str(read)))
        elif read.document_id in documents:
            refused.append(
                Refusal(name, f"Another document is already called {read.document_id}. Rename one.")
            )
        else:
            documents[read.document_id] = read
    if not documents:
        first = f" ({refused[0].name}: {refused[0].reason})" if refused else ""
        raise CorpusError(
            f"No document in {folder} can be read{first}.",
            "Add a .txt file with its .yaml file; README.md shows how.",
        )
    return Corpus(tuple(documents[key] for key in sorted(documents)), tuple(refused))


def _texts(folder: Path) -> Iterator[tuple[str, SourceDocument | DocumentError]]:
    for file in sorted(folder.glob("*.txt")):
        try:
            yield file.name, read_text_document(file)
        except DocumentError as error:
            yield file.name, error


def read_text_document(file: Path) -> SourceDocument:
    """Reads one `.txt` file and the `.yaml` file beside it.

    Raises:
        DocumentError: either cannot be read, or the metadata is incomplete.
    """
    metadata = _read_metadata(file.with_suffix(".yaml"))
    text = _read_text(file)
    headings = _find_headings(text, metadata.headings)
    if not _without(text, headings).strip():
        raise DocumentError("The file has no text.", "Fill it or remove it.")
    return SourceDocument(
        document_id=_checked_id(file.stem),
        title=metadata.title,
        text=text,
        language=metadata.language,
        publisher=metadata.publisher,
        url=metadata.url,
        published=metadata.published.isoformat() if metadata.published else None,
        accessed=metadata.accessed.isoformat() if metadata.accessed else None,
        licence=metadata.licence,
        headings=headings,
    )


def _read_text(file: Path) -> str:
    try:
        size = file.stat().st_size
        if size > MAX_BYTES:
            raise DocumentError(
                f"The file has {size:,} bytes, more than {MAX_BYTES:,}.",
                "Split it into several documents.",
            )
        return _decoded(file.read_bytes())
    except OSError as error:
        raise DocumentError(
            f"The file cannot be read ({error.strerror}).", "Check its permissions."
        ) from error


def _decoded(data: bytes) -> str:
    """Returns UTF-8 text with LF line ends, without a byte order mark."""
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        raise DocumentError(
            f"This is not UTF-8 text (byte {error.start}).", "Save it as UTF-8."
        ) from error
    return text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")


def _read_metadata(file: Path) -> Metadata:
    if not file.exists():
        raise DocumentError(
            f"{file.name} is missing.",
            "Write it with at least title, publisher and language; README.md shows how.",
        )
    try:
        # Without YAML's own types: a title may be “No”, a date is checked by us.
        return Metadata.model_validate(yaml.load(_read_text(file), yaml.BaseLoader))  # noqa: S506 - BaseLoader makes strings only
    except yaml.YAMLError as error:
        where = getattr(error, "problem_mark", None)
        line = f" (line {where.line + 1})" if where else ""
        raise DocumentError(
            f"{file.name} is not valid YAML{line}.", "Correct that line."
        ) from error
    except RecursionError as error:
        raise DocumentError(f"{file.name} is nested too deep.", "Write plain lines.") from error
    except ValidationError as error:
        problems = "; ".join(
            f"{'.'.join(str(part) for part in problem['loc']) or 'the file'}: {problem['msg']}"
            for problem in error.errors()
        )
        raise DocumentError(f"{file.name}: {problems}.", "Correct these lines.") from error


def _find_headings(text: str, patterns: dict[int, list[str]]) -> tuple[Heading, ...]:
    headings = []
    for line in re.finditer(r"[^\n]+", text):
        title = line[0].strip()
        for level, globs in patterns.items():
            if title and any(fnmatch.fnmatchcase(title, glob) for glob in globs):
                headings.append(Heading(Span(line.start(), line.end()), level, title))
                break
    return tuple(headings)


def _without(text: str, headings: tuple[Heading, ...]) -> str:
    for heading in reversed(headings):
        text = text[: heading.span.start] + text[heading.span.end :]
    return text


def _checked_id(name: str) -> str:
    if not _DOCUMENT_ID.fullmatch(name):
        raise DocumentError(
            f"“{name}” cannot name a document.",
            "Use letters, digits, dots and hyphens, without spaces.",
        )
    return name


def _beir(folder: Path) -> Iterator[tuple[str, SourceDocument | DocumentError]]:
    try:
        with (folder / BEIR_FILE).open("rb") as lines:
            for number, line in enumerate(lines, start=1):
                if line.strip():
                    yield f"{BEIR_FILE}:{number}", _beir_document(line)
    except OSError as error:
        raise CorpusError(
            f"{folder / BEIR_FILE} cannot be read ({error.strerror}).", "Check its permissions."
        ) from error


def _beir_document(line: bytes) -> SourceDocument | DocumentError:
    try:
        record = _beir_record(_decoded(line))
        name, text = record.get("_id", record.get("id")), record.get("text")
        about = record.get("metadata") or {}
        if not isinstance(name, str) or not isinstance(text, str) or not text.strip():
            raise DocumentError("The line lacks `_id` or `text`.", "Add them as strings.")
        if not isinstance(about, dict):
            raise DocumentError("`metadata` is not a JSON object.", "Correct the line.")
        url, language = about.get("url"), about.get("lang", DEFAULT_LANGUAGE)
        if url is not None and not re.fullmatch(_WEB_ADDRESS, str(url)):
            raise DocumentError("`metadata.url` is no web address.", "Correct or remove it.")
        if not re.fullmatch(_LANGUAGE, str(language)):
            raise DocumentError("`metadata.lang` is no code of two letters.", "Write fr, en, …")
        return SourceDocument(
            document_id=_checked_id(name),
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
