"""Word documents (.docx): paragraphs, headings by their style, rows of tables.

The text is what a reader sees once all tracked changes are accepted: no deleted words, comments,
hidden or struck-out words, numbers of notes or text boxes.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final
from urllib.parse import unquote

from assistant.corpus.files import checked_id, read_bytes, tidy, unpack
from assistant.corpus.grids import Cell, read_grid
from assistant.corpus.metadata import sidecar_metadata
from assistant.corpus.note_marks import without_notes
from assistant.corpus.word_equations import equation
from assistant.corpus.word_names import child, children, is_on, name_of, value_of
from assistant.corpus.word_styles import Look, Styles, level_of, look_of, outline_of
from assistant.corpus.writing import TextWriter
from assistant.domain import SourceDocument
from assistant.errors import DocumentError

_UNSEEN: Final = frozenset({"w:del", "w:moveFrom", "w:txbxContent", "w:rt"})
_PROPERTIES: Final = frozenset({"w:pPr", "w:rPr", "w:sdtPr", "w:tblPr", "w:trPr", "w:tcPr"})
_AROUND: Final = (
    "w:sdt",
    "w:sdtContent",
    "w:customXml",
    "mc:AlternateContent",
    "w:ins",
    "w:moveTo",
)
_BLANKS: Final = frozenset({"w:tab", "w:ptab", "w:br", "w:cr"})
_EQUATIONS: Final = frozenset({"m:oMath", "m:oMathPara"})
_KEY_AND_VALUE: Final = 2
_RELATION: Final = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"


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
    from lxml.etree import ErrorTypes, LxmlError  # noqa: PLC0415 - few corpora hold Word documents

    try:
        part = _target(members, "", "/officeDocument")
        body = child(_parsed(members[part]), "w:body")
        styles = _target(members, part, "/styles")
        words = _Words(Styles(_parsed(members[styles]) if styles in members else None))
        for block in _within(body, "w:p", "w:tbl"):
            if name_of(block) == "w:tbl":
                _write_table(block, words, writer)
            elif level := words.level(block):
                writer.heading(level, words.text(block))
            else:
                writer.paragraph(words.text(block))
    except (KeyError, ValueError, TypeError, LxmlError) as error:
        if getattr(error, "code", None) == ErrorTypes.ERR_NO_MEMORY:
            raise MemoryError from error
        raise DocumentError(
            "This is no Word document, or a damaged one.", "Save it anew."
        ) from error


def _target(members: dict[str, bytes], part: str, kind: str) -> str:
    """Returns the member that a part, or the file itself, says to be of a kind; or nothing.

    What else it refers to is not looked at: Word opens files whose links lead nowhere.
    """
    folder, name = posixpath.split(part)
    relations = members.get(posixpath.join(folder, "_rels", f"{name}.rels"))
    if relations is None:
        return ""
    for relation in _parsed(relations).iter(_RELATION):
        if relation.get("Type", "").endswith(kind) and relation.get("TargetMode") != "External":
            target = unquote(relation.get("Target", ""))
            return posixpath.normpath(posixpath.join("/", folder, target)).lstrip("/")
    return ""


def _parsed(part: bytes) -> Any:
    from lxml import etree  # noqa: PLC0415

    parser = etree.XMLParser(resolve_entities=False, no_network=True, remove_comments=True)
    root = etree.fromstring(part, parser)
    if root.getroottree().docinfo.doctype:
        raise ValueError("no part of Open XML has entities of its own")
    return root


def _within(parent: Any, *names: str) -> Iterator[Any]:
    """Yields the children of some names, also those of forms, insertions and alternatives."""
    for one in parent:
        name = name_of(one)
        if name in names:
            yield one
        elif name in _AROUND:
            yield from _within(_branch(one), *names)


def _branch(element: Any) -> Any:
    """Returns, of an element with alternatives, the one that is read: the first with words."""
    if name_of(element) != "mc:AlternateContent":
        return element
    branches = [*children(element, "mc:Choice"), *children(element, "mc:Fallback")]
    return next(filter(_has_words, branches), ())


def _has_words(element: Any) -> bool:
    return any(name_of(one) in {"w:t", "m:t"} and one.text for one in element.iter())


class _Words:
    """The words of paragraphs and cells that a reader sees.

    Args:
        styles: of the document.
    """

    def __init__(self, styles: Styles) -> None:
        self._styles = styles

    def level(self, paragraph: Any) -> int:
        """Returns the level of a heading, 0 for no heading."""
        properties = child(paragraph, "w:pPr")
        outline = outline_of(properties)
        if outline is not None:
            return level_of(outline)
        return self._styles.level(_style(properties, "w:pStyle"))

    def text(self, block: Any) -> str:
        """Returns what a paragraph or cell says, in one line."""
        return " ".join(tidy(without_notes(self._pieces(block, Look()))).split())

    def _pieces(self, element: Any, look: Look) -> Iterator[tuple[str, bool]]:
        """Yields words, and whether they stand raised."""
        name = name_of(element)
        if name == "w:p":
            look = self._styles.look(_style(child(element, "w:pPr"), "w:pStyle"))
        elif name == "w:r":
            properties = child(element, "w:rPr")
            style = _style(properties, "w:rStyle")
            said = look_of(properties).over(self._styles.look(style) if style else Look())
            look = said.over(look)
        if name == "w:r" and (look.hidden or look.struck):
            return
        for one in _branch(element):
            yield from self._piece(one, look)

    def _piece(self, element: Any, look: Look) -> Iterator[tuple[str, bool]]:
        name = name_of(element)
        if name in {"w:t", "m:t"}:
            yield element.text or "", bool(look.raised)
        elif name == "w:noBreakHyphen":
            yield "-", False
        elif name in _BLANKS:
            yield " ", False
        elif name in _EQUATIONS:
            yield equation(element), False
        elif name and name not in _UNSEEN and name not in _PROPERTIES:
            yield from self._pieces(element, look)
            if name in {"w:p", "w:tc"}:
                yield " ", False


def _style(properties: Any, name: str) -> str | None:
    found = None if properties is None else child(properties, name)
    return None if found is None else value_of(found)


def _write_table(table: Any, words: _Words, writer: TextWriter) -> None:
    rows = [row for row in _within(table, "w:tr") if _is_shown(row)]
    cells = [[_cell(cell, words) for cell in _within(row, "w:tc")] for row in rows]
    marked = next(
        (number for number, row in enumerate(rows) if not _is_header(row)), max(len(rows) - 1, 0)
    )
    two = max((sum(cell.columns for cell in row) for row in cells), default=0) == _KEY_AND_VALUE
    # « Bénéficiaire | Commune de Lens »: without a mark, the first row may be like the others.
    headings = marked or (None if two or len(rows) <= 1 else 1)
    grid = read_grid(cells, headings)
    writer.paragraph(grid.caption)
    for row in grid.rows:
        if not headings and len(row) == _KEY_AND_VALUE and all(row):
            writer.row(["", row[0]], ["", row[1]])
        else:
            writer.row(grid.header, row)


def _is_shown(row: Any) -> bool:
    properties = child(row, "w:trPr")
    hidden = child(properties, "w:hidden") if properties is not None else None
    deleted = child(properties, "w:del") if properties is not None else None
    return deleted is None and (hidden is None or not is_on(hidden))


def _is_header(row: Any) -> bool:
    header = child(row, "w:trPr", "w:tblHeader")
    return header is not None and is_on(header)


def _cell(cell: Any, words: _Words) -> Cell:
    span, merged = child(cell, "w:tcPr", "w:gridSpan"), child(cell, "w:tcPr", "w:vMerge")
    return Cell(
        words.text(cell),
        columns=int(value_of(span) or 1),
        goes_on=merged is not None and value_of(merged) != "restart",
    )
