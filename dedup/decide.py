"""Decisions: merge, review or leave distinct, and how two tracks are related.

The merge threshold is not a constant: it is the lowest match weight at which the expected share of wrong pairs among
all merged pairs, by the model's own probabilities, stays within a stated budget. Between even odds and that threshold a
pair goes to review. However generous the budget, a pair less sure than `LEAST_PROBABILITY` is never merged.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dedup.fields import FIELD_NAMES, MISSING, level_of
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

    The threshold lies half-way between the last pattern that is allowed and the next one below it.

    bits: match weights of the distinct patterns, `[p]`; counts: how many candidates that may merge show each, `[p]`.
    """
    bits, counts = bits[counts > 0], counts[counts > 0]
    order = np.argsort(-bits, kind="stable")
    sorted_bits, sorted_counts = bits[order], counts[order]
    wrong = np.cumsum(sorted_counts * (1 - probability(sorted_bits)))
    within = wrong / np.maximum(np.cumsum(sorted_counts), 1e-9) <= false_merge_rate
    least = np.log2(LEAST_PROBABILITY) - np.log2(1 - LEAST_PROBABILITY)
    allowed = within & (sorted_bits >= least)
    if not allowed.any():
        return Policy(merge=float("inf"))
    last = int(np.flatnonzero(allowed)[-1])
    below = sorted_bits[last + 1 :]
    next_lower = float(below[below < sorted_bits[last]].max(initial=least))
    return Policy(merge=max(float(least), (float(sorted_bits[last]) + next_lower) / 2))


def vetoed(levels: Levels) -> NDArray[np.bool_]:
    """Pairs that exclude each other whatever else agrees, `[n]`: versions that differ, or other sound."""
    excluded = _at(levels, "version", "conflict") | _at(levels, "audio", "other sound")
    return np.asarray(
        excluded | (_at(levels, "version", "plain against version") & ~_at(levels, "audio", "same sound"))
    )


def held(levels: Levels) -> NDArray[np.bool_]:
    """Pairs that are not merged by their own weight but reviewed, `[n]`.

    Audio alone never merges two tracks: some name must agree, or nothing but spellings differ. Nor do names alone where
    both tracks have audio that is not the same throughout, nor what a release has in common where its titles differ.
    """
    named = unnamed(levels) | misnamed(levels) | other_performer(levels)
    return np.asarray(named | unlike(levels) | listed_apart(levels) | another_cut(levels))


def other_performer(levels: Levels) -> NDArray[np.bool_]:
    """Pairs whose artists differ and that no album, sound or ISRC shows to be one recording, `[n]`: mostly covers.

    Other players have albums of one title: "Beethoven: Symphonies".
    """
    album = _at(levels, "album", "exact") | _at(levels, "album", "near")
    return np.asarray(other_players(levels) | (_at(levels, "artist", "different") & ~album & ~_shown(levels)))


def other_players(levels: Levels) -> NDArray[np.bool_]:
    """Pairs of which either side names players whom the other does not, where no sound or ISRC shows a slip, `[n]`."""
    return np.asarray(_at(levels, "artist", "other players") & ~_shown(levels))


def _shown(levels: Levels) -> NDArray[np.bool_]:
    return np.asarray(_at(levels, "audio", "same sound") | _at(levels, "isrc", "same"))


def unnamed(levels: Levels) -> NDArray[np.bool_]:
    """Pairs of which neither the title nor the artist agrees, `[n]`.

    Where a side lacks its title, and none contradicts, the same place on the same album names a track too.
    """
    title, artist = levels[:, FIELD_NAMES.index("title")], levels[:, FIELD_NAMES.index("artist")]
    title_agrees = (title >= 0) & (title < level_of("title", "other number"))
    artist_agrees = (artist >= 0) & (artist < level_of("artist", "different"))
    placed = _at(levels, "album", "exact") & _at(levels, "position", "same")
    placed &= (title < 0) & (artist < level_of("artist", "different"))
    return np.asarray(~title_agrees & ~artist_agrees & ~placed)


def misnamed(levels: Levels) -> NDArray[np.bool_]:
    """Pairs whose titles contradict and that no sound, place on the album or ISRC shows to be one recording, `[n]`.

    An ISRC shows that of other titles where the durations agree, and nothing of `contrasted` ones: who delivers an
    album under one code does so with all of it.
    """
    duration, position = (levels[:, FIELD_NAMES.index(name)] for name in ("duration", "position"))
    coded = _at(levels, "isrc", "same") & (duration >= 0) & (duration <= level_of("duration", "within 3 s"))
    coded &= position <= level_of("position", "same")
    return np.asarray(contrasted(levels) | (_at(levels, "title", "different") & ~_placed(levels) & ~coded))


