"""Which sentences may answer, what speaks for each, and whether that is enough."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import replace
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.answer import Part, compose
from assistant.conversation import Assistant
from assistant.domain import Outcome, Passage, Ranking, ScoredPassage, Span
from assistant.index import Index, SentenceKey
from assistant.question import Form, Question, understand
from assistant.reader import Reading
from assistant.retrieval import Retriever
from assistant.scoring import (
    RANKED,
    Candidate,
    Features,
    Found,
    Nothing,
    Verdict,
    find,
    judge,
    load_model,
    nearness,
    read,
    term_weights,
    worth_reading,
)
from assistant.scoring.model import Line, Model
from assistant.settings import AnswerSettings, RetrievalSettings
from assistant.testing import HashEncoder, WordReader
from tests.small_indexes import FixedRetriever, found_of, index_of, ranking_of

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
RED, COST, OPENED = (SentenceKey("moulin", number) for number in range(3))
ASKED_COST = "Quelle somme a-t-on dépensée pour les ailes ?"
ASKED_PLACE = "Où se gare-t-on ?"
QUESTIONS: dict[str, list[dict[str, Any]]] = {
    "moulin": [
        {
            "sentence": "a coûté 12 000 euros",
            "fr": [ASKED_COST, "Les ailes ont été payées combien ?"],
            "en": ["How much money was spent on the wings?"],
        },
        {"unanswered": "parking", "fr": [ASKED_PLACE]},
    ]
}
MODEL = load_model()
ZERO = Features(*[0.0] * len(Features._fields))
ABSENT = Nothing(*[0.0] * len(Nothing._fields))


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Index:
    """Three documents of one passage each: a lake, a mill and a lighthouse."""
    index = index_of(tmp_path_factory.mktemp("unknown"), TEXTS)
    assert [passage.document_id for passage in index.passages] == ["lac", "moulin", "phare"]
    return index


@pytest.fixture(scope="module")
def known(tmp_path_factory: pytest.TempPathFactory) -> Index:
    """The same with questions on the mill: three that a sentence answers, one that none does."""
    return index_of(tmp_path_factory.mktemp("known"), TEXTS, questions=QUESTIONS)


def _retriever(index: Index) -> Retriever:
    return Retriever(index, HashEncoder(), RetrievalSettings())


def _of(found: Found, text: str) -> Candidate:
    """Returns the one sentence that holds some words."""
    (one,) = [one for one in found.candidates if text in one.text]
    return one


def _found(index: Index, text: str, *positions: int, **told: Any) -> Found:
    return found_of(understand(text, index), index, *positions, **told)


# What is found.


def test_every_sentence_of_the_passages_found_is_weighed(index: Index) -> None:
    """Each is there once, with its place, its passage and its number in the document."""
    found = _found(index, "Quand a ouvert le moulin de Zuydcoote ?", MOULIN, LAC)
    assert {one.key for one in found.candidates} == {RED, COST, OPENED, SentenceKey("lac", 0)}
    assert len(found.candidates) == 4
    best = found.candidates[0]
    assert best.text == "Le moulin de Zuydcoote a ouvert en 1998."
    assert best.scored == found.ranking.passages[0]
    assert index.documents["moulin"].text[best.span.start : best.span.end] == best.text


def test_nothing_found_is_nothing_weighed(index: Index) -> None:
    """Without a passage there is no sentence and no confidence."""
    question = understand("Quand a ouvert le moulin de Zuydcoote ?", index)
    found = find(question, FixedRetriever(index, Ranking("question", ())))
    assert (found.candidates, found.confidence) == ((), 0.0)
    assert judge(question, found, threshold=0.0).answers == ()


def test_sentence_of_a_known_question_is_found_wherever_its_passage_ranks(tmp_path: Path) -> None:
    """A question in quite other words than its answer leads to it by the question alone."""
    bridges = {f"pont{number:02}": "Ce pont est vert." for number in range(RANKED + 2)}
    texts = {**bridges, "quai": "Des péniches y passent. On y pêche."}
    asked = "Ce pont est-il vert ?"
    entry = {"sentence": "Des péniches y passent", "fr": [asked]}
    without = index_of(tmp_path / "a", texts)
    found = find(understand(asked, without), _retriever(without))
    assert len(found.ranking.passages) == RANKED
    assert "quai" not in {one.key.document_id for one in found.candidates}

    with_it = index_of(tmp_path / "b", texts, questions={"quai": [entry]})
    found = find(understand(asked, with_it), _retriever(with_it))
    # The passage is there, last; of its two sentences only the one that is known to answer.
    assert found.ranking.passages[-1].passage.document_id == "quai"
    assert len(found.ranking.passages) == RANKED + 1
    assert [one.text for one in found.candidates if one.key.document_id == "quai"] == [
        "Des péniches y passent."
    ]


def test_sentences_come_from_passages_and_from_known_questions_alike(known: Index) -> None:
    """What ranks is weighed as ever, beside what a known question leads to."""
    found = find(understand(ASKED_COST, known), _retriever(known))
    assert {one.key for one in found.candidates} >= {RED, COST, OPENED, SentenceKey("phare", 1)}
    assert len({one.key for one in found.candidates}) == len(found.candidates)
    assert found.candidates[0].key == COST


def test_same_question_finds_the_same(known: Index) -> None:
    """Sentences, their order and their probabilities are the same each time."""
    question = understand("Le moulin et le phare ont ouvert quand ?", known)
    first, second = (find(question, _retriever(known)) for _ in range(2))
    assert first.candidates == second.candidates
    assert (first.nothing, first.confidence) == (second.nothing, second.confidence)
    assert first.near.rows.tolist() == second.near.rows.tolist()


def test_equal_sentences_stand_in_the_order_of_their_passages(tmp_path: Path) -> None:
    """Of two that weigh the same, the one whose passage was found first comes first."""
    index = index_of(tmp_path, {"a": "Le pont est vert.", "b": "Le pont est vert."})
    for order in ((0, 1), (1, 0)):
        found = _found(index, "un pont vert", *order, scores=(0.8, 0.8))
        assert [one.scored.passage for one in found.candidates] == [
            index.passages[position] for position in order
        ]


@pytest.mark.parametrize(
    ("text", "language", "document"),
    [
        ("Combien a coûté la halle ?", "fr", "halle.fr"),
        ("How much did the hall cost?", "en", "halle.en"),
        ("Wie viel hat die Halle gekostet?", "de", "halle.en"),
    ],
)
def test_known_question_leads_to_the_version_of_the_visitor(
    tmp_path: Path, text: str, language: str, document: str
) -> None:
    """What stands beside the French text answers in the version that a visitor is shown."""
    index = _two_versions(tmp_path)
    question = understand(text, index)
    assert question.language == language
    found = find(question, _retriever(index))
    assert {one.scored.passage.document_id for one in found.candidates} == {document}
    best = max(found.candidates, key=lambda one: one.features.likeness)
    assert best.key == SentenceKey("halle.en", 1)
    assert "5 000" in best.text or "5,000" in best.text


def _two_versions(folder: Path) -> Index:
    corpus = folder / "corpus"
    corpus.mkdir(parents=True)
    for language, text in (
        ("fr", "La halle est verte. Elle a coûté 5 000 euros."),
        ("en", "The hall is green. It cost 5,000 euros."),
    ):
        head = f"title: T\npublisher: P\nlanguage: {language}\ntranslation_of: halle\n"
        (corpus / f"halle.{language}.md").write_text(f"---\n{head}---\n\n{text}\n", "utf-8")
    entry = {"sentence": "a coûté 5 000 euros", "fr": ["Combien a-t-on payé la halle ?"]}
    return index_of(folder, {}, questions={"halle": [entry]})


# Features.


def test_passage_gives_its_scores(index: Index) -> None:
    """Cosine, lift and lexical share are those of the passage."""
    one = _of(_found(index, "moulin", MOULIN, dense=0.87), "rouge").features
    assert (one.dense, one.lift, one.lexical) == (0.87, 0.1, 0.5)


def test_known_question_itself_is_like_itself(known: Index) -> None:
    """The sentence beside it has likeness 1; its neighbours are like no question of theirs."""
    found = _found(known, ASKED_COST)
    cost, red = _of(found, "12 000").features, _of(found, "rouge").features
    assert cost.likeness == pytest.approx(1.0, abs=1e-4)
    assert (cost.known, red.known) == (1.0, 1.0)
    assert (
        red.likeness == red.likeness_mean == pytest.approx(min(float(found.near.cosines[-1]), 0.36))
    )
    cosines = dict(zip((int(row) for row in found.near.rows), found.near.cosines, strict=True))
    answered = [float(cosines[row]) for row in range(3)]
    assert known.questions.entry(0).answers == (COST,)
    assert cost.likeness_mean == pytest.approx(sum(answered) / 3, abs=1e-5)


def test_only_known_question_is_of_its_sentence_alone(tmp_path: Path) -> None:
    """However few questions are known, the neighbours of a sentence are not like its own."""
    entry = {"sentence": "On y entre par la cour", "fr": ["Où est la porte ?"]}
    text = "Un chat y dort. On y entre par la cour. Le moulin est rouge."
    index = index_of(tmp_path, {"moulin": text}, questions={"moulin": [entry]})
    for left_out, likenesses in (((), [0.36, 1.0, 0.36]), ((0,), [0.0, 0.0, 0.0])):
        question = understand("Où est la porte ?", index)
        found = find(question, FixedRetriever(index, ranking_of(index)), left_out)
        ordered = sorted(found.candidates, key=lambda one: one.span.start)
        assert [one.features.likeness for one in ordered] == pytest.approx(likenesses, abs=1e-4)


def test_text_without_known_questions_is_no_less_like(known: Index) -> None:
    """Where none is known, likeness tells nothing, and that none is known is told."""
    one = _of(_found(known, ASKED_COST), "gardiens").features
    assert (one.known, one.likeness, one.likeness_mean, one.ahead) == (0.0, 0.0, 0.0, 0.0)


def test_ahead_of_what_nothing_answers(known: Index) -> None:
    """A sentence's likest question is compared with the likest that no source answers."""
    for text in (ASKED_COST, ASKED_PLACE):
        found = _found(known, text)
        one = _of(found, "12 000").features
        assert one.ahead == pytest.approx(one.likeness - found.nothing.unanswered)
    assert found.nothing.unanswered == pytest.approx(1.0, abs=1e-4)
    assert one.ahead < 0


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("Combien a coûté le moulin de Zuydcoote ?", {"12 000": 1.0, "rouge": -1.0, "1998": -1.0}),
        ("Quand a ouvert le moulin de Zuydcoote ?", {"12 000": -1.0, "rouge": -1.0, "1998": 1.0}),
        ("Comment est le moulin de Zuydcoote ?", {"12 000": 0.0, "rouge": 0.0, "1998": 0.0}),
    ],
)
def test_kind_is_there_or_not_or_any(index: Index, text: str, kinds: dict[str, float]) -> None:
    """An amount needs an amount and a date a date; where any will do, none speaks for more."""
    found = _found(index, text, MOULIN)
    assert {words: _of(found, words).features.kind for words in kinds} == kinds


