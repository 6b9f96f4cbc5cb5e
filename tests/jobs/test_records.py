"""What the record files say of all tracks together."""

import numpy as np
import pyarrow as pa

from jobs.records import listing, release_size, title_frequency


def test_a_release_that_has_a_place_twice_is_several() -> None:
    release = np.array([7, 7, 7, 8, 8, 8, 9, 9, 0, 0], np.uint64)
    medium = pa.array(["", "", "", "1", "CD2", "cd2", "", "", "", ""], pa.large_string())
    position = np.array([1, 2, -1, 1, 1, 2, 4, 4, 1, 1], np.int32)
    assert listing(release, medium, position).tolist() == [7, 7, 7, 8, 8, 8, 0, 0, 0, 0]
    assert listing(release[:0], medium[:0], position[:0]).tolist() == []


def test_media_are_told_apart_whatever_their_case() -> None:
    release, position = np.array([8, 8], np.uint64), np.array([3, 3], np.int32)
    assert listing(release, pa.array(["A", "b"], pa.large_string()), position).tolist() == [8, 8]
    assert listing(release, pa.array(["B", "b"], pa.large_string()), position).tolist() == [0, 0]


def test_sizes_of_releases_and_artists_of_a_title() -> None:
    assert release_size(np.array([7, 8, 7, 0], np.uint64)).tolist() == [2, 1, 2, 0]
    titles, artists = (pa.array(texts, pa.large_string()) for texts in (["a", "a", "a", ""], ["x", "x", "y", "y"]))
    assert title_frequency(titles, artists).tolist() == [2, 2, 2, 0]
