"""Which artist each credit names: names are merged (`artist_merge`), then split into namesakes (`artist_split`).

Everything here takes whole names: all credits of an artist key stand in one table. Artist keys do not depend on each
other, so a table may hold any number of them and the work may be divided between keys in any way.

An artist's id is readable and the same in every run on the same credits: `a-` and the key with hyphens; where a name
is split, the artist with most tracks keeps it, and each other one adds a hash of its smallest track id.
"""

import hashlib
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from catalog.schema import ARTISTS
from dedup.artist_blocks import relate_names
from dedup.artist_codes import combined
from dedup.artist_crowds import CROWDS, compilations, crowded, first_names, guests, with_compilations
from dedup.artist_fit import fit
from dedup.artist_merge import merge_names
from dedup.artist_misplaced import hosts, misplaced
from dedup.artist_model import ArtistModel
from dedup.artist_names import PLACEHOLDERS
from dedup.artist_namesakes import namesakes
from dedup.artist_prints import prints
from dedup.artist_profiles import list_names, profile_names
from dedup.artist_releases import ranked, releases
from dedup.artist_split import split
from dedup.artist_traits import traits_of
from dedup.artist_values import Ints


class Resolved(NamedTuple):
    """Credits with their artists, and what is worth a look: `artist_namesakes` and `artist_misplaced` say what."""

    artists: pa.Table  # `catalog.schema.ARTISTS`, in the order of the credits
    namesakes: pa.Table  # `NAMESAKES`
    misplaced: pa.Table  # `MISPLACED`
    hosts: pa.Table  # `HOSTS`


def resolve_artists(credits: pa.Table, model: ArtistModel | None = None) -> pa.Table:
    """All steps on all of a catalogue's `artist_credits.CREDITS`: rows of `catalog.schema.ARTISTS`, in order.

    Without a model, fits one.
    """
    return resolve_catalogue(credits, model).artists


def resolve_catalogue(credits: pa.Table, model: ArtistModel | None = None) -> Resolved:
    """All steps on all of a catalogue's credits, with all that they tell."""
    traits = traits_of(credits)
    crowds = crowded(first_names(traits))
    traits = with_compilations(traits, compilations(crowds))
    model = fit(traits) if model is None else model
    related = relate_names(list_names(traits))
    merged = merge_names(related, profile_names(with_names(traits, related_keys(related))), model)
    return resolve_and_tell(with_artist_keys(traits, merged), model, guests(crowds))


def related_keys(related: pa.Table) -> pa.Array:
    """The name keys in `artist_blocks.RELATED`, each once."""
    return pa.chunked_array([*related.column("a").chunks, *related.column("b").chunks], pa.string()).unique()


def with_names(traits: pa.Table, keys: pa.Array) -> pa.Table:
    """The credits whose name key is one of `keys`."""
    return traits.filter(pc.is_in(traits.column("name_key"), keys))


def with_artist_keys(traits: pa.Table, merged: pa.Table) -> pa.Table:
    """The credits with `artist_key` and `key_confidence` from `artist_merge.MERGED`; other names keep their own key."""
    place = pc.index_in(traits.column("name_key"), merged.column("name_key").combine_chunks())
    keys = pc.coalesce(merged.column("artist_key").combine_chunks().take(place), traits.column("name_key"))
    confidence = merged.column("confidence").combine_chunks().take(place).fill_null(1.0)
    at = traits.schema.get_field_index
    keyed = traits.set_column(at("artist_key"), "artist_key", keys)
    return keyed.set_column(at("key_confidence"), "key_confidence", confidence)


def resolve_block(traits: pa.Table, model: ArtistModel) -> pa.Table:
    """Resolve `artist_traits.TRAITS` of whole artist keys: rows of `catalog.schema.ARTISTS`, in order."""
    return resolve_and_tell(traits, model, CROWDS.empty_table()).artists


def resolve_and_tell(traits: pa.Table, model: ArtistModel, visits: pa.Table) -> Resolved:
    """Resolve `artist_traits.TRAITS` of whole artist keys; visits: of `artist_crowds.guests`."""
    keys, key = ranked(traits.column("artist_key"))
    ids = pa.array(["a-" + "-".join(text.split()) for text in keys.to_pylist()], pa.string()).take(pa.array(key))
    confidence = traits.column("key_confidence").to_numpy().copy()
    rows = np.flatnonzero(_divisible(traits, keys, key))
    found, release = releases(traits.take(pa.array(rows)))
    outcome = split(found, model)
    confidence[rows] *= outcome.confidence[release]
    second = outcome.labels[release] > 0  # a namesake with fewer tracks
    marked = _marked(traits, ids, rows[second], outcome.labels[release][second])
    ids = pc.replace_with_mask(ids, pa.array(np.isin(np.arange(len(ids)), rows[second])), marked)
    kept = [traits.column(name) for name in ("track_id", "position", "name", "role")]
    artists = pa.table([*kept, ids, pa.array(confidence)], schema=ARTISTS)
    at = traits.schema.get_field_index("key_confidence")
    told = traits.set_column(at, "key_confidence", pa.array(confidence)).take(pa.array(rows))
    alike = namesakes(told, ids.take(pa.array(rows)), found, release, model)
    return Resolved(artists, alike, misplaced(told, found, release, visits, model), hosts(traits, ids, visits))


def _divisible(traits: pa.Table, keys: pa.Array, key: Ints) -> NDArray[np.bool_]:
    """Which credits may be of one namesake or another: those of a name that has several releases and is somebody's.

    Of one release, where the name is printed as two people's.
    """
    people = prints(key, traits.column("name")).astype(np.uint64)
    place = combined(key.astype(np.uint64), traits.column("release").to_numpy(), people)
    _, first = np.unique(place, return_index=True)
    several = np.bincount(key[first], minlength=len(keys)) > 1
    nobody = pc.is_in(keys, pa.array(sorted(PLACEHOLDERS))).to_numpy(zero_copy_only=False)
    found: NDArray[np.bool_] = (several & ~nobody)[key]
    return found


def _marked(traits: pa.Table, ids: pa.Array, rows: Ints, labels: Ints) -> pa.Array:
    """The ids of lesser namesakes' credits, each with a hash of the artist's smallest track id."""
    tracks = traits.column("track_id").take(pa.array(rows)).to_pylist()
    artists = list(zip(ids.take(pa.array(rows)).to_pylist(), labels.tolist(), strict=True))
    smallest: dict[tuple[str, int], str] = {}
    for artist, track in zip(artists, tracks, strict=True):
        smallest[artist] = min(track, smallest.get(artist, track))
    tails = {artist: _digest(first) for artist, first in smallest.items()}
    return pa.array([f"{artist[0]}~{tails[artist]}" for artist in artists], pa.string())


def _digest(text: str) -> str:
    return hashlib.blake2b(text.encode(), digest_size=5).hexdigest()
