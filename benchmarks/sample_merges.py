"""Merged pairs drawn at random, printed for people to judge: the only precision there is where no truth is known.

    python -m benchmarks.sample_merges CATALOGUE [-n 50] [--seed 1]

Each pair of tracks that ended in one recording is drawn with the same probability, by reservoir sampling (Vitter 1985)
over the table `matches`; the largest recordings are listed after them, since what went wrong at scale shows there.
"""

import argparse
import random
import sys
from typing import Any

import pyarrow.dataset as ds

from catalog.store import Catalogue
from jobs.lookup import tracks_by_id

SHOWN = ("track_id", "title", "artist", "album", "duration")
LARGEST = 5


def main() -> None:
    """Print the sample and the largest groups."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("catalogue", nargs="?")
    parser.add_argument("-n", type=int, default=50)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    if given.catalogue is None:
        sys.stdout.write("sample_merges: skipped, no catalogue was named\n")
        return
    catalogue = Catalogue.open(given.catalogue)
    for number, match in enumerate(sample(catalogue, given.n, given.seed), start=1):
        left, right = tracks_by_id(catalogue, [match["track_id_a"], match["track_id_b"]], SHOWN)
        sys.stdout.write(f"{number:3}  {match['weight']:+.1f} bits\n     {line(left)}\n     {line(right)}\n")
    for size, title in largest(catalogue):
        sys.stdout.write(f"recording of {size:,} tracks: {title}\n")


def sample(catalogue: Catalogue, count: int, seed: int) -> list[dict[str, Any]]:
    """Merged pairs, each with the same probability."""
    rng, kept, seen = random.Random(seed), list[dict[str, Any]](), 0
    columns = ["track_id_a", "track_id_b", "weight"]
    batches = catalogue.dataset("matches").to_batches(columns=columns, filter=ds.field("decision") == "merge")
    for batch in batches:
        for match in batch.to_pylist():
            seen += 1
            if len(kept) < count:
                kept.append(match)
            elif (place := rng.randrange(seen)) < count:
                kept[place] = match
    return kept


def line(track: dict[str, Any]) -> str:
    """A track as its source prints it."""
    return " | ".join(str(track[name] or "") for name in SHOWN)


def largest(catalogue: Catalogue) -> list[tuple[int, str]]:
    """Size and first title of the recordings that hold most tracks."""
    table = catalogue.read("recordings", ["track_id", "recording_id"])
    sizes = table.group_by("recording_id").aggregate([("track_id", "count"), ("track_id", "min")])
    top = sizes.sort_by([("track_id_count", "descending")]).slice(0, LARGEST).to_pylist()
    tracks = tracks_by_id(catalogue, [row["track_id_min"] for row in top], SHOWN)
    return [(row["track_id_count"], line(track)) for row, track in zip(top, tracks, strict=True)]


if __name__ == "__main__":
    main()
