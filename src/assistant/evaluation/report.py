"""The report of a run, for staff: Markdown, and one HTML page that opens without a network."""

from __future__ import annotations

import statistics
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from html import escape
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

from markdown_it import MarkdownIt

from assistant.errors import GoldError
from assistant.evaluation.comparison import Comparison
from assistant.evaluation.intervals import Estimate
from assistant.evaluation.pictures import draw_pictures
from assistant.evaluation.run import GROUPS, Run

_BY_GROUP: Final = (
    "right",
    "source_cited",
    "content",
    "false_abstention",
    "abstention_recall",
    "success_5",
)
_MOST_FAILURES: Final = 300
_LONGEST_TEXT: Final = 300
_STYLE: Final = """
body { font: 16px/1.5 system-ui, sans-serif; max-width: 70rem; margin: 2rem auto; padding: 0 1rem;
  color: #1d2327; background: #fff }
h1, h2 { line-height: 1.2 } h2 { margin-top: 2.5rem }
div.table { overflow-x: auto } table { border-collapse: collapse; font-size: .9rem }
th, td { text-align: left; vertical-align: top; padding: .3rem .7rem;
  border-bottom: 1px solid #ccd }
th, td { min-width: 5rem } td:nth-child(3) { min-width: 7rem } td:first-child { min-width: 8rem }
.pictures { display: grid; grid-template-columns: repeat(auto-fit, minmax(20rem, 1fr)); gap: 1rem }
figure { margin: 0 } figure svg { max-width: 100%; height: auto }
figcaption { font-weight: 600 }
"""


@cache
def report_texts() -> dict[str, Any]:
    """Returns the sentences of the report."""
    source = (files("assistant.evaluation") / "report.toml").read_text(encoding="utf-8")
    return tomllib.loads(source)


def figure_lines(figures: Mapping[str, Estimate]) -> list[str]:
    """Returns one line a figure, for a terminal."""
    return [
        f"{name:<22} {estimate.value:>6.3f}  [{estimate.low:.3f}, {estimate.high:.3f}]"
        f"  {estimate.count:>5}"
        for name, estimate in figures.items()
    ]


def write_report(run: Run, folder: Path, comparison: Comparison | None = None) -> None:
    """Writes `report.md` and `report.html` into the folder of a run.

    Raises:
        GoldError: the folder cannot be written.
    """
    texts = report_texts()
    sections = list(_sections(run, comparison))
    markdown = "\n\n".join(sections) + "\n"
    # Nothing of a text can pass `_cell` as markup; if it did, it would not be HTML.
    body = MarkdownIt("commonmark", {"html": False}).enable("table").render(markdown)
    body = body.replace("<table>", '<div class="table"><table>').replace(
        "</table>", "</table></div>"
    )
    pictures = "".join(
        f"<figure><figcaption>{escape(caption)}</figcaption>{svg}</figure>"
        for caption, svg in draw_pictures(
            run, {**texts["pictures_named"], "kinds": texts["names"]["kind"]}
        )
    )
    page = (
        f'<!DOCTYPE html>\n<html lang="fr"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(texts['title'])}</title><style>{_STYLE}</style></head><body>\n"
        f"{body}<h2>{escape(texts['pictures'])}</h2>"
        f'<div class="pictures">{pictures}</div></body></html>\n'
    )
    try:
        (folder / "report.md").write_text(markdown, encoding="utf-8", errors="replace")
        (folder / "report.html").write_text(page, encoding="utf-8", errors="replace")
    except OSError as error:
        raise GoldError(
            f"{folder} cannot be written ({error.strerror}).", "Name another folder with --out."
        ) from error


