"""Namesakes under one name, told apart by clustering what its releases have.

The log2 odds that two releases are one artist's are found for all names of a table at once; then each name's releases
are clustered (`artist_linkage`). Two clusters join while the mean of the odds between them is above zero, so a name
stays whole unless its tracks speak louder for two artists than the prior for one, which grows with its releases.
Sound speaks for whole sets of releases (`artist_sound`). What is printed as two people's stays apart (`artist_prints`).
Most names have no pair of releases with odds below zero: they are whole without any clustering.

The work is bounded: of a name with more than `RELEASES_CLUSTERED` releases, those with most tracks are clustered,
and each other one joins the cluster with the highest mean odds.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dedup.artist_linkage import TIED, average_linkage, by_size, confidences, probability
from dedup.artist_model import ArtistModel
from dedup.artist_releases import Releases
from dedup.artist_values import Ints, pairs_within

RELEASES_CLUSTERED = 200
PAIRS_AT_ONCE = 100_000  # compared in one piece, some 300 bytes each
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Split:
    """Per release: the artist's number, 0 for the one with most tracks, and the probability that it belongs there."""

    labels: Ints  # [releases]
    confidence: Floats  # [releases]


def split(found: Releases, model: ArtistModel) -> Split:
    """Tell apart the artists behind the releases of each name. Deterministic in the order of `found`."""
    outcome = Split(np.zeros(len(found), dtype=np.int64), np.ones(len(found)))
    counts = np.bincount(found.key, minlength=len(found.keys))
    for places in _batches(found.key, counts):
        _split_small(found, places, model, outcome)
    for name in np.flatnonzero(counts > RELEASES_CLUSTERED).tolist():
        _split_large(found, np.flatnonzero(found.key == name), model, outcome)
    return outcome


def _batches(key: Ints, counts: Ints) -> Iterator[Ints]:
    """The releases of names that have more than one and no more than are clustered, some whole names at a time."""
    small = (counts > 1) & (counts <= RELEASES_CLUSTERED)
    batch = np.cumsum(np.where(small, counts * (counts - 1) // 2, 0)) // PAIRS_AT_ONCE
    places = np.flatnonzero(small[key])
    number = batch[key[places]]
    yield from (each for each in np.split(places, np.flatnonzero(np.diff(number)) + 1) if len(each))


def _split_small(found: Releases, places: Ints, model: ArtistModel, outcome: Split) -> None:
    """Split the names that the releases at `places` have, and write the outcome."""
    key = found.key[places]
    a, b = pairs_within(key)
    odds, tied = _odds(found, places[a], places[b], model)
    total = np.bincount(a, weights=odds, minlength=len(key)) + np.bincount(b, weights=odds, minlength=len(key))
    start, end = (np.searchsorted(key, key, side=side) for side in ("left", "right"))
    outcome.confidence[places] = probability(total / (end - start - 1))
    doubtful = np.unique(start[a[odds <= 0]])  # first releases of names that may be divided
    bounds = np.searchsorted(start[a], np.stack([doubtful, end[doubtful]]))  # pairs stand in order of name
    for first, last, i, j in zip(doubtful.tolist(), end[doubtful].tolist(), *bounds.tolist(), strict=True):
        pairs = a[i:j] - first, b[i:j] - first
        _cluster(found, places[first:last], pairs, odds[i:j], tied[i:j], outcome)


def _odds(found: Releases, a: Ints, b: Ints, model: ArtistModel) -> tuple[Floats, NDArray[np.bool_]]:
    """Log2 odds [pairs] that two releases under one name are one artist's, and whether they hold one recording.

    The pairs are all those of each name's releases. Under one name a recording is one artist's, whatever else the
    releases have.
    """
    tied = np.zeros(len(a), dtype=bool)
    tied[found.values["recording"].shared(a, b)[0]] = True
    releases = np.bincount(found.key, minlength=len(found.keys))[found.key[a]]
    odds = model.weights_under_names(found, a, b).sum(axis=1) + model.prior(releases)
    return np.where(found.two_people(a, b) & ~tied, -TIED, odds), tied


def _cluster(
    found: Releases, places: Ints, pairs: tuple[Ints, Ints], odds: Floats, tied: NDArray[np.bool_], outcome: Split
) -> None:
    """Cluster the releases at `places`, all of one name, by the odds of their `pairs`."""
    square, bound = np.zeros((len(places), len(places))), np.zeros((len(places), len(places)), dtype=bool)
    square[pairs], bound[pairs] = odds, tied
    square, bound = square + square.T, bound | bound.T
    labels = average_linkage(square, bound)
    outcome.labels[places] = by_size(labels, found.tracks[places])
    outcome.confidence[places] = confidences(square, labels)


def _split_large(found: Releases, places: Ints, model: ArtistModel, outcome: Split) -> None:
    """Split one name of many releases: cluster those with most tracks and let the others join."""
    core = np.sort(np.argsort(-found.tracks[places], kind="stable")[:RELEASES_CLUSTERED])
    a, b = pairs_within(np.zeros(len(core), dtype=np.int64))
    odds, tied = _odds(found, places[core[a]], places[core[b]], model)
    _cluster(found, places[core], (a, b), odds, tied, outcome)
    labels = outcome.labels[places[core]]
    if labels.any():
        at_once = max(PAIRS_AT_ONCE // len(core), 1)
        others = np.setdiff1d(np.arange(len(places)), core)
        for rest in np.split(others, range(at_once, len(others), at_once)):
            _join_nearest(found, places[rest], places[core], model, outcome)
        outcome.labels[places] = by_size(outcome.labels[places], found.tracks[places])


def _join_nearest(found: Releases, rest: Ints, core: Ints, model: ArtistModel, outcome: Split) -> None:
    """Give each of the other releases to the cluster with the highest mean odds, and say how probable it is."""
    pairs = np.repeat(rest, len(core)), np.tile(core, len(rest))
    odds = model.weights(found, *pairs).sum(axis=1) + model.prior(RELEASES_CLUSTERED)
    tied = np.zeros(len(pairs[0]), dtype=bool)
    tied[found.values["recording"].shared(*pairs)[0]] = True
    odds = np.where(found.two_people(*pairs) & ~tied, -TIED, odds)
    member = np.eye(outcome.labels[core].max() + 1)[outcome.labels[core]]  # [core, clusters]
    means = odds.reshape(len(rest), len(core)) @ member / member.sum(axis=0)
    bound = tied.reshape(len(rest), len(core)) @ member > 0  # one recording is one artist's
    allowed = np.where(bound | ~bound.any(axis=1, keepdims=True), means, -np.inf)
    outcome.labels[rest] = allowed.argmax(axis=1)
    outcome.confidence[rest] = probability(allowed.max(axis=1))
