"""HTML: the main text with its headings, without menus, scripts and footers.

What the main text is, trafilatura decides (Barbaresi, 2021, https://aclanthology.org/2021.acl-demo.15).
"""

from __future__ import annotations

import codecs
import logging
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from assistant.corpus.files import checked_id, read_bytes, tidy
from assistant.corpus.html_page import CONTROLS, prepare
from assistant.corpus.metadata import sidecar_metadata
from assistant.corpus.writing import TextWriter
from assistant.domain import SourceDocument
from assistant.errors import DocumentError

_MAX_NESTING: Final = 200
_MENU_SHARE: Final = 0.9
"""Share of a table's letters in links from which it is a menu."""
_INLINE: Final = frozenset({"hi", "ref", "del", "code", "graphic", "lb"})
_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_DECLARED: Final = re.compile(
    rb"""<(?:meta\b[^>]*?\bcharset|\?xml\b[^>]*?\bencoding)\s*=\s*["']?([\w.:-]+)""", re.IGNORECASE
)
_DECLARED_WITHIN: Final = 4_096
# What browsers take these names for (https://encoding.spec.whatwg.org/#names-and-labels).
_WINDOWS: Final = {"iso8859-1": "cp1252", "ascii": "cp1252"}
_MOSTCONTROLS: Final = 0.01


def read_html_document(file: Path) -> SourceDocument:
    """Reads one `.html` or `.htm` file and the `.yaml` file beside it.

    Raises:
        DocumentError: either cannot be read, or the page has no main text.
    """
    metadata = sidecar_metadata(file)
    body = _main_text(_decode(read_bytes(file)))
    writer = TextWriter()
    if body is not None:
        _write(body, writer, 0)
    if not writer.has_paragraphs:
        raise DocumentError(
            "The page has no text besides menus and headings.",
            "Save the page once it is fully shown, or copy its text into a .txt file.",
        )
    return metadata.document(checked_id(file.stem), writer.text, tuple(writer.headings))


def _decode(page: bytes) -> str:
    """Returns the text of a page in the encoding that it is in, or else says to be in."""
    encoding = next((name for mark, name in _MARKS if page.startswith(mark)), None)
    if encoding is None:
        try:
            return page.decode()
        except UnicodeDecodeError:
            declared = _DECLARED.search(page[:_DECLARED_WITHIN])
            encoding = declared[1].decode() if declared else "cp1252"
    try:
        name = codecs.lookup(encoding).name
        return page.decode(_WINDOWS.get(name, name))
    except (LookupError, UnicodeError) as error:
        raise DocumentError(
            f"The page is not written in {encoding}.", "Save it as UTF-8."
        ) from error


def _main_text(page: str) -> Any:
    """Returns the main text as trafilatura's tree of `head`, `p`, `list`, `table` and `quote`."""
    # Half a second to import, and few corpora hold HTML.
    import trafilatura  # noqa: PLC0415
    from trafilatura.settings import Extractor  # noqa: PLC0415

    logging.getLogger("trafilatura").setLevel(logging.CRITICAL)  # what it says, we say
    options = Extractor(comments=False, tables=True, formatting=True)
    # For pages that it finds little text in, it falls back to all words of the page, menus too.
    options.min_extracted_size = 1
    try:
        tree = _parse(page)
        found = None if tree is None else trafilatura.bare_extraction(tree, options=options)
    except (ValueError, RecursionError) as error:
        raise DocumentError("The page is damaged.", "Save it anew.") from error
    return getattr(found, "body", None)


def _parse(page: str) -> Any:
    """Returns the page without what nobody sees, as trafilatura does best with it."""
    from lxml import etree, html  # noqa: PLC0415

    if len(CONTROLS.findall(page)) > _MOSTCONTROLS * len(page):
        raise DocumentError("This is no HTML page.", "Save it anew.")
    parser = html.HTMLParser(encoding="utf-8")
    try:
        tree = html.document_fromstring(CONTROLS.sub("", page).encode(), parser=parser)
    except (etree.LxmlError, ValueError):
        return None
    if any("depth" in entry.message for entry in parser.error_log):
        raise DocumentError("The page is nested too deep.", "Copy its text into a .txt file.")
    body = tree.find("body")
    if body is None:
        return None
    prepare(tree, body)
    for menu in [table for table in body.iter("table") if _is_menu(table)]:
        menu.drop_tree()
    # It would leave out the dates of sentences.
    etree.strip_tags(body, "time")
    # Without a container that it knows, it would leave out the headings.
    body.tag = "main"
    around = html.Element("body")
    body.getparent().replace(body, around)
    around.append(body)
    return tree


def _is_menu(table: Any) -> bool:
    """Tells whether all that a table says is links; those of lists, trafilatura knows."""
    linked = sum(len("".join(link.text_content().split())) for link in table.iter("a"))
    return linked > _MENU_SHARE * len("".join(table.text_content().split()))


def _write(element: Any, writer: TextWriter, depth: int) -> None:
    """Writes a block: the blocks in it, and what stands between them as paragraphs."""
    if depth > _MAX_NESTING:
        raise DocumentError("The page is nested too deep.", "Copy its text into a .txt file.")
    loose = [_level(element.text)]
    for child in element:
        if child.tag == "lb":
            loose.append("\n")
        elif child.tag in _INLINE:
            loose.append(_level("".join(_words(child))))
        else:
            _write_paragraphs(loose, writer)
            loose = []
            _write_block(child, writer, depth)
        loose.append(_level(child.tail))
    _write_paragraphs(loose, writer)


def _write_block(block: Any, writer: TextWriter, depth: int) -> None:
    if block.tag == "head":
        rend = block.get("rend") or "h2"
        level = int(rend[1]) if rend[1:].isdigit() else 2
        writer.heading(level, _line(block))
    elif block.tag == "table" and not _is_layout(block):
        _write_table(block, writer)
    else:
        _write(block, writer, depth + 1)


def _write_paragraphs(parts: list[str], writer: TextWriter) -> None:
    """Writes text; two line breaks in a row are meant as the end of a paragraph."""
    for paragraph in re.split(r"\n\s*\n", "".join(parts)):
        writer.paragraph(_level(tidy(paragraph)).strip())


def _is_layout(table: Any) -> bool:
    """Tells whether cells hold what stands beside each other on a page."""
    return any(child.tag in {"head", "table"} for cell in table.iter("cell") for child in cell)


def _write_table(table: Any, writer: TextWriter) -> None:
    header: list[str] = []
    for row in table.iter("row"):
        cells = [_line(cell) for cell in row.iter("cell")]
        if not header and all(cell.get("role") == "head" for cell in row.iter("cell")):
            header = cells
        else:
            writer.row(header, cells)


def _line(element: Any) -> str:
    return _level(tidy("".join(_words(element)))).strip()


def _words(element: Any) -> Iterator[str]:
    """Yields the words of an element, with blanks between those of different blocks."""
    yield element.text or ""
    for child in element:
        apart = "" if child.tag in _INLINE and child.tag != "lb" else " "
        yield apart
        yield from _words(child)
        yield apart + (child.tail or "")


def _level(text: str | None) -> str:
    return re.sub(r"\s+", " ", text or "")
