"""Ids outlive a run: unchanged, merged, split, and never given twice."""

from hashlib import sha256

import numpy as np
import pyarrow as pa
import pytest

from dedup.stable_ids import Before, Named, first_digests, name_clusters

TRACKS = pa.array([f"t{n}" for n in range(8)])
FIRST, SECOND, THIRD = "20260101-a-0001", "20260201-b-0002", "20260301-c-0003"


def name(label: list[int], before: Before | None = None, now: str = FIRST, tracks: pa.Array = TRACKS) -> Named:
    labels = np.array(label)
    return name_clusters(labels, tracks, first_digests(tracks, [labels]), before, prefix="rec-", now=now)


def published(label: list[int], named: Named, tracks: pa.Array = TRACKS) -> Before:
    at = pa.array(np.searchsorted(named.labels, label))
    return Before(tracks, named.ids.take(at), named.since.take(at))


def ids(label: list[int], named: Named) -> list[str]:
    return named.ids.take(pa.array(np.searchsorted(named.labels, label))).to_pylist()


def test_a_run_on_unchanged_input_changes_no_id() -> None:
    label = [0, 0, 2, 2, 2, 5, 6, 6]
    first = name(label)
    again = name(label, published(label, first), SECOND)
    assert again.ids.equals(first.ids)
    assert again.since.to_pylist() == [FIRST] * 4
    assert len(again.gone) == 0


def test_of_two_that_merge_the_older_survives_and_the_other_redirects() -> None:
    old = name([0, 0, 2, 2, 4, 5, 6, 7])
    grown = [0, 0, 2, 2, 4, 4, 6, 7]  # 5 joins 4 in the second run
    second = name(grown, published([0, 0, 2, 2, 4, 5, 6, 7], old), SECOND)
    gone = dict(zip(second.gone.to_pylist(), second.became.to_pylist(), strict=True))
    assert gone == {ids([5], old)[0]: ids([4], second)[0]}
    assert ids([4], second) == ids([4], old)


def test_age_counts_more_than_size() -> None:
    before = Before(TRACKS, pa.array(["new"] * 5 + ["old"] * 3), pa.array([SECOND] * 5 + [FIRST] * 3))
    merged = name([0] * 8, before, THIRD)
    assert merged.ids.to_pylist() == ["old"]
    assert (merged.gone.to_pylist(), merged.became.to_pylist()) == (["new"], ["old"])


def test_the_larger_part_of_a_split_keeps_the_id_and_the_other_gets_one_never_used() -> None:
    label = [0] * 8
    whole = name(label)
    parts = [0, 0, 2, 2, 2, 2, 2, 2]
    split = name(parts, published(label, whole), SECOND)
    assert ids([2], split) == whole.ids.to_pylist()
    fresh = ids([0], split)[0]
    assert fresh not in whole.ids.to_pylist()  # track t0 would give the very id that the larger part kept
    assert fresh.startswith("rec-")
    assert len(split.gone) == 0


def test_new_and_vanished_tracks_disturb_nobody() -> None:
    before = name([0, 0, 2, 2, 4, 5, 6, 7])
    tracks = pa.array(["x", *(f"t{n}" for n in range(2, 8))])
    label = [0, 1, 1, 3, 4, 5, 6]
    after = name(label, published([0, 0, 2, 2, 4, 5, 6, 7], before), SECOND, tracks)
    assert ids(label, after)[1:] == ids([2, 2, 4, 5, 6, 7], before)
    assert after.since.to_pylist()[0] == SECOND


def test_an_id_is_the_digest_of_the_first_track_whichever_way_it_is_clustered() -> None:
    tracks = pa.array([f"日本{n}" for n in range(8)])
    found = first_digests(tracks, [np.array([0, 0, 2, 2, 4, 5, 6, 6]), np.array([0, 0, 0, 0, 4, 4, 6, 6])])
    first = {0, 2, 4, 5, 6}
    assert found.to_pylist() == [sha256(f"日本{n}".encode()).hexdigest()[:16] if n in first else None for n in range(8)]


def test_of_what_is_gone_the_latest_is_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dedup.stable_ids.MOST_REMEMBERED", 3)
    first = name(list(range(8)))
    six, four = TRACKS.slice(2), TRACKS.slice(4)  # t0 and t1 leave, then t2 and t3
    second = name(list(range(6)), published(list(range(8)), first), SECOND, six)
    assert sorted(second.former.track_id.to_pylist()) == ["t0", "t1"]
    labels = np.arange(4)
    third = name_clusters(
        labels,
        four,
        first_digests(four, [labels]),
        published(list(range(6)), second, six),
        prefix="rec-",
        now=THIRD,
        former=second.former,
    )
    assert third.former.track_id.to_pylist() == ["t2", "t3", "t0"]
