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
from assistant.corpus.metadata import Metadata, parse_metadata
from assistant.domain import Heading, Reference, SourceDocument, Span
from assistant.errors import DocumentError

_FRONT_MATTER: Final = re.compile(r"\A---\n(.*?\n)---\n", re.DOTALL)
_REFERENCES: Final = re.compile(r"\s*((?:\[\^[^\]\s]+\])+)")
_KEY: Final = re.compile(r"\[\^([^\]\s]+)\]")


def read_markdown_document(file: Path) -> SourceDocument:
    """Reads one `.md` file.

    Raises:
        DocumentError: it cannot be read, lacks front matter or text, or refers to a source that
            it does not list.
    """
    source = read_text(file)
    front = _FRONT_MATTER.match(source)
    if front is None:
        raise DocumentError(
            "The file has no front matter.",
            "Begin it with ---, title, publisher, language and ---; README.md shows how.",
        )
    metadata = parse_metadata(front[1], file.name)
    writer = _Writer(metadata)
    for level, text in _blocks(source[front.end() :]):
        writer.add(level, text)
    if not writer.has_text:
        raise DocumentError("The file has no text.", "Fill it or remove it.")
    return metadata.document(
        checked_id(file.stem), writer.text, tuple(writer.headings), tuple(writer.references)
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


class _Writer:
    """Puts blocks together to the text that offsets count in."""

    def __init__(self, metadata: Metadata) -> None:
        self.text = ""
        self.headings: list[Heading] = []
        self.references: list[Reference] = []
        self.has_text = False
        self._metadata = metadata

    def add(self, level: int, block: str) -> None:
        """Adds one block after an empty line."""
        if not block:
            return
        self.text += "\n\n" if self.text else ""
        start = len(self.text)
        if level:
            self.text += block
            self.headings.append(Heading(Span(start, len(self.text)), level, block))
            return
        self.has_text = True
        done = 0
        for match in _REFERENCES.finditer(block):
            self.text += block[done : match.start()]
            done = match.end()
            keys = _KEY.findall(match[1])
            self.references.append(Reference(Span(start, len(self.text)), self._addresses(keys)))
            start = len(self.text)
        self.text += block[done:]

    def _addresses(self, keys: list[str]) -> tuple[str, ...]:
        unknown = [key for key in keys if key not in self._metadata.sources]
        if unknown:
            raise DocumentError(
                f"The text refers to {unknown[0]}, which `sources` does not list.",
                "Add its address to `sources`, or correct the reference.",
            )
        return tuple(self._metadata.sources[key] for key in keys)
