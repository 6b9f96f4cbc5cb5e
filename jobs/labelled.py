"""Labelled pairs on their way into a deduplication: gathered, told apart from what they were, and placed."""

import hashlib
import json
import logging
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds
import pyarrow.feather as feather
from numpy.typing import NDArray

from catalog.published import Published
from catalog.reviews import LABELLED, Reviews, read_labels
from dedup.constraints import LARGEST, Constraints, constraints, listed, pair_keys, parted
from dedup.records import mapped_text

Places = NDArray[np.int64]

KEPT = "labels.arrow"
"""The labels that were used, beside the table `matches` in its snapshot."""

_IDS = ["track_id_a", "track_id_b"]
_SLICE = 1 << 20  # tracks whose ids are looked up at once

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Labels:
    """Labelled pairs of tracks, each once, `[n]`: LABELLED, and the places, the smaller in `a`.

    Tracks that are not there stand behind all others, for what follows from their labels holds of the others.
    """

    table: pa.Table
    a: Places
    b: Places
    same: NDArray[np.bool_]
    tracks: int

    @property
    def there(self) -> NDArray[np.bool_]:
        """Of which pairs both tracks are there, `[n]`."""
        return np.asarray(self.b < self.tracks)

    def constraints(self) -> Constraints:
        """What the clusters must keep to; labels that others contradict are given up, with a warning."""
        most = int(self.b.max(initial=self.tracks - 1)) + 1
        found = constraints(most, self.a, self.b, self.same).within(self.tracks)
        if found.given_up:
            reason = f"others say different, or they would join more than {LARGEST} tracks"
            log.warning("%d labels that say the same are left out: %s", found.given_up, reason)
        return found

    def compared(self, pairs: Path) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
        """Patterns of those labelled pairs that were compared, and whether each is the same. pairs: their folder."""
        key = pair_keys(self.a[self.there], self.b[self.there], self.tracks)
        order = np.argsort(key)
        key, same = key[order], self.same[self.there][order]
        parts = [(np.empty(0, np.int64), np.empty(0, bool))]
        columns = ["place_a", "place_b", "pattern"]
        for batch in ds.dataset(pairs, format="parquet").to_batches(columns=columns) if len(key) else ():
            a, b, pattern = (batch.column(name).to_numpy() for name in columns)
            here = pair_keys(a, b, self.tracks)
            found = listed(here, key)
            parts.append((pattern[found], same[np.searchsorted(key, here[found])]))
        patterns, said = (np.concatenate(part) for part in zip(*parts, strict=True))
        return patterns, said


def gather(catalogue_dir: Path, file: Path | None) -> pa.Table:
    """LABELLED: decisions in `reviews.db`, sorted, then the pairs of a file that nobody decided on, sorted.

    A decision outweighs the file, with a warning. Since the first of two labels that exclude each other binds, so does
    one that follows from others. A file that says both of one pair says different. Raises SourceError for a file that
    cannot be read.
    """
    reviewed = Reviews.of(catalogue_dir).read()
    given = LABELLED.empty_table() if file is None else _once(read_labels(file))
    both = given.join(reviewed, _IDS, join_type="inner", right_suffix="_reviewed")
    rest = given.join(reviewed.select(_IDS), _IDS, join_type="left anti")
    broken = _parts(rest, reviewed)
    overruled = (pc.sum(pc.not_equal(both["same"], both["same_reviewed"])).as_py() or 0) + int(broken.sum())
    if overruled:
        log.warning("%s: reviewers decided otherwise on %d pairs; their decisions hold", file, overruled)
    rest = rest.filter(pa.array(~broken))
    return pa.concat_tables([reviewed, rest.cast(LABELLED).sort_by([(name, "ascending") for name in _IDS])])


