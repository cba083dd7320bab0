"""Intervals, and whether one run is better than another."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from math import sqrt
from pathlib import Path
from typing import Any

import pytest

from assistant.domain import Outcome
from assistant.errors import GoldError
from assistant.evaluation import Comparison, Difference, Estimate, Run, compare, write_run
from assistant.evaluation.cases import Case, Judged, Value
from assistant.evaluation.comparison import COMPARED, DECISIVE, adjusted, randomisation_test
from assistant.evaluation.intervals import mean_estimate, set_estimates
from assistant.evaluation.manifest import RunManifest, changes
from assistant.evaluation.run import score
from tests.evaluation_builders import (
    answerable,
    case,
    citation,
    judged,
    manifest,
    said,
    small_talk,
    unanswerable,
)

# Intervals


def test_mean_of_equal_values_has_no_width() -> None:
    """Every sample of .5s has the mean .5."""
    values = {f"c{number}#1": 0.5 for number in range(9)}
    groups = {turn: turn.split("#")[0] for turn in values}
    assert mean_estimate(values, groups) == Estimate(0.5, 0.5, 0.5, 9)


def test_nothing_has_no_mean() -> None:
    """No value, no estimate."""
    assert mean_estimate({}, {}) is None


def test_turns_of_a_conversation_are_drawn_together() -> None:
    """Three turns of 1 in one conversation, one of 0 in the other: the mean is 3/4.

    Samples are both, the first twice (1) or the second twice (0), so the interval is all of [0, 1];
    drawn apart, fifty turns of each would give about .5 ± .1.
    """
    values = {"a#1": 1.0, "a#2": 1.0, "a#3": 1.0, "b#1": 0.0}
    groups = {turn: turn[0] for turn in values}
    assert mean_estimate(values, groups) == Estimate(0.75, 0, 1, 4)
    values = {f"{name}#{turn}": float(name == "a") for name in "ab" for turn in range(50)}
    assert mean_estimate(values, {turn: turn[0] for turn in values}) == Estimate(0.5, 0, 1, 100)


def test_interval_of_a_share() -> None:
    """Half of 100 conversations: .5 ± 1.96·√(.25/100) = .5 ± .098."""
    values = {f"c{number}#1": float(number % 2) for number in range(100)}
    estimate = mean_estimate(values, {turn: turn for turn in values})
    assert estimate is not None
    assert estimate.value == 0.5
    assert (estimate.low, estimate.high) == pytest.approx((0.402, 0.598), abs=0.011)


def test_long_conversations_weigh_more() -> None:
    """50 conversations of nine turns of 1, 50 of one turn of 0: the mean is 450/500.

    Of 100 drawn, 40 to 60 are long: from 360/(360 + 60) = .857 to 540/(540 + 40) = .931.
    """
    values = {f"a{number}#{turn}": 1.0 for number in range(50) for turn in range(9)}
    values |= {f"b{number}#0": 0.0 for number in range(50)}
    estimate = mean_estimate(values, {turn: turn.split("#")[0] for turn in values})
    assert estimate is not None
    assert estimate.value == 0.9
    assert (estimate.low, estimate.high) == pytest.approx((0.857, 0.931), abs=0.01)


def test_interval_does_not_hang_on_the_order_of_turns() -> None:
    """The same draw for the same conversations."""
    values = {f"c{number}#1": float(number % 3) for number in range(20)}
    groups = {turn: turn for turn in values}
    backwards = dict(reversed(values.items()))
    assert mean_estimate(values, groups) == mean_estimate(backwards, groups)


def _share_declined(turns: Sequence[Judged]) -> Value | None:
    """Returns the share of declined turns, which only one with an answerable turn has."""
    if not any(turn.case.gold.answerable for turn in turns):
        return None
    return Value(sum(turn.case.declined for turn in turns) / len(turns), len(turns))


def test_interval_of_a_measure_of_a_set() -> None:
    """One conversation of two turns, one of one: declined 1 of 3; all of [0, 1] in samples.

    Samples are the first twice (0 of 4), both (1 of 3) or the second twice, which has no value: a
    third of the others has 0, two thirds 1/3.
    """
    turns = judged(
        case(answerable(), name="a#1"),
        case(answerable(), name="a#2"),
        case(unanswerable(), Outcome.ABSTAINED, name="b#1"),
    )
    assert set_estimates(turns, {"x": _share_declined, "y": lambda _: None}) == {
        "x": Estimate(1 / 3, 0, 1 / 3, 3)
    }


def test_measure_that_no_sample_has_keeps_its_value() -> None:
    """A value that hangs on each of three conversations exists in 2 of 9 samples only."""

    def whole(turns: Sequence[Judged]) -> Value | None:
        names = {turn.case.conversation_id for turn in turns}
        return Value(0.4, 60) if len(names) == 60 else None

    turns = judged(*(case(answerable(), name=f"c{number}#1") for number in range(60)))
    assert set_estimates(turns, {"x": whole}) == {"x": Estimate(0.4, 0.4, 0.4, 60)}
    assert set_estimates([], {"x": lambda _: None}) == {}


# The test


@pytest.mark.parametrize(
    ("differences", "chance"),
    [
        # 3 with the sum of three ±1 that is 1 or 3: 3 + 1 ways of 16; as many the other way.
        ([3, 1, 1, -1], 8 / 16),
        ([1, 1, 1, 1, 1, 1], 2 / 64),
        ([1, -1], 1),
        ([0.1, 0.2, 0.3], 2 / 8),
        ([0.1, 0.1, 0.1, -0.3, 0.1], 1),  # four ±.1 and ±.3: an odd number of tenths, .1 at least
        ([0, 0.5, 0, -0.25, 0], 1),  # ±.25 and ±.75: all are at least as far as .25
    ],
)
def test_randomisation_is_near_the_exact_enumeration(
    differences: list[float], chance: float
) -> None:
    """Ten thousand random signs come within three standard deviations, .015."""
    assert randomisation_test(differences) == pytest.approx(chance, abs=0.015)


def test_no_difference_is_all_chance() -> None:
    """Equal runs, or none; and never 0, however large the difference."""
    assert randomisation_test([]) == randomisation_test([0.0, 0.0]) == 1
    assert randomisation_test([1.0] * 40) == pytest.approx(1 / 10_001)


def _difference(chance: float, measure: str = "right", after: float = 0.5) -> Difference:
    return Difference(measure, 0.4, after, -0.1, 0.3, chance, 0.2, 10)


def test_chances_are_adjusted_after_holm() -> None:
    """.01·4 = .04; .03·3 = .09; .04·2 = .08, not less than .09; .6·1; order is kept."""
    found = adjusted([_difference(chance) for chance in (0.04, 0.01, 0.6, 0.03)])
    assert [one.chance for one in found] == pytest.approx([0.09, 0.04, 0.6, 0.09])
    assert [one.chance for one in adjusted([_difference(0.7)] * 2)] == [1, 1]
    assert adjusted([]) == []
    kept = adjusted([_difference(0.2)])[0]
    assert kept == _difference(0.2)


@pytest.mark.parametrize(
    ("measure", "after", "better"),
    [("right", 0.5, True), ("right", 0.3, False), ("right", 0.4, False),
     ("false_abstention", 0.5, False), ("false_abstention", 0.3, True), ("beside", 0.3, True),
     ("out_of_scope_error", 0.3, True), ("independence", 0.3, False)],
)  # fmt: skip
def test_better_is_higher_but_for_errors(measure: str, after: float, better: bool) -> None:
    """From .4: a share of errors is better when it falls; equal is not better."""
    assert _difference(0.01, measure, after).better is better


@pytest.mark.parametrize(
    ("difference", "regressed"),
    [
        (_difference(0.049, after=0.3), True),
        (_difference(0.05, after=0.3), False),  # not below 5 %
        (_difference(0.01, after=0.5), False),  # better
        (_difference(0.01, "source_cited", 0.3), True),
        (_difference(0.01, "ndcg_10", 0.3), True),
        (_difference(0.01, "token_f1", 0.3), False),  # not decisive
    ],
)
def test_regression_is_a_real_loss_of_a_decisive_measure(
    difference: Difference, regressed: bool
) -> None:
    """Neither chance, nor a gain, nor a loss that does not decide."""
    found = Comparison((), (_difference(0.9, after=0.3), difference), (), ())
    assert found.regressed is regressed
    assert set(COMPARED) >= DECISIVE


# Two runs


def _run(*outcomes: bool, turns: int = 1, made: RunManifest | None = None) -> Run:
    """Returns a run over questions that should be declined: whether each conversation's are."""
    cases = [
        case(
            unanswerable(question=f"Question {number} ?"),
            Outcome.ABSTAINED if declined else Outcome.ANSWERED,
            name=f"c{number:02}#{turn}",
        )
        for number, declined in enumerate(outcomes)
        for turn in range(1, turns + 1)
    ]
    return score(cases, made or manifest())


