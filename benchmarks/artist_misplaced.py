"""How well wrongly credited tracks are found: some are planted, and what is proposed is counted.

    python -m benchmarks.artist_misplaced ../shared/data --plants 60

In each set the artists of two tracks of two albums are exchanged, so that either track stands alone on another's album;
only albums of one name with four tracks or more are touched. Counted are the planted tracks that are proposed for their
true artist, and the proposals that are wrong: of a track that was not planted, or for somebody else. The sets are also
run as they are, where every proposal is wrong. Planted tracks whose wrong name has no other release cannot be found;
they are counted too. Names are divided in halves (`artist_halves`, by the wrong name): thresholds are chosen on half 1.
"""

import argparse
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from benchmarks.artist_halves import half_of
from benchmarks.artists import DATA, read_credits
from dedup import artist_misplaced
from dedup.artist_names import name_key
from dedup.artists import resolve_catalogue

THRESHOLDS = (0.0, -1.0, -2.0, -3.0, -4.0, -6.0)
ALBUM_TRACKS = 4


@dataclass
class Count:
    """Planted tracks by half, and proposals: (log2 odds, half, right)."""

    planted: list[int] = field(default_factory=lambda: [0, 0])
    proposals: list[tuple[float, int, bool]] = field(default_factory=list)

    def at(self, threshold: float, half: int) -> tuple[int, int]:
        """Planted tracks found and wrong proposals at a threshold."""
        those = [right for odds, of, right in self.proposals if of == half and odds < threshold]
        return sum(those), len(those) - sum(those)


def plant(rows: list[dict[str, Any]], plants: int, rng: np.random.Generator) -> dict[str, str]:
    """Exchange the artists of pairs of tracks, in place; track id -> the true name's key."""
    albums: dict[tuple[Any, ...], list[int]] = defaultdict(list)
    for i, row in enumerate(rows):
        if row["album_core"] and not row["co_names"]:
            albums[(row["source"], row["album_core"], row["label"])].append(i)
    whole = [
        mine for mine in albums.values() if len(mine) >= ALBUM_TRACKS and len({rows[i]["name"] for i in mine}) == 1
    ]
    chosen = [whole[i] for i in rng.permutation(len(whole))[: plants // 2 * 2]]
    truth: dict[str, str] = {}
    for first, second in zip(chosen[::2], chosen[1::2], strict=False):
        a, b = rows[int(rng.choice(first))], rows[int(rng.choice(second))]
        if name_key(a["name"]) != name_key(b["name"]):
            truth |= {row["track_id"]: name_key(row["name"]) for row in (a, b)}
            a["name"], b["name"] = b["name"], a["name"]
    return truth


def measure(tracks: Path, truth: Path, plants: int, seed: int) -> Count:
    """Plant wrong names in one set and count what is proposed, at the loosest of `THRESHOLDS`."""
    rows = read_credits(tracks, truth)[0].to_pylist()
    planted = plant(rows, plants, np.random.default_rng(seed))
    count = Count()
    for row in rows:
        if row["track_id"] in planted:
            count.planted[half_of(name_key(row["name"]))] += 1
    chosen, artist_misplaced.APART_ODDS = artist_misplaced.APART_ODDS, max(THRESHOLDS)
    try:
        found = resolve_catalogue(pa.Table.from_pylist(rows))
    finally:
        artist_misplaced.APART_ODDS = chosen
    hosts = {(row["release"], row["host"]): row["name"] for row in found.hosts.to_pylist()}
    for row in found.misplaced.to_pylist():
        if (row["release"], row["host"]) not in hosts:
            continue
        right = planted.get(row["track_id"]) == name_key(hosts[(row["release"], row["host"])])
        count.proposals.append((row["odds"], half_of(name_key(row["name"])), right))
    return count


def describe(title: str, counts: Iterable[Count]) -> Iterable[str]:
    """A table of thresholds for the sum of some counts."""
    counts = list(counts)
    planted = [sum(count.planted[half] for count in counts) for half in (0, 1)]
    yield f"{title}: planted {planted[0]} in half 1, {planted[1]} in half 2"
    for threshold in THRESHOLDS:
        cells = [tuple(map(sum, zip(*(c.at(threshold, half) for c in counts), strict=True))) for half in (0, 1)]
        mark = "  <- in use" if threshold == artist_misplaced.APART_ODDS else ""
        told = "; ".join(f"half {half + 1}: found {right}, wrong {wrong}" for half, (right, wrong) in enumerate(cells))
        yield f"  below {threshold:+.0f} bits: {told}{mark}"


def main() -> None:
    """Print what is found of planted tracks, and what is proposed where none is planted."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("data", type=Path, nargs="?", default=DATA, help="folder that holds discogs/ and homonyms/")
    parser.add_argument("--plants", type=int, default=60, help="tracks planted in each set")
    parser.add_argument("--seeds", type=int, default=3, help="different choices of planted tracks")
    chosen = parser.parse_args()
    if not chosen.data.is_dir():
        return print("artist_misplaced: skipped, ../shared/data is not there")
    files = [(chosen.data / "discogs" / "tracks.csv", chosen.data / "discogs" / "truth-artists.csv")]
    folder = chosen.data / "homonyms"
    files += [(folder / f"tracks-{draw}.csv", folder / f"truth-artists-{draw}.csv") for draw in (1, 2, 3, 4)]
    print(*describe("as they are", (measure(*pair, 0, 0) for pair in files)), sep="\n")
    planted = (measure(*pair, chosen.plants, seed) for pair in files for seed in range(chosen.seeds))
    print(*describe("planted", planted), sep="\n")


if __name__ == "__main__":
    main()