def test_values_are_the_asked_for_words(index: Index) -> None:
    """A sentence tells where in it the amount stands."""
    one = _of(_found(index, "Combien a coûté le moulin de Zuydcoote ?"), "12 000")
    (value,) = one.values
    assert one.text[value.start : value.end] == "12 000 euros"


@pytest.mark.parametrize(("year", "lacks"), [(2004, 0.0), (1998, 1.0), (2023, 1.0)], ids=str)
def test_year_of_the_question_is_looked_for_in_the_passage(
    index: Index, year: int, lacks: float
) -> None:
    """All sentences of a passage that does not say the year asked about lack it."""
    found = _found(index, f"Combien de gardiens comptait le phare de Bray en {year} ?", PHARE)
    assert {one.features.number for one in found.candidates} == {lacks}


def test_year_of_the_title_is_no_lack(tmp_path: Path) -> None:
    """A page on a year is about that year."""
    index = index_of(tmp_path, {"d": "Il y eut 3 gardiens."}, titles={"d": "Le phare en 1950"})
    found = _found(index, "Combien de gardiens en 1950 ?")
    assert found.candidates[0].features.number == 0.0


@pytest.mark.parametrize(
    ("text", "counted"),
    [
        ("Combien de gardiens compte le phare de Bray ?", {"gardiens": 1.0, "marches": 0.0}),
        ("Combien de marches compte le phare de Bray ?", {"gardiens": 0.0, "marches": 1.0}),
        # Nothing is counted; an English word is not looked for in a French sentence.
        ("Comment est le phare de Bray ?", {"gardiens": 1.0, "marches": 1.0}),
        ("How many keepers are there at Bray?", {"gardiens": 1.0, "marches": 1.0}),
    ],
)
def test_count_is_of_the_thing_counted(index: Index, text: str, counted: dict[str, float]) -> None:
    """Of two counts, only that of the asked-for thing is one."""
    found = _found(index, text, PHARE)
    assert {words: _of(found, words).features.counted for words in counted} == counted


