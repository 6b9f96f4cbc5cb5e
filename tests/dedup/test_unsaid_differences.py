"""What shops leave out, translate or put into another field is no difference: works, sequels, concerts, orchestras."""

import pyarrow as pa
import pytest

from dedup.decide import held, vetoed
from dedup.players import players
from tests.dedup.test_music_knowledge import Printed, level, levels_of, titled

BACH, MOON = "Suite Nr. 1 für Violoncello solo G-Dur BWV 1007: 1. Prélude", "Piano Sonata No. 14, Op. 27 No. 2 "
MOVEMENTS = [
    ("Cello Suite No. 1 in G Major, BWV 1007: I. Prélude", BACH, True),
    ("Die vier Jahreszeiten E-Dur, RV 269: I. Allegro", 'Le quattro stagioni, RV 269 "La primavera": I. Allegro', True),
    (f'{MOON}"Moonlight": I. Adagio sostenuto', "Klaviersonate Nr. 14 op. 27 Nr. 2: 1. Adagio sostenuto", True),
    ("Cello Suite No. 1 in G Major, BWV 1007: II. Allemande", BACH, False),
    ("Cello Suite No. 1 in G Major, BWV 1007: Courante", BACH, False),
    ("Quartet, Op. 76 No. 1: I. Allegro moderato assai", "Streichquartett op. 76 Nr. 2: 1. Allegro moderato", False),
]


@pytest.mark.parametrize(("a", "b", "same"), MOVEMENTS)
def test_works_are_told_by_their_numbers(a, b, same):
    found = levels_of(titled(a), titled(b))
    assert (not held(found)[0] and not vetoed(found)[0]) == same


@pytest.mark.parametrize(("a", "b", "title"), [("Harbour 2", "Harbour II", "near"), ("Harbour 3", "Harbour II", None)])
def test_sequels(a, b, title):
    found = levels_of(titled(a), titled(b))
    assert level(found, "title") == title if title else held(found)[0]


def taken(title: str, **more: object) -> Printed:
    return titled(title, **({"album": "Unplugged in Rome", "duration": 201.0, "position": 4} | more))


@pytest.mark.parametrize(
    ("a", "b", "excluded"),
    [
        (taken("Slow Harbour"), taken("Slow Harbour (Live)", duration=203.0), False),
        (taken("Slow Harbour", position=None), taken("Slow Harbour (Live at the Roxy)"), False),
        (taken("Slow Harbour", album="At the Roxy"), taken("Slow Harbour - Live", album="At the Roxy"), False),
        (taken("Slow Harbour", album="Harbour", position=None), taken("Slow Harbour (Live)", album="Harbour"), True),
        (taken("Slow Harbour"), taken("Slow Harbour (Live)", duration=215.0), True),
        (taken("Slow Harbour"), taken("Slow Harbour (Live)", position=9), True),
        (taken("Slow Harbour"), taken("Slow Harbour (Instrumental)"), True),
        (taken("Slow Harbour"), taken("Slow Harbour (Live) [Bo Remix]"), True),
        (taken("Slow Harbour"), taken("Slow Harbour (Acoustic)", duration=203.0), False),
        (taken("Slow Harbour", album="Harbour"), taken("Slow Harbour (Live)", album="Harbour", duration=203.0), True),
        (taken("Slow Harbour", album="Harbour"), taken("Slow Harbour (Acoustic)", album="Harbour"), True),
    ],
)
def test_a_concert_need_not_say_live(a, b, excluded):
    assert vetoed(levels_of(a, b))[0] == excluded


@pytest.mark.parametrize("kind", ["acoustic", "live"])
def test_an_album_of_other_takes_is_no_concert_that_says_nothing(kind):
    from dedup.compare import compare
    from tests.dedup.record_examples import pair

    studio = {
        "title_core": "rain",
        "artist_core": "ada lind",
        "album_core": "harbour",
        "duration_s": 201.0,
        "position": 4,
    }
    other = {**studio, "versions": (kind,), "album_tags": f"album {kind}", "duration_s": 201.5}
    assert vetoed(compare(pair(studio, other)))[0]


def credited(*names: tuple[str, str]) -> str:
    listed = [{"name": name, "role": role, "join": ""} for name, role in names]
    return str(players(pa.array([listed]), pa.array([[]], pa.list_(pa.string())), pa.nulls(1, pa.string()))[0])


@pytest.mark.parametrize(
    ("beside", "artist", "other"),
    [
        ((("Ada Lind", "main"), ("Rome Symphony Orchestra", "orchestra")), "Rome Symphony Orchestra", False),
        ((("Ada Lind", "main"), ("Rome Symphony Orchestra", "orchestra")), "Oslo Symphony Orchestra", True),
        ((("Ada Lind", "main"), ("Rome Symphony Orchestra", "orchestra")), "Bo Berg Rome Symphony Orchestra", True),
        ((("Ada Lind", "main"), ("Bo Berg", "featured")), "Bo Berg", True),
    ],
)
def test_an_orchestra_may_stand_for_its_soloist(beside, artist, other):
    from dedup.compare import compare
    from tests.dedup.record_examples import pair

    one = {"title_core": "concerto", "artist_core": "ada lind", "players": credited(*beside)}
    found = compare(pair(one, {"title_core": "concerto", "artist_core": artist.lower()}))
    assert (level(found, "artist") == "different") == other
