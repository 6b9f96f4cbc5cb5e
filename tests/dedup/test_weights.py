"""EM recovers what generated the data; weights add up; the model survives JSON."""

import json

import numpy as np
import pytest

from dedup.fields import FIELD_NAMES, FIELDS, NAMES, NAMES_AND_VERSION, level_of, name_states, states
from dedup.weights import Estimation, Weights, estimate, expected, probability


def draw(weights: Weights, count: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Pairs from a known model: levels `[count, fields]` and whether each is a match."""
    rng = np.random.default_rng(seed)
    match = rng.random(count) < weights.prior
    levels = np.full((count, len(FIELDS)), -1, np.int8)
    depth = {None: 0, "title": 1, "artist": 2, NAMES: 2, "album": 3, NAMES_AND_VERSION: 3}
    for number in sorted(range(len(FIELDS)), key=lambda n: depth[FIELDS[n].parent]):
        state = states(levels, FIELDS[number])
        for is_match, tables in ((True, weights.m), (False, weights.u)):
            for row in np.unique(state):
                at = (match == is_match) & (state == row)
                levels[at, number] = rng.choice(len(tables[number][row]), at.sum(), p=tables[number][row])
        levels[rng.random(count) < 0.1, number] = -1
    return levels, match


def truth() -> Weights:
    """A model that is not the one EM starts from."""
    start = expected()
    return Weights(prior=0.3, m=tuple((3 * m + 1 / m.shape[1]) / 4 for m in start.m), u=start.u)


@pytest.fixture(scope="module")
def sample() -> tuple[np.ndarray, np.ndarray]:
    return draw(truth(), 60_000, seed=11)


def patterns(levels: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    found, counts = np.unique(levels, axis=0, return_counts=True)
    return found, counts.astype(float)


def test_em_recovers_the_prior_and_the_shares(sample: tuple[np.ndarray, np.ndarray]) -> None:
    found = estimate(*patterns(sample[0]))
    assert found.prior == pytest.approx(0.3, abs=0.01)
    for name in ("title", "duration", "version"):
        number = FIELD_NAMES.index(name)
        assert found.m[number][0] == pytest.approx(truth().m[number][0], abs=0.03)
        assert found.u[number][0] == pytest.approx(truth().u[number][0], abs=0.03)


def test_probabilities_are_calibrated(sample: tuple[np.ndarray, np.ndarray]) -> None:
    levels, match = sample
    sure = probability(estimate(*patterns(levels)).bits(levels))
    for low, high in ((0.0, 0.1), (0.1, 0.5), (0.5, 0.9), (0.9, 1.01)):
        inside = (sure >= low) & (sure < high)
        assert match[inside].mean() == pytest.approx(sure[inside].mean(), abs=0.06)


def test_the_weight_is_the_sum_of_its_items(sample: tuple[np.ndarray, np.ndarray]) -> None:
    weights = estimate(*patterns(sample[0][:5000]))
    items = weights.itemised(sample[0][:200])
    assert weights.bits(sample[0][:200]) == pytest.approx(weights.prior_bits + items.sum(axis=1))


def test_missing_values_say_nothing() -> None:
    nothing = np.full((1, len(FIELDS)), -1, np.int8)
    assert expected().bits(nothing)[0] == pytest.approx(expected().prior_bits)


def test_a_tiny_catalogue_keeps_to_the_expected_shares() -> None:
    levels, _ = draw(expected(), 6, seed=2)
    found = estimate(*patterns(levels))
    for ours, theirs in zip(found.m, expected().m, strict=True):
        assert np.abs(np.log2(ours) - np.log2(theirs)).max() < 3.5


def test_json_round_trip(sample: tuple[np.ndarray, np.ndarray]) -> None:
    weights = estimate(*patterns(sample[0][:5000]), Estimation(rounds=5))
    again = Weights.from_json(weights.to_json())
    assert again.bits(sample[0][:100]) == pytest.approx(weights.bits(sample[0][:100]), abs=1e-9)


def test_levels_of_a_field_are_a_distribution() -> None:
    for field in FIELDS:
        assert sum(level.m for level in field.levels) == pytest.approx(1, abs=0.02)
        assert sum(level.u for level in field.levels) == pytest.approx(1, abs=0.02)


def test_an_album_of_numbered_songs_has_no_matches() -> None:
    """All that sets them apart is the number, so EM would take them for the matches."""
    levels = np.full((1, len(FIELDS)), -1, np.int8)
    for name, level in (
        ("title", "other number"),
        ("artist", "exact"),
        ("album", "exact"),
        ("duration", "within 0.6 s"),
    ):
        levels[0, FIELD_NAMES.index(name)] = level_of(name, level)
    found = estimate(levels, np.array([66.0]), strangers=np.array([True]))
    assert found.prior < 0.1
    assert probability(found.bits(levels))[0] < 0.5


def test_other_players_speak_against_a_match_however_few_there_are() -> None:
    """Hardly any pair is on that level; estimated alone, it spoke for a match where its few pairs agree otherwise."""
    levels = np.full((2, len(FIELDS)), -1, np.int8)
    for row, values in enumerate((("exact", "exact", "within 0.6 s"), ("different", "different", "apart"))):
        for name, level in zip(("title", "album", "duration"), values, strict=True):
            levels[row, FIELD_NAMES.index(name)] = level_of(name, level)
    artist = FIELD_NAMES.index("artist")
    levels = np.repeat(levels, 2, axis=0)
    levels[:, artist] = [level_of("artist", name) for name in ("exact", "other players", "exact", "different")]
    found = estimate(levels, np.array([500.0, 40.0, 100.0, 900.0]))
    ratio = found.m[artist] / found.u[artist]
    assert np.allclose(ratio[:, -1], ratio[:, -2])
    assert ratio[0, -1] < 1


def test_performances_of_a_work_are_no_matches_because_they_last_alike() -> None:
    """Most candidates of a classical label are by other artists; those within 15 s of each other passed for matches."""
    artist, duration = (FIELD_NAMES.index(name) for name in ("artist", "duration"))
    rows = [("exact", "within 0.6 s"), ("different", "within 15 s"), ("different", "apart"), ("exact", "apart")]
    levels = np.full((len(rows), len(FIELDS)), -1, np.int8)
    levels[:, 0] = level_of("title", "exact")
    for row, (who, apart) in enumerate(rows):
        levels[row, artist], levels[row, duration] = level_of("artist", who), level_of("duration", apart)
    bits = estimate(levels, np.array([100.0, 900.0, 1200.0, 20.0])).bits(levels)
    assert bits[0] > 3
    assert bits[1] < 0


def test_pairs_without_a_title_are_not_those_with_similar_ones() -> None:
    levels = np.full((3, len(FIELDS)), -1, np.int8)
    levels[1:, 0] = level_of("title", "similar"), level_of("title", "different")
    assert len(set(name_states(levels).tolist())) == 3


def test_weights_of_other_levels_are_told() -> None:
    content = json.loads(expected().to_json())
    del content["fields"]["album"]["title unknown, artist agrees"]
    with pytest.raises(KeyError):
        Weights.from_json(json.dumps(content))
    content = json.loads(expected().to_json())
    for state in content["fields"]["title"].values():
        del state["other word"]
    with pytest.raises(KeyError):
        Weights.from_json(json.dumps(content))