def test_words_of_the_title_count_less_than_those_of_the_sentence(tmp_path: Path) -> None:
    """A word in the title alone counts six tenths; a sentence's own share leaves it out."""
    index = index_of(
        tmp_path, {"d": "Beaucoup y viennent tôt. Le moulin est rouge."}, titles={"d": "Moulin"}
    )
    found = _found(index, "moulin rouge")
    # Both words stand in the one passage there is: they weigh the same.
    best, other = _of(found, "rouge"), _of(found, "Beaucoup")
    assert (best.features.coverage, best.own) == (1.0, 1.0)
    assert other.features.coverage == pytest.approx(0.3)
    assert other.own == 0.0
    assert found.candidates == (best, other)


def test_name_may_stand_in_the_heading_of_the_document(tmp_path: Path) -> None:
    """What is said below the name covers the question about it but for its verb's share."""
    index = index_of(tmp_path, {"m": "On y ferme tôt."}, titles={"m": "Moulin de Zuydcoote"})
    one = _found(index, "Le moulin de Zuydcoote ferme-t-il ?").candidates[0]
    assert one.own < one.features.coverage < 1
    assert one.features.rest == 1.0


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
    one = _of(found_of(question, index, MOULIN), "rouge")
    assert one.features.rest == pytest.approx(share)


