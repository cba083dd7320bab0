"""The words of the interface."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.conversation import Assistant
from assistant.domain import Outcome
from ui.texts import load_words

FOLDER = Path(__file__).parent.parent / "ui" / "texts"
LANGUAGES = [file.stem for file in FOLDER.glob("*.toml")]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_word_is_there(language: str) -> None:
    """A file has every word of the interface, and none is empty."""
    assert all(load_words(language).model_dump().values())


def test_starting_questions_are_answered(assistant: Assistant) -> None:
    """What the page proposes to ask, the sources answer."""
    for question in load_words("fr").starting_questions:
        assert assistant.conversation().ask(question).outcome is Outcome.ANSWERED, question
