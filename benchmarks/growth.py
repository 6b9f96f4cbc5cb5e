"""How time, memory and accuracy grow with the catalogue.

    python -m benchmarks.growth                          # 10,000 and 100,000 rows
    python -m benchmarks.growth 10000 100000 1000000 3000000

The development records, grown by the data folder's growing script, each size by one `unisono run` in a fresh
process with the promise that a source lists a recording once. The exponent is the slope between two sizes on
logarithmic axes: 1 is linear, 2 quadratic. Seconds of stages are those of the run records; whole seconds include the
starts of Python and Java.
"""

import argparse
import math
import tempfile
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

from benchmarks.grown import available, sample
from benchmarks.whole_run import Outcome, unisono

PROMISE = ("--unique-within", "source")
START = 100_000
"""Rows from which the whole curve's exponent is taken: below it the starts of the processes count most."""

HEADINGS = ("rows", "ingest s", "rest s", "whole s", "us/row", "peak MiB", "pairs/track", "precision", "recall", "F1")


class Point(NamedTuple):
    """One size of the curve."""

    rows: int
    found: Outcome

    @property
    def seconds(self) -> float:
        """Whole seconds of both commands."""
        return self.found.whole.seconds


def main() -> None:
    """Print the curve, its stages and its exponents."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("rows", type=int, nargs="*", default=[10_000, START], help="sizes of the catalogue")
    sizes = sorted(parser.parse_args().rows)
    if not available():
        return print("growth: skipped, ../shared/data is not there")
    print(" ".join(f"{heading:>11}" for heading in HEADINGS), flush=True)
    points = []
    for rows in sizes:
        points.append(measure(rows))
        print(curve_line(points[-1]), flush=True)
    print(*stage_lines(points), *exponent_lines(points), sep="\n")


def measure(rows: int) -> Point:
    """One size, in folders of its own that go afterwards."""
    with tempfile.TemporaryDirectory() as folder:
        records = sample(rows, Path(folder))
        return Point(rows, unisono([records.tracks], Path(folder) / "cat", *PROMISE, truth=records.truth))


def curve_line(point: Point) -> str:
    """A line of the first table."""
    found, scores = point.found, point.found.scores
    figures = (
        f"{point.rows:,}",
        *(f"{seconds:.1f}" for seconds in (found.cleaning_s, point.seconds - found.cleaning_s, point.seconds)),
        f"{1e6 * point.seconds / point.rows:.0f}",
        f"{found.whole.peak / 2**20:,.0f}",
        f"{found.counts.get('pairs_per_track', math.nan):.2f}",
        *(f"{scores[name]:.4f}" for name in ("precision", "recall", "f1")),
    )
    return " ".join(f"{figure:>11}" for figure in figures)


def stage_lines(points: list[Point]) -> list[str]:
    """Seconds of every stage, a column a size."""
    names = dict.fromkeys(name for point in points for name in point.found.stages)
    lines = ["", f"{'stage, seconds':20}" + "".join(f"{point.rows:>12,}" for point in points)]
    for name in names:
        seconds = (point.found.stages.get(name, math.nan) for point in points)
        lines.append(f"{name:20}" + "".join(f"{value:12.1f}" for value in seconds))
    return lines


def exponent_lines(points: list[Point]) -> list[str]:
    """The slope between neighbouring sizes, and from `START` to the largest."""
    lines = ["", "exponent of time"]
    steps = list(pairwise(points))
    beyond = [point for point in points if point.rows >= START]
    if len(beyond) > 2:
        steps.append((beyond[0], beyond[-1]))
    for small, large in steps:
        lines.append(f"{small.rows:>12,} to {large.rows:>10,} {exponent(small, large):8.3f}")
    return lines


def exponent(small: Point, large: Point) -> float:
    """Growth of whole seconds: log of their ratio over log of the ratio of rows."""
    return math.log(large.seconds / small.seconds) / math.log(large.rows / small.rows)


if __name__ == "__main__":
    main()
