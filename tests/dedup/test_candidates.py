"""Candidate generation against brute force."""

from collections import Counter
from itertools import combinations
from string import ascii_lowercase

import numpy as np
import pyarrow as pa
import pytest

from dedup.blocks import SAMPLED, Tracks, bounded, expand, sampled, stands_for
from dedup.candidates import GENERATORS, KEYS, Blocking, record_keys
from dedup.grams import EXACT, SPACE, commonness, count_grams, grams
from dedup.proposals import MOST_RARITY, PAIRS, Proposals, joined, propose, unite
from dedup.sketches import sketches
from tests.dedup.record_examples import records

BLOCKING = Blocking(keys=6, pair_grams=3, cap=5, window=4)


def common(table: pa.Table) -> np.ndarray:
    found = np.zeros(SPACE, np.uint8)
    gram, count = count_grams(table)
    found[gram] = commonness(count)
    return found


def text_grams(text: str, size: int = 5) -> set[str]:
    padded = f" {text} "
    return {padded[i : i + size] for i in range(len(padded) - size + 1)}


def test_grams_are_those_of_every_field() -> None:
    table = records({"title_core": "banana banana", "artist_core": "anna k"}, {}, {"title_core": "anna k"})
    record, gram = grams(table)
    expected = text_grams("banana banana") | text_grams("anna k")
    assert len(set(gram[record == 0])) == len(expected)
    assert (record == 1).sum() == 0
    assert set(gram[record == 2]) <= set(gram[record == 0])  # it says the same as a title or an artist


def test_no_gram_crosses_from_one_record_into_the_next() -> None:
    alone = grams(records({"title_core": "abcde"}))[1]
    record, gram = grams(records({"title_core": "wxyz"}, {"title_core": "abcde"}, {"title_core": "mnop"}))
    assert set(gram[record == 1]) == set(alone)


def test_counts_are_of_records_not_of_occurrences() -> None:
    texts = ["banana banana", "banana", "cabana"]
    gram, count = count_grams(records(*({"title_core": text} for text in texts)))
    expected = Counter(gram for text in texts for gram in text_grams(text))
    assert sorted(count.tolist()) == sorted(expected.values())
    assert (np.diff(gram.astype(int)) > 0).all()


def test_commonness_is_exact_while_it_matters_and_keeps_the_order() -> None:
    counts = np.array([0, 1, 2, 60, EXACT - 1, EXACT, 200, 5000, 10**7])
    found = commonness(counts)
    assert found[:5].tolist() == counts[:5].tolist()
    assert (np.diff(found.astype(int)) >= 0).all()
    assert found[-1] > found[-3]


def test_a_typo_and_a_swapped_field_still_share_a_key() -> None:
    table = records(
        {"title_core": "strange little harbour", "artist_core": "olive quartet"},
        {"title_core": "strange litle harbour", "artist_core": "olive quartet"},
        {"title_core": "olive quartet strange little harbour"},
        {"title_core": "another thing", "artist_core": "somebody else"},
    )
    keys = record_keys(table, 100, common(table), BLOCKING)
    held = {place: set(keys["key"][keys["place"] == place]) for place in range(100, 104)}
    assert held[100] & held[101]
    assert held[100] & held[102]
    assert not held[100] & held[103]


def test_keys_are_bounded_and_do_not_depend_on_the_slice() -> None:
    rng = np.random.default_rng(3)
    words = ["river", "stone", "night", "amber", "coral", "delta", "ember", "frost"]
    table = records(
        *(
            {"title_core": " ".join(rng.choice(words, 4)), "artist_core": "same artist", "duration_s": 9.0}
            for _ in range(60)
        )
    )
    known = common(table)
    whole = record_keys(table, 0, known, BLOCKING)
    pairs = BLOCKING.pair_grams * (BLOCKING.pair_grams - 1) // 2
    assert np.bincount(whole["place"]).max() <= BLOCKING.keys + pairs + len(GENERATORS)
    parts = [record_keys(table.slice(start, 20), start, known, BLOCKING) for start in (0, 20, 40)]
    assert sorted(np.concatenate(parts).tolist(), key=str) == sorted(whole.tolist(), key=str)


