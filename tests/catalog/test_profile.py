import random

import pyarrow as pa
import pytest

from catalog.layouts import Layout, take_layout
from catalog.profile import SourceProfile, merge_profiles, profile_sources
from catalog.schema import DELIVERED

SONGS = [f"{word} of the {other}" for word in ("House", "Hour", "Sound", "Return") for other in ("Sun", "Wolf", "Sea")]
ARTISTS = ["Ann Lee", "Bob Ray", "The Kit", "Мумий Тролль"]
ALBUMS = ["First Light", "Second Night", "Third Rail"]


def delivered(rows):
    """A batch of DELIVERED from dicts; columns that are left out are null."""
    blank = dict.fromkeys(DELIVERED.names)
    return pa.RecordBatch.from_pylist([blank | {"source": "s"} | row for row in rows], schema=DELIVERED)


def tracks(make):
    """Twelve tracks of a source, laid out by `make(number, title, artist, album)`."""
    return [make(n + 1, title, ARTISTS[n % 4], ALBUMS[n % 3]) for n, title in enumerate(SONGS)]


LAYOUTS = [
    (lambda n, t, ar, al: {"title": t, "artist": ar, "album": al}, Layout()),
    (lambda n, t, ar, al: {"title": f"{ar} - {t}", "album": al}, Layout(artist_first=True)),
    (lambda n, t, ar, al: {"title": f"{ar} - {t}", "artist": ar, "album": al}, Layout(artist_first=True)),
    (lambda n, t, ar, al: {"title": f"{t} - {al}", "artist": ar}, Layout(album_last=True)),
    (lambda n, t, ar, al: {"title": f"{t} ({al})", "artist": ar, "album": al}, Layout(album_in_brackets=True)),
    (lambda n, t, ar, al: {"title": f"{n:03d}-{t}", "artist": ar, "album": al}, Layout(numbered=True)),
    (lambda n, t, ar, al: {"title": f"{t} - Live", "artist": ar, "album": al}, Layout()),
    (lambda n, t, ar, al: {"title": f"{t} (Live)", "artist": ar, "album": "Live"}, Layout(album_in_brackets=True)),
]


@pytest.mark.parametrize(("make", "layout"), LAYOUTS)
def test_layout_is_found_and_gives_the_parts_back(make, layout):
    rows = tracks(make)
    assert profile_sources(delivered(rows))["s"].layout == layout
    if layout == Layout() or rows[0].get("album") == "Live":
        return
    for n, row in enumerate(rows):
        parts = take_layout(row["title"], row.get("artist", ""), row.get("album", ""), str(n + 1), layout)
        assert parts[:3] == (SONGS[n], ARTISTS[n % 4], ALBUMS[n % 3])


NAMES = [
    (("Presley, Elvis", "Lind, Ada", "Vaughan Williams, Ralph", "van Dyk, Paul", "Waves, The"), True),
    (("Lind, Ada; Berg, Bo", "Berg, Bo; Olive Orchestra", "Fox, Cy / Lind, Ada"), True),
    (("Cleveland Orchestra, Otto Klemperer", "Staatskapelle Dresden, Ada Lind", "Philharmonia, Bo Berg"), False),
    (("Ada Lind, Bo Berg", "Cy Fox, Dee Holt", "Bo Berg, Cy Fox"), False),
]


@pytest.mark.parametrize(("artists", "inverted"), NAMES)
def test_a_source_of_inverted_names_is_none_of_lists(artists, inverted):
    rows = [{"title": title, "artist": artists[n % len(artists)], "album": "Moss"} for n, title in enumerate(SONGS)]
    assert profile_sources(delivered(rows))["s"].layout.inverted_names is inverted


def test_a_few_rows_are_not_a_layout():
    rows = tracks(lambda n, t, ar, al: {"title": f"{ar} - {t}"})[:3]
    assert profile_sources(delivered(rows))["s"].layout == Layout()


@pytest.mark.parametrize(
    ("values", "unit"),
    [
        (["276", "190", "12", "215000"], "s"),
        (["276000", "190500", "9000"], "ms"),
        (["4.367", "3.1", "12.05"], "min"),
        (["3:07", "unk.", ""], "s"),
    ],
)
def test_unit_of_bare_durations(values, unit):
    assert profile_sources(delivered([{"duration": value} for value in values]))["s"].duration_unit == unit


SHIFTED = ("03:10:00", "04:11:00", "02:59:00", "0:47:00", "12:03:00")


@pytest.mark.parametrize(
    ("values", "shifted"),
    [
        (SHIFTED, True),
        ([*SHIFTED, "3:21", "unk.", "", "03:15:00"], True),
        (["02:00:00", "01:00:00", "01:30:00", "01:55:00", "02:00:00", "01:58:00"], False),  # programmes
        (["0:03:10", "0:04:11", "0:02:59", "1:10:00", "0:12:03"], False),
        (SHIFTED[:4], False),
        (["3:10", "4:11", "2:59", "0:47", "12:03"], False),
    ],
)
def test_clocks_that_a_spreadsheet_shifted(values, shifted):
    assert profile_sources(delivered([{"duration": value} for value in values]))["s"].shifted_clocks is shifted


