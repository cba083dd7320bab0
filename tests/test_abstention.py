"""Deciding whether the evidence holds the answer."""

from __future__ import annotations

import math

import pytest

from assistant.abstention import (
    HOLDS,
    Signs,
    Weights,
    candidates,
    judge,
    load_calibration,
    signs_of,
)
from assistant.domain import Passage, Ranking, ScoredPassage, Span
from assistant.question import understand


def _passage(text: str, name: str = "d") -> Passage:
    span = Span(0, len(text))
    return Passage(f"{name}:1", name, 0, len(text), text, (), (span,))


def _ranking(
    *texts: str, dense: float = 0.9, lexical: float = 0.8, background: float = 0.75
) -> Ranking:
    scored = tuple(
        ScoredPassage(_passage(text, f"d{place}"), 0.8 - 0.05 * place, dense, lexical)
        for place, text in enumerate(texts)
    )
    return Ranking("question", scored, background)


def test_probability_is_logistic() -> None:
    """1 / (1 + exp(-(1 + 2·0.5 + 3·0.25))) = 1 / (1 + exp(-2.75))."""
    probability = Weights(lift=2, lexical=3, intercept=1).probability(Signs(0.5, 0.25))
    assert probability == pytest.approx(1 / (1 + math.exp(-2.75)))


def test_lift_is_what_the_best_passage_has_above_the_background() -> None:
    """0.90 of cosine over a background of 0.75 is a lift of 0.15."""
    assert tuple(signs_of(_ranking("Un texte."))) == pytest.approx((0.15, 0.8))


def test_calibration_says_how_it_was_made() -> None:
    """The stored weights grow with both signs, and name their data."""
    calibration = load_calibration()
    assert calibration.same_language.lift > 0
    assert calibration.same_language.lexical > 0
    assert calibration.other_language.lexical == 0
    assert 0 < calibration.threshold < 0.5
    assert "odd queries of piaf_fr" in calibration.made


def test_good_evidence_is_kept_in_order() -> None:
    """Passages nearly as good as the best are evidence; the others are not."""
    verdict = judge(
        understand("Où est le parc ?"), _ranking("A", "B", "C", "D"), same_language=True
    )
    assert verdict.reason is None
    # 0.85 of 0.8 is 0.68: scores 0.80, 0.75 and 0.70 pass, 0.65 does not.
    assert [scored.passage.text for scored in verdict.evidence] == ["A", "B", "C"]


def test_far_question_is_out_of_scope() -> None:
    """No lift and no word in common: the sources are about something else."""
    verdict = judge(
        understand("Quelle est la capitale du Japon ?"),
        _ranking("Un texte.", dense=0.76, lexical=0.0),
        same_language=True,
    )
    assert (verdict.reason, verdict.evidence) == ("out_of_scope", ())
    assert verdict.confidence < 0.05


def test_doubtful_question_finds_no_evidence() -> None:
    """Between half the threshold and the threshold the subject is near, the answer is not there."""
    calibration = load_calibration()
    weights = calibration.same_language
    wanted = 0.75 * calibration.threshold
    lift = (math.log(wanted / (1 - wanted)) - weights.intercept) / weights.lift
    ranking = _ranking("Un texte.", dense=0.75 + lift, lexical=0.0)
    verdict = judge(understand("Où est le parc ?"), ranking, same_language=True)
    assert verdict.reason == "no_evidence"
    assert verdict.confidence == pytest.approx(wanted)


def test_amount_needs_an_amount() -> None:
    """Good evidence without the kind of thing asked for is no answer, and confidence is low."""
    question = understand("Combien coûte le parc ?")
    verdict = judge(question, _ranking("Le parc est grand."), same_language=True)
    assert (verdict.reason, verdict.missing) == ("asked_kind_missing", "amount")
    assert verdict.confidence < load_calibration().threshold


def test_next_best_passage_may_hold_the_amount() -> None:
    """A passage a little less close is taken when only it holds what is asked for."""
    question = understand("Combien coûte le parc ?")
    ranking = _ranking("Le parc est grand.", "Le parc a coûté 17 millions d’euros.")
    assert [scored.passage.document_id for scored in candidates(question, ranking)] == ["d1"]
    assert judge(question, ranking, same_language=True).evidence[0].passage.document_id == "d1"


def test_threshold_can_be_set() -> None:
    """A deployer's threshold replaces the calibrated one."""
    ranking = _ranking("Un texte.")
    question = understand("Où est le parc ?")
    assert judge(question, ranking, same_language=True, threshold=1.0).evidence == ()
    assert judge(question, ranking, same_language=True, threshold=0.0).evidence != ()


def test_empty_ranking_is_no_evidence() -> None:
    """Nothing found is an abstention, even at the lowest threshold."""
    nothing = Ranking("question", (), 0.75)
    verdict = judge(understand("Où est le parc ?"), nothing, same_language=True, threshold=0.0)
    assert (verdict.evidence, verdict.reason) == ((), "out_of_scope")


@pytest.mark.parametrize(
    ("kind", "text", "holds"),
    [
        ("amount", "Le coût est de 2 199 300 € au total.", True),
        ("amount", "un budget de 14,7 M€", True),
        ("amount", "37 millions d’euros", True),
        ("amount", "un parc de 45 hectares", False),
        ("amount", "le programme FEDER 2014-2020", False),
        ("date", "ouvert en 2012", True),
        ("date", "le 30 juin", True),
        ("date", "au 21ième siècle", False),
        ("date", "les terrils 110, 116 et 117", False),
        ("number", "Il y a 51 terrils", True),
        ("number", "les trois terrils", True),
        ("number", "les terrils du 9-9 Bis et du 11/19", False),
        ("contact", "Tél. 03 21 21 62 62", True),
        ("contact", "ecrire@exemple.fr", True),
        ("contact", "le Parc des îles à Drocourt", False),
        ("hours", "ouvert de 10 h à 18 h", True),
        ("hours", "ouvert toute l’année", False),
    ],
)
def test_what_holds_which_kind(kind: str, text: str, holds: bool) -> None:
    """Amounts, dates, numbers, contact details and hours are told apart."""
    assert bool(HOLDS[kind].search(text)) is holds
