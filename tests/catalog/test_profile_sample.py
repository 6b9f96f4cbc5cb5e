import numpy as np
import pyarrow as pa
import pytest

from catalog.profile import SourceProfile, profile_sources
from catalog.profile_sample import WHOLE, ProfileSample, picked, stride
from catalog.schema import DELIVERED


def source(rows, name="s"):
    """Every third title numbered, every fifth row without an artist, durations in milliseconds."""
    blank = dict.fromkeys(DELIVERED.names)
    return pa.Table.from_pylist(
        [
            blank
            | {"source": name, "title": f"{n % 3:03d}-T" if n % 3 == 0 else "T", "duration": "200000"}
            | {"artist": None if n % 5 == 0 else "singer Ann", "album": "B"}
            for n in range(rows)
        ],
        schema=DELIVERED,
    ).combine_chunks()


def sampled(table, size=8192):
    sample = ProfileSample()
    for batch in table.to_batches(max_chunksize=size):
        sample.add(batch)
    return sample.profiles


@pytest.mark.parametrize("rows", [1, WHOLE - 1, WHOLE])
def test_a_small_source_is_profiled_whole(rows):
    table = source(rows)
    assert sampled(table, size=1000) == profile_sources(table.to_batches()[0])


def test_a_large_source_gives_nearly_the_counts_of_all_its_rows():
    table = source(150_000)
    whole, found = profile_sources(table.to_batches()[0])["s"], sampled(table)["s"]
    for name in ("titled", "artists", "albums", "numbered", "usual_ms"):
        assert getattr(found, name) == pytest.approx(getattr(whole, name), rel=0.02)
    assert found.artist_labels["singer"] == pytest.approx(whole.artist_labels["singer"], rel=0.02)
    assert (found.layout, found.duration_unit) == (whole.layout, whole.duration_unit)


def test_sources_are_sampled_each_on_its_own_however_their_rows_are_mixed():
    apart = pa.concat_tables([source(30_000, "a"), source(30_000, "b")]).combine_chunks()
    mixed = apart.take(pa.array(np.arange(60_000).reshape(2, -1).T.ravel()))
    assert sampled(mixed)["a"] == sampled(mixed)["b"]
    assert sampled(mixed)["a"].titled == pytest.approx(30_000, rel=0.02)
    assert sampled(apart)["a"].titled == pytest.approx(30_000, rel=0.02)


def test_the_sample_grows_with_the_logarithm_of_the_source():
    taken = [picked(start, WHOLE, stride(start)).sum() for start in range(0, 4_000_000, WHOLE)]
    assert taken[0] == WHOLE
    assert sum(taken) < 40_000
    assert min(taken[: 1 << 8]) > 0


@pytest.mark.parametrize("period", [2, 3, 8, 10, 12, 13, 16, 21, 34, 55])
def test_no_period_falls_in_with_the_picks(period):
    start = 100 * WHOLE
    rows = start + np.flatnonzero(picked(start, 1 << 20, stride(start)))
    shares = np.bincount(rows % period, minlength=period) / len(rows)
    assert shares.max() < 1.5 / period


def test_a_profile_times_a_number_counts_as_if_every_row_stood_so_often():
    profile = SourceProfile(titled=3, usual_s=2, artist_labels={"singer": 1})
    assert profile.times(2) == profile.merge(profile)
    assert profile.times(1) == profile


def test_of_very_many_sources_the_first_are_profiled(monkeypatch):
    monkeypatch.setattr("catalog.profile_sample.MOST_SOURCES", 3)
    table = pa.concat_tables([source(10, name) for name in "abcda"])
    found = sampled(table)
    assert {name: profile.titled for name, profile in found.items()} == {"a": 20, "b": 10, "c": 10}