def _compared(tmp_path: Path, run: Run, baseline: Run) -> Comparison:
    write_run(baseline, tmp_path / "baseline")
    return compare(run, tmp_path / "baseline")


def _of(comparison: Comparison, measure: str = "right") -> Difference:
    return next(one for one in comparison.differences if one.measure == measure)


def test_equal_runs_do_not_differ(tmp_path: Path) -> None:
    """No difference, all chance; six conversations of 30 would have to change to be seen."""
    run = _run(*[True] * 20, *[False] * 10)
    found = _compared(tmp_path, run, run)
    same = 20 / 30
    assert _of(found) == Difference("right", same, same, 0, 0, 1, 6 / 30, 30)
    assert [one.measure for one in found.differences] == [
        "right", "beside", "out_of_scope_error", "language_match",
    ]  # fmt: skip
    assert (found.changes, found.better, found.worse, found.regressed) == ((), (), (), False)


def test_real_gain_is_detected(tmp_path: Path) -> None:
    """Ten of 30 become right: chance 2/2¹⁰, times three measures; smallest 2.8·√10/30."""
    found = _compared(tmp_path, _run(*[True] * 30), _run(*[True] * 20, *[False] * 10))
    gain = _of(found)
    assert (gain.before, gain.after, gain.count) == pytest.approx((2 / 3, 1, 30))
    assert gain.chance == pytest.approx(3 * 2 / 2**10, abs=0.002)
    assert gain.smallest == pytest.approx(2.8 * sqrt(10) / 30)
    # 1/3 ± 1.96·√(2/9/30) = 1/3 ± .169
    assert (gain.low, gain.high) == pytest.approx((0.165, 0.502), abs=0.04)
    assert (gain.real, gain.better, found.regressed) == (True, True, False)
    assert [before["id"] for before, _ in found.better] == [f"c{n}" for n in range(20, 30)]
    before, after = found.better[0]
    assert (before["outcome"], after["outcome"]) == ("answered", "abstained")
    assert (before["scores"]["right"], after["scores"]["right"]) == (0, 1)
    assert found.worse == ()


