"""Which artist each credit names: names are merged (`artist_merge`), then split into namesakes (`artist_split`).

Everything here takes whole names: all credits of an artist key stand in one table. Artist keys do not depend on each
other, so a table may hold any number of them and the work may be divided between keys in any way.

An artist's id is readable and the same in every run on the same credits: `a-` and the key with hyphens; where a name
is split, the artist with most tracks keeps it, and each other one adds a hash of its smallest track id.
"""

import hashlib
from collections import defaultdict

import numpy as np
import pyarrow as pa

from catalog.schema import ARTISTS
from dedup.artist_credits import complete
from dedup.artist_fit import fit
from dedup.artist_merge import merge_names, summarise_names
from dedup.artist_model import ArtistModel
from dedup.artist_names import PLACEHOLDERS, name_key
from dedup.artist_releases import Release, releases
from dedup.artist_split import split, whole


def resolve_artists(credits: pa.Table, model: ArtistModel | None = None) -> pa.Table:
    """All steps on a catalogue's credits: rows of `catalog.schema.ARTISTS`, in order. Without a model, fits one."""
    model = fit(credits) if model is None else model
    return resolve_block(with_artist_keys(credits, merge_names(summarise_names(credits), model)), model)


def with_artist_keys(credits: pa.Table, merged: pa.Table) -> pa.Table:
    """The credits with `artist_key` and `key_confidence` from `artist_merge.MERGED`; other names keep their own key."""
    known = {row["name_key"]: (row["artist_key"], row["confidence"]) for row in merged.to_pylist()}
    found = [known.get(key, (key, 1.0)) for key in map(name_key, credits.column("name").to_pylist())]
    table = complete(credits).drop_columns(["artist_key", "key_confidence"])
    keyed = table.append_column("artist_key", pa.array([key for key, _ in found], pa.string()))
    return keyed.append_column("key_confidence", pa.array([confidence for _, confidence in found], pa.float64()))


def resolve_block(credits: pa.Table, model: ArtistModel) -> pa.Table:
    """Resolve `artist_credits.CREDITS` of whole artist keys: rows of `catalog.schema.ARTISTS`, in order."""
    table = complete(credits)
    track_ids = table.column("track_id").to_pylist()
    confidence = table.column("key_confidence").fill_null(1.0).to_numpy().copy()
    artist_ids = np.empty(len(table), dtype=object)
    by_key: dict[str, list[Release]] = defaultdict(list)
    for release in releases(table):
        by_key[release.key].append(release)
    for key, found in by_key.items():
        outcome = whole(found) if key in PLACEHOLDERS else split(found, model)
        ids = _artist_ids(key, found, outcome.labels.tolist(), track_ids)
        for release, label, probability in zip(found, outcome.labels.tolist(), outcome.confidence, strict=True):
            artist_ids[release.rows] = ids[label]
            confidence[release.rows] *= probability
    kept = [table.column(name) for name in ("track_id", "position", "name", "role")]
    return pa.table([*kept, pa.array(artist_ids, pa.string()), pa.array(confidence)], schema=ARTISTS)


def _artist_ids(key: str, found: list[Release], labels: list[int], track_ids: list[str]) -> dict[int, str]:
    smallest: dict[int, str] = {}
    for release, label in zip(found, labels, strict=True):
        first = min(track_ids[row] for row in release.rows)
        smallest[label] = min(first, smallest.get(label, first))
    plain = "a-" + "-".join(key.split())
    return {label: f"{plain}~{_digest(first)}" if label else plain for label, first in smallest.items()}


def _digest(text: str) -> str:
    return hashlib.blake2b(text.encode(), digest_size=5).hexdigest()
