"""Guests on albums, and credits that seem to be somebody else's."""

from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from benchmarks.artist_misplaced import measure
from dedup.artist_codes import code, codes
from dedup.artist_crowds import COMPILATION_ARTISTS, CROWDS, FIRST_NAMES, HOST_TRACKS, compilations, crowded, guests
from dedup.artist_misplaced import APART_ODDS
from dedup.artist_names import name_key
from dedup.artists import Resolved, resolve_catalogue
from tests.dedup.artist_examples import catalogue, release, table

CATALOGUE = catalogue(60)


def resolve(*rows: dict[str, Any]) -> Resolved:
    return resolve_catalogue(table([*CATALOGUE, *rows]))


def album(host: str, number: int, scene: int, guest: str | None, **more: Any) -> list[dict[str, Any]]:
    """Six tracks by a host, one of them by a guest."""
    rows = [
        {**row, "track_id": f"{row['track_id']}-{half}", "title_core": f"tune {number} {half} {i}"}
        for half in "ab"
        for i, row in enumerate(release(host, number, scene))
    ]
    if guest:
        rows[0] |= {"name": guest, **more}
    return rows


def names(found: Resolved) -> list[tuple[str, str]]:
    hosts = {(row["release"], row["host"]): row["name"] for row in found.hosts.to_pylist()}
    rows = found.misplaced.to_pylist()
    return [(row["name"], hosts[at]) for row in rows if (at := (row["release"], row["host"])) in hosts]


def test_a_credit_that_fits_nothing_of_its_name_is_proposed_for_the_host() -> None:
    own = [*release("Wanda", 20, 1), *release("Wanda", 23, 1)]
    found = resolve(*own, *album("Hosts", 30, 0, "Wanda"))
    assert names(found) == [("Wanda", "Hosts")]
    row = found.misplaced.to_pylist()[0]
    assert row["odds"] < APART_ODDS
    assert row["odds"] == pytest.approx(sum(one["weight"] for one in row["evidence"]))
    assert (row["track_id"], row["n_releases"]) == ("t30-0-a", 2)
    assert [host["n_tracks"] for host in found.hosts.to_pylist()] == [5]


def test_nothing_is_proposed_where_the_guest_is_at_home_unknown_or_beside_the_host() -> None:
    own = release("Wanda", 20, 1)
    assert names(resolve(*release("Wanda", 20, 0), *album("Hosts", 30, 0, "Wanda"))) == []
    assert names(resolve(*album("Hosts", 30, 0, "Wanda"))) == []
    assert names(resolve(*own, *album("Hosts", 30, 0, "Wanda", co_names=["hosts"]))) == []
    assert names(resolve(*own, *album("Hosts", 30, 0, None))) == []


def test_the_host_must_be_on_the_same_release() -> None:
    rows = album("Hosts", 30, 0, "Wanda")
    rows[0] |= {"label": "another", "country": "Chile"}
    assert names(resolve(*release("Wanda", 20, 1), *rows)) == []


def test_a_spelling_of_the_host_is_no_guest() -> None:
    rows = [*release("Presley, Elvis", 20, 0), *album("Elvis Presley", 30, 0, "Presley, Elvis")]
    found = resolve(*rows)
    assert set(found.artists.column("artist_id").to_pylist()[-len(rows) :]) == {"a-elvis-presley"}
    assert names(found) == []


def test_guests_and_compilations_are_those_of_plain_counting() -> None:
    rng = np.random.default_rng(11)
    rows = [(int(rng.integers(1, 40)), f"n{rng.integers(6) * rng.integers(2)}") for _ in range(400)]
    counts: dict[int, Counter[str]] = defaultdict(Counter)
    for crowd, name in rows:
        counts[crowd][name] += 1
    expected = set()
    for crowd, named in counts.items():
        host, most = named.most_common(1)[0]
        alone = list(named.values()).count(most) == 1
        if len(named) < COMPILATION_ARTISTS and most >= HOST_TRACKS and alone:
            expected |= {(crowd, code(n), code(host), most) for n, k in named.items() if k * HOST_TRACKS <= most}
    columns = [[crowd for crowd, _ in rows], codes(pa.array([name for _, name in rows])), [1] * len(rows)]
    found = crowded(pa.table(columns, schema=FIRST_NAMES))
    assert found.schema == CROWDS
    assert {tuple(row.values()) for row in guests(found).to_pylist()} == expected
    assert compilations(found).tolist() == sorted(c for c, named in counts.items() if len(named) >= COMPILATION_ARTISTS)


def hosted(*albums: dict[str, int]) -> list[dict[str, Any]]:
    """The guests of albums, each given as its first names and their tracks."""
    rows = [(i + 1, code(name_key(name)), n) for i, named in enumerate(albums) for name, n in named.items()]
    return guests(crowded(pa.table(list(zip(*rows, strict=True)), schema=FIRST_NAMES))).to_pylist()


def test_of_two_with_as_many_tracks_neither_is_host() -> None:
    split, turned = {"Sonny Terry": 5, "Brownie McGhee": 5, "Wanda": 1}, {"Brownie McGhee": 5, "Sonny Terry": 5}
    assert hosted(split, turned | {"Wanda": 1}) == []
    found = hosted(split | {"Sonny Terry": 6})
    assert [(row["guest"], row["host"], row["n_tracks"]) for row in found] == [(code("wanda"), code("sonny terry"), 6)]


@pytest.mark.parametrize("nobody", ["Various Artists", "Unknown Artist", "Soundtrack", "Разные исполнители"])
def test_nobody_in_particular_hosts_no_album(nobody: str) -> None:
    assert hosted({nobody: 9, "Wanda": 1}) == []
    own = [*release("Wanda", 20, 1), *release("Wanda", 23, 1)]
    found = resolve(*own, *album(nobody, 30, 0, "Wanda"))
    assert (names(found), found.misplaced.num_rows) == ([], 0)


def test_planted_tracks_are_found_and_hardly_any_other(shared_data: Path) -> None:
    folder = shared_data / "homonyms"
    count = measure(folder / "tracks-3.csv", folder / "truth-artists-3.csv", 60, 7)
    found, wrong = (sum(sides) for sides in zip(*(count.at(APART_ODDS, half) for half in (0, 1)), strict=True))
    assert found > 0.6 * sum(count.planted)
    assert wrong <= 0.01 * found
    assert not measure(folder / "tracks-3.csv", folder / "truth-artists-3.csv", 0, 7).proposals
