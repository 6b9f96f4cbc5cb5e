"""What a run did, on stderr at its end: stages with seconds and counts, and what to do next."""

from shlex import quote
from typing import Any

from catalog.runs import Run, Stage
from catalog.store import Catalogue
from jobs.console import messages

SHOWN = {
    "ingest": ("delivered", "tracks", "problems"),
    "analyze": ("files", "reused", "without_sound"),
    "compare": ("pairs", "pairs_per_track", "recall"),
    "weights": ("patterns", "prior", "merge_at_bits"),
    "clusters": ("recordings", "songs"),
    "matches": ("matches",),
    "artists": ("credits", "names", "names_merged", "namesakes", "tracks_misplaced"),
    "index": ("tracks", "segments", "recall_at_10"),
}
"""Counts worth a line, per stage; all are in the run's record."""


def print_summary(catalogue: Catalogue, run: Run) -> None:
    """Print the stages of a run and where to look next."""
    print_stages(run)
    where = quote(str(catalogue.root))
    messages().print(f"next: unisono report --catalog {where} --out report.html", markup=False, soft_wrap=True)
    if catalogue.has("embeddings") and catalogue.count("embeddings"):
        messages().print(f"      unisono map --catalog {where} --out map.html", markup=False, soft_wrap=True)


def print_stages(run: Run) -> None:
    """Print what the stages of a run took and counted, or why they were skipped."""
    from rich.table import Table

    table = Table(box=None, header_style="bold", pad_edge=False)
    table.add_column("stage")
    table.add_column("seconds", justify="right")
    table.add_column("")
    for stage in run.stages:
        told = f"skipped: {stage.skipped}" if stage.skipped else ", ".join(_counts(stage))
        table.add_row(stage.name, f"{stage.seconds:.1f}", told)
    messages().print(table)
    for generators in map(generator_table, run.stages):
        if generators is not None:
            messages().print(generators)


def generator_table(stage: Stage) -> Any:
    """What each candidate generator proposed, and its recall where a truth was given; None for other stages."""
    from rich.table import Table

    generators = [name.removeprefix("pairs_") for name in stage.counts if name.startswith("pairs_")]
    proposed = {name: stage.counts[f"pairs_{name}"] for name in generators if name != "per_track"}
    if not proposed:
        return None
    table = Table(box=None, header_style="bold", pad_edge=False)
    table.add_column("candidates by")
    table.add_column("pairs", justify="right")
    if measured := any(f"recall_{name}" in stage.counts for name in proposed):
        table.add_column("recall", justify="right")
    for name, pairs in sorted(proposed.items(), key=lambda item: -item[1]):
        recall = stage.counts.get(f"recall_{name}")
        table.add_row(name, _number(pairs), *(["" if recall is None else f"{recall:.4f}"] if measured else []))
    return table


def _counts(stage: Stage) -> list[str]:
    names = [name for name in SHOWN.get(stage.name, ()) if name in stage.counts]
    return [f"{name.replace('_', ' ')} {_number(stage.counts[name])}" for name in names]


def _number(value: Any) -> str:
    return f"{value:,}" if isinstance(value, int) else f"{value:,.4g}"
