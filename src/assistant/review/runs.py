"""Results of the evaluation over versions, from the folders that `assistant evaluate` wrote."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

SHOWN: Final = (
    "right", "source_cited", "citation_precision", "false_abstention", "abstention_recall", "auroc",
    "ndcg_10",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class PastRun:
    """One run of the evaluation.

    Attributes:
        name: of its folder.
        made_at: when it was written, in UTC.
        gold: fingerprint of the gold set; only runs on the same one compare.
        split: half of it, or None.
        corpus: fingerprint of the corpus, or None.
        version: of the assistant.
        turns: that were asked.
        measures: value, low and high end of the 95 % interval, by name.
    """

    name: str
    made_at: dt.datetime
    gold: str
    split: str | None
    corpus: str | None
    version: str
    turns: int
    measures: dict[str, tuple[float, float, float]]


@dataclass(frozen=True, slots=True)
class PastRuns:
    """All runs in a folder.

    Attributes:
        runs: the oldest first.
        unreadable: folders that are no runs, or damaged ones.
    """

    runs: tuple[PastRun, ...]
    unreadable: tuple[str, ...]


def read_runs(folder: Path) -> PastRuns:
    """Reads the run folders in a folder; none when it is not there."""
    runs, unreadable = [], []
    for place in sorted(folder.iterdir()) if folder.is_dir() else ():
        if place.is_dir():
            try:
                runs.append(_run(place))
            except (OSError, ValueError, KeyError, TypeError, AttributeError):
                unreadable.append(place.name)
    return PastRuns(tuple(sorted(runs, key=lambda run: run.made_at)), tuple(unreadable))


def _run(place: Path) -> PastRun:
    file = place / "manifest.json"
    manifest: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    measures = json.loads((place / "measures.json").read_text(encoding="utf-8"))["overall"]
    return PastRun(
        name=place.name,
        made_at=dt.datetime.fromtimestamp(file.stat().st_mtime, dt.UTC),
        gold=manifest["gold"],
        split=manifest["split"],
        corpus=manifest["corpus"],
        version=manifest["versions"]["assistant"],
        turns=measures["right"]["count"],
        measures={
            name: (one["value"], one["low"], one["high"])
            for name, one in measures.items()
            if name in SHOWN
        },
    )
