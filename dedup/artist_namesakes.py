"""Artists who share a name, and names that are one artist's only perhaps: why, and whom they are nearest to.

Of a name that was split there is one row for each artist: the namesake whose releases are nearest to its own, and what
keeps the two apart. Of a name that stayed whole in doubt there is one row: what the release that fits it worst has in
common with the others. Names that are neither have no row, so the table grows with what must be looked at.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from catalog.schema import EVIDENCE
from dedup.artist_items import compared_groups, item, itemised_groups, total
from dedup.artist_model import MOST_BITS, ArtistModel
from dedup.artist_releases import FIRST_YEAR, Releases
from dedup.artist_values import Ints

DOUBTFUL = 0.9  # a whole name is in doubt where its credits are less sure than this on average
DOUBTFUL_TOLD = 200  # of the names of one table, the least sure
RELEASES_TOLD = 12  # of one artist, those with most tracks
NAMESAKES_TOLD = 20  # of one name, those with most tracks are compared
PRINTED_APART = -10 * MOST_BITS  # two people's print decides, whatever else they have in common
SAMPLE = 12  # tracks of one artist from which its note is written, evenly over its releases
Floats = NDArray[np.float64]
NAMESAKES = pa.schema(
    [
        pa.field("artist_id", pa.string()),
        pa.field("artist_key", pa.string()),  # namesakes have one key
        pa.field("name", pa.string()),  # as printed most often
        pa.field("note", pa.string()),  # what tells it from its namesakes: "US house, 1998-2003, Strictly Rhythm"
        pa.field("n_tracks", pa.int64()),
        pa.field("n_releases", pa.int64()),
        pa.field("first_year", pa.int32()),
        pa.field("last_year", pa.int32()),
        pa.field("confidence", pa.float64()),  # mean over the credits
        pa.field("nearest", pa.string()),  # artist_id of the nearest namesake; null: the name stayed whole
        pa.field("odds", pa.float64()),  # log2 odds that it and the nearest are one artist: the sum of the evidence
        pa.field("evidence", pa.list_(EVIDENCE)),
        pa.field("sample", pa.list_(pa.string())),  # track ids, for the note
    ]
)


@dataclass(frozen=True)
class _Question:
    """Two groups of releases to be compared: of two artists of one name, or of a doubtful name's worst and the rest."""

    key: int  # a place in `Releases.keys`
    artists: tuple[int, int | None]
    pairs: tuple[Ints, Ints]


def namesakes(traits: pa.Table, ids: pa.Array, found: Releases, release: Ints, model: ArtistModel) -> pa.Table:
    """`NAMESAKES` among the credits of names that may be divided, without their notes.

    traits: the credits, and `ids` their artists; release: each one's place in `found`.
    """
    confidence = traits.column("key_confidence").to_numpy()
    sure = np.bincount(release, weights=confidence, minlength=len(found)) / np.maximum(found.tracks, 1)
    labels = np.zeros(len(found), dtype=np.int64)
    encoded = ids.dictionary_encode()
    labels[release] = encoded.indices.to_numpy()
    questions = [one for places in _ambiguous(found, labels, sure) for one in _asked(found, places, labels, sure)]
    told = _told(questions, found, model)
    return _rows(told, traits, encoded, labels, confidence, found, release)


def _ambiguous(found: Releases, labels: Ints, sure: Floats) -> list[Ints]:
    """The releases of each name that was split, or stayed whole in doubt."""
    if not len(found):
        return []
    start, counts = np.unique(found.key, return_index=True, return_counts=True)[1:]
    divided = np.minimum.reduceat(labels, start) != np.maximum.reduceat(labels, start)
    tracks = np.add.reduceat(found.tracks, start)
    mean = np.add.reduceat(sure * found.tracks, start) / tracks
    doubted = np.flatnonzero((mean < DOUBTFUL) & (counts > 1) & ~divided)
    least = doubted[np.argsort(mean[doubted], kind="stable")[:DOUBTFUL_TOLD]]
    chosen = np.sort(np.concatenate([np.flatnonzero(divided), least]))
    return [np.arange(start[i], start[i] + counts[i]) for i in chosen.tolist()]


