"""Two tracks as the deduplication compares them, read from a published catalogue without a JVM.

What the job knows of all tracks is asked for this pair alone: how many artists have the title, and how far the two
releases align.
"""

from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.dataset as ds

from catalog.published import Published
from catalog.schema import CREDIT
from dedup.albums import telling_tags
from dedup.buffers import filled
from dedup.chapters import chapter_titles, same_titles
from dedup.compare import compare
from dedup.fields import FIELD_NAMES, MISSING
from dedup.hashing import Hashes, combine, hash_texts
from dedup.listed import COLUMNS as LISTED
from dedup.listed import listed_titles, listed_under, version_keys
from dedup.native import native_titles
from dedup.performers import performers
from dedup.players import players
from dedup.records import READ_ALONG, SEPARATOR, TEXTS
from dedup.releases import FIELD, Alignments, anchors, places, told_apart
from dedup.sketches import sketch_columns
from dedup.sound import Hearing, hear
from dedup.weights import Levels
from jobs.lengths import with_lengths
from jobs.lookup import among, codes_of

NEEDED = ("track_id", "row", "source", "title", "artist", "album", "title_core", "artist_core", "album_core",
"versions", "album_versions", "artist_names", "featured", "duration_s", "release_year", "medium", "position",
"isrc_code", "audio_file")  # fmt: skip

Track = dict[str, Any]
_PLACE = {"medium": pa.string(), "position": pa.int32()}

MOST_TRACKS = 200
"""Tracks of a release that are looked at; of a larger one also as many that have the title of one on the other side."""


def pair_table(catalogue: Published, a: Track, b: Track) -> pa.Table:
    """A pair as a table of one row, as `dedup.compare` wants it, sound included."""
    frequency = [title_frequency(catalogue, track["title_core"]) for track in (a, b)]
    level, detail = _sound(catalogue, a, b)
    heard = {"audio_level": pa.array([level], pa.int8()), "audio_detail": pa.array([detail], pa.string())}
    listed = pa.array([int(listed_together(catalogue, a, b))], pa.uint64())
    one, other = with_lengths(catalogue, [a, b])
    columns = _columns([one], [other], [frequency[0]], [frequency[1]])
    often = {f"same_titles_{side}": pa.array([_same_titles(catalogue, of)]) for side, of in (("a", a), ("b", b))}
    return pa.table(columns | {"listing_a": listed, "listing_b": listed} | often | heard)


def pair_levels(catalogue: Published, a: Track, b: Track, pair: pa.Table) -> Levels:
    """Agreement levels `[1, fields]` of a pair, that of its releases among them."""
    levels = compare(pair, _neighbours(catalogue, a, b))
    levels[0, FIELD_NAMES.index(FIELD)] = release_level(catalogue, a, b, bool(anchors(levels)[0]))
    return levels


def title_frequency(catalogue: Published, title: str | None) -> int:
    """How many artists have a track of this title, as `jobs.records` counts."""
    if not title:
        return 0
    return len(catalogue.read("tracks", ["artist_core"], ds.field("title_core") == title).column(0).unique())


def listed_together(catalogue: Published, a: Track, b: Track) -> bool:
    """Whether both are of one release, which lists one track at each place, as `jobs.records.listing` says."""
    if not _one_release(catalogue, a, b):
        return False
    placed = _release(catalogue, a) & ds.field("position").is_valid()
    held = Counter(_places(catalogue.read("tracks", ["medium", "position"], placed)).tolist())
    return max(held.values(), default=1) == 1


