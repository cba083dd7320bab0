"""One exchange as staff see it: what the visitor saw, what was found, what was said of it."""

from __future__ import annotations

from collections.abc import Iterator

from assistant.index import Index
from assistant.journal import (
    CitationJudgement,
    Exchange,
    Feedback,
    FeedbackReason,
    StatementJudgement,
)
from assistant.review import Retrieved, Shown
from assistant.texts import DEFAULT_LANGUAGE
from ui.render import answer_html, question_html
from ui.staff.html import Safe, details, escaped, moment, paragraph, section, table
from ui.staff.texts import StaffWords
from ui.texts import Words, load_words


def seen_html(shown: Shown, words: StaffWords, here: str) -> Safe:
    """Returns the conversation up to this exchange, as the visitor saw it.

    Args:
        shown: the exchange.
        words: of these pages.
        here: address of the page, which its own links begin with.
    """
    chat = load_words(DEFAULT_LANGUAGE)
    said = words.exchange
    parts = [_asked(shown.exchange, words, chat)]
    if shown.answer is not None:
        answer = answer_html(shown.answer, chat, DEFAULT_LANGUAGE)
        # Gradio's page has a base, which a link within the page must not go to.
        parts.append(answer.replace('href="#', f'href="{escaped(here)}#'))
    if shown.exchange.feedback is not None:
        parts.append(_feedback(shown.exchange.feedback, words))
    if shown.earlier:
        before = "".join(
            paragraph(f"{one.question or words.common.no_text} → {_text(one, words)}")
            for one in shown.earlier
        )
        parts.insert(0, details(said.earlier, before))
    return section(said.as_seen, *parts)


def found_html(shown: Shown, index: Index, words: StaffWords) -> Safe:
    """Returns what was found for the question, with its scores and what the decision rests on."""
    said, exchange = words.exchange, shown.exchange
    facts = said.facts.format(
        outcome=words.named.outcomes[exchange.outcome],
        reason=exchange.reason or "–",
        confidence=_number(exchange.confidence),
        time=round(exchange.timings_ms.get("total", 0.0)),
        version=exchange.index_version,
    )
    passages = [_passage_row(one, index, words) for one in shown.retrieved]
    signs = [[name, _number(value)] for name, value in sorted(exchange.signs.items())]
    return section(
        said.found,
        f"<h3>{escaped(said.standalone)}</h3>",
        paragraph(exchange.standalone_question or words.common.no_text),
        paragraph(facts),
        table(said.scores_caption, said.columns, passages, name="found") if passages else "",
        details(said.signs, table(said.signs, said.sign_columns, signs)) if signs else "",
    )


def said_html(shown: Shown, words: StaffWords) -> Safe:
    """Returns the judgements of an exchange and the trail of what was done with it."""
    said = words.exchange
    judged = [*_statement_rows(shown, words), *_citation_rows(shown, words)]
    parts = []
    if shown.stale:
        parts.append(Safe(f'<p class="told problem">{escaped(said.stale)}</p>'))
    if judged:
        parts.append(table(said.judgements, said.judgement_columns, judged))
    done = [
        [moment(one.at), one.actor, words.named.actions.get(one.action, one.action),
         ", ".join(f"{key} : {value}" for key, value in one.details.items())]
        for one in shown.trail
    ]  # fmt: skip
    if done:
        parts.append(details(said.trail, table(said.trail, said.trail_columns, done)))
    return Safe("".join(parts))


def _asked(exchange: Exchange, words: StaffWords, chat: Words) -> str:
    if exchange.question is None:
        return paragraph(words.common.no_text)
    return question_html(exchange.question, chat)


def _text(exchange: Exchange, words: StaffWords) -> str:
    return str(exchange.answer["text"]) if exchange.answer else words.common.no_text


def _feedback(feedback: Feedback, words: StaffWords) -> str:
    said = words.exchange
    opinion = words.named.feedback["helpful" if feedback.helpful else "unhelpful"]
    parts = [said.feedback.format(opinion=opinion)]
    if feedback.reasons:
        reasons = [words.named.reasons[one] for one in FeedbackReason if one in feedback.reasons]
        parts.append(said.reasons.format(reasons=", ".join(reasons)))
    if feedback.text:
        parts.append(said.words.format(words=feedback.text))
    return f'<div class="opinion">{"".join(paragraph(part) for part in parts)}</div>'


def _passage_row(one: Retrieved, index: Index, words: StaffWords) -> list[object]:
    document = index.documents.get(one.document_id)
    title = document.title if document else one.document_id
    cited = f" <strong>({escaped(words.exchange.cited)})</strong>" if one.cited else ""
    body = (
        f"<p>{escaped(one.passage.text)}</p>"
        if one.passage
        else f'<p class="problem">{escaped(words.exchange.passage_gone)}</p>'
    )
    return [
        one.rank,
        Safe(f"{details(title, body)}{cited}"),
        *(_number(value) for value in (one.score, one.dense, one.lexical)),
    ]


def _statement_rows(shown: Shown, words: StaffWords) -> Iterator[list[object]]:
    said = words.exchange
    for one in shown.statements:
        about = said.on_statement.format(number=one.statement) if one.statement else said.on_answer
        yield _judgement_row(one, about, words.named.statements[one.verdict])


def _citation_rows(shown: Shown, words: StaffWords) -> Iterator[list[object]]:
    for one in shown.citations:
        about = words.exchange.on_citation.format(number=one.marker)
        verdict = words.named.citations[one.verdict]
        if one.better_passage_id:
            verdict += f" → {one.better_passage_id}"
        yield _judgement_row(one, about, verdict)


def _judgement_row(
    one: StatementJudgement | CitationJudgement, about: str, verdict: str
) -> list[object]:
    return [about, one.reviewer, verdict, moment(one.judged_at)]


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:.2f}".replace(".", ",")