def test_performers_of_a_work_meet_in_whatever_order_they_are_credited() -> None:
    tags = ["movement:2", "opus:55"]
    credit = {"performers": "georg solti\ncleveland orchestra", "versions": tags, "duration_s": 799.0}
    table = records(
        credit | {"title_core": "sinfonie es dur marcia funebre", "artist_core": "georg solti"},
        credit | {"title_core": "symphony no 3", "artist_core": "cleveland orchestra georg solti", "duration_s": 800.9},
        {"title_core": "eroica", "artist_core": "georg solti", "performers": "georg solti", "duration_s": 797.0},
        credit | {"title_core": "later", "performers": "georg solti", "duration_s": 950.0},
        credit | {"title_core": "another", "performers": "georg solti", "duration_s": 950.0, "versions": ["opus:55"]},
    )
    keys = record_keys(table, 0, common(table), BLOCKING)
    own = keys[keys["generator"] == GENERATORS.index("artist_duration")]
    assert len(np.unique(own)) == len(own)  # no pair of a track and itself
    held = [set(own["key"][own["place"] == place]) for place in range(5)]
    assert held[0] & held[1]  # durations in two steps
    assert held[0] & held[2]  # a name, and a whole credit
    assert held[0] & held[3]  # the movement of a work, whatever it lasts
    assert not held[0] & held[4]


def test_exact_keys_need_all_their_values() -> None:
    table = records({"isrc_code": "GBAYE0601477"}, {"isrc_code": "GBAYE0601477"}, {"album_core": "x"})
    keys = record_keys(table, 0, common(table), BLOCKING)
    by_isrc = keys["generator"] == GENERATORS.index("isrc")
    assert by_isrc.sum() == 2
    assert len(set(keys["key"][by_isrc])) == 1
    assert not (keys["generator"] == GENERATORS.index("album_position")).any()


def keys_of(*members: list[int]) -> np.ndarray:
    """KEYS of blocks of places."""
    rows = [(key, place, key % len(GENERATORS)) for key, block in enumerate(members) for place in block]
    return np.array(rows, KEYS)


def united(proposals: Proposals, width: int) -> np.ndarray:
    """Pairs of proposals, by way of ranges of owners."""
    number, inside = proposals.by_range(width)
    return np.concatenate([unite(inside[number == one], one * width) for one in np.unique(number).tolist()])


def tracks_of(source: np.ndarray, *, seconds: np.ndarray | float = 1.0, texts: list[str] | None = None) -> Tracks:
    count = len(source)
    whole = np.zeros((count, 2), np.uint64) if texts is None else sketches(pa.array(texts))
    return Tracks(source.astype(np.int32), np.full(count, seconds, np.float32), whole[:, 0], whole[:, 1])


@pytest.mark.parametrize("seed", range(5))
def test_small_blocks_give_all_pairs_but_those_inside_a_promising_source(seed: int) -> None:
    rng = np.random.default_rng(seed)
    source = rng.integers(-1, 3, 50)
    members = [rng.choice(50, int(rng.integers(1, 8)), replace=False).tolist() for _ in range(12)]
    keys = keys_of(*members)
    found = united(expand(keys[rng.permutation(len(keys))], tracks_of(source), Blocking(cap=8)), 50)
    expected: dict[frozenset[int], list[int]] = {}
    for number, block in enumerate(members):
        for a, b in combinations(block, 2):
            if source[a] < 0 or source[a] != source[b]:
                expected.setdefault(frozenset((a, b)), []).append(number % len(GENERATORS))
    assert {frozenset(pair) for pair in zip(found["owner"].tolist(), found["other"].tolist(), strict=True)} == set(
        expected
    )
    for pair in found:
        generators = expected[frozenset((int(pair["owner"]), int(pair["other"])))]
        assert pair["shared"] == len(generators)
        assert pair["generators"] == sum(1 << number for number in set(generators))


def test_a_large_block_costs_a_window_and_keeps_near_durations() -> None:
    seconds = np.random.default_rng(1).permutation(1000)
    tracks = tracks_of(np.full(1000, -1), seconds=seconds)
    found = united(expand(keys_of(list(range(1000))), tracks, Blocking(cap=60, window=4)), 1000)
    assert len(found) <= 4 * len(seconds)
    assert np.abs(seconds[found["owner"]] - seconds[found["other"]]).max() == 4


