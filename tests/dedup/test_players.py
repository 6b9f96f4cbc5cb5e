"""Names beside the main artists, as records bring them."""

import pyarrow as pa
import pytest

from catalog.credits import parse_credit
from catalog.schema import CREDIT
from dedup.players import orchestras_of, other_ensemble, other_players, players

CREDITS = [
    ("Ludwig van Beethoven", [], ""),
    ("Olive Quartet", ["ada lind"], "guest:ada lind\nmain:olive quartet"),
    (
        "Ludwig van Beethoven, Berliner Philharmoniker, conducted by Herbert von Karajan",
        [],
        "orchestra:berliner philharmoniker\nconductor:herbert von karajan\nmain:ludwig van beethoven",
    ),
    ("Frédéric Chopin with Martha Argerich", [], "guest:martha argerich\nmain:frederic chopin"),
    ("Cleveland Orchestra, Ada Lind", [], "orchestra:cleveland orchestra\nmain:cleveland orchestra\nmain:ada lind"),
]
ENSEMBLES = [
    ("philharmonia orchestra", "vienna philharmonic", True),
    ("philharmonia orchestra", "wiener philharmoniker", True),
    ("philharmonia orchestra", "new philharmonia orchestra", False),
    ("olive quintet", "olive quartet", True),
    ("wdr sinfonieorchester koln", "ndr sinfonieorchester", True),
    ("karajan berliner philharmoniker", "karajan wiener philharmoniker", True),
    ("bbc symphony orchestra", "bbc scottish symphony orchestra", False),
    ("james ttaylor quartet", "james taylor quartet", False),
    ("theolivequartet", "olive quartet", False),
    ("saint ada chamber orchestra", "st ada chamber orchestra", False),
    ("olive brothers band", "olive bros band", False),
    ("band " + "a1" * 5000, "band " + "a2" * 5000, True),
    ("mishary rashid", "mishari rashid", False),
]


def test_players_of_credits_and_titles() -> None:
    names = pa.array([[one._asdict() for one in parse_credit(text)] for text, *_ in CREDITS], pa.list_(CREDIT))
    featured = pa.array([guests for _, guests, _ in CREDITS], pa.list_(pa.string()))
    albums = pa.nulls(len(CREDITS), pa.string())
    assert players(names, featured, albums).to_pylist() == [told for *_, told in CREDITS]
    nobody = pa.array([None], pa.list_(CREDIT)), pa.array([None], pa.list_(pa.string()))
    assert players(*nobody, pa.nulls(1, pa.string())).to_pylist() == [""]


@pytest.mark.parametrize(("a", "b", "other"), ENSEMBLES)
def test_ensembles_of_which_each_has_a_word_more(a: str, b: str, other: bool) -> None:
    assert other_ensemble(a, b) == other_ensemble(b, a) == other


@pytest.mark.parametrize(
    ("album", "named"),
    [
        ("Beethoven: Symphonies Nos. 5 & 7 (Wiener Philharmoniker, Carlos Kleiber)", ("Wiener Philharmoniker",)),
        ("Symphony No. 5 [London Symphony Orchestra feat. conductor: Pierre Monteux]", ("London Symphony Orchestra",)),
        ("Symphonies (Music for Orchestra)", ()),
        ("Concertos for Piano and Orchestra (Orchestra)", ()),
        ("Requiem (Chamber Orchestra Version)", ()),
        ("The Very Best of the Electric Light Orchestra", ()),
        ("Greatest Hits (Orchestral)", ()),
        ("Complete Symphonies (Symphonies Nos. 1-9)", ()),
        ("Symphonies (Live at the Berlin Philharmonie)", ()),
        ("Concertos for Two Pianos (and Orchestra)", ()),
    ],
)
def test_orchestras_that_an_album_names(album: str, named: tuple[str, ...]) -> None:
    assert orchestras_of(album) == named


def _told(credit: str, album: str | None) -> str:
    names = pa.array([[one._asdict() for one in parse_credit(credit)]], pa.list_(CREDIT))
    return players(names, pa.array([[]], pa.list_(pa.string())), pa.array([album], pa.string()))[0].as_py() or ""


def test_performances_of_other_orchestras_are_told_by_their_albums() -> None:
    composer = "Ludwig van Beethoven"
    vienna = _told(composer, "Symphonies (Wiener Philharmoniker, Carlos Kleiber)")
    assert other_players(vienna, _told(composer, "Symphonies (London Symphony Orchestra)"))
    assert not other_players(vienna, _told(composer, "Symphony No. 5 (Vienna Philharmonic)"))
    assert _told(composer, "Symphonies") == _told(composer, None) == ""


def test_an_orchestra_that_is_credited_is_not_told_by_the_album() -> None:
    told = _told("Ludwig van Beethoven, Berliner Philharmoniker", "Hits (London Symphony Orchestra)")
    assert told == "orchestra:berliner philharmoniker\nmain:ludwig van beethoven"