def test_word_that_no_source_has_lowers_the_coverage(index: Index) -> None:
    """A word of no passage weighs ln(1 + 3.5 / 0.5), one of a single passage ln(1 + 2.5 / 1.5)."""
    unknown, single = math.log(1 + 3.5 / 0.5), math.log(1 + 2.5 / 1.5)
    best = _found(index, "un phare, un xylophone", PHARE).candidates[0]
    assert best.own == pytest.approx(single / (unknown + single))
    assert best.features.coverage == pytest.approx(single / (unknown + single))


def test_words_of_another_language_are_no_lack(index: Index) -> None:
    """Of an English question, only the words that the French sources have are looked for."""
    best = _found(index, "Which keepers lived at Bray with a xylophone?", PHARE).candidates[0]
    assert (best.own, best.features.coverage, best.features.foreign) == (1.0, 1.0, 1.0)
    assert _found(index, "le phare de Bray", PHARE).candidates[0].features.foreign == 0.0


def test_margin_is_to_the_best_passage_of_another_document(index: Index) -> None:
    """A passage of another document is a rival, the best one counts; alone there is none."""
    found = _found(index, "un chemin", LAC, MOULIN, PHARE, scores=(0.8, 0.55, 0.5))
    margins = {one.key.document_id: one.features.margin for one in found.candidates}
    assert margins == {
        "lac": pytest.approx(0.25),
        "moulin": pytest.approx(-0.25),
        "phare": pytest.approx(-0.3),
    }
    (alone,) = _found(index, "un chemin", LAC, scores=(0.8,)).candidates
    assert alone.features.margin == pytest.approx(0.8)


def test_passages_of_one_document_are_no_rivals(tmp_path: Path) -> None:
    """All sentences of a document are as far ahead of the others as its passage is."""
    text = (
        "Le moulin de Zuydcoote tourne depuis des lustres. "
        "Vers le soir, quand tombe la nuit, on y ferme à clef."
    )
    index = index_of(tmp_path, {"moulin": text}, max_tokens=16)
    assert len(index) == 2
    found = _found(index, "moulin", 0, 1, scores=(0.8, 0.5))
    assert sorted(one.features.margin for one in found.candidates) == pytest.approx([0.5, 0.8])


def test_weights_tell_rare_words_from_frequent_ones(index: Index) -> None:
    """A rarer word weighs more, and one that stands nowhere weighs most."""
    question = understand("Le phare et le chemin de Bray et le xylophone ?", index)
    # Of 3 passages, 2 hold « Bray » and 1 holds each of two others.
    assert term_weights(question, index) == {
        "bray": pytest.approx(math.log(1 + 1.5 / 2.5)),
        "chemin": pytest.approx(math.log(1 + 2.5 / 1.5)),
        "phar": pytest.approx(math.log(1 + 2.5 / 1.5)),
        "xylophon": pytest.approx(math.log(1 + 3.5 / 0.5)),
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
    assert found_of(question, index, PHARE).candidates[0].own == 1.0


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("moulin rouge", {"unknown": 0.0, "asks": 0.0, "length": 0.1, "known": 0.0}),
        ("Combien a coûté le moulin ?", {"asks": 1.0}),
        ("Le moulin de Chambordeau est-il rouge ?", {"unknown": 1.0}),
        (" ".join(["moulin"] * 30), {"length": 1.0}),
    ],
)
def test_what_speaks_for_nothing(index: Index, text: str, expected: dict[str, float]) -> None:
    """A name that no source has, a kind of thing that is asked for, and how long it is asked."""
    nothing = _found(index, text).nothing._asdict()
    assert {name: nothing[name] for name in expected} == pytest.approx(expected)
    assert nothing["unanswered"] == 0.0


def test_known_questions_are_told_beside_nothing(known: Index) -> None:
    """That any question is known counts for or against having no answer."""
    assert _found(known, "moulin rouge").nothing.known == 1.0


# Unanswered questions.


def test_unanswered_question_speaks_for_no_answer(known: Index) -> None:
    """The likest question that no source answers is told, and makes an answer less likely."""
    assert _found(known, ASKED_PLACE).nothing.unanswered == pytest.approx(1.0, abs=1e-4)
    assert _found(known, ASKED_COST).nothing.unanswered < 0.9
    (one,) = _candidates({"dense": 0.9})
    _, without = MODEL.compare([one], ABSENT._replace(known=1.0))
    _, with_it = MODEL.compare([one], ABSENT._replace(known=1.0, unanswered=1.0))
    assert with_it < without


