"""Spark ML and SciPy minimise one objective, and what cannot be learnt from is said and left."""

import logging

import numpy as np
import pytest

from dedup.fields import FIELDS
from dedup.supervise import Supervision, examples, loss, supervise
from dedup.weights import estimate
from jobs import supervise as job
from tests.dedup.test_supervise import correlated
from tests.dedup.test_weights import patterns

TOLERANCE = 1e-3
"""Of scales, and of the prior in bits."""


@pytest.fixture(scope="module")
def prior():
    return estimate(*patterns(correlated(20_000, seed=3)[0]))


@pytest.mark.parametrize(("labels", "strength"), [(60, 20.0), (3000, 20.0), (3000, 0.5)])
def test_spark_agrees_with_scipy(spark, prior, labels, strength):
    settings = Supervision(strength=strength)
    levels, same = correlated(labels, seed=7)
    here, there = (
        supervise(levels, same, prior, settings),
        job.supervise_on_spark(spark, levels, same, prior, settings),
    )
    assert np.abs(np.array(here.scale) - 1).max() > 0.05
    assert there.scale == pytest.approx(here.scale, abs=TOLERANCE)
    assert there.prior_bits == pytest.approx(here.prior_bits, abs=TOLERANCE)
    assert there.bits(levels) == pytest.approx(here.bits(levels), abs=20 * TOLERANCE)


def test_a_search_that_begins_again_has_the_same_objective(prior, rng):
    levels, same = correlated(200, seed=7)
    rows = examples(levels, same, prior, Supervision())
    found = rng.normal(size=1 + len(FIELDS))
    about = job._about(rows, found, 0.5)
    steps = 0.1 * rng.normal(size=(4, len(found)))
    told = [loss(found + step, rows, 0.5)[0] - loss(step, about, 0.5)[0] for step in steps]
    np.testing.assert_allclose(told, told[0], atol=1e-6)


def test_many_labels_are_fitted_by_spark(spark, prior, monkeypatch):
    levels, same = correlated(200, seed=7)
    monkeypatch.setattr(job, "supervise", None)  # would fail if called
    monkeypatch.setattr(job, "LARGE", 200)
    assert job.sharpened(spark, levels, same, prior).scale != prior.scale


def test_too_few_labels_are_said_and_change_nothing(prior, caplog):
    levels, same = correlated(10, seed=7)
    with caplog.at_level(logging.WARNING):
        assert job.sharpened(None, levels, same, prior) is prior
    assert "10 labelled pairs were compared" in caplog.text
    assert job.sharpened(None, levels[:0], same[:0], prior) is prior
