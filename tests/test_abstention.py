"""Deciding whether what was found holds the answer."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import replace
from importlib.resources import files
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.abstention import (
    Calibration,
    Signs,
    judge,
    load_calibration,
    signs_of,
    worth_reading,
)
from assistant.conversation import Assistant
from assistant.domain import Outcome, Ranking, Span
from assistant.evidence import Found, gather
from assistant.index import Index
from assistant.question import Question, understand
from assistant.reader import Reading
from tests.small_indexes import index_of, ranking_of

ZERO = Signs(*[0.0] * len(Signs._fields))
CALIBRATED = load_calibration()
COST = "Combien a coûté le moulin de Zuydcoote ?"
PLACE = "Comment est le moulin de Zuydcoote ?"
TEXTS = {
    "lac": "Autour du lac, la ville de Bray entretient un chemin.",
    "moulin": "Le moulin de Zuydcoote a coûté 12 000 euros. Le moulin de Zuydcoote est rouge.",
}
LAC, MOULIN = range(2)


@pytest.fixture
def index(tmp_path: Path) -> Index:
    """Two documents of one passage each: a lake and a mill."""
    return index_of(tmp_path, TEXTS)


def _found(
    index: Index, question: Question, *positions: int, probability: float | None = None
) -> Found:
    """Gathers sentences; the cosine is such that the calibrated probability is the wanted one."""
    found = gather(question, ranking_of(index, *positions), index)
    if probability is None:
        return found
    sentences = found.evidence or found.lacking
    given = CALIBRATED.probability(signs_of(question, sentences, index))
    missing = math.log(probability / (1 - probability)) - math.log(given / (1 - given))
    dense = sentences[0].scored.dense + missing / CALIBRATED.weights.dense
    found = gather(question, ranking_of(index, *positions, dense=dense), index)
    signs = signs_of(question, found.evidence or found.lacking, index)
    assert CALIBRATED.probability(signs) == pytest.approx(probability, abs=1e-6)
    return found


# The probability.


def test_probability_is_logistic() -> None:
    """1 / (1 + exp(-(1 + 2·0.5 + 3·0.25))) = 1 / (1 + exp(-2.75))."""
    weights = ZERO._replace(dense=2.0, coverage=3.0)
    calibration = Calibration(weights, 1.0, 0.5, 0.1, 0.9, "")
    signs = ZERO._replace(dense=0.5, coverage=0.25, margin=9.0)
    assert calibration.probability(signs) == pytest.approx(1 / (1 + math.exp(-2.75)))


def test_calibration_is_that_of_the_file() -> None:
    """Every sign has the weight of its own name, in the order in which the signs are weighed."""
    record = json.loads((files("assistant") / "calibration.json").read_text(encoding="utf-8"))
    for name, read in (("found", False), ("read", True)):
        stage, calibration = record["stages"][name], load_calibration(read=read)
        assert tuple(stage["weights"]) == Signs._fields
        assert calibration.weights._asdict() == stage["weights"]
        assert calibration.intercept == stage["intercept"]
        assert (calibration.threshold, calibration.out_of_scope, calibration.sure) == (
            stage["threshold"],
            stage["out_of_scope"],
            record["sure"],
        )


def test_only_reading_gives_weight_to_reading() -> None:
    """Without a reader its sign says nothing; with one it speaks for an answer."""
    assert load_calibration().weights.read == 0
    assert load_calibration(read=True).weights.read > 0


def test_calibration_says_how_it_was_made() -> None:
    """The file names its program, its data and how well it tells right from wrong."""
    assert CALIBRATED.made.startswith("benchmarks/calibrate.py on ")
    assert "dev half of the gold set" in CALIBRATED.made
    assert "AUROC" in CALIBRATED.made
    assert 0 < CALIBRATED.out_of_scope < CALIBRATED.threshold < 1


SHARE = st.floats(0, 1)


@given(st.tuples(*[SHARE] * len(Signs._fields)), SHARE)
def test_probability_grows_with_what_speaks_for_an_answer(
    values: tuple[float, ...], more: float
) -> None:
    """It stays in [0, 1], and neither closeness nor a word more of the question lowers it."""
    signs = Signs(*values)
    for calibration in (CALIBRATED, load_calibration(read=True)):
        probability = calibration.probability(signs)
        assert 0 <= probability <= 1
        for sign in ("dense", "coverage", "rest", "holds", "read"):
            better = signs._replace(**{sign: max(getattr(signs, sign), more)})
            assert calibration.probability(better) >= probability


@pytest.mark.parametrize("sign", ["dense", "coverage", "rest"])
def test_probability_tells_much_from_little(sign: str) -> None:
    """Closeness and the words of the question count in earnest, not just not against."""
    little, much = ZERO._replace(dense=0.8), ZERO._replace(dense=0.8)
    much = much._replace(**{sign: getattr(much, sign) + 0.5})
    assert CALIBRATED.probability(much) > 1.2 * CALIBRATED.probability(little)


# The signs.


def test_signs_are_those_of_the_best_sentence(index: Index) -> None:
    """Cosine, lift and words of the best sentence, and whether it says the amount."""
    question = understand(COST, index)
    found = gather(question, ranking_of(index, MOULIN, dense=0.87), index)
    best = found.evidence[0]
    got = signs_of(question, found.evidence, index)._asdict()
    expected = {"dense": 0.87, "lift": 0.1, "coverage": 1.0, "rest": 1.0, "holds": 1.0}
    assert {name: got[name] for name in expected} == expected
    assert got["margin"] == best.score
    others = got.keys() - expected.keys() - {"margin"}
    assert {got[name] for name in others} == {0.0}


def test_margin_is_to_the_best_sentence_of_another_document(tmp_path: Path) -> None:
    """Sentences of the same document are no rivals; the best of any other one is."""
    index = index_of(tmp_path, {"a": "Un pont vert. Ce pont vert.", "b": "Le pont est vert."})
    question = understand("un pont vert", index)
    ranking = ranking_of(index, 0, 1, scores=(0.8, 0.55))
    evidence = gather(question, ranking, index).evidence
    assert [one.scored.passage.document_id for one in evidence] == ["a", "a", "b"]
    assert signs_of(question, evidence, index).margin == pytest.approx(0.25)


@pytest.mark.parametrize(
    ("text", "signs"),
    [
        ("Quels moulins rouges y a-t-il ?", {"listed": 1.0, "broad": 0.0}),
        ("Parlez-moi du moulin rouge", {"broad": 1.0, "listed": 0.0}),
        ("C'est quoi le moulin rouge ?", {"broad": 1.0}),
        ("Qui a peint le moulin rouge ?", {"broad": 0.0, "holds": 0.0, "foreign": 0.0}),
        ("Combien a coûté le moulin rouge ?", {"holds": 1.0}),
        ("What is the mill of Zuydcoote like?", {"foreign": 1.0}),
    ],
)
def test_signs_tell_how_it_is_asked(index: Index, text: str, signs: dict[str, float]) -> None:
    """Lists, definitions and counts are told apart; so is another language."""
    question = understand(text, index)
    found = gather(question, ranking_of(index, MOULIN), index)
    got = signs_of(question, found.evidence or found.lacking, index)._asdict()
    assert {name: got[name] for name in signs} == signs


def test_question_that_goes_on_is_told(index: Index) -> None:
    """What is added to a question from before is less sure than what was typed."""
    question = understand(PLACE, index)
    found = gather(question, ranking_of(index, MOULIN), index)
    assert signs_of(question, found.evidence, index).follows == 0.0
    follows = replace(question, follows=True)
    assert signs_of(follows, found.evidence, index).follows == 1.0


# The decision.


def test_confidence_is_the_probability_of_the_signs(index: Index) -> None:
    """The verdict carries its signs, and its confidence is what the calibration makes of them."""
    question = understand(COST, index)
    found = _found(index, question, MOULIN, probability=0.9)
    verdict = judge(question, found, index)
    assert verdict.signs == signs_of(question, found.evidence, index)
    assert verdict.confidence == pytest.approx(0.9, abs=1e-6)
    assert (verdict.reason, verdict.missing) == (None, None)
    assert verdict.evidence == found.evidence


@pytest.mark.parametrize("probability", [0.01, 0.05, 0.15, 0.3, 0.45, 0.6, 0.75, 0.9, 0.99])
@pytest.mark.parametrize("positions", [(MOULIN,), (MOULIN, LAC)], ids=str)
def test_threshold_is_never_lowered(
    index: Index, positions: Sequence[int], probability: float
) -> None:
    """Below the threshold nothing is answered, however little else there is to say."""
    question = understand(COST, index)
    found = _found(index, question, *positions, probability=probability)
    verdict = judge(question, found, index)
    answers = probability >= CALIBRATED.threshold
    assert bool(verdict.evidence) is answers
    expected = "out_of_scope" if probability < CALIBRATED.out_of_scope else "no_evidence"
    assert verdict.reason == (None if answers else expected)
    assert verdict.confidence == pytest.approx(probability, abs=1e-6)


@pytest.mark.parametrize(
    ("probability", "threshold", "reason"),
    [
        (0.5, 0.5, None),
        (0.95, 1.0, "no_evidence"),
        (0.3, 0.2, None),
        (0.01, 0.0, None),
        (0.01, 0.005, None),
        (0.01, 0.02, "out_of_scope"),
    ],
)
def test_threshold_can_be_set(
    index: Index, probability: float, threshold: float, reason: str | None
) -> None:
    """A deployer's threshold replaces the calibrated one, the lower one for far questions too."""
    question = understand(COST, index)
    found = _found(index, question, MOULIN, probability=probability + 1e-6)
    verdict = judge(question, found, index, threshold)
    assert (verdict.reason, bool(verdict.evidence)) == (reason, reason is None)


