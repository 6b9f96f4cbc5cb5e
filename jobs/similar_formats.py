"""The answers of `unisono similar` as a table, JSON, CSV, M3U playlist or JSPF playlist (xspf.org/jspf)."""

import csv
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from jobs.console import note, print_json, results
from jobs.similar import Answer

COLUMNS = ("track_id", "score", "percentile", "title", "artist", "album", "copies")


def print_answers(query: str, answers: Sequence[Answer], format: str) -> None:
    """Print to stdout in one of the formats `table`, `json`, `csv`, `m3u`, `jspf`."""
    if format == "csv":
        _csv(answers)
    elif format == "m3u":
        _m3u(answers)
    else:
        {"table": _table, "json": _json, "jspf": _jspf}[format](query, answers)


def _table(query: str, answers: Sequence[Answer]) -> None:
    from rich.table import Table

    table = Table(
        title=_plain(f"Sounds like {query}"), title_justify="left", box=None, header_style="bold", pad_edge=False
    )
    for name in ("", "score", "closer than"):
        table.add_column(name, justify="right")
    for name in ("title", "artist", "album", "copies", "track"):
        table.add_column(name)
    for place, a in enumerate(answers, 1):
        texts = (a.title or "", a.artist or "", a.album or "", str(len(a.copies) or ""), a.track_id)
        table.add_row(str(place), f"{a.score:.3f}", f"{a.percentile:.1f}%", *map(_plain, texts))
    results().print(table)


def _plain(text: str) -> Any:
    """Delivered text is never markup."""
    from rich.text import Text

    return Text(text)


def _json(query: str, answers: Sequence[Answer]) -> None:
    print_json({"query": query, "results": [{name: getattr(a, name) for name in COLUMNS} for a in answers]})


def _csv(answers: Sequence[Answer]) -> None:
    writer = csv.writer(sys.stdout)
    writer.writerow(COLUMNS)
    for a in answers:
        writer.writerow([*(getattr(a, name) for name in COLUMNS[:-1]), " ".join(a.copies)])


def _m3u(answers: Sequence[Answer]) -> None:
    sys.stdout.write("#EXTM3U\n")
    for a in answers:
        if a.audio_file is None or not a.audio_file.isprintable():
            note(f"{a.track_id}: has no audio file that a playlist can name, and is left out")
            continue
        seconds = -1 if a.duration_s is None else round(a.duration_s)
        sys.stdout.write(f"#EXTINF:{seconds},{_line(a.artist)} - {_line(a.title)}\n{a.audio_file}\n")


def _line(text: str | None) -> str:
    return " ".join((text or "").split())


def _jspf(query: str, answers: Sequence[Answer]) -> None:
    tracks = [_jspf_track(a) for a in answers]
    print_json({"playlist": {"title": f"Sounds like {query}", "creator": "Unisono", "track": tracks}})


def _jspf_track(a: Answer) -> dict[str, object]:
    track: dict[str, object] = {"identifier": [a.track_id]}
    if a.audio_file:
        track["location"] = [Path(a.audio_file).as_uri()]
    if a.duration_s is not None:
        track["duration"] = round(1000 * a.duration_s)
    named = {"title": a.title, "creator": a.artist, "album": a.album}
    return track | {name: value for name, value in named.items() if value}
