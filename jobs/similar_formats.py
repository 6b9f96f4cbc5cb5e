"""The answers of `unisono similar` as a table, JSON or CSV; playlists are in `jobs.similar_playlists`."""

import csv
import sys
from collections.abc import Sequence

import typer

from jobs.console import print_json
from jobs.similar_answers import Answer

COLUMNS = ("track_id", "score", "percentile", "title", "artist", "album", "copies", "versions")
LISTED = ("copies", "versions")

FORMATS = ("table", "json", "csv", "m3u", "xspf", "jspf")


def print_answers(query: str, answers: Sequence[Answer], format: str) -> None:
    """Print to stdout in one of `FORMATS`."""
    if format == "csv":
        _csv(answers)
    elif format in ("m3u", "xspf", "jspf"):
        from jobs.similar_playlists import jspf, m3u, xspf

        if format == "jspf":
            print_json(jspf(query, answers))
        else:
            sys.stdout.write(m3u(answers) if format == "m3u" else xspf(query, answers))
    elif format == "json":
        print_json(as_json(query, answers))
    elif answers:
        _table(query, answers)


def as_json(query: str, answers: Sequence[Answer]) -> dict[str, object]:
    """The answers as JSON values; `why` is there where anybody asked for it and it could be told."""
    found = [{name: getattr(a, name) for name in COLUMNS} | ({"why": a.why} if a.why else {}) for a in answers]
    return {"query": query, "results": found}


def _table(query: str, answers: Sequence[Answer]) -> None:
    from jobs.listing import Column, print_columns, visible

    numbers = (Column(name, right=True) for name in ("", "score", "closer than"))
    texts = (Column(name, cut=True) for name in ("title", "artist", "album"))
    columns = (*numbers, *texts, *(Column(name, right=True) for name in LISTED), Column("track"))
    rows = (
        (
            str(place),
            f"{a.score:.3f}",
            share(a.percentile),
            *(text or "" for text in (a.title, a.artist, a.album)),
            *(str(len(getattr(a, name)) or "") for name in LISTED),
            a.track_id,
        )
        for place, a in enumerate(answers, 1)
    )
    print_columns(f"Sounds like {query}", columns, rows)
    for place, a in enumerate(answers, 1):
        for pair in a.why:
            told = f"{pair['cosine']:.3f}  {clock(pair['answer_s'])} is like {clock(pair['query_s'])} of {pair['seed']}"
            typer.echo(visible(f"{place:2}  {told}"))


def share(percentile: float) -> str:
    """A percentile, never rounded up to all."""
    return f"{min(percentile, 99.9) if percentile < 99.95 else 99.9:.1f}%"


def clock(seconds: float) -> str:
    """Seconds as minutes and seconds."""
    return f"{int(seconds) // 60}:{int(seconds) % 60:02d}"


def _csv(answers: Sequence[Answer]) -> None:
    writer = csv.writer(sys.stdout)
    writer.writerow(COLUMNS)
    for a in answers:
        row = (getattr(a, name) for name in COLUMNS)
        writer.writerow([" ".join(value) if isinstance(value, list) else value for value in row])
