"""The waterfall of a match weight in the terminal: prior, every item of evidence, and their sum."""

from dataclasses import asdict
from typing import Any

from jobs.console import print_json, results
from jobs.explain import Explanation
from jobs.listing import visible

WIDTH = 20
"""Characters of the bar chart."""


def print_explanation(explanation: Explanation, format: str = "table") -> None:
    """Print both tracks, the itemised evidence with bars, and the outcome; format `table` or `json`."""
    if format == "json":
        shown = ("track_id", "source", "title", "artist", "album")
        sides = {side: {name: getattr(explanation, side)[name] for name in shown} for side in ("a", "b")}
        return print_json(asdict(explanation) | sides)
    console = results()
    console.print(_tracks(explanation))
    console.print()
    console.print(evidence_table(explanation.evidence))
    console.print()
    total = f"total {explanation.weight:+.2f} bits, probability {explanation.probability:.6f}"
    console.print(total, style="bold")
    console.print(visible(explanation.outcome), markup=False, soft_wrap=True)


def _tracks(explanation: Explanation) -> Any:
    from rich.table import Table

    table = Table(box=None, header_style="bold", pad_edge=False)
    for name in ("track", "source", "title", "artist", "album"):
        table.add_column(name, overflow="fold")
    for track in (explanation.a, explanation.b):
        table.add_row(*(shown(track[name]) for name in ("track_id", "source", "title", "artist", "album")))
    return table


def shown(value: object) -> Any:
    """A delivered text on one line, without what would steer the terminal; never cut, as ids are copied from it."""
    from rich.text import Text

    return Text(" ".join(visible("" if value is None else str(value)).split()), overflow="fold")


def evidence_table(evidence: list[dict[str, Any]]) -> Any:
    """Rows of `catalog.schema.EVIDENCE` with their bars."""
    from rich.table import Table

    table = Table(box=None, header_style="bold", pad_edge=False)
    table.add_column("evidence")
    table.add_column("level", no_wrap=True)
    table.add_column("bits", justify="right")
    table.add_column("against │ for".center(WIDTH), no_wrap=True, min_width=WIDTH + 1)
    table.add_column("compared")
    scale = max(abs(item["weight"]) for item in evidence) or 1.0
    for item in evidence:
        bar = _bar(item["weight"], scale)
        table.add_row(item["field"], item["level"], f"{item['weight']:+.2f}", bar, shown(item["detail"]))
    return table


def _bar(weight: float, scale: float) -> Any:
    """A bar to the left (red) or right (green) of the middle."""
    from rich.text import Text

    half = WIDTH // 2
    length = round(abs(weight) / scale * half)
    if weight < 0:
        return Text(" " * (half - length)) + Text("█" * length, style="red") + Text("│" + " " * half)
    return Text(" " * half + "│") + Text("█" * length, style="green")
