"""Writes the record files (`dedup.records`) of the published tracks, streamed by the driver.

Places follow `row`. What needs all tracks at once, how many share a title, is counted on a few 64-bit numbers a track.
"""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds

from catalog.store import Catalogue
from dedup.albums import telling_tags
from dedup.buffers import filled
from dedup.chapters import chapter_titles, same_titles
from dedup.hashing import combine, hash_texts
from dedup.listed import COLUMNS as LISTED
from dedup.listed import listed_titles, listed_under, title_keys, version_keys
from dedup.native import native_titles
from dedup.performers import performers
from dedup.players import players
from dedup.records import ADDED, NUMBERS, READ_ALONG, SEPARATOR, TEXTS, mapped_numbers, mapped_text, writing
from dedup.releases import places, told_apart
from dedup.sketches import sketch_columns
from jobs.lengths import silence_lengths

READ = (
    "row", "track_id", "source", "title", "artist", "album", "title_core", "artist_core", "album_core", "versions",
    "album_versions", "artist_names", "featured", "duration_s", "release_year", "medium", "position", "isrc_code",
)  # fmt: skip
BATCH = 1 << 16
LISTED_FILE = "listed.npy"


def write_records(catalogue: Catalogue, folder: Path, *, promised: bool) -> int:
    """Write the record files into `folder`; `promised`: every source lists a recording once. Returns the tracks."""
    folder.mkdir(parents=True, exist_ok=True)
    sources: dict[str, int] = {}
    of = [np.empty(0, np.int32)]
    with writing(folder) as writer:
        for batch in in_order(catalogue.dataset("tracks")):
            of.append(_source_numbers(batch, sources))
            writer.append(_columns(batch, of[-1], promised=promised))
        count = writer.count
    silence_lengths(folder, np.concatenate(of), list(sources))
    titles, artists = (mapped_text(folder, name) for name in ("title_core", "artist_core"))
    title_frequency(titles, artists).tofile(folder / "title_frequency.bin")
    place = places(mapped_text(folder, "medium"), mapped_numbers(folder, "position").to_numpy())
    release = told_apart(np.fromfile(folder / "release.bin", NUMBERS["release"]), place, hash_texts(artists))
    release.tofile(folder / "release.bin")
    release_size(release).tofile(folder / "release_size.bin")
    listing(release, place).tofile(folder / "listing.bin")
    versions = mapped_text(folder, "versions")
    same_titles(release, titles, versions, place).tofile(folder / "same_titles.bin")
    keys = title_keys(titles), listed_under(release, artists), version_keys(titles, versions)
    for name, values in zip(LISTED, keys, strict=True):
        values.tofile(folder / f"{name}.bin")
    np.save(folder / LISTED_FILE, listed_titles(*keys))
    return count


def title_frequency(title: pa.Array, artist: pa.Array) -> np.ndarray:
    """How many artists have a track of this title, `[n]`.

    0 without a title. Many copies of one track are one artist's.
    """
    titles = hash_texts(title)
    both = np.unique(combine(0, titles, hash_texts(artist)), return_index=True)[1]
    known, place = np.unique(titles, return_inverse=True)
    artists = np.bincount(place[both], minlength=len(known))
    return np.where(titles == 0, 0, artists[place]).astype(ADDED["title_frequency"])


def release_size(release: np.ndarray) -> np.ndarray:
    """How many tracks the release of every track has, `[n]`; 0 without one."""
    _, place, tracks = np.unique(release, return_inverse=True, return_counts=True)
    return np.where(release == 0, 0, tracks[place]).astype(ADDED["release_size"])


def listing(release: np.ndarray, place: np.ndarray) -> np.ndarray:
    """The release of every track that lists one track at each place, `[n]`, else 0.

    Where two stand at one place, several releases go by the name: two editions. place: as `dedup.releases.places`.
    """
    placed = np.flatnonzero((release != 0) & (place != 0))
    _, first = np.unique(combine(0, release[placed], place[placed]), return_index=True)
    twice = np.delete(placed, first)
    return np.where(np.isin(release, release[twice]), 0, release).astype(ADDED["listing"])


def in_order(tracks: ds.Dataset) -> Iterator[pa.RecordBatch]:
    """The tracks by `row`. Files hold ascending rows unless a delivery's ids were mended; only then all are sorted."""
    fragments = sorted(tracks.get_fragments(), key=_first_row)
    last = -1
    for fragment in fragments:
        rows = fragment.to_table(columns=["row"]).column("row").to_numpy()
        if len(rows) and (rows[0] <= last or (np.diff(rows) <= 0).any()):
            yield from tracks.to_table(columns=list(READ)).sort_by("row").to_batches(BATCH)
            return
        last = int(rows[-1]) if len(rows) else last
    for fragment in fragments:
        yield from fragment.to_batches(columns=list(READ), batch_size=BATCH)


def _first_row(fragment: ds.Fragment) -> int:
    rows = fragment.head(1, columns=["row"])
    return int(rows.column("row")[0].as_py()) if len(rows) else -1


def _source_numbers(batch: pa.RecordBatch, sources: dict[str, int]) -> np.ndarray:
    """The number of every track's source, `[n]`; new ones are added to `sources`."""
    coded = filled(batch.column("source")).dictionary_encode()
    known = np.array([sources.setdefault(name, len(sources)) for name in coded.dictionary.to_pylist()], np.int32)
    return np.asarray(known[coded.indices.to_numpy()])


def _columns(batch: pa.RecordBatch, number: np.ndarray, *, promised: bool) -> dict[str, pa.Array]:
    """What `RecordWriter.append` takes; number: that of every track's source."""
    texts = {name: filled(batch.column(name)) for name in TEXTS if name not in ("versions", *READ_ALONG)}
    native = native_titles(texts["title"], texts["title_core"])
    texts["title_core"] = chapter_titles(texts["title_core"], texts["album_core"])
    album = hash_texts(batch.column("album_core"))
    versions = filled(pc.binary_join(batch.column("versions"), SEPARATOR))
    beside = players(batch.column("artist_names"), batch.column("featured"), batch.column("album"))
    return {
        **texts,
        "versions": versions,
        "title_native": native,
        "album_tags": telling_tags(texts["album_core"], batch.column("album_versions")),
        "players": beside,
        "performers": performers(batch.column("artist_names"), versions, beside),
        "row": batch.column("row"),
        "exclusive": number if promised else np.full(len(number), -1, np.int32),
        "release": np.where(album == 0, 0, combine(0, album, number.astype(np.uint64))),
        "duration_s": filled(batch.column("duration_s"), float("nan")),
        "release_year": filled(batch.column("release_year"), -1),
        "position": filled(batch.column("position"), -1),
        **sketch_columns(*(texts[name] for name in ("title_core", "artist_core", "album_core"))),
    }


def rows_of(folder: Path) -> np.ndarray:
    """`row` of every place, mapped."""
    return np.asarray(mapped_numbers(folder, "row").to_numpy())
