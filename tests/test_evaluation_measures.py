"""Every measure against values worked by hand, and broken assistants against what they deserve."""

from __future__ import annotations

from dataclasses import replace
from math import log2
from pathlib import Path

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from assistant.domain import Answer, Citation, Outcome, Statement
from assistant.evaluation import GoldSet, Run
from assistant.evaluation.cases import Case, Judged, supports
from assistant.evaluation.gold import GoldConversation, GoldTurn, Split
from assistant.evaluation.measures.abstention import (
    abstention_f1,
    abstention_precision,
    abstention_recall,
    false_abstention,
)
from assistant.evaluation.measures.auroc import auroc, auroc_far, auroc_near
from assistant.evaluation.measures.beside import beside
from assistant.evaluation.measures.calibration_error import (
    Bin,
    calibration_bins,
    calibration_error,
)
from assistant.evaluation.measures.citation_precision import citation_precision
from assistant.evaluation.measures.citation_recall import citation_recall
from assistant.evaluation.measures.content import content
from assistant.evaluation.measures.independence import (
    BEFORE,
    MOST,
    independence,
    questions_before,
)
from assistant.evaluation.measures.language_match import language_match
from assistant.evaluation.measures.out_of_scope_error import out_of_scope_error
from assistant.evaluation.measures.retrieval import retrieval, score_rankings
from assistant.evaluation.measures.right import right
from assistant.evaluation.measures.risk_coverage import mean_risk, risk_coverage
from assistant.evaluation.measures.short_answers import (
    contained,
    contains_answer,
    emphasised,
    exact_match,
    f1,
    token_f1,
)
from assistant.evaluation.measures.source_cited import source_cited
from assistant.evaluation.normalisation import contains, normalise, tokens
from assistant.index import Index
from tests.evaluation_builders import (
    Change,
    abstains,
    answerable,
    case,
    citation,
    judged,
    place,
    run_of,
    said,
    small_talk,
    tiny_gold,
    unanswerable,
)

ABSTAINED, REFUSED, SMALL = Outcome.ABSTAINED, Outcome.REFUSED, Outcome.SMALL_TALK
RIGHT = ([said("Des mots.", 1)], [citation()])
"""An answer whose only statement cites the supporting words."""


# Normalisation


@pytest.mark.parametrize(
    ("text", "normal"),
    [
        ("L’Été à LENS", "l ete a lens"),
        ("œuvre", "oeuvre"),
        ("2 199 300 €", "2199300 €"),
        ("2\u202f199\u00a0300 €", "2199300 €"),
        ("2,199,300", "2199300"),
        ("14,7 millions", "14.7 millions"),
        ("14.7 million", "14.7 million"),
        ("en 2014 150 mineurs", "en 2014 150 mineurs"),
        ("60 %, 60%", "60 % 60 %"),
        ("03 21 21 62 62", "03 21 21 62 62"),
        ("9-9bis.", "9 9bis"),
        ("…", ""),
    ],
)
def test_texts_are_normalised(text: str, normal: str) -> None:
    """Case, accents, apostrophes and thousands are dropped; a year and a count stay two numbers."""
    assert normalise(text) == normal


def test_articles_are_no_tokens() -> None:
    """French articles do not count, unless the text is nothing else."""
    assert tokens("La fermeture d’une mine") == ["fermeture", "mine"]
    assert tokens("Le") == ["le"]
    assert tokens("…") == []


@pytest.mark.parametrize(
    ("text", "words", "held"),
    [
        ("137 mineurs", "37", False),
        ("en 37 ans", "37", True),
        ("37,5 millions", "37", False),
        ("0,37 million", "37", False),
        ("2 199 300 €", "199", False),
        ("les mines", "mine", True),
        ("on examine", "mine", False),
        ("to give", "(iv)", False),
        ("critère (iv)", "(iv)", True),
        ("inscription", "<script", False),
        ("14,7 millions", "14.7 million", True),
        ("a@b.fr", "@", True),
        ("a b fr", "@", False),
        ("", "mine", False),
    ],
)
def test_words_are_found_whole(text: str, words: str, held: bool) -> None:
    """A number is found whole, a word from its beginning; signs are looked for as they are."""
    assert contains(text, words) is held


# Citations


