"""A pair read from a published catalogue is compared as the deduplication does."""

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.dataset as ds
import pytest

from dedup.fields import MISSING, level_of
from jobs import one_pair
from jobs.lengths import LENGTHS_FILE
from jobs.one_pair import NEEDED, pair_table, release_level


def track(number: int, source: str, title: str, **more: Any) -> dict[str, Any]:
    missing: dict[str, Any] = dict.fromkeys(NEEDED)
    said = {"track_id": f"{source}{number}", "row": number, "source": source, "title_core": title, "duration_s": 100.0}
    return missing | said | {"artist_core": "ann", "album_core": "box"} | more


def catalogue(tracks: list[dict[str, Any]], segments: list[dict[str, Any]], folder: Path = Path("/nowhere")) -> Any:
    tables = {"tracks": ds.dataset(pa.Table.from_pylist(tracks)), "segments": ds.dataset(_segments(segments))}

    def read(name: str, columns: list[str], chosen: ds.Expression | None = None) -> pa.Table:
        return tables[name].to_table(columns=columns, filter=chosen)

    def path(name: str) -> Path:
        return folder / name

    return SimpleNamespace(dataset=tables.__getitem__, read=read, has=lambda name: True, path=path)


def _segments(rows: list[dict[str, Any]]) -> pa.Table:
    kinds = [("track_id", pa.string()), ("audio_file", pa.string()), ("codes", pa.binary()), ("audible", pa.binary())]
    return pa.Table.from_pylist(rows, schema=pa.schema(kinds))


@pytest.mark.parametrize(("file", "heard"), [("/a.ogg", True), ("/other.ogg", False)])
def test_sound_of_an_earlier_file_does_not_count(file: str, heard: bool) -> None:
    codes = np.random.default_rng(3).integers(0, 256, (20, 16), np.uint8).tobytes()
    a, b = track(0, "x", "sun", audio_file=file), track(1, "y", "sun", audio_file="/b.ogg")
    stored = {"codes": codes, "audible": bytes([1] * 20)}
    files = {"x0": "/a.ogg", "y1": "/b.ogg"}
    segments = [{"track_id": track_id, "audio_file": path} | stored for track_id, path in files.items()]
    level = pair_table(catalogue([a, b], segments), a, b).column("audio_level")[0].as_py()
    assert (level != MISSING) == heard


def test_tracks_deep_in_large_releases_align(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(one_pair, "MOST_TRACKS", 10)
    ends = ("lantern", "meadow", "signal", "bridge", "window", "thunder", "orchard")
    titles = [f"{start} {end}" for start in ("amber", "hollow", "silver", "quiet") for end in ends]
    ours = [track(n, "x", title) for n, title in enumerate(titles)]
    theirs = [track(n, "y", title) for n, title in enumerate(reversed(titles))]
    level = release_level(catalogue([*ours, *theirs], []), ours[0], theirs[-1], True)
    assert level == level_of("release", "several align")


def test_albums_that_share_a_name_are_told_apart_by_their_artists() -> None:
    """Alignment counts what one artist has of "Violin Concerto", as the deduplication does."""
    credits = ("ann", "ann", "bo", "bo")
    box = [track(n, "x", f"song {n}", artist_core=who, position=1 + n % 2) for n, who in enumerate(credits)]
    found = catalogue(box, [])
    assert one_pair.listed_together(found, box[0], box[1])
    assert not one_pair.listed_together(found, box[0], box[2])


def test_editions_of_a_compilation_are_one_release() -> None:
    """Their artists have no albums of that name, and other tracks of it speak for a pair."""
    ends = ("lantern", "meadow", "signal", "bridge", "window", "thunder", "orchard", "harbour")
    again = [*range(3, 8), *range(3)]
    songs = [*(("x", n) for n in (*range(8), *again)), *(("y", n) for n in range(8))]
    box = [
        track(row, source, f"amber {ends[n]}", artist_core=f"artist {n}", position=1 + row % 8)
        for row, (source, n) in enumerate(songs)
    ]
    found = catalogue(box, [])
    twins = [one for one in box if one["title_core"] == "amber bridge"]
    assert not one_pair.listed_together(found, *twins[:2])
    assert release_level(found, twins[0], twins[2], True) == level_of("release", "several align")


def test_what_no_artist_has_as_an_album_is_of_the_name() -> None:
    artists = [*("ann",) * 4, *("bo",) * 4, "cy", None]
    box = [track(n, "x", f"song {n}", artist_core=who, position=1 + n % 4) for n, who in enumerate(artists)]
    box[8]["position"], box[9]["position"] = 5, 6
    found = catalogue(box, [])
    assert one_pair.listed_together(found, box[8], box[9])
    assert not one_pair.listed_together(found, box[0], box[8])


def test_sound_is_compared_in_the_order_of_the_job(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []
    monkeypatch.setattr(one_pair, "hear", lambda sides, *_: asked.append(sides) or (np.zeros(1, np.int8), [""]))
    a, b = track(0, "x", "sun", audio_file="/a"), track(1, "y", "sun", audio_file="/b")
    heard = [{"track_id": one["track_id"], "audio_file": one["audio_file"], "audible": b"1"} for one in (a, b)]
    world = catalogue([a, b], [row | {"codes": row["track_id"].encode()} for row in heard])
    for pair in ((a, b), (b, a)):
        pair_table(world, *pair)
    assert [sides[0] for sides in asked] == [[b"x0"], [b"x0"]]


@pytest.mark.parametrize(("further", "together"), [(3, True), (1, False)])
def test_two_places_on_one_release_are_told_unless_it_lists_a_place_twice(further: int, together: bool) -> None:
    kind = {"position": pa.int32(), "medium": pa.string()}
    a, b, c = (
        track(number, "s", "interlude", position=at, medium="CD1") for number, at in ((1, 1), (2, 2), (3, further))
    )
    stored = pa.Table.from_pylist([a, b, c])
    for name, of in kind.items():
        stored = stored.set_column(stored.column_names.index(name), name, stored.column(name).cast(of))
    found = SimpleNamespace(
        read=lambda name, columns, chosen=None: ds.dataset(stored).to_table(columns=columns, filter=chosen)
    )
    assert one_pair.listed_together(found, a, b) is together
    assert not one_pair.listed_together(found, a, b | {"source": "t"})
    assert not one_pair.listed_together(found, a | {"album_core": None}, b | {"album_core": None})


def test_a_title_that_the_others_album_lists_too_is_another_track() -> None:
    ours = [track(0, "x", "boss battle"), track(1, "x", "final boss battle")]
    theirs = track(2, "y", "final boss battle")
    for others, level in ((ours, "other word"), (ours[:1], "similar")):
        world = catalogue([*others, theirs], [])
        found = one_pair.pair_levels(world, ours[0], theirs, pair_table(world, ours[0], theirs))
        assert found[0, 0] == level_of("title", level)


def test_a_length_that_said_nothing_is_left_out(tmp_path: Path) -> None:
    (tmp_path / "matches").mkdir()
    (tmp_path / "matches" / LENGTHS_FILE).write_text(json.dumps({"x": [30]}), encoding="utf-8")
    a, b = track(0, "x", "sun", duration_s=29.8), track(1, "y", "sun", duration_s=30.0)
    pair = pair_table(catalogue([a, b], [], tmp_path), a, b)
    assert np.isnan(pair.column("duration_s_a")[0].as_py())
    assert pair.column("duration_s_b")[0].as_py() == 30
