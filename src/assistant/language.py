"""In which language is a text?

The classifier on letters is py3langid (after Lui and Baldwin, 2012,
https://aclanthology.org/P12-3005).
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from typing import TYPE_CHECKING, Final

from assistant.spelling import fold
from assistant.texts import DEFAULT_LANGUAGE, LANGUAGES, load_texts

if TYPE_CHECKING:
    from py3langid.langid import LanguageIdentifier

_WORDS: Final = re.compile(r"[^\W\d_][\w'-]*")
_SURE: Final = 0.95
"""Probability from which a text is taken to be in none of `LANGUAGES`."""
_ENOUGH_TO_EXCLUDE: Final = 4
# Fewer words than this are names more often than sentences, and say little of their language.
_ENOUGH_WORDS: Final = 3


def detect_language(text: str) -> str:
    """Returns the language of a question among `LANGUAGES`; French when it cannot be told.

    The frequent words of each language decide; where they tie, the classifier does.
    """
    words = _WORDS.findall(fold(text))
    hits = {
        language: sum(word in _frequent_words(language) for word in words) for language in LANGUAGES
    }
    best = max(hits.values())
    leaders = [language for language in LANGUAGES if hits[language] == best]
    if best and len(leaders) == 1:
        return leaders[0]
    if not best and len(words) < _ENOUGH_WORDS:
        return DEFAULT_LANGUAGE
    return next(language for language in _ranked(text) if language in leaders)


def is_unsupported(text: str) -> bool:
    """Tells whether a question is surely in a language that is not one of `LANGUAGES`."""
    letters = [char for char in text if char.isalpha()]
    latin = sum(unicodedata.name(char, "").startswith("LATIN") for char in letters)
    if 2 * latin < len(letters):
        return True  # all of `LANGUAGES` are written in Latin letters
    words = _WORDS.findall(fold(text))
    known = sum(any(word in _frequent_words(one) for one in LANGUAGES) for word in words)
    if len(words) < _ENOUGH_TO_EXCLUDE or 2 * known >= len(words):
        return False
    ranked = _all_languages().rank(text)
    supported = sum(float(chance) for language, chance in ranked if language in LANGUAGES)
    return supported < 1 - _SURE


def identify(text: str) -> str:
    """Returns the language of a source text among `LANGUAGES`, by its letters."""
    return _ranked(text)[0]


def _ranked(text: str) -> list[str]:
    return [str(language) for language, _ in _identifier().rank(text)]


@cache
def _frequent_words(language: str) -> frozenset[str]:
    return frozenset(load_texts(language).understanding.frequent_words)


@cache
def _identifier() -> LanguageIdentifier:
    identifier = _model(norm_probs=False)
    identifier.set_languages(list(LANGUAGES))
    return identifier


@cache
def _all_languages() -> LanguageIdentifier:
    return _model(norm_probs=True)


def _model(*, norm_probs: bool) -> LanguageIdentifier:
    # It brings NumPy, which a process that only reads files does without.
    from py3langid.langid import MODEL_FILE, LanguageIdentifier  # noqa: PLC0415

    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=norm_probs)
