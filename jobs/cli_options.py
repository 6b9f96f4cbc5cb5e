"""What several commands share: their options, each declared once, and how examples look in their help."""

from pathlib import Path
from typing import Annotated, Literal

import typer

BUILD, ASK, SHARE, SETUP = "Build a catalogue", "Ask it", "Measure and share", "Set up"
READING, AUDIO, DECIDING = "How sources are read", "How audio is heard", "How duplicates are decided"
INDEXING, SPARK = "How the index is built", "Spark"

Catalog = Annotated[
    Path, typer.Option("--catalog", metavar="DIR", help="The catalogue's directory.", show_default=False)
]
Sources = Annotated[
    list[Path],
    typer.Argument(
        metavar="SOURCE...",
        help="CSV, JSON Lines or Parquet files, or folders of audio whose tags are read.",
        exists=True,
        show_default=False,
    ),
]
Renamed = Annotated[
    list[str] | None,
    typer.Option(
        "--map",
        metavar="THEIRS=OURS",
        help="A source's column name and ours. May be repeated.",
        show_default=False,
        rich_help_panel=READING,
    ),
]
SourceName = Annotated[
    str | None,
    typer.Option(
        "--source",
        metavar="NAME",
        help="Who delivered the tracks.",
        show_default="as the file says",
        rich_help_panel=READING,
    ),
]
UniqueWithin = Annotated[
    Literal["source"] | None,
    typer.Option(
        "--unique-within",
        metavar="source",
        help="Each source promises to list a recording once.",
        show_default=False,
        rich_help_panel=DECIDING,
    ),
]
FalseMergeRate = Annotated[
    float,
    typer.Option(
        "--false-merge-rate",
        metavar="SHARE",
        min=1e-9,
        max=0.5,
        help="Share of merged pairs that may be wrong.",
        rich_help_panel=DECIDING,
    ),
]
Truth = Annotated[
    Path | None,
    typer.Option(
        "--truth",
        metavar="CSV",
        help="track_id, recording_id: count how many true pairs were compared.",
        show_default=False,
        rich_help_panel=DECIDING,
    ),
]
Labels = Annotated[
    Path | None,
    typer.Option(
        "--labels",
        metavar="CSV",
        help="track_id_a, track_id_b, same: pairs whose answer is known.",
        exists=True,
        dir_okay=False,
        show_default=False,
        rich_help_panel=DECIDING,
    ),
]
Artists = Annotated[
    bool,
    typer.Option("--artists/--no-artists", metavar="", help="Resolve credits to artists.", rich_help_panel=DECIDING),
]
Audio = Annotated[
    bool, typer.Option("--audio/--no-audio", metavar="", help="Open audio files at all.", rich_help_panel=AUDIO)
]
Model = Annotated[
    Path | None,
    typer.Option(
        "--model", metavar="DIR", help="A model's folder.", show_default="the released one", rich_help_panel=AUDIO
    ),
]
MaxSeconds = Annotated[
    float,
    typer.Option(
        "--max-seconds", metavar="SECONDS", min=1.0, help="Hear this much of a longer file.", rich_help_panel=AUDIO
    ),
]
Timeout = Annotated[
    float,
    typer.Option("--timeout", metavar="SECONDS", min=1.0, help="Give up on a file after this.", rich_help_panel=AUDIO),
]
Master = Annotated[
    str, typer.Option("--master", metavar="URL", help="Where it runs: here, or a cluster.", rich_help_panel=SPARK)
]
Memory = Annotated[
    str | None,
    typer.Option(
        "--memory",
        metavar="SIZE",
        help="The driver's memory, such as 4g.",
        show_default="a quarter of the machine's",
        rich_help_panel=SPARK,
    ),
]

IndexRecall = Annotated[
    float,
    typer.Option(
        "--recall",
        metavar="SHARE",
        min=0.01,
        max=1.0,
        help="Share of the ten nearest tracks that the index must find.",
        rich_help_panel=INDEXING,
    ),
]
IndexMemory = Annotated[
    str,
    typer.Option(
        "--index-memory", metavar="SIZE", help="Memory that the index may take, such as 2GB.", rich_help_panel=INDEXING
    ),
]


def examples(*lines: str) -> str:
    """Return the text below a command's help: one example a line, as it is typed."""
    return "\n".join(["[bold]Examples[/]", *(f"[dim]$[/] {line.replace('[', chr(92) + '[')}" for line in lines)])


def column_names(pairs: list[str] | None) -> dict[str, str]:
    """Turn the values of `--map theirs=ours` into a dictionary. Raises `UsageError` where one is not of that form."""
    from catalog.errors import UsageError
    from catalog.schema import DELIVERED_FIELDS

    columns = {}
    for pair in pairs or []:
        theirs, equals, ours = (part.strip() for part in pair.rpartition("="))
        if not (theirs and equals and ours in DELIVERED_FIELDS):
            raise UsageError(f"--map {pair!r}: write THEIRS=OURS, where OURS is one of {', '.join(DELIVERED_FIELDS)}")
        columns[theirs] = ours
    return columns
