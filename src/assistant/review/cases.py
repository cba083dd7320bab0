"""From an exchange to a test: what was asked, what a right answer is, and what supports it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from assistant.domain import Answer, Outcome
from assistant.errors import GoldError, ReviewError
from assistant.evaluation import (
    GoldConversation,
    Quote,
    locate,
    parse_conversation,
)
from assistant.index import Index
from assistant.journal import CitationJudgement, CitationVerdict, Exchange, TestCase
from assistant.private import make_private_folder

_KINDS: Final = {
    Outcome.ANSWERED: "fact",
    Outcome.PARTIAL: "fact",
    Outcome.ABSTAINED: "near",
    Outcome.SMALL_TALK: "small_talk",
    Outcome.REFUSED: "hostile",
}
"""What is most often asked where an answer came out so; who makes the case corrects it."""
_SAID: Final = (Outcome.ANSWERED, Outcome.PARTIAL)


@dataclass(frozen=True, slots=True)
class CaseForm:
    """What a reviewer fills in to make a test case.

    Attributes:
        question: as a visitor could ask it; without anything personal.
        kind: one of `assistant.evaluation.KINDS`.
        theme: one of `assistant.evaluation.THEMES`.
        outcome: what should become of the question.
        quotes: words of the sources that support a right answer.
        one_suffices: whether any one of the quotes is enough; else each is needed.
        must: what a right answer contains; of each item, one spelling.
        must_not: what makes an answer wrong.
        answer: the shortest right answer, or None.
        in_conversation: whether what was said before is a part of the test.
    """

    question: str
    kind: str
    theme: str
    outcome: Outcome
    quotes: tuple[Quote, ...] = ()
    one_suffices: bool = False
    must: tuple[tuple[str, ...], ...] = ()
    must_not: tuple[str, ...] = ()
    answer: str | None = None
    in_conversation: bool = False


def draft_case(exchange: Exchange, judgements: Sequence[CitationJudgement]) -> CaseForm:
    """Returns a form filled in with what happened, for a reviewer to correct.

    Args:
        exchange: whose text is kept.
        judgements: of its citations: what does not support is left out.

    Raises:
        ReviewError: the text of the exchange is not kept any more.
    """
    answer = _answer(exchange)
    said = answer.outcome in _SAID
    against = {one.marker for one in judgements if one.verdict is CitationVerdict.NO}
    return CaseForm(
        question=(exchange.standalone_question or exchange.question or "").strip(),
        kind=_KINDS[answer.outcome],
        theme="none",
        outcome=answer.outcome,
        quotes=tuple(
            Quote(document=one.document_id, quote=one.quote)
            for one in answer.citations
            if said and one.marker not in against
        ),
    )


def offered_quotes(
    exchange: Exchange, judgements: Sequence[CitationJudgement], index: Index
) -> list[Quote]:
    """Returns quotes that a test case of an exchange may rest on and that the sources still say.

    They are what the answer cited and what reviewers found to be better.
    """
    answer = _answer(exchange)
    quotes = [Quote(document=one.document_id, quote=one.quote) for one in answer.citations]
    for judgement in judgements:
        passage = index.passage(judgement.better_passage_id or "")
        if passage is not None:
            quotes.append(Quote(document=passage.document_id, quote=passage.text))
    return [quote for quote in dict.fromkeys(quotes) if _stands(quote, index)]


def make_conversation(
    form: CaseForm, exchange: Exchange, earlier: Sequence[Exchange], index: Index
) -> GoldConversation:
    """Returns the conversation of a gold set that a form describes.

    Args:
        form: as the reviewer filled it in.
        exchange: that it is made from.
        earlier: the exchanges before it in its conversation.
        index: holds the sources that the quotes stand in.

    Raises:
        GoldError: the gold set would be refused with it.
        ReviewError: it rests on a text that is not kept any more.
    """
    before = [_turn_as_it_was(one) for one in earlier] if form.in_conversation else []
    record = {"id": case_id(exchange), "turns": [*before, _turn(form, exchange)]}
    conversation = parse_conversation(json.dumps(record), "The test case")
    for turn in conversation.turns:
        if not turn.question.strip():
            raise GoldError("The question of the test case is empty.", "Write one.")
        locate(turn, index.documents)
    return conversation


def case_id(exchange: Exchange) -> str:
    """Returns the id of the test case of an exchange; one exchange makes one."""
    return f"staff-{exchange.exchange_id[:16]}"


def write_gold(cases: Iterable[TestCase], index: Index, file: Path) -> list[str]:
    """Writes the test cases that still hold as a gold set.

    Args:
        cases: all of them.
        index: holds the sources that the quotes stand in.
        file: replaced whole, in one step.

    Returns:
        The ids of the cases left out, since the sources say something else now.

    Raises:
        ReviewError: the file cannot be written.
    """
    kept, left_out = [], []
    for case in cases:
        conversation = GoldConversation.model_validate(case.conversation)
        try:
            for turn in conversation.turns:
                locate(turn, index.documents)
        except GoldError:
            left_out.append(case.case_id)
        else:
            kept.append(conversation.model_dump_json() + "\n")
    try:
        make_private_folder(file.parent)
        successor = file.with_name(f"{file.name}.new")
        successor.write_text("".join(kept), encoding="utf-8")
        successor.replace(file)
    except OSError as error:
        raise ReviewError(
            f"{file} cannot be written ({error.strerror}).", "Correct the permissions."
        ) from error
    return left_out


def _answer(exchange: Exchange) -> Answer:
    if exchange.answer is None or exchange.question is None:
        raise ReviewError(
            "The text of this exchange is not kept any more.",
            "Make test cases from more recent ones.",
        )
    return Answer.from_json(exchange.answer)


def _stands(quote: Quote, index: Index) -> bool:
    document = index.documents.get(quote.document)
    return document is not None and quote.quote in document.text


def _turn(form: CaseForm, exchange: Exchange) -> dict[str, Any]:
    quotes = [quote.model_dump() for quote in form.quotes]
    needs = [quotes] if form.one_suffices and quotes else [[quote] for quote in quotes]
    follows = form.in_conversation and exchange.turn > 1
    return {
        "question": form.question,
        "language": exchange.language,
        "kind": form.kind,
        "theme": form.theme,
        "traits": ["follow_up"] if follows else [],
        "outcome": form.outcome,
        "support": needs,
        "must": [list(spellings) for spellings in form.must],
        "must_not": list(form.must_not),
        "answer": form.answer or None,
    }


def _turn_as_it_was(exchange: Exchange) -> dict[str, Any]:
    """Returns an earlier turn of a conversation, taken to be right."""
    form = draft_case(exchange, ())
    turn = _turn(form, exchange)
    return {**turn, "question": exchange.question}
