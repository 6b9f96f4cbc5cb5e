"""Collective evidence: which pairs anchor releases, and what other anchors say about a pair."""

import numpy as np
import pyarrow as pa
import pytest

from dedup.fields import FIELD_NAMES, FIELDS, MISSING, level_of
from dedup.hashing import hash_texts
from dedup.releases import FIELD, Alignments, anchors, places, release_pair, told_apart


def levels(**named: str) -> np.ndarray:
    found = np.full((1, len(FIELDS)), MISSING, np.int8)
    for field, level in named.items():
        found[0, FIELD_NAMES.index(field)] = level_of(field, level)
    return found


SURE = {"title": "exact", "artist": "exact", "version": "both plain", "duration": "within 1.5 s"}
ANCHORS = [
    ({}, True),
    ({"title": "near", "version": "neutral difference"}, True),
    ({"title": "similar"}, False),
    ({"artist": "different"}, False),
    ({"version": "conflict"}, False),
    ({"version": "plain against version"}, False),
    ({"duration": "within 7 s"}, False),
]


@pytest.mark.parametrize(("changed", "anchor"), ANCHORS)
def test_anchors(changed: dict[str, str], anchor: bool) -> None:
    assert anchors(levels(**SURE | changed)).tolist() == [anchor]


def test_a_place_on_the_album_stands_in_for_a_missing_duration() -> None:
    untimed = {name: level for name, level in SURE.items() if name != "duration"}
    assert not anchors(levels(**untimed))[0]
    assert anchors(levels(**untimed, position="same"))[0]


def test_releases_that_share_a_name_are_told_apart_by_their_artists() -> None:
    release = np.array([5, 5, 5, 5, 6, 6, 6, 7, 7, 0], np.uint64)
    artist = np.array([1, 1, 2, 2, 1, 2, 3, 1, 1, 1], np.uint64)
    place = places(pa.array([""] * 10), np.array([1, 2, 1, 2, 1, 2, 3, 1, 1, 1], np.int32))
    told = told_apart(release, place, artist)
    assert told[0] == told[1] != told[2] == told[3] != 5
    assert told[4:7].tolist() == [6, 6, 6]  # a compilation
    assert told[7] == told[8]  # one artist's, twice
    assert told[9] == 0
    assert told_apart(release, np.zeros(10, np.uint64), artist).tolist() == release.tolist()


def told_under_one_name(artists: list[str], positions: list[int]) -> list[str]:
    """What tracks that share an album's name are of: "" for the name itself, else whose release of that name."""
    one, place = np.full(len(artists), 5, np.uint64), places(pa.array([""] * len(artists)), np.array(positions))
    told = told_apart(one, place, hash_texts(pa.array(artists)))
    assert len(set(told.tolist())) == len({*np.array(artists)[told != 5]}) + (told == 5).any()
    return [artist if own else "" for artist, own in zip(artists, told != 5, strict=True)]


def test_editions_and_discs_of_a_compilation_are_no_releases_of_its_artists() -> None:
    """Whose places have two artists each, as those of two albums do, but whose artists have a place or two each."""
    artists = [f"artist {number}" for number in range(12)]
    again = [*artists[5:], *artists[:5]]  # the same songs in another order
    assert told_under_one_name(artists + again, [*range(1, 13)] * 2) == [""] * 24
    discs = [f"artist {number}" for number in range(24)]
    assert told_under_one_name(discs, [*range(1, 13)] * 2) == [""] * 24


def test_guests_on_editions_of_an_album_are_no_releases() -> None:
    edition = ["ann", "ann", "ann bo", "ann", "ann cy", "ann"]
    assert told_under_one_name(edition + edition, [*range(1, 7)] * 2) == [""] * 12


def test_albums_that_share_a_name_with_a_compilation_are_told_apart() -> None:
    compiled = [f"artist {number}" for number in range(12)]
    albums = [name for name in ("ann", "bo", "cy") for _ in range(12)]
    assert told_under_one_name(albums + compiled, [*range(1, 13)] * 4)[:36] == albums


