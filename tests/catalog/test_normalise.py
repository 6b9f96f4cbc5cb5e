import csv
from collections import Counter, defaultdict
from itertools import combinations

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catalog.normalise import normalise
from catalog.profile import SourceProfile, profile_sources
from catalog.schema import DELIVERED, DELIVERED_FIELDS, PROBLEMS, TRACKS
from catalog.text import fold


def delivered(*rows):
    blank = dict.fromkeys(DELIVERED.names) | {"track_id": "t", "source": "s", "place": "s.csv:2", "root": "/nowhere"}
    return pa.RecordBatch.from_pylist([blank | row for row in rows], schema=DELIVERED)


def one(**row):
    tracks, problems = normalise(delivered(row), {}, 0)
    return tracks.to_pylist()[0], problems.to_pylist()


def test_one_record_in_full():
    track, problems = one(
        title="Song, Pt. 2 (feat. B) [Zedd Remix]", artist="Ann Lee & Bob Ray feat. C",
        album="Album (Deluxe Edition) (1999)", duration="3:07", track_number="A2",
        isrc="US-RC1-76-07839", upc="036000291452", audio_path="a/b.ogg",
    )  # fmt: skip
    assert problems == []
    assert {name: track[name] for name in TRACKS.names if name not in {*DELIVERED_FIELDS, "extra", "place"}} == {
        "row": 0,
        "title_core": "song",
        "versions": ["part:2", "remix:zedd"],
        "featured": ["b"],
        "artist_names": [
            {"name": "Ann Lee", "role": "main", "join": " & "},
            {"name": "Bob Ray", "role": "main", "join": " feat. "},
            {"name": "C", "role": "featured", "join": ""},
        ],
        "artist_core": "ann lee bob ray",
        "album_core": "album",
        "album_versions": ["deluxe"],
        "duration_s": 187.0,
        "date": "1999",
        "release_year": 1999,
        "medium": "A",
        "position": 2,
        "isrc_code": "USRC17607839",
        "upc_code": "0036000291452",
        "audio_file": "/nowhere/a/b.ogg",
    }


def test_what_cannot_be_read_becomes_null_and_a_problem_that_says_where_and_how_to_mend_it():
    track, problems = one(
        title=" ", duration="9.g9", release_date="1999-13-01", year="Ger.", isrc="X", upc="123",
        track_number="WoM123456", audio_path="../x.ogg",
    )  # fmt: skip
    assert {problem["field"]: problem["code"] for problem in problems} == {
        "title": "title_missing",
        "duration": "duration_unreadable",
        "release_date": "date_unreadable",
        "year": "year_unreadable",
        "track_number": "track_number_unreadable",
        "isrc": "isrc_refused",
        "upc": "upc_refused",
        "audio_path": "path_outside_source",
    }
    assert all(p["track_id"] == "t" and p["source"] == "s" and p["stage"] == "ingest" for p in problems)
    assert all(p["message"].startswith("s.csv:2: ") for p in problems)
    assert "'9.g9'" in problems[1]["message"]
    read = [
        "title_core",
        "duration_s",
        "date",
        "release_year",
        "medium",
        "position",
        "isrc_code",
        "upc_code",
        "audio_file",
    ]
    assert [track[name] for name in read] == [None] * len(read)
    assert track["title"] == " "


def test_missing_markers_are_null_without_a_problem():
    track, problems = one(
        title="T", artist="unk.", album="unknown", duration="n.a.", year="nul l", isrc="--", track_number=""
    )
    assert problems == []
    assert [track[name] for name in ("artist_core", "album_core", "duration_s", "release_year")] == [None] * 4
    assert track["artist_names"] == []
    assert track["artist"] == "unk."


@pytest.mark.parametrize("album", ["Unknown Album", "Unbekanntes Album", "Album inconnu", "Неизвестный альбом"])
def test_an_unknown_album_is_none_in_any_language(album):
    track, problems = one(title="T", album=album)
    assert problems == []
    assert track["album_core"] is None


