"""Unisono beside Splink, a general record-linkage engine, on the same rows in the same run.

    python -m benchmarks.peer                        # the development records as they are
    python -m benchmarks.peer --rows 100000          # grown by the data folder's growing script
    python -m benchmarks.peer --with-artists         # a second line: artists told apart too, which Splink does not do

Each side is a fresh process, or two, measured from start to end with everything it starts. Splink is run through its
own public API, cleaned and tuned as in `benchmarks.peer_cleaning` and `benchmarks.peer_splink`, and scored generously:
at its customary threshold, at the best one of a grid that the truth chooses, and also with its clustering that keeps a
source's promise to list a recording once; only the first of these is in its time. Unisono's thresholds never see the
truth.
"""

import argparse
import json
import sys
import tempfile
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks.grown import Sample, available, sample
from benchmarks.peer_splink import CUSTOMARY_BITS
from benchmarks.whole_run import Measured, has_option, measured, unisono

PROMISE = ("--unique-within", "source")
WITHOUT_ARTISTS = "--no-artists"
HEADINGS = f"{'':56} {'cleaning s':>10} {'total s':>9} {'peak MiB':>9} {'precision':>9} {'recall':>8} {'F1':>8}"


class Line(NamedTuple):
    """A line of the table; what a line does not measure is None."""

    name: str
    scores: dict[str, float]
    cleaning: float | None = None
    total: Measured | None = None

    def __str__(self) -> str:
        seconds = f"{self.total.seconds:9.1f} {self.total.peak / 2**20:9,.0f}" if self.total else " " * 19
        cleaning = " " * 10 if self.cleaning is None else f"{self.cleaning:10.1f}"
        figures = f"{self.scores['precision']:9.4f} {self.scores['recall']:8.4f} {self.scores['f1']:8.4f}"
        return f"{self.name:56} {cleaning} {seconds} {figures}"


def main() -> None:
    """Print both sides and their ratios, or why not."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--rows", type=int, help="grow (or cut) the records to this many")
    parser.add_argument("--with-artists", action="store_true", help="time Unisono with artist disambiguation too")
    chosen = parser.parse_args()
    if not available():
        return print("peer: skipped, ../shared/data is not there")
    if find_spec("splink") is None or find_spec("duckdb") is None:
        return print("peer: skipped, Splink is not installed; pip install -e '.[bench]' brings it")
    with tempfile.TemporaryDirectory() as folder:
        records = sample(chosen.rows, Path(folder))
        print(f"{len(records.answers()):,} rows")
        compare(records, Path(folder), with_artists=chosen.with_artists)


def compare(records: Sample, folder: Path, *, with_artists: bool) -> None:
    """Print the table of one set of records."""
    print(HEADINGS, flush=True)
    first, *others = splink_lines(records, folder)
    for line in (first, *others):
        print(line, flush=True)
    for line in unisono_lines(records, folder, with_artists=with_artists):
        print(f"{line}\n{ratio(line, first)}", flush=True)


def splink_lines(records: Sample, folder: Path) -> Iterator[Line]:
    """Splink at its customary threshold, with time and memory; then the best that its clusterings can reach.

    Behind one per source stand the seconds that this clustering takes beyond the total.
    """
    whole = measured([*peer_command("link"), str(records.tracks), str(folder)])
    seconds = json.loads((folder / "link.json").read_text())
    measured([*peer_command("score"), str(records.truth), str(folder)])
    scored = json.loads((folder / "score.json").read_text())
    for way in ("connected", "best links"):
        tried = [row for row in scored if row["way"] == way]
        customary = next(row for row in tried if row["bits"] == CUSTOMARY_BITS)
        best = max(tried, key=lambda row: row["f1"])
        timed: dict[str, Any] = {"cleaning": seconds["cleaning"], "total": whole} if way == "connected" else {}
        name = "Splink" if way == "connected" else f"Splink, one per source (+{customary['seconds']:.0f} s)"
        yield Line(f"{name}, at 0.95", customary, **timed)
        yield Line(f"{name}, best of grid ({best['bits']:g} bits)", best)


def peer_command(name: str) -> list[str]:
    """A fresh process of the peer's side."""
    return [sys.executable, "-m", "benchmarks.peer_splink", name]


def unisono_lines(records: Sample, folder: Path, *, with_artists: bool) -> Iterator[Line]:
    """Unisono, as far as it can without artists, and on demand with them."""
    plain = has_option(WITHOUT_ARTISTS)
    if plain or not with_artists:
        yield unisono_line("Unisono" + ("" if plain else ", artists too"), records, folder / "plain", plain=plain)
    if with_artists:
        yield unisono_line("Unisono, artists too", records, folder / "artists", plain=False)


def unisono_line(name: str, records: Sample, catalogue: Path, *, plain: bool) -> Line:
    """One run of both commands."""
    options = [*PROMISE, *([WITHOUT_ARTISTS] if plain else [])]
    found = unisono([records.tracks], catalogue, *options, truth=records.truth)
    return Line(name, found.scores, found.cleaning_s, found.whole)


def ratio(ours: Line, theirs: Line) -> str:
    """Time and memory as multiples of the peer's."""
    if ours.total is None or theirs.total is None:
        return ""
    wall, memory = ours.total.seconds / theirs.total.seconds, ours.total.peak / theirs.total.peak
    return f"{ours.name + ' / Splink':56} {'':10} {wall:8.2f}x {memory:8.2f}x"


if __name__ == "__main__":
    main()
