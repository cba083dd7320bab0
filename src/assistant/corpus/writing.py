"""Blocks put together to the text that offsets count in."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.corpus.files import refuse_long
from assistant.domain import Heading, Locator, Span, Unit


def row_sentence(header: Sequence[str], cells: Sequence[str]) -> str:
    """Returns a row of a table as a sentence; nothing where all its cells are empty.

    Args:
        header: of each column, or nothing.
        cells: of the row.
    """
    named = [
        f"{header[position]} : {cell}"
        if position < len(header) and header[position] and header[position] != cell
        else cell
        for position, cell in enumerate(cells)
        if cell
    ]
    return " ; ".join(named).rstrip(".") + "." if named else ""


class TextWriter:
    """Collects headings and paragraphs, an empty line between them.

    Attributes:
        headings: the headings that were written so far.
        has_paragraphs: whether anything but headings was written.
    """

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._length = 0
        self.headings: list[Heading] = []
        self.has_paragraphs = False
        self._pages: list[tuple[int, int]] = []

    @property
    def text(self) -> str:
        """What was written so far."""
        return "".join(self._parts)

    def heading(self, level: int, text: str) -> None:
        """Writes a heading."""
        if text:
            self.headings.append(Heading(self._block(text), level, text))

    def paragraph(self, text: str) -> Span | None:
        """Writes a paragraph and returns where it stands; nothing is written for no text."""
        if not text:
            return None
        self.has_paragraphs = True
        return self._block(text)

    def continuation(self, text: str) -> None:
        """Goes on with the last paragraph."""
        self._add(text)

    def row(self, header: Sequence[str], cells: Sequence[str]) -> None:
        """Writes a row of a table as a sentence, each cell after the heading of its column."""
        self.paragraph(row_sentence(header, cells))

    def page(self, number: int) -> None:
        """Says that what follows stands on a page."""
        self._pages.append((self._length, number))

    def locators(self) -> tuple[Locator, ...]:
        """Returns the pages."""
        ends = [start for start, _ in self._pages[1:]] + [self._length]
        return tuple(
            Locator(Span(start, end), Unit.PAGE, number)
            for (start, number), end in zip(self._pages, ends, strict=True)
            if start < end
        )

    def _block(self, text: str) -> Span:
        if self._parts:
            self._add("\n\n")
        start = self._length
        self._add(text)
        return Span(start, self._length)

    def _add(self, text: str) -> None:
        self._parts.append(text)
        self._length += len(text)
        refuse_long(self._length)
