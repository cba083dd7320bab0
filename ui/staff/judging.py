"""The form in which a reviewer judges statements and citations, and picks better passages."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import gradio as gr

from assistant.domain import ScoredPassage
from assistant.index import Index
from assistant.journal import CitationVerdict, StatementVerdict
from assistant.review import CitationMark, Shown
from ui.staff.office import choices
from ui.staff.texts import StaffWords

_MOST: Final = 8
"""Statements, and citations, that the form has room for."""
_LONGEST: Final = 110

Choice = tuple[str, str]


class JudgingForm:
    """The components of the form, made within the context of a page.

    Attributes:
        fields: what is filled in: the whole answer, statements, citations, better passages.
        search: words to look for in the sources.
        find: the button that looks for them.
        save: the button that stores the judgement.
        more: tells that there is more to judge than the form has room for.
    """

    def __init__(self, words: StaffWords) -> None:
        self._words = words
        said, named = words.judging, words.named
        self.search = gr.Textbox(label=said.search, elem_id="passage-search")
        self.find = gr.Button(said.find, elem_id="find-passages")
        verdicts, supports = choices(named.statements), choices(named.citations)
        self._whole = gr.Radio(verdicts, label=said.whole, elem_id="whole")
        self._statements, self._citations, self._better = [], [], []
        for number in range(1, _MOST + 1):
            self._statements.append(
                gr.Radio(verdicts, label=str(number), elem_id=f"statement-{number}", visible=False)
            )
        for number in range(1, _MOST + 1):
            self._citations.append(
                gr.Radio(supports, label=str(number), elem_id=f"citation-{number}", visible=False)
            )
            self._better.append(
                gr.Dropdown([], label=str(number), elem_id=f"better-{number}", visible=False)
            )
        self.more = gr.Markdown(said.more, visible=False)
        self.save = gr.Button(said.save, variant="primary", elem_id="save-judgement")

    @property
    def fields(self) -> list[Any]:
        """What is filled in, in the order that `read` takes."""
        return [self._whole, *self._statements, *self._citations, *self._better]

    def filled(self, shown: Shown, reviewer: str) -> list[Any]:
        """Returns what the fields and `more` show of an exchange to a reviewer."""
        said = self._words.judging
        mine = {one.statement: one.verdict for one in shown.statements if one.reviewer == reviewer}
        cited = {one.marker: one for one in shown.citations if one.reviewer == reviewer}
        statements = shown.answer.statements if shown.answer else ()
        markers = [one.marker for one in shown.exchange.cited]
        rows: list[Any] = [gr.Radio(value=mine.get(0))]
        for number in range(1, _MOST + 1):
            there = number <= len(statements)
            text = _short(statements[number - 1].text) if there else ""
            label = said.statement.format(number=number, text=text)
            rows.append(gr.Radio(visible=there, label=label, value=mine.get(number)))
        better = []
        for number in range(1, _MOST + 1):
            there, judged = number in markers, cited.get(number)
            label = said.citation.format(number=number)
            rows.append(
                gr.Radio(visible=there, label=label, value=judged.verdict if judged else None)
            )
            known = judged.better_passage_id if judged else None
            better.append(
                gr.Dropdown(
                    choices=[known] if known else [], value=known, visible=there,
                    label=said.better.format(number=number),
                )
            )  # fmt: skip
        beyond = len(statements) > _MOST or max(markers, default=0) > _MOST
        return [*rows, *better, gr.Markdown(visible=beyond)]

    def offered(self, found: Sequence[Choice], exchange_markers: Sequence[int]) -> list[Any]:
        """Returns the lists of better passages, with what was found to choose from."""
        return [
            gr.Dropdown(choices=list(found)) if number in exchange_markers else gr.skip()
            for number in range(1, _MOST + 1)
        ]

    @property
    def better(self) -> list[Any]:
        """The lists of better passages."""
        return list(self._better)

    def read(
        self, values: Sequence[Any]
    ) -> tuple[dict[int, StatementVerdict], dict[int, CitationMark]]:
        """Returns the judgement that the fields hold; what is none of their choices is left out.

        Args:
            values: of `fields`.
        """
        statements = {
            number: StatementVerdict(value)
            for number, value in enumerate(values[: _MOST + 1])
            if value in set(StatementVerdict)
        }
        supports, better = values[_MOST + 1 : 2 * _MOST + 1], values[2 * _MOST + 1 :]
        citations = {
            number: CitationMark(CitationVerdict(value), str(other) if other else None)
            for number, (value, other) in enumerate(zip(supports, better, strict=True), start=1)
            if value in set(CitationVerdict)
        }
        return statements, citations


def passage_choices(found: Sequence[ScoredPassage], index: Index) -> list[Choice]:
    """Returns passages to choose from: what is read, and the id."""
    return [
        (
            f"{index.documents[one.passage.document_id].title} – {_short(one.passage.text)}",
            one.passage.passage_id,
        )
        for one in found
    ]


def _short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
