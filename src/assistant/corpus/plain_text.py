"""Plain texts: `NAME.txt` beside a `NAME.yaml`."""

from __future__ import annotations

import fnmatch
import re
from pathlib import Path

from assistant.corpus.files import checked_id, read_text, visible
from assistant.corpus.metadata import sidecar_metadata
from assistant.domain import Heading, SourceDocument, Span
from assistant.errors import DocumentError


def read_text_document(file: Path) -> SourceDocument:
    """Reads one `.txt` file and the `.yaml` file beside it.

    Raises:
        DocumentError: either cannot be read, or the metadata is incomplete.
    """
    metadata = sidecar_metadata(file)
    text = visible(read_text(file))
    headings = _find_headings(text, metadata.headings)
    if not _has_more(text, headings):
        raise DocumentError("The file has no text.", "Fill it or remove it.")
    return metadata.document(checked_id(file.stem), text, headings)


def _find_headings(text: str, patterns: dict[int, list[str]]) -> tuple[Heading, ...]:
    headings = []
    for line in re.finditer(r"[^\n]+", text):
        title = line[0].strip()
        for level, globs in patterns.items():
            if title and any(fnmatch.fnmatchcase(title, glob) for glob in globs):
                headings.append(Heading(Span(line.start(), line.end()), level, title))
                break
    return tuple(headings)


def _has_more(text: str, headings: tuple[Heading, ...]) -> bool:
    """Tells whether anything but headings stands in a text."""
    ends = [0, *(heading.span.end for heading in headings)]
    starts = [*(heading.span.start for heading in headings), len(text)]
    return any(text[end:start].strip() for end, start in zip(ends, starts, strict=True))
