"""The pictures of a report, as SVG that stands in the page."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from assistant.evaluation.measures.calibration_error import calibration_bins
from assistant.evaluation.measures.risk_coverage import risk_coverage
from assistant.evaluation.run import Run

_COLOUR: Final = "#0b5563"
_OPTIONS: Final[dict[Any, Any]] = {
    "svg.fonttype": "none",
    "svg.hashsalt": "report",  # the same picture gives the same file
    "font.family": "sans-serif",
    "axes.spines.top": False,
    "axes.spines.right": False,
}


def draw_pictures(run: Run, words: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yields the caption and the SVG of each picture.

    Args:
        run: what is drawn.
        words: captions and axes.
    """
    drawings: tuple[tuple[str, Callable[[Any, Run, Mapping[str, Any]], None]], ...] = (
        ("kind", _kinds),
        ("risk", _risk),
        ("calibration", _calibration),
        ("time", _times),
    )
    for name, draw in drawings:
        yield words[name], _svg(draw, run, words)


def _svg(
    draw: Callable[[Any, Run, Mapping[str, Any]], None], run: Run, words: Mapping[str, Any]
) -> str:
    # Half a second to import, and only reports draw.
    import matplotlib as mpl  # noqa: PLC0415
    from matplotlib.figure import Figure  # noqa: PLC0415

    with mpl.rc_context(_OPTIONS):
        figure = Figure(figsize=(7, 4), layout="constrained")
        draw(figure.subplots(), run, words)
        target = io.StringIO()
        figure.savefig(target, format="svg", metadata={"Date": None})
    return target.getvalue()[target.getvalue().index("<svg") :]


def _kinds(axes: Any, run: Run, words: Mapping[str, Any]) -> None:
    figures = {kind: means["right"] for kind, means in run.by_group["kind"].items()}
    names = list(figures)[::-1]
    values = [figures[name].value for name in names]
    axes.barh(
        [f"{words['kinds'][name]} ({figures[name].count})" for name in names],
        values,
        color=_COLOUR,
        xerr=[
            [figures[name].value - figures[name].low for name in names],
            [figures[name].high - figures[name].value for name in names],
        ],
        ecolor="#999",
    )
    axes.set_xlim(0, 1)


def _risk(axes: Any, run: Run, words: Mapping[str, Any]) -> None:
    points = risk_coverage(run.judged)
    axes.plot([x for x, _ in points], [y for _, y in points], color=_COLOUR)
    axes.set(xlabel=words["coverage_axis"], ylabel=words["risk_axis"], xlim=(0, 1), ylim=(0, 1))


def _calibration(axes: Any, run: Run, words: Mapping[str, Any]) -> None:
    bins = calibration_bins(run.judged)
    axes.plot([0, 1], [0, 1], color="#999", linewidth=1)
    axes.scatter(
        [held.confidence for held in bins],
        [held.outcome for held in bins],
        s=[20 + 4 * held.size for held in bins],
        color=_COLOUR,
        clip_on=False,  # a bin may be all right or all wrong
    )
    axes.set(
        xlabel=words["confidence_axis"], ylabel=words["outcome_axis"], xlim=(0, 1), ylim=(0, 1)
    )


def _times(axes: Any, run: Run, words: Mapping[str, Any]) -> None:
    times = sorted(run.times_ms())
    # The slowest one in a hundred would squeeze all others into one bar.
    axes.hist(times[: max(1, len(times) * 99 // 100)], bins=40, color=_COLOUR)
    axes.set(xlabel=words["time_axis"], ylabel=words["count_axis"])