@pytest.mark.parametrize(
    ("start", "end", "held"),
    [
        (0, 10, True),
        (5, 15, True),  # 5 of 10 shared: exactly half
        (6, 16, False),  # 4 of 10
        (0, 100, True),  # the shorter is the place, all of it is quoted
        (9, 11, True),  # 1 of 2
        (10, 20, False),  # touching shares nothing
        (3, 3, False),  # an empty quote supports nothing
    ],
)
def test_half_of_the_shorter_is_support(start: int, end: int, held: bool) -> None:
    """A citation supports when it shares half of the shorter of quote and place, or more."""
    assert supports(citation(start, end), place(0, 10)) is held
    assert not supports(citation(start, end, "other"), place(0, 10))


def _cites(*spans: tuple[int, int], borne: int | None = None, needs: int = 1) -> Case:
    """Returns an answer that cites spans of `d`; needs stand at 0, 100, 200 and so on."""
    citations = [citation(*span, marker=marker) for marker, span in enumerate(spans, start=1)]
    markers = range(1, (len(spans) if borne is None else borne) + 1)
    one = case(answerable(), statements=[said("Mots.", *markers)], citations=citations)
    return replace(one, needs=tuple((place(100 * n, 100 * n + 10),) for n in range(needs)))


def test_citation_precision() -> None:
    """Of three citations two quote supporting words: 2/3."""
    assert citation_precision(_cites((0, 10), (100, 110), (500, 510), needs=2)) == 2 / 3
    assert citation_precision(_cites((500, 510))) == 0


def test_citation_recall() -> None:
    """Of four needs the first is cited (twice), the others are not: 1/4."""
    assert citation_recall(_cites((0, 10), (1, 9), needs=4)) == 1 / 4
    assert citation_recall(_cites((0, 10), (100, 110), needs=2)) == 1
    assert citation_recall(_cites()) == 0


def test_any_quote_of_a_need_meets_it() -> None:
    """One need, two places that meet it: citing the second one is enough."""
    one = replace(_cites((50, 60)), needs=((place(0, 10), place(50, 60)),))
    assert (citation_recall(one), citation_precision(one)) == (1, 1)


def test_citation_that_no_statement_bears_is_none() -> None:
    """Listed and not used: the second citation neither helps recall nor hurts precision."""
    assert citation_recall(_cites((0, 10), (100, 110), borne=1, needs=2)) == 1 / 2
    assert citation_precision(_cites((0, 10), (500, 510), borne=1)) == 1
    assert citation_precision(_cites((0, 10), borne=0)) is None


def test_who_is_eligible_for_citations() -> None:
    """Unanswerable turns never; without an answer recall is 0 and precision does not apply."""
    for measure in (citation_recall, citation_precision, source_cited):
        assert measure(case(unanswerable(), Outcome.ANSWERED, *RIGHT)) is None
        assert measure(case(small_talk(), SMALL)) is None
    silent = case(answerable(), ABSTAINED)
    assert (citation_recall(silent), source_cited(silent)) == (0, 0)
    assert citation_precision(silent) is None


def test_source_cited() -> None:
    """One need of four is enough; none is not."""
    assert source_cited(_cites((0, 10), needs=4)) == 1
    assert source_cited(_cites((500, 510), needs=4)) == 0


def test_beside() -> None:
    """One supporting citation of two is enough; other places, or none at all, are beside."""
    assert beside(_cites((0, 10), (500, 510))) == 0
    assert beside(_cites((100, 110), needs=2)) == 0
    assert beside(_cites((500, 510))) == 1
    assert beside(_cites((0, 10), borne=0)) == 1
    assert beside(_cites()) == 1


@pytest.mark.parametrize(
    ("gold", "outcome", "value"),
    [
        (answerable(), Outcome.PARTIAL, 0),
        (answerable(), ABSTAINED, None),
        (answerable(), SMALL, None),
        (answerable(kind="hostile"), Outcome.ANSWERED, None),
        (unanswerable(), Outcome.ANSWERED, 1),
        (unanswerable("far"), Outcome.PARTIAL, 1),
        (unanswerable(), ABSTAINED, None),
        (unanswerable("hostile"), Outcome.ANSWERED, None),
        (small_talk(), Outcome.ANSWERED, None),
    ],
)
def test_who_is_eligible_for_beside(gold: GoldTurn, outcome: Outcome, value: float | None) -> None:
    """What is shown to an earnest question; where no source answers, all of it is beside."""
    assert beside(case(gold, outcome, *RIGHT)) == value