def release_level(catalogue: Published, a: Track, b: Track, anchor: bool) -> int:
    """Level of the field `release`: how many other tracks the two releases share."""
    if not a["album_core"] or not b["album_core"] or _one_release(catalogue, a, b):
        return MISSING
    sides = [_tracks_of(catalogue, track) for track in (a, b)]
    if len(sides[1]) == MOST_TRACKS:
        sides[1] = _with_twins(catalogue, b, sides[1], sides[0])
    elif len(sides[0]) == MOST_TRACKS:
        sides[0] = _with_twins(catalogue, a, sides[0], sides[1])
    pairs = [(left, right) for left in sides[0] for right in sides[1]]
    left, right = ([pair[side] for pair in pairs] for side in (0, 1))
    table = pa.table(_columns(left, right, [0] * len(pairs), [0] * len(pairs)))
    found = anchors(compare(table, listed_titles(*_keys([*sides[0], *sides[1]]))))
    ones, twos = np.ones(int(found.sum()), np.uint64), np.full(int(found.sum()), 2, np.uint64)
    rows = (np.array([track["row"] for track in side], np.int64)[found] for side in (left, right))
    alone = np.array([min(len(side) for side in sides) < 2])
    one, two = np.ones(1, np.uint64), np.full(1, 2, np.uint64)
    return int(Alignments.count(ones, twos, *rows).levels(one, two, alone, np.array([anchor]))[0])


def _neighbours(catalogue: Published, a: Track, b: Track) -> Hashes:
    """The titles of each side that the other side's release lists, as `dedup.listed` has them."""
    found = []
    for one, other in ((a, b), (b, a)):
        if not (one["album_core"] and one["artist_core"] and other["title_core"]):
            continue
        same = (ds.field("source") == one["source"]) & (ds.field("album_core") == one["album_core"])
        same &= ds.field("artist_core") == one["artist_core"]
        found += _tracks(catalogue, same & (ds.field("title_core") == other["title_core"]), MOST_TRACKS)
    return listed_titles(*_keys(found))


def _keys(tracks: Sequence[Track]) -> tuple[Hashes, Hashes, Hashes]:
    """Columns of `dedup.listed`."""
    names = ("artist_core", "album_core", "source")
    artist, album, source = (pa.array([track[name] for track in tracks], pa.string()) for name in names)
    title = pa.array([_title(track) for track in tracks], pa.string())
    release = combine(0, hash_texts(album), hash_texts(source))
    tags = pa.array([_tags(track) for track in tracks], pa.string())
    under = listed_under(np.where(hash_texts(album) == 0, 0, release), artist)
    return hash_texts(title), under, version_keys(title, tags)


def _one_release(catalogue: Published, a: Track, b: Track) -> bool:
    """Whether both are of one release; several may share its name, as `jobs.records` tells them apart."""
    if not a["album_core"] or any(a[name] != b[name] for name in ("source", "album_core")):
        return False
    return a["artist_core"] == b["artist_core"] or not {a["artist_core"], b["artist_core"]} & _sharers(catalogue, a)


def _release(catalogue: Published, track: Track) -> ds.Expression:
    """The tracks of a track's release."""
    sharers, artist = _sharers(catalogue, track), ds.field("artist_core")
    if track["artist_core"] in sharers:
        return _named(track) & (artist == track["artist_core"])
    return _named(track) & ~artist.isin(sorted(sharers)) if sharers else _named(track)


def _named(track: Track) -> ds.Expression:
    return (ds.field("source") == track["source"]) & (ds.field("album_core") == track["album_core"])


def _sharers(catalogue: Published, track: Track) -> set[str]:
    """The artists that have a release each of the name of a track's."""
    found = catalogue.read("tracks", ["medium", "position", "artist_core"], _named(track))
    one, artist = np.ones(found.num_rows, np.uint64), found.column("artist_core")
    apart = told_apart(one, _places(found), hash_texts(artist)) != one
    return set(artist.filter(pa.array(apart)).to_pylist())


def _places(tracks: pa.Table) -> Hashes:
    medium, position = (tracks.column(name).combine_chunks().cast(kind) for name, kind in _PLACE.items())
    return places(filled(medium), filled(position, -1).to_numpy())


def _same_titles(catalogue: Published, track: Track) -> int:
    """How many places of its release have a track's title, as `jobs.records` counts."""
    if not track["album_core"]:
        return 0
    wanted = ["track_id", "title_core", "album_core", "versions", "medium", "position"]
    found = catalogue.read("tracks", wanted, _release(catalogue, track))
    tracks = found.to_pylist()
    titles, versions = (pa.array([read(one) for one in tracks], pa.string()) for read in (_title, _tags))
    counted = same_titles(np.ones(len(tracks), np.uint64), titles, versions, _places(found))
    return next(
        (int(many) for one, many in zip(tracks, counted, strict=True) if one["track_id"] == track["track_id"]), 0
    )


