"""PDF: the text of each page, with paragraphs, headings and page numbers.

A PDF knows where words stand, not what a paragraph is. Lines that stand closer than usual belong
together; columns are read one after the other; lines that begin or end many pages are dropped; a
sentence goes on over the end of a page; words divided at the end of a line are joined.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from statistics import median
from typing import Final

from assistant.corpus.files import checked_id, read_bytes, refuse_long, tidy
from assistant.corpus.metadata import sidecar_metadata
from assistant.corpus.pdf_letters import open_page
from assistant.corpus.pdf_lines import ITEM, Line, read_lines
from assistant.corpus.writing import TextWriter
from assistant.domain import SourceDocument
from assistant.errors import DocumentError

MAX_PAGES: Final = 2_000
_MARGIN: Final = 0.1
"""Share of a page's height, at the top and at the bottom, where headers and footers stand."""
_PARAGRAPH_GAP: Final = 1.35
"""Distance of two lines, in usual ones, from which a new paragraph begins."""
_HEADING_SIZE: Final = 1.1
"""Size of the letters, in usual ones, from which a line is a heading."""
_OTHER_SIZE: Final = 0.5
"""Difference in size, in points, that two lines of a paragraph never have."""
_LONGEST_HEADING: Final = 120
_MOST_SPACING: Final = 1.85
"""Distance of two lines of a paragraph, in sizes of their letters, at most, if all else fails."""
_SENTENCE_END: Final = re.compile(r"[.!?…:][\s\u00a0»”\")]*$")
_DIVIDED: Final = re.compile(r"([\w-]*\w)[-\u00ad\ufffe\u0002]$")
_LEFT_OVER: Final = re.compile(r"[\ufffe\u00ad\u0002]")
_LEADER: Final = re.compile(r"(?:[.…]\s?){5,}\s*[\divxlc]*$")
"""What ends a line of a printed table of contents."""
_PAGE_NUMBER: Final = re.compile(
    r"\W*(?:page|p\.)?\s*#(?:\s*(?:/|sur|of|de)\s*#)?\W*", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class _Block:
    """Lines that belong together.

    Attributes:
        jumped: whether it begins a page or a column, so that it may go on with what stood before.
    """

    lines: list[Line]
    jumped: bool

    @property
    def text(self) -> str:
        return " ".join(line.text for line in self.lines)

    @property
    def size(self) -> float:
        return round(self.lines[0].size)


@dataclass(frozen=True, slots=True)
class _Paragraph:
    """Lines with the number of the page that each stands on; level 0 is no heading."""

    lines: list[tuple[int, Line]]
    level: int


@dataclass(frozen=True, slots=True)
class _Page:
    number: int
    lines: list[Line]


def read_pdf_document(file: Path) -> SourceDocument:
    """Reads one `.pdf` file and the `.yaml` file beside it.

    Raises:
        DocumentError: either cannot be read, the file is locked by a password, or its pages are
            pictures without text.
    """
    metadata = sidecar_metadata(file)
    pages, titles = _read_pages(read_bytes(file))
    pages = [page for page in _without_furniture(pages) if page.lines]
    if not pages:
        raise DocumentError(
            "The PDF holds pictures of pages, without text.",
            "Have its text recognised (OCR) and save it anew, or add the text as .txt.",
        )
    writer = TextWriter()
    _write(pages, titles, writer)
    if not writer.has_paragraphs:
        raise DocumentError("The PDF has headings but no text.", "Add its text as .txt.")
    return metadata.document(
        checked_id(file.stem), writer.text, tuple(writer.headings), locators=writer.locators()
    )


def _read_pages(data: bytes) -> tuple[list[_Page], dict[str, int]]:
    """Returns the pages and the titles of the file's table of contents with their levels."""
    # Loads PDFium, for which few corpora have a use.
    import pypdfium2  # noqa: PLC0415

    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        if "password" in str(error).lower():
            raise DocumentError(
                "The PDF asks for a password.", "Save it anew without one."
            ) from error
        raise DocumentError("This is no PDF, or a damaged one.", "Save it anew.") from error
    with document:
        try:
            document.init_forms()
        except pypdfium2.PdfiumError as error:
            raise DocumentError("The form of the PDF is damaged.", "Save it anew.") from error
        if len(document) > MAX_PAGES:
            raise DocumentError(
                f"The PDF has {len(document):,} pages, more than {MAX_PAGES:,}.", "Split it."
            )
        try:
            titles = {_bare(entry.get_title()): entry.level + 2 for entry in document.get_toc()}
            pages = []
            characters = 0
            for position in range(len(document)):
                page, printed = open_page(document, position)
                lines = read_lines(page, printed, position + 1)
                page.close()
                pages.append(_Page(position + 1, lines))
                characters += sum(len(line.text) for line in lines)
                refuse_long(characters)
        except pypdfium2.PdfiumError as error:
            raise DocumentError("A page of the PDF is damaged.", "Save it anew.") from error
    return pages, titles


def _without_furniture(pages: list[_Page]) -> list[_Page]:
    """Drops page numbers, tables of contents and what stands at the edge of many pages."""
    edges = [{_pattern(line) for line in page.lines if _at_edge(line)} for page in pages]
    often = Counter(pattern for patterns in edges for pattern in patterns)
    # Chapters and left and right pages may each have their own.
    enough = max(2, len(pages) // 4)
    return [
        _Page(
            page.number,
            [
                line
                for line in page.lines
                if not (_at_edge(line) and _repeats(_pattern(line), often, enough))
                and not _LEADER.search(line.text)
            ],
        )
        for page in pages
    ]


def _repeats(pattern: str, often: Mapping[str, int], enough: int) -> bool:
    return often[pattern] >= enough or _PAGE_NUMBER.fullmatch(pattern) is not None


def _pattern(line: Line) -> str:
    return re.sub(r"\d+", "#", line.text)


def _at_edge(line: Line) -> bool:
    margin = _MARGIN * line.page_height
    return line.bottom > line.page_height - margin or line.top < margin


def _write(pages: Sequence[_Page], titles: dict[str, int], writer: TextWriter) -> None:
    lines = [line for page in pages for line in page.lines]
    vocabulary = _vocabulary(lines)
    number = 0
    for paragraph in _paragraphs(pages, titles, lines):
        parts = _parts([line for _, line in paragraph.lines], vocabulary)
        if paragraph.level:
            parts = ["".join(parts)]
        begun = False
        for page_number, part in zip((page for page, _ in paragraph.lines), parts, strict=False):
            if page_number != number:
                number = page_number
                writer.page(number)
            if paragraph.level:
                writer.heading(paragraph.level, part)
            elif begun:
                writer.continuation(part)
            else:
                writer.paragraph(part)
            begun = True


def _paragraphs(
    pages: Sequence[_Page], titles: dict[str, int], lines: Sequence[Line]
) -> list[_Paragraph]:
    letters: Counter[tuple[float, bool]] = Counter()
    for line in lines:
        letters[line.size, line.bold] += len(line.text)
    usual, usual_is_bold = letters.most_common(1)[0][0]
    spacing = min(_MOST_SPACING, median([*_spacings(pages)] or [_MOST_SPACING]))
    blocks = [(page, block) for page in pages for block in _blocks(page, titles, spacing)]
    sizes = sorted(
        {block.size for _, block in blocks if _is_heading(block, usual, usual_is_bold)},
        reverse=True,
    )
    paragraphs: list[_Paragraph] = []
    for page, block in blocks:
        numbered = [(page.number, line) for line in block.lines]
        level = titles.get(_bare(block.text), 0)
        if not level and _is_heading(block, usual, usual_is_bold):
            level = sizes.index(block.size) + 2
        if not level and paragraphs and not paragraphs[-1].level and _goes_on(paragraphs, block):
            paragraphs[-1].lines.extend(numbered)
        else:
            paragraphs.append(_Paragraph(numbered, min(level, 6)))
    return paragraphs


def _spacings(pages: Sequence[_Page]) -> Iterator[float]:
    """Yields how far lines stand from the one above, in sizes of their letters."""
    for page in pages:
        for upper, lower in pairwise(page.lines):
            if (
                upper.turn == lower.turn
                and upper.bottom > lower.bottom
                and upper.size == lower.size > 0
            ):
                yield (upper.bottom - lower.bottom) / lower.size


def _goes_on(paragraphs: Sequence[_Paragraph], block: _Block) -> bool:
    """Tells whether a block goes on with the paragraph before it, on another page or column."""
    _, last = paragraphs[-1].lines[-1]
    first = block.lines[0]
    if not block.jumped or last.is_row or first.is_row or ITEM.match(first.text):
        return False
    return first.text[0].islower() or not _SENTENCE_END.search(last.text)


def _is_heading(block: _Block, usual: float, usual_is_bold: bool) -> bool:
    large = min(line.size for line in block.lines) >= _HEADING_SIZE * usual
    bold = not usual_is_bold and all(line.bold for line in block.lines)
    text = block.text
    short = len(text) <= _LONGEST_HEADING and not _SENTENCE_END.search(text)
    is_table = any(line.is_row for line in block.lines)
    words = any(char.isalpha() for char in text) and not text[0].islower()
    return (large or bold) and short and words and not is_table


def _blocks(page: _Page, titles: dict[str, int], spacing: float) -> Iterator[_Block]:
    """Yields the paragraphs of a page."""
    lines: list[Line] = []
    jumped = True
    for line in page.lines:
        if lines and _is_apart(lines, line, titles, spacing):
            yield _Block(lines, jumped)
            jumped = lines[-1].bottom <= line.bottom
            lines = []
        lines.append(line)
    if lines:
        yield _Block(lines, jumped)


def _is_apart(lines: Sequence[Line], line: Line, titles: dict[str, int], spacing: float) -> bool:
    """Tells whether a line does not belong to the same paragraph as those before."""
    last = lines[-1]
    size = max(line.size, last.size) or line.height
    far = not 0 < last.bottom - line.bottom <= _PARAGRAPH_GAP * spacing * size
    title_ends = all(one.bold for one in lines) and not line.bold and not line.text[0].islower()
    title_begins = line.bold and not last.bold and _SENTENCE_END.search(last.text) is not None
    return (
        far
        or line.turn != last.turn
        or abs(line.size - last.size) > _OTHER_SIZE
        or line.is_row
        or last.is_row
        or ITEM.match(line.text) is not None
        or title_ends
        or title_begins
        or _bare(line.text) in titles
        or _bare(last.text) in titles
    )


def _vocabulary(lines: Sequence[Line]) -> set[str]:
    """Returns the words that stand undivided in a line."""
    vocabulary: set[str] = set()
    divided = False
    for line in lines:
        words = re.findall(r"\w+", line.text.casefold())
        follows, divided = divided, _DIVIDED.search(line.text) is not None
        vocabulary.update(words[follows : len(words) - divided])
    return vocabulary


def _parts(lines: Sequence[Line], vocabulary: set[str]) -> list[str]:
    """Returns the lines of a paragraph with what ties each to the next."""
    parts = []
    for line, following in zip(lines, [*lines[1:], None], strict=True):
        divided = _DIVIDED.search(line.text)
        rest = re.match(r"\w+", following.text) if following else None
        if divided is None:
            text, glue = line.text, " " if following else ""
        elif rest is None:
            text, glue = line.text[:-1], "- " if following else "-"
        else:
            is_compound = _is_compound(divided[1], rest[0], vocabulary)
            text, glue = line.text[:-1], "-" if is_compound else ""
        parts.append(tidy(_LEFT_OVER.sub("", text)) + glue)
    return parts


def _is_compound(first: str, second: str, vocabulary: set[str]) -> bool:
    """Tells whether a hyphen at the end of a line belongs to the word: « Pas-de-Calais »."""
    last = first.rpartition("-")[2].casefold()
    if last + second.casefold() in vocabulary:
        return False
    of_two_words = {last, second.casefold()} <= vocabulary
    return "-" in first or not last.isalpha() or not second[0].islower() or of_two_words


def _bare(title: str) -> str:
    return " ".join(re.findall(r"\w+", title.casefold()))
