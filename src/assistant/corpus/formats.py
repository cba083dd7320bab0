"""Which reader reads which file."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Final

from assistant.corpus.docx import read_docx_document
from assistant.corpus.html import read_html_document
from assistant.corpus.markdown import read_markdown_document
from assistant.corpus.pdf import read_pdf_document
from assistant.corpus.plain_text import read_text_document
from assistant.corpus.tables import TABLE_SUFFIX, read_table
from assistant.domain import SourceDocument
from assistant.errors import DocumentError

READERS: Final[dict[str, Callable[[Path], SourceDocument]]] = {
    ".docx": read_docx_document,
    ".htm": read_html_document,
    ".html": read_html_document,
    ".md": read_markdown_document,
    ".pdf": read_pdf_document,
    ".txt": read_text_document,
}

Read = tuple[str, SourceDocument | DocumentError, str | None]
"""A name, the document or why it cannot be one, and what is odd about it."""


def is_source(file: Path) -> bool:
    """Tells whether a file is a text, or the mapping of a table, by its name."""
    return file.name.endswith(TABLE_SUFFIX) or file.suffix.lower() in READERS


def read_file(file: Path, table_folders: Sequence[Path]) -> Iterator[Read]:
    """Yields the document of a text, or one for each row of a table.

    Args:
        file: one that `is_source`.
        table_folders: where the table of a mapping may lie, the first one that has it counts.

    Raises:
        DocumentError: the file as a whole cannot be read.
    """
    if file.name.endswith(TABLE_SUFFIX):
        yield from read_table(file, table_folders)
    else:
        yield file.name, READERS[file.suffix.lower()](file), None
