"""Known questions that are offered: to begin with, to go on with, and while one is typed."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from assistant.answer import cite
from assistant.domain import Answer, Outcome
from assistant.index import Index
from assistant.retrieval import Retriever
from assistant.settings import RetrievalSettings
from assistant.suggestions import Suggestions
from assistant.testing import HashEncoder
from tests.small_indexes import Entries, index_of

MILL, SAILS, OWNER, ALL, HIGH, LIGHT, PRICE = (
    "Quand le moulin de Zuydcoote a-t-il ouvert ?",
    "Combien d’ailes le moulin de Zuydcoote compte-t-il ?",
    "À qui le moulin de Zuydcoote appartient-il ?",
    "Que sait-on du moulin de Zuydcoote ?",
    "Combien de mètres le phare de Bray mesure-t-il ?",
    "Quand le phare de Bray a-t-il ouvert ?",
    "Combien coûte la visite du moulin de Zuydcoote ?",
)
TEXTS = {
    "moulin": (
        "Le moulin de Zuydcoote a ouvert en 1998. Le moulin de Zuydcoote compte 4 ailes. "
        "Le moulin de Zuydcoote appartient à la commune."
    ),
    "phare": "Le phare de Bray a ouvert en 2004. Le phare de Bray mesure 31 mètres.",
}
QUESTIONS: dict[str, Entries] = {
    "moulin": [
        {
            "sentence": "a ouvert en 1998",
            "suggested": "heritage",
            "fr": [MILL, "Bonjour, le moulin marche depuis combien de temps ?"],
            "en": ["When did the mill of Zuydcoote open?"],
            "pl": ["Kiedy otwarto młyn w Zuydcoote?"],
        },
        {"sentence": "compte 4 ailes", "fr": [SAILS]},
        {"sentence": "appartient à la commune", "fr": [OWNER]},
        {"together": ["a ouvert en 1998", "compte 4 ailes", "appartient à"], "fr": [ALL]},
        {"unanswered": "tarifs", "suggested": "heritage", "fr": [PRICE]},
    ],
    "phare": [
        {"sentence": "mesure 31 mètres", "suggested": "environment", "fr": [HIGH]},
        {"sentence": "a ouvert en 2004", "fr": [LIGHT]},
    ],
}


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Index:
    """Two texts with known questions."""
    return index_of(tmp_path_factory.mktemp("index"), TEXTS, questions=QUESTIONS)


@pytest.fixture(scope="module")
def suggestions(index: Index) -> Suggestions:
    """What is offered of them."""
    return Suggestions(Retriever(index, HashEncoder(), RetrievalSettings()))


def answered(index: Index, question: str, *words: str) -> Answer:
    """Returns an answer that quotes the sentences with some words; without any it refuses."""
    quoted = [
        (passage, span)
        for passage in index.passages
        for span in passage.sentences
        if any(one in passage.slice(span) for one in words)
    ]
    return Answer(
        conversation_id="c",
        turn=1,
        question=question,
        standalone_question=question,
        language="fr",
        outcome=Outcome.ANSWERED if words else Outcome.REFUSED,
        text="",
        citations=tuple(
            cite(passage, span, number, index) for number, (passage, span) in enumerate(quoted, 1)
        ),
    )


# What visitors begin with.


def test_themes_hold_what_staff_marked(suggestions: Suggestions) -> None:
    """In the order of the themes, without those that are empty and what no source answers."""
    assert list(suggestions.themes("fr").items()) == [
        ("environment", (HIGH,)),
        ("heritage", (MILL,)),
    ]


def test_language_without_wordings_gets_english_then_french(suggestions: Suggestions) -> None:
    """Of two questions, a German visitor gets the one in English, the other in French."""
    assert suggestions.themes("de") == {
        "environment": (HIGH,),
        "heritage": ("When did the mill of Zuydcoote open?",),
    }


def test_index_without_questions_offers_none(tiny_index: Index) -> None:
    """Nothing to begin with, to go on with or to complete, and no error."""
    none = Suggestions(Retriever(tiny_index, HashEncoder(), RetrievalSettings()))
    assert none.themes("fr") == {}
    assert none.after([answered(tiny_index, "Quand ?", "2012")]) == ()
    assert none.complete("quand", "fr") == ()


# What comes next.


def test_next_questions_are_on_the_text_and_the_last_leads_on(
    index: Index, suggestions: Suggestions
) -> None:
    """Neither what was told nor what no source answers; the nearest first, then another text."""
    first, second, last = suggestions.after([answered(index, MILL, "1998")])
    assert {first, second} < {SAILS, OWNER, ALL}
    assert last == LIGHT


def test_what_the_conversation_told_or_asked_is_not_offered(
    index: Index, suggestions: Suggestions
) -> None:
    """Earlier answers count, and so does a question whose own answer was another sentence."""
    told = [
        answered(index, "Et son propriétaire ?", "appartient", "31 mètres"),
        answered(index, SAILS, "1998"),
    ]
    assert suggestions.after(told) == (LIGHT,)


def test_overview_is_offered_while_most_of_it_is_new(
    index: Index, suggestions: Suggestions
) -> None:
    """Of three sentences one may be known, two may not."""
    assert ALL in suggestions.after([answered(index, "Le moulin de Zuydcoote", "4 ailes")])
    told = answered(index, "Le moulin de Zuydcoote", "4 ailes", "1998")
    assert suggestions.after([told])[0] == OWNER
    assert ALL not in suggestions.after([told])


def test_refusal_is_followed_by_what_is_near(index: Index, suggestions: Suggestions) -> None:
    """Who asks for an opinion of the mill is offered what is known of it, and nothing of a cake."""
    near = suggestions.after([answered(index, "Que penses-tu du moulin de Zuydcoote ?")])
    assert near[0] == ALL
    assert set(near) <= {MILL, SAILS, OWNER, ALL}
    assert suggestions.after([answered(index, "Une recette de gâteau au chocolat")]) == ()


def test_nothing_follows_what_has_suggestions_or_says_nothing(
    index: Index, suggestions: Suggestions
) -> None:
    """A partial answer with suggestions, an abstention, small talk and what cannot be read."""
    changes: list[dict[str, Any]] = [
        {"suggestions": (OWNER,)},
        {"outcome": Outcome.ABSTAINED, "citations": ()},
        {"outcome": Outcome.SMALL_TALK, "citations": ()},
        {"outcome": Outcome.REFUSED, "standalone_question": ""},
    ]
    for change in changes:
        answer = replace(answered(index, MILL, "1998"), **change)
        assert suggestions.after([answer]) == ()


# What is offered while a question is typed.


@pytest.mark.parametrize(
    ("typed", "language", "first"),
    [
        ("ail", "fr", SAILS),
        ("À QUI", "fr", OWNER),
        ("combien d'ai", "fr", SAILS),
        ("mill", "en", "When did the mill of Zuydcoote open?"),
        ("mlyn", "pl", "Kiedy otwarto młyn w Zuydcoote?"),
        ("bonjour, marche", "fr", MILL),
        ("À quelle hauteur s’élève le phare ?", "fr", HIGH),
    ],
    ids=[
        "begun word", "capitals and accents", "apostrophe", "english", "polish",
        "words of another wording", "meaning",
    ],
)  # fmt: skip
def test_question_is_found_by_words_and_by_meaning(
    suggestions: Suggestions, typed: str, language: str, first: str
) -> None:
    """Offered in the visitor's language, by the wording that reads best, the best match first."""
    assert suggestions.complete(typed, language)[0] == first


@pytest.mark.parametrize(
    ("typed", "language"),
    [("", "fr"), ("ai", "fr"), (" a ", "fr"), ("???", "fr"), ("ailes", "en"), ("bonjour", "fr"),
     ("recette de gâteau", "fr"), ("oulin", "fr")],
)  # fmt: skip
def test_nothing_is_offered_for_what_is_too_short_or_far(
    suggestions: Suggestions, typed: str, language: str
) -> None:
    """Two letters, signs, another language's words, a greeting, the middle of a word."""
    assert suggestions.complete(typed, language) == ()


def test_at_most_five_are_offered_and_only_what_is_answered(suggestions: Suggestions) -> None:
    """Of all questions on the mill, those that the sources answer come before those on others."""
    offered = suggestions.complete("le moulin de zuydcoote", "fr")
    assert len(offered) == len(set(offered)) <= 5
    assert set(offered[:4]) == {MILL, SAILS, OWNER, ALL}
    assert PRICE not in offered