def test_the_date_wins_over_the_year_and_the_year_over_the_album():
    assert one(title="T", release_date="2001-05-03", year="1999", album="A (1980)")[0]["release_year"] == 2001
    assert one(title="T", year="1999", album="A (1980)")[0]["release_year"] == 1999
    future, flaws = one(title="T", album="A (2095)")
    assert (future["release_year"], future["date"], flaws) == (None, None, [])  # nobody said that it is a date
    assert one(title="T", album="A (1980)")[0]["date"] == "1980"


def test_a_number_before_the_title_is_the_position_where_none_was_delivered():
    assert one(title="07 - T")[0]["position"] == 7
    assert one(title="07 - T", track_number="3")[0]["position"] == 3


def test_a_song_that_is_called_like_its_artist_keeps_its_name_before_a_version():
    track, _ = one(title="Bad Company - 2015 Remaster", artist="Bad Company")
    assert (track["title_core"], track["versions"]) == ("bad company", ["remaster:2015"])
    assert one(title="Bad Company - Shooting Star", artist="Bad Company")[0]["title_core"] == "shooting star"


def test_rows_count_on_and_an_empty_batch_stays_empty():
    tracks, _ = normalise(delivered({"title": "A"}, {"title": "B"}), {}, 40)
    assert tracks.column("row").to_pylist() == [40, 41]
    tracks, problems = normalise(delivered(), {}, 0)
    assert (tracks.num_rows, problems.num_rows) == (0, 0)
    assert (tracks.schema, problems.schema) == (TRACKS, PROBLEMS)


TEXT = st.none() | st.text(st.characters(codec="utf-8"), max_size=30) | st.sampled_from(
    ["004-A - B (C) [feat. D", "1:2:3:4", "'0", "\u202e()", " - ", "Various", "2-", "III", "http://", "\0", "A" * 300]
)  # fmt: skip


@settings(max_examples=150)
@given(
    st.lists(st.fixed_dictionaries({name: TEXT for name in DELIVERED_FIELDS if name != "source"}), max_size=3),
    st.dictionaries(
        st.sampled_from(["artist_before_dash", "album_after_dash", "album_in_brackets", "numbered", "inverted_names"]),
        st.just(9),
    ),
)
def test_no_text_raises_and_no_delivered_text_changes(rows, counts):
    profile = SourceProfile(titled=9, artists=9, albums=9, **counts)
    batch = delivered(*rows)
    tracks, problems = normalise(batch, {"s": profile}, 0)
    assert tracks.schema == TRACKS
    for name in DELIVERED_FIELDS:
        assert tracks.column(name).equals(batch.column(name))
    assert not {"", None} & {problem["field"] for problem in problems.to_pylist()}
    assert "" not in {*tracks.column("title_core").to_pylist(), *tracks.column("artist_core").to_pylist()}


def test_five_sources_tell_the_same_of_one_recording(shared_data):
    folder = shared_data / "musicbrainz20k"
    with (folder / "original.csv").open(encoding="utf-8") as file:
        rows = [{k: v or None for k, v in row.items() if k in DELIVERED.names} for row in csv.DictReader(file)]
    with (folder / "original-truth.csv").open(encoding="utf-8") as file:
        recording = {row["track_id"]: row["recording_id"] for row in csv.DictReader(file)}
    batch = delivered(*rows)
    tracks, problems = normalise(batch, profile_sources(batch), 0)
    groups = defaultdict(list)
    for track in tracks.to_pylist():
        groups[recording[track["track_id"]]].append(track)
    pairs = [pair for group in groups.values() for pair in combinations(group, 2)]
    assert share(pairs, lambda track: fold(track["title"] or "")) < 0.1
    assert share(pairs, lambda track: track["title_core"]) > 0.82
    assert share(pairs, lambda track: track["artist_core"]) > 0.80
    assert share(pairs, lambda track: track["album_core"]) > 0.78
    assert share(pairs, lambda track: (track["medium"], track["position"])) > 0.93
    assert max(Counter(problem["field"] for problem in problems.to_pylist()).values()) < 0.02 * len(rows)


def share(pairs, value):
    """Share of pairs in which both sides have the same value, among those in which both have one."""
    compared = [value(a) == value(b) for a, b in pairs if value(a) and value(b)]
    return sum(compared) / len(compared)
