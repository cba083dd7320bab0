"""Pictures for staff, as SVG that stands in the page; the numbers stand below each."""

from __future__ import annotations

import io
import threading
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

import matplotlib as mpl
from cycler import cycler
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from ui.staff.html import Safe, escaped

_COLOURS: Final = ("#9c3b26", "#2f5d62", "#c58b2a", "#54606a", "#7a8f3c", "#8a5a83", "#b9a58c")
"""Told apart by lightness too, for those who do not see the colours."""
_OPTIONS: Final[dict[Any, Any]] = {
    "svg.fonttype": "none",
    "svg.hashsalt": "staff",  # the same picture gives the same file
    "font.family": "sans-serif",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.prop_cycle": cycler(color=_COLOURS),
}
_SIZE: Final = (9, 3.4)
_FRAME: Final = (0.07, 0.32, 0.98, 0.96)
"""Left, bottom, right and top of what is drawn; having it worked out takes as long as drawing."""
_MOST_TICKS: Final = 14
_MOST_BARS: Final = 16
"""More of them take half a second to draw."""
_LONGEST_NAME: Final = 44
# Its settings are the same for all threads.
_DRAWING: Final = threading.Lock()


def stacked_bars(
    title: str, places: Sequence[str], series: Mapping[str, Sequence[float]], numbers: str
) -> Safe:
    """Returns bars that are made up of several numbers; many bars are drawn as one outline.

    Args:
        title: of the picture.
        places: one name a bar.
        series: by name, one number a bar.
        numbers: the same as a table, shown below.
    """

    def draw(axes: Any) -> None:
        if len(places) > _MOST_BARS:
            axes.stackplot(range(len(places)), *series.values(), labels=series, step="mid")
        else:
            _stack(axes, series)
        _from_zero(axes)
        axes.yaxis.set_major_locator(MaxNLocator(integer=True))
        _name(axes, places)

    return _figure(title, draw, numbers)


def lines(
    title: str, places: Sequence[str], series: Mapping[str, Sequence[float | None]], numbers: str
) -> Safe:
    """Returns one line for each of several numbers; None leaves a hole. See `stacked_bars`."""

    def draw(axes: Any) -> None:
        for name, values in series.items():
            known = [float("nan") if value is None else value for value in values]
            axes.plot(range(len(places)), known, marker="o", markersize=4, label=name)
        _from_zero(axes)
        _name(axes, places)

    return _figure(title, draw, numbers)


def flat_bars(title: str, bars: Sequence[tuple[str, float]], numbers: str) -> Safe:
    """Returns bars that lie, the first on top. See `stacked_bars`."""

    def draw(axes: Any) -> None:
        names = [_short(name) for name, _ in reversed(bars)]
        axes.barh(range(len(bars)), [value for _, value in reversed(bars)])
        axes.set_yticks(range(len(bars)), names)
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))

    height = 0.6 + 0.3 * max(len(bars), 1)
    return _figure(title, draw, numbers, (_SIZE[0], height), (0.45, 0.4 / height, 0.98, 0.98))


def intervals(
    title: str, places: Sequence[str], values: Sequence[tuple[float, float, float]], numbers: str
) -> Safe:
    """Returns points with their 95 % intervals: value, low and high end. See `stacked_bars`."""

    def draw(axes: Any) -> None:
        middles = [value for value, _, _ in values]
        below = [max(value - low, 0.0) for value, low, _ in values]
        above = [max(high - value, 0.0) for value, _, high in values]
        axes.errorbar(range(len(places)), middles, yerr=[below, above], fmt="o", capsize=4)
        axes.set_ylim(0, 1)
        _name(axes, places)

    return _figure(title, draw, numbers)


def _stack(axes: Any, series: Mapping[str, Sequence[float]]) -> None:
    below: list[float] = []
    for name, values in series.items():
        below = below or [0.0] * len(values)
        axes.bar(range(len(values)), values, bottom=below, label=name, width=0.8)
        below = [left + right for left, right in zip(below, values, strict=True)]


def _from_zero(axes: Any) -> None:
    """Begins at zero and goes up to one at least, also where nothing was counted."""
    axes.set_ylim(0, max(1.0, axes.get_ylim()[1]))


def _name(axes: Any, places: Sequence[str]) -> None:
    step = max(1, -(-len(places) // _MOST_TICKS))
    ticks = range(0, len(places), step)
    axes.set_xticks(ticks, [places[tick] for tick in ticks])
    if names := axes.get_legend_handles_labels()[1]:
        columns = 3 if max(map(len, names)) < _LONGEST_NAME // 2 else 2
        axes.legend(
            [_short(name) for name in names],
            frameon=False, loc="upper left", bbox_to_anchor=(0, -0.1), ncols=columns,
        )  # fmt: skip


def _short(name: str) -> str:
    return name if len(name) <= _LONGEST_NAME else f"{name[:_LONGEST_NAME]}…"


def _figure(
    title: str,
    draw: Callable[[Any], None],
    numbers: str,
    size: tuple[float, float] = _SIZE,
    frame: tuple[float, float, float, float] = _FRAME,
) -> Safe:
    with _DRAWING, mpl.rc_context(_OPTIONS):
        figure = Figure(figsize=size)
        left, bottom, right, top = frame
        figure.subplots_adjust(left, bottom, right, top)
        draw(figure.subplots())
        target = io.StringIO()
        figure.savefig(target, format="svg", transparent=True, metadata={"Date": None})
    svg = " ".join(target.getvalue().splitlines())
    svg = svg[svg.index("<svg") :]
    named = svg.replace("<svg ", f'<svg role="img" aria-label="{escaped(title)}" ', 1)
    return Safe(f"<figure><figcaption>{escaped(title)}</figcaption>{named}{numbers}</figure>")
