"""The artist model: parameters recovered from data whose answer is known, determinism."""

import numpy as np
import pyarrow as pa
import pytest

from dedup.artist_codes import codes
from dedup.artist_evidence import COLUMN, FIELDS, Comparison
from dedup.artist_fit import fit, maximise_expectation
from dedup.artist_model import field_weights, rising_ratios
from dedup.artist_priors import SAME_SHARE, TYPICAL
from dedup.artist_releases import releases
from dedup.artists import resolve_artists
from tests.dedup.artist_examples import catalogue, release, table, traits


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
        "co-artist": (0.65, 0.35),
        "upc": (0.96, 0.04),
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


def test_what_releases_need_not_share_never_speaks_more_against_them_than_is_typical() -> None:
    rng = np.random.default_rng(1)
    chances = {"album": (0.01, 0.99), "title": (0.01, 0.99), "label": (0.01, 0.99)}
    comparison = Comparison(drawn(rng, 5_000, chances), np.full((5_000, len(FIELDS)), 0.01))
    found, _ = maximise_expectation(comparison, np.ones(5_000), {f: TYPICAL[f] for f in TYPICAL})
    for f in ("album", "title"):
        assert found[f] == pytest.approx(TYPICAL[f])
    assert found["label"][0] < 0.05


def test_more_agreement_never_weighs_less() -> None:
    assert rising_ratios((0.1, 0.2, 0.7), (0.2, 0.2, 0.6)).tolist() == pytest.approx([0.5, 1, 7 / 6])
    assert rising_ratios((0.1, 0.2, 0.7), (0.01, 0.39, 0.6)).tolist() == pytest.approx([0.75, 0.75, 7 / 6])
    assert rising_ratios((0.6, 0.4), (0.1, 0.9)).tolist() == pytest.approx([1, 1])


def test_where_all_is_recent_an_old_namesake_is_still_another_artist() -> None:
    rows = [
        row | {"release_year": 2010 + n % 6, "label": f"label {n % 40}"}
        for n in range(250)
        for i in range(1 + n % 3)
        for row in release(f"artist number {n}", 1000 + n * 10 + i, n % 5)
    ]
    for number in range(2):
        rows += [row | {"release_year": 2011} for row in release("Solitaire", number, 0)]
        rows += [row | {"release_year": 1988} for row in release("Solitaire", 2 + number, 1)]
    found = resolve_artists(table(rows))
    named = [i for i, name in enumerate(found.column("name").to_pylist()) if name == "Solitaire"]
    assert len({found.column("artist_id")[i].as_py() for i in named}) == 2
    comparison = Comparison(np.arange(5, dtype=np.int8)[:, None].repeat(len(FIELDS), 1), np.full((5, len(FIELDS)), 1.0))
    comparison.levels[:, [i for i in range(len(FIELDS)) if i != COLUMN["year"]]] = -1
    model = fit(traits(rows))
    years = field_weights(comparison, same=model.same, different=model.different)[:, COLUMN["year"]]
    assert (np.diff(years) >= 0).all()


def test_copies_from_other_sources_do_not_teach_that_an_artist_has_one_album() -> None:
    rows = []
    for n in range(120):  # each artist has one or two albums, far apart in years, and every source delivers all of them
        for album in range(1 + (n % 4 == 0)):
            for source in range(5):
                more = {"source": f"s{source}", "release_year": 1960 + (7 * n) % 50 + 9 * album, "label": None}
                made = release(f"artist {n}", 10 * n + album, n % 5, **more)
                unlike = [{**row, "genre": None, "style": None, "country": None} for row in made]
                rows += [{**row, "track_id": f"{row['track_id']}-{source}"} for row in unlike]
    found = resolve_artists(table(rows))
    ids: dict[str, set[str]] = {}
    for name, artist in zip(found.column("name").to_pylist(), found.column("artist_id").to_pylist(), strict=True):
        ids.setdefault(name, set()).add(artist)
    assert {name for name, artists in ids.items() if len(artists) > 1} == set()
    assert fit(traits(rows)).prior() >= 2.0


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


@pytest.mark.parametrize("others", [0, 1])
def test_a_genre_that_all_names_have_is_a_genre_in_common(others: int) -> None:
    rows = [row | {"genre": "Classical", "style": None} for row in catalogue(60)]
    rows += [row for n in range(others) for row in release(f"unlabelled {n}", 90, 0, genre=None, style=None)]
    found, _ = releases(traits(rows))
    comparison, weights = fit(traits(rows)).compared(found, np.array([0]), np.array([3]))
    level, weight = comparison.levels[0, COLUMN["genre"]], weights[0, COLUMN["genre"]]
    assert FIELDS[COLUMN["genre"]].levels[level] == "very alike"
    assert weight == pytest.approx(0, abs=0.2)  # nor does it tell anyone apart


@pytest.mark.parametrize("rows", [[], release("Solitaire", 1, 0), [{"track_id": "t", "position": 0, "name": ""}]])
def test_a_catalogue_too_small_to_learn_from_gives_the_typical_model(rows: list[dict[str, object]]) -> None:
    model = fit(traits(rows) if rows else traits(release("x", 1, 0)).slice(0, 0))
    assert model.same_share == pytest.approx(SAME_SHARE)
    assert model.same["genre"] == pytest.approx(TYPICAL["genre"])
