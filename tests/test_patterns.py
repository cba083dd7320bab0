"""No text that a visitor can send keeps a pattern busy, and the patterns mean what they meant."""

from __future__ import annotations

import importlib
import pkgutil
import re
import time
from collections.abc import Callable, Iterable, Iterator
from itertools import pairwise
from types import ModuleType
from typing import Final

import pytest

import assistant
import ui
from assistant.index import Index
from assistant.question import MAX_CHARACTERS, Context, split, understand
from assistant.question.patterns import Pattern, anywhere, flatten
from assistant.texts import LANGUAGES, load_texts

LONGEST: Final = 0.05
"""Seconds of processor time that a pattern may take for one text."""

GENERAL: Final = (
    "a", "a ", "A", "A ", "A.", "a.", "a, ", "Ab ", "Ab, ", "ab-", "Ab Cd ", "de la ", "et ",
    "l'", "l’", "1", "1 ", "11 ", "111 ", "1,", "1.", "1-", "1/", "11/", "1 a ", "2012 ",
    "1er mai ", "00", "01 ", "a1", " ", ", ", ".", "?", "? ", "a? ", "(", ")", "()", "[", "[]",
    "[](", "<", "<a", "<a>", "«", "« ", "\"", "@", "a@", "a@b.", "/", "a/", "_", "'", "€", "%",
    "\u00a0", "\u202f", "é", "漢",
)  # fmt: skip
ATTACKS: Final = (
    "oui ", "non ", "votre ", "merci beaucoup ", "tres bien ", "very ", "goodbye ", "muy bien ",
    "entre et ", "was kosteta ", "was ", "wieviel kost ", "welcher er ", "what more ", "quien mas ",
    "combien prix ", "plus grand ", "qu est ce que ", "1 place de la ", "was hat ", "waar dien ",
)  # fmt: skip
START: Final = "12 place "
"""What a repetition stands behind; most patterns pass it over."""
END: Final = "!"
"""What a repetition breaks off with, so that a pattern that took it in gives it back."""


def modules(package: ModuleType) -> Iterator[ModuleType]:
    """Yields the modules that visitors' words and the sentences of sources pass through."""
    for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
        # Files are read by `assistant.corpus`, in tests of its own; migrations need a database.
        if not found.name.startswith(("assistant.corpus", "assistant.journal.migrations")):
            yield importlib.import_module(found.name)


def held_in(value: object) -> Iterator[re.Pattern[str] | Pattern]:
    """Yields the patterns that a name of a module stands for."""
    if isinstance(value, re.Pattern | Pattern):
        yield value
    elif isinstance(value, dict):
        yield from (one for inside in value.values() for one in held_in(inside))
    elif isinstance(value, tuple | list):
        yield from (one for inside in value for one in held_in(inside))


def compiled() -> dict[str, re.Pattern[str] | Pattern]:
    """Returns every pattern of the modules and of the language files, by where it stands."""
    found: dict[str, re.Pattern[str] | Pattern] = {}
    for module in (*modules(assistant), *modules(ui)):
        for name, value in vars(module).items():
            for number, pattern in enumerate(held_in(value)):
                found.setdefault(f"{module.__name__}.{name}[{number}]", pattern)
    for language in LANGUAGES:
        understanding = load_texts(language).understanding
        for section in ("kinds", "forms"):
            for name, alternatives in getattr(understanding, section).items():
                for number, pattern in enumerate(anywhere(alternatives)):
                    found[f"{language}.{section}.{name}[{number}]"] = pattern
        for one in understanding.counted:
            found[f"{language}.counted[{one}]"] = Pattern(rf"\b{one} (\w+)")
    return found


PATTERNS: Final = compiled()


