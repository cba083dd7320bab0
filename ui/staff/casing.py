"""The form in which a reviewer makes a test of an exchange."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import gradio as gr

from assistant.domain import Outcome
from assistant.evaluation import Quote
from assistant.review import CaseForm, draft_case
from assistant.review import Shown as ShownExchange
from ui.staff.office import choices
from ui.staff.texts import StaffWords


class CaseFields:
    """The components of the form, made within the context of a page.

    Attributes:
        fields: what is filled in, in the order that `read` takes.
        quotes: quotes to choose from.
        save: the button that makes the test.
        remove: the button that removes it.
    """

    def __init__(self, words: StaffWords) -> None:
        said, named = words.case, words.named
        gr.Markdown(said.intro)
        question = gr.Textbox(label=said.question, elem_id="case-question")
        outcome = gr.Dropdown(choices(named.outcomes), label=said.outcome, elem_id="case-outcome")
        kind = gr.Dropdown(choices(named.kinds), label=said.kind, elem_id="case-kind")
        theme = gr.Dropdown(choices(named.themes), label=said.theme, elem_id="case-theme")
        self.quotes = gr.CheckboxGroup([], label=said.quotes, elem_id="case-quotes")
        one = gr.Checkbox(label=said.one_suffices)
        must = gr.Textbox(label=said.must, lines=2, elem_id="case-must")
        must_not = gr.Textbox(label=said.must_not, lines=2)
        answer = gr.Textbox(label=said.answer)
        talk = gr.Checkbox(label=said.in_conversation)
        self.fields: list[Any] = [
            question, outcome, kind, theme, self.quotes, one, must, must_not, answer, talk,
        ]  # fmt: skip
        self.save = gr.Button(said.save, variant="primary", elem_id="make-case")
        self.remove = gr.Button(said.remove, elem_id="remove-case")

    @staticmethod
    def filled(shown: ShownExchange, offered: Sequence[Quote]) -> list[Any]:
        """Returns what the fields and `remove` show of an exchange whose text is kept.

        Args:
            shown: the exchange.
            offered: quotes that the test may rest on.
        """
        form = draft_case(shown.exchange, shown.citations)
        ticked = [quote_code(quote) for quote in form.quotes if quote in offered]
        return [
            form.question,
            form.outcome,
            form.kind,
            form.theme,
            gr.CheckboxGroup(choices=quote_choices(offered), value=ticked),
            form.one_suffices,
            "",
            "",
            "",
            gr.Checkbox(value=False, visible=bool(shown.earlier)),
            gr.Button(visible=bool(shown.cases)),
        ]

    @staticmethod
    def read(values: Sequence[Any]) -> CaseForm:
        """Returns the form that the fields hold."""
        question, outcome, kind, theme, quotes, one, must, must_not, answer, talk = values
        return CaseForm(
            question=_line(question),
            kind=_line(kind),
            theme=_line(theme),
            outcome=Outcome(outcome) if outcome in set(Outcome) else Outcome.ABSTAINED,
            quotes=tuple(_quote(code) for code in quotes or ()),
            one_suffices=one is True,
            must=tuple(
                tuple(spelling.strip() for spelling in line.split("|") if spelling.strip())
                for line in _lines(must)
            ),
            must_not=tuple(_lines(must_not)),
            answer=_line(answer) or None,
            in_conversation=talk is True,
        )


def quote_choices(quotes: Sequence[Quote]) -> list[tuple[str, str]]:
    """Returns quotes to choose from: what is read, and what stands for it."""
    return [(f"{quote.document} : « {quote.quote} »", quote_code(quote)) for quote in quotes]


def quote_code(quote: Quote) -> str:
    """Returns what stands for a quote in the list."""
    return json.dumps([quote.document, quote.quote], ensure_ascii=False)


def _quote(code: object) -> Quote:
    document, quote = json.loads(str(code))
    return Quote(document=document, quote=quote)


def _line(value: object) -> str:
    return value.strip() if isinstance(value, str) else ""


def _lines(value: object) -> list[str]:
    return [line.strip() for line in _line(value).splitlines() if line.strip()]