def _asked(found: Releases, places: Ints, labels: Ints, sure: Floats) -> Iterator[_Question]:
    """What must be compared for one name: each of its artists with those that have most tracks."""
    key, mine = int(found.key[places[0]]), labels[places]
    artists, number = np.unique(mine, return_inverse=True)
    if len(artists) == 1:
        worst = int(places[sure[places].argmin()])
        rest = _largest(found, places[places != worst])
        yield _Question(key, (int(artists[0]), None), (np.full(len(rest), worst), rest))
        return
    tracks = np.bincount(number, weights=found.tracks[places])
    ordered = np.argsort(-tracks, kind="stable").tolist()
    of = [_largest(found, places[number == i]) for i in range(len(artists))]
    for place, i in enumerate(ordered[:NAMESAKES_TOLD]):
        for j in ordered[place + 1 :]:
            pairs = np.repeat(of[i], len(of[j])), np.tile(of[j], len(of[i]))
            yield _Question(key, (int(artists[i]), int(artists[j])), pairs)


def _largest(found: Releases, places: Ints) -> Ints:
    kept = places[np.argsort(-found.tracks[places], kind="stable")[:RELEASES_TOLD]]
    return np.sort(kept)


def _told(questions: Sequence[_Question], found: Releases, model: ArtistModel) -> list[dict[str, Any]]:
    """For each artist the answer about its nearest namesake."""
    best: dict[int, tuple[float, int, int | None]] = {}
    for number, odds in enumerate(_odds(questions, found, model)):
        one, other = questions[number].artists
        for artist, another in ((one, other), (other, one)):
            if artist is not None and (artist not in best or odds > best[artist][0]):
                best[artist] = odds, number, another
    numbers = sorted({number for _, number, _ in best.values()})
    chosen = (questions[number].pairs for number in numbers)
    releases = np.bincount(found.key, minlength=len(found.keys))
    priors = (item("prior", "one name", float(model.prior(releases[questions[number].key]))) for number in numbers)
    answers = dict(zip(numbers, itemised_groups(found, chosen, model, priors), strict=True))
    for number, items in answers.items():
        if found.two_people(*questions[number].pairs).any():
            items.insert(1, item("name", "printed as two people's", PRINTED_APART))
    return [
        {
            "artist": artist,
            "nearest": nearest,
            "key": questions[number].key,
            "evidence": answers[number],
            "odds": total(answers[number]),
        }
        for artist, (_, number, nearest) in best.items()
    ]


def _odds(questions: Sequence[_Question], found: Releases, model: ArtistModel) -> Iterator[float]:
    """The mean log2 odds of each question, without the prior."""
    compared = compared_groups(found, (one.pairs for one in questions), model)
    for one, (_, weights) in zip(questions, compared, strict=True):
        printed = PRINTED_APART if found.two_people(*one.pairs).any() else 0.0
        yield float(weights.sum(axis=1).mean()) + printed


def _rows(
    told: list[dict[str, Any]],
    traits: pa.Table,
    ids: pa.DictionaryArray,
    labels: Ints,
    confidence: Floats,
    found: Releases,
    release: Ints,
) -> pa.Table:
    """The rows with what is printed and counted of each artist."""
    names, tracks = traits.column("name"), traits.column("track_id")
    credits, releases = _grouped(labels[release], len(ids.dictionary)), _grouped(labels, len(ids.dictionary))
    rows = []
    for one in told:
        mine, own = credits(one["artist"]), releases(one["artist"])
        printed = Counter(names.take(pa.array(mine)).to_pylist())
        ordered = mine[np.argsort(release[mine], kind="stable")]
        drawn = ordered[np.unique(np.linspace(0, len(mine) - 1, SAMPLE).round().astype(np.int64))]
        years = [int(code) - FIRST_YEAR for place in own.tolist() for code in found.years.codes_of(place).tolist()]
        rows.append(
            {
                "artist_id": ids.dictionary[one["artist"]].as_py(),
                "artist_key": found.keys[one["key"]].as_py(),
                "name": min(printed, key=lambda name: (-printed[name], name)),
                "n_tracks": len(mine),
                "n_releases": len(own),
                "first_year": min(years, default=None),
                "last_year": max(years, default=None),
                "confidence": float(confidence[mine].mean()),
                "nearest": None if one["nearest"] is None else ids.dictionary[one["nearest"]].as_py(),
                "odds": one["odds"],
                "evidence": one["evidence"],
                "sample": tracks.take(pa.array(drawn)).to_pylist(),
            }
        )
    return pa.Table.from_pylist(rows, schema=NAMESAKES)


def _grouped(group: Ints, groups: int) -> Callable[[int], Ints]:
    """A function from a group to the places of its members."""
    order = np.argsort(group, kind="stable")
    bounds = np.searchsorted(group[order], np.arange(groups + 1))
    return lambda one: order[bounds[one] : bounds[one + 1]]
