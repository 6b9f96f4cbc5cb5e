"""The artist model: parameters recovered from data whose answer is known, determinism, JSON."""

import numpy as np
import pytest

from catalog.errors import ModelError
from dedup.artist_evidence import COLUMN, FIELDS, Comparison
from dedup.artist_fit import fit, maximise_expectation
from dedup.artist_model import ArtistModel
from dedup.artist_priors import SAME_SHARE, TYPICAL
from tests.dedup.artist_examples import catalogue, release, table


def drawn(rng: np.random.Generator, n: int, chances: dict[str, tuple[float, ...]]) -> np.ndarray:
    levels = np.full((n, len(FIELDS)), -1, dtype=np.int8)
    for f, p in chances.items():
        levels[:, COLUMN[f]] = rng.choice(len(p), size=n, p=p)
    return levels


def test_expectation_maximisation_finds_the_mixture_it_was_drawn_from() -> None:
    rng = np.random.default_rng(1)
    same = {
        "year": (0.05, 0.05, 0.1, 0.2, 0.6),
        "genre": (0.1, 0.1, 0.2, 0.6),
        "co-artist": (0.4, 0.6),
        "upc": (0.7, 0.3),
    }
    other = {
        "year": (0.4, 0.3, 0.1, 0.1, 0.1),
        "genre": (0.8, 0.1, 0.05, 0.05),
        "co-artist": (0.95, 0.05),
        "upc": (0.99, 0.01),
    }
    different = {**{f.name: tuple([1 / len(f.levels)] * len(f.levels)) for f in FIELDS}, **other}
    levels = np.vstack([drawn(rng, 14_000, same), drawn(rng, 6_000, other)])
    comparison = Comparison(levels, np.full(levels.shape, np.nan))
    found, share = maximise_expectation(comparison, np.ones(len(levels)), different)
    assert share == pytest.approx(0.7, abs=0.03)
    for f, chances in same.items():
        assert found[f] == pytest.approx(chances, abs=0.03)


def test_every_field_has_a_typical_distribution() -> None:
    assert set(TYPICAL) == {f.name for f in FIELDS}
    for f in FIELDS:
        assert len(TYPICAL[f.name]) == len(f.levels)
        assert sum(TYPICAL[f.name]) == pytest.approx(1)


def test_the_order_of_rows_does_not_matter() -> None:
    rows = catalogue(20)
    shuffled = [rows[i] for i in np.random.default_rng(2).permutation(len(rows))]
    assert fit(table(rows)) == fit(table(shuffled))


def test_agreement_on_a_rare_value_weighs_more() -> None:
    model = fit(table(catalogue(60)))
    assert model.rarity.of("country", "us") == pytest.approx(0.2)
    assert model.rarity.of("label", "never seen") == pytest.approx(1 / 60)


def test_json_keeps_the_model(tmp_path: object) -> None:
    model = fit(table(catalogue(10)))
    assert ArtistModel.from_json(model.to_json()) == model
    for damaged in ("", "{}", '{"same": []}', "[1]"):
        with pytest.raises(ModelError, match="not an artist model"):
            ArtistModel.from_json(damaged)


@pytest.mark.parametrize("rows", [[], release("Solitaire", 1, 0), [{"track_id": "t", "position": 0, "name": ""}]])
def test_a_catalogue_too_small_to_learn_from_gives_the_typical_model(rows: list[dict[str, object]]) -> None:
    model = fit(table(rows) if rows else table(release("x", 1, 0)).slice(0, 0))
    assert model.same_share == pytest.approx(SAME_SHARE)
    assert model.same["genre"] == pytest.approx(TYPICAL["genre"])