# What is said


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("Le parc de 45 hectares et ses arbres", 1),
        ("Le parc de 45 ha et un arbre", 1),
        ("Le parc de 45 hectares", 0),  # the second item is missing
        ("45 hectares, des arbres et un zoo", 0),  # says what it must not
    ],
)
def test_content(text: str, value: float) -> None:
    """All items, each in one of its spellings, and nothing that must not be said."""
    gold = answerable(must=(("45 hectares", "45 ha"), ("arbre",)), must_not=("zoo",))
    assert content(case(gold, Outcome.PARTIAL, [said(text, 1)])) == value


def test_content_looks_at_statements_together() -> None:
    """Items may stand in different statements; an answer that demands nothing is complete."""
    gold = answerable(must=(("45",), ("arbre",)))
    assert content(case(gold, statements=[said("45 ha", 1), said("des arbres", 1)])) == 1
    assert content(case(answerable(), statements=[said("Mots.", 1)])) == 1


def test_who_is_eligible_for_content() -> None:
    """Unanswerable turns are not; an abstention is 0 even where nothing must be said."""
    assert content(case(unanswerable())) is None
    assert content(case(answerable(), ABSTAINED)) == 0
    assert content(case(answerable(), SMALL)) == 0


@pytest.mark.parametrize(
    ("gold", "outcome", "value"),
    [
        (answerable(), Outcome.ANSWERED, 1),
        (answerable(), Outcome.PARTIAL, 1),
        (answerable(outcome=Outcome.PARTIAL), Outcome.ANSWERED, 1),
        (answerable(), ABSTAINED, 0),
        (answerable(), SMALL, 0),
        (unanswerable(), ABSTAINED, 1),
        (unanswerable(), REFUSED, 1),
        (unanswerable(), Outcome.ANSWERED, 0),
        (unanswerable(), Outcome.PARTIAL, 0),
        (unanswerable(), SMALL, 0),
        (small_talk(), SMALL, 1),
        (small_talk(), ABSTAINED, 0),
        (small_talk(), Outcome.ANSWERED, 0),
    ],
)
def test_right_outcome(gold: GoldTurn, outcome: Outcome, value: float) -> None:
    """An answer where there is one, a refusal of either kind where there is none, else a chat."""
    assert right(case(gold, outcome, *RIGHT)) == value


def test_right_needs_content_and_source() -> None:
    """The words without the source, and the source without the words, are both wrong."""
    gold = answerable(must=(("mots",),))
    assert right(case(gold, Outcome.ANSWERED, *RIGHT)) == 1
    assert right(case(gold, Outcome.ANSWERED, [said("Rien.", 1)], [citation()])) == 0
    assert right(case(gold, Outcome.ANSWERED, [said("Des mots.", 1)], [citation(50, 60)])) == 0


def test_language_match() -> None:
    """The language of the answer's own words against the question's."""
    assert language_match(case(answerable())) == 1
    assert language_match(case(unanswerable(language="pl"), ABSTAINED)) == 0


# Short answers


def _short(text: str, emphasis: str | None, wanted: str | None) -> Case:
    statement = said(text, 1, emphasis=emphasis)
    return case(answerable(answer=wanted), Outcome.ANSWERED, [statement], [citation(quote=text)])


def test_short_answers() -> None:
    """`mardi 3 mai` against `le 3 mai`: 2 of 3 words found are wanted, all 2 wanted are found."""
    one = _short("Il ouvre mardi 3 mai.", "mardi 3 mai", "le 3 mai")
    assert exact_match(one) == 0
    assert token_f1(one) == pytest.approx(2 * (2 / 3) * 1 / (2 / 3 + 1))  # 0.8
    assert contains_answer(one) == 1
    assert exact_match(_short("Il ouvre le 3 mai.", "le 3 mai", "3 Mai")) == 1


def test_without_emphasis_the_quotes_are_compared() -> None:
    """`il ouvre mardi 3 mai` holds 5 words without articles, 2 of them wanted: 2·2/(5+2)."""
    one = _short("Il ouvre mardi 3 mai.", None, "le 3 mai")
    assert emphasised(one.answer) == ["il", "ouvre", "mardi", "3", "mai"]
    assert token_f1(one) == pytest.approx(4 / 7)


def test_contained_is_in_a_row_in_one_quote() -> None:
    """`3 mai` is neither in `3 ou mai` nor at the border of two quotes."""
    assert contains_answer(_short("Le 3 ou mai.", None, "3 mai")) == 0
    two = [citation(quote="Il y en a 3"), citation(quote="mai est doux", marker=2)]
    assert not contained(case(answerable(), citations=two).answer, "3 mai")
    assert contained(case(answerable(), citations=two).answer, "mai est")
    assert not contained(case(answerable(), citations=two).answer, "…")


