"""Is one run better than another? Turn by turn, with a test, an interval and what could be seen.

The test is a paired randomisation test (Fisher; as recommended for retrieval by Smucker, Allan and
Carterette, 2007, https://doi.org/10.1145/1321440.1321528): if the runs were as good as each other,
the difference of each conversation could as well have the other sign. Where several measures are
tested, the chances are adjusted after Holm (1979, https://www.jstor.org/stable/4615733).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from math import sqrt
from pathlib import Path
from typing import Any, Final

import numpy as np

from assistant.errors import GoldError
from assistant.evaluation.intervals import mean_estimate
from assistant.evaluation.manifest import (
    RunManifest,
    changes,
    read_manifest,
    refuse_incomparable,
)
from assistant.evaluation.run import Run, score_record

COMPARED: Final = (
    "right", "source_cited", "content", "citation_precision", "citation_recall", "contains_answer",
    "token_f1", "false_abstention", "beside", "out_of_scope_error", "independence",
    "language_match", "ndcg_10",
)  # fmt: skip
LOWER_IS_BETTER: Final = frozenset({"false_abstention", "beside", "out_of_scope_error"})
DECISIVE: Final = frozenset({"right", "source_cited", "ndcg_10"})
"""Measures whose loss is a regression."""
CHANCE: Final = 0.05
_FLIPS: Final = 10_000
_SEED: Final = 20_241
_FEWEST_FLIPS: Final = 6
"""Conversations that must all change one way before chance is below 5 %: 2 / 2**6 is .03."""
_SEEN: Final = 2.8
"""Standard errors of a difference that is found four times in five at the 5 % level."""


@dataclass(frozen=True, slots=True)
class Difference:
    """How one measure changed.

    Attributes:
        before: mean of the baseline.
        after: mean of the run.
        low: lower end of the 95 % interval of the difference.
        high: upper end.
        chance: probability of such a difference between equal runs, adjusted after Holm.
        smallest: the smallest difference that this set could show.
        count: turns in both.
    """

    measure: str
    before: float
    after: float
    low: float
    high: float
    chance: float
    smallest: float
    count: int

    @property
    def real(self) -> bool:
        """Whether chance hardly explains it."""
        return self.chance < CHANCE

    @property
    def better(self) -> bool:
        """Whether the run is better than the baseline here, by chance or not."""
        gain = self.after - self.before
        return gain < 0 if self.measure in LOWER_IS_BETTER else gain > 0


@dataclass(frozen=True, slots=True)
class Comparison:
    """A run beside a baseline.

    Attributes:
        changes: in what the runs differ.
        differences: one a measure.
        better: turns that are right now and were not, as pairs of records, baseline first.
        worse: turns that were right and are not.
    """

    changes: tuple[str, ...]
    differences: tuple[Difference, ...]
    better: tuple[tuple[dict[str, Any], dict[str, Any]], ...]
    worse: tuple[tuple[dict[str, Any], dict[str, Any]], ...]

    @property
    def regressed(self) -> bool:
        """Whether a decisive measure really fell."""
        return any(
            difference.real and not difference.better
            for difference in self.differences
            if difference.measure in DECISIVE
        )


def compare(run: Run, baseline: Path) -> Comparison:
    """Compares a run with one that was written before.

    Args:
        run: the run.
        baseline: folder with the `manifest.json` and `scores.jsonl` of another.

    Raises:
        GoldError: the baseline cannot be read, or answered other questions.
    """
    manifest, records = _read(baseline)
    refuse_incomparable(run.manifest, manifest)
    before = {f"{record['id']}#{record['turn']}": record for record in records}
    after = {case.name: score_record(run, case) for case in run.cases}
    if before.keys() != after.keys():
        raise GoldError(
            f"{baseline} has scores of {len(before)} turns, the gold set has {len(after)}: a part "
            "of the file is missing.",
            "Make the baseline anew.",
        )
    differences = [
        difference
        for measure in COMPARED
        if (difference := _difference(measure, before, after, run.conversations)) is not None
    ]
    pairs = [(before[name], after[name]) for name in after]
    gain = {id(pair): pair[1]["scores"]["right"] - pair[0]["scores"]["right"] for pair in pairs}
    return Comparison(
        changes=tuple(changes(run.manifest, manifest)),
        differences=tuple(adjusted(differences)),
        better=tuple(pair for pair in pairs if gain[id(pair)] > 0),
        worse=tuple(pair for pair in pairs if gain[id(pair)] < 0),
    )


def _read(folder: Path) -> tuple[RunManifest, list[dict[str, Any]]]:
    try:
        manifest = read_manifest(json.loads((folder / "manifest.json").read_bytes()))
        # Not splitlines: an answer may hold U+2028 and other ends of lines of Unicode.
        lines = (folder / "scores.jsonl").read_text(encoding="utf-8").split("\n")
        records = [json.loads(line) for line in lines if line]
        for record in records:
            record["id"], record["turn"], record["question"], record["text"]
            record["scores"]["right"] + sum(record["scores"].values())
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise GoldError(
            f"{folder} holds no run that can be read ({error}).",
            "Name a folder that `assistant evaluate --out` wrote.",
        ) from error
    return manifest, records


def _difference(
    measure: str,
    before: Mapping[str, dict[str, Any]],
    after: Mapping[str, dict[str, Any]],
    conversations: Mapping[str, str],
) -> Difference | None:
    old = {name: record["scores"].get(measure) for name, record in before.items()}
    new = {name: record["scores"].get(measure) for name, record in after.items()}
    both = sorted(name for name in new if new[name] is not None and old.get(name) is not None)
    gains = {name: new[name] - old[name] for name in both}
    estimate = mean_estimate(gains, conversations)
    if estimate is None:
        return None
    sums: dict[str, float] = {}
    for name, gain in gains.items():
        sums[conversations[name]] = sums.get(conversations[name], 0.0) + gain
    return Difference(
        measure=measure,
        before=sum(old[name] for name in both) / len(both),
        after=sum(new[name] for name in both) / len(both),
        low=estimate.low,
        high=estimate.high,
        chance=randomisation_test(list(sums.values())),
        smallest=max(_SEEN * sqrt(sum(total**2 for total in sums.values())), _FEWEST_FLIPS)
        / len(both),
        count=len(both),
    )


def randomisation_test(differences: list[float]) -> float:
    """Returns how often random signs give a sum as far from 0 as the one that was seen.

    Args:
        differences: one a conversation.
    """
    values = np.array([value for value in differences if value])
    if not len(values):
        return 1.0
    signs = np.random.default_rng(_SEED).choice([-1.0, 1.0], size=(_FLIPS, len(values)))
    far = np.abs(signs @ values) >= abs(values.sum()) - 1e-9
    return float((far.sum() + 1) / (_FLIPS + 1))


def adjusted(differences: list[Difference]) -> list[Difference]:
    """Adjusts the chances of all measures for one another, after Holm."""
    by_chance = sorted(range(len(differences)), key=lambda number: differences[number].chance)
    adjusted = list(differences)
    reached = 0.0
    for rank, number in enumerate(by_chance):
        one = differences[number]
        reached = max(reached, min(1.0, (len(differences) - rank) * one.chance))
        adjusted[number] = Difference(
            one.measure, one.before, one.after, one.low, one.high, reached, one.smallest, one.count
        )
    return adjusted
