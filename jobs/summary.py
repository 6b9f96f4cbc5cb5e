"""What a run did, on stderr at its end: stages with seconds and counts, and what to do next."""

from typing import Any

from catalog.runs import Run, Stage
from catalog.store import Catalogue
from jobs.console import messages

SHOWN = {
    "ingest": ("delivered", "tracks", "problems"),
    "analyze": ("files", "reused", "without_sound"),
    "candidates": ("pairs", "pairs_per_track"),
    "weights": ("patterns", "prior", "merge_at_bits"),
    "clusters": ("recordings", "songs"),
    "matches": ("matches",),
    "artists": ("credits", "names", "names_merged"),
    "index": ("tracks", "segments", "recall_at_10"),
}
"""Counts worth a line, per stage; all are in the run's record."""


def print_summary(catalogue: Catalogue, run: Run) -> None:
    """Print the stages of a run and where to look next."""
    from rich.table import Table

    table = Table(box=None, header_style="bold", pad_edge=False)
    table.add_column("stage")
    table.add_column("seconds", justify="right")
    table.add_column("")
    for stage in run.stages:
        counts = [
            f"{name.replace('_', ' ')} {_number(stage.counts[name])}"
            for name in SHOWN.get(stage.name, ())
            if name in stage.counts
        ]
        table.add_row(
            stage.name, f"{stage.seconds:.1f}", f"skipped: {stage.skipped}" if stage.skipped else ", ".join(counts)
        )
    messages().print(table)
    where = catalogue.root
    messages().print(f"next: unisono report --catalog {where} --out report.html", markup=False, soft_wrap=True)


def _counts(stage: Stage) -> list[str]:
    names = [name for name in SHOWN.get(stage.name, ()) if name in stage.counts]
    return [f"{name.replace('_', ' ')} {_number(stage.counts[name])}" for name in names]


def _number(value: Any) -> str:
    return f"{value:,}" if isinstance(value, int) else f"{value:,.4g}"