def _title(track: Track) -> str:
    """The title that is compared: the album's of a chapter."""
    told = (pa.array([track[name] or ""], pa.string()) for name in ("title_core", "album_core"))
    return str(chapter_titles(*told)[0].as_py())


def _tags(track: Track) -> str:
    return SEPARATOR.join(track["versions"] or ())


def _with_twins(catalogue: Published, track: Track, known: list[Track], others: list[Track]) -> list[Track]:
    """Known tracks of a track's release, and those with the title of one of the others."""
    titles = among("title_core", {other["title_core"] for other in others} - {None, ""})
    twins = _tracks_of(catalogue, track, titles)
    return list({one["track_id"]: one for one in (*known, *twins)}.values())


def _tracks_of(catalogue: Published, track: Track, wanted: ds.Expression | None = None) -> list[Track]:
    """The tracks of a track's release, MOST_TRACKS at most; only the wanted ones where these are told."""
    same = _release(catalogue, track)
    chosen = same if wanted is None else same & wanted
    return _tracks(catalogue, chosen, MOST_TRACKS)


def _tracks(catalogue: Published, chosen: ds.Expression, most: int) -> list[Track]:
    found: list[Track] = catalogue.dataset("tracks").head(most, columns=list(NEEDED), filter=chosen).to_pylist()
    return with_lengths(catalogue, found)


def _columns(a: Sequence[Track], b: Sequence[Track], often_a: list[int], often_b: list[int]) -> dict[str, pa.Array]:
    """Pairs in the columns of `dedup.records`, suffixed `_a` and `_b`."""
    columns: dict[str, pa.Array] = {}
    for side, tracks, often in (("a", a, often_a), ("b", b, often_b)):
        one = {name: pa.array([track[name] or "" for track in tracks], pa.large_string()) for name in _TEXTS}
        tags = [_tags(track) for track in tracks]
        one["title_native"] = native_titles(one["title"], one["title_core"])
        one["title_core"] = pa.array([_title(track) for track in tracks], pa.large_string())
        seconds = [float("nan") if track["duration_s"] is None else track["duration_s"] for track in tracks]
        one |= {name: pa.array([_number(track[name]) for track in tracks], pa.int32()) for name in _INTEGERS}
        one |= {name: pa.array(sketch) for name, sketch in _sketches(one).items()}
        one |= {name: pa.array(keys) for name, keys in zip(LISTED, _keys(tracks), strict=True)}
        albums = pa.array([track["album_versions"] or () for track in tracks], pa.list_(pa.string()))
        one["album_tags"] = telling_tags(one["album_core"], albums)
        credits = pa.array([track["artist_names"] or () for track in tracks], pa.list_(CREDIT))
        guests = pa.array([track["featured"] or () for track in tracks], pa.list_(pa.string()))
        one["players"] = players(credits, guests, one["album"])
        one["performers"] = performers(credits, pa.array(tags, pa.string()), one["players"])
        one |= {"versions": pa.array(tags, pa.large_string()), "duration_s": pa.array(seconds, pa.float32())}
        columns |= {f"{name}_{side}": column for name, column in one.items()}
        columns[f"title_frequency_{side}"] = pa.array(often, pa.int32())
    return columns


def _sketches(one: dict[str, pa.Array]) -> dict[str, np.ndarray]:
    return sketch_columns(*(one[name] for name in ("title_core", "artist_core", "album_core")))


_TEXTS = tuple(name for name in TEXTS if name not in ("versions", *READ_ALONG))
_INTEGERS = ("release_year", "position")


def _number(value: int | None) -> int:
    return -1 if value is None else value


def _sound(catalogue: Published, a: Track, b: Track) -> tuple[int, str | None]:
    codes = codes_of(catalogue, [a, b]) if catalogue.has("segments") else {}
    ordered = sorted((a, b), key=lambda track: track["row"])  # as the job, for an alignment may depend on the order
    left, right = (codes.get(track["track_id"], (None, None)) for track in ordered)
    levels, details = hear(([left[0]], [left[1]], [right[0]], [right[1]]), 1.0, Hearing())
    return int(levels[0]), details[0]
