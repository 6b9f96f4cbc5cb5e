"""Decisions: merge, review or leave distinct, and how two tracks are related.

The merge threshold is not a constant: it is the lowest match weight at which the expected share of wrong pairs among
all merged pairs, by the model's own probabilities, stays within a stated budget. Between even odds and that threshold a
pair goes to review. However generous the budget, a pair less sure than `LEAST_PROBABILITY` is never merged.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dedup.fields import FIELD_NAMES, level_of
from dedup.weights import Levels, probability

LEAST_PROBABILITY = 0.9
MERGE, REVIEW, DISTINCT = "merge", "review", "distinct"
SAME, VERSION, COVER, DIFFERENT = "same recording", "version", "cover", "different"


@dataclass(frozen=True)
class Policy:
    """`merge`: least weight (log2 odds) of a merge; `review`: least weight of a review."""

    merge: float
    review: float = 0.0


def policy(bits: NDArray[np.float64], counts: NDArray[np.float64], *, false_merge_rate: float) -> Policy:
    """The policy that keeps expected wrong merges within `false_merge_rate` (share of merged pairs).

    bits: match weights of the distinct patterns, `[p]`; counts: how many candidates show each, `[p]`.
    """
    order = np.argsort(-bits)
    sorted_bits, sorted_counts = bits[order], counts[order]
    wrong = np.cumsum(sorted_counts * (1 - probability(sorted_bits)))
    within = wrong / np.maximum(np.cumsum(sorted_counts), 1e-9) <= false_merge_rate
    least = np.log2(LEAST_PROBABILITY) - np.log2(1 - LEAST_PROBABILITY)
    allowed = sorted_bits[within & (sorted_bits >= least)]
    return Policy(merge=float(allowed.min()) if len(allowed) else float("inf"))


def vetoed(levels: Levels) -> NDArray[np.bool_]:
    """Pairs that may never merge whatever else agrees, `[n]`: versions that exclude each other, or other sound."""
    version, audio = FIELD_NAMES.index("version"), FIELD_NAMES.index("audio")
    excluded = levels[:, version] == level_of("version", "conflict")
    return np.asarray(excluded | (levels[:, audio] == level_of("audio", "other sound")))


def unnamed(levels: Levels) -> NDArray[np.bool_]:
    """Pairs whose names do not support a merge, `[n]`: audio alone never merges two tracks.

    Support is an agreeing title, or an agreeing artist where the titles are unknown or merely different spellings.
    """
    title, artist = levels[:, FIELD_NAMES.index("title")], levels[:, FIELD_NAMES.index("artist")]
    title_agrees = (title >= 0) & (title < level_of("title", "different"))
    artist_agrees = (artist >= 0) & (artist < level_of("artist", "different"))
    return np.asarray(~title_agrees & ~artist_agrees)


def decide(bits: NDArray[np.float64], levels: Levels, chosen: Policy) -> NDArray[np.str_]:
    """Decision of every pair, `[n]`."""
    decision = np.where(bits >= chosen.merge, MERGE, np.where(bits >= chosen.review, REVIEW, DISTINCT))
    decision[(decision == MERGE) & unnamed(levels)] = REVIEW
    decision[vetoed(levels)] = np.where(bits[vetoed(levels)] >= chosen.merge, REVIEW, DISTINCT)
    return decision


def relate(levels: Levels, decision: NDArray[np.str_]) -> NDArray[np.str_]:
    """Relation of every pair, `[n]`: the likeliest reading of its levels, given the decision."""
    title = levels[:, FIELD_NAMES.index("title")]
    artist = levels[:, FIELD_NAMES.index("artist")]
    version = levels[:, FIELD_NAMES.index("version")]
    audio = levels[:, FIELD_NAMES.index("audio")]
    same_title = (title >= 0) & (title <= level_of("title", "near"))
    same_artist = (artist >= 0) & (artist < level_of("artist", "different"))
    other_version = (version >= level_of("version", "one plain, one version")) | (
        audio == level_of("audio", "other sound")
    )
    relation = np.full(len(levels), DIFFERENT, dtype="<U16")
    relation[(title == level_of("title", "exact")) & (artist == level_of("artist", "different"))] = COVER
    relation[same_title & same_artist & (decision != MERGE) & other_version] = VERSION
    relation[(decision == MERGE) | ((decision == REVIEW) & ~(same_title & same_artist & other_version))] = SAME
    return relation