def _parts(labels: pa.Table, reviewed: pa.Table) -> NDArray[np.bool_]:
    """Which labels part tracks that decisions join, if through others, `[n]`."""
    ids = pa.chunked_array([chunk for name in _IDS for chunk in reviewed[name].chunks], pa.string()).unique()
    a, b = (np.asarray(pc.index_in(reviewed[name], ids)) for name in _IDS)
    said = constraints(len(ids), np.minimum(a, b), np.maximum(a, b), np.asarray(reviewed["same"]))
    group = np.concatenate([said.group, [-1]])  # of a track on which nobody decided
    left, right = (group[np.asarray(pc.fill_null(pc.index_in(labels[name], ids), len(ids)))] for name in _IDS)
    return np.asarray(~np.asarray(labels["same"]) & (left == right) & (left >= 0))


def _once(labels: pa.Table) -> pa.Table:
    """Each pair once; one on which rows disagree is different."""
    distinct = labels.group_by(_IDS, use_threads=False).aggregate([("same", "all"), ("same", "any")])
    disputed = pc.sum(pc.not_equal(distinct["same_all"], distinct["same_any"])).as_py()
    if disputed:
        log.warning("labels contradict themselves on %d pairs, which are kept apart", disputed)
    return distinct.select([*_IDS, "same_all"]).rename_columns(LABELLED.names)


def digest(labels: pa.Table) -> str | None:
    """Changes when a label does; None without any."""
    return hashlib.sha256(json.dumps(labels.to_pydict()).encode()).hexdigest() if len(labels) else None


def place(labels: pa.Table, folder: Path) -> Labels:
    """Labels with the places of their tracks. Those of a track that is not there are told in a warning.

    folder: the record files.
    """
    ids = pa.chunked_array([chunk for name in _IDS for chunk in labels[name].chunks], pa.string()).unique()
    places, tracks = _places(ids, folder)
    gone = np.flatnonzero(places < 0)
    places[gone] = tracks + np.arange(len(gone))
    a, b = (places[pc.index_in(labels[name], ids).to_numpy()] for name in _IDS)
    told = Labels(labels, np.minimum(a, b), np.maximum(a, b), labels["same"].to_numpy(), tracks)
    if not told.there.all():
        row = int(np.flatnonzero(~told.there)[0])
        name, missing = labels[_IDS[int(a[row] < tracks)]][row].as_py(), int((~told.there).sum())
        log.warning("%d of %d labels name a track that is not there, such as %r", missing, len(labels), name)
    return told


def _places(ids: pa.Array, folder: Path) -> tuple[Places, int]:
    """The place of each track id, `[n]`, -1 where there is none such, and how many tracks there are."""
    track_id, places = mapped_text(folder, "track_id"), np.full(len(ids), -1, np.int64)
    wanted = ids.cast(pa.large_string())
    for start in range(0, len(track_id) if len(ids) else 0, _SLICE):
        found = pc.index_in(track_id.slice(start, _SLICE), wanted)
        at = np.flatnonzero(np.asarray(found.is_valid()))
        places[found.take(pa.array(at)).to_numpy()] = start + at
    return places, len(track_id)


@dataclass(frozen=True)
class Said:
    """What the labels that the published matches were made with say of a pair, None where nothing.

    directly: a label on the pair itself; follows: from all of them, which may contradict one another.
    """

    directly: bool | None = None
    follows: bool | None = None


def said_of(catalogue: Published, track_a: str, track_b: str) -> Said:
    """What labels say of a pair of tracks."""
    path = catalogue.path("matches") / KEPT
    if not path.exists():
        return Said()
    pair = sorted((track_a, track_b))
    labels = feather.read_table(path, memory_map=True)
    found = labels.filter((pc.field("track_id_a") == pair[0]) & (pc.field("track_id_b") == pair[1]))["same"]
    directly = bool(found[0].as_py()) if len(found) else None
    ids = pa.chunked_array([*(chunk for name in _IDS for chunk in labels[name].chunks), pa.array(pair)]).unique()
    a, b = (np.asarray(pc.index_in(labels[name], ids)) for name in _IDS)
    held = constraints(len(ids), np.minimum(a, b), np.maximum(a, b), np.asarray(labels["same"]))
    one, other = (np.asarray(pc.index_in(pa.array([track_id]), ids)) for track_id in pair)
    if held.group[one[0]] == held.group[other[0]]:
        return Said(directly, True)
    return Said(directly, False if parted(one, other, held.group, held.apart)[0] else None)
