"""One exchange: what the visitor saw, what was found and why, and the forms to judge it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import gradio as gr

from assistant.errors import AssistantError
from assistant.evaluation import Quote
from assistant.journal import Account
from assistant.review import offered_quotes
from ui.staff.casing import CaseFields, quote_choices
from ui.staff.exchange_html import found_html, said_html, seen_html
from ui.staff.following import FollowForm
from ui.staff.html import link
from ui.staff.judging import JudgingForm, passage_choices
from ui.staff.office import Office, note
from ui.staff.page import Page, html_area

_FOUND: Final = 8
"""Passages that a search in the sources offers."""


@dataclass(frozen=True)
class _Parts:
    """The components of the page."""

    name: gr.State
    seen: gr.Markdown
    found: gr.Markdown
    said: gr.Markdown
    told: gr.Markdown
    forms: gr.Column
    judging: JudgingForm
    follow: FollowForm
    case: CaseFields

    @property
    def shown(self) -> list[Any]:
        """What `_View.all` returns values for."""
        return [
            self.name, self.seen, self.found, self.said, self.told, self.forms,
            *self.judging.fields, self.judging.more, *self.follow.fields, *self.case.fields,
            self.case.remove,
        ]  # fmt: skip


def build_exchange(page: Page, office: Office) -> None:
    """Adds the components of an exchange to a page that is being built."""
    parts = _lay_out(office)
    view = _View(office, parts)

    def opened(request: gr.Request) -> list[Any]:
        return [page.header(office.reader(request)), *view.opened(request)]

    page.on_load(opened, [], parts.shown)
    judging, follow, case = parts.judging, parts.follow, parts.case
    page.on(judging.save.click, view.judge, [parts.name, *judging.fields], [parts.told, parts.said])
    page.on(follow.save.click, view.follow, [parts.name, *follow.fields], [parts.told, parts.said])
    made = [parts.told, parts.said, case.remove]
    page.on(case.save.click, view.make_case, [parts.name, *case.fields], made)
    page.on(case.remove.click, view.remove_case, [parts.name], made)
    searched = [parts.told, case.quotes, *judging.better]
    asked = [parts.name, judging.search, case.quotes]
    page.on(judging.find.click, view.search, asked, searched)
    page.on(judging.search.submit, view.search, asked, searched)


def _lay_out(office: Office) -> _Parts:
    words = office.words
    name = gr.State("")
    html_area(link(f"{office.path}/", f"← {words.exchange.back}"))
    told = html_area(elem_id="told")
    with gr.Row(equal_height=False):
        with gr.Column(min_width=340):
            seen = html_area(elem_id="thread")
        with gr.Column(min_width=340):
            found = html_area(elem_id="found")
    said = html_area(elem_id="said")
    with gr.Column(elem_id="forms") as forms:
        with gr.Accordion(words.judging.heading):
            judging = JudgingForm(words)
        with gr.Accordion(words.follow.heading):
            follow = FollowForm(words)
        with gr.Accordion(words.case.heading, open=False, elem_id="case"):
            case = CaseFields(words)
    return _Parts(name, seen, found, said, told, forms, judging, follow, case)


class _View:
    """The handlers of the page."""

    def __init__(self, office: Office, parts: _Parts) -> None:
        self._office = office
        self._parts = parts

    def opened(self, request: gr.Request) -> list[Any]:
        """Shows the exchange that the address names."""
        account = self._office.reader(request)
        name = request.query_params.get("id", "")
        words = self._office.words.exchange
        if not name:
            return self._nothing(words.choose)
        try:
            return self._all(name, account)
        except AssistantError as error:
            return self._nothing(self._office.reason(error))

    def judge(self, request: gr.Request, name: Any, *values: Any) -> list[Any]:
        """Stores a judgement."""
        account = self._office.reviewer(request)
        statements, citations = self._parts.judging.read(values)
        return self._done(
            name,
            lambda: self._office.desk.judge(str(name), account.name, statements, citations),
        )

    def follow(self, request: gr.Request, name: Any, *values: Any) -> list[Any]:
        """Stores state, assignee, note and what mended it."""
        account = self._office.reviewer(request)
        review = FollowForm.read(values)
        return self._done(name, lambda: self._office.desk.change(str(name), account.name, review))

    def make_case(self, request: gr.Request, name: Any, *values: Any) -> list[Any]:
        """Makes a test of the exchange."""
        account = self._office.reviewer(request)
        form = CaseFields.read(values)

        def make() -> str:
            desk = self._office.desk
            made = desk.make_case(str(name), account.name, form)
            return self._office.words.case.made.format(case=made.case_id, file=desk.gold_file)

        return [self._office.told(make), self._said(name), self._removable(name)]

    def remove_case(self, request: gr.Request, name: Any) -> list[Any]:
        """Removes the test of the exchange."""
        account = self._office.reviewer(request)

        def remove() -> str:
            for case in self._office.desk.reviews.cases(str(name)):
                self._office.desk.remove_case(case.case_id, account.name)
            return self._office.words.case.removed

        return [self._office.told(remove), self._said(name), self._removable(name)]

    def search(self, request: gr.Request, name: Any, words: Any, ticked: Any) -> list[Any]:
        """Looks for passages, and offers them as better ones and as quotes of the test."""
        self._office.reader(request)
        office, judging = self._office, self._parts.judging
        try:
            passages = office.assistant.search(str(words or ""), _FOUND).passages
            shown = office.desk.show(str(name))
        except AssistantError as error:
            told = note(office.reason(error), problem=True)
            return [told, gr.skip(), *(gr.skip() for _ in judging.better)]
        index = office.desk.index
        quotes = [
            *offered_quotes(shown.exchange, shown.citations, index),
            *(Quote(document=one.passage.document_id, quote=one.passage.text) for one in passages),
        ]
        markers = [one.marker for one in shown.exchange.cited]
        return [
            note(office.words.judging.found.format(count=len(passages))),
            gr.CheckboxGroup(choices=quote_choices(list(dict.fromkeys(quotes))), value=ticked),
            *judging.offered(passage_choices(passages, index), markers),
        ]

    def _all(self, name: str, account: Account) -> list[Any]:
        office, parts = self._office, self._parts
        shown = office.desk.show(name)
        index = office.desk.index
        kept = shown.answer is not None
        offered = offered_quotes(shown.exchange, shown.citations, index) if kept else []
        blank = [gr.skip() for _ in (*parts.case.fields, parts.case.remove)]
        return [
            name,
            seen_html(shown, office.words, f"{office.path}/echange?id={name}"),
            found_html(shown, index, office.words),
            said_html(shown, office.words),
            "",
            gr.Column(visible=account.may_change),
            *parts.judging.filled(shown, account.name),
            *parts.follow.filled(shown, office.reviewers()),
            *(parts.case.filled(shown, offered) if kept else blank),
        ]

    def _nothing(self, reason: str) -> list[Any]:
        """Returns a page without an exchange, that says why."""
        fields = [gr.skip() for _ in self._parts.shown[6:]]
        return ["", "", "", "", note(reason, problem=True), gr.Column(visible=False), *fields]

    def _done(self, name: Any, action: Callable[[], None]) -> list[Any]:
        def act() -> str:
            action()
            return self._office.words.common.saved

        return [self._office.told(act), self._said(name)]

    def _said(self, name: Any) -> Any:
        try:
            return said_html(self._office.desk.show(str(name)), self._office.words)
        except AssistantError:
            return gr.skip()  # why was said already

    def _removable(self, name: Any) -> gr.Button:
        return gr.Button(visible=bool(self._office.desk.reviews.cases(str(name))))
