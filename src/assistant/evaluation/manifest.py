"""What a run was made from and with, so that two runs can be compared, or refused."""

from __future__ import annotations

import platform
from dataclasses import dataclass, field
from importlib.metadata import version
from typing import Any, Final

from assistant.corpus import read_known_questions
from assistant.errors import GoldError
from assistant.evaluation.gold import GoldSet
from assistant.evaluation.nearness import known_nearness
from assistant.index import Index
from assistant.settings import Settings

SCHEMA: Final = 1
_LIBRARIES: Final = ("faiss-cpu", "sentence-transformers", "onnxruntime", "bm25s", "numpy")


@dataclass(frozen=True, slots=True)
class RunManifest:
    """What a run was made from and with.

    Attributes:
        schema: version of the files of a run.
        gold: fingerprint of the gold turns.
        split: half of the gold set, or None.
        corpus: fingerprint of the corpus, or None for a run made elsewhere.
        encoder: identity of the encoder, or None.
        settings: that answers depend on.
        versions: of Python, the assistant and the libraries that answers depend on.
        known_questions: how near they are to the gold turns, see `known_nearness`; empty where
            there are none, and in runs made elsewhere or before this was told.
    """

    schema: int
    gold: str
    split: str | None
    corpus: str | None
    encoder: str | None
    settings: dict[str, Any]
    versions: dict[str, str]
    known_questions: dict[str, float] = field(default_factory=dict)


def describe_run(gold: GoldSet, index: Index | None, settings: Settings) -> RunManifest:
    """Returns the manifest of a run.

    Args:
        gold: what was asked.
        index: what answered, or None for a run made elsewhere.
        settings: what it answered with.
    """
    elsewhere = {"corpus", "tables", "index_folder", "chat", "journal", "staff"}
    return RunManifest(
        schema=SCHEMA,
        gold=gold.fingerprint,
        split=gold.split,
        corpus=index.manifest.corpus_fingerprint if index else None,
        encoder=index.manifest.encoder if index else None,
        settings=settings.model_dump(mode="json", exclude=elsewhere) if index else {},
        versions={
            "python": platform.python_version(),
            "assistant": version("bassin-minier-assistant"),
            **{name: version(name) for name in _LIBRARIES},
        },
        known_questions=(
            known_nearness(gold, read_known_questions(settings.corpus).entries)
            if index and settings.corpus.is_dir()
            else {}
        ),
    )


def read_manifest(record: dict[str, Any]) -> RunManifest:
    """Reads what was written of a manifest.

    Raises:
        GoldError: another version of the assistant wrote it.
        KeyError, TypeError, AttributeError: it is malformed.
    """
    if record["schema"] != SCHEMA:
        raise _incomparable("versions of the run's files", SCHEMA, record["schema"])
    manifest = RunManifest(**record)
    manifest.settings.items(), manifest.versions.items()
    return manifest


def refuse_incomparable(run: RunManifest, baseline: RunManifest) -> None:
    """Raises unless two runs answered the same questions.

    Raises:
        GoldError: says in what they differ.
    """
    for what, mine, theirs in (
        ("halves of the gold set", run.split, baseline.split),
        ("gold sets", run.gold, baseline.gold),
    ):
        if mine != theirs:
            raise _incomparable(what, mine, theirs)


def _incomparable(what: str, mine: object, theirs: object) -> GoldError:
    return GoldError(
        f"The runs cannot be compared: they have different {what} ({mine}, {theirs}).",
        "Make the baseline anew with the same gold set and --split.",
    )


def changes(run: RunManifest, baseline: RunManifest) -> list[str]:
    """Returns in what two comparable runs differ, one line each."""
    lines = []
    for what, mine, theirs in (
        ("corpus", run.corpus, baseline.corpus),
        ("encoder", run.encoder, baseline.encoder),
    ):
        if mine != theirs:
            lines.append(f"{what}: {theirs} → {mine}")
    for what, now, before in (
        ("settings", _flat(run.settings), _flat(baseline.settings)),
        ("versions", run.versions, baseline.versions),
    ):
        lines += [
            f"{what}.{key}: {before.get(key)} → {now.get(key)}"
            for key in sorted(now.keys() | before.keys())
            if now.get(key) != before.get(key)
        ]
    return lines


def _flat(sections: dict[str, Any]) -> dict[str, Any]:
    return {
        f"{section}.{key}": value
        for section, values in sections.items()
        for key, value in (values.items() if isinstance(values, dict) else [("", values)])
    }
