"""Sets of sound: distances against brute force, calibration against distributions whose Bayes factor is known."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.cluster.hierarchy import cophenet, linkage
from scipy.spatial.distance import squareform
from scipy.stats import norm

from dedup.artist_fit import fit
from dedup.artist_releases import releases
from dedup.artist_sound import SILENT, SoundDistance, divided, meeting, sound_weights
from dedup.artist_sound_fit import TYPICAL, calibrate, logistic
from dedup.artist_split import split
from tests.dedup.artist_examples import release, traits

SIZE = 16


def unit(vectors: np.ndarray) -> np.ndarray:
    return (vectors / np.linalg.norm(vectors, axis=-1, keepdims=True)).astype(np.float32)


def voices(
    count: int, each: int, scatter: float, seed: int = 3, *, name: str = "voice number"
) -> list[dict[str, object]]:
    """Tracks by `count` artists whose vectors lie around a direction of their own; nothing else is known of them."""
    rng = np.random.default_rng(seed)
    rows = []
    for voice in range(count):
        heard = unit(rng.normal(size=SIZE) + scatter * rng.normal(size=(each, SIZE)))
        rows += [
            {"track_id": f"{name} {voice}-{i}", "position": 0, "name": f"{name} {voice}", "vector": row.tolist()}
            for i, row in enumerate(heard)
        ]
    return rows


def renamed(rows: list[dict[str, object]], name: str = "Solitaire") -> list[dict[str, object]]:
    return [row | {"name": name} for row in rows]


def cosine_of(vectors: np.ndarray) -> np.ndarray:
    return vectors.astype(float) @ vectors.astype(float).T


def cophenetic(vectors: np.ndarray) -> np.ndarray:
    apart = squareform(1 - cosine_of(vectors), checks=False)
    return 1 - squareform(cophenet(linkage(apart, "average")))


@pytest.mark.parametrize("count", [2, 3, 7, 25])
def test_sets_meet_where_scipy_joins_them(count: int) -> None:
    many = unit(np.random.default_rng(count).normal(size=(5, count, SIZE)) + 1)
    found = meeting(np.stack([cosine_of(vectors) for vectors in many]))
    assert found == pytest.approx(np.stack([cophenetic(vectors) for vectors in many]), abs=1e-6)
    assert divided([*many, many[0][:2]])[:5] == pytest.approx(found.min(axis=(1, 2)))


def test_two_groups_are_divided_at_the_mean_cosine_between_them() -> None:
    rng = np.random.default_rng(0)
    a, b = (unit(rng.normal(size=SIZE) + 0.2 * rng.normal(size=(4, SIZE))) for _ in range(2))
    assert divided([np.concatenate([a, b])])[0] == pytest.approx((a @ b.T).mean(), abs=1e-6)
    assert divided([np.concatenate([a, a])])[0] > 0.9


def test_bits_rise_with_the_cosine_and_are_bounded() -> None:
    bits = SoundDistance(0.5, 0.1, 2.0, 0.5, 6.0).bits(np.array([-1.0, 0.3, 0.55, 0.65, 1.0]))
    assert bits == pytest.approx([-6.0, -5.0, 0.0, 2.0, 6.0])
    assert SILENT.bits(np.array([-1.0, 1.0])).tolist() == [0, 0]


@pytest.mark.parametrize(("centre", "spread"), [(1.5, 0.6), (0.8, 0.8), (2.2, 0.5)])
def test_calibration_finds_the_bayes_factor_of_two_normal_distributions(centre: float, spread: float) -> None:
    rng = np.random.default_rng(11)
    slope, even = logistic(rng.normal(centre, spread, 3000), rng.normal(0, spread, 9000))
    points = np.linspace(-1, centre + 1, 7)
    exact = norm.logpdf(points, centre, spread) - norm.logpdf(points, 0, spread)
    assert slope * (points - even) == pytest.approx(exact / np.log(2), rel=0.1, abs=0.6)


def test_nothing_seen_leaves_what_is_typical() -> None:
    slope, even = logistic(np.empty(0), np.empty(0))
    assert TYPICAL.other[0] < even < TYPICAL.same[0]
    assert 1 < slope < 4


def test_sound_that_tells_nothing_weighs_nothing() -> None:
    rng = np.random.default_rng(2)
    slope, _ = logistic(rng.normal(size=3000), rng.normal(size=3000))
    assert slope < 0.2
    assert logistic(rng.normal(-1, 1, 3000), rng.normal(1, 1, 3000))[0] < 0.01  # the wrong way round: silent


def test_what_is_stated_is_what_happens() -> None:
    """Stated bits against the share of names that are one artist's, in names the calibration has not seen."""
    distance = fit(traits(voices(40, 5, 1.6))).sound
    rng = np.random.default_rng(8)
    sets, one = [], []
    for _ in range(1500):
        two = bool(rng.integers(2))
        sizes = rng.integers(1, 6, size=2) if two else np.array([rng.integers(2, 6)])
        heard = [unit(rng.normal(size=SIZE) + 1.6 * rng.normal(size=(n, SIZE))) for n in sizes]
        sets.append(np.concatenate(heard))
        one.append(not two)
    bits = distance.bits(divided(sets))
    loss = np.logaddexp(0, np.where(one, -1, 1) * bits * np.log(2)) / np.log(2)
    assert loss.mean() < 0.85  # 1 bit: knows nothing
    sure = np.abs(bits) > 2
    assert ((bits > 0) == one)[sure].mean() > 0.8


