"""Commands that measure a catalogue and carry it elsewhere: `evaluate`, `report`, `map` and `export`."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from jobs.cli_options import SHARE, Catalog, examples
from jobs.quick import leave_out_pandas


def register(app: typer.Typer) -> None:
    """Add the commands of this file to `app`."""
    for command, lines in (
        (export, ["unisono export recordings --catalog cat --out recordings.csv"]),
        (
            evaluate,
            ["unisono evaluate recordings truth.csv --catalog cat", "unisono evaluate pairs yes.csv --catalog cat"],
        ),
        (report, ["unisono report --catalog cat --out report.html"]),
    ):
        app.command(rich_help_panel=SHARE, epilog=examples(*lines))(command)
    app.command("map", rich_help_panel=SHARE, epilog=examples("unisono map --catalog cat --out map.html"))(draw_map)


def export(
    table: Annotated[str, typer.Argument(metavar="TABLE", help="tracks, recordings, artists, matches, problems ...")],
    catalog: Catalog,
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="FILE.csv, FILE.parquet or FILE.jsonl.")],
) -> None:
    """Write a table as CSV, Parquet or JSON Lines."""
    from jobs.console import note
    from jobs.export import export as export_table

    rows = export_table(catalog, table, out)
    note(f"{rows:,} {'row' if rows == 1 else 'rows'} of {table} in {out}")


def evaluate(
    kind: Annotated[
        Literal["recordings", "artists", "pairs", "similar"], typer.Argument(help="What the truth is about.")
    ],
    truth: Annotated[Path, typer.Argument(metavar="TRUTH.csv", help="The right answers.", show_default=False)],
    catalog: Catalog,
    format: Annotated[Literal["table", "json"], typer.Option(help="How to print the figures.")] = "table",
) -> None:
    """Measure a catalogue's answers against the truth.

    The columns of TRUTH.csv:
    - recordings: track_id, and recording_id or song_id or both
    - artists: track_id, position or name or both, artist_id
    - pairs: track_id_a, track_id_b, same (1 or 0)
    - similar: track_id, artist_truth
    """
    from jobs.evaluate import evaluate as measure

    measure(kind, truth, catalog, format=format)


def report(
    catalog: Catalog,
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="The page to write.")] = Path("report.html"),
) -> None:
    """Write one HTML page that shows what is in the catalogue, what was found and how sure it is."""
    from jobs.report import report as write_report

    write_report(catalog, out)


def draw_map(
    catalog: Catalog,
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="The page to write.")] = Path("map.html"),
    max_tracks: Annotated[
        int, typer.Option("--max-tracks", metavar="N", min=1, help="Draw this many, at random, where there are more.")
    ] = 100_000,
) -> None:
    """Write one HTML page on which every track is a point and tracks that sound alike lie together."""
    leave_out_pandas()
    from jobs.map import write_map

    write_map(catalog, out, limit=max_tracks)
