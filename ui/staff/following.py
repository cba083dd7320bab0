"""The form in which staff say where they stand with an exchange."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import gradio as gr

from assistant.journal import Review, ReviewState
from assistant.review import Shown
from ui.staff.office import choices
from ui.staff.texts import StaffWords


class FollowForm:
    """The components of the form, made within the context of a page.

    Attributes:
        fields: state, assignee, note and version, in the order that `read` takes.
        save: the button that stores them.
    """

    def __init__(self, words: StaffWords) -> None:
        said = words.follow
        self._nobody = words.common.nobody
        state = gr.Dropdown(choices(words.named.states), label=said.state, elem_id="state")
        assignee = gr.Dropdown([], label=said.assignee, elem_id="assignee")
        note = gr.Textbox(label=said.note, lines=3, elem_id="note")
        mended = gr.Textbox(label=said.mended_in, elem_id="mended-in")
        self.fields: list[Any] = [state, assignee, note, mended]
        self.save = gr.Button(said.save, variant="primary", elem_id="save-follow")

    def filled(self, shown: Shown, reviewers: Sequence[str]) -> list[Any]:
        """Returns what the fields show of an exchange.

        Args:
            shown: the exchange.
            reviewers: whom it can be given to.
        """
        review = shown.review
        names = sorted({*reviewers, *([review.assignee] if review.assignee else [])})
        people: list[tuple[str, str]] = [(self._nobody, ""), *((name, name) for name in names)]
        return [
            review.state,
            gr.Dropdown(choices=people, value=review.assignee or ""),
            review.note or "",
            review.mended_in or "",
        ]

    @staticmethod
    def read(values: Sequence[Any]) -> Review:
        """Returns the review that the fields hold; what is no state is a new one."""
        state, assignee, note, mended = (
            value.strip() if isinstance(value, str) else "" for value in values
        )
        return Review(
            state=ReviewState(state) if state in set(ReviewState) else ReviewState.NEW,
            assignee=assignee or None,
            note=note or None,
            mended_in=mended[:100] or None,
        )
