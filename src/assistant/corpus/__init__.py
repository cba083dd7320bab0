"""The corpus folder read into source documents, one module a format.

A folder holds plain texts (`NAME.txt` with `NAME.yaml`) and Markdown (`NAME.md` with front matter),
or it is a collection in the BEIR layout, recognised by its `corpus.jsonl`. What cannot be read is
refused with a reason; the rest is read all the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from assistant.corpus.beir import BEIR_FILE, read_collection
from assistant.corpus.markdown import read_markdown_document
from assistant.corpus.plain_text import read_text_document
from assistant.corpus.translations import out_of_step, record_in_step, translation_groups
from assistant.domain import SourceDocument
from assistant.errors import CorpusError, DocumentError

__all__ = [
    "Corpus",
    "Refusal",
    "read_corpus",
    "read_markdown_document",
    "read_text_document",
    "record_in_step",
    "translation_groups",
]

READERS: Final[dict[str, Callable[[Path], SourceDocument]]] = {
    ".md": read_markdown_document,
    ".txt": read_text_document,
}


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
    """What was read, in the order of document ids, and what was refused.

    Attributes:
        problems: what staff should see to, by document id; the document is read all the same.
    """

    documents: tuple[SourceDocument, ...]
    refused: tuple[Refusal, ...]
    problems: dict[str, str] = field(default_factory=dict)


def read_corpus(folder: Path) -> Corpus:
    """Reads every document of a corpus folder.

    Raises:
        CorpusError: the folder does not exist, or nothing in it can be read.
    """
    if not folder.is_dir():
        raise CorpusError(
            f"There is no corpus folder at {folder}.", "Name the right folder with --corpus."
        )
    is_collection = (folder / BEIR_FILE).is_file()
    documents: dict[str, SourceDocument] = {}
    refused: list[Refusal] = []
    for name, read in read_collection(folder) if is_collection else _files(folder):
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
    ordered = tuple(documents[key] for key in sorted(documents))
    return Corpus(ordered, tuple(refused), out_of_step(ordered, folder))


def _files(folder: Path) -> Iterator[tuple[str, SourceDocument | DocumentError]]:
    for file in sorted(folder.iterdir()):
        if reader := READERS.get(file.suffix):
            try:
                yield file.name, reader(file)
            except DocumentError as error:
                yield file.name, error
