"""How near the known questions are to those of a gold set, against values worked by hand."""

from __future__ import annotations

import pytest

from assistant.corpus import KnownQuestion
from assistant.evaluation import GoldConversation, GoldSet
from assistant.evaluation.nearness import known_nearness
from tests.evaluation_builders import answerable


def _gold(*asked: tuple[str, str]) -> GoldSet:
    turns = tuple(answerable(language=language, question=text) for language, text in asked)
    return GoldSet((GoldConversation(id="c", turns=turns),), None, "abc")


def _known(**wordings: tuple[str, ...]) -> KnownQuestion:
    return KnownQuestion("a.questions.yaml", 1, (), "prix", None, wordings)


def test_nearest_known_question_counts() -> None:
    """`_ab abc bc_` against `_ab abd bd_`: 1 of 5 trigrams; `_ab abc bcd cd_`: 2 of 5."""
    near = known_nearness(_gold(("fr", "Abc ?")), [_known(fr=("abd", "Abcd")), _known(fr=("zzz",))])
    assert near == {"equal": 0, "median": 2 / 5, "p95": 2 / 5}


def test_median_and_95th_percentile() -> None:
    """Of 1, 2/5 and 0 the median is 2/5; 95 % lies nine tenths of the way from it to 1."""
    gold = _gold(("fr", "abcd"), ("fr", "abc"), ("fr", "xyz"))
    near = known_nearness(gold, [_known(fr=("abcd",))])
    assert near == pytest.approx({"equal": 1 / 3, "median": 2 / 5, "p95": 0.94})


def test_equal_whatever_its_accents_signs_and_language() -> None:
    """What is known in another language is equal, and as near as its own language is."""
    near = known_nearness(_gold(("fr", "L’été, à LENS ?")), [_known(en=("l'ete a lens",))])
    assert near == {"equal": 1, "median": 0, "p95": 0}


def test_nothing_known_has_no_nearness() -> None:
    """No entry, no figures; a text without words is near to nothing."""
    assert known_nearness(_gold(("fr", "Quoi ?")), []) == {}
    near = known_nearness(_gold(("fr", "…")), [_known(fr=("quoi",))])
    assert near == {"equal": 0, "median": 0, "p95": 0}