def test_real_loss_is_a_regression(tmp_path: Path) -> None:
    """The same the other way round."""
    found = _compared(tmp_path, _run(*[True] * 20, *[False] * 10), _run(*[True] * 30))
    loss = _of(found)
    assert (loss.real, loss.better, found.regressed) == (True, False, True)
    assert loss.high < 0
    assert (len(found.better), len(found.worse)) == (0, 10)


def test_one_changed_turn_is_chance(tmp_path: Path) -> None:
    """Worse by one: either sign is as likely, and no regression; ten others compensate."""
    found = _compared(tmp_path, _run(*[True] * 29, False), _run(*[True] * 30))
    assert _of(found).chance == 1
    assert _of(found).smallest == 6 / 30
    assert (len(found.worse), found.regressed) == (1, False)


def test_gains_and_losses_make_up_for_each_other(tmp_path: Path) -> None:
    """Ten better and ten worse: all is listed, nothing is real."""
    better, worse = [True] * 10 + [False] * 10, [False] * 10 + [True] * 10
    found = _compared(tmp_path, _run(*better), _run(*worse))
    assert (_of(found).chance, found.regressed) == (1, False)
    assert (len(found.better), len(found.worse)) == (10, 10)


def test_turns_of_a_conversation_are_one_observation(tmp_path: Path) -> None:
    """Four conversations of five turns, all better: 20 turns, but chance is 2/2⁴, times three.

    Smallest: 2.8·√(4·5²) = 28 of 40 turns.
    """
    found = _compared(
        tmp_path, _run(*[True] * 8, turns=5), _run(*[True] * 4, *[False] * 4, turns=5)
    )
    assert _of(found).chance == pytest.approx(3 * 2 / 2**4, abs=0.03)
    assert _of(found).smallest == pytest.approx(28 / 40)
    assert not _of(found).real


def test_only_turns_that_both_runs_score_are_compared(tmp_path: Path) -> None:
    """Citation precision exists for two turns before and two after, one of them in both."""

    def run(*cited: int | None) -> Run:
        cases: list[Case] = []
        for number, start in enumerate(cited):
            name = f"c{number}#1"
            if start is None:
                cases.append(case(answerable(), Outcome.ABSTAINED, name=name))
            else:
                statements, citations = [said("Mots.", 1)], [citation(start, start + 10)]
                cases.append(case(answerable(), Outcome.ANSWERED, statements, citations, name=name))
        return score(cases, manifest())

    found = _of(_compared(tmp_path, run(None, 0, 0), run(0, 50, None)), "citation_precision")
    assert (found.before, found.after, found.count) == (0, 1, 1)


