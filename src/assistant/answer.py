"""A ranking turned into statements with citations, or into an abstention.

Nothing is written that a source does not say: a statement is one or more whole sentences of a
source, in its own words, less an opening such as « Ainsi, » that ties it to what stood before. A
sentence that cannot be understood alone (« C'est le cas de… ») brings the one before it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from assistant.abstention import Verdict, missing_kinds
from assistant.domain import (
    Citation,
    Outcome,
    Passage,
    Ranking,
    ScoredPassage,
    Span,
    Statement,
    Unit,
)
from assistant.errors import CitationError
from assistant.index import Index
from assistant.question import Question, SmallTalk
from assistant.settings import AnswerSettings
from assistant.texts import Texts, load_texts

_ALSO_ANSWERS: Final = 0.93
"""Share of the best score from which a further passage is quoted as well."""
_ALSO_HOLDS: Final = 0.8
"""Share of the best passage's words that a further passage must hold."""
_ALSO_NEEDED: Final = 0.2
"""Share of the question's weight that a further sentence of a passage must add to be quoted."""
_NEARBY: Final = 0.75
"""Share of the best score from which a passage is shown instead of an answer."""
_MOST_CONTEXT: Final = 2

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


@dataclass(frozen=True, slots=True)
class Composed:
    """What an answer says; the conversation adds who asked and when."""

    outcome: Outcome
    text: str
    statements: tuple[Statement, ...] = ()
    citations: tuple[Citation, ...] = ()
    reason: str | None = None
    nearby: tuple[Citation, ...] = ()


def compose(
    question: Question, ranking: Ranking, verdict: Verdict, index: Index, settings: AnswerSettings
) -> Composed:
    """Composes the answer that a verdict allows.

    Raises:
        CitationError: a passage does not stand in its document.
    """
    texts = load_texts(question.language)
    if not verdict.evidence:
        return _abstain(ranking, verdict, index, settings, texts)
    citations: list[Citation] = []
    for scored in _quoted(question, verdict.evidence, settings.max_statements):
        span = _with_context(_choose_sentences(question, scored.passage, index), scored, index)
        if not any(_overlaps(span, scored.passage, citation) for citation in citations):
            citations.append(cite(scored.passage, span, len(citations) + 1, index))
    statements = tuple(
        Statement(text=_standing_alone(citation.quote), citations=(citation.marker,))
        for citation in citations
    )
    return Composed(
        outcome=Outcome.ANSWERED,
        text="\n".join(_lines(statements, citations, question.language, texts)),
        statements=statements,
        citations=tuple(citations),
    )


def small_talk(kind: SmallTalk, language: str) -> Composed:
    """Answers a greeting or thanks."""
    sentences = load_texts(language).answers
    text = sentences.greeting if kind is SmallTalk.GREETING else sentences.thanks
    return Composed(outcome=Outcome.SMALL_TALK, text=text)


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
        origins=tuple(
            dict.fromkeys(
                address
                for reference in document.references
                if reference.span.start < span.end and span.start < reference.span.end
                for address in reference.addresses
            )
        ),
    )


def describe_source(citation: Citation, language: str) -> str:
    """Returns title, place, publisher and dates of a source in one line, for a visitor."""
    texts = load_texts(language)
    title = texts.answers.quotation.format(quote=citation.title)
    work = texts.answers.quotation.format(quote=citation.part_of) if citation.part_of else None
    page = texts.citations.page.format(number=citation.page) if citation.page else None
    row = texts.citations.row.format(number=citation.row) if citation.row else None
    dating = texts.dating(citation.date, citation.accessed)
    parts = (title, page, work, row, citation.publisher, dating)
    return ", ".join(part for part in parts if part)


