"""The answers of `unisono identify` as a table or as JSON, one object a file."""

import json
import os
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from catalog.errors import AudioError
from catalog.store import Catalogue
from jobs.console import messages, results
from jobs.identify import Match
from jobs.listing import visible
from jobs.lookup import tracks_by_id


def print_matches(catalogue: Catalogue, found: Sequence[tuple[Path, list[Match] | AudioError]], format: str) -> None:
    """Print to stdout in the format `table` or `json`; files that cannot be heard are said on stderr."""
    for _, answer in found:
        if isinstance(answer, AudioError):
            messages().print(visible(str(answer)), style="red", markup=False, soft_wrap=True)
    if format == "json":
        _json(found)
    else:
        _table(catalogue, found)


def _json(found: Sequence[tuple[Path, list[Match] | AudioError]]) -> None:
    """One JSON object a line."""
    for path, answer in found:
        matches = [] if isinstance(answer, AudioError) else [asdict(match) for match in answer]
        record: dict[str, object] = {"file": os.fsencode(path).decode("utf-8", "replace"), "matches": matches}
        if isinstance(answer, AudioError):
            record["error"] = str(answer).encode("utf-8", "replace").decode()
        sys.stdout.write(json.dumps(record, ensure_ascii=False) + "\n")


def _table(catalogue: Catalogue, found: Sequence[tuple[Path, list[Match] | AudioError]]) -> None:
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, header_style="bold", pad_edge=False)
    for name in ("file", "recording", "title", "artist"):
        table.add_column(name)
    for name in ("score", "begins at", "speed", "covered"):
        table.add_column(name, justify="right")
    for path, answer in found:
        if isinstance(answer, AudioError) or not answer:
            table.add_row(_name(path), "cannot be heard" if isinstance(answer, AudioError) else "none")
            continue
        tracks = tracks_by_id(catalogue, [match.track_id for match in answer])
        for match, track in zip(answer, tracks, strict=True):
            texts = (match.recording_id or match.track_id, track["title"] or "", track["artist"] or "")
            numbers = (f"{match.score:.2f}", f"{match.offset_s:+.1f} s", f"{match.speed:.3f}", f"{match.covered:.0%}")
            table.add_row(_name(path), *(Text(visible(text)) for text in texts), *numbers)
    results().print(table)


def _name(path: Path) -> Any:
    """The file's name, never markup, printable whatever its bytes."""
    from rich.text import Text

    return Text(visible(os.fsencode(path.name).decode("utf-8", "replace")))
