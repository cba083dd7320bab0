"""The chat: thin handlers between Gradio and a conversation."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

import gradio as gr

from assistant.conversation import Assistant, Conversation
from assistant.errors import AssistantError
from assistant.journal import Recorder
from assistant.question import MAX_CHARACTERS
from assistant.settings import Settings
from ui.render import answer_html, note_html, question_html
from ui.texts import Words

_LOG: Final = logging.getLogger(__name__)
_IDLE_SECONDS: Final = 3600

Message = dict[str, str]


@dataclass
class Visit:
    """What one open page knows: its conversation and the messages on the screen."""

    conversation: Conversation
    messages: list[Message] = field(default_factory=list)


def build_chat(
    assistant: Assistant, recorder: Recorder, words: Words, settings: Settings
) -> gr.Blocks:
    """Returns the page.

    Args:
        assistant: answers the questions.
        recorder: keeps the exchanges.
        words: the words of the interface.
        settings: how much stays on the screen, and how long exchanges are kept.
    """
    days = settings.journal.retention_days
    kept = words.kept.format(days=days) if days else words.not_kept

    def ask(text: Any, visit: Visit | None) -> Iterator[tuple[Any, Any, Any]]:
        # The page sends a string, but anybody can send anything.
        text = text if isinstance(text, str) else ""
        visit = visit or Visit(assistant.conversation())
        visit.messages = visit.messages[-2 * (settings.chat.max_turns - 1) :]
        if text.strip():
            shown = text if len(text) <= MAX_CHARACTERS else text[:200] + " […]"
            visit.messages.append(_message("user", question_html(shown, words)))
        waiting = _message("assistant", note_html(words.searching))
        yield "", [*visit.messages, waiting], visit
        visit.messages.append(_message("assistant", _answer(text, visit)))
        yield gr.skip(), list(visit.messages), visit

    def _answer(text: str, visit: Visit) -> str:
        try:
            answer = visit.conversation.ask(text)
            recorder.record(visit.conversation.turns[-1], assistant.index.name)
            return answer_html(answer, words)
        except AssistantError:
            _LOG.exception("a question could not be answered")
            return note_html(words.failed)

    def choose(visit: Visit | None, event: gr.SelectData) -> Iterator[tuple[Any, Any, Any]]:
        yield from ask(event.value["text"], visit)

    page: gr.Blocks
    with gr.Blocks(title=words.title, analytics_enabled=False) as page:
        visit = gr.State(None, time_to_live=_IDLE_SECONDS)
        gr.Markdown(
            f"<header><h1>{words.title}</h1><p>{words.purpose}</p>"
            f'<p class="notice">{words.notice} {kept}</p></header>',
            latex_delimiters=[],
        )
        chat = gr.Chatbot(
            elem_id="thread",
            label=words.conversation,
            show_label=False,
            container=False,
            buttons=[],
            latex_delimiters=[],
            layout="panel",
            height=None,
            min_height=0,
            feedback_options=None,
            allow_tags=False,
            sanitize_html=True,
            line_breaks=False,
            autoscroll=False,
            group_consecutive_messages=False,
            placeholder="",
            examples=[{"text": question} for question in words.starting_questions],
        )
        box = gr.Textbox(
            elem_id="question",
            label=words.question,
            placeholder=words.placeholder,
            lines=1,
            max_lines=6,
            submit_btn=words.send,
            html_attributes=gr.InputHTMLAttributes(autocomplete="off", enterkeyhint="send"),
        )
        # The thread is never an input: a client could send any component in its place.
        outputs = [box, chat, visit]
        options: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}
        box.submit(ask, [box, visit], outputs, concurrency_id="ask", **options)
        chat.example_select(choose, [visit], outputs, concurrency_id="ask", **options)
    page.queue(default_concurrency_limit=2, max_size=64, api_open=False)
    return page


def _message(role: str, html: str) -> Message:
    return {"role": role, "content": html}