def test_f1_counts_repeated_words_once_each() -> None:
    """{a, a, b} and {a, b, b} share a and b: 2·2/6; nothing shared is 0, so is nothing at all."""
    assert f1("aab", "abb") == pytest.approx(2 / 3)
    assert f1("a", "b") == f1("", "a") == f1("", "") == 0


def test_who_is_eligible_for_short_answers() -> None:
    """Only where there is a short answer in the sources; an abstention scores 0."""
    for measure in (contains_answer, exact_match, token_f1):
        assert measure(_short("Mai.", None, None)) is None
        assert measure(case(unanswerable(answer="mai"), ABSTAINED)) is None
        assert measure(case(answerable(answer="mai"), ABSTAINED, *RIGHT)) == 0


# Abstention


def test_abstention() -> None:
    """Five declined, three of them rightly; four were due.

    Precision 3/5, recall 3/4, F1 = 2·.6·.75/1.35 = 2/3.
    """
    turns = judged(
        case(unanswerable(), ABSTAINED),
        case(unanswerable("far"), ABSTAINED),
        case(unanswerable("hostile", outcome=REFUSED), ABSTAINED),
        case(unanswerable(), Outcome.ANSWERED),
        case(answerable(), ABSTAINED),
        case(answerable(), REFUSED),
        case(answerable(), Outcome.ANSWERED),
        case(small_talk(), ABSTAINED),  # not eligible
    )
    assert abstention_precision(turns) == (3 / 5, 5)
    assert abstention_recall(turns) == (3 / 4, 4)
    assert abstention_f1(turns) == pytest.approx((2 / 3, 4))


def test_abstention_of_one_that_never_declines() -> None:
    """Precision is undefined, recall and F1 are 0."""
    turns = judged(case(unanswerable(), Outcome.ANSWERED), case(answerable()))
    assert abstention_precision(turns) is None
    assert abstention_recall(turns) == abstention_f1(turns) == (0, 1)


def test_abstention_where_none_is_due() -> None:
    """Recall and F1 are undefined; every abstention is wrong."""
    turns = judged(case(answerable(), ABSTAINED), case(small_talk(), SMALL))
    assert abstention_precision(turns) == (0, 1)
    assert abstention_recall(turns) is None
    assert abstention_f1(turns) is None


def test_all_wrong_abstentions_have_no_f1() -> None:
    """Declining the answerable one and answering the other: precision 0, recall 0, F1 0."""
    turns = judged(case(unanswerable(), Outcome.ANSWERED), case(answerable(), ABSTAINED))
    assert abstention_f1(turns) == (0, 1)


@pytest.mark.parametrize(
    ("gold", "outcome", "value"),
    [
        (answerable(), Outcome.ANSWERED, 0),
        (answerable(), Outcome.PARTIAL, 0),
        (answerable(), ABSTAINED, 1),
        (answerable(), REFUSED, 1),
        (answerable(), SMALL, 1),
        (unanswerable(), ABSTAINED, None),
        (small_talk(), ABSTAINED, None),
    ],
)
def test_false_abstention(gold: GoldTurn, outcome: Outcome, value: float | None) -> None:
    """Whatever is no answer to an answerable question."""
    assert false_abstention(case(gold, outcome)) == value


@pytest.mark.parametrize(
    ("gold", "reason", "value"),
    [
        (answerable(), "out_of_scope", 1),
        (answerable(kind="hostile"), "out_of_scope", 1),
        (answerable(), "entity_missing", 0),
        (answerable(), None, 0),
        (unanswerable(), "out_of_scope", 1),
        (unanswerable(), "entity_missing", 0),
        (unanswerable("far"), "out_of_scope", None),
        (unanswerable("hostile"), "out_of_scope", None),
        (small_talk(), "out_of_scope", None),
    ],
)
def test_out_of_scope_error(gold: GoldTurn, reason: str | None, value: float | None) -> None:
    """Only questions about the subject can be told wrongly that they are not about it."""
    one = case(gold, ABSTAINED)
    assert out_of_scope_error(replace(one, answer=replace(one.answer, reason=reason))) == value


# What was asked before


