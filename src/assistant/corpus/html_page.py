"""A web page made ready to be read: what a visitor sees of it, in elements that say what they are.

Banners, dialogs and hidden or struck-out words are taken out, as are the numbers of notes. What
opens and closes a section becomes its heading, and tables get one row of headings and a cell in
every column.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

from assistant.corpus.grids import Cell, Grid, read_grid
from assistant.corpus.note_marks import BEFORE, read_raised
from assistant.corpus.writing import row_sentence
from assistant.errors import DocumentError

CONTROLS: Final = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f\ufffe\uffff]")
"""What is no character of HTML."""
_UNSEEN: Final = (
    ".//nav|.//aside|.//footer|.//script|.//style|.//noscript|.//template|.//dialog|.//comment()"
    "|.//*[@role='dialog' or @role='alertdialog' or @role='navigation' or @aria-modal='true']"
)
_STRUCK: Final = ".//s|.//strike|.//del|.//*[contains(@style, 'line-through')]"
_NO_DISPLAY: Final = re.compile(
    r"(?:^|[;\s])(?:display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse))", re.IGNORECASE
)
_NO_DISPLAY_CLASS: Final = frozenset(
    {"hidden", "hide", "is-hidden", "d-none", "u-hidden", "fr-hidden", "invisible"}
)
_DISPLAY_CLASS: Final = re.compile(
    r"(?:d-(?:sm|md|lg|xl|xxl)-|(?:sm|md|lg|xl|2xl):|fr-unhidden-)(?!none|hidden)"
)
"""Classes by which large screens show what small ones do not."""
_BANNER: Final = re.compile(
    r"cookie|consent|tarteaucitron|didomi|axeptio|onetrust|orejime|klaro|rgpd|gdpr|\bcmp\b",
    re.IGNORECASE,
)
_LONGEST_BANNER: Final = 4_000
_HEADINGS: Final = ("h1", "h2", "h3", "h4", "h5", "h6")
_BLOCKS: Final = frozenset(
    {*_HEADINGS, "p", "div", "li", "td", "th", "dd", "dt", "section", "article", "main", "body"}
)
_OPENS: Final = "data-opens"
"""Marks a heading that opens and closes a section."""
_TOP: Final = 2
"""Level of the sections of a page without a heading above them."""
_LETTERS: Final = re.compile(r"[^\W\d_]{2,}")
_OPENERS: Final = frozenset({"href", "aria-controls", "aria-owns", "for"})
"""Attributes that may name what a visitor opens."""
_REFERS: Final = ("doc-noteref", "noteref")
_LONGEST_MARK: Final = 5
_LONGEST_TITLE: Final = 200


def prepare(tree: Any, body: Any) -> None:
    """Changes a page of lxml as the module says.

    Args:
        tree: the page.
        body: its body.
    """
    panels = _panels(body)
    _drop(tree.xpath(_UNSEEN))
    for hidden in [one for one in body.iter("*") if _is_hidden(one)]:
        if hidden.get("id") in panels:
            _show(hidden)
        else:
            _drop([hidden])
    _drop(one for one in body.iter("*") if _is_banner(one))
    _name_sections(body)
    _drop(body.xpath(_STRUCK))
    _drop_notes(body)
    for table in list(body.iter("table")):
        _level_table(table)


def html_blocks(fragment: str) -> Iterator[tuple[int, str]]:
    """Yields level and text of each heading (1 to 6), paragraph or row (0) of a piece of a page.

    Args:
        fragment: HTML within another text.

    Raises:
        DocumentError: it is damaged.
    """
    from lxml import etree, html  # noqa: PLC0415 - few texts have any

    try:
        page = f"<html><body>{CONTROLS.sub('', fragment)}</body></html>"
        body = html.document_fromstring(page).find("body")
        prepare(body.getroottree().getroot(), body)
        for table in list(body.iter("table")):
            _write_sentences(table)
    except (etree.LxmlError, AttributeError, ValueError, RecursionError) as error:
        raise DocumentError(
            "A piece of HTML in the text is damaged.", "Write it as Markdown."
        ) from error
    yield from ((level, text) for level, text in _block_texts(body) if text)


def _drop(elements: Any) -> None:
    for element in list(elements):
        if element.getparent() is not None and element.tag != "body":
            element.drop_tree()


def _is_hidden(element: Any) -> bool:
    classes = set((element.get("class") or "").split())
    by_class = bool(classes & _NO_DISPLAY_CLASS) and not any(map(_DISPLAY_CLASS.match, classes))
    by_itself = element.get("hidden") not in {None, "until-found"}
    return by_class or by_itself or _NO_DISPLAY.search(element.get("style") or "") is not None


def _show(element: Any) -> None:
    """Takes off an element all by which what is read later could tell that it was closed."""
    for name in ("hidden", "style", "class", "aria-hidden"):
        element.attrib.pop(name, None)


def _is_banner(element: Any) -> bool:
    """Tells whether an element asks for leave to set cookies, and is not a text about them."""
    named = f"{element.get('id') or ''} {element.get('class') or ''}"
    if element.tag in {"body", "main", "article"} or not _BANNER.search(named):
        return False
    within = any(one.tag in {"main", "article"} for one in element.iterancestors())
    holds = next(element.iter("main", "article", "h1"), None) is not None
    return not within and not holds and len(element.text_content()) <= _LONGEST_BANNER


def _panels(body: Any) -> set[str]:
    """Returns what a visitor can open: it may be closed where the page was saved."""
    return {
        name.lstrip("#")
        for element in body.iter("*")
        for key, value in element.attrib.items()
        if key in _OPENERS or key.startswith("data-")
        for name in value.split()
    } - {""}


def _name_sections(body: Any) -> None:
    """Makes headings of what says to be one, and of what opens and closes a section."""
    for heading in body.iter(*_HEADINGS):
        # The main text leaves out buttons, and with them the heading that one is.
        for button in list(heading.iter("button", "a")):
            opens = button.get("aria-expanded") or button.get("aria-controls")
            if opens:
                heading.set(_OPENS, "")
            if opens or button.tag == "button" or not button.get("href"):
                button.drop_tag()
    for element in list(body.iter("*")):
        level = element.get("aria-level") or "2"
        if element.get("role") == "heading" and element.tag not in _HEADINGS:
            element.tag = f"h{min(max(int(level), 1), 6)}" if level.isdecimal() else "h2"
    for opener in list(body.iter("summary", "button", "a")):
        opens = opener.tag == "summary" or _opened(opener, body) is not None
        within = any(one.tag in _HEADINGS for one in opener.iterancestors())
        title = " ".join(opener.text_content().split())
        if not opens or within or not 0 < len(title) <= _LONGEST_TITLE:
            continue
        levels = [int(inner.tag[1]) for inner in opener.iter(*_HEADINGS)]
        for inner in list(opener.iter(*_HEADINGS)):
            inner.drop_tag()
        opener.tag = f"h{min(levels, default=_level_of(opener))}"
        opener.set(_OPENS, "")


def _opened(opener: Any, body: Any) -> Any:
    """Returns the section that a button opens, if it holds a text."""
    if opener.tag == "a" and opener.get("aria-expanded") is None:
        return None  # it only leads there
    for key in ("aria-controls", "data-bs-target", "data-target", "href"):
        name = (opener.get(key) or "").lstrip("#")
        found = body.xpath(".//*[@id=$name]", name=name) if name else []
        if found and found[0] is not opener and _LETTERS.search(found[0].text_content()):
            return found[0]
    return None


def _level_of(opener: Any) -> int:
    """Returns the level of a heading that opens a section, by the headings before it."""
    section = opener.getparent() if opener.tag == "summary" else opener
    for heading in section.itersiblings(*_HEADINGS, preceding=True):
        # One section that is opened does not stand within the one that is opened before it.
        return int(heading.tag[1]) if heading.get(_OPENS) is not None else _below(heading)
    for around in section.iterancestors():
        for heading in around.itersiblings(*_HEADINGS, preceding=True):
            return _below(heading)
    return _TOP


def _below(heading: Any) -> int:
    return min(int(heading.tag[1]) + 1, len(_HEADINGS))


def _drop_notes(body: Any) -> None:
    """Takes out the numbers that refer to notes; powers and ordinals stay."""
    for raised in list(body.iter("sup")):
        said = raised.text_content()
        links = any((link.get("href") or "").startswith("#") for link in raised.iter("a"))
        read = "" if links else read_raised(_before(raised), said, (raised.tail or "")[:1])
        if not read:
            raised.drop_tree()
        elif read != said:
            for inner in list(raised):
                inner.drop_tag()
            raised.text = read
    for link in list(body.iter("a")):
        said = link.text_content().strip()
        refers = (link.get("href") or "").startswith("#") or link.get("role") in _REFERS
        glued = _before(link)[-1:].strip() != ""
        number = re.fullmatch(r"[\[(]?\d{1,3}[\])]?|[*†‡]", said) is not None
        if refers and glued and number and len(said) <= _LONGEST_MARK:
            link.drop_tree()


def _before(element: Any) -> str:
    """Returns the end of what stands before an element in its block."""
    found = ""
    while len(found) < BEFORE:
        previous, parent = element.getprevious(), element.getparent()
        if previous is not None:
            found = previous.text_content() + (previous.tail or "") + found
            element = previous
        elif parent is None:
            break
        else:
            found = (parent.text or "") + found
            if parent.tag in _BLOCKS:
                break
            element = parent
    return found[-BEFORE:]


def _level_table(table: Any) -> None:
    """Gives a table one row of headings, and each row a cell in every column."""
    rows = [row for row in table.iter("tr") if _table_of(row) is table]
    holds_blocks = next(table.iter(*_HEADINGS), None) is not None
    if not rows or holds_blocks or any(one is not table for one in table.iter("table")):
        return  # it lays out the page
    cells = [[cell for cell in row if cell.tag in {"td", "th"}] for row in rows]
    headings = next(
        (number for number, row in enumerate(zip(rows, cells, strict=True)) if not _is_head(*row)),
        len(rows) - 1,
    )
    spans = any(
        _span(cell, name) > 1 for row in cells for cell in row for name in ("colspan", "rowspan")
    )
    if spans or headings > 1:
        grid = read_grid([[_cell(cell) for cell in row] for row in cells], headings or None)
        _write_rows(table, grid)


def _table_of(row: Any) -> Any:
    return next(row.iterancestors("table"))


def _is_head(row: Any, cells: list[Any]) -> bool:
    parent = row.getparent()
    return bool(cells) and (parent.tag == "thead" or all(cell.tag == "th" for cell in cells))


def _span(cell: Any, name: str) -> int:
    said = (cell.get(name) or "1").strip()
    return max(1, int(said)) if said.isdecimal() and len(said) <= _LONGEST_MARK else 1


def _cell(cell: Any) -> Cell:
    text = " ".join(filter(None, _texts(cell)))
    return Cell(text, _span(cell, "colspan"), _span(cell, "rowspan"))


def _texts(element: Any) -> Iterator[str]:
    """Yields the words of a cell, those of different blocks apart."""
    return (text for _, text in _block_texts(element))


def _block_texts(element: Any) -> Iterator[tuple[int, str]]:
    """Yields level and text of each block within an element; 0 for what is no heading."""
    words, level = "", 0
    for text, begins in _walk(element):
        if begins is not None:
            yield level, " ".join(words.split())
            words, level = "", begins
        words += text
    yield level, " ".join(words.split())


def _walk(element: Any) -> Iterator[tuple[str, int | None]]:
    """Yields the words within an element, and the level of the block that begins with them."""
    yield element.text or "", _block_level(element)
    for child in element:
        if child.tag == "br":
            yield " ", None
        elif isinstance(child.tag, str):
            yield from _walk(child)
        yield child.tail or "", None if _block_level(child) is None else 0


def _block_level(element: Any) -> int | None:
    if element.tag in _HEADINGS:
        return int(element.tag[1])
    return 0 if element.tag in _BLOCKS else None


def _write_sentences(table: Any) -> None:
    """Makes a paragraph of each row of a table."""
    from lxml.html import Element  # noqa: PLC0415

    header: list[str] = []
    for row in list(table.iter("tr")):
        cells = [cell for cell in row if cell.tag in {"td", "th"}]
        texts = [_cell(cell).text for cell in cells]
        if not header and all(cell.tag == "th" for cell in cells):
            header = texts
            continue
        sentence = Element("p")
        sentence.text = row_sentence(header, texts)
        table.addprevious(sentence)
    table.drop_tree()


def _write_rows(table: Any, grid: Grid) -> None:
    from lxml.html import Element  # noqa: PLC0415

    for part in list(table):
        if part.tag != "caption":
            table.remove(part)
    if grid.caption:
        caption = Element("p")
        caption.text = grid.caption
        table.addprevious(caption)
    for tag, row in [("th", grid.header), *(("td", cells) for cells in grid.rows)]:
        line = Element("tr")
        for text in row:
            cell = Element(tag)
            cell.text = text
            line.append(cell)
        if row:
            table.append(line)
