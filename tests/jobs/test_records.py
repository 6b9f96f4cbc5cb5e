"""What the record files say of all tracks together."""

import json
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from catalog.normalise import normalise
from catalog.schema import DELIVERED
from catalog.store import Catalogue
from dedup.fields import FIELD_NAMES, FIELDS
from dedup.patterns import unpack
from dedup.proposals import PAIRS
from dedup.records import mapped_numbers
from dedup.releases import places
from jobs.lengths import LENGTHS_FILE
from jobs.pairs import compare_pairs
from jobs.records import listing, release_size, title_frequency, write_records


def test_a_release_that_has_a_place_twice_is_several() -> None:
    release = np.array([7, 7, 7, 8, 8, 8, 9, 9, 0, 0], np.uint64)
    medium = pa.array(["", "", "", "1", "CD2", "cd2", "", "", "", ""], pa.large_string())
    position = np.array([1, 2, -1, 1, 1, 2, 4, 4, 1, 1], np.int32)
    assert listing(release, places(medium, position)).tolist() == [7, 7, 7, 8, 8, 8, 0, 0, 0, 0]
    assert listing(release[:0], places(medium[:0], position[:0])).tolist() == []


def test_media_are_told_apart_whatever_their_case() -> None:
    release, position = np.array([8, 8], np.uint64), np.array([3, 3], np.int32)
    other, same = (pa.array(sides, pa.large_string()) for sides in (["A", "b"], ["B", "b"]))
    assert listing(release, places(other, position)).tolist() == [8, 8]
    assert listing(release, places(same, position)).tolist() == [0, 0]


def test_sizes_of_releases_and_artists_of_a_title() -> None:
    assert release_size(np.array([7, 8, 7, 0], np.uint64)).tolist() == [2, 1, 2, 0]
    titles, artists = (pa.array(texts, pa.large_string()) for texts in (["a", "a", "a", ""], ["x", "x", "y", "y"]))
    assert title_frequency(titles, artists).tolist() == [2, 2, 2, 0]


TRACKS = [
    ("x", "東京の夜", "Fern", "Moss"),
    ("y", "東京の朝", "Fern", "Moss"),
    ("x", "Boss Battle", "Ann", "Box"),
    ("x", "Final Boss Battle", "Ann", "Box"),
    ("y", "Final Boss Battle", "Ann", "Box"),
    ("x", "Sun", "Bo", "Rain (Instrumentals)"),
    ("y", "Sun", "Bo", "Rain"),
]
COMPARED = [
    (0, 1, "title", "other word"),
    (2, 4, "title", "other word"),
    (3, 4, "title", "exact"),
    (5, 6, "version", "plain against version"),
]


def _catalogue(folder: Path, given: list[tuple[str, ...]]) -> Catalogue:
    """A catalogue of tracks: source, title, artist, album and duration."""
    names = ("source", "title", "artist", "album", "duration")
    known = [dict.fromkeys(DELIVERED.names) | dict(zip(names, track, strict=False)) for track in given]
    rows = [
        row | {"track_id": f"t{number}", "place": "s.csv:2", "root": "/nowhere"} for number, row in enumerate(known)
    ]
    tracks, _ = normalise(pa.RecordBatch.from_pylist(rows, schema=DELIVERED), {}, 0)
    catalogue = Catalogue.create(folder / "cat")
    staging = catalogue.stage("tracks")
    pq.write_table(pa.Table.from_batches([tracks]), staging / "part-0.parquet")
    catalogue.publish({"tracks": catalogue.seal("tracks", staging, inputs={}, parameters={})})
    return catalogue


def test_previews_of_one_length_count_as_not_stated(tmp_path: Path) -> None:
    shop = [("shop", f"Song {chr(97 + n)}", "Ann", "Box", "0:30") for n in range(20)]
    label = [("label", f"Song {chr(97 + n)}", "Ann", "Box", f"3:{2 * n:02}") for n in range(20)]
    write_records(_catalogue(tmp_path, [*shop, *label]), tmp_path / "records", promised=False)
    seconds = mapped_numbers(tmp_path / "records", "duration_s").to_numpy()
    assert np.isnan(seconds[:20]).all()
    assert seconds[20:].tolist() == [180 + 2 * n for n in range(20)]
    assert json.loads((tmp_path / "records" / LENGTHS_FILE).read_text()) == {"shop": [30]}


def test_pairs_are_compared_with_what_their_releases_and_albums_say(tmp_path: Path) -> None:
    catalogue = _catalogue(tmp_path, TRACKS)
    assert write_records(catalogue, tmp_path / "records", promised=False) == len(TRACKS)
    pairs = np.zeros(len(COMPARED), PAIRS)
    pairs["owner"], pairs["other"] = zip(*((a, b) for a, b, *_ in COMPARED), strict=True)
    (batch,) = compare_pairs(pairs, tmp_path / "records")
    levels = unpack(batch.column("pattern").to_numpy())
    for found, (_, _, field, level) in zip(levels, COMPARED, strict=True):
        at = FIELD_NAMES.index(field)
        assert FIELDS[at].levels[found[at]].name == level
