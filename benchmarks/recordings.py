"""Duplicate detection on the development data, end to end: `unisono run`, then pairwise scores against the truth.

    python -m benchmarks.recordings                # every set, default options
    python -m benchmarks.recordings original       # one of them

Scores stand for all records, then F1 for either half of the recordings. Neither half is untouched: which fields depend
on which, and the bounds on EM, were settled with the scores of whole sets in view. The weights are estimated from each
catalogue without its truth. Two thirds of the recordings of the audio set trained the released model, and half of its
artists chose `dedup.sound.Hearing.same`; see `benchmarks.audio_duplicates`.
"""

import hashlib
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

from catalog.store import Catalogue
from dedup.metrics import pairwise
from jobs.evaluate_clusters import recordings
from jobs.options import AnalyzeOptions, DedupOptions, IngestOptions, SparkOptions
from jobs.run import run
from jobs.truth import read_truth

DATA = Path(__file__).resolve().parents[2] / "shared" / "data"


class Case(NamedTuple):
    """A source with known recordings; `promise`: every source of it lists a recording once."""

    name: str
    source: str
    truth: str
    promise: bool


CASES = (
    Case("original", "musicbrainz20k/original.csv", "musicbrainz20k/original-truth.csv", True),
    Case("original", "musicbrainz20k/original.csv", "musicbrainz20k/original-truth.csv", False),
    Case("mutated", "musicbrainz20k/mutated.csv", "musicbrainz20k/mutated-truth.csv", True),
    Case("mutated", "musicbrainz20k/mutated.csv", "musicbrainz20k/mutated-truth.csv", False),
    Case("audio", "audio/catalogue.csv", "audio/truth.csv", False),
)


def main() -> None:
    """Run the cases named by the arguments, or all, and print a line each."""
    if not DATA.is_dir():
        sys.stdout.write("recordings: skipped, ../shared/data is not there\n")
        return
    wanted = set(sys.argv[1:]) or {case.name for case in CASES}
    figures = f"{'precision':>10} {'recall':>8} {'F1':>8} {'halves':>15} {'seconds':>8}"
    sys.stdout.write(f"{'set':10} {'promise':8} {'pairs':>8} {figures}\n")
    for case in CASES:
        if case.name in wanted:
            sys.stdout.write(measure(case) + "\n")
            sys.stdout.flush()


def measure(case: Case) -> str:
    """One line of the table."""
    began = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        options = DedupOptions(unique_within="source" if case.promise else None)
        run(Path(folder) / "cat", [DATA / case.source], IngestOptions(), AnalyzeOptions(), options, SparkOptions())
        catalogue = Catalogue.open(Path(folder) / "cat")
        found = recordings(DATA / case.truth, catalogue)
        halves = [half_scores(DATA / case.truth, catalogue, number) for number in (0, 1)]
    seconds = time.perf_counter() - began
    scores = found.scores["recording: pairs"]
    figures = f"{scores['precision']:10.4f} {scores['recall']:8.4f} {scores['f1']:8.4f}"
    split = f"{halves[0]:7.4f} {halves[1]:7.4f} {seconds:8.0f}"
    return f"{case.name:10} {'yes' if case.promise else 'no':8} {scores['true_pairs']:8,.0f} {figures} {split}"


def half_scores(truth_csv: Path, catalogue: Catalogue, half: int) -> float:
    """Pairwise F1 over the recordings of one half."""
    truth = read_truth(truth_csv, needed=("track_id", "recording_id"))
    found = catalogue.read("recordings", ["track_id", "recording_id"])
    label = dict(zip(found["track_id"].to_pylist(), found["recording_id"].to_pylist(), strict=True))
    rows = zip(truth["track_id"].to_pylist(), truth["recording_id"].to_pylist(), strict=True)
    chosen = [(recording, label.get(track, track)) for track, recording in rows if half_of(recording) == half]
    return pairwise([true for true, _ in chosen], [predicted for _, predicted in chosen]).f1


def half_of(recording: str) -> int:
    """Which half a recording belongs to, the same on every machine."""
    return hashlib.sha256(recording.encode()).digest()[0] % 2


if __name__ == "__main__":
    main()
