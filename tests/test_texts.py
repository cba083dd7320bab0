"""The assistant's own sentences."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

from assistant.spelling import fold
from assistant.texts import LANGUAGES, load_texts

FOLDER = Path(__file__).parent.parent / "src" / "assistant" / "texts"


def _leaves(record: dict[str, Any], path: str = "") -> dict[str, Any]:
    leaves: dict[str, Any] = {}
    for key, value in record.items():
        where = f"{path}.{key}"
        leaves |= _leaves(value, where) if isinstance(value, dict) else {where: value}
    return leaves


def _read(language: str) -> dict[str, Any]:
    return _leaves(tomllib.loads((FOLDER / f"{language}.toml").read_text(encoding="utf-8")))


def test_every_language_has_a_file_and_no_other() -> None:
    """The files are those of the seven languages."""
    assert {file.stem for file in FOLDER.glob("*.toml")} == set(LANGUAGES)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_says_everything(language: str) -> None:
    """Each file has the keys of the French one, none of them empty, with the same braces."""
    french, other = _read("fr"), _read(language)
    assert other.keys() == french.keys()
    for key, sentence in other.items():
        assert sentence, key
        if isinstance(sentence, str) and key != ".citations.date":
            braces = re.findall(r"{\w+}", sentence)
            assert sorted(braces) == sorted(re.findall(r"{\w+}", french[key])), key


@pytest.mark.parametrize("language", LANGUAGES)
def test_words_to_understand_are_folded(language: str) -> None:
    """Words that questions are compared with are in the form that questions are brought to."""
    words = load_texts(language).understanding
    for word in [*words.frequent_words, *words.greetings, *words.thanks]:
        assert word == fold(word)
    for patterns in words.kinds.values():
        assert all(re.compile(pattern) and pattern == fold(pattern) for pattern in patterns)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_kind_has_its_sentence(language: str) -> None:
    """Whatever can be missing from the sources can be said to be missing."""
    texts = load_texts(language)
    assert texts.understanding.kinds.keys() == texts.answers.kind_missing.keys()


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("fr", "page non datée, consultée le 22/11/2026"),
        ("en", "undated page, seen 2026-11-22"),
        ("de", "Seite ohne Datum, abgerufen am 22.11.2026"),
    ],
)
def test_undated_page_is_said_to_be_undated(language: str, expected: str) -> None:
    """A source without a date is cited as such, with the day it was seen."""
    assert load_texts(language).dating(None, "2026-11-22") == expected


def test_dated_page_shows_its_date() -> None:
    """A date of publication is written as the language writes dates."""
    assert load_texts("fr").dating("2022-02-03", None) == "publication du 03/02/2022"


def test_unknown_language_gets_english() -> None:
    """A language without a file is answered in English."""
    assert load_texts("pt") == load_texts("en")
