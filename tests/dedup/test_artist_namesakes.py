"""Who shares a name, and why they are apart."""

from functools import cache
from typing import Any

import numpy as np
import pytest

from dedup.artist_crowds import CROWDS
from dedup.artist_fit import fit
from dedup.artist_model import ArtistModel
from dedup.artist_namesakes import DOUBTFUL
from dedup.artist_releases import releases
from dedup.artists import Resolved, resolve_and_tell
from tests.dedup.artist_examples import catalogue, release, traits

CATALOGUE = catalogue(60)
APART = [*release("Solitaire", 1, 0), *release("Solitaire", 4, 0), *release("Solitaire", 2, 1)]


@cache
def model() -> ArtistModel:
    return fit(traits(CATALOGUE))


def resolve(rows: list[dict[str, Any]]) -> Resolved:
    return resolve_and_tell(traits(rows), model(), CROWDS.empty_table())


def test_every_artist_of_a_split_name_has_a_row_with_its_nearest() -> None:
    found = resolve([*CATALOGUE, *APART])
    rows = {row["artist_id"]: row for row in found.namesakes.to_pylist() if row["artist_key"] == "solitaire"}
    ids = set(found.artists.column("artist_id").to_pylist()[-len(APART) :])
    assert set(rows) == ids
    assert {row["nearest"] for row in rows.values()} == ids
    larger, smaller = rows["a-solitaire"], rows[(ids - {"a-solitaire"}).pop()]
    assert (larger["n_tracks"], larger["n_releases"], smaller["n_tracks"]) == (6, 2, 3)
    assert (larger["first_year"], larger["last_year"], smaller["first_year"]) == (2000, 2000, 1990)
    assert set(smaller["sample"]) == {"t2-0", "t2-1", "t2-2"}


def test_the_evidence_is_the_mean_over_pairs_and_sums_to_the_odds() -> None:
    row = resolve([*CATALOGUE, *APART]).namesakes.to_pylist()[0]
    found, _ = releases(traits(APART))
    year = found.years.codes
    first, second = np.flatnonzero(year == year.max()), np.flatnonzero(year == year.min())
    pairs = np.repeat(first, len(second)), np.tile(second, len(first))
    expected = model().weights(found, *pairs).sum(axis=1).mean() + model().prior()
    assert row["odds"] == pytest.approx(sum(one["weight"] for one in row["evidence"]))
    assert row["odds"] == pytest.approx(expected, abs=0.01)
    assert row["odds"] < 0
    assert next(one for one in row["evidence"] if one["field"] == "country")["level"] == "different"


def test_a_whole_name_has_a_row_only_in_doubt() -> None:
    found = resolve([*CATALOGUE, *APART])
    assert set(found.namesakes.column("artist_key").to_pylist()) == {"solitaire"}
    alike = {"genre": "Pop", "style": "Ballad"}
    doubtful = [*release("Perhaps", 1, 0, **alike), *release("Perhaps", 5, 1, **alike)]
    rows = resolve([*CATALOGUE, *doubtful]).namesakes.to_pylist()
    assert [(row["artist_id"], row["nearest"]) for row in rows] == [("a-perhaps", None)]
    assert rows[0]["confidence"] < DOUBTFUL
    assert 0 < rows[0]["odds"] < 4


def test_many_namesakes_of_one_name_each_have_one_row() -> None:
    rows = [row for i in range(5) for row in release("Crowd", 10 + i, i, label=f"own {i}")]
    found = resolve([*CATALOGUE, *rows])
    assert len(found.namesakes) == len(set(found.artists.column("artist_id").to_pylist()[-len(rows) :]))