def test_tracks_without_an_artist_stay_of_the_name() -> None:
    assert told_under_one_name(["ann", "ann", "bo", "bo", ""], [1, 2, 1, 2, 3]) == ["ann", "ann", "bo", "bo", ""]


def test_of_places_that_as_many_have_one_is_chosen_whatever_the_name() -> None:
    """A pair that is explained alone is of the release that it has in the deduplication."""
    artist = hash_texts(pa.array(["ann", "bo", "ann", "cy", "bo", "cy"]))
    place = places(pa.array([""] * 6), np.array([1, 1, 2, 2, 3, 3]))
    chosen = {tuple(told_apart(np.full(6, name, np.uint64), place, artist) != name) for name in range(1, 40)}
    assert len(chosen) == 1


def test_a_slip_in_one_place_does_not_divide_a_release() -> None:
    position = np.array([1, 2, 3, 4, 4], np.int32)
    one = np.full(5, 5, np.uint64)
    assert told_apart(one, places(pa.array([""] * 5), position), np.arange(5, dtype=np.uint64)).tolist() == [5] * 5


def brute_force(anchor_pairs: list[tuple[int, int, int, int]], pair: tuple[int, int], own: bool) -> str | None:
    a, b = pair
    if a == b or not a or not b:
        return None
    between = [
        one if one[0] < one[1] else (one[1], one[0], one[3], one[2]) for one in anchor_pairs if {a, b} == {*one[:2]}
    ]
    others = min(len({one[side] for one in between}) for side in (2, 3)) - own
    return "several align" if others >= 3 else "one or two align" if others >= 1 else "none align"


@pytest.mark.parametrize("seed", range(5))
def test_levels_count_the_other_anchors(seed: int) -> None:
    rng = np.random.default_rng(seed)
    pairs = rng.integers(0, 5, (60, 2)).astype(np.uint64)
    anchor = rng.random(60) < 0.5
    tracks = rng.integers(0, 9, (60, 2))
    found = Alignments.count(*pairs[anchor].T, *tracks[anchor].T)
    got = found.levels(pairs[:, 0], pairs[:, 1], np.zeros(60, bool), anchor)
    names = [None if level == MISSING else FIELDS[FIELD_NAMES.index(FIELD)].levels[level].name for level in got]
    told = np.column_stack([pairs.astype(np.int64), tracks])[anchor].tolist()
    between = [(a, b, left, right) for a, b, left, right in told if a != b and a and b]
    expected = [brute_force(between, (int(a), int(b)), bool(own)) for (a, b), own in zip(pairs, anchor, strict=True)]
    assert names == expected


def test_a_release_of_one_track_says_nothing() -> None:
    none = Alignments.count(*[np.empty(0, np.uint64)] * 2, *[np.empty(0, np.int64)] * 2)
    one, two = np.array([1], np.uint64), np.array([2], np.uint64)
    assert none.levels(one, two, np.array([True]), np.array([True])).tolist() == [MISSING]
    assert none.levels(one, two, np.array([False]), np.array([True])).tolist() == [level_of(FIELD, "none align")]


def test_the_order_of_two_releases_does_not_matter() -> None:
    a, b = np.arange(1, 50, dtype=np.uint64), np.arange(100, 149, dtype=np.uint64)
    assert (release_pair(a, b) == release_pair(b, a)).all()
    assert len(np.unique(release_pair(a, b))) == len(a)


def test_copies_of_one_track_are_no_other_tracks() -> None:
    ours, theirs = np.full(4, 7, np.uint64), np.full(4, 3, np.uint64)
    copies = Alignments.count(ours, theirs, np.arange(4), np.full(4, 9))
    tracks = Alignments.count(ours, theirs, np.arange(4), np.arange(4, 8))
    for found, level in ((copies, "none align"), (tracks, "several align")):
        got = found.levels(ours[:1], theirs[:1], np.array([False]), np.array([True]))
        assert got.tolist() == [level_of(FIELD, level)]
