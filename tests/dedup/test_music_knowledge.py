"""What is known about music, as pairs of printed records: what must agree, and what must not, whatever else does.

Each table is one piece of knowledge with cases for and against it; records go through the same parsers as a delivery.
"""

from typing import Any

import pytest

from catalog.artist_cores import read_artist
from catalog.identifiers import isrc
from catalog.titles import parse_album, parse_title
from dedup.compare import compare
from dedup.decide import held, vetoed
from dedup.fields import FIELD_NAMES, FIELDS, MISSING
from tests.dedup.record_examples import pair

Printed = dict[str, Any]


def record(printed: Printed) -> Printed:
    """A record as it is compared, from what a source prints."""
    title, album = parse_title(printed.get("title", "")), parse_album(printed.get("album", ""))
    return {
        "title_core": title.core,
        "versions": title.versions,
        "artist_core": read_artist(printed.get("artist", "")).core,
        "album_core": album.core,
        "isrc_code": isrc(printed.get("isrc")),
        "duration_s": printed.get("duration"),
        "position": printed.get("position"),
    }


def levels_of(a: Printed, b: Printed) -> Any:
    found, turned = compare(pair(record(a), record(b))), compare(pair(record(b), record(a)))
    assert (found == turned).all(), "evidence does not depend on which track comes first"
    return found


def level(found: Any, field: str) -> str | None:
    number = FIELD_NAMES.index(field)
    return None if found[0, number] == MISSING else FIELDS[number].levels[found[0, number]].name


def titled(title: str, artist: str = "Olive Quartet", **more: Any) -> Printed:
    return {"title": title, "artist": artist, **more}


SAME_WORK = [  # version words on both sides or neutral ones: no veto
    ("Slow Harbour", "Slow Harbour"),
    ("Slow Harbour", "Slow Harbour (Remastered 2011)"),
    ("Slow Harbour - 2009 Remaster", "Slow Harbour [2015 Digital Remaster]"),
    ("Slow Harbour (Album Version)", "Slow Harbour"),
    ("Slow Harbour (Explicit)", "Slow Harbour"),
    ("Slow Harbour (feat. Ada Lind)", "Slow Harbour"),
    ("Slow Harbour (Bo Berg Remix)", "Slow Harbour [Bo Berg Remix]"),
    ("Slow Harbour (Live at Rome)", "Slow Harbour - Live at Rome"),
    ("Slow Harbour, Pt. 2", "Slow Harbour (Part II)"),
    ("Symphony No. 4 in F minor", "Symphony No. 4 in F Minor"),
    ("Live and Let Die", "Live And Let Die"),
    ("Медленная гавань", "Medlennaya gavan"),
    ("Γαλήνη", "Galini"),
]
OTHER_WORK = [  # versions or numbers that exclude each other: a veto
    ("Slow Harbour (Live)", "Slow Harbour"),
    ("Slow Harbour (Bo Berg Remix)", "Slow Harbour"),
    ("Slow Harbour (Bo Berg Remix)", "Slow Harbour (Ada Lind Remix)"),
    ("Slow Harbour (Instrumental)", "Slow Harbour"),
    ("Slow Harbour (Acoustic)", "Slow Harbour"),
    ("Slow Harbour (Demo)", "Slow Harbour"),
    ("Slow Harbour (Karaoke Version)", "Slow Harbour"),
    ("Slow Harbour (Sped Up)", "Slow Harbour"),
    ("Slow Harbour (Slowed + Reverb)", "Slow Harbour (Sped Up)"),
    ("Slow Harbour (Explicit)", "Slow Harbour (Clean)"),
    ("Slow Harbour, Pt. 1", "Slow Harbour, Pt. 2"),
    ("Symphony No. 4 in F minor", "Symphony No. 5 in F minor"),
    ("Nocturnes, Op. 9", "Nocturnes, Op. 27"),
    ("Suite: II. Andante", "Suite: III. Andante"),
    ("Night Music, Vol. 1", "Night Music, Vol. 2"),
    ("Slow Harbour (Live at Rome)", "Slow Harbour (Live at Oslo)"),
]


