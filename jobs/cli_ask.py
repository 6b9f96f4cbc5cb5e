"""Commands that ask a built catalogue something: `similar`, `identify` and `explain`. None of them needs Java."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from jobs.cli_options import ASK, Catalog, examples
from jobs.quick import leave_out_pandas


def register(app: typer.Typer) -> None:
    """Add the commands of this file to `app`."""
    for command, lines in (
        (
            similar,
            ["unisono similar track-17 --catalog cat", "unisono similar song.mp3 --catalog cat --format m3u"],
        ),
        (
            identify,
            ["unisono identify unknown.ogg --catalog cat", "unisono identify *.mp3 --catalog cat"],
        ),
        (explain, ["unisono explain track-17 track-42 --catalog cat"]),
    ):
        app.command(rich_help_panel=ASK, epilog=examples(*lines))(command)


def similar(
    query: Annotated[str, typer.Argument(metavar="TRACK_ID|AUDIO_FILE", help="A track's id, or an audio file.")],
    catalog: Catalog,
    k: Annotated[int, typer.Option("-k", metavar="N", min=1, help="How many to find.")] = 10,
    format: Annotated[
        Literal["table", "json", "csv", "m3u", "jspf"], typer.Option(help="How to print them.")
    ] = "table",
    fold: Annotated[
        bool, typer.Option("--fold/--all", metavar="", help="Show a recording once, or every copy.")
    ] = True,
) -> None:
    """Find the tracks that sound most like one."""
    leave_out_pandas()
    from jobs.similar import similar as find_similar

    find_similar(catalog, query, k=k, format=format, fold=fold)


def identify(
    files: Annotated[list[Path], typer.Argument(metavar="AUDIO_FILE...", help="Audio files.", show_default=False)],
    catalog: Catalog,
    format: Annotated[Literal["table", "json"], typer.Option(help="How to print the answer.")] = "table",
) -> None:
    """Say which recording a file holds, at which offset and speed and how surely; or that it holds none of ours."""
    leave_out_pandas()
    from jobs.identify import identify as identify_files

    identify_files(catalog, files, format=format)


def explain(
    track_a: Annotated[str, typer.Argument(metavar="TRACK_A", help="A track's id.", show_default=False)],
    track_b: Annotated[str, typer.Argument(metavar="TRACK_B", help="Another's.", show_default=False)],
    catalog: Catalog,
) -> None:
    """Show the evidence for and against two tracks being the same recording, item by item."""
    leave_out_pandas()
    from jobs.explain import explain as explain_pair

    explain_pair(catalog, track_a, track_b)
