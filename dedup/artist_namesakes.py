"""Artists who share a name, and names that are one artist's only perhaps: why, and whom they are nearest to.

Of a name that was split there is one row for each artist: the namesake whose releases are nearest to its own, and what
keeps the two apart. Of a name that stayed whole in doubt there is one row: what the release that fits it worst has in
common with the others. Names that are neither have no row, so the table grows with what must be looked at.
"""

from collections import Counter
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from catalog.schema import EVIDENCE
from dedup.artist_items import itemised, total
from dedup.artist_model import ArtistModel
from dedup.artist_releases import FIRST_YEAR, Releases
from dedup.artist_values import Ints

DOUBTFUL = 0.9  # a whole name is in doubt where its credits are less sure than this on average
RELEASES_TOLD = 40  # of one artist, those with most tracks
NAMESAKES_TOLD = 20  # of one name, those with most tracks are compared
SAMPLE = 12  # tracks of one artist from which its note is written, evenly over its releases
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


def namesakes(traits: pa.Table, ids: pa.Array, found: Releases, release: Ints, model: ArtistModel) -> pa.Table:
    """`NAMESAKES` among the credits of names that may be divided, without their notes.

    traits: the credits, and `ids` their artists; release: each one's place in `found`.
    """
    confidence = traits.column("key_confidence").to_numpy()
    tracks = np.bincount(release, minlength=len(found))
    sure = np.bincount(release, weights=confidence, minlength=len(found)) / np.maximum(tracks, 1)
    labels = np.zeros(len(found), dtype=np.int64)
    encoded = ids.dictionary_encode()
    labels[release] = encoded.indices.to_numpy()
    first, size = np.unique(found.key, return_index=True, return_counts=True)[1:]
    told = []
    for start, count in zip(first.tolist(), size.tolist(), strict=True):
        places = np.arange(start, start + count)
        if (labels[places] != labels[start]).any():
            told += _apart(found, places, labels[places], model)
        elif count > 1 and np.average(sure[places], weights=tracks[places]) < DOUBTFUL:
            told.append(_doubtful(found, places, int(labels[start]), sure[places], model))
    return _rows(told, traits, encoded, labels[release], confidence, found, release)


def _apart(found: Releases, places: Ints, labels: Ints, model: ArtistModel) -> list[dict[str, Any]]:
    """The artists of one name, each with its nearest namesake."""
    artists = Counter(dict.fromkeys(labels.tolist(), 0))
    for label, n in zip(labels.tolist(), found.tracks[places].tolist(), strict=True):
        artists[label] += n
    compared = [label for label, _ in artists.most_common(NAMESAKES_TOLD)]
    of = {label: _largest(found, places[labels == label]) for label in artists}
    rows = []
    for label in artists:
        others = [
            _between(found, of[label], of[other], model) | {"nearest": other} for other in compared if other != label
        ]
        rows.append({"artist": label, "releases": places[labels == label]} | max(others, key=lambda row: row["odds"]))
    return rows


def _doubtful(
    found: Releases, places: Ints, label: int, sure: NDArray[np.float64], model: ArtistModel
) -> dict[str, Any]:
    worst = int(places[sure.argmin()])
    rest = _largest(found, places[places != worst])
    told = _between(found, np.array([worst]), rest, model)
    return {"artist": label, "releases": places, "nearest": None} | told


def _largest(found: Releases, places: Ints) -> Ints:
    kept = places[np.argsort(-found.tracks[places], kind="stable")[:RELEASES_TOLD]]
    return np.sort(kept)


def _between(found: Releases, a: Ints, b: Ints, model: ArtistModel) -> dict[str, Any]:
    pairs = np.repeat(a, len(b)), np.tile(b, len(a))
    evidence = itemised(*model.compared(found, *pairs), model.prior(), "one name")
    return {"odds": total(evidence), "evidence": evidence}


def _rows(
    told: list[dict[str, Any]],
    traits: pa.Table,
    ids: pa.DictionaryArray,
    artist: Ints,
    confidence: NDArray[np.float64],
    found: Releases,
    release: Ints,
) -> pa.Table:
    """The rows with what is printed and counted of each artist."""
    names, tracks = traits.column("name"), traits.column("track_id")
    order = np.argsort(artist, kind="stable")
    bounds = np.searchsorted(artist[order], np.arange(len(ids.dictionary) + 1))
    rows = []
    for one in told:
        mine = order[bounds[one["artist"]] : bounds[one["artist"] + 1]]
        printed = Counter(names.take(pa.array(mine)).to_pylist())
        ordered = mine[np.argsort(release[mine], kind="stable")]
        drawn = ordered[np.unique(np.linspace(0, len(mine) - 1, SAMPLE).round().astype(np.int64))]
        years = [y for r in one["releases"].tolist() for y in _years(found, r)]
        rows.append(
            {
                "artist_id": ids.dictionary[one["artist"]].as_py(),
                "artist_key": found.keys[int(found.key[one["releases"][0]])].as_py(),
                "name": min(printed, key=lambda name: (-printed[name], name)),
                "n_tracks": len(mine),
                "n_releases": len(one["releases"]),
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


def _years(found: Releases, release: int) -> list[int]:
    codes = found.years.codes_of(release)
    return [int(code) - FIRST_YEAR for code in codes.tolist()]
