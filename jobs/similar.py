"""`unisono similar`: what sounds like tracks of the catalogue, or like audio from anywhere.

A question (`similar_options`) becomes one vector (`similar_query`), its neighbours become answers (`similar_answers`)
among those that may be (`similar_filters`), and are printed (`similar_formats`). Where even the best is no closer than
what unrelated tracks are (`embeddings.closeness`), the answer is that nothing is close.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from embeddings.closeness import is_close
from embeddings.hubs import csls
from embeddings.ranking import marginal_relevance
from jobs.cards import Places
from jobs.similar_answers import Answer, artist_and_album, bounded, described, once_each, own_tracks
from jobs.similar_options import SimilarOptions
from jobs.similar_query import Ears, Query, Reader
from jobs.similar_space import Space

if TYPE_CHECKING:
    from catalog.published import Published
    from jobs.similar_filters import Mask

SPARE = 90
"""Neighbours fetched beyond those wanted: some are copies that are folded, and hubs give way to others."""

ONE_BY_ONE = 20_000
"""Tracks that may be answers up to which all of them are compared, and the index is not asked."""

MOST_ASKED = 20_000
"""Neighbours up to which a compressed index is asked, as it unpacks twice as many vectors; beyond, all are compared."""

POOL, POOL_TIMES = 200, 4
"""From how many of the nearest a radio chooses: so many, or so many times its length."""

GAPS = (4, 8)
"""Songs between two of one artist, and between two of one album, in a radio."""


@dataclass(frozen=True)
class Found:
    """The answers to a question; `said` are sentences for whoever asked: what was found, why nothing is there."""

    query: str
    answers: list[Answer]
    said: tuple[str, ...] = ()


def similar(catalogue_dir: Path, options: SimilarOptions, *, format: str) -> None:
    """Print what sounds like what is asked for; sentences about it go to stderr."""
    from jobs.console import note
    from jobs.similar_formats import print_answers

    found = look_up(Space.open(catalogue_dir), options)
    for sentence in found.said:
        note(sentence)
    print_answers(found.query, found.answers, format)


def find_similar(catalogue: "Published", query: str, *, k: int, fold: bool = True) -> list[Answer]:
    """The tracks nearest to a track id or an audio file, best first; see `look_up`."""
    return look_up(Space.open(catalogue.root), SimilarOptions(seeds=(query,), k=k, fold=fold)).answers


def look_up(space: Space, options: SimilarOptions, ears: Ears | None = None) -> Found:
    """Answer a question in an open catalogue, best first (or in playing order).

    Raises UsageError where something named is not there, CatalogError or AudioError where it cannot be heard.
    """
    reader = Reader(space, ears or Ears(space))
    mask = _allowed(space, options)
    if options.ends:
        from jobs.similar_path import find_path

        start, end = map(reader.seed, options.ends)
        answers = find_path(space, start, end, mask, options.count, fold=options.fold)
        return Found(f"from {start.label} to {end.label}", answers)
    query = reader.query(options)
    scores, places, best = _nearest(space, query, options, mask)
    if mask is not None or len(query.wanted) > 1 or query.unlike:
        best = _best(space, query, options)
    if len(places) and not is_close(best, space.nearest):
        return Found(query.label, [], (*reader.said, _nothing(space, query, best)))
    answers = described(space, query.vector, scores.tolist(), places.tolist())
    if options.why:
        from jobs.similar_why import with_reasons

        answers = with_reasons(reader, query, answers)
    if not answers:
        reader.said.append("no other track of the catalogue may be an answer")
    return Found(query.label, answers, tuple(reader.said))


def _allowed(space: Space, options: SimilarOptions) -> "Mask | None":
    """Which tracks may be answers; None where all may."""
    if not options.only and not options.exclude:
        return None
    from jobs.similar_filters import allowed

    return allowed(space.cards, options.only, options.exclude)


def _nothing(space: Space, query: Query, best: float) -> str:
    usual = float(np.median(space.nearest))
    return (
        f"nothing in {space.cards.root} sounds like {query.label}: its nearest is at {best:.2f}, further than what "
        f"99 of 100 tracks here have (half of them have one at {usual:.2f})"
    )


def _best(space: Space, query: Query, options: SimilarOptions) -> float:
    """The score that a seed's own nearest of all tracks has, the best of several seeds.

    A filter does not make a query strange, nor does a mean that lies between seeds which are each at home here.
    """
    own = own_tracks(space.cards, query.own, options.fold)
    best = -1.0
    for seed in query.wanted:
        scores, _, chosen = _searched(space, seed.vector, own, options, None, 1)
        best = max(best, float(scores[chosen].max(initial=-1.0)))
    return best


def _nearest(
    space: Space, query: Query, options: SimilarOptions, mask: "Mask | None"
) -> tuple[NDArray[np.float32], Places, float]:
    """Scores and places of the answers, in the order in which they are given, and the score of the nearest of all."""
    own = own_tracks(space.cards, query.own, options.fold)
    wanted = max(POOL, POOL_TIMES * options.count) if options.radio else options.count
    if mask is not None and np.count_nonzero(mask) <= ONE_BY_ONE:
        scores, places = _compared(space, query.vector, np.flatnonzero(mask))
        chosen = _chosen(space, scores, places, own, None, options, wanted)
    else:
        scores, places, chosen = _searched(space, query.vector, own, options, mask, wanted)
    best = float(scores[~np.isin(places, list(own))].max(initial=-1.0))
    scores, places = scores[chosen], places[chosen]
    if options.radio and len(places):
        keys = artist_and_album(space.cards, places)
        order = marginal_relevance(scores, space.vectors(places), options.count, groups=keys, gaps=GAPS)
        scores, places = scores[order], places[order]
    return scores, places, best


def _compared(space: Space, vector: NDArray[np.float32], places: Places) -> tuple[NDArray[np.float32], Places]:
    """All of these tracks by their score, compared in blocks."""
    heard = space.heard(places)
    blocks = (heard[start : start + ONE_BY_ONE] for start in range(0, len(heard), ONE_BY_ONE))
    scores = np.concatenate([np.zeros(0, np.float32), *(space.vectors(block) @ vector for block in blocks)])
    order = np.argsort(-scores, kind="stable")
    return scores[order], heard[order]


def _searched(
    space: Space,
    vector: NDArray[np.float32],
    own: set[int],
    options: SimilarOptions,
    mask: "Mask | None",
    wanted: int,
) -> tuple[NDArray[np.float32], Places, list[int]]:
    """Ask the index for ever more neighbours until enough of them may be answers; where it is too many, compare all."""
    exact = space.index.facts.kind == "exact"  # the other looks into a part of its lists only
    most = len(space.index) if exact else min(len(space.index), MOST_ASKED)
    wider = min(wanted + SPARE + len(own), most)
    while True:
        scores, places, ended = space.near(vector, wider)
        chosen = _chosen(space, scores, places, own, mask, options, wanted)
        if len(chosen) >= wanted or ended or wider >= most:
            break
        wider = min(4 * wider, most)
    if len(chosen) < wanted and not exact:
        fitting = np.arange(len(space.cards)) if mask is None else np.flatnonzero(mask)
        scores, places = _compared(space, vector, fitting)
        chosen = _chosen(space, scores, places, own, None, options, wanted)
    return scores, places, chosen


def _chosen(
    space: Space,
    scores: NDArray[np.float32],
    places: Places,
    own: set[int],
    mask: "Mask | None",
    options: SimilarOptions,
    wanted: int,
) -> list[int]:
    """Positions in `places`, best first, of those that are answers."""
    fitting = ~np.isin(places, list(own)) if own else np.ones(len(places), bool)
    if mask is not None:
        fitting &= mask[places]
    kept = np.flatnonzero(fitting)
    kept = kept[once_each(space.cards, places[kept], options.fold)]
    if wanted > 1:
        kept = _hubs_behind(space, scores, places, kept, wanted + SPARE)
    return sorted(int(kept[i]) for i in bounded(space.cards, places[kept], options.bounds, wanted))


def _hubs_behind(
    space: Space, scores: NDArray[np.float32], places: Places, kept: NDArray[np.int64], window: int
) -> NDArray[np.int64]:
    """The positions `kept`, of which the first `window` are ordered by CSLS (`embeddings.hubs`).

    What stands in everybody's list thus leaves its place to others. Answers are shown by their score all the same.
    """
    first, rest = kept[:window], kept[window:]
    order = np.argsort(-csls(scores[first], 0.0, space.density(places[first])), kind="stable")
    return np.concatenate([first[order], rest])