def repeated(source: str) -> Iterator[str]:
    """Yields long texts that repeat a pattern's own words, one by one and in pairs, and others."""
    words = list(dict.fromkeys(re.findall(r"[^\W\d_]+", re.sub(r"\\.", " ", source))))
    pairs = [f"{left} {right} " for left, right in pairwise(words)]
    for piece in (*GENERAL, *ATTACKS, *(f"{word} " for word in words), *pairs):
        room = MAX_CHARACTERS - len(START) - len(END)
        yield START + (piece * room)[:room] + END


def seconds(task: Callable[[], object]) -> float:
    """Returns the processor time of a task; the best of three, should the machine be busy."""
    best = float("inf")
    for _ in range(3):
        start = time.thread_time()
        task()
        best = min(best, time.thread_time() - start)
        if best < LONGEST:
            break
    return best


def slow(texts: Iterable[str], task: Callable[[str], object]) -> list[tuple[str, float]]:
    """Returns the beginnings of the texts for which a task takes too long, with its time."""
    times = [(text[:40], seconds(lambda text=text: task(text))) for text in texts]  # type: ignore[misc]
    return [(text, time) for text, time in times if time >= LONGEST]


@pytest.mark.parametrize("place", PATTERNS)
def test_no_repetition_keeps_a_pattern_busy(place: str) -> None:
    """Whatever is repeated up to the longest question, each pattern is done at once."""
    pattern = PATTERNS[place]
    if isinstance(pattern, Pattern):
        assert not slow(
            map(flatten, repeated(pattern.source)),
            lambda text: (pattern.search(text), pattern.fullmatch(text)),
        )
        return
    assert not slow(
        repeated(pattern.pattern),
        lambda text: (list(pattern.finditer(text)), pattern.match(text), pattern.fullmatch(text)),
    )


def test_every_pattern_is_among_those_that_are_tried() -> None:
    """Those of the languages, of the values in sentences, of masking and of the interface."""
    modules_tried = {place.split("[")[0].rpartition(".")[0] for place in PATTERNS}
    assert {
        "assistant.values",
        "assistant.answer.plan",
        "assistant.scoring.features",
        "assistant.journal.masking.streets",
        "assistant.question.cleaning",
        "assistant.lexical",
        "ui.texts",
        *(f"{language}.kinds" for language in LANGUAGES),
        *(f"{language}.forms" for language in LANGUAGES),
    } <= modules_tried


@pytest.mark.parametrize(
    "piece", [*ATTACKS, "a ", "A, ", "Lens, ", "de la ", "\u0301\u0300", "9 9 bis "]
)
def test_no_question_keeps_understanding_busy(tiny_index: Index, piece: str) -> None:
    """The longest questions of one repeated piece, alone and after another question."""
    text = ("Zz " + piece * MAX_CHARACTERS)[:MAX_CHARACTERS].strip()
    context = Context("fr", question="Quand la mine a-t-elle fermé ?")
    understand("Quand la mine a-t-elle fermé ?", tiny_index)  # loads the dictionaries
    assert seconds(lambda: split(understand(text, tiny_index), tiny_index, None)) < 0.5
    assert seconds(lambda: understand(text, tiny_index, context)) < 0.5


@pytest.mark.parametrize(
    ("source", "flat", "found"),
    [
        (r"\bmusee\b", "le musee ouvre", (3, 8)),
        (r"\bmuse\b", "museœ", None),
        (r"\b\w+ a\b", "łódź a", (0, 6)),
        (r"\bou \w+", "ou 漢字 est", (0, 5)),
        (r"\bquand\b", "quandø", None),
        (r"\bile(?! koszt)", "ile koszt ile lat", (10, 13)),
    ],
)
def test_letters_that_are_not_ascii_are_letters(
    source: str, flat: str, found: tuple[int, int] | None
) -> None:
    """Patterns find what Python's own find, whatever the script of the letters around."""
    theirs = re.search(source, flat)
    assert (theirs.span() if theirs else None) == found
    match = Pattern(source).search(flat)
    assert (match.span() if match else None) == found
