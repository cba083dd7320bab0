"""The queue: which exchanges most need eyes, with filters, a search and pages."""

from __future__ import annotations

import datetime as dt
from typing import Any, Final

import gradio as gr

from assistant.domain import Outcome
from assistant.errors import AssistantError
from assistant.journal import QueueFilter, QueueItem, QueuePage, ReviewState, Sign
from ui.staff.html import Safe, link, moment, table
from ui.staff.office import Office, choices, note
from ui.staff.page import Page, html_area
from ui.staff.texts import StaffWords

_OPEN: Final = "open"
_ALL: Final = "all"
_NOBODY: Final = "-"
_LONGEST: Final = 160


def build_queue(page: Page, office: Office) -> None:
    """Adds the components of the queue to a page that is being built."""
    words, named = office.words.queue, office.words.named
    gr.Markdown(words.intro)
    with gr.Row(elem_id="filters"):
        search = gr.Textbox(label=words.search, elem_id="search", scale=2)
        states = {_OPEN: words.open_states, **named.states, _ALL: words.all_states}
        state = gr.Dropdown(choices(states), value=_OPEN, label=words.state, elem_id="queue-state")
        anything = office.words.common.any
        outcome = gr.Dropdown(choices(named.outcomes, anything), value="", label=words.outcome)
        opinions = {key: named.feedback[key] for key in ("helpful", "unhelpful")}
        feedback = gr.Dropdown(
            choices(opinions, anything), value="", label=words.feedback, elem_id="feedback"
        )
        language = gr.Dropdown(choices(named.languages, anything), value="", label=words.language)
        assignee = gr.Dropdown(
            # Filled when the page is opened: the chat starts whether the journal answers or not.
            _people(office.words, []),
            value="",
            label=words.assignee,
            elem_id="queue-assignee",
            allow_custom_value=False,
        )
        period = gr.Dropdown(choices(named.periods, anything), value="", label=words.period)
    show = gr.Button(words.show, variant="primary", elem_id="show")
    listed = html_area(elem_id="queue")
    with gr.Row(elem_id="paging"):
        previous = gr.Button(words.previous, elem_id="previous")
        position = html_area(elem_id="position")
        following = gr.Button(words.next, elem_id="next")
    number = gr.State(1)
    filters = [search, state, outcome, feedback, language, assignee, period]
    outputs = [listed, position, previous, following, number]

    def shown(request: gr.Request, wanted: QueueFilter, at: int) -> tuple[Any, ...]:
        office.reader(request)
        try:
            found = office.desk.queue(wanted, at)
        except AssistantError as error:
            return note(office.reason(error), problem=True), "", gr.skip(), gr.skip(), at
        return (
            queue_html(found, office.words, office.path),
            words.position.format(page=found.page, pages=found.pages, total=found.total),
            gr.Button(interactive=found.page > 1),
            gr.Button(interactive=found.page < found.pages),
            found.page,
        )

    def first(request: gr.Request, *values: Any) -> tuple[Any, ...]:
        return shown(request, wanted_exchanges(*values), 1)

    def earlier(request: gr.Request, at: Any, *values: Any) -> tuple[Any, ...]:
        return shown(request, wanted_exchanges(*values), _number(at) - 1)

    def later(request: gr.Request, at: Any, *values: Any) -> tuple[Any, ...]:
        return shown(request, wanted_exchanges(*values), _number(at) + 1)

    def opened(request: gr.Request, *values: Any) -> tuple[Any, ...]:
        return (
            page.header(office.reader(request)),
            gr.Dropdown(_people(office.words, office.reviewers())),
            *first(request, *values),
        )

    page.on_load(opened, filters, [assignee, *outputs])
    page.on(show.click, first, filters, outputs)
    page.on(search.submit, first, filters, outputs)
    for one in (state, outcome, feedback, language, assignee, period):
        page.on(one.input, first, filters, outputs)
    page.on(previous.click, earlier, [number, *filters], outputs)
    page.on(following.click, later, [number, *filters], outputs)


def wanted_exchanges(
    search: Any, state: Any, outcome: Any, feedback: Any, language: Any, assignee: Any, period: Any
) -> QueueFilter:
    """Returns the filter that a page sent; what is none of its choices filters nothing."""
    everything = frozenset(ReviewState)
    states = {
        _OPEN: everything - {ReviewState.CLOSED},
        _ALL: everything,
        **{one.value: frozenset({one}) for one in ReviewState},
    }
    today = dt.datetime.now(dt.UTC).date()
    person = assignee if isinstance(assignee, str) and assignee else None
    return QueueFilter(
        states=states.get(str(state), states[_OPEN]),
        outcome=Outcome(outcome) if outcome in set(Outcome) else None,
        helpful={"helpful": True, "unhelpful": False}.get(str(feedback)),
        language=language if isinstance(language, str) and language else None,
        assignee="" if person == _NOBODY else person,
        since=today - dt.timedelta(days=int(period)) if str(period).isdecimal() else None,
        words=search if isinstance(search, str) else "",
    )


def queue_html(page: QueuePage, words: StaffWords, path: str) -> Safe:
    """Returns the exchanges of a page as a table whose rows lead to them."""
    said = words.queue
    if not page.items:
        return Safe(note(words.common.nothing))
    rows = [_row(item, words, path) for item in page.items]
    return table(said.caption, said.columns, rows, name="queue")


def _row(item: QueueItem, words: StaffWords, path: str) -> list[object]:
    question = " ".join((item.question or words.common.no_text).split())
    shown = question if len(question) <= _LONGEST else f"{question[:_LONGEST]}…"
    signs = [
        words.queue.often.format(times=item.alike)
        if sign is Sign.OFTEN_UNANSWERED
        else words.named.signs[sign]
        for sign in item.signs
    ]
    opinion = {True: "helpful", False: "unhelpful", None: "none"}[item.helpful]
    return [
        link(f"{path}/echange?id={item.exchange_id}", shown or "–"),
        ", ".join(signs) or "–",
        words.named.outcomes[item.outcome],
        words.named.feedback[opinion],
        words.named.states[item.state],
        item.assignee or "–",
        moment(item.asked_at),
    ]


def _people(words: StaffWords, reviewers: list[str]) -> list[tuple[str, str]]:
    common = words.common
    named = [(name, name) for name in reviewers]
    return [(common.everyone, ""), (common.nobody, _NOBODY), *named]


def _number(value: Any) -> int:
    return value if isinstance(value, int) else 1