def test_assistant_abstains_from_what_it_knows_that_nothing_answers(tmp_path: Path) -> None:
    """A question that is sure to be answered is declined once it is known to be unanswered."""
    asked = "Le moulin de Zuydcoote est-il rouge au printemps ?"
    answered = {"sentence": "est rouge", "fr": [asked]}
    unanswered = {"unanswered": "la couleur", "fr": [asked]}
    other = {"sentence": "a ouvert en 1998", "fr": ["Depuis quand y va-t-on ?"]}
    verdicts = []
    for name, entry in (("a", answered), ("b", unanswered)):
        index = index_of(tmp_path / name, TEXTS, questions={"moulin": [entry, other]})
        question = understand(asked, index)
        found = found_of(question, index, MOULIN)
        verdict = judge(question, found)
        composed = compose([Part(question, found, verdict)], index, AnswerSettings())
        verdicts.append((composed.outcome, verdict.reason, verdict.confidence))
    (yes, why_yes, sure), (no, why_no, unsure) = verdicts
    assert (yes, why_yes) == (Outcome.ANSWERED, None)
    assert (no, why_no) == (Outcome.ABSTAINED, "no_evidence")
    assert unsure < MODEL.threshold <= sure


# Questions left out, as in training.


def test_question_that_is_left_out_is_not_known(known: Index) -> None:
    """Neither its likeness nor its nearness is told; the others of its entry stay."""
    question = understand(ASKED_COST, known)
    retriever = FixedRetriever(known, ranking_of(known))
    row = known.questions.texts.index(ASKED_COST)
    found = find(question, retriever, {row})
    assert row not in found.near.rows.tolist()
    cost = _of(found, "12 000").features
    assert 0 < cost.likeness < 0.99
    assert cost.known == 1.0


def test_text_whose_questions_are_all_left_out_has_none(known: Index) -> None:
    """It is then like a text beside which nothing was ever written."""
    rows = {row for row in range(len(known.questions)) if known.questions.entry(row).answers}
    found = find(understand(ASKED_COST, known), FixedRetriever(known, ranking_of(known)), rows)
    assert {one.features.known for one in found.candidates} == {0.0}
    assert {one.features.likeness for one in found.candidates} == {0.0}
    assert found.nothing.known == 0.0
    every = set(range(len(known.questions)))
    found = find(understand(ASKED_COST, known), FixedRetriever(known, ranking_of(known)), every)
    assert len(found.near.rows) == 0
    assert found.nothing.unanswered == 0.0


def test_unanswered_question_that_is_left_out_speaks_for_nothing(known: Index) -> None:
    """A question learnt from must not tell that it is unanswered."""
    row = known.questions.texts.index(ASKED_PLACE)
    question = understand(ASKED_PLACE, known)
    found = find(question, FixedRetriever(known, ranking_of(known)), {row})
    assert found.nothing.unanswered == 0.0


def test_sentence_known_only_by_what_is_left_out_is_not_found(tmp_path: Path) -> None:
    """What only a left-out question leads to is not led to."""
    bridges = {f"pont{number:02}": "Ce pont est vert." for number in range(RANKED + 2)}
    entry = {"sentence": "Des péniches y passent", "fr": ["Ce pont est-il vert ?"]}
    index = index_of(
        tmp_path, {**bridges, "quai": "Des péniches y passent."}, questions={"quai": [entry]}
    )
    question = understand("Ce pont est-il vert ?", index)
    found = find(question, _retriever(index), {0})
    assert "quai" not in {one.key.document_id for one in found.candidates}


# The model.


def _candidates(*features: Mapping[str, float]) -> list[Candidate]:
    """Returns sentences with some features, the others being 0."""
    text = "Le pont est vert."
    span = Span(0, len(text))
    passage = Passage("d:1", "d", "fr", span.start, span.end, text, (), (span,))
    return [
        Candidate(
            scored=ScoredPassage(passage, 0.8, 0.9, 0.1, 0.5),
            span=span,
            key=SentenceKey("d", number),
            values=(),
            own=0.0,
            features=ZERO._replace(**told),
        )
        for number, told in enumerate(features)
    ]


def _model(**lines: Line) -> Model:
    """Returns a model whose lines weigh nothing but for some."""
    flat = {
        name: Line({}, 0.0) for name in ("sentence", "nothing", "reading", "unread", "sure", "near")
    }
    return Model(**{**flat, **lines}, threshold=0.5, enough=0.9, made="")


