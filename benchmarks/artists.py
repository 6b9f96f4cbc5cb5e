"""How well artist names are merged and split, on credits whose artists are known.

    python -m benchmarks.artists ../shared/data --draws 1 2 3 4

For each set: B-cubed and pairwise scores beside those of "one name is one artist", how many names that stand for two
artists are split exactly right, how many that stand for one are split, and every pair of names joined or missed.
Credits are taken as the truth file gives them, so nothing here depends on how credits are parsed. A truth row without
an artist (a credit that names nobody in particular) is not counted.

Which constants were chosen where: none by these scores but `artist_relations.PRIORS` and `artist_links.SURNAME_BONUS`
(with the names of `discogs` and of draws 1 and 2 in view) and the starting point `artist_priors.TYPICAL` (near the
estimate on them); `artist_merge.MERGE_ODDS` is odds of twenty to one, and two clusters stay apart at even odds. Draws 3
and 4 are only reported. Names are also divided in two halves (`artist_halves`), and each is scored by itself: what is
chosen from now on is chosen on half 1. `artist_misplaced.APART_ODDS` was.
"""

import argparse
import csv
import re
import time
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean

import pyarrow as pa

from benchmarks.artist_halves import half_of
from catalog.text import fold
from dedup.artist_names import name_key
from dedup.artists import resolve_artists
from dedup.metrics import PairScores, Scores, b_cubed, pairwise

YEAR = re.compile(r"[12]\d{3}")
DELIVERED = ("source", "title", "label", "country", "genre", "style")

DATA = Path(__file__).resolve().parents[2] / "shared" / "data"


@dataclass(frozen=True)
class Outcome:
    """Scores of one set. Names are as printed; `joined` and `missed` list spellings."""

    baseline: Scores
    b_cubed: Scores
    pairs: PairScores
    double_names: dict[str, bool]  # names of two artists or more -> told apart exactly
    single_names_split: list[str]
    single_names: int
    joined: list[tuple[str, str]]  # spellings of different artists, under one id
    missed: list[tuple[str, ...]]  # spellings of one artist, no track of one with an id of another
    seconds: float
    halves: tuple["Half", "Half"]


@dataclass(frozen=True)
class Half:
    """Scores of half of the names."""

    b_cubed: Scores
    told_apart: int  # of `double` names
    double: int
    split: int  # of `single` names
    single: int


def read_credits(tracks: Path, truth: Path) -> tuple[pa.Table, list[str]]:
    """Credits (`artist_credits.CREDITS`) as the truth file names them, and each one's artist ("" where unknown)."""
    by_id = {row["track_id"]: row for row in _rows(tracks)}
    answers = _rows(truth)
    keys: dict[str, set[str]] = defaultdict(set)
    for answer in answers:
        keys[answer["track_id"]].add(name_key(answer["name"]))
    rows = [_credit(answer, by_id[answer["track_id"]], keys[answer["track_id"]]) for answer in answers]
    return pa.Table.from_pylist(rows), [answer["artist_id"] for answer in answers]


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _credit(answer: dict[str, str], track: dict[str, str], keys: set[str]) -> dict[str, object]:
    year = YEAR.match(track["release_date"])
    return {
        "track_id": answer["track_id"],
        "position": int(answer["position"]),
        "name": answer["name"],
        "album_core": fold(track["album"]),
        "title_core": fold(track["title"]),
        "release_year": int(year[0]) if year else None,
        "co_names": sorted(keys - {name_key(answer["name"])}),
        **{column: track[column] or None for column in DELIVERED},
    }


def measure(tracks: Path, truth: Path) -> Outcome:
    """Resolve the credits of one set and score them."""
    credits, artists = read_credits(tracks, truth)
    start = time.perf_counter()
    found = resolve_artists(credits).column("artist_id").to_pylist()
    seconds = time.perf_counter() - start
    known = [i for i, artist in enumerate(artists) if artist]
    names = [credits.column("name")[i].as_py() for i in known]
    truth_ids, ids = [artists[i] for i in known], [found[i] for i in known]
    double, single, split = _by_name(names, truth_ids, ids)
    return Outcome(
        b_cubed(truth_ids, names), b_cubed(truth_ids, ids), pairwise(truth_ids, ids), double, split, len(single),
        _joined(names, truth_ids, ids), _missed(names, truth_ids, ids), seconds,
        (_half(0, names, truth_ids, ids), _half(1, names, truth_ids, ids)),
    )  # fmt: skip


def _half(half: int, names: list[str], truth: list[str], ids: list[str]) -> Half:
    rows = [i for i, name in enumerate(names) if half_of(name_key(name)) == half]
    names, truth, ids = ([column[i] for i in rows] for column in (names, truth, ids))
    double, single, split = _by_name(names, truth, ids)
    return Half(b_cubed(truth, ids), sum(double.values()), len(double), len(split), len(single))


