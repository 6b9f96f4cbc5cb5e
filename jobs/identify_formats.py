"""The answers of `unisono identify` as a table or as JSON, one object a file."""

import json
import os
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path

from catalog.errors import AudioError
from catalog.store import Catalogue
from jobs.console import messages
from jobs.identify import Match
from jobs.listing import Column, print_columns, visible
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
        record: dict[str, object] = {"file": _utf8(path), "matches": matches}
        if isinstance(answer, AudioError):
            record["error"] = str(answer).encode("utf-8", "replace").decode()
        sys.stdout.write(json.dumps(record, ensure_ascii=False) + "\n")


def _table(catalogue: Catalogue, found: Sequence[tuple[Path, list[Match] | AudioError]]) -> None:
    columns = (
        Column("file", cut=True),
        Column("recording"),  # whole, for whoever goes on with it
        *(Column(name, cut=True) for name in ("title", "artist")),
        *(Column(name, right=True) for name in ("score", "begins", "speed", "covered")),
    )
    print_columns("", columns, [row for path, answer in found for row in _rows(catalogue, path, answer)])


def _rows(catalogue: Catalogue, path: Path, answer: list[Match] | AudioError) -> Iterator[tuple[str, ...]]:
    """The rows about one file: one for each recording in it, at least one."""
    name = _utf8(path.name)
    if isinstance(answer, AudioError) or not answer:
        yield (name, "cannot be heard" if isinstance(answer, AudioError) else "none", *[""] * 6)
        return
    tracks = tracks_by_id(catalogue, [match.track_id for match in answer])
    for match, track in zip(answer, tracks, strict=True):
        texts = (match.recording_id or match.track_id, track["title"] or "", track["artist"] or "")
        numbers = (f"{match.score:.2f}", f"{match.offset_s:+.1f} s", f"{match.speed:.3f}", f"{match.covered:.0%}")
        yield (name, *texts, *numbers)


def _utf8(path: str | Path) -> str:
    """A path as text that can be printed, whatever its bytes."""
    return os.fsencode(path).decode("utf-8", "replace")
