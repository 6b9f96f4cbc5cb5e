"""The outcome of an evaluation and how it is printed; what each kind measures stands in `evaluate_*.py`."""

from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from catalog.errors import SourceError
from catalog.store import Catalogue
from jobs.console import results

Figures = dict[str, float]
HEADINGS = {"true_pairs": "true", "predicted_pairs": "found", "correct_pairs": "correct", "f1": "F1"}


@dataclass
class Evaluation:
    """What was measured: entries in the truth, those that the catalogue lacks, and figures by what they measure."""

    kind: str
    entries: int
    absent: int
    scores: dict[str, Figures] = field(default_factory=dict)


def of_tracks(catalogue: Catalogue, table: str, columns: list[str], ids: pa.Array | pa.ChunkedArray) -> pa.Table:
    """Return those columns of the rows of `table` about the tracks `ids`."""
    return catalogue.read(table, columns, filter=pc.field("track_id").isin(pc.unique(ids)))


def strangers(path: Path, catalogue: Catalogue) -> SourceError:
    """A truth of which the catalogue has nothing, so that no figure would mean anything."""
    ours = catalogue.dataset("tracks").head(1, columns=["track_id"]).to_pylist() if catalogue.has("tracks") else []
    such = f", such as {ours[0]['track_id']!r}" if ours else ""
    return SourceError(
        f"{path}: none of its entries is in {catalogue.root}; write the track ids of that catalogue{such}"
    )


def print_table(evaluation: Evaluation) -> None:
    """Print the figures on stdout, one line a measure."""
    from rich.table import Table

    absent = f", {evaluation.absent:,} of them without an answer" if evaluation.absent else ""
    title = f"{evaluation.kind}: {evaluation.entries:,} entries{absent}"
    table = Table(title=title, title_justify="left", box=None, header_style="bold", pad_edge=False)
    columns = list(dict.fromkeys(name for figures in evaluation.scores.values() for name in figures))
    table.add_column("", no_wrap=True)
    for name in columns:
        table.add_column(HEADINGS.get(name, name), justify="right", no_wrap=True)
    for measure, figures in evaluation.scores.items():
        table.add_row(measure.removeprefix("matches: "), *(_shown(figures.get(name)) for name in columns))
    results().print(table)


def _shown(value: float | None) -> str:
    if value is None:
        return ""
    return f"{value:,}" if isinstance(value, int) else f"{value:.4f}"
