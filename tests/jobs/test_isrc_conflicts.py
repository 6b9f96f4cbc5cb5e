"""One code on several songs is a mistake to mend; on several recordings of one song, or copies, it is none."""

import numpy as np
import pytest

from jobs.isrc_conflicts import conflicting

CASES = [
    ([7, 7, 0], [0, 1, 2], [0, 1]),
    ([7, 7, 0], [0, 0, 2], []),
    ([7, 7, 7, 9, 9], [0, 0, 2, 3, 3], [0, 1, 2]),
    ([0, 0, 0], [0, 1, 2], []),
    ([], [], []),
]


@pytest.mark.parametrize(("isrc", "song", "places"), CASES)
def test_conflicting(isrc: list[int], song: list[int], places: list[int]) -> None:
    assert conflicting(np.array(isrc, np.uint64), np.array(song, np.int64)).tolist() == places
