"""Names learned from a catalogue: which credits are not cut, and that nothing else changes."""

from collections.abc import Iterable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from catalog.artist_cores import read_artist
from catalog.credits import parse_credit
from catalog.learned_names import learned_names
from catalog.schema import DELIVERED

DUO = "Fred V & Grafix"
ALBUMS = ("Recognise", "Oxygen", "Cinematic Party")
Record = tuple[str | None, str | None]


def learned(folder: Path, *rows: Record) -> frozenset[str]:
    """What is learned from (artist, album) records in two parts."""
    half = len(rows) // 2
    return learned_names([part(folder / "0.parquet", rows[:half]), part(folder / "1.parquet", rows[half:])])


def part(path: Path, rows: Iterable[Record]) -> Path:
    records = [dict.fromkeys(DELIVERED.names) | {"artist": artist, "album": album} for artist, album in rows]
    pq.write_table(pa.Table.from_pylist(records, schema=DELIVERED), path)
    return path


def on_albums(artist: str, albums: Iterable[str] = ALBUMS) -> list[Record]:
    return [(artist, album) for album in albums]


def names(text: str, known: frozenset[str]) -> list[str]:
    return [credit.name for credit in parse_credit(text, known)]


def test_a_credit_that_stands_on_several_albums_and_never_apart_is_one_name(tmp_path: Path) -> None:
    known = learned(tmp_path, *on_albums(DUO), ("Fred V and Grafix", "Remixes"), ("Hybrid Minds", "Mountains"))
    assert known == {"fred v and grafix"}
    assert names(DUO, known) == [DUO]
    assert names(f"{DUO} feat. Josie", known) == [DUO, "Josie"]
    assert names("Fred V & Etherwood", known) == ["Fred V", "Etherwood"]


@pytest.mark.parametrize("duo", ["Renée Fox & Tim Lee", "Aimée Duffy & Désirée Nick", "Μιχάλης Ρακιντζής & Tim Lee"])
def test_letters_with_accents_do_not_hide_a_name(tmp_path: Path, duo: str) -> None:
    known = learned(tmp_path, *on_albums(duo), *on_albums("Hybrid Minds"))
    assert names(duo, known) == [duo]
    assert learned(tmp_path, *on_albums(duo), (duo.split(" & ")[0], "Alone")) == frozenset()


@pytest.mark.parametrize(
    "more",
    [
        [("Fred V", "Radiate")],  # one of them alone
        [("Grafix & Metrik", "Parallel")],  # with another
        [("Metrik feat. Grafix", "Parallel")],
        [("Metrik, FRED V", "Parallel")],
    ],
)
def test_pieces_that_stand_elsewhere_are_names_of_their_own(tmp_path: Path, more: list[Record]) -> None:
    assert learned(tmp_path, *on_albums(DUO), *more) == frozenset()


def test_few_albums_and_long_lists_teach_nothing(tmp_path: Path) -> None:
    rows = [*on_albums(DUO, ALBUMS[:2]), (DUO, None), *on_albums(DUO, [ALBUMS[0].upper()])]
    assert learned(tmp_path, *rows, *on_albums("Ann B, Cy D, Eve F, Gus H & Ida J")) == frozenset()


def test_nothing_to_learn_from(tmp_path: Path) -> None:
    assert learned(tmp_path, (None, "X"), (None, None)) == frozenset()
    assert learned_names([]) == frozenset()


def test_a_name_printed_both_ways_round_is_one(tmp_path: Path) -> None:
    known = learned(
        tmp_path, ("Presley, Elvis", "Elvis"), ("Elvis Presley", "G.I. Blues"), ("Chopin, Pollini", "Études")
    )
    assert known == {"presley elvis"}
    assert names("Presley, Elvis feat. Ann Lee", known) == ["Presley, Elvis", "Ann Lee"]
    assert names("Chopin, Pollini", known) == ["Chopin", "Pollini"]


def test_a_name_printed_both_ways_round_is_two_where_both_stand_alone(tmp_path: Path) -> None:
    alone = ("Brendel", "Sonatas"), ("Mozart", "Requiem")
    assert learned(tmp_path, ("Mozart, Brendel", "Live"), ("Brendel Mozart", "Concertos"), *alone) == frozenset()


def test_the_comparison_form_stays_as_it_was() -> None:
    known = frozenset({"fred v and grafix"})
    assert read_artist(DUO, known=known).core == read_artist(DUO).core
    assert len(read_artist(DUO, known=known).names) == 1
    assert len(read_artist(DUO).names) == 2
