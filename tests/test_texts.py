"""The assistant's own sentences."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

from assistant.errors import QuestionError
from assistant.question import Form, Refusal, SmallTalk, clean
from assistant.question.asked import KINDS
from assistant.spelling import fold
from assistant.texts import LANGUAGES, load_texts
from assistant.values import OPTIONAL

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


def _patterns(language: str) -> dict[str, list[str]]:
    """Returns the regular expressions of a language by where they stand."""
    understanding = load_texts(language).understanding
    sections = {
        f"{section}.{key}": patterns
        for section in ("kinds", "forms")
        for key, patterns in getattr(understanding, section).items()
    }
    return sections | {
        key: getattr(understanding, key)
        for key in ("interrogatives", "openings", "counted", "counts_money")
    }


@pytest.mark.parametrize("language", LANGUAGES)
def test_patterns_are_regular_expressions_that_want_a_word(language: str) -> None:
    """Every pattern compiles, and none is there in a text that says nothing."""
    for place, patterns in _patterns(language).items():
        assert patterns, place
        for pattern in patterns:
            anywhere = re.compile(rf"\b(?:{pattern})")
            assert not re.match(pattern, ""), (place, pattern)
            assert not anywhere.search("xyzzy"), (place, pattern)


@pytest.mark.parametrize("language", LANGUAGES)
def test_words_to_understand_are_folded(language: str) -> None:
    """Words and patterns are in the form that questions are brought to before they are compared."""
    understanding = load_texts(language).understanding
    words = {
        "conjunctions": understanding.conjunctions,
        "determiners": understanding.determiners,
        "pointers": understanding.pointers,
    }
    for place, patterns in (words | _patterns(language)).items():
        for pattern in patterns:
            assert pattern == fold(pattern), (place, pattern)
            assert not re.search(r"['’]|(?<!\[)-", pattern), (place, pattern)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_kind_is_recognised_and_has_its_sentence(language: str) -> None:
    """Whatever can be missing from the sources can be asked for and be said to be missing."""
    texts = load_texts(language)
    assert texts.understanding.kinds.keys() == set(KINDS)
    assert texts.answers.kind_missing.keys() == set(KINDS) - OPTIONAL


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_form_but_the_plain_ones_is_recognised(language: str) -> None:
    """A fact and a yes or no need no words of their own; each other form has some."""
    assert load_texts(language).understanding.forms.keys() == set(Form) - {Form.FACT, Form.YES_NO}


@pytest.mark.parametrize("language", LANGUAGES)
def test_small_talk_and_refusals_are_replied_to(language: str) -> None:
    """Each kind of small talk and each reason to refuse has its sentence."""
    texts = load_texts(language)
    assert texts.small_talk.keys() == set(SmallTalk)
    assert texts.refusals.keys() == set(Refusal)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_reason_of_a_bad_question_is_told(language: str) -> None:
    """What cannot be a question is refused in a sentence, whatever is wrong with it."""
    codes = set()
    for text in ("", "???", "a" * 2_001):
        with pytest.raises(QuestionError) as refused:
            clean(text)
        codes.add(refused.value.code)
    assert load_texts(language).bad_input.model_dump().keys() == codes


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_a_name_in_every_language(language: str) -> None:
    """A source in another language can be announced, whichever two they are."""
    assert load_texts(language).languages.keys() == set(LANGUAGES)


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
