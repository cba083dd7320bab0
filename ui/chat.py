"""The chat: thin handlers between Gradio and the visits."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, Final

import gradio as gr

from assistant.conversation import Assistant
from assistant.domain import Answer
from assistant.journal import Journal, Recorder
from assistant.notice import read_notice
from assistant.question import MAX_CHARACTERS
from assistant.settings import Settings
from assistant.texts import LANGUAGES
from ui.limits import VisitorLimit
from ui.page import NO_ESTIMATES, language_of
from ui.render import Extras, answer_html, question_html
from ui.texts import load_words
from ui.visits import Shown, Visit, Visits, message, note

_LOG: Final = logging.getLogger(__name__)
_AT_ONCE: Final = 4
_MOST_WAITING: Final = 512
_UNKNOWN: Final = "-"
"""Stands for a visit of which there is no trace any more."""

Update = tuple[Any, Any, Any]
"""New values of three components: in `ask` the box, the thread and the visit's name."""


@dataclass(frozen=True, slots=True)
class Service:
    """All that answers visitors; every page and every route shares it."""

    assistant: Assistant
    journal: Journal
    recorder: Recorder
    visits: Visits
    settings: Settings


def chat_words() -> gr.I18n:
    """Returns the words that Gradio's own components show, in every language."""
    words = {language: load_words(language) for language in LANGUAGES}
    return gr.I18n(
        **{
            language: {
                "question": one.ask.label,
                "placeholder": one.ask.placeholder,
                "send": one.ask.send,
                "conversation": one.answer.conversation,
            }
            for language, one in words.items()
        }
    )


def build_chat(service: Service, words: gr.I18n) -> gr.Blocks:
    """Returns the chat.

    Args:
        service: answers the questions and keeps the exchanges.
        words: see `chat_words`.
    """
    handlers = _Handlers(service)
    page: gr.Blocks
    with gr.Blocks(analytics_enabled=False) as page:
        chat = gr.Chatbot(
            elem_id="thread",
            label=words("conversation"),
            show_label=False,
            container=False,
            buttons=[],
            latex_delimiters=[],
            layout="panel",
            height=None,
            min_height=0,
            feedback_options=None,
            allow_tags=False,
            # Its sanitiser takes away what makes answers usable (labels, states, fields). All that
            # is not ours was escaped by the templates, and the page runs no script within HTML.
            sanitize_html=False,
            line_breaks=False,
            autoscroll=False,
            group_consecutive_messages=False,
            placeholder="",
        )
        box = gr.Textbox(
            elem_id="question",
            label=words("question"),
            placeholder=words("placeholder"),
            lines=1,
            max_lines=6,
            submit_btn=str(words("send")),
            html_attributes=gr.InputHTMLAttributes(autocomplete="off", enterkeyhint="send"),
        )
        # The page keeps the visit's name while its tab is open, and recalls it after a reload.
        hidden: dict[str, Any] = {"visible": "hidden", "show_label": False, "container": False}
        name = gr.Textbox(elem_id="visit", **hidden)
        recalled = gr.Textbox(elem_id="recalled", **hidden)
        opinions = gr.Textbox(elem_id="opinions", **hidden)
        # The thread is never an input: a client could send any component in its place.
        outputs = [box, chat, name]
        options: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}
        box.submit(handlers.ask, [box, name], outputs, concurrency_id="ask", **options)
        outputs = [chat, name, opinions]
        recalled.change(handlers.restore, [recalled], outputs, concurrency_id="restore", **options)
    page.queue(
        status_update_rate=NO_ESTIMATES,
        default_concurrency_limit=_AT_ONCE,
        max_size=_MOST_WAITING,
        api_open=False,
    )
    return page


class _Handlers:
    """What the page's events do."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._limit = VisitorLimit(service.settings.chat.questions_per_minute)

    def ask(self, text: Any, name: Any, request: gr.Request) -> Iterator[Update]:
        """Answers a question: the question at once, then line by line what is said, then the rest.

        Args:
            text: what was typed; the page sends a string, but anybody can send anything.
            name: of the visit, or empty.
            request: says which language the page is in.
        """
        service, language = self._service, language_of(request)
        text = text if isinstance(text, str) else ""
        refusal = self._refusal(request, language)
        visit = _named(service.visits, name)
        if refusal:
            before = visit.messages(language) if visit else []
            yield text, [*before, note(refusal)], gr.skip()
            return
        visit = visit or service.visits.start()
        before = visit.messages(language)
        words = load_words(language)
        question = _shown_question(text)
        shown_question = message("user", question_html(question, words, editable=True))
        asked = [shown_question] if question.strip() else []
        yield "", [*before, *asked, note(words.ask.searching)], visit.conversation_id
        try:
            shown = self._answered(text, question, visit)
        except Exception:  # noqa: BLE001 - the edge: whatever went wrong, the visitor is told
            _LOG.exception("a question could not be answered")
            yield gr.skip(), [*before, *asked, note(words.ask.failed)], gr.skip()
            return
        for part in _parts(shown.answer):
            html = answer_html(part, words, language, Extras(finished=False))
            yield gr.skip(), [*before, *asked, message("assistant", html)], gr.skip()
        yield gr.skip(), visit.messages(language), gr.skip()

    def restore(self, name: Any, request: gr.Request) -> Update:
        """Shows a visit again after its page or the server was started anew.

        What was said of its answers comes beside the messages, which stay as they were: the page
        would build a message anew that changed, and lose what is being written in it.
        """
        visits = self._service.visits
        visit = _named(visits, name)
        if visit is None:
            return gr.skip(), _UNKNOWN, gr.skip()
        opinions = json.dumps(visits.opinions(visit.conversation_id))
        return visit.messages(language_of(request)), visit.conversation_id, opinions

    def _refusal(self, request: gr.Request, language: str) -> str | None:
        """Returns why no question is taken now, or None."""
        if notice := read_notice(self._service.settings, language):
            return notice
        address = request.client.host if request.client else ""
        if not self._limit.allows(str(request.session_hash), address):
            return load_words(language).ask.too_many
        return None

    def _answered(self, text: str, question: str, visit: Visit) -> Shown:
        service = self._service
        with visit.lock:
            answer = visit.conversation.ask(text)
            turns = visit.conversation.turns
            receipt = service.recorder.record(turns[-1], service.assistant.index.name)
            extras = Extras(
                exchange_id=receipt.exchange_id,
                conversation_id=visit.conversation_id,
                next_questions=service.assistant.suggestions.after([turn.answer for turn in turns]),
                sharable=receipt.stored and service.journal.keeps_text,
            )
            shown = Shown(question, answer, extras, receipt.stored)
            visit.shown.append(shown)
            visit.keep_last(service.settings.chat.max_turns)
        return shown


def _named(visits: Visits, name: Any) -> Visit | None:
    known = isinstance(name, str) and name not in {"", _UNKNOWN}
    return visits.find(name) if known else None


def _shown_question(text: str) -> str:
    return text if len(text) <= MAX_CHARACTERS else text[:200] + " […]"


def _parts(answer: Answer) -> Iterator[Answer]:
    """Yields what is said up to each line but the last, which comes with all the rest."""
    lines = answer.text.splitlines(keepends=True)
    for number in range(1, len(lines)):
        yield replace(answer, text="".join(lines[:number]))
