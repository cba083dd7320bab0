"""Quoted sentences as the lines of an answer."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from assistant.domain import Citation, Passage, Span, Statement
from assistant.index import Index
from assistant.question import Question
from assistant.texts import load_texts
from assistant.values import find_values

_MOST_CONTEXT: Final = 2
_NOT_MARKED: Final = frozenset({"reason", "purpose", "fee"})
"""Kinds of which a pattern finds the sentence but not the words."""
_MOST_EMPHASISED: Final = 3
_LIST_FROM: Final = 3
_BULLET: Final = "- "

_OPENING: Final = re.compile(
    r"(?:Ainsi|En effet|De plus|Enfin|Par ailleurs|En outre|Cependant|Toutefois|Or|Par exemple"
    r"|Également|However|Moreover|Thus|Indeed|In addition|Finally|Therefore),\s+"
)
_NEEDS_CONTEXT: Final = re.compile(
    r"""
      ^C['’](?:est|était) | ^Ce(?:la|ci)?\s | ^Ils?\s(?!y\sa|faut|existe|est\s(?:possible|prévu))
    | ^(?:Elles?|Y|Leurs?|S(?:on|a|es)|Tous\sdeux|It|They|S?[Hh]e|This|These|Those|Its|Their)\s
    | ^[^,]{,90},\s(?:il|elle)s?\s                    # « Puisant dans…, il se dote… »
    | \b(?:[Cc]et(?:te)?|[Cc]es|[Cc]el(?:ui|le)-ci|[Cc]eux-ci)\b
    """,
    re.VERBOSE,
)


def widened(span: Span, passage: Passage, index: Index) -> Span:
    """Widens a sentence to those before it that it cannot be understood without."""
    document = index.documents[passage.document_id]
    for _ in range(_MOST_CONTEXT):
        if not _NEEDS_CONTEXT.search(document.text[span.start : span.end]):
            break
        before = _sentence_before(span, passage, index)
        if before is None:
            break
        span = Span(before.start, span.end)
    return span


def _sentence_before(span: Span, passage: Passage, index: Index) -> Span | None:
    earlier = [other for other in passage.sentences if other.end <= span.start]
    if not earlier and (previous := index.neighbour(passage, -1)):
        earlier = [other for other in previous.sentences if other.end <= span.start]
    return earlier[-1] if earlier else None


def standing_alone(quote: str) -> str:
    """Returns a quote on one line, without an opening that ties it to what stood before."""
    text = " ".join(quote.split())
    rest = _OPENING.sub("", text, count=1) if _OPENING.match(text) else text
    return rest[:1].upper() + rest[1:]


def emphasis(text: str, question: Question, read: str | None = None) -> tuple[tuple[int, int], ...]:
    """Returns where the asked-for words stand in a statement; nowhere when that is not exact.

    Args:
        text: of the statement.
        question: says which kind of thing was asked for.
        read: the words that a reader took for the answer, or None; they are marked when no kind
            of thing that can be told by its form was asked for.
    """
    if read and not question.kinds:
        words = " ".join(read.split())
        start = text.find(words)
        return ((start, start + len(words)),) if start >= 0 else ()
    spans: list[Span] = []
    for kind in sorted(question.kinds - _NOT_MARKED):
        spans += find_values(kind, text, question.standalone)
    apart: list[Span] = []
    for span in sorted(spans, key=lambda span: (span.start, -span.end)):
        if not apart or span.start >= apart[-1].end:
            apart.append(span)
    if len(apart) > _MOST_EMPHASISED:
        return ()
    return tuple((span.start, span.end) for span in apart)


def worded(
    statements: Sequence[Statement],
    citations: Sequence[Citation],
    language: str,
    lead: str | None = None,
) -> Iterator[str]:
    """Yields the lines that say statements, with their markers.

    Args:
        statements: what is said.
        citations: of the whole answer; what a statement cites is among them.
        language: the visitor's; sentences in another one are quoted as such.
        lead: said before them.
    """
    texts = load_texts(language)
    by_marker = {citation.marker: citation for citation in citations}
    bullet = _BULLET if len(statements) >= _LIST_FROM else ""
    introduced: set[str] = set()
    if lead:
        yield lead
    for statement in statements:
        citation = by_marker[statement.citations[0]]
        if citation.language == language:
            yield f"{bullet}{statement.text} [{citation.marker}]"
            continue
        if citation.document_id not in introduced:
            introduced.add(citation.document_id)
            yield texts.answers.foreign_source.format(
                language=texts.languages.get(citation.language, citation.language),
                title=citation.title,
                publisher=citation.publisher or citation.document_id,
            )
        quoted = texts.answers.quotation.format(quote=statement.text)
        yield f"{bullet}{quoted} [{citation.marker}]"
