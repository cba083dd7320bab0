"""Markdown with front matter: headings are sections, footnote references are addresses.

A sentence of a sheet ends with the keys of the sources it was written from::

    ---
    title: Le Louvre-Lens
    publisher: Fiche rédigée par le projet
    language: fr
    sources:
      portail: https://example.org/louvre-lens
    ---
    ## Financement
    Le Louvre-Lens a coûté 150 millions d’euros.[^portail]

The keys are not part of the text that is quoted; each covers what stands between it and the one
before in its paragraph.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

from markdown_it import MarkdownIt
from markdown_it.token import Token

from assistant.corpus.files import checked_id, read_text
from assistant.corpus.metadata import parse_metadata
from assistant.corpus.writing import TextWriter
from assistant.domain import Reference, SourceDocument, Span
from assistant.errors import DocumentError

FRONT_MATTER: Final = re.compile(r"\A---\n(.*?\n)---\n", re.DOTALL)
_REFERENCES: Final = re.compile(r"\s*((?:\[\^[^\]\s]+\])+)")
_KEY: Final = re.compile(r"\[\^([^\]\s]+)\]")


def read_markdown_document(file: Path) -> SourceDocument:
    """Reads one `.md` file.

    Raises:
        DocumentError: it cannot be read, lacks front matter or text, or refers to a source that
            it does not list.
    """
    source = read_text(file)
    front = FRONT_MATTER.match(source)
    if front is None:
        raise DocumentError(
            "The file has no front matter.",
            "Begin it with ---, title, publisher, language and ---; README.md shows how.",
        )
    metadata = parse_metadata(front[1], file.name)
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


def _blocks(source: str) -> list[tuple[int, str]]:
    """Returns level and text of each heading (1 to 6), paragraph or list item (0)."""
    blocks = []
    level = 0
    for token in MarkdownIt("commonmark").parse(source):
        if token.type == "heading_open":
            level = int(token.tag[1:])
        elif token.type == "inline":
            blocks.append((level, _plain(token)))
            level = 0
    return blocks


def _plain(inline: Token) -> str:
    """Returns the words of a block without its marks; line ends become blanks."""
    breaks = {"softbreak", "hardbreak"}
    children = inline.children or []
    words = (" " if child.type in breaks else child.content for child in children)
    return "".join(words).strip()


def _write_paragraph(writer: TextWriter, block: str, sources: dict[str, str]) -> list[Reference]:
    """Writes a paragraph without the keys in it; returns what each of them covers."""
    words, covered = "", []
    done = start = 0
    for match in _REFERENCES.finditer(block):
        words += block[done : match.start()]
        done = match.end()
        covered.append((start, len(words), _addresses(_KEY.findall(match[1]), sources)))
        start = len(words)
    written = writer.paragraph(words + block[done:])
    if written is None:
        return []
    return [
        Reference(Span(written.start + left, written.start + right), addresses)
        for left, right, addresses in covered
    ]


def _addresses(keys: list[str], sources: dict[str, str]) -> tuple[str, ...]:
    unknown = [key for key in keys if key not in sources]
    if unknown:
        raise DocumentError(
            f"The text refers to {unknown[0]}, which `sources` does not list.",
            "Add its address to `sources`, or correct the reference.",
        )
    return tuple(sources[key] for key in keys)
