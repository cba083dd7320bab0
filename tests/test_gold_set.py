"""The project's gold set is what it is meant to be."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

import pytest

from assistant.corpus import read_corpus
from assistant.domain import Outcome, SourceDocument
from assistant.evaluation import GoldSet, Split, read_gold
from assistant.evaluation.gold import KINDS, GoldTurn, locate
from assistant.evaluation.normalisation import contains
from assistant.evaluation.report import report_texts
from tests.conftest import ROOT

FILE = ROOT / "tests" / "gold" / "conversations.jsonl"
PINNED = {
    "cokerie-deux-1": "dev",
    "fr-base-ecopole": "dev",
    "fr-mbm-surface": "dev",
    "hostile-script-1": "test",
    "near-solaire-panneaux-1": "test",
}
LANGUAGES = {"fr", "en", "de", "nl", "pl", "es", "it"}


@pytest.fixture(scope="module")
def gold() -> GoldSet:
    """Both halves."""
    return read_gold(FILE)


@pytest.fixture(scope="module")
def turns(gold: GoldSet) -> list[GoldTurn]:
    """Every turn."""
    return [turn for conversation in gold.conversations for turn in conversation.turns]


@pytest.fixture(scope="module")
def documents() -> Mapping[str, SourceDocument]:
    """The project's sources."""
    return {one.document_id: one for one in read_corpus(ROOT / "corpus").documents}


def test_set_is_large_enough(gold: GoldSet, turns: list[GoldTurn]) -> None:
    """At least 300 turns in 200 conversations, and 60 follow-ups."""
    assert len(gold.conversations) >= 200
    assert len(turns) >= 300
    assert sum("follow_up" in turn.traits for turn in turns) >= 60


def test_every_language_is_asked_in(turns: list[GoldTurn]) -> None:
    """Seven languages, at least 15 turns in each."""
    counts = Counter(turn.language for turn in turns)
    assert counts.keys() == LANGUAGES
    assert min(counts.values()) >= 15


def test_enough_has_no_answer(turns: list[GoldTurn]) -> None:
    """At least 70 questions near the subject and 30 far from it, all to be declined."""
    counts = Counter(turn.kind for turn in turns)
    assert counts["near"] >= 70
    assert counts["far"] >= 30
    outcomes = {turn.outcome for turn in turns if turn.kind in {"near", "far"}}
    assert outcomes == {Outcome.ABSTAINED}


def test_everything_that_can_be_missing_is_asked_for(turns: list[GoldTurn]) -> None:
    """Amounts, dates, people, numbers to call, counts, hours, places, and false premises."""
    counts = Counter(trait for turn in turns if turn.kind == "near" for trait in turn.traits)
    wanted = {
        "asks_amount", "asks_date", "asks_person", "asks_contact", "asks_count", "asks_hours",
        "asks_place", "false_premise",
    }  # fmt: skip
    assert not {trait for trait in wanted if counts[trait] < 5}


def test_visitors_use_their_own_words(turns: list[GoldTurn]) -> None:
    """The share of answerable questions without the words of the source does not fall.

    Half of them: 303 of 564 are marked as such.
    """
    answerable = [turn for turn in turns if turn.answerable]
    assert sum("own_words" in turn.traits for turn in answerable) / len(answerable) >= 0.5


def test_overviews_and_situations_are_asked_about_in_both_halves(gold: GoldSet) -> None:
    """At least ten questions of each half ask for an overview, ten start from a situation."""
    for split in Split:
        half = [turn for one in gold.conversations if one.split == split for turn in one.turns]
        for trait in ("overview", "situation"):
            assert sum(trait in turn.traits for turn in half) >= 10, (split, trait)


def test_follow_ups_follow(gold: GoldSet) -> None:
    """A first turn follows nothing, changes no subject and returns to none."""
    later = {"follow_up", "new_subject", "return"}
    first = [conversation.turns[0] for conversation in gold.conversations]
    assert not [turn.question for turn in first if later & set(turn.traits)]
    counts = Counter(
        trait
        for conversation in gold.conversations
        for turn in conversation.turns[1:]
        for trait in turn.traits
    )
    assert all(counts[trait] for trait in later)


