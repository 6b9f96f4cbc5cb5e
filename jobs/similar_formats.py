"""The answers of `unisono similar` as a table, JSON or CSV; playlists are in `jobs.similar_playlists`."""

import csv
import sys
from collections.abc import Sequence
from typing import Any

from jobs.console import print_json, results
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
    from rich.table import Table

    table = Table(
        title=_plain(f"Sounds like {query}"), title_justify="left", box=None, header_style="bold", pad_edge=False
    )
    for name in ("", "score", "closer than"):
        table.add_column(name, justify="right")
    for name in ("title", "artist", "album", *LISTED, "track"):
        table.add_column(name)
    for place, a in enumerate(answers, 1):
        also = (str(len(getattr(a, name)) or "") for name in LISTED)
        texts = (a.title or "", a.artist or "", a.album or "", *also, a.track_id)
        table.add_row(str(place), f"{a.score:.3f}", share(a.percentile), *map(_plain, texts))
    results().print(table)
    for place, a in enumerate(answers, 1):
        for pair in a.why:
            told = f"{pair['cosine']:.3f}  {clock(pair['answer_s'])} is like {clock(pair['query_s'])} of {pair['seed']}"
            results().print(_plain(f"{place:2}  {told}"), soft_wrap=True)


def share(percentile: float) -> str:
    """A percentile, never rounded up to all."""
    return f"{min(percentile, 99.9) if percentile < 99.95 else 99.9:.1f}%"


def clock(seconds: float) -> str:
    """Seconds as minutes and seconds."""
    return f"{int(seconds) // 60}:{int(seconds) % 60:02d}"


def _plain(text: str) -> Any:
    """Delivered text is never markup."""
    from rich.text import Text

    return Text(text)


def _csv(answers: Sequence[Answer]) -> None:
    writer = csv.writer(sys.stdout)
    writer.writerow(COLUMNS)
    for a in answers:
        row = (getattr(a, name) for name in COLUMNS)
        writer.writerow([" ".join(value) if isinstance(value, list) else value for value in row])
