"""What is said of two tracks that are not in one recording."""

from types import SimpleNamespace
from typing import Any

import pytest

from jobs.why_apart import why_unlisted

HARBOUR = {
    "source": "a", "title_core": "slow harbour", "artist_core": "olive quartet", "album_core": "northern almanac",
    "position": 3, "duration_s": 200.0, "isrc_code": None,
}  # fmt: skip
TRAIN = HARBOUR | {"source": "b", "title_core": "night train", "artist_core": "granite choir", "album_core": "rome"}


def catalogue(unique_within: str | None) -> Any:
    return SimpleNamespace(manifest=lambda table: SimpleNamespace(parameters={"unique_within": unique_within}))


CASES = [
    ("source", HARBOUR, HARBOUR | {"title_core": "x"}, 5.0, "source a promises"),
    (None, HARBOUR, TRAIN, -9.0, "too unlike to be listed"),
    (None, HARBOUR, TRAIN, 1.0, "never compared; they have 0 of"),
    (None, HARBOUR, HARBOUR | {"source": "b"}, 9.0, "title and artist and album and position and artist and duration"),
    (None, HARBOUR, HARBOUR | {"source": "b"}, 9.0, "of more than 250 such tracks only some pairs"),
    (None, HARBOUR, TRAIN | {"album_core": "northern almanac"}, 1.0, "none of them rare enough"),
]


@pytest.mark.parametrize(("promise", "a", "b", "bits", "said"), CASES)
def test_why_a_pair_is_not_listed(promise: str | None, a: Any, b: Any, bits: float, said: str) -> None:
    assert said in why_unlisted(catalogue(promise), a, b, bits)
