"""The corpus folder read into source documents, one module or a few a format.

A folder holds texts (`NAME.txt`, `.html`, `.pdf` or `.docx` with `NAME.yaml`), Markdown (`NAME.md`
with front matter), mappings that tell how a table is read (`NAME.table.yaml`), known questions
(`NAME.questions.yaml`) and a glossary, or it is a collection in the BEIR layout, recognised by its
`corpus.jsonl`. What cannot be read is refused with a reason; the rest is read all the same.
"""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from assistant.corpus.beir import BEIR_FILE, read_collection
from assistant.corpus.checks import find_problems
from assistant.corpus.confined import USUAL_LIMITS, ConfinedReader, Limits
from assistant.corpus.docx import read_docx_document
from assistant.corpus.editing import DESCRIBED, read_description, write_description
from assistant.corpus.files import MAX_BYTES, checked_id, document_name, printable
from assistant.corpus.formats import READERS, is_source
from assistant.corpus.glossary import GLOSSARY_FILE, read_glossary
from assistant.corpus.html import read_html_document
from assistant.corpus.known_questions import (
    THEMES,
    KnownQuestion,
    KnownQuestions,
    Theme,
    find_question_problems,
    is_known_questions,
    read_known_questions,
)
from assistant.corpus.markdown import read_markdown_document
from assistant.corpus.pdf import read_pdf_document
from assistant.corpus.plain_text import read_text_document
from assistant.corpus.spreadsheets import DELIMITERS, WORKBOOKS
from assistant.corpus.tables import AbsentTable
from assistant.corpus.translations import LEDGER, record_in_step, translation_groups
from assistant.domain import GlossaryEntry, SourceDocument
from assistant.errors import CorpusError, DocumentError

__all__ = [
    "DESCRIBED",
    "MAX_BYTES",
    "READERS",
    "THEMES",
    "USUAL_LIMITS",
    "ConfinedReader",
    "Corpus",
    "KnownQuestion",
    "KnownQuestions",
    "Limits",
    "Refusal",
    "Theme",
    "checked_id",
    "document_name",
    "find_question_problems",
    "read_corpus",
    "read_description",
    "read_docx_document",
    "read_html_document",
    "read_known_questions",
    "read_markdown_document",
    "read_pdf_document",
    "read_text_document",
    "record_in_step",
    "translation_groups",
    "write_description",
]

_TABLES: Final = DELIMITERS.keys() | WORKBOOKS
_NO_DOCUMENTS: Final = {LEDGER, GLOSSARY_FILE}

Problems = dict[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Refusal:
    """A document that was not read.

    Attributes:
        name: file name, with the line or row where it has many documents.
        reason: what is wrong and what to do.
    """

    name: str
    reason: str


@dataclass(frozen=True, slots=True)
class Corpus:
    """What was read, in the order of document ids, and what was refused.

    Attributes:
        problems: what staff should see to, by document id; the document is read all the same.
        absent: mappings whose table is not there.
        glossary: names and acronyms with their variants.
        known: questions that visitors ask, and what answers them.
        folder: where it was read, absolute.
        tables: where its tables were looked for besides, or None.
    """

    documents: tuple[SourceDocument, ...]
    refused: tuple[Refusal, ...]
    problems: Problems = field(default_factory=dict)
    absent: tuple[Refusal, ...] = ()
    glossary: tuple[GlossaryEntry, ...] = ()
    known: KnownQuestions = field(default_factory=KnownQuestions)
    folder: str = ""
    tables: str | None = None


@dataclass(slots=True)
class _Pile:
    """What was read so far."""

    documents: dict[str, SourceDocument] = field(default_factory=dict)
    refused: list[Refusal] = field(default_factory=list)
    absent: list[Refusal] = field(default_factory=list)
    notes: dict[str, list[str]] = field(default_factory=dict)

    def add(self, name: str, read: SourceDocument | DocumentError, note: str | None = None) -> None:
        name = printable(name)
        if isinstance(read, DocumentError):
            pile = self.absent if isinstance(read, AbsentTable) else self.refused
            pile.append(Refusal(name, printable(str(read))))
        elif read.document_id in self.documents:
            reason = f"Another document is already called {read.document_id}. Rename one."
            self.refused.append(Refusal(name, reason))
        else:
            self.documents[read.document_id] = read
            if note:
                self.notes.setdefault(read.document_id, []).append(note)


def read_corpus(
    folder: Path, tables: Path | None = None, reader: ConfinedReader | None = None
) -> Corpus:
    """Reads every document of a corpus folder.

    Args:
        folder: the corpus folder.
        tables: where the tables lie that its mappings name, when not in the corpus folder.
        reader: reads its files; None starts one with the usual limits, for as long as it takes.

    Raises:
        CorpusError: the folder does not exist, nothing in it can be read, or readers cannot be
            started.
    """
    if not folder.is_dir():
        raise CorpusError(
            f"There is no corpus folder at {folder}.", "Name the right folder with --corpus."
        )
    if tables is not None and not tables.is_dir():
        raise CorpusError(
            f"There is no folder of tables at {tables}.", "Name the right folder with --tables."
        )
    pile = _Pile()
    is_collection = (folder / BEIR_FILE).is_file()
    if is_collection:
        for name, read in read_collection(folder):
            pile.add(name, read)
    else:
        with nullcontext(reader) if reader else ConfinedReader() as readers:
            _read_files(folder, [folder, tables] if tables else [folder], readers, pile)
    if not pile.documents:
        first = f" ({pile.refused[0].name}: {pile.refused[0].reason})" if pile.refused else ""
        raise CorpusError(
            f"No document in {folder} can be read{first}.",
            "Add a .txt file with its .yaml file; README.md shows how.",
        )
    ordered = tuple(pile.documents[key] for key in sorted(pile.documents))
    # A collection is measured, not kept.
    problems = {} if is_collection else find_problems(ordered, folder)
    for document_id, notes in pile.notes.items():
        problems[document_id] = (*problems.get(document_id, ()), *notes)
    return Corpus(
        documents=ordered,
        refused=tuple(pile.refused),
        problems=problems,
        absent=tuple(pile.absent),
        glossary=read_glossary(folder),
        known=KnownQuestions() if is_collection else read_known_questions(folder),
        folder=str(folder.resolve()),
        tables=str(tables.resolve()) if tables else None,
    )


def _read_files(
    folder: Path, table_folders: list[Path], reader: ConfinedReader, pile: _Pile
) -> None:
    files = sorted(path for path in folder.iterdir() if not path.name.startswith("."))
    names = {f"{document_name(path)}{path.suffix.lower()}" for path in files}
    for file in files:
        if is_source(file):
            for name, read, note in reader.read(file, table_folders):
                pile.add(name, read, note)
        elif refused := _stray(file, names):
            pile.add(file.name, refused)


def _stray(file: Path, names: set[str]) -> DocumentError | None:
    """Returns why a file that is no source has no place in a corpus; None where it has one."""
    known = file.name in _NO_DOCUMENTS or is_known_questions(file)
    if known or file.suffix.lower() in _TABLES:
        return None
    if file.suffix == ".yaml":
        if any(f"{document_name(file)}{suffix}" in names for suffix in READERS):
            return None
        return DocumentError("It describes no text.", f"Add {file.stem}.txt, or remove it.")
    if file.is_dir():
        return DocumentError("Folders in the corpus are not read.", "Move its files up.")
    return DocumentError(
        f"{file.suffix or 'A file without an ending'} cannot be read.",
        f"Save it as one of {', '.join(sorted(READERS))}.",
    )