@pytest.mark.parametrize(
    ("text", "missing"),
    [
        ("Quand a ouvert le moulin de Zuydcoote ?", "date"),
        ("Quel est le numéro de téléphone du moulin de Zuydcoote ?", "contact"),
        ("Quels sont les horaires du moulin de Zuydcoote ?", "hours"),
        ("Quelle est la superficie du moulin de Zuydcoote ?", "area"),
    ],
)
def test_amount_needs_an_amount(index: Index, text: str, missing: str) -> None:
    """Much about the subject, but not the kind of thing asked for: no answer, low confidence."""
    question = understand(text, index)
    verdict = judge(question, _found(index, question, MOULIN, probability=0.95), index)
    assert (verdict.reason, verdict.missing) == ("asked_kind_missing", missing)
    assert verdict.evidence == ()
    assert verdict.confidence == pytest.approx(CALIBRATED.threshold / 2)


def test_year_that_no_passage_says_is_no_evidence(index: Index) -> None:
    """Where any sentence would do but none says the year, there is no answer, no kind to name."""
    question = understand("Comment était le moulin de Zuydcoote en 1875 ?", index)
    verdict = judge(question, _found(index, question, MOULIN, probability=0.95), index)
    assert (verdict.reason, verdict.missing, verdict.evidence) == ("no_evidence", None, ())
    assert verdict.confidence == pytest.approx(CALIBRATED.threshold / 2)


