"""What comparison does not take for agreement, or does not look at: volumes of a series, lists of hundreds of names."""

from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from rapidfuzz import fuzz

from dedup import compare as comparison
from dedup.compare import _scores, compare
from dedup.fields import FIELD_NAMES, FIELDS, MISSING
from tests.dedup.record_examples import pair


def levels(a: dict[str, Any], b: dict[str, Any]) -> dict[str, str | None]:
    found = dict(zip(FIELD_NAMES, compare(pair(a, b))[0].tolist(), strict=True))
    names = {field.name: [level.name for level in field.levels] for field in FIELDS}
    return {field: None if level == MISSING else names[field][level] for field, level in found.items()}


def test_a_list_of_hundreds_of_names_is_not_looked_for_inside_another(monkeypatch: pytest.MonkeyPatch) -> None:
    sought: list[str] = []

    def scored(left: pa.Array, right: pa.Array, scorer: Any, cutoff: float) -> np.ndarray:
        sought.extend(left.to_pylist() if scorer is fuzz.partial_ratio else [])
        return _scores(left, right, scorer, cutoff)

    monkeypatch.setattr(comparison, "_scores", scored)
    rng = np.random.default_rng(4)
    one, other = (" ".join("".join(rng.choice(list("aeinorst"), 7)) for _ in range(300)) for _ in "ab")
    assert levels({"artist_core": one}, {"artist_core": other})["artist"] == "different"
    assert not sought
    held = levels({"title_core": "song", "artist_core": "ada lind"}, {"title_core": f"song ada lind {one}"})
    assert held["artist"] == "inside the other's text"


@pytest.mark.parametrize(
    ("a", "b", "level"),
    [
        ("greatest hits vol 1", "greatest hits vol 2", "different"),
        ("now 42", "now 43", "different"),
        ("white noise 07", "white noise 7", "near"),
        ("greatest hits 1998", "greatest hits 1999", "near"),
        ("symphonies nos 4 and 5", "symphonies no 4 and 5", "near"),
    ],
)
def test_volumes_of_a_series_are_other_albums(a: str, b: str, level: str) -> None:
    assert levels({"album_core": a}, {"album_core": b})["album"] == level
