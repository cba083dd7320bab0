"""Word documents (.docx): paragraphs, headings by their style, rows of tables.

The text is what a reader sees once all tracked changes are accepted: no deleted words, comments,
hidden words or text boxes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from assistant.corpus.files import as_archive, checked_id, read_bytes, tidy, unpack
from assistant.corpus.metadata import sidecar_metadata
from assistant.corpus.writing import TextWriter
from assistant.domain import SourceDocument
from assistant.errors import DocumentError

_ODDITIES: Final = (KeyError, ValueError, AttributeError, IndexError, TypeError, AssertionError)
"""What python-docx stumbles with over a damaged file."""
_HEADING: Final = re.compile(r"(?:heading|titre) (\d)", re.IGNORECASE)
_WORD: Final = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_UNSEEN: Final = frozenset({"del", "moveFrom", "txbxContent", "pPr", "rPr", "sdtPr"})
_AROUND: Final = frozenset({"sdt", "sdtContent", "customXml"})
_BLANKS: Final = frozenset({"tab", "br", "cr"})
_KEY_AND_VALUE: Final = 2
_NO_HEADING: Final = 9
"""Level in an outline, counted from 0, of what is no heading."""
_DEEPEST: Final = 6
_MOST_STYLES: Final = 20
_MOST_COLUMNS: Final = 100


def read_docx_document(file: Path) -> SourceDocument:
    """Reads one `.docx` file and the `.yaml` file beside it.

    Raises:
        DocumentError: either cannot be read, or the file has no text.
    """
    metadata = sidecar_metadata(file)
    members = unpack(read_bytes(file))
    writer = TextWriter()
    _write(members, writer)
    if not writer.has_paragraphs:
        raise DocumentError("The file has no text.", "Fill it or remove it.")
    return metadata.document(checked_id(file.stem), writer.text, tuple(writer.headings))


def _write(members: dict[str, bytes], writer: TextWriter) -> None:
    # Few corpora hold Word documents, and all would wait for the import.
    import docx  # noqa: PLC0415
    from docx.oxml.exceptions import InvalidXmlError  # noqa: PLC0415
    from lxml.etree import ErrorTypes, LxmlError  # noqa: PLC0415

    try:
        document = docx.Document(as_archive(members))
        for block in _blocks(document.element.body):
            if block.tag == f"{_WORD}tbl":
                _write_table(block, writer)
            elif level := _level(block, document):
                writer.heading(level, _clean(block))
            else:
                writer.paragraph(_clean(block))
    except (*_ODDITIES, LxmlError, InvalidXmlError) as error:
        if getattr(error, "code", None) == ErrorTypes.ERR_NO_MEMORY:
            raise MemoryError from error
        raise DocumentError(
            "This is no Word document, or a damaged one.", "Save it anew."
        ) from error


def _blocks(parent: Any) -> Iterator[Any]:
    """Yields the paragraphs and tables of a body, those of forms in it too."""
    for child in parent.iterchildren(f"{_WORD}*"):
        name = child.tag.removeprefix(_WORD)
        if name in {"p", "tbl"}:
            yield child
        elif name in _AROUND:
            yield from _blocks(child)


def _level(paragraph: Any, document: Any) -> int:
    """Returns the level of a heading, which its style or one that it is based on says; or 0.

    « Titre 1 » has level 2: above it is the title of the document.
    """
    from docx.enum.style import WD_STYLE_TYPE  # noqa: PLC0415

    outline = paragraph.find(f"{_WORD}pPr/{_WORD}outlineLvl")
    style = (
        document.styles.get_by_id(paragraph.style, WD_STYLE_TYPE.PARAGRAPH)
        if outline is None
        else None
    )
    for _ in range(_MOST_STYLES):
        if style is None:
            break
        if style.name == "Title":
            return 1
        if match := _HEADING.fullmatch(style.name or ""):
            return min(int(match[1]) + 1, _DEEPEST)
        outline = style.element.find(f"{_WORD}pPr/{_WORD}outlineLvl")
        style = style.base_style if outline is None else None
    level = _NO_HEADING if outline is None else int(outline.get(f"{_WORD}val", _NO_HEADING))
    return min(level + 2, _DEEPEST) if level < _NO_HEADING else 0


def _write_table(table: Any, writer: TextWriter) -> None:
    rows = list(_rows(table))
    has_header = len(rows) > 1
    if max(map(len, rows), default=0) == _KEY_AND_VALUE:
        # « Bénéficiaire | Commune de Lens »: without a mark, the first row may be like the others.
        has_header = any(True for _ in table.iter(f"{_WORD}tblHeader"))
    for cells in rows[has_header:]:
        if has_header:
            writer.row(rows[0], cells)
        elif len(cells) == _KEY_AND_VALUE and all(cells):
            writer.row(["", cells[0]], ["", cells[1]])
        else:
            writer.row([], cells)


def _rows(table: Any) -> Iterator[list[str]]:
    """Yields the cells of each row; a cell over several rows stands in all of them."""
    above: list[str] = []
    for row in _within(table, "tr"):
        cells: list[str] = []
        for cell in _within(row, "tc"):
            merged = cell.find(f"{_WORD}tcPr/{_WORD}vMerge")
            goes_on = merged is not None and merged.get(f"{_WORD}val") != "restart"
            text = above[len(cells)] if goes_on and len(cells) < len(above) else _clean(cell)
            span = cell.find(f"{_WORD}tcPr/{_WORD}gridSpan")
            width = 1 if span is None else min(int(span.get(f"{_WORD}val", 1)), _MOST_COLUMNS)
            cells += [text, *([text if not above else ""] * (width - 1))]
        above = cells
        yield cells


def _within(parent: Any, name: str) -> Iterator[Any]:
    """Yields the children of that name, those of forms too."""
    for child in parent.iterchildren(f"{_WORD}*"):
        if child.tag == _WORD + name:
            yield child
        elif child.tag.removeprefix(_WORD) in _AROUND:
            yield from _within(child, name)


def _clean(block: Any) -> str:
    return " ".join(tidy("".join(_words(block))).split())


def _words(element: Any) -> Iterator[str]:
    """Yields the words of an element that a reader sees."""
    for child in element.iterchildren(f"{_WORD}*"):
        name = child.tag.removeprefix(_WORD)
        if name == "t":
            yield child.text or ""
        elif name == "noBreakHyphen":
            yield "-"
        elif name in _BLANKS:
            yield " "
        elif name not in _UNSEEN and child.find(f"{_WORD}rPr/{_WORD}vanish") is None:
            yield from _words(child)
            if name in {"p", "tc"}:
                yield " "