@pytest.mark.parametrize(
    ("probability", "reason", "missing"),
    [
        (0.95, "asked_kind_missing", "number"),
        (0.38, "asked_kind_missing", "number"),
        (0.05, "out_of_scope", None),
    ],
)
def test_count_of_something_else_is_told(
    tmp_path: Path, probability: float, reason: str | None, missing: str | None
) -> None:
    """However close it is, a count of another thing is no answer: the number is missing."""
    index = index_of(tmp_path, {"moulin": "Le moulin de Zuydcoote compte 4 ailes."})
    question = understand("Combien de meules compte le moulin de Zuydcoote ?", index)
    found = _found(index, question, 0, probability=probability)
    assert (found.evidence, found.lacking[0].counted) == ((), False)
    verdict = judge(question, found, index)
    assert (verdict.reason, verdict.missing) == (reason, missing)


def test_missing_kind_of_a_far_subject_is_out_of_scope(index: Index) -> None:
    """That the sources do not give this date is not said of what they do not speak of."""
    question = understand("Quand a ouvert le moulin de Zuydcoote ?", index)
    verdict = judge(question, _found(index, question, MOULIN, probability=0.01), index)
    assert (verdict.reason, verdict.missing) == ("out_of_scope", None)
    assert verdict.confidence == pytest.approx(0.01, abs=1e-6)