def test_every_quote_stands_in_the_corpus(
    turns: list[GoldTurn], documents: Mapping[str, SourceDocument]
) -> None:
    """And what must be said stands in what is quoted, in one version of it at least."""
    for turn in turns:
        needs = locate(turn, documents)
        quoted = " ".join(
            documents[place.document_id].text[place.span.start : place.span.end]
            for need in needs
            for place in need
        )
        missing = [item for item in turn.must if not any(contains(quoted, one) for one in item)]
        assert not missing, turn.question


def test_every_answer_can_be_cited_in_the_language_of_its_question(
    turns: list[GoldTurn], documents: Mapping[str, SourceDocument]
) -> None:
    """Of a text in several versions, the one that the visitor is shown holds a place of a need."""
    versions: dict[str, set[str]] = {}
    for document in documents.values():
        versions.setdefault(document.translation_of or document.document_id, set()).add(
            document.language
        )
    for turn in turns:
        for need in locate(turn, documents):
            for place in need:
                document = documents[place.document_id]
                known = versions[document.translation_of or document.document_id]
                shown = next((one for one in (turn.language, "en", "fr") if one in known), None)
                if shown is None or document.language == shown:
                    break
            else:
                pytest.fail(f"{turn.question}: no version that is shown supports the answer")


def test_only_answers_have_something_to_say(turns: list[GoldTurn]) -> None:
    """Every answer must say something; where there is none, nothing is demanded."""
    assert all(bool(turn.must) == turn.answerable for turn in turns)
    assert not [turn.question for turn in turns if turn.answer is not None and not turn.answerable]


def test_nothing_that_must_be_said_must_not(turns: list[GoldTurn]) -> None:
    """No item whose every spelling makes the answer wrong."""
    for turn in turns:
        for item in turn.must:
            forbidden = [one for one in item if any(contains(one, no) for no in turn.must_not)]
            assert len(forbidden) < len(item), turn.question


def test_every_kind_is_in_both_halves(gold: GoldSet) -> None:
    """So that nothing is measured on one half only; the halves are of nearly the same size."""
    sizes = {}
    for split in Split:
        half = [turn for one in gold.conversations if one.split == split for turn in one.turns]
        assert {turn.kind for turn in half} == set(KINDS)
        assert {turn.language for turn in half} == LANGUAGES
        sizes[split] = len(half)
    assert min(sizes.values()) / max(sizes.values()) > 0.8


def test_no_question_is_in_both_halves(gold: GoldSet) -> None:
    """What is tuned on one half is not asked word for word in the other."""
    halves: dict[str, set[Split]] = {}
    for conversation in gold.conversations:
        for turn in conversation.turns:
            if turn.kind != "small_talk":
                asked = " ".join(turn.question.casefold().split())
                halves.setdefault(asked, set()).add(conversation.split)
    assert not [question for question, found in halves.items() if len(found) > 1]


def test_split_is_pinned(gold: GoldSet) -> None:
    """A conversation never changes its half."""
    splits = {conversation.id: str(conversation.split) for conversation in gold.conversations}
    assert {name: splits[name] for name in PINNED} == PINNED


def test_everything_has_a_name_in_the_report(turns: list[GoldTurn]) -> None:
    """Every kind, language, theme and trait that occurs has a French name."""
    names = report_texts()["names"]
    assert {turn.kind for turn in turns} <= names["kind"].keys()
    assert {turn.language for turn in turns} <= names["language"].keys()
    assert {turn.theme for turn in turns} <= names["theme"].keys()
    assert {trait for turn in turns for trait in turn.traits} <= names["trait"].keys()


def test_file_is_sorted(gold: GoldSet) -> None:
    """A new conversation has one place, so that two people's additions do not collide."""
    lines = Path(FILE).read_text(encoding="utf-8").splitlines()
    assert [json.loads(line)["id"] for line in lines] == [one.id for one in gold.conversations]
