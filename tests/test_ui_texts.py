"""The words of the interface."""

from __future__ import annotations

import string
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from assistant.corpus import THEMES
from assistant.journal import FeedbackReason
from assistant.texts import LANGUAGES
from ui.texts import Words, choose_language, load_words

FOLDER = Path(__file__).parent.parent / "ui" / "texts"


def _flat(words: Any, place: str = "") -> Iterator[tuple[str, Any]]:
    """Yields each text with its key; of a list, its length too."""
    if isinstance(words, dict):
        for key, value in words.items():
            yield from _flat(value, f"{place}.{key}")
    elif isinstance(words, list):
        yield f"{place}#", len(words)
        for number, value in enumerate(words):
            yield from _flat(value, f"{place}.{number}")
    else:
        yield place, words


def _fields(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_there_is_a_file_for_every_language() -> None:
    """As many files as languages in which the assistant answers."""
    assert sorted(file.stem for file in FOLDER.glob("*.toml")) == sorted(LANGUAGES)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_word_is_there(language: str) -> None:
    """A file has every key of the French one, as many items, and the same names in braces."""
    french = dict(_flat(load_words("fr").model_dump()))
    words = dict(_flat(load_words(language).model_dump()))
    assert words.keys() == french.keys()
    for key, text in words.items():
        if isinstance(text, int):
            assert text == french[key], key
        else:
            assert text.strip(), key
            assert _fields(text) == _fields(french[key]), key


def test_every_theme_has_a_name() -> None:
    """A question that staff mark stands under a heading."""
    assert set(load_words("fr").themes) == set(THEMES)


@pytest.mark.parametrize("language", sorted(set(LANGUAGES) - {"fr"}))
def test_no_word_is_left_in_french(language: str) -> None:
    """No sentence of more than three words is the French one."""
    french = dict(_flat(load_words("fr").model_dump()))
    words = dict(_flat(load_words(language).model_dump()))
    left = [
        key
        for key, text in words.items()
        if isinstance(text, str) and len(text.split()) > 3 and text == french[key]
    ]
    assert left == []


def test_missing_and_unknown_words_are_refused() -> None:
    """A translator's typing error is told, not shown."""
    words = load_words("fr").model_dump()
    page = {key: text for key, text in words["page"].items() if key != "skip"}
    with pytest.raises(ValidationError, match=r"page\.skip"):
        Words.model_validate(words | {"page": page})
    with pytest.raises(ValidationError, match=r"page\.skipp"):
        Words.model_validate(words | {"page": words["page"] | {"skipp": "x"}})


@pytest.mark.parametrize("language", LANGUAGES)
def test_reasons_are_those_of_the_journal(language: str) -> None:
    """Each reason that can be stored has a label, and no other."""
    assert set(load_words(language).feedback.reasons) == {str(one) for one in FeedbackReason}


@pytest.mark.parametrize(
    ("chosen", "accepted", "language"),
    [
        (None, "fr-FR,fr;q=0.9,en;q=0.8", "fr"),
        (None, "en;q=0.5, de-AT;q=0.9", "de"),
        (None, "sv, PL;q=0.3", "pl"),
        (None, "sv-SE", "fr"),
        (None, "nl;q=0, it;q=0.1", "it"),
        (None, None, "fr"),
        (None, "", "fr"),
        (None, ";;q=,=,x" * 500, "fr"),
        (None, "es;q=9.9.9, en", "en"),
        ("es", "de", "es"),
        ("xx", "de", "de"),
        ("../fr", None, "fr"),
        ("", "en", "en"),
    ],
)
def test_language_is_the_chosen_or_the_preferred(
    chosen: str | None, accepted: str | None, language: str
) -> None:
    """What is chosen comes first, then the browser's order, then French."""
    assert choose_language(chosen, accepted) == language