@pytest.mark.parametrize(
    ("later", "value"),
    [
        (([said("Mots.", 2)], [citation(20, 30, marker=2), citation(0, 10, marker=1)]), 1),
        (([said("Mots.", 1)], [citation(0, 10)]), 0),
        (([said("Mots.", 1)], [citation(0, 10), citation(20, 31, marker=2)]), 0),
        (([said("Mots.", 1)], [citation(0, 10), citation(20, 30, "e", marker=2)]), 0),
        (([], []), 0),
    ],
)
def test_independence(later: tuple[list[Statement], list[Citation]], value: float) -> None:
    """The same places, in any order; one less, one longer or one of another document is not."""
    alone = case(
        answerable(), Outcome.ANSWERED, [said("Des mots.", 1)],
        [citation(0, 10), citation(20, 30, marker=2)],
    )  # fmt: skip
    again = case(answerable(), Outcome.ANSWERED, *later).answer
    assert independence(replace(alone, later=again)) == value


def test_independence_looks_at_the_outcome() -> None:
    """Abstaining twice is the same, refusing is not; what was not asked again has no value."""
    alone = case(answerable(), ABSTAINED)
    assert independence(replace(alone, later=case(answerable(), ABSTAINED).answer)) == 1
    assert independence(replace(alone, later=case(answerable(), REFUSED).answer)) == 0
    assert independence(alone) is None


def _firsts(*turns: tuple[str, str, str], kind: str = "fact") -> GoldSet:
    """Returns a gold set of first turns, each an id, a language and a theme."""
    return GoldSet(
        tuple(
            GoldConversation(
                id=name,
                turns=(answerable(question=name, language=language, theme=theme, kind=kind),),
            )
            for name, language, theme in turns
        ),
        None,
        "abc",
    )


def test_three_questions_on_other_themes_come_before() -> None:
    """In the language of the question first, then in French; never on its theme."""
    gold = _firsts(
        ("a", "en", "social"), ("b", "en", "tourism"), ("c", "fr", "funds"), ("d", "de", "funds"),
        ("e", "fr", "economy"), ("f", "fr", "social"), ("g", "en", "social"),
        ("h", "fr", "heritage"),
    )  # fmt: skip
    before = questions_before(gold)
    assert sorted(before) == list("abcdefgh")
    assert {len(set(others)) for others in before.values()} == {BEFORE}
    assert set(before["c"]) == set(before["d"]) == {"e", "f", "h"}
    assert before["a"][0] == "b"
    assert set(before["a"][1:]) < {"c", "e", "h"}
    assert set(before["b"][:2]) == {"a", "g"}


def test_too_few_questions_on_other_themes_are_not_asked() -> None:
    """Two are not three; small talk and hostile questions do not count."""
    gold = _firsts(("a", "fr", "social"), ("b", "fr", "funds"), ("c", "fr", "economy"))
    rude = _firsts(("d", "fr", "tourism"), kind="hostile")
    both = replace(gold, conversations=(*gold.conversations, *rude.conversations))
    assert questions_before(gold) == questions_before(both) == questions_before(rude) == {}


def test_eighty_questions_of_each_half_are_asked_again() -> None:
    """Of 400 first turns 160, whatever their order."""
    turns = [(f"c{number}", "fr", ("social", "funds")[number % 2]) for number in range(400)]
    before = questions_before(_firsts(*turns))
    halves = [one.split for one in _firsts(*turns).conversations if one.id in before]
    assert (halves.count(Split.DEV), halves.count(Split.TEST)) == (MOST, MOST)
    assert questions_before(_firsts(*turns[::-1])) == before


# Confidence


def test_auroc() -> None:
    """Answerable .9 .5; near .5 .1; far .7.

    Near: .9 beats both, .5 ties with .5 and beats .1: (2 + 1.5) / 4 = 7/8.
    Far: .9 beats .7, .5 does not: 1/2. Both: (3 + 1.5) / 6 = 3/4.
    """
    turns = judged(
        case(answerable(), confidence=0.9),
        case(answerable(outcome=Outcome.PARTIAL), confidence=0.5),
        case(unanswerable(), confidence=0.5),
        case(unanswerable(), confidence=0.1),
        case(unanswerable("far"), confidence=0.7),
        case(unanswerable("hostile"), confidence=1.0),
        case(answerable(kind="hostile"), confidence=0.0),
        case(small_talk(), confidence=1.0),
    )
    assert auroc_near(turns) == (7 / 8, 4)
    assert auroc_far(turns) == (1 / 2, 3)
    assert auroc(turns) == (3 / 4, 5)