def test_probabilities_are_shares_of_exponentials() -> None:
    """Weights ln 6, ln 3 and, for none of them, ln 1: 6, 3 and 1 tenths."""
    model = _model(sentence=Line({"dense": 1.0}, 0.0), sure=Line({"logit": 1.0}, 0.0))
    ones = _candidates({"dense": math.log(3)}, {"dense": math.log(6)})
    ordered, confidence = model.compare(ones, ABSENT)
    assert [one.key.number for one in ordered] == [1, 0]
    assert [one.probability for one in ordered] == pytest.approx([0.6, 0.3])
    assert [one.weight for one in ordered] == pytest.approx([math.log(6), math.log(3)])
    # The logit of 0.9, taken as it is, is 0.9 again.
    assert confidence == pytest.approx(0.9)


def test_confidence_knows_how_much_of_it_the_best_has() -> None:
    """The best one's share of what answers: 2 thirds here."""
    model = _model(sentence=Line({"dense": 1.0}, 0.0), sure=Line({"share": 1.0}, 0.0))
    ones = _candidates({"dense": math.log(3)}, {"dense": math.log(6)})
    _, confidence = model.compare(ones, ABSENT)
    assert confidence == pytest.approx(1 / (1 + math.exp(-2 / 3)))


def test_weighed_sum_is_that_of_the_named_features() -> None:
    """1 + 2·0.5 + 3·0.25 = 2.75; what is not named does not count."""
    line = Line({"dense": 2.0, "coverage": 3.0}, 1.0)
    features = ZERO._replace(dense=0.5, coverage=0.25, margin=9.0)._asdict()
    assert line.weigh(features) == pytest.approx(2.75)
    assert line.probability(features) == pytest.approx(1 / (1 + math.exp(-2.75)))


SHARE = st.floats(-1, 1)


@given(
    st.lists(st.tuples(*[SHARE] * len(Features._fields)), min_size=1, max_size=4),
    st.tuples(*[st.floats(0, 1)] * len(Nothing._fields)),
    st.booleans(),
)
def test_probabilities_never_exceed_one(
    features: list[tuple[float, ...]], nothing: tuple[float, ...], told: bool
) -> None:
    """Whatever the features: sentences share at most 1, and the confidence is a probability."""
    ones = _candidates(*(Features(*one)._asdict() for one in features))
    ordered, confidence = MODEL.compare(ones, Nothing(*nothing), read=told)
    assert len(ordered) == len(features)
    assert all(0 <= one.probability <= 1 for one in ordered)
    assert sum(one.probability for one in ordered) <= 1 + 1e-9
    assert 0 <= confidence <= 1
    probabilities = [one.probability for one in ordered]
    assert probabilities == sorted(probabilities, reverse=True)


@pytest.mark.parametrize("feature", ["dense", "coverage", "rest", "kind", "counted", "ahead"])
def test_model_takes_what_speaks_for_a_sentence_for_that(feature: str) -> None:
    """Closeness, words, the thing asked for and a like question all make a sentence likelier."""
    ordered, _ = MODEL.compare(_candidates({}, {feature: 1.0}), ABSENT)
    assert [one.key.number for one in ordered] == [1, 0]


def test_model_takes_a_missing_year_for_a_lack() -> None:
    """A sentence of a passage that lacks the question's year is the less likely one."""
    ordered, _ = MODEL.compare(_candidates({"number": 1.0}, {}), ABSENT)
    assert [one.key.number for one in ordered] == [1, 0]


def test_reading_makes_likelier() -> None:
    """The more sure a reader is, the likelier the sentence and an answer at all."""
    (one,) = _candidates({"dense": 0.9})
    confidences = [
        MODEL.compare([replace(one, reading=Reading(told, Span(0, 2)))], ABSENT, read=True)[1]
        for told in (0.0, 0.5, 1.0)
    ]
    assert confidences == sorted(confidences)
    assert confidences[0] < confidences[-1]


def test_file_of_the_model_holds_exactly_the_features() -> None:
    """Every feature has the weight of its own name, and nothing else has one."""
    record = json.loads((files("assistant.scoring") / "model.json").read_text(encoding="utf-8"))
    lines = {
        "sentence": Features._fields,
        "nothing": Nothing._fields,
        "reading": ("told",),
        "unread": ("told",),
        "sure": ("logit", "share"),
        "near": ("lift", "lexical", "likeness", "known", "unknown"),
    }
    assert record.keys() == {*lines, "made", "threshold", "enough"}
    for name, fields in lines.items():
        assert tuple(record[name]["weights"]) == fields
        line = getattr(MODEL, name)
        assert line.weights == record[name]["weights"]
        assert line.intercept == record[name]["intercept"]
        assert all(map(math.isfinite, [*line.weights.values(), line.intercept]))
    assert (MODEL.threshold, MODEL.enough) == (record["threshold"], record["enough"])
    assert 0 < MODEL.threshold < 1
    assert 0 < MODEL.enough <= 1


def test_file_of_the_model_says_how_it_was_made() -> None:
    """By which script, on which day, from what, and that only the dev half was looked at."""
    assert MODEL.made.startswith("training/scorer.py on 20")
    assert "known questions" in MODEL.made
    assert "dev" in MODEL.made
    assert "test" not in MODEL.made