@pytest.mark.parametrize(("name", "whole"), [("title_artist", True), ("isrc", True), ("text", False)])
def test_copies_of_one_song_are_all_paired_far_beyond_the_cap(name: str, whole: bool) -> None:
    keys = keys_of(list(range(100)))
    keys["generator"] = GENERATORS.index(name)
    found = united(expand(keys, tracks_of(np.full(100, -1)), Blocking(cap=60, copies=100, window=4)), 100)
    assert len(found) == (100 * 99 // 2 if whole else 4 * 100 - 10)
    keys = keys_of(list(range(101)))
    keys["generator"] = GENERATORS.index(name)
    found = united(expand(keys, tracks_of(np.full(101, -1)), Blocking(cap=60, copies=100, window=4)), 101)
    apart = set((found["other"].astype(int) - found["owner"]).tolist())
    assert {abs(step) for step in apart} == ({1, 2, 3, 4, 8, 16, 32, 64} if whole else {1, 2, 3, 4})


def test_of_strangers_in_a_large_catalogue_a_sample_stands_for_all() -> None:
    rng = np.random.default_rng(4)
    unlike = ["".join(rng.choice(list(ascii_lowercase), 20)) for _ in range(40)]
    texts = ["a winding river", "a winding rivers", *unlike]
    tracks = tracks_of(np.full(len(texts), -1), texts=texts)
    keys = np.concatenate([keys_of(list(range(len(texts)))), keys_of([], [0, 5])])
    pairs = united(expand(keys, tracks, Blocking()), len(texts))
    every = len(texts) * (len(texts) - 1) // 2
    assert len(sampled(pairs, tracks, Blocking(small=100, alike=0.7))) == every
    blocking = Blocking(small=10, strangers=4, alike=0.7)
    kept = sampled(pairs, tracks, blocking)
    standing = stands_for(kept["generators"], blocking)
    assert 0.6 * every < standing.sum() < 1.4 * every
    alone = kept[standing == 1]
    one = {frozenset(pair) for pair in zip(alone["owner"].tolist(), alone["other"].tolist(), strict=True)}
    assert one == {frozenset((0, 1)), frozenset((0, 5))}
    assert ((kept["generators"] & (SAMPLED - 1)) > 0).all()


def test_a_pair_has_one_owner_whichever_track_comes_first() -> None:
    rng = np.random.default_rng(2)
    a, b = rng.integers(0, 1000, (2, 4000)).astype(np.int32)
    straight, turned = propose(a, b, 5, 2), propose(b, a, 5, 2)
    assert np.array_equal(straight.owner, turned.owner)
    assert np.array_equal(straight.said, turned.said)
    assert 0.45 < (straight.owner == np.minimum(a, b)).mean() < 0.55


def pairs_of(
    owner: list[int], other: list[int], rarity: list[int], shared: list[int], generators: list[int]
) -> np.ndarray:
    pairs = np.zeros(len(owner), PAIRS)
    for name, values in zip(pairs.dtype.names, (owner, other, rarity, shared, generators), strict=True):
        pairs[name] = values
    return pairs


def test_of_doubtful_pairs_a_track_keeps_its_rarest_and_of_sure_ones_all() -> None:
    exact = 1 << GENERATORS.index("isrc")
    pairs = pairs_of(
        [1] * 7, list(range(10, 17)), [3, 9, 1, 7, 5, 2, 4], [1, 1, 1, 1, 1, 1, 3], [1, 1, exact, 1, 1, 1, 1]
    )
    kept = bounded(pairs, Blocking(unsure=2, sure=3))
    assert kept["other"].tolist() == [11, 12, 13, 16]


def test_union_adds_up_what_the_keys_say() -> None:
    one, other = np.array([3, 10], np.int32), np.array([6, 2**31 - 1], np.int32)
    said = joined([propose(one, other, MOST_RARITY, np.array([0, 5])), propose(other[:1], one[:1], 3, 2)])
    pairs = united(said, 8)
    assert sorted(map(sorted, zip(pairs["owner"].tolist(), pairs["other"].tolist(), strict=True))) == [
        [3, 6],
        [10, 2**31 - 1],
    ]
    told = {min(pair.tolist()[:2]): pair.tolist()[2:] for pair in pairs}
    assert told == {3: (MOST_RARITY + 3, 2, 0b101), 10: (MOST_RARITY, 1, 0b100000)}
    assert len(unite(said.said[:0])) == 0