def test_auroc_needs_both_sorts() -> None:
    """Nothing to tell apart has no area; everything equal is chance."""
    assert auroc(judged(case(answerable()))) is None
    assert auroc(judged(case(unanswerable()))) is None
    assert auroc(judged(case(answerable()), case(unanswerable()))) == (0.5, 2)


def test_auroc_is_that_of_scikit_learn() -> None:
    """The same as the reference implementation on 200 turns with many ties."""
    random = np.random.default_rng(3)
    confidences = random.integers(0, 10, 200) / 10
    labels = random.random(200) < 0.4
    turns = judged(
        *(
            case(answerable() if label else unanswerable(), confidence=confidence)
            for label, confidence in zip(labels, confidences, strict=True)
        )
    )
    area = auroc(turns)
    assert area is not None
    assert area.value == pytest.approx(roc_auc_score(labels, confidences))


def _wrong(confidence: float, name: str = "c#1") -> Judged:
    return Judged(case(answerable(), confidence=confidence, name=name), 0.0)


def _right(confidence: float, name: str = "c#1") -> Judged:
    return Judged(case(answerable(), confidence=confidence, name=name), 1.0)


def test_risk_coverage() -> None:
    """Five asked, four answered; by confidence right, wrong, right, wrong.

    Risks 0, 1/2, 1/3, 2/4 at coverages 1/5 … 4/5; their mean is (1/2 + 1/3 + 1/2) / 4 = 1/3.
    """
    turns = [
        _wrong(0.2),
        _right(0.9),
        _right(0.4),
        _wrong(0.7),
        Judged(case(unanswerable(), ABSTAINED, confidence=1.0), 1.0),
        Judged(case(small_talk(), Outcome.ANSWERED, confidence=1.0), 0.0),  # asks nothing
    ]
    points = risk_coverage(turns)
    assert [coverage for coverage, _ in points] == pytest.approx([0.2, 0.4, 0.6, 0.8])
    assert [risk for _, risk in points] == pytest.approx([0, 1 / 2, 1 / 3, 1 / 2])
    assert mean_risk(turns) == pytest.approx((1 / 3, 4))


@pytest.mark.parametrize("names", ["ab", "ba"])
def test_risk_of_ties_does_not_hang_on_names(names: str) -> None:
    """One right and one wrong at .5: each stands for half a wrong answer, whatever their order."""
    turns = [_right(0.5, f"{names[0]}#1"), _wrong(0.5, f"{names[1]}#1"), _wrong(0.1)]
    # Wrong so far: .5, 1, 2 of 1, 2, 3.
    assert [risk for _, risk in risk_coverage(turns)] == pytest.approx([1 / 2, 1 / 2, 2 / 3])


def test_wrong_answer_to_the_unanswerable_is_a_risk() -> None:
    """Answering what should be declined counts among the wrong answers."""
    assert mean_risk(judged(case(unanswerable(), Outcome.ANSWERED))) == (1, 1)


def test_nothing_answered_has_no_risk() -> None:
    """No answer, no curve."""
    assert mean_risk(judged(case(answerable(), ABSTAINED))) is None
    assert risk_coverage([]) == []


def test_calibration() -> None:
    """Two bins: .9 and .94 with one right of two, .12 with one right.

    (2·|.92 - .5| + 1·|.12 - 1|) / 3 = (.84 + .88) / 3.
    """
    turns = [_right(0.9), _wrong(0.94), _right(0.12)]
    low, high = calibration_bins(turns)
    assert low == Bin(0.12, 1, 1)
    assert high == pytest.approx((0.92, 0.5, 2))
    assert calibration_error(turns) == pytest.approx((1.72 / 3, 3))


def test_confidence_of_one_is_in_the_last_bin() -> None:
    """1.0 and .95 share the last bin; the border .9 opens it."""
    low, high = calibration_bins([_right(1.0), _right(0.95), _right(0.9), _right(0.89)])
    assert low == Bin(0.89, 1, 1)
    assert high == pytest.approx((0.95, 1, 3))


@pytest.mark.parametrize(
    ("gold", "outcome", "came_true"),
    [
        (answerable(), Outcome.ANSWERED, 1),
        (unanswerable(), Outcome.ANSWERED, 0),
        (answerable(), ABSTAINED, 1),  # the sources hold an answer
        (unanswerable(), ABSTAINED, 0),
        (answerable(), SMALL, 0),  # neither answered nor declined
    ],
)
def test_what_confidence_foretells(gold: GoldTurn, outcome: Outcome, came_true: float) -> None:
    """That the answer is right, or, where it was declined, that there is one."""
    assert calibration_error(judged(case(gold, outcome, *RIGHT, confidence=0.0))) == (came_true, 1)


