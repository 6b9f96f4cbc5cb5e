"""How well printed credits are read into names, on tracks whose names are known.

    python -m benchmarks.credits ../shared/data

The tracks go through the readers that `unisono ingest` uses (source profile, title and artist together). A track is
right where the names found are those of the truth file, all of them, in printed order; repeated spaces aside, which the
readers clean. Names that a title credits are counted apart: the truth has the artist field alone. Tracks that differ
are grouped by what went wrong, the commonest first.

The rules of `catalog.credits` were written with the credits of `discogs/` in view, so its halves (by a hash of the
text) show only how much the figure varies. The credits of `homonyms/`, which had no part in that, are reported beside
it; there all are one name, so they show what is cut wrongly.
"""

import argparse
import csv
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.artist_halves import half_of
from catalog.credits import parse_credit
from catalog.normalise import normalise
from catalog.profile import SourceProfile, profile_sources
from catalog.sources import SourceSpec, read_source

DATA = Path(__file__).resolve().parents[2] / "shared" / "data"
EXAMPLES = 3
TARGET = 0.985
Names = tuple[str, ...]


@dataclass(frozen=True)
class Reading:
    """One track: the credit as printed, the names found in it and the true ones."""

    text: str
    found: Names
    truth: Names

    @property
    def right(self) -> bool:
        """All names, in order."""
        return self.found == self.truth

    @property
    def half(self) -> int:
        """Which half of the credits this one is of: 0 or 1."""
        return half_of(self.text)


def read(tracks: Path, truth: Path) -> tuple[list[Reading], int]:
    """Every track of the truth, read as ingestion does, and how many tracks have guests in their title."""
    names: dict[str, list[str]] = defaultdict(list)
    with truth.open(encoding="utf-8", newline="") as file:
        for row in sorted(csv.DictReader(file), key=lambda row: int(row["position"])):
            names[row["track_id"]].append(row["name"])
    readings, guests = [], 0
    batches = list(read_source(SourceSpec(tracks), on_problem=lambda _: None))
    profiles: dict[str, SourceProfile] = {}
    for batch in batches:
        for source, profile in profile_sources(batch).items():
            profiles[source] = profiles[source].merge(profile) if source in profiles else profile
    for batch in batches:
        for row in normalise(batch, profiles, 0)[0].to_pylist():
            guests += bool(row["featured"])
            found = tuple(credit["name"] for credit in row["artist_names"] or [])
            true = tuple(" ".join(name.split()) for name in names[row["track_id"]])
            readings.append(Reading(row["artist"] or "", found, true))
    return readings, guests


def kind(reading: Reading) -> str:
    """What went wrong: the phrase that should have cut or should not have, or that the names are spelt otherwise."""
    if "".join(reading.found) == "".join(reading.truth):
        return "cut at other places"
    kept = [name for name in reading.found if name not in reading.truth]
    cut = [name for name in reading.truth if name not in reading.found]
    if len(reading.found) < len(reading.truth) and kept:
        return f"kept whole at {_phrase(kept[0], cut)!r}"
    if len(reading.found) > len(reading.truth) and cut:
        return f"cut at {_phrase(cut[0], kept)!r}"
    return "spelt otherwise"


def _phrase(whole: str, parts: Sequence[str]) -> str:
    """What stands between two parts of a whole, with an article behind it."""
    for part in parts:
        if whole.startswith(part) and (rest := whole[len(part) :]):
            after = next((other for other in parts if rest.endswith(other)), "")
            article = " the" if after.lower().startswith("the ") else ""
            return rest.removesuffix(after).strip() + article
    return "no phrase"


def describe(title: str, readings: Sequence[Reading], guests: int) -> Iterator[str]:
    """Lines of text for one set."""
    right = sum(r.right for r in readings)
    yield f"{title}: {len(readings)} tracks, {len({r.text for r in readings})} different texts"
    yield f"  exact list of names: {right / len(readings):.4f} ({right} of {len(readings)}; target {TARGET})"
    for number in (0, 1):
        half = [r for r in readings if r.half == number]
        yield f"  half {number + 1}: {sum(r.right for r in half) / max(len(half), 1):.4f} of {len(half)}"
    texts = {r.text: r.right for r in readings}
    yield f"  each text once: {sum(texts.values()) / len(texts):.4f}"
    several = [r for r in readings if len(r.truth) > 1]
    yield f"  of several names: {sum(r.right for r in several) / max(len(several), 1):.4f} of {len(several)}"
    yield f"  tracks with guests in their title, counted apart: {guests}"
    yield from _differing(readings)
    roles = Counter(credit.role for text in texts for credit in parse_credit(text))
    yield "  roles: " + ", ".join(f"{role} {count}" for role, count in roles.most_common())


def _differing(readings: Sequence[Reading]) -> Iterator[str]:
    kinds: Mapping[str, Counter[Reading]] = defaultdict(Counter)
    for reading in readings:
        if not reading.right:
            kinds[kind(reading)][reading] += 1
    for name, found in sorted(kinds.items(), key=lambda item: -item[1].total()):
        yield f"  {found.total():4d} tracks, {len(found)} texts: {name}"
        for reading, count in found.most_common(EXAMPLES):
            yield f"         {count}x {reading.text!r}: {' | '.join(reading.found)}  for  {' | '.join(reading.truth)}"


def main() -> None:
    """Print the share of right tracks of each set and what is wrong with the others."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("data", type=Path, nargs="?", default=DATA, help="folder that holds discogs/ and homonyms/")
    data = parser.parse_args().data
    if not data.is_dir():
        return print("credits: skipped, ../shared/data is not there")
    sets = {"discogs": (data / "discogs" / "tracks.csv", data / "discogs" / "truth-artists.csv")}
    for truth in sorted((data / "homonyms").glob("truth-artists-*.csv")):
        draw = truth.stem.removeprefix("truth-artists-")
        sets[f"homonyms {draw}"] = (truth.with_name(f"tracks-{draw}.csv"), truth)
    for title, files in sets.items():
        print(*describe(title, *read(*files)), sep="\n")


if __name__ == "__main__":
    main()
