"""A span of a source as a citation that a visitor can check."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from assistant.domain import Citation, Origin, Passage, Span, Unit
from assistant.errors import CitationError
from assistant.index import Index
from assistant.texts import load_texts

_MOST_NAMED: Final = 3
_HOST: Final = re.compile(r"\w+://(?:www\.)?([^/?#:]+)")


def cite(passage: Passage, span: Span, marker: int, index: Index) -> Citation:
    """Resolves a span of a document to a citation.

    Args:
        passage: the passage that was found.
        span: what is quoted, in offsets of the document; holds the passage or a part of it.
        marker: number shown to the visitor.
        index: holds the document.

    Raises:
        CitationError: the index has no such document or it does not reach so far.
    """
    document = index.documents.get(passage.document_id)
    if document is None or not 0 <= span.start < span.end <= len(document.text):
        raise CitationError(
            f"A citation of {passage.passage_id} points to nothing.",
            "Run `assistant index --check`.",
        )
    place = document.locate(span.start)
    origins = document.origins(span)
    before = index.neighbour(passage, -1) or passage
    after = index.neighbour(passage, 1) or passage
    return Citation(
        marker=marker,
        passage_id=passage.passage_id,
        document_id=document.document_id,
        title=document.title,
        section=passage.section,
        publisher=document.publisher,
        url=document.url,
        date=document.published,
        accessed=document.accessed,
        language=document.language,
        quote=document.text[span.start : span.end],
        start=span.start,
        end=span.end,
        content_hash=passage.content_hash,
        part_of=document.part_of,
        page=place.number if place and place.unit is Unit.PAGE else None,
        row=place.number if place and place.unit is Unit.ROW else None,
        before=document.text[min(before.start, span.start) : span.start],
        after=document.text[span.end : max(after.end, span.end)],
        origins=tuple(origin.address for origin in origins),
        origin_names=tuple(origin.name for origin in origins),
    )


def stands(citation: Citation, index: Index) -> bool:
    """Tells whether the source of a citation still says what is quoted.

    It does when its document is still there and the quoted words stand anywhere in it: what
    changed elsewhere moves a quote but makes it no less true. Blanks and line breaks do not count,
    since a text that is read anew often differs in them alone.

    Args:
        citation: from this index or an earlier version of it.
        index: the sources as they are now.
    """
    document = index.documents.get(citation.document_id)
    if document is None:
        return False
    quote, text = citation.quote, document.text
    # Where it stood before, most often; the whole text is joined only for one that changed.
    return text.startswith(quote, citation.start) or _joined(quote) in _joined(text)


def who_said(citation: Citation) -> tuple[str, ...]:
    """Returns whom the quoted words of a sheet come from, each once, in the order of the sheet.

    One whose name is not known is told by the host of its address. Of a citation from anything
    else, nobody is told: its own document says it.
    """
    return tuple(
        dict.fromkeys(origin.name or _host(origin.address) for origin in citation.named_origins)
    )


def source_lines(citation: Citation, language: str) -> tuple[str, str]:
    """Returns what a visitor is told of a source: its name, and what else is known of it.

    Of a sheet, that is who said it, then the sheet; of any other source its title, then place,
    publisher and dates.
    """
    texts = load_texts(language)
    title = texts.answers.quotation.format(quote=citation.title)
    work = texts.answers.quotation.format(quote=citation.part_of) if citation.part_of else None
    page = texts.citations.page.format(number=citation.page) if citation.page else None
    row = texts.citations.row.format(number=citation.row) if citation.row else None
    dating = texts.dating(citation.date, citation.accessed)
    if names := who_said(citation):
        sheet = texts.citations.sheet.format(title=title)
        return _named(names, language), _listed(sheet, page, work, row, dating)
    return title, _listed(page, work, row, citation.publisher, dating)


def describe_source(citation: Citation, language: str) -> str:
    """Returns both of `source_lines` in one."""
    return _listed(*source_lines(citation, language))


def labelled(origins: Sequence[Origin]) -> list[str]:
    """Returns addresses as text, each behind its name where there are several names."""
    several = len({origin.name for origin in origins}) > 1
    return [
        f"{origin.name} {origin.address}" if several and origin.name else origin.address
        for origin in origins
    ]


def _named(names: Sequence[str], language: str) -> str:
    texts = load_texts(language).citations
    listed = ", ".join(names[:_MOST_NAMED])
    more = len(names) - _MOST_NAMED
    if more <= 0:
        return listed
    return f"{listed} {texts.another if more == 1 else texts.others.format(count=more)}"


def _listed(*parts: str | None) -> str:
    return ", ".join(part for part in parts if part)


def _host(address: str) -> str:
    found = _HOST.match(address)
    return found[1] if found else address


def _joined(text: str) -> str:
    return " ".join(text.split())