def test_what_differs_between_the_runs_is_told(tmp_path: Path) -> None:
    """Corpus, encoder, settings and versions, one line each."""
    now = manifest(
        corpus="c2", settings={"answer": {"nearby": 4, "new": 1}}, versions={"python": "3.12"}
    )
    found = _compared(tmp_path, _run(True, made=now), _run(True))
    assert found.changes == (
        "corpus: c1 → c2",
        "settings.answer.nearby: 3 → 4",
        "settings.answer.new: None → 1",
        "versions.python: 3.11 → 3.12",
    )
    assert changes(manifest(encoder="e2"), manifest()) == ["encoder: e1 → e2"]


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"gold": "abd"}, r"different gold sets \(abc, abd\)"),
        ({"split": "test"}, r"different halves of the gold set \(dev, test\)"),
        ({"split": None}, r"different halves of the gold set \(dev, None\)"),
        ({"schema": 2}, r"different versions of the run's files \(1, 2\)"),
    ],
)
def test_other_questions_are_refused(tmp_path: Path, changed: dict[str, Any], reason: str) -> None:
    """Runs that cannot be compared are not, and the reason is given."""
    with pytest.raises(GoldError, match=f"cannot be compared: they have {reason}.*baseline anew"):
        _compared(tmp_path, _run(True), _run(True, made=manifest(**changed)))


def test_later_files_are_refused_as_such(tmp_path: Path) -> None:
    """A manifest with keys that are not known yet is another version's, not damaged."""
    write_run(_run(True), tmp_path)
    record = json.loads((tmp_path / "manifest.json").read_bytes())
    (tmp_path / "manifest.json").write_text(json.dumps({**record, "schema": 2, "new": 1}))
    with pytest.raises(GoldError, match="different versions of the run's files"):
        compare(_run(True), tmp_path)


def _edit(file: str, change: Callable[[str], str]) -> Callable[[Path], None]:
    def damage(folder: Path) -> None:
        path = folder / file
        path.write_text(change(path.read_text(encoding="utf-8")), encoding="utf-8")

    return damage


@pytest.mark.parametrize(
    "damage",
    [
        lambda folder: (folder / "manifest.json").unlink(),
        lambda folder: (folder / "scores.jsonl").unlink(),
        _edit("manifest.json", lambda text: text[:-9]),
        _edit("manifest.json", lambda _: "[]"),
        _edit("manifest.json", lambda _: "{}"),
        _edit("manifest.json", lambda text: text.replace('"encoder"', '"encodre"')),
        _edit("manifest.json", lambda text: text.replace('"settings": {', '"settings": 1, "x": {')),
        _edit("manifest.json", lambda text: text.replace('"versions": {', '"versions": [], "x":{')),
        _edit("scores.jsonl", lambda text: text[:-9]),
        _edit("scores.jsonl", lambda text: text.replace('"right"', '"rihgt"')),
        _edit("scores.jsonl", lambda text: text.replace('"right": 1.0', '"right": "1"')),
        _edit("scores.jsonl", lambda text: text.replace('"language_match": 1', '"x": "1", "y": 1')),
        _edit("scores.jsonl", lambda text: text.replace('"text"', '"txet"')),
        _edit("scores.jsonl", lambda text: text.replace('"id"', '"di"')),
        _edit("scores.jsonl", lambda _: "[1]\n"),
        _edit("scores.jsonl", lambda _: '{"id":1,"turn":1,"question":"","text":"","scores":[]}\n'),
    ],
)  # fmt: skip
def test_damaged_baseline_is_refused(tmp_path: Path, damage: Callable[[Path], None]) -> None:
    """Whatever is missing or malformed."""
    write_run(_run(True, True), tmp_path)
    damage(tmp_path)
    with pytest.raises(GoldError, match=r"holds no run that can be read .* --out"):
        compare(_run(True, True), tmp_path)


@pytest.mark.parametrize("keep", [0, 1])
def test_baseline_that_lost_lines_is_refused(tmp_path: Path, keep: int) -> None:
    """What is left of it would be compared as if nothing had happened."""
    write_run(_run(True, True), tmp_path)
    lines = (tmp_path / "scores.jsonl").read_text().splitlines(keepends=True)
    (tmp_path / "scores.jsonl").write_text("".join(lines[:keep]))
    with pytest.raises(GoldError, match=f"scores of {keep} turns, the gold set has 2"):
        compare(_run(True, True), tmp_path)


def test_baseline_may_hold_any_end_of_line(tmp_path: Path) -> None:
    """U+2028 in a question or an answer ends no record."""
    one = case(small_talk(), Outcome.SMALL_TALK)
    odd = replace(one.answer, text="a\u2028b\x85c\x1cd")
    run = score([replace(one, answer=odd)], manifest())
    assert _of(_compared(tmp_path, run, run)).count == 1
