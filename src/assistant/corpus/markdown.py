"""Markdown with front matter: headings are sections, footnote references are sources.

A sentence of a sheet ends with the keys of the sources it was written from::

    ---
    title: Le Louvre-Lens
    publisher: Fiche rédigée par le projet
    language: fr
    sources:
      portail: Portail de l’État https://example.org/louvre-lens
    ---
    ## Financement
    Le Louvre-Lens a coûté 150 millions d’euros.[^portail]

The name before the address says who is behind it, and may be left out. The keys are not part of the
text that is quoted; each covers what stands between it and the one before in its paragraph.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from markdown_it import MarkdownIt
from markdown_it.token import Token

from assistant.corpus.files import checked_id, read_text, visible
from assistant.corpus.html_page import html_blocks
from assistant.corpus.metadata import parse_front_matter
from assistant.corpus.note_marks import without_notes
from assistant.corpus.writing import TextWriter, row_sentence
from assistant.domain import Origin, Reference, SourceDocument, Span
from assistant.errors import DocumentError

FRONT_MATTER: Final = re.compile(r"\A---\n(.*?\n)---\n", re.DOTALL)
_REFERENCES: Final = re.compile(r"\s*((?:\[\^[^\]\s]+\])+)")
_KEY: Final = re.compile(r"\[\^([^\]\s]+)\]")
_TAG: Final = re.compile(r"<(/?)([a-zA-Z][\w-]*)")
_STRUCK: Final = frozenset({"s", "strike", "del", "script", "style"})
"""Elements in a line whose words are no text."""
_NOTHING: Final = "\0"
"""Stands where words were left out; no Markdown holds it."""
_GAP: Final = re.compile(rf" ?{_NOTHING}+(?=[ .,)])|{_NOTHING}")
_BREAKS: Final = frozenset({"br", "hr"})


def read_markdown_document(file: Path) -> SourceDocument:
    """Reads one `.md` file.

    Raises:
        DocumentError: it cannot be read, lacks front matter or text, or refers to a source that
            it does not list.
    """
    source = visible(read_text(file))
    front = FRONT_MATTER.match(source)
    if front is None:
        raise DocumentError(
            "The file has no front matter.",
            "Begin it with ---, title, publisher, language and ---; README.md shows how.",
        )
    metadata = parse_front_matter(front[1], file.name)
    writer = TextWriter()
    references: list[Reference] = []
    for level, text in _blocks(source[front.end() :]):
        if level:
            writer.heading(level, text)
        else:
            references += _write_paragraph(writer, text, metadata.sources)
    if not writer.has_paragraphs:
        raise DocumentError("The file has no text.", "Fill it or remove it.")
    return metadata.document(
        checked_id(file.stem), writer.text, tuple(writer.headings), tuple(references)
    )


def _blocks(source: str) -> Iterator[tuple[int, str]]:
    """Yields level and text of each heading (1 to 6), paragraph, list item or row (0)."""
    header: list[str] = []
    cells: list[str] = []
    level = 0
    within = ""
    for token in MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse(source):
        if token.type == "heading_open":
            level = int(token.tag[1:])
        elif token.type in {"th_open", "td_open"}:
            within = token.tag
        elif token.type == "tr_close":
            if within == "td":
                yield 0, _row(header, cells)
            else:
                header = [_REFERENCES.sub("", cell) for cell in cells]
            cells = []
        elif token.type == "table_close":
            header, within = [], ""
        elif token.type == "html_block":
            yield from html_blocks(token.content)
        elif token.type == "inline" and within:
            cells.append(_plain(token))
        elif token.type == "inline":
            yield level, _plain(token)
            level = 0


def _row(header: list[str], cells: list[str]) -> str:
    """Returns a row of a table as a sentence; the keys at its end stay there."""
    keys = _REFERENCES.search(cells[-1]) if cells else None
    if keys is None or keys.end() < len(cells[-1]):
        return row_sentence(header, cells)
    return row_sentence(header, [*cells[:-1], cells[-1][: keys.start()]]) + keys[1]


def _plain(inline: Token) -> str:
    """Returns the words of a block without its marks; line ends become blanks."""
    words = without_notes(_pieces(inline.children or []))
    return _GAP.sub("", words).strip()


def _pieces(children: Sequence[Token]) -> Iterator[tuple[str, bool]]:
    """Yields words and whether they stand raised, without comments and struck-out words."""
    struck, raised = 0, False
    for child in children:
        tag = _TAG.match(child.content) if child.type == "html_inline" else None
        opens = child.type == "s_open" or (tag is not None and not tag[1])
        name = "s" if child.type in {"s_open", "s_close"} else tag[2].lower() if tag else ""
        if name in _STRUCK:
            struck = max(0, struck + (1 if opens else -1))
            yield _NOTHING, False
        elif name == "sup":
            raised = opens
        elif struck:
            continue
        elif child.content.startswith("<!--") and child.type == "html_inline":
            yield _NOTHING, False
        elif name in _BREAKS or child.type in {"softbreak", "hardbreak"}:
            yield " ", raised
        elif child.type != "html_inline":
            yield child.content, raised


def _write_paragraph(writer: TextWriter, block: str, sources: dict[str, Origin]) -> list[Reference]:
    """Writes a paragraph without the keys in it; returns what each of them covers."""
    words, covered = "", []
    done = start = 0
    for match in _REFERENCES.finditer(block):
        words += block[done : match.start()]
        done = match.end()
        covered.append((start, len(words), _origins(_KEY.findall(match[1]), sources)))
        start = len(words)
    written = writer.paragraph(words + block[done:])
    if written is None:
        return []
    return [
        Reference(Span(written.start + left, written.start + right), origins)
        for left, right, origins in covered
    ]


def _origins(keys: list[str], sources: dict[str, Origin]) -> tuple[Origin, ...]:
    unknown = [key for key in keys if key not in sources]
    if unknown:
        raise DocumentError(
            f"The text refers to {unknown[0]}, which `sources` does not list.",
            "Add its address to `sources`, or correct the reference.",
        )
    return tuple(sources[key] for key in keys)