# The decision.


def _sure(index: Index, text: str, confidence: float) -> tuple[Question, Found]:
    """Returns a question with what is really found for it, at some confidence."""
    question = understand(text, index)
    return question, replace(find(question, _retriever(index)), confidence=confidence)


@pytest.mark.parametrize("confidence", [0.01, 0.2, 0.45, 0.6, 0.8, 0.99])
@pytest.mark.parametrize("threshold", [None, 0.0, 0.45, 0.7, 1.0])
def test_nothing_is_answered_below_the_threshold(
    index: Index, threshold: float | None, confidence: float
) -> None:
    """From the threshold on all sentences are there to answer, below it none is."""
    question, found = _sure(index, "Comment est le moulin de Zuydcoote ?", confidence)
    verdict = judge(question, found, threshold)
    answers = confidence >= (MODEL.threshold if threshold is None else threshold)
    assert verdict.answers == (found.candidates if answers else ())
    assert verdict.reason == (None if answers else "no_evidence")
    assert verdict.confidence == confidence
    assert verdict.features == found.candidates[0].features


@pytest.mark.parametrize(
    ("text", "missing"),
    [
        ("Quel est le numéro de téléphone du moulin de Zuydcoote ?", "contact"),
        ("Quels sont les horaires du moulin de Zuydcoote ?", "hours"),
        ("Quelle est la superficie du moulin de Zuydcoote ?", "area"),
    ],
)
def test_kind_that_the_best_sentence_lacks_is_told(index: Index, text: str, missing: str) -> None:
    """The subject is there, the thing asked for is not: no answer, and that is said."""
    question = understand(text, index)
    verdict = judge(question, find(question, _retriever(index)))
    assert (verdict.reason, verdict.missing) == ("asked_kind_missing", missing)
    assert verdict.answers == ()


def test_kind_that_the_best_sentence_has_is_not_missing(index: Index) -> None:
    """An amount that is not sure enough is no evidence, but not missing."""
    question, found = _sure(index, "Combien a coûté le moulin de Zuydcoote ?", 0.1)
    assert found.candidates[0].values
    verdict = judge(question, found)
    assert (verdict.reason, verdict.missing) == ("no_evidence", None)


def test_count_of_something_else_is_told(index: Index) -> None:
    """Steps and keepers are counted, lamps are not: the number is missing."""
    question, found = _sure(index, "Combien de lampes compte le phare de Bray ?", 0.4)
    best = found.candidates[0]
    assert best.values
    assert not best.features.counted
    verdict = judge(question, found)
    assert (verdict.reason, verdict.missing) == ("asked_kind_missing", "number")


def test_name_that_no_source_has_is_missing(index: Index) -> None:
    """The name is told as the visitor wrote it, before anything else."""
    question, found = _sure(index, "Combien a coûté le moulin de Chambordeau ?", 0.1)
    verdict = judge(question, found)
    assert (verdict.reason, verdict.missing) == ("entity_missing", "Chambordeau")
    assert verdict.answers == ()


def test_other_subject_is_out_of_scope(index: Index) -> None:
    """What neither passages nor known questions come near to is told to be none of ours."""
    question = understand("Comment cuire un œuf à la coque ?", index)
    found = find(question, _retriever(index))
    verdict = judge(question, found)
    assert (verdict.reason, verdict.missing, verdict.answers) == ("out_of_scope", None, ())


def test_nothing_found_is_out_of_scope(index: Index) -> None:
    """Without a passage there is no answer, even at the lowest threshold."""
    question = understand("Combien a coûté le moulin de Zuydcoote ?", index)
    found = find(question, FixedRetriever(index, Ranking("question", ())))
    verdict = judge(question, found, threshold=0.0)
    assert (verdict.reason, verdict.missing, verdict.answers) == ("out_of_scope", None, ())
    assert (verdict.confidence, verdict.features) == (0.0, None)


def test_like_question_brings_the_subject_near(known: Index) -> None:
    """A question like a known one, answered or not, is about the subject of the sources."""
    question = understand(ASKED_PLACE, known)
    found = find(question, _retriever(known))
    assert nearness(found).likeness == pytest.approx(1.0, abs=1e-4)
    told = judge(question, replace(found, confidence=0.1))
    assert told.reason != "out_of_scope"


def test_nearness_is_that_of_the_best_passage(index: Index) -> None:
    """The highest lift and lexical share; 0 where there is nothing."""
    found = _found(index, "moulin")
    assert nearness(found) == (0.1, 0.5, 0.0, 0.0, 0.0)
    assert nearness(replace(found, ranking=Ranking("question", ()))) == (0.0, 0.0, 0.0, 0.0, 0.0)