def _by_name(names: list[str], truth: list[str], ids: list[str]) -> tuple[dict[str, bool], list[str], list[str]]:
    """Names of several artists and whether they were told apart exactly; names of one; those of them split."""
    rows: dict[str, list[int]] = defaultdict(list)
    for i, name in enumerate(names):
        rows[name].append(i)
    double = {
        name: pairwise([truth[i] for i in mine], [ids[i] for i in mine]).f1 == 1.0
        for name, mine in rows.items()
        if len({truth[i] for i in mine}) > 1
    }
    single = [name for name in rows if name not in double]
    return double, single, [name for name in single if len({ids[i] for i in rows[name]}) > 1]


def _joined(names: list[str], truth: list[str], ids: list[str]) -> list[tuple[str, str]]:
    under: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for name, artist, found in zip(names, truth, ids, strict=True):
        under[found][artist].add(name)
    wrong: set[tuple[str, str]] = set()
    for artists in under.values():
        spelt = sorted((artist, name) for artist, spellings in artists.items() for name in spellings)
        wrong.update((a, b) for i, (x, a) in enumerate(spelt) for y, b in spelt[i + 1 :] if x != y and a != b)
    return sorted(wrong)


def _missed(names: list[str], truth: list[str], ids: list[str]) -> list[tuple[str, ...]]:
    spellings: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for name, artist, found in zip(names, truth, ids, strict=True):
        spellings[artist][found].add(name)
    groups = [[sorted(group)[0] for group in found.values()] for found in spellings.values()]
    return sorted(tuple(sorted(set(group))) for group in groups if len(set(group)) > 1)


def describe(title: str, outcome: Outcome) -> Iterable[str]:
    """Lines of text for one set."""
    yield f"{title}  ({outcome.seconds:.1f} s)"
    yield f"  one name, one artist: B-cubed F1 {outcome.baseline.f1:.4f}"
    scores = outcome.b_cubed
    yield f"  B-cubed F1 {scores.f1:.4f}  precision {scores.precision:.4f}  recall {scores.recall:.4f}"
    for number, half in enumerate(outcome.halves, start=1):
        told = f"told apart {half.told_apart} of {half.double}, split {half.split} of {half.single}"
        yield f"    half {number}: B-cubed F1 {half.b_cubed.f1:.4f}, {told}"
    pairs = outcome.pairs
    yield f"  pairwise F1 {pairs.f1:.4f}  precision {pairs.precision:.4f}  recall {pairs.recall:.4f}"
    right = sum(outcome.double_names.values())
    yield f"  double names told apart exactly: {right} of {len(outcome.double_names)}"
    yield from (f"    not: {name}" for name, told in outcome.double_names.items() if not told)
    yield f"  single names split: {len(outcome.single_names_split)} of {outcome.single_names}"
    yield from (f"    {name}" for name in outcome.single_names_split)
    yield f"  names of different artists joined: {len(outcome.joined)}"
    yield from (f"    {a} | {b}" for a, b in outcome.joined)
    yield f"  spellings of one artist not joined: {len(outcome.missed)}"
    yield from ("    " + " | ".join(group) for group in outcome.missed)


def summary(outcomes: Sequence[Outcome]) -> Iterable[str]:
    """Lines of text for all draws of homonyms, whole and by half."""
    if not outcomes:
        return
    double = [told for o in outcomes for told in o.double_names.values()]
    split, single = sum(len(o.single_names_split) for o in outcomes), sum(o.single_names for o in outcomes)
    told = f"told apart {sum(double)} of {len(double)}, split {split} of {single}"
    yield f"homonyms, mean of {len(outcomes)}: B-cubed F1 {fmean(o.b_cubed.f1 for o in outcomes):.4f}, {told}"
    for number in (0, 1):
        halves = [o.halves[number] for o in outcomes]
        told = f"told apart {sum(h.told_apart for h in halves)} of {sum(h.double for h in halves)}"
        told += f", split {sum(h.split for h in halves)} of {sum(h.single for h in halves)}"
        yield f"  half {number + 1}: B-cubed F1 {fmean(h.b_cubed.f1 for h in halves):.4f}, {told}"


def main() -> None:
    """Print the outcome of the Discogs set and of the chosen draws of homonyms."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("data", type=Path, nargs="?", default=DATA, help="folder that holds discogs/ and homonyms/")
    parser.add_argument("--draws", type=int, nargs="*", default=[1, 2, 3, 4], help="draws of homonyms")
    chosen = parser.parse_args()
    if not chosen.data.is_dir():
        return print("artists: skipped, ../shared/data is not there")
    discogs, homonyms = chosen.data / "discogs", chosen.data / "homonyms"
    print(*describe("discogs", measure(discogs / "tracks.csv", discogs / "truth-artists.csv")), sep="\n")
    outcomes = []
    for draw in chosen.draws:
        outcomes.append(measure(homonyms / f"tracks-{draw}.csv", homonyms / f"truth-artists-{draw}.csv"))
        print(*describe(f"homonyms {draw}", outcomes[-1]), sep="\n")
    print(*summary(outcomes), sep="\n")


if __name__ == "__main__":
    main()