def test_labels_count_only_where_a_whole_source_is_decorated():
    labels = ("singer ", "artist name ", "song by ")
    decorated = [{"title": "T", "artist": labels[n % 3] + artist} for n, artist in enumerate(ARTISTS * 3)]
    layout = profile_sources(delivered(decorated))["s"].layout
    assert layout.artist_labels
    assert take_layout("T", "artist name Ann Lee", "", "", layout).artist == "Ann Lee"
    plain = [{"title": "T", "artist": artist} for artist in (*ARTISTS * 3, *["Band of Horses"] * 9)]
    assert profile_sources(delivered(plain))["s"].layout.artist_labels == ()


def test_profiles_are_a_monoid_and_survive_json():
    rows = [row for make, _ in LAYOUTS for row in tracks(make)]
    random.shuffle(rows)
    whole = profile_sources(delivered(rows))["s"]
    parts = [profile_sources(delivered(rows[start : start + 7]))["s"] for start in range(0, len(rows), 7)]
    total = SourceProfile()
    for part in parts:
        total = total.merge(part)
    assert total == whole == whole.merge(SourceProfile()) == SourceProfile().merge(whole)
    assert parts[0].merge(parts[1]).merge(parts[2]) == parts[0].merge(parts[1].merge(parts[2]))
    assert SourceProfile.from_json(whole.to_json()) == whole


def test_profiles_of_several_sources_add_up_by_name():
    left = profile_sources(delivered([{"source": "a", "title": "T"}, {"source": "b", "title": "T"}]))
    both = merge_profiles(left, {"b": SourceProfile(titled=2), "c": SourceProfile(titled=5)})
    assert {name: profile.titled for name, profile in both.items()} == {"a": 1, "b": 3, "c": 5}


NUMBERED = Layout(numbered=True)
BRACKETS = Layout(album_in_brackets=True)
DASHED = Layout(album_last=True)


@pytest.mark.parametrize(
    ("given", "layout", "parts"),
    [
        (("004-Song", "A", "B", "4"), NUMBERED, ("Song", "A", "B", 4)),
        (("song title 004-Song", "A", "B", "4"), NUMBERED, ("Song", "A", "B", 4)),
        (("0B1-Song", "A", "B", "B1"), NUMBERED, ("Song", "A", "B", None)),
        (("99 Luftballons", "A", "B", "4"), NUMBERED, ("99 Luftballons", "A", "B", None)),
        (("Song (Alubm)", "A", "Album", ""), BRACKETS, ("Song", "A", "Album", None)),
        (("Song (Found)", "A", "", ""), BRACKETS, ("Song", "A", "Found", None)),
        (("Song (Live)", "A", "", ""), BRACKETS, ("Song (Live)", "A", "", None)),
        (("Song (Live) (Album)", "A", "Album", ""), BRACKETS, ("Song (Live)", "A", "Album", None)),
        (("Song (Other Words)", "A", "Album", ""), BRACKETS, ("Song (Other Words)", "A", "Album", None)),
        (("Song - Album - EP", "A", "", ""), DASHED, ("Song", "A", "Album - EP", None)),
        (("- Album", "A", "", ""), DASHED, ("", "A", "Album", None)),
        (("Song - Live", "A", "Album", ""), DASHED, ("Song - Live", "A", "Album", None)),
        (("A - Song", "A", "B", ""), Layout(), ("Song", "A", "B", None)),
        (("C - Song", "A", "B", ""), Layout(), ("C - Song", "A", "B", None)),
        (("C - Song", "A", "B", ""), Layout(artist_first=True), ("C - Song", "A", "B", None)),
        (("Song", "", "B", ""), Layout(artist_first=True), ("Song", "", "B", None)),
    ],
)
def test_each_record_is_checked_on_its_own(given, layout, parts):
    assert take_layout(*given, layout) == parts


def test_five_sources_of_musicbrainz(shared_data):
    from csv import DictReader

    with (shared_data / "musicbrainz20k" / "mutated.csv").open(encoding="utf-8") as file:
        names = set(DELIVERED.names)
        rows = [{name: value or None for name, value in row.items() if name in names} for row in DictReader(file)]
    found = profile_sources(delivered(rows))
    assert {source: profile.duration_unit for source, profile in found.items()} == {
        "1": "s", "2": "s", "3": "min", "4": "s", "5": "ms",
    }  # fmt: skip
    laid_out = {"1": "album_in_brackets", "2": "artist_first", "3": "album_last", "4": "numbered"}
    for source, profile in found.items():
        flags = [
            name
            for name in ("album_in_brackets", "artist_first", "album_last", "numbered")
            if getattr(profile.layout, name)
        ]
        assert flags == [laid_out[source]] if source in laid_out else flags == []
