"""Plots of the report: matplotlib drawings as inline SVG that follows the page's colours, light or dark.

Matplotlib draws with placeholder colours, which are then replaced by CSS variables; text stays text, so that it is
sharp and takes the page's font. Every plot carries its numbers as rows too, for those who cannot see it.
"""

import io
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

import matplotlib as mpl
import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter

Counts = npt.NDArray[np.int64]
Edges = npt.NDArray[np.float64]

_INK = {"ink": "#010101", "muted": "#020202", "line": "#030303"}
_SERIES = {"accent": "#040404", "merge": "#050505", "review": "#060606", "distinct": "#070707"}
_COLOURS = _INK | _SERIES
_STYLE: dict[Any, Any] = {
    "svg.fonttype": "none",
    "svg.hashsalt": "unisono",  # equal drawings give equal bytes
    "text.parse_math": False,  # a source may be called "$x$"
    "font.size": 10,
    "font.family": ["DejaVu Sans"],  # for measuring; the page's own font is drawn
    "axes.edgecolor": _INK["line"],
    "axes.labelcolor": _INK["muted"],
    "axes.spines.right": False,
    "axes.spines.top": False,
    "axes.spines.left": False,
    "axes.grid": True,
    "axes.grid.axis": "y",
    "axes.axisbelow": True,
    "grid.color": _INK["line"],
    "grid.linewidth": 0.6,
    "text.color": _INK["ink"],
    "xtick.color": _INK["line"],
    "ytick.color": _INK["line"],
    "xtick.labelcolor": _INK["muted"],
    "ytick.labelcolor": _INK["muted"],
    "ytick.major.size": 0,
    "legend.frameon": False,
}


@dataclass(frozen=True)
class Mark:
    """A vertical line at `at`, in the unit of the axis, with its label."""

    at: float
    label: str
    side: str = "left"  # of the line, where the label stands


@dataclass(frozen=True)
class Plot:
    """One drawing; `svg` is a complete element, `columns` and `rows` are the numbers drawn."""

    title: str
    summary: str
    svg: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def histogram(
    name: str,
    title: str,
    edges: Edges,
    series: Mapping[str, Counts],
    *,
    unit: str,
    summary: str,
    log: bool = False,
    marks: Sequence[Mark] = (),
) -> Plot:
    """Draw counts [bins] over `edges` [bins + 1]; the keys of `series` name colours (`merge`, `review` ...)."""

    def paint(axes: Axes) -> None:
        for key, counts in series.items():
            axes.stairs(counts, edges, fill=True, color=_SERIES[key], alpha=0.35)
            axes.stairs(counts, edges, color=_SERIES[key], label=key, linewidth=1.2)
        for mark in marks:
            axes.axvline(mark.at, color=_INK["ink"], linewidth=0.9, linestyle=(0, (4, 3)))
            place = axes.get_xaxis_transform()
            anchor = "right" if mark.side == "left" else "left"
            axes.text(mark.at, 1.02, mark.label, transform=place, ha=anchor, va="bottom", fontsize=9)
        low, high = _used(edges, series)
        places = [mark.at for mark in marks]  # a mark beside the drawing would squeeze it to nothing
        axes.set_xlim(min(low, *places, low), max(high, *places, high))
        axes.set_xlabel(unit)
        _finish(axes, legend=len(series) > 1, log=log)

    rows = _bin_rows(edges, series)
    return Plot(title, summary, _svg(name, f"{title}. {summary}", paint), (unit, *series), rows)


def bars(
    name: str,
    title: str,
    labels: Sequence[str],
    counts: Sequence[int],
    *,
    unit: str,
    summary: str,
    log: bool = False,
) -> Plot:
    """Draw one bar a label."""

    def paint(axes: Axes) -> None:
        places = np.arange(len(labels))
        axes.bar(places, counts, color=_SERIES["accent"], alpha=0.75, width=0.72)
        axes.set_xticks(places, labels)
        axes.tick_params(axis="x", length=0)
        axes.set_xlabel(unit)
        _finish(axes, legend=False, log=log)

    rows = tuple((label, f"{count:,}") for label, count in zip(labels, counts, strict=True))
    return Plot(title, summary, _svg(name, f"{title}. {summary}", paint), (unit, "count"), rows)


def _finish(axes: Axes, *, legend: bool, log: bool) -> None:
    if log:
        axes.set_yscale("log")
        axes.set_ylim(bottom=0.7)
        axes.minorticks_off()
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: _short(value)))
    axes.margins(x=0.01)
    if legend:
        axes.legend(loc="best", fontsize=9)


def _used(edges: Edges, series: Mapping[str, Counts]) -> tuple[float, float]:
    """The part of the axis that holds anything, with a bin to spare on either side."""
    used = np.flatnonzero(np.sum(list(series.values()), axis=0))
    if not len(used):
        return float(edges[0]), float(edges[-1])
    return float(edges[max(used[0] - 1, 0)]), float(edges[min(used[-1] + 2, len(edges) - 1)])


def _short(value: float) -> str:
    """1500 -> 1.5k: axis labels that keep their width."""
    for size, suffix in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if abs(value) >= size:
            return f"{value / size:g}{suffix}"
    return f"{value:g}"


def _bin_rows(edges: Edges, series: Mapping[str, Counts]) -> tuple[tuple[str, ...], ...]:
    """The bins that hold anything."""
    columns = list(series.values())
    return tuple(
        (f"{edges[i]:g} to {edges[i + 1]:g}", *(f"{int(counts[i]):,}" for counts in columns))
        for i in range(len(edges) - 1)
        if any(counts[i] for counts in columns)
    )


def _svg(name: str, label: str, paint: Callable[[Axes], None]) -> str:
    with mpl.rc_context(_STYLE):
        figure = Figure(figsize=(4.8, 2.7), layout="constrained")
        FigureCanvasSVG(figure)
        figure.patch.set_alpha(0)
        axes = figure.add_subplot()
        axes.patch.set_alpha(0)
        paint(axes)
        drawn = io.StringIO()
        figure.savefig(drawn, format="svg", metadata={"Date": None, "Creator": None, "Format": None, "Type": None})
    return _inlined(drawn.getvalue(), name, label)


def _inlined(drawn: str, name: str, label: str) -> str:
    """Turn a stand-alone SVG file into an element of the page: own ids, the page's colours, an accessible name."""
    body = drawn[drawn.index("<svg") :]
    body = re.sub(r"<metadata>.*?</metadata>|<style.*?</style>|<!--.*?-->", "", body, flags=re.DOTALL)
    body = re.sub(r'\bid="', f'id="{name}-', body)
    body = re.sub(r'(xlink:href="#|url\(#)', rf"\g<1>{name}-", body)
    for key, colour in _COLOURS.items():
        body = body.replace(colour, f"var(--{key})")
    body = re.sub(r'(<svg[^>]*?) width="[^"]*"', r"\1", body, count=1)
    body = re.sub(r'(<svg[^>]*?) height="[^"]*"', r"\1", body, count=1)
    return body.replace("<svg", f'<svg role="img" aria-label="{escape(label)}"', 1)
