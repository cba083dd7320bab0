"""Sentences that may answer a question, and what speaks for each."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from assistant.domain import Ranking
from assistant.evidence import _READ as WEIGHT
from assistant.evidence import Found, gather, read, rest_held, term_weights
from assistant.index import Index
from assistant.question import Form, understand
from assistant.testing import WordReader
from tests.small_indexes import index_of, ranking_of

TEXTS = {
    "lac": "Autour du lac, la ville de Bray entretient un chemin.",
    "moulin": (
        "Au printemps, le moulin de Zuydcoote est rouge. "
        "Le moulin de Zuydcoote a coûté 12 000 euros. "
        "Le moulin de Zuydcoote a ouvert en 1998."
    ),
    "phare": (
        "Ce phare de Bray compte 8 marches. Ce phare de Bray compte 3 gardiens. "
        "Ce phare de Bray a ouvert en 2004."
    ),
}
LAC, MOULIN, PHARE = range(3)


@pytest.fixture
def index(tmp_path: Path) -> Index:
    """Three documents of one passage each: a lake, a mill and a lighthouse."""
    index = index_of(tmp_path, TEXTS)
    assert [passage.document_id for passage in index.passages] == ["lac", "moulin", "phare"]
    return index


def _gather(index: Index, question: str, *positions: int) -> Found:
    return gather(understand(question, index), ranking_of(index, *positions), index)


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        (
            "Combien a coûté le moulin de Zuydcoote ?",
            "Le moulin de Zuydcoote a coûté 12 000 euros.",
        ),
        ("Quand a ouvert le moulin de Zuydcoote ?", "Le moulin de Zuydcoote a ouvert en 1998."),
    ],
)
def test_sentence_without_the_asked_for_kind_is_lacking(
    index: Index, question: str, answer: str
) -> None:
    """An amount needs an amount and a date a date; every other sentence is kept apart."""
    found = _gather(index, question)
    sentences = set(TEXTS["moulin"].replace(". ", ".\n").splitlines())
    assert [one.text for one in found.evidence] == [answer]
    assert {one.text for one in found.lacking} == sentences - {answer}
    assert found.named


def test_values_are_the_asked_for_words(index: Index) -> None:
    """Evidence tells where in the sentence the amount stands, and that nothing is to be counted."""
    (one,) = _gather(index, "Combien a coûté le moulin de Zuydcoote ?").evidence
    (value,) = one.values
    assert one.text[value.start : value.end] == "12 000 euros"
    assert one.counted
    assert index.documents["moulin"].text[one.span.start : one.span.end] == one.text
    assert one.scored.passage == index.passages[MOULIN]


def test_sentences_stand_in_the_order_of_their_scores(index: Index) -> None:
    """Of a passage, the sentence that holds most of the question's words comes first."""
    found = _gather(index, "le moulin de Zuydcoote est-il rouge au printemps ?", LAC, MOULIN)
    assert found.evidence[0].text == "Au printemps, le moulin de Zuydcoote est rouge."
    scores = [one.score for one in found.evidence]
    assert scores == sorted(scores, reverse=True)
    assert len(set(scores)) == 2
    assert found.lacking == ()


def test_better_passage_comes_first_when_all_else_is_equal(tmp_path: Path) -> None:
    """Two sentences of the same words stand in the order in which their passages were found."""
    index = index_of(tmp_path, {"a": "Le pont est vert.", "b": "Le pont est vert."})
    for order in ((0, 1), (1, 0)):
        found = _gather(index, "un pont vert", *order)
        assert [one.scored.passage for one in found.evidence] == [
            index.passages[position] for position in order
        ]