def _abstain(
    ranking: Ranking, verdict: Verdict, index: Index, settings: AnswerSettings, texts: Texts
) -> Composed:
    sentences = texts.answers
    reason = verdict.reason or "no_evidence"
    near = reason != "out_of_scope"
    lines = [
        sentences.kind_missing[verdict.missing]
        if verdict.missing
        else (sentences.no_evidence if near else sentences.out_of_scope)
    ]
    if settings.contact:
        lines.append(sentences.contact.format(contact=settings.contact))
    nearby = [
        scored
        for scored in ranking.passages[: settings.nearby if near else 0]
        if scored.score >= _NEARBY * ranking.passages[0].score
    ]
    return Composed(
        outcome=Outcome.ABSTAINED,
        text=" ".join(lines),
        reason=reason,
        nearby=tuple(
            cite(scored.passage, Span(scored.passage.start, scored.passage.end), number, index)
            for number, scored in enumerate(nearby, start=1)
        ),
    )


def _quoted(
    question: Question, evidence: tuple[ScoredPassage, ...], most: int
) -> Iterator[ScoredPassage]:
    best = evidence[0]
    yield best
    for scored in evidence[1:most]:
        as_close = scored.score >= _ALSO_ANSWERS * best.score
        # Between two languages few words are shared, and what is merely close would be guessing.
        shares_words = scored.lexical > 0 and scored.passage.language == question.language
        if as_close and shares_words and scored.lexical >= _ALSO_HOLDS * best.lexical:
            yield scored


def _choose_sentences(question: Question, passage: Passage, index: Index) -> Span:
    """Returns the shortest run of sentences that holds what the passage has of the question."""
    analyser = index.lexical.analyser
    weights = {term: index.lexical.idf(term) for term in analyser.question(question.standalone)}
    sentences = [
        span
        for span in passage.sentences
        if not missing_kinds(question, passage.slice(span), passage.language)
    ] or list(passage.sentences)
    shared = {span: weights.keys() & set(analyser.text(passage.slice(span))) for span in sentences}
    best = max(sentences, key=lambda span: sum(weights[term] for term in shared[span]))
    if not shared[best]:
        # No word in common, as between two languages: the passage was found as a whole.
        return Span(passage.start, passage.end)
    needed = _ALSO_NEEDED * sum(weights.values())
    chosen = [
        span
        for span in sentences
        if span == best or sum(weights[term] for term in shared[span] - shared[best]) >= needed
    ]
    return Span(chosen[0].start, chosen[-1].end)


def _with_context(span: Span, scored: ScoredPassage, index: Index) -> Span:
    """Widens a span to the sentences before it that it cannot be understood without."""
    document = index.documents[scored.passage.document_id]
    for _ in range(_MOST_CONTEXT):
        if not _NEEDS_CONTEXT.search(document.text[span.start : span.end]):
            break
        before = _sentence_before(span, scored.passage, index)
        if before is None:
            break
        span = Span(before.start, span.end)
    return span


def _sentence_before(span: Span, passage: Passage, index: Index) -> Span | None:
    earlier = [other for other in passage.sentences if other.end <= span.start]
    if not earlier and (previous := index.neighbour(passage, -1)):
        earlier = [other for other in previous.sentences if other.end <= span.start]
    return earlier[-1] if earlier else None


def _overlaps(span: Span, passage: Passage, citation: Citation) -> bool:
    same = citation.document_id == passage.document_id
    return same and span.start < citation.end and citation.start < span.end


def _standing_alone(quote: str) -> str:
    text = " ".join(quote.split())
    rest = _OPENING.sub("", text, count=1) if _OPENING.match(text) else text
    return rest[:1].upper() + rest[1:]


def _lines(
    statements: tuple[Statement, ...], citations: list[Citation], language: str, texts: Texts
) -> Iterator[str]:
    introduced: set[str] = set()
    for statement, citation in zip(statements, citations, strict=True):
        if citation.language == language:
            yield f"{statement.text} [{citation.marker}]"
            continue
        if citation.document_id not in introduced:
            introduced.add(citation.document_id)
            yield texts.answers.foreign_source.format(
                language=texts.languages.get(citation.language, citation.language),
                title=citation.title,
                publisher=citation.publisher or citation.document_id,
            )
        yield f"{texts.answers.quotation.format(quote=statement.text)} [{citation.marker}]"