def _sections(run: Run, comparison: Comparison | None) -> Iterable[str]:
    texts = report_texts()
    manifest = run.manifest
    yield f"# {texts['title']}"
    yield texts["intro"]
    yield texts["made"].format(
        gold=manifest.gold,
        split=manifest.split or texts["all"],
        corpus=manifest.corpus or texts["unknown"],
        encoder=_cell(manifest.encoder or texts["unknown"]),
        turns=len(run.cases),
        conversations=len(set(run.conversations.values())),
    )
    yield f"## {texts['figures']}"
    yield _figures(run.overall)
    times = run.times_ms()
    if len(times) > 1:
        yield texts["times"].format(
            median=f"{statistics.median(times):.0f}",
            p95=f"{statistics.quantiles(times, n=20, method='inclusive')[18]:.0f}",
        )
    if comparison is not None:
        yield from _comparison(comparison)
    for group in GROUPS:
        yield f"## {texts['by'].format(group=texts['groups'][group])}"
        yield _by_group(group, run.by_group[group])
    yield f"## {texts['failures']}"
    yield _failures(run)


def _figures(figures: Mapping[str, Estimate]) -> str:
    texts = report_texts()
    rows = []
    for name, estimate in figures.items():
        label, meaning = texts["measures"][name]
        count = str(estimate.count)
        rows.append([label, _number(estimate.value), _interval(estimate), count, meaning])
    return _table(texts["columns"], rows)


def _by_group(group: str, groups: Mapping[str, Mapping[str, Estimate]]) -> str:
    texts = report_texts()
    shown = [name for name in _BY_GROUP if any(name in figures for figures in groups.values())]
    header = [*texts["columns_by"], *(texts["measures"][name][0] for name in shown)]
    rows = [
        [
            texts["names"].get(group, {}).get(name, name),
            str(figures["right"].count),
            *(_with_interval(figures[one]) if one in figures else "" for one in shown),
        ]
        for name, figures in groups.items()
    ]
    return _table(header, rows)


def _comparison(comparison: Comparison) -> Iterable[str]:
    texts = report_texts()
    yield f"## {texts['comparison']}"
    yield texts["regression" if comparison.regressed else "no_regression"]
    yield "\n".join(f"- {_cell(change)}" for change in comparison.changes) or texts["same"]
    rows = [
        [
            texts["measures"][one.measure][0],
            _number(one.before),
            _number(one.after),
            f"{one.low:+.3f} – {one.high:+.3f}".replace(".", ","),
            _number(one.chance),
            texts["real" if one.real else "chance"],
            _number(one.smallest),
        ]
        for one in comparison.differences
    ]
    yield _table(texts["columns_comparison"], rows)
    for title, pairs in ((texts["better"], comparison.better), (texts["worse"], comparison.worse)):
        yield f"### {title} ({len(pairs)})"
        lines = [[now["question"], old["text"], now["text"]] for old, now in pairs]
        yield _limited(texts["columns_changes"], lines)


def _failures(run: Run) -> str:
    texts = report_texts()
    outcomes = texts["outcomes"]
    wrong = [case for case in run.cases if not run.scores["right"][case.name]]
    wrong.sort(key=lambda case: (case.gold.kind, case.gold.language, case.name))
    rows = [
        [
            f"{case.gold.question} ({case.name}, {case.gold.kind})",
            outcomes[case.gold.outcome],
            outcomes[case.answer.outcome],
            case.answer.text,
        ]
        for case in wrong
    ]
    return _limited(texts["columns_failures"], rows)


def _limited(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    texts = report_texts()
    if not rows:
        return str(texts["none"])
    table = _table(header, rows[:_MOST_FAILURES])
    left = len(rows) - _MOST_FAILURES
    return table + ("\n\n" + texts["more"].format(count=left) if left > 0 else "")


def _table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join("| " + " | ".join(map(_cell, line)) + " |" for line in lines)


def _cell(text: str) -> str:
    """Returns text as it may stand in a table: one line, nothing of it read as markup."""
    line = " ".join(text.split())
    if len(line) > _LONGEST_TEXT:
        line = line[:_LONGEST_TEXT] + "…"
    if set(line) == {"-"}:
        return line
    return "".join(f"\\{char}" if char in "\\`*_[]<>|!#&" else char for char in line)


def _with_interval(estimate: Estimate) -> str:
    return f"{_number(estimate.value)} ({_interval(estimate)})"


def _interval(estimate: Estimate) -> str:
    return f"{_number(estimate.low)} – {_number(estimate.high)}"


def _number(value: float) -> str:
    return f"{value:.3f}".replace(".", ",")
