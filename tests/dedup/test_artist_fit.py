"""The artist model: parameters recovered from data whose answer is known, determinism."""

import numpy as np
import pyarrow as pa
import pytest

from dedup.artist_codes import codes
from dedup.artist_evidence import COLUMN, FIELDS, Comparison
from dedup.artist_fit import fit, maximise_expectation
from dedup.artist_priors import SAME_SHARE, TYPICAL
from tests.dedup.artist_examples import catalogue, release, traits


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
    a, b = fit(traits(rows)), fit(traits(shuffled))
    assert (a.same, a.different, a.same_share, a.sound_edges) == (b.same, b.different, b.same_share, b.sound_edges)
    assert repr(a.rarity) == repr(b.rarity)


def test_agreement_on_a_rare_value_weighs_more() -> None:
    rarity = fit(traits(catalogue(60))).rarity
    assert rarity.of("country", codes(pa.array(["us", "never seen"]))) == pytest.approx([0.2, 1 / 60])
    assert rarity.of("upc", codes(pa.array(["never seen"]))) == pytest.approx([1 / 60])


@pytest.mark.parametrize("rows", [[], release("Solitaire", 1, 0), [{"track_id": "t", "position": 0, "name": ""}]])
def test_a_catalogue_too_small_to_learn_from_gives_the_typical_model(rows: list[dict[str, object]]) -> None:
    model = fit(traits(rows) if rows else traits(release("x", 1, 0)).slice(0, 0))
    assert model.same_share == pytest.approx(SAME_SHARE)
    assert model.same["genre"] == pytest.approx(TYPICAL["genre"])
