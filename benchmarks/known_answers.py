"""Duplicate detection where people have said what is the same: two stores' labelled pairs, and covers.

    python -m benchmarks.known_answers                   # both sets
    python -m benchmarks.known_answers covers            # one of them

`itunes-amazon`: both stores' catalogues deduplicated together, without labels; of the labelled pairs, how many are
answered rightly by recording ids, by merged pairs, by merged pairs and those sent to review, and how many were compared
at all; then every wrong answer with its evidence. `covers`: performances of one song by different performers, of which
no two are one recording, so every merged pair is a false merge; their song groups are scored against the works.
"""

import csv
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterator
from itertools import combinations
from pathlib import Path
from typing import Any

import pyarrow.compute as pc

from benchmarks.whole_run import unisono
from catalog.store import Catalogue
from jobs.evaluate_clusters import recordings
from jobs.evaluate_pairs import pairs

DATA = Path(__file__).resolve().parents[2] / "shared" / "data"
STORES, LABELS = ("itunes.csv", "amazon.csv"), ("train-pairs.csv", "valid-pairs.csv")
PER_TRACKS = 2000
"""Tracks to which false merges are related."""

SHOWN = 20
"""False merges that are shown."""

Pair = tuple[str, str]
HEADINGS = f"{'':24} {'true':>6} {'found':>6} {'correct':>8} {'precision':>10} {'recall':>8} {'F1':>8}"


def main() -> None:
    """Run the sets named by the arguments, or both."""
    if not DATA.is_dir():
        return print("known_answers: skipped, ../shared/data is not there")
    wanted = set(sys.argv[1:]) or set(SETS)
    for name, measure in SETS.items():
        if name in wanted:
            with tempfile.TemporaryDirectory() as folder:
                for line in measure(DATA / name, Path(folder) / "cat"):
                    print(line, flush=True)


def labelled_stores(data: Path, root: Path) -> Iterator[str]:
    """Scores of both sets of labelled pairs, and their wrong answers."""
    took = unisono([data / name for name in STORES], root).whole
    catalogue = Catalogue.open(root)
    yield f"itunes-amazon: {catalogue.count('tracks'):,} tracks, {took.seconds:.0f} s, {took.peak / 2**20:,.0f} MiB"
    for name in LABELS:
        evaluation = pairs(data / name, catalogue)
        yield f"\n{name}: {evaluation.entries} pairs\n{HEADINGS}"
        for measure, scores in evaluation.scores.items():
            yield score_line(measure.removeprefix("matches: "), scores)
    for name in LABELS:
        yield from wrong_answers(data / name, catalogue)


def score_line(name: str, scores: dict[str, float]) -> str:
    """Counts and scores of one measure."""
    counts = f"{scores['true_pairs']:6,} {scores['predicted_pairs']:6,} {scores['correct_pairs']:8,}"
    return f"{name:24} {counts} {scores['precision']:10.4f} {scores['recall']:8.4f} {scores['f1']:8.4f}"


def wrong_answers(labels: Path, catalogue: Catalogue) -> Iterator[str]:
    """Every labelled pair that recording ids answer wrongly: what it is, both tracks, and the evidence."""
    said = read_labels(labels)
    recording = column_of(catalogue, "recordings", "recording_id")
    wrong = [pair for pair, same in said.items() if (recording[pair[0]] == recording[pair[1]]) != same]
    yield f"\n{labels.name}: {len(wrong)} wrong"
    for pair in wrong:
        yield f"{'missed' if said[pair] else 'wrongly merged'}: {' '.join(pair)}"
        yield from described(pair, catalogue)


def read_labels(path: Path) -> dict[Pair, bool]:
    """Labelled pairs, ids in order."""
    with path.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    return {ordered(row["track_id_a"], row["track_id_b"]): row["same"] == "1" for row in rows}


def ordered(a: str, b: str) -> Pair:
    """Two ids in order."""
    return min(a, b), max(a, b)


def column_of(catalogue: Catalogue, table: str, name: str) -> dict[str, Any]:
    """Track id -> value of one column."""
    found = catalogue.read(table, ["track_id", name])
    return dict(zip(found["track_id"].to_pylist(), found[name].to_pylist(), strict=True))


def described(pair: Pair, catalogue: Catalogue) -> Iterator[str]:
    """Both tracks as delivered, and what was found about the pair."""
    columns = ["title", "artist", "album", "duration"]
    for row in catalogue.read("tracks", columns, filter=pc.field("track_id").isin(list(pair))).to_pylist():
        yield "    " + " | ".join(str(row[name] or "–") for name in columns)
    a, b = pc.field("track_id_a"), pc.field("track_id_b")
    either = ((a == pair[0]) & (b == pair[1])) | ((a == pair[1]) & (b == pair[0]))
    found = catalogue.read("matches", ["weight", "decision", "evidence"], filter=either).to_pylist()
    yield "    " + (evidence_line(found[0]) if found else "not in matches: never compared, or far from a match")


def evidence_line(match: dict[str, Any]) -> str:
    """Decision, weight and every item of evidence, in short."""
    items = ", ".join(f"{item['field']} {item['level']} {item['weight']:+.1f}" for item in match["evidence"])
    return f"{match['decision']}, {match['weight']:.1f} bits: {items}"


def covers(data: Path, root: Path) -> Iterator[str]:
    """False merges, and the song groups' scores."""
    took = unisono([data / "tracks.csv"], root).whole
    catalogue = Catalogue.open(root)
    tracks, merged = catalogue.count("tracks"), merged_pairs(catalogue)
    yield f"covers: {tracks:,} tracks, {took.seconds:.0f} s, {took.peak / 2**20:,.0f} MiB"
    rate = len(merged) * PER_TRACKS / tracks
    yield f"false merges: {len(merged)} pairs, {rate:.2f} in {PER_TRACKS:,} tracks"
    for pair in merged[:SHOWN]:
        yield f"wrongly merged: {' '.join(pair)}"
        yield from described(pair, catalogue)
    yield f"\n{HEADINGS}"
    songs = recordings(data / "truth.csv", catalogue).scores
    yield score_line("song groups", songs["song: pairs"])
    yield f"largest song groups: {largest_songs(catalogue)} tracks"


def merged_pairs(catalogue: Catalogue) -> list[Pair]:
    """Every pair of tracks under one recording id."""
    under: dict[str, list[str]] = defaultdict(list)
    for track, recording in column_of(catalogue, "recordings", "recording_id").items():
        under[recording].append(track)
    return sorted(pair for tracks in under.values() for pair in combinations(sorted(tracks), 2))


def largest_songs(catalogue: Catalogue) -> str:
    """Sizes of the five largest song groups."""
    sizes = Counter(column_of(catalogue, "recordings", "song_id").values())
    return ", ".join(str(size) for _, size in sizes.most_common(5))


SETS = {"itunes-amazon": labelled_stores, "covers": covers}

if __name__ == "__main__":
    main()