# Reading.


def test_sentence_that_is_read_as_the_answer_comes_first(index: Index) -> None:
    """It gains by how sure the reader is, and knows where the answer stands in it."""
    question = understand("Comment est le moulin de Zuydcoote ?", index)
    found = found_of(question, index, MOULIN)
    assert found.candidates[0].text == "Au printemps, le moulin de Zuydcoote est rouge."
    result = read(question, found, WordReader("en 1998", 0.9), 4, index)
    best = result.candidates[0]
    assert best.text == "Le moulin de Zuydcoote a ouvert en 1998."
    assert best.reading is not None
    assert best.reading.probability == 0.9
    assert best.text[best.reading.span.start : best.reading.span.end] == "en 1998"
    assert [one.reading for one in result.candidates[1:]] == [None, None]
    before = _of(found, "1998").weight
    assert best.weight == pytest.approx(before + MODEL.reading.weigh({"told": 0.9}))


def test_confidence_is_anew_once_read(index: Index) -> None:
    """A reader who finds the answer makes surer than one who does not."""
    question = understand("Quand a ouvert le moulin de Zuydcoote ?", index)
    found = found_of(question, index, MOULIN)
    seen = read(question, found, WordReader("1998", 0.95), 4, index)
    unseen = read(question, found, WordReader("jamais", 0.95), 4, index)
    assert seen.confidence > unseen.confidence
    assert judge(question, seen).confidence == seen.confidence


def test_only_the_passages_of_the_likeliest_sentences_are_read(index: Index) -> None:
    """The reader gets the whole question, the titles and no more passages than it may."""
    question = understand("Parlez du phare de Bray et de son lac", index)
    found = found_of(question, index, PHARE, LAC)
    reader = WordReader("8 marches", 0.9)
    read(question, found, reader, 1, index)
    first = found.candidates[0].scored.passage
    assert reader.asked == [(question.standalone, [(first.document_id, first.text)])]


def test_what_is_sure_is_not_read(index: Index) -> None:
    """Reading is for what is not sure, declined or not."""
    question, found = _sure(index, "Combien a coûté le moulin de Zuydcoote ?", 0.6)
    verdict = judge(question, found, threshold=0.5)
    assert worth_reading(question, found, verdict, sure=0.7)
    assert not worth_reading(question, found, verdict, sure=0.6)
    assert worth_reading(question, found, judge(question, found, 0.9), sure=1.0)
    for confidence in (MODEL.enough - 0.01, MODEL.enough):
        verdict = Verdict(confidence, found.candidates)
        assert worth_reading(question, found, verdict) is (confidence < MODEL.enough)


@pytest.mark.parametrize(
    "text",
    [
        "C'est quoi le moulin de Zuydcoote ?",  # no words of a sentence answer that
        "Parlez-moi du moulin de Zuydcoote",
        "Comment cuire un œuf à la coque ?",  # another subject
    ],
)
def test_what_reading_cannot_change_is_not_read(index: Index, text: str) -> None:
    """Nothing is read where no reading would be answered."""
    question, found = _sure(index, text, 0.1)
    assert not worth_reading(question, found, judge(question, found), sure=1.0)


def test_nothing_found_is_not_read(index: Index) -> None:
    """There is nothing to read."""
    question = understand("Combien a coûté le moulin de Zuydcoote ?", index)
    found = find(question, FixedRetriever(index, Ranking("question", ())))
    assert not worth_reading(question, found, Verdict(0.1, (), "no_evidence"), sure=1.0)


# Far questions.


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("fr", "Quelle est la capitale du Japon ?"),
        ("fr", "Comment cuire un œuf à la coque ?"),
        ("en", "What is the capital of Japan?"),
        ("en", "How do I boil an egg?"),
        ("de", "Was ist die Hauptstadt von Japan?"),
        ("de", "Wie kocht man ein Ei?"),
        ("nl", "Wat is de hoofdstad van Japan?"),
        ("nl", "Hoe kook je een ei?"),
        ("pl", "Jaka jest stolica Japonii?"),
        ("pl", "Jak ugotować jajko?"),
        ("es", "¿Cuál es la capital de Japón?"),
        ("es", "¿Cómo se cuece un huevo?"),
        ("it", "Qual è la capitale del Giappone?"),
        ("it", "Come si cuoce un uovo?"),
    ],
)
def test_far_question_is_not_answered(assistant: Assistant, language: str, text: str) -> None:
    """What the sources are not about is not answered, in any language of the assistant."""
    answer = assistant.conversation().ask(text)
    assert (answer.outcome, answer.language) == (Outcome.ABSTAINED, language)
    assert answer.reason in {"out_of_scope", "no_evidence"}
    assert (answer.statements, answer.citations) == ((), ())
    assert answer.confidence < MODEL.threshold