@pytest.mark.parametrize(("a", "b"), SAME_WORK)
def test_versions_that_may_be_one_recording(a: str, b: str) -> None:
    found = levels_of(titled(a), titled(b))
    assert not vetoed(found)[0]
    assert level(found, "title") in ("exact", "near")


@pytest.mark.parametrize(("a", "b"), OTHER_WORK)
def test_versions_that_exclude_each_other(a: str, b: str) -> None:
    assert vetoed(levels_of(titled(a), titled(b)))[0]


FIELDS_MOVED = [  # the same said in other fields
    ({"title": "Slow Harbour", "artist": "Olive Quartet"}, {"title": "Olive Quartet - Slow Harbour"}),
    ({"title": "Slow Harbour", "artist": "Olive Quartet"}, {"title": "Olive Quartet", "artist": "Slow Harbour"}),
    (
        {"title": "Slow Harbour", "artist": "Olive Quartet", "album": "Northern Almanac"},
        {"title": "Slow Harbour (Northern Almanac)", "artist": "Olive Quartet"},
    ),
    (
        {"title": "Slow Harbour", "artist": "Olive Quartet", "album": "Northern Almanac"},
        {"title": "Slow Harbour - Northern Almanac", "artist": "Olive Quartet"},
    ),
    ({"title": "Slow Harbour", "artist": "Olive Quartet"}, {"title": "Slow Harbour by Olive Quartet"}),
]
NOT_MOVED = [  # strangers, also where single words recur
    ({"title": "Slow Harbour", "artist": "Olive Quartet"}, {"title": "Granite Choir - Night Train"}),
    ({"title": "Slow Harbour", "artist": "Olive Quartet"}, {"title": "Harbour Lights", "artist": "Granite Choir"}),
    ({"title": "Rome", "artist": "Ada Lind"}, {"title": "Aromatic", "artist": "Bo Berg"}),
    ({"title": "Olive", "artist": "Quartet"}, {"title": "Night Train", "artist": "Granite Choir", "album": "Rome"}),
]
AGREES = {"exact", "exact, common title", "near", "similar", "inside the other's text"}
ARTIST_AGREES = {"exact", "near", "one holds the other", "inside the other's text", None}


@pytest.mark.parametrize(("a", "b"), FIELDS_MOVED)
def test_fields_that_were_swapped_or_run_together_still_agree(a: Printed, b: Printed) -> None:
    found = levels_of(a, b)
    assert level(found, "title") in AGREES
    assert level(found, "artist") in ARTIST_AGREES
    assert not held(found)[0]


@pytest.mark.parametrize(("a", "b"), NOT_MOVED)
def test_strangers_do_not_agree_by_a_word(a: Printed, b: Printed) -> None:
    found = levels_of(a, b)
    assert level(found, "title") in ("different", "other number")
    assert level(found, "artist") in ("different", None)


GUESTS = [  # a guest that moved between title and credit, and one whose name is the artist's
    (titled("Slow Harbour (feat. Ada Lind)"), titled("Slow Harbour", "Olive Quartet feat. Ada Lind"), "exact"),
    (titled("Slow Harbour"), titled("Slow Harbour", "Olive Quartet ft. Ada Lind"), "exact"),
    (titled("Slow Harbour [with Ada Lind]"), titled("Slow Harbour"), "exact"),
    (titled("Slow Harbour", "Ada Lind"), titled("Slow Harbour", "Bo Berg feat. Ada Lind"), "different"),
    (titled("Slow Harbour", "The Olive Quartet"), titled("Slow Harbour", "Olive Quartet, The"), "exact"),
    (titled("Slow Harbour", "Lind, Ada"), titled("Slow Harbour", "Ada Lind"), "exact"),
    (titled("Slow Harbour", "Beach House"), titled("Slow Harbour", "Beach Boys"), "different"),
]


