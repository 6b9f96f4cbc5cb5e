"""Names beside the main artists, as records bring them."""

import pyarrow as pa
import pytest

from catalog.credits import parse_credit
from catalog.schema import CREDIT
from dedup.players import other_ensemble, players

CREDITS = [
    ("Ludwig van Beethoven", [], ""),
    ("Olive Quartet", ["ada lind"], "guest:ada lind\nmain:olive quartet"),
    (
        "Ludwig van Beethoven, Berliner Philharmoniker, conducted by Herbert von Karajan",
        [],
        "orchestra:berliner philharmoniker\nconductor:herbert von karajan\nmain:ludwig van beethoven",
    ),
    ("Frédéric Chopin with Martha Argerich", [], "guest:martha argerich\nmain:frederic chopin"),
]
ENSEMBLES = [
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
    assert players(names, featured).to_pylist() == [told for *_, told in CREDITS]
    nobody = pa.array([None], pa.list_(CREDIT)), pa.array([None], pa.list_(pa.string()))
    assert players(*nobody).to_pylist() == [""]


@pytest.mark.parametrize(("a", "b", "other"), ENSEMBLES)
def test_ensembles_of_which_each_has_a_word_more(a: str, b: str, other: bool) -> None:
    assert other_ensemble(a, b) == other_ensemble(b, a) == other