def test_words_of_the_title_count_less_than_those_of_the_sentence(tmp_path: Path) -> None:
    """A word in the title alone counts six tenths; a sentence's own share leaves it out."""
    index = index_of(
        tmp_path, {"d": "Beaucoup y viennent tôt. Le moulin est rouge."}, titles={"d": "Moulin"}
    )
    found = _gather(index, "moulin rouge")
    # Both words stand in the one passage there is: they weigh the same.
    best, other = found.evidence
    assert (best.text, other.text) == ("Le moulin est rouge.", "Beaucoup y viennent tôt.")
    assert (best.coverage, best.own) == (1.0, 1.0)
    assert other.coverage == pytest.approx(0.3)
    assert other.own == 0.0
    assert best.score - other.score == pytest.approx(0.25 * 0.7)


def test_passage_without_the_named_subject_is_no_evidence(index: Index) -> None:
    """What is said of something else is left out, however well it answers otherwise."""
    found = _gather(index, "Quand a ouvert le moulin de Zuydcoote ?", PHARE, MOULIN)
    assert {one.scored.passage.document_id for one in (*found.evidence, *found.lacking)} == {
        "moulin"
    }
    assert found.named


def test_no_passage_with_the_named_subject(index: Index) -> None:
    """Where no passage holds the name there is no sentence at all, and the name is told missing."""
    found = _gather(index, "Quand a ouvert le moulin de Zuydcoote ?", LAC, PHARE)
    assert (found.evidence, found.lacking, found.named) == ((), (), False)
    assert [scored.passage.document_id for scored in found.ranking.passages] == ["lac", "phare"]


def test_name_may_stand_elsewhere_in_the_document(tmp_path: Path) -> None:
    """A passage is about a name that only another passage of its document says."""
    last = "Vers le soir, quand tombe la nuit, on y ferme à clef."
    text = f"Le moulin de Zuydcoote tourne depuis des lustres. {last}"
    index = index_of(tmp_path, {"moulin": text}, max_tokens=16)
    assert [passage.text.startswith("Vers") for passage in index.passages] == [False, True]
    found = _gather(index, "Le moulin de Zuydcoote ferme-t-il ?", 1)
    assert [one.text for one in found.evidence] == [last]


def test_nothing_found_is_nothing_gathered(index: Index) -> None:
    """Without a passage there is no sentence and no name."""
    question = understand("Quand a ouvert le moulin de Zuydcoote ?", index)
    found = gather(question, Ranking("question", ()), index)
    assert (found.evidence, found.lacking, found.named) == ((), (), False)


@pytest.mark.parametrize(("year", "answers"), [(2004, True), (1998, False), (2023, False)], ids=str)
def test_year_of_the_question_is_in_the_passage(index: Index, year: int, answers: bool) -> None:
    """A passage that does not say the year that is asked about answers nothing about it."""
    found = _gather(index, f"Combien de gardiens comptait le phare de Bray en {year} ?", PHARE)
    assert bool(found.evidence) is answers
    assert len(found.evidence) + len(found.lacking) == 3


def test_count_is_of_the_thing_counted(index: Index) -> None:
    """Of two counts, only that of the asked-for thing is evidence."""
    found = _gather(index, "Combien de gardiens compte le phare de Bray ?", PHARE)
    assert [one.text for one in found.evidence] == ["Ce phare de Bray compte 3 gardiens."]
    assert ("Ce phare de Bray compte 8 marches.", False) in [
        (one.text, one.counted) for one in found.lacking
    ]


def test_count_in_another_language_is_not_compared(index: Index) -> None:
    """An English word for a thing is not looked for in a French sentence."""
    found = _gather(index, "How many keepers are there at Bray?", PHARE)
    assert {one.counted for one in found.evidence} == {True}
    assert len(found.evidence) == 2


def test_weights_are_of_the_words_that_a_source_has(index: Index) -> None:
    """A word that stands nowhere has no weight; a rarer word weighs more."""
    question = understand("Le phare et le chemin de Bray et le xylophone ?", index)
    # Of 3 passages, 2 hold « Bray » and 1 holds each of the other two.
    assert term_weights(question, index) == {
        "bray": pytest.approx(math.log(1 + 1.5 / 2.5)),
        "chemin": pytest.approx(math.log(1 + 2.5 / 1.5)),
        "phar": pytest.approx(math.log(1 + 2.5 / 1.5)),
    }