def test_who_is_eligible_for_calibration() -> None:
    """Small talk and hostile turns are not; without others there is no error."""
    turns = judged(case(small_talk(), SMALL), case(unanswerable("hostile"), REFUSED))
    assert calibration_error(turns) is None


# Retrieval


def _found(name: str, ranked: tuple[str, ...] | None, *relevant: str) -> Case:
    return replace(case(answerable(), name=name), ranked=ranked, relevant=frozenset(relevant))


def test_retrieval() -> None:
    """Relevant at ranks 2 and 7, a third one not found.

    nDCG@10 = (1/log2(3) + 1/log2(8)) / (1/log2(2) + 1/log2(3) + 1/log2(4)).
    """
    ranked = ("x1", "a", "x2", "x3", "x4", "x5", "b", "x6")
    gain = (1 / log2(3) + 1 / log2(8)) / (1 + 1 / log2(3) + 1 / log2(4))
    assert retrieval([_found("c#1", ranked, "a", "b", "c")]) == {
        "c#1": {
            "success_1": 0,
            "success_5": 1,
            "recall_5": pytest.approx(1 / 3),
            "recall_10": pytest.approx(2 / 3),
            "rr_10": 1 / 2,
            "ndcg_10": pytest.approx(gain),
        }
    }


def test_first_rank() -> None:
    """The only relevant one comes first: every measure is 1."""
    assert set(retrieval([_found("c#1", ("a", "b"), "a")])["c#1"].values()) == {1}


def test_rank_eleven_is_too_late() -> None:
    """Measures at 10 do not see the eleventh."""
    ranked = (*(f"x{rank}" for rank in range(10)), "a")
    assert set(retrieval([_found("c#1", ranked, "a")])["c#1"].values()) == {0}


def test_who_is_eligible_for_retrieval() -> None:
    """Without a known ranking or anything to find, no; what finds nothing scores 0."""
    found = retrieval(
        [_found("a#1", None, "p"), _found("b#1", ("p",)), _found("c#1", (), "p"),
         _found("d#1", ("p",), "p")]
    )  # fmt: skip
    assert sorted(found) == ["c#1", "d#1"]
    assert set(found["c#1"].values()) == {0}
    assert set(found["d#1"].values()) == {1}
    assert retrieval([]) == {}


def test_query_missing_from_a_run_scores_zero() -> None:
    """q2 is in the qrels and not in the run; q3 is in the run only and does not count."""
    values = score_rankings({"q1": {"d": 1}, "q2": {"d": 1}}, {"q1": {"d": 2.0}, "q3": {"d": 1.0}})
    assert sorted(values) == ["q1", "q2"]
    assert values["q2"] == dict.fromkeys(values["q1"], 0.0)
    assert values["q1"]["ndcg_10"] == 1


# Assistants that are broken on purpose


@pytest.fixture
def gold(tmp_path: Path) -> GoldSet:
    """The small gold set: four answerable turns, four to be declined, one of small talk."""
    return tiny_gold(tmp_path)


PERFECT = {
    "right": 1, "source_cited": 1, "content": 1, "citation_precision": 1, "citation_recall": 1,
    "contains_answer": 1, "exact_match": 1, "token_f1": 1, "false_abstention": 0,
    "beside": 0, "out_of_scope_error": 0, "language_match": 1, "abstention_precision": 1,
    "abstention_recall": 1, "abstention_f1": 1, "auroc": 1, "auroc_near": 1, "auroc_far": 1,
    "mean_risk": 0, "calibration_error": 0.1,
}  # fmt: skip
"""Confidence is .9 where the answer is right and .1 where there is none: an error of .1."""


def _figures(run: Run) -> dict[str, float]:
    return {name: round(estimate.value, 6) for name, estimate in run.overall.items()}


def _fallen(run: Run) -> dict[str, float | None]:
    """Returns the figures that differ from those of the perfect assistant; None: no such figure."""
    found = _figures(run)
    return {name: found.get(name) for name in PERFECT if found.get(name) != PERFECT[name]}