@pytest.mark.parametrize(("a", "b", "artist"), GUESTS)
def test_guests_and_spellings_of_artists(a: Printed, b: Printed, artist: str) -> None:
    found = levels_of(a, b)
    assert level(found, "title") == "exact"
    assert level(found, "artist") == artist


SILENT = ["artist", "album", "duration", "position", "isrc"]
FULL = titled("Slow Harbour", album="Northern Almanac", duration=200.0, position=3, isrc="GBAYE0601477")


@pytest.mark.parametrize("missing", SILENT)
def test_a_missing_value_says_nothing(missing: str) -> None:
    less = {name: value for name, value in FULL.items() if name != missing}
    assert level(levels_of(FULL, less), missing) is None
    assert level(levels_of(FULL, FULL), missing) is not None


COVERS = [  # held back unless an album, an ISRC or the sound shows that it is one recording
    (titled("Slow Harbour", "Ada Lind"), titled("Slow Harbour", "Granite Choir"), True),
    (
        titled("Slow Harbour", "Ada Lind", isrc="GBAYE0601477"),
        titled("Slow Harbour", "Granite Choir", isrc="GBAYE0601477"),
        False,
    ),
    (
        titled("Slow Harbour", "Ada Lind", album="Northern Almanac"),
        titled("Slow Harbour", "Granite Choir", album="Northern Almanac"),
        False,
    ),
    (titled("Slow Harbour", "Ada Lind"), titled("Slow Harbour", "Ada Lind"), False),
    (titled("Slow Harbour", "Ada Lind"), titled("Slow Harbour", ""), False),
]


@pytest.mark.parametrize(("a", "b", "back"), COVERS)
def test_other_performers_are_not_merged_by_the_title(a: Printed, b: Printed, back: bool) -> None:
    assert held(levels_of(a, b))[0] == back


ONE_ALBUM = {"album": "Northern Almanac", "duration": 200.0}
TWO_TRACKS = [  # titles of one album and length that a listener would not take for one
    ("Song 6", "Song 7"),
    ("Winter Rain", "Spring Rain"),
    ("Prelude in C Major", "Prelude in D Major"),
    ("Prelude in F# Minor", "Prelude in F Minor"),
    ("Untitled I", "Untitled IV"),
    ("Yes", "No"),
    ("第十二章", "第十三章"),
    ("Kapitel zwölf", "Kapitel dreizehn"),
    ("Slow Harbour (Live, May 3, 2003)", "Slow Harbour (Live, May 4, 2003)"),
    ("Slow Harbour (En Español)", "Slow Harbour"),
    ("Slow Harbour (8D Audio)", "Slow Harbour"),
]
ONE_TRACK = [  # spellings of one title
    ("Slow Harbour", "Slow Harbor"),
    ("Chapter Twelve", "Chapter 12"),
    ("Interlude One", "Interlude 1"),
    ("Nocturne in E♭ Major", "Nocturne in E-flat Major"),
    ("Nocturne in F♯ Minor", "Nocturne in F-sharp minor"),
    ("Slow Harbour (Spanish Version)", "Slow Harbour (Versión en Español)"),
]


@pytest.mark.parametrize(("a", "b"), TWO_TRACKS)
def test_titles_of_one_album_that_are_two_tracks(a: str, b: str) -> None:
    found = levels_of(titled(a, **ONE_ALBUM), titled(b, **ONE_ALBUM))
    assert vetoed(found)[0] or held(found)[0]


@pytest.mark.parametrize(("a", "b"), ONE_TRACK)
def test_titles_of_one_album_that_may_be_one_track(a: str, b: str) -> None:
    found = levels_of(titled(a, **ONE_ALBUM), titled(b, **ONE_ALBUM))
    assert not vetoed(found)[0]
    assert not held(found)[0]


def test_a_son_is_another_performer() -> None:
    found = levels_of(titled("Slow Harbour", "Hank Willow"), titled("Slow Harbour", "Hank Willow, Jr."))
    assert held(found)[0]
