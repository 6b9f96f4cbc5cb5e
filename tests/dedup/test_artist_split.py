"""Clustering against scipy; namesakes told apart, other names left whole."""

import numpy as np
import pyarrow as pa
import pytest
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.spatial.distance import squareform

from catalog.titles import parse_album
from dedup import artist_split
from dedup.artist_codes import codes
from dedup.artist_evidence import COLUMN
from dedup.artist_fit import fit
from dedup.artist_linkage import average_linkage, confidences
from dedup.artist_model import ArtistModel
from dedup.artist_releases import releases
from dedup.artist_split import split
from dedup.metrics import pairwise
from tests.dedup.artist_examples import catalogue, release, traits

CATALOGUE = catalogue(60)


@pytest.fixture(scope="module")
def model() -> ArtistModel:
    return fit(traits(CATALOGUE))


@pytest.mark.parametrize("seed", range(20))
def test_average_linkage_equals_scipys(seed: int) -> None:
    rng = np.random.default_rng(seed)
    n = int(rng.integers(2, 25))
    odds = rng.normal(size=(n, n))
    odds = odds + odds.T
    np.fill_diagonal(odds, 0)
    far = 10 - odds
    np.fill_diagonal(far, 0)
    expected = fcluster(linkage(squareform(far), "average"), t=10, criterion="distance")
    assert pairwise(expected, average_linkage(odds)).f1 == 1.0


def test_no_release_and_one_release() -> None:
    assert average_linkage(np.zeros((0, 0))).tolist() == []
    assert average_linkage(np.zeros((1, 1))).tolist() == [0]


def test_two_scenes_under_one_name_are_two_artists(model: ArtistModel) -> None:
    rows = [*release("Solitaire", 1, 0), *release("Solitaire", 4, 0), *release("Solitaire", 2, 1)]
    outcome = split(releases(traits(rows))[0], model)
    assert outcome.labels.tolist() == [0, 1, 0]  # releases stand in order of track id: 1, 2, 4
    assert ((outcome.confidence > 0.5) & (outcome.confidence <= 1)).all()


def test_a_guest_on_a_release_of_another_scene_is_no_namesake(model: ArtistModel) -> None:
    rows = [*release("Solitaire", 1, 0), *release("Solitaire", 4, 0), *release("Solitaire", 2, 1, role="featured")]
    assert not split(releases(traits(rows))[0], model).labels.any()


def test_one_scene_stays_one_artist(model: ArtistModel) -> None:
    rows = [row for number in range(6) for row in release("Solitaire", number, 2)]
    assert not split(releases(traits(rows))[0], model).labels.any()


def test_of_many_releases_one_may_be_unlike_the_others(model: ArtistModel) -> None:
    assert model.prior() == model.prior(4) == pytest.approx(model.prior(16) - 1) == pytest.approx(model.prior(64) - 2)
    assert model.prior(200) == model.prior(10_000)
    strange = {"country": "Poland", "release_year": 1988}
    few, many = ([row for i in range(n) for row in release("Solitaire", i, 0)] for n in (1, 40))
    odd = release("Solitaire", 100, 0, genre=None, style=None, label="elsewhere", **strange)
    assert split(releases(traits([*few, *odd]))[0], model).labels.any()
    assert not split(releases(traits([*many, *odd]))[0], model).labels.any()
    other = [row for i in range(100, 102) for row in release("Solitaire", i, 1)]
    assert split(releases(traits([*many, *other]))[0], model).labels.sum() == 2


def test_nothing_known_leaves_a_name_whole(model: ArtistModel) -> None:
    rows = [{"track_id": f"t{i}", "position": 0, "name": "Solitaire"} for i in range(5)]
    assert not split(releases(traits(rows))[0], model).labels.any()


@pytest.mark.parametrize("name", ["Solitaire", "The Shadows", "Shadows"])
@pytest.mark.parametrize("column", ["album_core", "title_core"])
def test_what_is_titled_after_its_artist_is_no_tie(model: ArtistModel, name: str, column: str) -> None:
    titled = {column: parse_album(name).core}
    rows = [*release(name, 1, 0, **titled), *release(name, 2, 1, **titled)]
    found, _ = releases(traits(rows))
    assert not found.values[column.removesuffix("_core")].has(np.arange(2), codes(pa.array([titled[column]] * 2))).any()
    assert split(found, model).labels.tolist() == [0, 1]


def test_a_shared_recording_ties_what_else_looks_apart(model: ArtistModel) -> None:
    rows = [*release("Solitaire", 1, 0), *release("Solitaire", 2, 1)]
    tied = [{**row, "recording_id": "r1", "title_core": "the very same song"} for row in rows]
    assert split(releases(traits(rows))[0], model).labels.any()
    assert not split(releases(traits(tied))[0], model).labels.any()