def listed_apart(levels: Levels) -> NDArray[np.bool_]:
    """Pairs of two places on one release that were not heard to be the same, `[n]`: its second "Interlude"."""
    return np.asarray(_at(levels, "position", "other, on one release") & ~_at(levels, "audio", "same sound"))


def another_cut(levels: Levels) -> NDArray[np.bool_]:
    """Pairs of which one side names a version and that last otherwise, `[n]`: "(Sad Version)", half as long."""
    one_sided = _at(levels, "version", "one plain, one version") & _at(levels, "duration", "apart")
    return np.asarray(one_sided & ~_shown(levels))


def contrasted(levels: Levels) -> NDArray[np.bool_]:
    """Pairs whose titles are alike but for a number or a word, where neither sound nor place shows a slip, `[n]`."""
    other = _at(levels, "title", "other number") | _at(levels, "title", "other word")
    return np.asarray(other & ~_placed(levels))


def _placed(levels: Levels) -> NDArray[np.bool_]:
    """Pairs of one sound, or of one place on what may be one album, `[n]`: spellings differ at most."""
    album = levels[:, FIELD_NAMES.index("album")]
    placed = _at(levels, "position", "same") & (album < level_of("album", "different"))
    return np.asarray(placed | _at(levels, "audio", "same sound"))


def unlike(levels: Levels) -> NDArray[np.bool_]:
    """Pairs that were heard and are not the same sound throughout, `[n]`."""
    return np.asarray(levels[:, FIELD_NAMES.index("audio")] > level_of("audio", "same sound"))


def same_sound_other_names(levels: Levels) -> NDArray[np.bool_]:
    """Pairs of the same sound of which a title or an artist contradicts and neither agrees, `[n]`."""
    title, artist = levels[:, FIELD_NAMES.index("title")], levels[:, FIELD_NAMES.index("artist")]
    contradicted = (title >= level_of("title", "other number")) | (artist >= level_of("artist", "different"))
    return np.asarray(_at(levels, "audio", "same sound") & unnamed(levels) & contradicted)


def same_names_other_sound(levels: Levels) -> NDArray[np.bool_]:
    """Pairs of other sound whose titles and artists are the same and whose versions do not explain it, `[n]`."""
    title = _at(levels, "title", "exact") | _at(levels, "title", "exact, common title") | _at(levels, "title", "near")
    artist = _at(levels, "artist", "exact") | _at(levels, "artist", "near")
    version = levels[:, FIELD_NAMES.index("version")]
    alike = (version == MISSING) | (version <= level_of("version", "neutral difference"))
    return np.asarray(_at(levels, "audio", "other sound") & title & artist & alike)


def _at(levels: Levels, field: str, level: str) -> NDArray[np.bool_]:
    return np.asarray(levels[:, FIELD_NAMES.index(field)] == level_of(field, level))


def decide(bits: NDArray[np.float64], levels: Levels, chosen: Policy) -> NDArray[np.str_]:
    """Decision of every pair, `[n]`."""
    decision = np.where(bits >= chosen.merge, MERGE, np.where(bits >= chosen.review, REVIEW, DISTINCT))
    decision[(decision == MERGE) & held(levels)] = REVIEW
    decision[vetoed(levels)] = np.where(bits[vetoed(levels)] >= chosen.merge, REVIEW, DISTINCT)
    return decision


def relate(levels: Levels, decision: NDArray[np.str_]) -> NDArray[np.str_]:
    """Relation of every pair, `[n]`: the likeliest reading of its levels, given the decision."""
    title = levels[:, FIELD_NAMES.index("title")]
    artist = levels[:, FIELD_NAMES.index("artist")]
    version = levels[:, FIELD_NAMES.index("version")]
    same_title = (title == level_of("title", "exact")) | (title == level_of("title", "near"))  # not a common one
    same_artist = (artist >= 0) & (artist < level_of("artist", "different"))
    other_version = (version >= level_of("version", "one plain, one version")) | unlike(levels)
    relation = np.full(len(levels), DIFFERENT, dtype="<U16")
    equal_title = (title == level_of("title", "exact")) | (title == level_of("title", "exact, common title"))
    cover = equal_title & (artist >= level_of("artist", "different"))
    relation[cover] = COVER
    relation[same_title & same_artist & (decision != MERGE) & other_version] = VERSION
    else_related = (same_title & same_artist & other_version) | (cover & other_performer(levels))
    relation[(decision == MERGE) | ((decision == REVIEW) & ~else_related)] = SAME
    return relation
