"""Labels correct evidence that repeats itself, change little when few, and nothing when there are none."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.optimize import check_grad

from catalog.errors import UsageError
from dedup.fields import FIELD_NAMES, FIELDS, level_of
from dedup.supervise import Supervision, examples, loss, loss_with_slips, moved, supervise
from dedup.weights import Weights, estimate
from tests.dedup.test_weights import draw, patterns, truth


def correlated(count, seed):
    """Pairs whose ISRC and duration mostly repeat what the title says, which the model takes for more evidence."""
    levels, same = draw(truth(), count, seed)
    rng = np.random.default_rng(seed + 1)
    title = levels[:, FIELD_NAMES.index("title")]
    agrees = (title >= 0) & (title <= level_of("title", "near"))
    for name, worst in (("isrc", "other"), ("duration", "apart")):
        repeats = rng.random(count) < 0.6
        levels[repeats, FIELD_NAMES.index(name)] = np.where(agrees[repeats], 0, level_of(name, worst))
    return levels, same


def log_loss(weights, levels, same):
    """Mean negative log likelihood, nats."""
    odds = weights.bits(levels) * np.log(2)
    return float(np.mean(np.logaddexp(0, odds) - same * odds))


@pytest.fixture(scope="module")
def prior():
    return estimate(*patterns(correlated(30_000, seed=3)[0]))


@pytest.mark.parametrize(("labels", "share"), [(100, 0.8), (1000, 0.2)])
def test_labels_lower_the_loss_on_held_out_pairs(prior, labels, share):
    held_out = correlated(10_000, seed=99)
    sharpened = supervise(*correlated(labels, seed=7), prior)
    assert log_loss(sharpened, *held_out) < share * log_loss(prior, *held_out)
    assert min(sharpened.scale) >= 0
    assert sharpened.scale[FIELD_NAMES.index("isrc")] < 0.9


def test_labels_do_no_harm_where_the_model_is_right():
    model, held_out = estimate(*patterns(draw(truth(), 30_000, seed=3)[0])), draw(truth(), 10_000, seed=99)
    sharpened = supervise(*draw(truth(), 200, seed=7), model)
    assert log_loss(sharpened, *held_out) < log_loss(model, *held_out) + 0.003


def test_no_label_changes_nothing(prior):
    assert supervise(np.empty((0, len(FIELDS)), np.int8), np.empty(0, bool), prior) is prior


def test_few_labels_change_little(prior):
    levels, same = correlated(20, seed=5)
    gentle = supervise(levels, same, prior, Supervision(strength=1e9, even=1e9))
    assert gentle.scale == pytest.approx(prior.scale, abs=1e-5)
    assert gentle.prior == pytest.approx(prior.prior, abs=1e-5)
    assert np.abs(np.array(supervise(levels, same, prior).scale) - 1).max() < 0.7


def test_too_little_to_learn_from_is_refused(prior):
    levels, same = correlated(100, seed=5)
    with pytest.raises(UsageError, match="19 labelled pairs were compared"):
        supervise(levels[:19], same[:19], prior)
    for only, word in ((same, "same"), (~same, "different")):
        with pytest.raises(UsageError, match=f"are {word}; weights are learnt from pairs of both kinds"):
            supervise(levels[only], same[only], prior, Supervision(least=5))


def test_the_gradient_is_that_of_the_loss(prior):
    rows = examples(*correlated(200, seed=5), prior, Supervision())
    at = np.random.default_rng(0).normal(0, 0.3, 1 + len(FIELDS))
    error = check_grad(lambda x: loss(x, rows, 20.0)[0], lambda x: loss(x, rows, 20.0)[1], at)
    assert error < 1e-4 * np.linalg.norm(loss(at, rows, 20.0)[1])


def test_labels_of_one_pattern_count_as_often_as_they_are_given(prior):
    levels, same = correlated(50, seed=5)
    once = examples(np.repeat(levels, 3, axis=0), np.repeat(same, 3), prior, Supervision())
    assert once.count[:-2].sum() == 150
    assert len(once.count) <= 2 * 50 + 2  # each pattern as the same and as different


def test_a_few_wrong_labels_do_not_undo_the_weights(prior):
    levels, same = correlated(400, seed=5)
    wrong = np.random.default_rng(8).random(400) < 0.03
    spoilt, sound = supervise(levels, same ^ wrong, prior), supervise(levels, same, prior)
    assert spoilt.scale == pytest.approx(sound.scale, abs=0.1)
    held_out = correlated(10_000, seed=99)
    assert log_loss(spoilt, *held_out) < 1.1 * log_loss(sound, *held_out)


def test_many_labels_that_contradict_in_one_way_are_no_slips(prior):
    levels, same = correlated(400, seed=5)
    year = FIELD_NAMES.index("year")
    levels[:, year] = level_of("year", "same")
    moved_apart = levels[same][:100].copy()
    moved_apart[:, year] = level_of("year", "other")
    told = supervise(np.vstack([levels, moved_apart]), np.concatenate([same, np.zeros(100, bool)]), prior)
    assert told.scale[year] > 2
    assert np.median(prior.bits(moved_apart)) > 10
    assert np.median(told.bits(moved_apart)) < 1


def test_the_gradient_of_the_loss_with_slips_is_right(prior):
    rows = examples(*correlated(200, seed=5), prior, Supervision())
    slips = np.full(len(rows.same), 0.02)
    slips[-2:] = 0.0
    at = np.random.default_rng(2).normal(0, 0.2, 1 + len(FIELDS))
    value, gradient = loss_with_slips(at, rows, slips, 20.0)
    assert np.isfinite(value)
    error = check_grad(*(lambda x, part=part: loss_with_slips(x, rows, slips, 20.0)[part] for part in (0, 1)), at)
    assert error < 1e-4 * np.linalg.norm(gradient)


def test_the_weight_is_still_the_sum_of_its_items(prior):
    levels, same = correlated(300, seed=5)
    sharpened = supervise(levels, same, prior)
    items = sharpened.itemised(levels)
    assert sharpened.bits(levels) == pytest.approx(sharpened.prior_bits + items.sum(axis=1))
    assert items == pytest.approx(prior.itemised(levels) * np.array(sharpened.scale))
    again = Weights.from_json(sharpened.to_json())
    assert again.bits(levels) == pytest.approx(sharpened.bits(levels), abs=1e-9)


def test_moving_multiplies_scales_and_adds_to_the_prior(prior):
    twice = moved(replace(prior, scale=(0.5,) * len(FIELDS)), shift=np.log(2), change=np.full(len(FIELDS), 0.2))
    assert twice.scale == pytest.approx((0.6,) * len(FIELDS))
    assert twice.prior_bits == pytest.approx(prior.prior_bits + 1)


def test_a_model_of_before_there_were_labels_can_be_read(prior):
    import json

    content = json.loads(prior.to_json())
    del content["scale"]
    assert Weights.from_json(json.dumps(content)).scale == (1.0,) * len(FIELDS)