def test_weights_are_of_what_is_asked_about(index: Index) -> None:
    """« Quel montant ? » asks for an amount, not for a sentence that says « montant »."""
    question = understand("Quel est le montant pour le phare ?", index)
    assert question.kinds == {"amount"}
    assert term_weights(question, index).keys() == {"phar"}


def test_asking_for_information_asks_for_no_word_of_it(index: Index) -> None:
    """« Des infos sur le phare » are about the lighthouse alone."""
    question = understand("Je cherche des infos sur le phare", index)
    assert question.form is Form.SUMMARY
    assert _gather(index, question.text, PHARE).evidence[0].own == 1.0


def test_word_that_no_source_has_lowers_the_share(index: Index) -> None:
    """A word of no passage weighs ln(1 + 3.5 / 0.5), one of a single passage ln(1 + 2.5 / 1.5)."""
    unknown, known = math.log(1 + 3.5 / 0.5), math.log(1 + 2.5 / 1.5)
    best = _gather(index, "un phare, un xylophone", PHARE).evidence[0]
    assert best.own == pytest.approx(known / (unknown + known))
    assert best.coverage == pytest.approx(known / (unknown + known))


def test_words_of_another_language_are_no_lack(index: Index) -> None:
    """Of an English question, only the words that the French sources have are looked for."""
    best = _gather(index, "Which keepers lived at Bray with a xylophone?", PHARE).evidence[0]
    assert (best.own, best.coverage) == (1.0, 1.0)


@pytest.mark.parametrize(
    ("text", "share"),
    [
        ("Zuydcoote rouge", 1.0),
        ("Zuydcoote xylophone", 0.0),
        ("Zuydcoote", 1.0),
        ("Zuydcoote rouge ou marches", 0.5),
        # « moulin » is the title, which every sentence below it is about.
        ("Zuydcoote et son moulin", 1.0),
    ],
)
def test_rest_is_what_is_asked_about_the_name(index: Index, text: str, share: float) -> None:
    """The names of a question left out, what share of its words a sentence or its title holds."""
    question = understand(text, index)
    assert "zuydcoot" in question.subjects
    found = gather(question, ranking_of(index, MOULIN), index)
    rouge = next(one for one in found.evidence if "rouge" in one.text)
    assert rest_held(question, rouge, index) == pytest.approx(share)


# Reading.


def test_sentence_that_is_read_as_the_answer_comes_first(index: Index) -> None:
    """It gains by how sure the reader is, and knows where the answer stands in it."""
    question = understand("Parlez du moulin de Zuydcoote", index)
    found = gather(question, ranking_of(index, MOULIN), index)
    assert found.evidence[0].text == "Au printemps, le moulin de Zuydcoote est rouge."
    result = read(question, found, WordReader("en 1998", 0.9), 4, index)
    best = result.evidence[0]
    assert best.text == "Le moulin de Zuydcoote a ouvert en 1998."
    assert best.reading is not None
    assert best.text[best.reading.span.start : best.reading.span.end] == "en 1998"
    before = next(one for one in found.evidence if one.text == best.text)
    assert best.score == pytest.approx(before.score + 0.9 * WEIGHT)
    assert [one.reading for one in result.evidence[1:]] == [None] * (len(result.evidence) - 1)
    assert (found.read, result.read) == (False, True)


def test_only_the_foremost_passages_are_read(index: Index) -> None:
    """The reader gets the whole question, the titles and no more passages than it may."""
    question = understand("Parlez du phare de Bray et de son lac", index)
    found = gather(question, ranking_of(index, PHARE, LAC), index)
    reader = WordReader("8 marches", 0.9)
    read(question, found, reader, 1, index)
    first = found.evidence[0].scored.passage
    assert reader.asked == [(question.standalone, [(first.document_id, first.text)])]