def test_a_few_names_say_nothing() -> None:
    assert fit(traits(voices(4, 3, 0.3))).sound == SILENT
    assert fit(traits(release("Solitaire", 1, 0))).sound == SILENT
    assert fit(traits(voices(8, 1, 0.3))).sound.slope > 0  # of one track each: strangers, and what is typical


def test_copies_of_one_recording_are_no_sign_of_one_artist() -> None:
    alone = voices(12, 3, 1.0)
    copied = [row | {"recording_id": row["track_id"]} for row in alone]
    again = [row | {"track_id": f"{row['track_id']} again"} for row in copied]
    found, plain = (releases(traits(rows))[0] for rows in (copied + again, copied))

    def even(rows: object) -> float:
        a, b = np.triu_indices(len(rows), k=1)  # type: ignore[arg-type]
        apart = rows.key[a] != rows.key[b]  # type: ignore[attr-defined]
        return calibrate(rows, a[apart], b[apart], np.random.default_rng(0)).even  # type: ignore[arg-type]

    assert even(found) == pytest.approx(even(plain), abs=0.05)


def test_two_voices_under_one_name_are_two_artists_and_one_is_one() -> None:
    """A catalogue of 120 names, of which ten are two artists, that is known to have namesakes."""
    rows = voices(110, 4, 0.3)
    for n in range(10):
        rows += renamed(voices(2, 4, 0.3, seed=100 + n, name=f"double {n}"), f"double name {n}")
    found, _ = releases(traits(rows))
    labels = split(found, replace(fit(traits(rows)), same_share=0.95)).labels
    for i, name in enumerate(found.keys.to_pylist()):
        told = labels[found.key == i].tolist()
        assert told == ([0] * 4 + [1] * 4 if name.startswith("double") else [0] * 4)


def test_a_faint_difference_does_not_outweigh_the_prior() -> None:
    model = fit(traits(voices(40, 5, 2.5)))
    two = renamed(voices(2, 5, 2.5, seed=21, name="unknown"))
    assert not split(releases(traits(two))[0], model).labels.any()


def test_few_names_bound_what_sound_may_say() -> None:
    few, many = (fit(traits(voices(count, 3, 0.3))).sound.most for count in (9, 300))
    assert few < 4 < 8 < many < 10


def test_one_odd_track_is_not_said_again_by_every_pair() -> None:
    rng = np.random.default_rng(4)
    vectors = np.concatenate([unit(np.ones(SIZE) + 0.1 * rng.normal(size=(5, SIZE))), unit(rng.normal(size=(1, SIZE)))])
    rows = [
        {"track_id": f"t{i}", "position": 0, "name": "Solitaire", "vector": v.tolist()} for i, v in enumerate(vectors)
    ]
    found, _ = releases(traits(rows))
    a, b = np.triu_indices(6, k=1)
    weights = sound_weights(found, a, b, SoundDistance(0.5, 0.1, 2.0, 0.5, 6.0))
    assert len(set(weights[b == 5].round(9))) == 1
    assert (weights[b < 5] > 0).all()


def test_what_is_not_heard_has_no_weight_and_names_do_not_mix() -> None:
    rows = renamed(voices(1, 4, 0.3), "Solitaire") + renamed(voices(1, 3, 0.3, seed=9, name="other"), "Nemesis")
    rows[1].pop("vector")
    found, _ = releases(traits(rows))
    a, b = np.triu_indices(len(found), k=1)
    within = found.key[a] == found.key[b]
    a, b = a[within], b[within]
    distance = SoundDistance(0.5, 0.1, 2.0, 0.5, 6.0)
    weights = sound_weights(found, a, b, distance)
    heard = found.heard
    assert (weights[~(heard[a] & heard[b])] == 0).all()
    for name in (0, 1):
        places = np.flatnonzero((found.key == name) & heard)
        square = distance.bits(cophenetic(found.vectors[places]))
        mine = np.isin(a, places) & np.isin(b, places)
        expected = square[np.searchsorted(places, a[mine]), np.searchsorted(places, b[mine])]
        assert weights[mine] == pytest.approx(expected, abs=1e-4)


def test_a_catalogue_without_sound_has_the_same_odds_as_before() -> None:
    rows = [row for n in range(6) for row in release(f"artist {n % 2}", n, n % 3)]
    model = fit(traits(rows))
    found, _ = releases(traits(rows))
    a, b = np.triu_indices(3, k=1)
    assert (model.weights(found, a, b) == model.weights_under_names(found, a, b)).all()