def test_beyond_the_cap_releases_join_the_nearest_cluster(model: ArtistModel, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [row for n in range(12) for row in release("Solitaire", 100 + n, n % 2, label=f"label {n % 2} 0")]
    everything = split(releases(traits(rows))[0], model).labels
    monkeypatch.setattr(artist_split, "RELEASES_CLUSTERED", 4)
    assert split(releases(traits(rows))[0], model).labels.tolist() == everything.tolist()
    assert everything.tolist() == [0, 1] * 6


def test_beyond_the_cap_a_recording_stays_with_the_artist_whose_it_is(
    model: ArtistModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [row for n in range(4) for row in release("Solitaire", 100 + n, n % 2, label=f"label {n % 2} 0")]
    rows[3] |= {"recording_id": "live in Gdansk"}  # of the band in scene 1
    late = release("Solitaire", 200, 0, label="label 0 0")[0]  # a sampler that looks like scene 0
    monkeypatch.setattr(artist_split, "RELEASES_CLUSTERED", 4)
    assert split(releases(traits([*rows, late]))[0], model).labels.tolist() == [0, 1, 0, 1, 0]
    tied = split(releases(traits([*rows, late | {"recording_id": "live in Gdansk"}]))[0], model)
    assert tied.labels.tolist() == [1, 0, 1, 0, 0]  # now the band has most tracks
    assert (tied.confidence > 0).all()


def test_sound_weighs_for_one_voice_and_against_two() -> None:
    rng = np.random.default_rng(7)
    voices = rng.normal(size=(40, 16))

    def track(voice: int, i: int) -> dict[str, object]:
        heard = voices[voice] + rng.normal(scale=0.3, size=16)
        vector = (heard / np.linalg.norm(heard)).tolist()
        return {"track_id": f"t{voice}-{i}", "position": 0, "name": f"voice number {voice}", "vector": vector}

    rows = [track(voice, i) for voice in range(40) for i in range(4)]
    found, _ = releases(traits(rows))
    a, b = np.triu_indices(len(found), k=1)
    sound = fit(traits(rows)).weights(found, a, b)[:, COLUMN["sound"]]
    one_voice = found.key[a] == found.key[b]
    assert (sound[one_voice] > 2).all()
    assert sound[~one_voice].mean() < -2


@pytest.mark.parametrize("seed", range(10))
def test_ties_hold_whatever_the_odds(seed: int) -> None:
    rng = np.random.default_rng(seed)
    odds = rng.normal(-5, 3, size=(12, 12))
    tied = rng.random((12, 12)) < 0.05
    odds, tied = odds + odds.T, tied | tied.T
    np.fill_diagonal(odds, 0)
    labels = average_linkage(odds, tied)
    assert all(labels[i] == labels[j] for i, j in zip(*np.nonzero(tied), strict=True))


def test_confidence_comes_from_ones_own_cluster_or_from_the_nearest_other() -> None:
    odds = np.array([[0.0, 2.0, -3.0], [2.0, 0.0, -1.0], [-3.0, -1.0, 0.0]])
    expected = [1 / (1 + 2**-2), 1 / (1 + 2**-2), 1 - 1 / (1 + 2**2)]
    assert confidences(odds, np.array([0, 0, 1])) == pytest.approx(expected)
    assert confidences(np.zeros((1, 1)), np.array([0])).tolist() == [1.0]


def test_names_are_split_the_same_alone_and_together(model: ArtistModel, monkeypatch: pytest.MonkeyPatch) -> None:
    names = ["Solitaire", "Nemesis", "Aurora"]
    rows = {name: [row for n in range(4) for row in release(name, 100 * len(name) + n, n % 2)] for name in names}
    everything = traits([row for mine in rows.values() for row in mine])
    together = split(releases(everything)[0], model)
    alone = [split(releases(traits(rows[name]))[0], model) for name in sorted(names)]
    assert together.labels.tolist() == [label for each in alone for label in each.labels]
    assert together.confidence == pytest.approx(np.concatenate([each.confidence for each in alone]))
    monkeypatch.setattr(artist_split, "PAIRS_AT_ONCE", 7)
    piecemeal = split(releases(everything)[0], model)
    assert piecemeal.labels.tolist() == together.labels.tolist()
    assert piecemeal.confidence == pytest.approx(together.confidence)


def test_one_release_a_name_needs_no_comparison(model: ArtistModel, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ArtistModel, "weights", None)
    found, _ = releases(traits([row for n in range(5) for row in release(f"name {n}", n, n)]))
    outcome = split(found, model)
    assert outcome.labels.tolist() == [0] * 5
    assert outcome.confidence.tolist() == [1.0] * 5