@pytest.mark.parametrize("threshold", [None, 0.0])
def test_name_that_nothing_found_holds_is_missing(index: Index, threshold: float | None) -> None:
    """The name is told, as the visitor wrote it, and nothing is answered at any threshold."""
    question = understand(COST, index)
    verdict = judge(question, _found(index, question, LAC), index, threshold)
    assert (verdict.reason, verdict.evidence, verdict.signs) == ("entity_missing", (), None)
    assert verdict.missing in {"moulin de Zuydcoote", "Zuydcoote"}
    assert verdict.confidence == 0.0


def test_nothing_found_is_out_of_scope(index: Index) -> None:
    """Without a passage there is no answer, even at the lowest threshold."""
    nothing = Found(Ranking("question", ()), (), (), named=False)
    verdict = judge(understand(COST, index), nothing, index, threshold=0.0)
    assert (verdict.reason, verdict.missing, verdict.evidence) == ("out_of_scope", None, ())
    assert (verdict.confidence, verdict.signs) == (0.0, None)


# Whether to read.


@pytest.mark.parametrize(("probability", "worth"), [(0.4, True), (0.6, True), (0.8, False)])
def test_what_is_sure_is_not_read(index: Index, probability: float, worth: bool) -> None:
    """Reading is for what similarity is not sure about, declined or not."""
    question = understand(COST, index)
    found = _found(index, question, MOULIN, probability=probability)
    verdict = judge(question, found, index, threshold=0.5)
    assert worth_reading(question, found, verdict, sure=0.7) is worth
    assert worth_reading(question, found, verdict, sure=1.0)
    calibrated = worth_reading(question, found, verdict)
    assert calibrated is (verdict.confidence < CALIBRATED.sure)


@pytest.mark.parametrize(
    ("text", "probability"),
    [
        (COST, 0.01),  # another subject
        ("Quand a ouvert le moulin de Zuydcoote ?", 0.6),  # no sentence has a date
        ("C'est quoi le moulin de Zuydcoote ?", 0.6),  # no words of a sentence answer that
        ("Parlez-moi du moulin de Zuydcoote", 0.6),
    ],
)
def test_what_reading_cannot_change_is_not_read(
    index: Index, text: str, probability: float
) -> None:
    """Nothing is read where no reading would be answered."""
    question = understand(text, index)
    found = _found(index, question, MOULIN, probability=probability)
    assert not worth_reading(question, found, judge(question, found, index), sure=1.0)


def test_name_that_no_source_has_is_not_read_about(index: Index) -> None:
    """A passage on another thing would be read for nothing."""
    question = replace(understand(COST, index), unknown_name="Zuydcoote")
    found = _found(index, question, MOULIN, probability=0.6)
    assert not worth_reading(question, found, judge(question, found, index), sure=1.0)


def test_what_was_read_is_judged_by_its_own_weights(index: Index) -> None:
    """The same signs count otherwise once the passage was read, and being read counts."""
    question = understand(COST, index)
    found = gather(question, ranking_of(index, MOULIN), index)
    reading = Reading(0.9, Span(0, 2))
    evidence = tuple(replace(one, reading=reading) for one in found.evidence)
    verdict = judge(question, replace(found, evidence=evidence, read=True), index)
    assert verdict.signs is not None
    assert verdict.signs.read == 0.9
    assert verdict.confidence == load_calibration(read=True).probability(verdict.signs)


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
    assert answer.confidence < CALIBRATED.threshold