def _elsewhere(answer: Answer, index: Index) -> Answer:
    """Cites the document after the right one, from its beginning."""
    names = sorted(index.documents)
    moved = []
    for one in answer.citations:
        other = names[(names.index(one.document_id) + 1) % len(names)]
        quote = index.documents[other].text[:20]
        moved.append(replace(one, document_id=other, start=0, end=20, quote=quote))
    return replace(answer, citations=tuple(moved))


def _drops(answer: Answer) -> Answer:
    """Drops every second statement; the citations stay listed."""
    return replace(answer, statements=answer.statements[::2])


def _answers_all(answer: Answer) -> Answer:
    """Never abstains."""
    if answer.outcome is SMALL:
        return answer
    statements = answer.statements or (said("Une invention."),)
    return replace(answer, outcome=Outcome.ANSWERED, statements=statements)


def _polish(answer: Answer) -> Answer:
    return replace(answer, language="pl")


def _reversed(answer: Answer) -> Answer:
    return replace(answer, confidence=round(1 - answer.confidence, 4))


def test_perfect_assistant_is_perfect(gold: GoldSet, tiny_index: Index) -> None:
    """What the gold set asks for gets the best figure of every measure."""
    assert _figures(run_of(gold, tiny_index)) == PERFECT


@pytest.mark.parametrize(
    ("change", "fallen"),
    [
        (
            # Right are the four of nine that had to be declined; of eight abstentions four were
            # due: precision 1/2, recall 1, F1 2/3. Small talk is met by an abstention, too.
            abstains,
            {
                "right": 0.444444, "source_cited": 0, "content": 0, "citation_precision": None,
                "citation_recall": 0, "contains_answer": 0, "exact_match": 0, "token_f1": 0,
                "false_abstention": 1, "beside": None, "abstention_precision": 0.5,
                "abstention_f1": 0.666667, "mean_risk": None,
            },
        ),
        (
            # Of four answerable turns one has two needs: content 3/4, recall (1+1+1+1/2)/4,
            # right 8/9. Ranked by confidence, all .9: the wrong one counts a quarter at each rank.
            _drops,
            {
                "right": 0.888889, "content": 0.75, "citation_recall": 0.875, "mean_risk": 0.25,
                # .9 foretold of four, three came true; .1 of three, none: (4·.15 + 3·.1) / 7.
                "calibration_error": 0.128571,
            },
        ),
        (
            # Right are the four answerable ones and the small talk. Wrong come last, four of eight:
            # risks 0 0 0 0 1/5 2/6 3/7 4/8, mean 0.182738. Beside are three of seven: the hostile
            # question does not count.
            _answers_all,
            {
                "right": 0.555556, "beside": 0.428571, "abstention_precision": None,
                "abstention_recall": 0, "abstention_f1": 0, "mean_risk": 0.182738,
            },
        ),
        (_polish, {"language_match": 0}),
        (
            # .1 where all are right, .9 where none is: every turn is off by .9.
            _reversed,
            {"auroc": 0, "auroc_near": 0, "auroc_far": 0, "calibration_error": 0.9},
        ),
        (
            # The wrong ones come first: 1 1 1 1 4/5 4/6 4/7 4/8, mean 0.817262.
            lambda answer: _reversed(_answers_all(answer)),
            {
                "right": 0.555556, "beside": 0.428571, "abstention_precision": None,
                "abstention_recall": 0, "abstention_f1": 0, "auroc": 0, "auroc_near": 0,
                "auroc_far": 0, "mean_risk": 0.817262, "calibration_error": 0.9,
            },
        ),
    ],
    ids=["abstains", "drops", "answers", "language", "confidence", "answers surely"],
)  # fmt: skip
def test_broken_assistant_gets_what_it_deserves(
    gold: GoldSet, tiny_index: Index, change: Change, fallen: dict[str, float | None]
) -> None:
    """What is broken falls, and nothing else does."""
    assert _fallen(run_of(gold, tiny_index, change)) == fallen


def test_random_citations_get_what_they_deserve(gold: GoldSet, tiny_index: Index) -> None:
    """Right words under wrong sources: nothing that is answered is right, and it is all risk.

    Short answers are looked for in what is quoted, emphasised words in the statements. Of seven
    turns three are off by .1 and four by .9: (.3 + 3.6) / 7.
    """
    assert _fallen(run_of(gold, tiny_index, lambda answer: _elsewhere(answer, tiny_index))) == {
        "right": 0.555556, "source_cited": 0, "citation_precision": 0, "citation_recall": 0,
        "contains_answer": 0, "beside": 1, "mean_risk": 1, "calibration_error": 0.557143,
    }  # fmt: skip
