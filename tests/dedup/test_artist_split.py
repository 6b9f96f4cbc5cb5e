"""Clustering against scipy; namesakes told apart, other names left whole."""

from itertools import combinations

import numpy as np
import pytest
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.spatial.distance import squareform

from dedup import artist_split
from dedup.artist_evidence import COLUMN
from dedup.artist_fit import fit
from dedup.artist_model import ArtistModel
from dedup.artist_releases import releases
from dedup.artist_split import average_linkage, split
from dedup.metrics import pairwise
from tests.dedup.artist_examples import catalogue, release, table

CATALOGUE = catalogue(60)


@pytest.fixture(scope="module")
def model() -> ArtistModel:
    return fit(table(CATALOGUE))


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
    outcome = split(releases(table(rows)), model)
    assert outcome.labels.tolist() == [0, 1, 0]  # releases stand in order of track id: 1, 2, 4
    assert ((outcome.confidence > 0.5) & (outcome.confidence <= 1)).all()


def test_one_scene_stays_one_artist(model: ArtistModel) -> None:
    rows = [row for number in range(6) for row in release("Solitaire", number, 2)]
    assert not split(releases(table(rows)), model).labels.any()


def test_nothing_known_leaves_a_name_whole(model: ArtistModel) -> None:
    rows = [{"track_id": f"t{i}", "position": 0, "name": "Solitaire"} for i in range(5)]
    assert not split(releases(table(rows)), model).labels.any()


def test_self_titled_albums_are_no_tie(model: ArtistModel) -> None:
    rows = [*release("Solitaire", 1, 0, album_core="solitaire"), *release("Solitaire", 2, 1, album_core="solitaire")]
    assert split(releases(table(rows)), model).labels.tolist() == [0, 1]


def test_a_shared_recording_ties_what_else_looks_apart(model: ArtistModel) -> None:
    rows = [*release("Solitaire", 1, 0), *release("Solitaire", 2, 1)]
    tied = [{**row, "recording_id": "r1", "title_core": "the very same song"} for row in rows]
    assert split(releases(table(rows)), model).labels.any()
    assert not split(releases(table(tied)), model).labels.any()


def test_beyond_the_cap_releases_join_the_nearest_cluster(model: ArtistModel, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [row for n in range(12) for row in release("Solitaire", 100 + n, n % 2, label=f"label {n % 2} 0")]
    everything = split(releases(table(rows)), model).labels
    monkeypatch.setattr(artist_split, "RELEASES_CLUSTERED", 4)
    assert split(releases(table(rows)), model).labels.tolist() == everything.tolist()
    assert everything.tolist() == [0, 1] * 6


def test_sound_weighs_for_one_voice_and_against_two() -> None:
    rng = np.random.default_rng(7)
    voices = rng.normal(size=(40, 16))

    def track(voice: int, i: int) -> dict[str, object]:
        heard = voices[voice] + rng.normal(scale=0.3, size=16)
        vector = (heard / np.linalg.norm(heard)).tolist()
        return {"track_id": f"t{voice}-{i}", "position": 0, "name": f"voice number {voice}", "vector": vector}

    found = releases(table([track(voice, i) for voice in range(40) for i in range(4)]))
    sound_model = fit(table([track(voice, i) for voice in range(40) for i in range(4)]))
    sound = sound_model.weights(list(combinations(found, 2)))[:, COLUMN["sound"]]
    one_voice = np.array([a.key == b.key for a, b in combinations(found, 2)])
    assert (sound[one_voice] > 2).all()
    assert sound[~one_voice].mean() < -2
