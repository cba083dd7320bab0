"""One answer of what was found for the questions in a text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from assistant.answer.citing import cite
from assistant.answer.plan import Choice, plan
from assistant.answer.wording import emphasis, standing_alone, widened, worded
from assistant.domain import Citation, Outcome, Span, Statement
from assistant.index import Index
from assistant.question import Question, Refusal, SmallTalk
from assistant.scoring import Candidate, Found, Verdict
from assistant.settings import AnswerSettings
from assistant.suggestions import near_questions
from assistant.texts import Texts, load_texts

_READ: Final = 0.7
"""Probability from which the words that a reader took for the answer are marked."""
_NEARBY: Final = 0.75
"""Share of the best score from which a passage is shown instead of an answer."""


@dataclass(frozen=True, slots=True)
class Composed:
    """What an answer says; the conversation adds who asked and when."""

    outcome: Outcome
    text: str
    statements: tuple[Statement, ...] = ()
    citations: tuple[Citation, ...] = ()
    reason: str | None = None
    nearby: tuple[Citation, ...] = ()
    suggestions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Part:
    """One of the questions in a text, and what became of it."""

    question: Question
    found: Found
    verdict: Verdict


def compose(parts: Sequence[Part], index: Index, settings: AnswerSettings) -> Composed:
    """Composes the answer to all questions of a text.

    Args:
        parts: at least one.
        index: that the sentences come from.
        settings: how much is said.

    Raises:
        CitationError: a passage does not stand in its document.
    """
    answered = [part for part in parts if part.verdict.answers]
    language = parts[0].question.language
    texts = load_texts(language)
    if not answered:
        return decline(parts[0], index, settings)
    citations: list[Citation] = []
    statements: list[Statement] = []
    lines: list[str] = []
    for part in answered:
        most = max(1, settings.max_statements - len(statements))
        choice = plan(part.question, part.verdict.answers, part.found.near, index, most)
        new = _cited(choice, most, part.question, citations, statements, index)
        lead = getattr(texts.answers, choice.lead) if choice.lead else None
        lines += worded(new, citations, language, lead)
    unanswered = [part for part in parts if not part.verdict.answers]
    for part in unanswered:
        lines.append(texts.answers.missing.format(question=part.question.text))
    if parts[0].question.excused:
        lines.insert(0, texts.answers.excuse)
    return Composed(
        outcome=Outcome.PARTIAL if unanswered else Outcome.ANSWERED,
        text="\n".join(lines),
        statements=tuple(statements),
        citations=tuple(citations),
        reason=unanswered[0].verdict.reason if unanswered else None,
        suggestions=_suggested(unanswered[0], index) if unanswered else (),
    )


def decline(part: Part, index: Index, settings: AnswerSettings) -> Composed:
    """Says that the sources do not hold an answer, what is near it and whom to ask."""
    verdict, ranking = part.verdict, part.found.ranking
    texts = load_texts(part.question.language)
    reason = verdict.reason or "no_evidence"
    near = reason != "out_of_scope"
    lines = [_why(verdict, texts)]
    if part.question.excused:
        lines.insert(0, texts.answers.excuse)
    if settings.contact:
        lines.append(texts.answers.contact.format(contact=settings.contact))
    nearby = [
        scored.passage
        for scored in ranking.passages[: settings.nearby if near else 0]
        if scored.score >= _NEARBY * ranking.passages[0].score
    ]
    return Composed(
        outcome=Outcome.ABSTAINED,
        text=" ".join(lines),
        reason=reason,
        nearby=tuple(
            cite(passage, Span(passage.start, passage.end), number, index)
            for number, passage in enumerate(nearby, start=1)
        ),
        suggestions=_suggested(part, index),
    )


def _suggested(part: Part, index: Index) -> tuple[str, ...]:
    """Returns known questions near one that is not answered, unless it is on another subject.

    Those that texts holding a name of the question answer alone come first.
    """
    if part.verdict.reason == "out_of_scope":
        return ()
    named = {name for term in part.question.subjects for name in index.holding(term)}
    return near_questions(part.found.near, index.questions, part.question.language, named)


def small_talk(kind: SmallTalk, language: str) -> Composed:
    """Answers a greeting, thanks or a question about the assistant."""
    return Composed(Outcome.SMALL_TALK, load_texts(language).small_talk[kind])


def refuse(kind: Refusal, language: str) -> Composed:
    """Says that an opinion, advice or an invention is not given."""
    return Composed(Outcome.REFUSED, load_texts(language).refusals[kind], reason=str(kind))


def _why(verdict: Verdict, texts: Texts) -> str:
    if verdict.reason == "asked_kind_missing" and verdict.missing:
        return texts.answers.kind_missing.get(verdict.missing, texts.answers.no_evidence)
    if verdict.reason == "entity_missing" and verdict.missing:
        return texts.answers.entity_missing.format(name=verdict.missing)
    if verdict.reason == "out_of_scope":
        return texts.answers.out_of_scope
    return texts.answers.no_evidence


def _read(one: Candidate) -> str | None:
    """Returns the words of a sentence that a reader is sure to be the answer."""
    if one.reading is None or one.reading.probability < _READ:
        return None
    return one.text[one.reading.span.start : one.reading.span.end]


def _cited(
    choice: Choice,
    most: int,
    question: Question,
    citations: list[Citation],
    statements: list[Statement],
    index: Index,
) -> list[Statement]:
    """Adds what was chosen to the citations and statements; returns the new statements."""
    new = []
    for one in choice.sentences[:most]:
        passage = one.scored.passage
        span = widened(one.span, passage, index)
        if any(
            other.document_id == passage.document_id
            and span.start < other.end
            and other.start < span.end
            for other in citations
        ):
            continue
        citation = cite(passage, span, len(citations) + 1, index)
        text = standing_alone(citation.quote)
        statement = Statement(text, (citation.marker,), emphasis(text, question, _read(one)))
        citations.append(citation)
        statements.append(statement)
        new.append(statement)
    return new
