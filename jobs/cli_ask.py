"""Commands that ask a built catalogue something: `similar`, `identify` and `explain`. None of them needs Java."""

from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from catalog.errors import UsageError
from jobs.cli_options import ASK, Catalog, examples
from jobs.quick import leave_out_pandas


def _named(option: str, metavar: str, text: str) -> Any:
    return typer.Option(option, metavar=metavar, help=text, show_default=False)


def _bound(what: str, default: str) -> Any:
    return typer.Option(f"--max-per-{what}", metavar="N", min=0, help=f"Most of one {what}.", show_default=default)


def register(app: typer.Typer) -> None:
    """Add the commands of this file to `app`."""
    for command, lines in (
        (
            similar,
            [
                "unisono similar track-17 --catalog cat",
                "unisono similar song.mp3 --not track-42 --catalog cat --format m3u",
                'unisono similar --find "nina simone sinnerman" --radio --only year=1960-1979 --catalog cat',
            ],
        ),
        (
            identify,
            ["unisono identify unknown.ogg --catalog cat", "unisono identify *.mp3 --catalog cat"],
        ),
        (
            explain,
            ["unisono explain track-17 track-42 --catalog cat", "unisono explain --artist a-solitaire --catalog cat"],
        ),
    ):
        app.command(rich_help_panel=ASK, epilog=examples(*lines))(command)


def similar(
    catalog: Catalog,
    query: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[TRACK_ID|AUDIO_FILE|-]...",
            help="Track ids or audio files, - for one on stdin. Several are asked for at once, by their mean.",
            show_default=False,
        ),
    ] = None,
    unlike: Annotated[list[str] | None, _named("--not", "SEED", "What it should not sound like, named alike.")] = None,
    find: Annotated[list[str] | None, _named("--find", "TEXT", "The track of this artist and title.")] = None,
    artist: Annotated[list[str] | None, _named("--artist", "NAME", "All tracks of an artist, or artist id.")] = None,
    recording: Annotated[list[str] | None, _named("--recording", "ID", "All tracks of a recording.")] = None,
    start: Annotated[str | None, _named("--from", "SEED", "Walk by small steps from this track,")] = None,
    end: Annotated[str | None, _named("--to", "SEED", "to this one.")] = None,
    k: Annotated[
        int | None, typer.Option("-k", metavar="N", min=1, help="How many.", show_default="10, 50 with --radio")
    ] = None,
    radio: Annotated[bool, typer.Option("--radio", help="A long list with variety, in playing order.")] = False,
    max_per_artist: Annotated[int | None, _bound("artist", "3 with --radio, else none")] = None,
    max_per_album: Annotated[int | None, _bound("album", "2 with --radio, else none")] = None,
    only: Annotated[
        list[str] | None, _named("--only", "FIELD=VALUE", "Only such: year (1990-1999), genre, label, source.")
    ] = None,
    exclude: Annotated[list[str] | None, _named("--exclude", "FIELD=VALUE", "None of these.")] = None,
    why: Annotated[bool, typer.Option("--why", help="Hear the files again: where do they sound most alike?")] = False,
    format: Annotated[
        Literal["table", "json", "csv", "m3u", "xspf", "jspf"], typer.Option(help="How to print them.")
    ] = "table",
    fold: Annotated[bool, typer.Option("--fold/--all", metavar="", help="Show a song once, or every track.")] = True,
) -> None:
    """Find the tracks that sound most like one, or several."""
    from jobs.similar import similar as find_similar
    from jobs.similar_options import SimilarOptions

    if (start is None) != (end is None):
        raise UsageError("--from and --to go together: name both ends of the walk")
    options = SimilarOptions(
        seeds=tuple(query or ()),
        unlike=tuple(unlike or ()),
        find=tuple(find or ()),
        artists=tuple(artist or ()),
        recordings=tuple(recording or ()),
        ends=(start, end) if start is not None and end is not None else None,
        k=k,
        fold=fold,
        radio=radio,
        max_per_artist=max_per_artist,
        max_per_album=max_per_album,
        only=tuple(only or ()),
        exclude=tuple(exclude or ()),
        why=why,
    )
    find_similar(catalog, options, format=format)


def identify(
    files: Annotated[list[Path], typer.Argument(metavar="AUDIO_FILE...", help="Audio files.", show_default=False)],
    catalog: Catalog,
    format: Annotated[Literal["table", "json"], typer.Option(help="How to print the answer.")] = "table",
) -> None:
    """Say which recording a file holds, at which offset and speed and how surely; or that it holds none of ours."""
    leave_out_pandas()
    from jobs.identify import identify as identify_files

    if not identify_files(catalog, files, format=format):
        raise typer.Exit(1)


def explain(
    catalog: Catalog,
    tracks: Annotated[
        list[str] | None,
        typer.Argument(metavar="[TRACK_A TRACK_B]", help="Two tracks' ids.", show_default=False),
    ] = None,
    artist: Annotated[
        str | None, _named("--artist", "ID|NAME", "An artist instead: its names, its namesakes, and why.")
    ] = None,
    format: Annotated[Literal["table", "json"], typer.Option(help="How to print the answer.")] = "table",
) -> None:
    """Show the evidence on two tracks being the same recording, or on an artist and its namesakes, item by item."""
    leave_out_pandas()
    if artist is not None and not tracks:
        from jobs.explain_artist import explain_artist

        return explain_artist(catalog, artist, format=format)
    if artist is not None or len(tracks or ()) != 2:
        raise UsageError("explain takes the ids of two tracks, or --artist with an artist's id or name")
    from jobs.explain import explain as explain_pair

    explain_pair(catalog, *(tracks or ()), format=format)
