"""Whether a probability is what it says: of the pairs said to be 90% sure, are nine in ten the same recording?

    python -m benchmarks.calibration               # original and mutated
    python -m benchmarks.calibration mutated

Every pair of the table `matches` (all that were compared and weigh -3 bits or more) falls into a bin by probability;
the table gives each bin's pairs, their mean probability, the share that is true and its 95% interval (Wilson 1927), on
two halves of the recordings. Nothing is chosen on either half: the weights are estimated without the truth.
"""

import sys
import tempfile
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.recordings import CASES, DATA, Case, half_of
from catalog.store import Catalogue
from jobs.options import AnalyzeOptions, DedupOptions, IngestOptions, SparkOptions
from jobs.run import run
from jobs.truth import read_truth

EDGES = (0.0, 0.25, 0.5, 0.75, 0.9, 0.99, 0.999, 1.0)
Z = 1.96


def main() -> None:
    """Run the cases named by the arguments, or all without audio, and print a table each."""
    if not DATA.is_dir():
        sys.stdout.write("calibration: skipped, ../shared/data is not there\n")
        return
    wanted = set(sys.argv[1:]) or {"original", "mutated"}
    for case in CASES:
        if case.name in wanted and case.promise:
            sys.stdout.write(measure(case) + "\n")
            sys.stdout.flush()


def measure(case: Case) -> str:
    """The reliability table of one set."""
    with tempfile.TemporaryDirectory() as folder:
        options = DedupOptions(unique_within="source", artists=False)
        run(Path(folder) / "cat", [DATA / case.source], IngestOptions(), AnalyzeOptions(), options, SparkOptions())
        found = Catalogue.open(Path(folder) / "cat").read("matches", ["track_id_a", "track_id_b", "probability"])
    truth = read_truth(DATA / case.truth, needed=("track_id", "recording_id"))
    label = dict(zip(truth["track_id"].to_pylist(), truth["recording_id"].to_pylist(), strict=True))
    a, b = ([label[track] for track in found[name].to_pylist()] for name in ("track_id_a", "track_id_b"))
    same = np.array([x == y for x, y in zip(a, b, strict=True)])
    half = np.array([half_of(x) for x in a])
    sure = found["probability"].to_numpy()
    heading = f"{'pairs':>7} {'said':>7} {'true':>7}  95% interval "
    lines = [f"{case.name}: {len(same):,} pairs", f"{'probability':16}" + f"{heading}  {heading}"]
    lines += [f"{low:5.3f} to {high:5.3f}  " + "  ".join(cell(sure, same, half == n, low, high) for n in (0, 1))
              for low, high in pairwise(EDGES)]  # fmt: skip
    return "\n".join(lines)


def cell(sure: NDArray[np.float64], same: NDArray[np.bool_], part: NDArray[np.bool_], low: float, high: float) -> str:
    """Pairs of a bin in one half: how many, what was said, what is true."""
    inside = part & (sure >= low) & ((sure < high) | (high == 1.0))
    count, true = int(inside.sum()), int(same[inside].sum())
    if not count:
        return f"{0:7} {'':7} {'':7}  {'':14}"
    least, most = wilson(true, count)
    return f"{count:7,} {sure[inside].mean():7.4f} {true / count:7.4f}  {least:.4f}-{most:.4f}"


def wilson(true: int, count: int) -> tuple[float, float]:
    """The 95% interval of a share."""
    share, spread = true / count, Z * Z / count
    middle = (share + spread / 2) / (1 + spread)
    reach = Z * np.sqrt(share * (1 - share) / count + spread / (4 * count)) / (1 + spread)
    return float(max(0.0, middle - reach)), float(min(1.0, middle + reach))


if __name__ == "__main__":
    main()
