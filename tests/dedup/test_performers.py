"""Performers of classical music: who is named, and which credits contradict each other."""

import numpy as np
import pyarrow as pa
import pytest

from catalog.credits import parse_credit
from catalog.schema import CREDIT
from dedup.performers import other_performers, performers
from tests.dedup.record_examples import pair

CONCERTO = {"title_core": "violin concerto allegro", "album_core": "beethoven violin concerto"}
CREDITS = [
    ("anne sophie mutter", "gidon kremer", True),
    ("anne sophie mutter", "anne sophie mutter\nberliner philharmoniker\nherbert von karajan", False),
    ("anne sophie mutter\nberliner philharmoniker", "gidon kremer\nberliner philharmoniker", True),
    ("berliner philharmoniker\nherbert von karajan", "karajan\nberlin philharmonic orchestra", False),
    ("ludwig van beethoven\ngidon kremer", "gidon kremer\nandre previn", False),
    ("ludwig van beethoven", "gidon kremer", False),
    ("gidon kremer", "", False),
]


@pytest.mark.parametrize(("a", "b", "others"), CREDITS)
def test_credits_contradict_where_either_names_a_performer_more(a: str, b: str, others: bool) -> None:
    for left, right in ((a, b), (b, a)):
        told = pair(CONCERTO | {"performers": left}, CONCERTO | {"performers": right})
        assert other_performers(told, np.ones(1, bool)).tolist() == [others]
    assert not other_performers(told, np.zeros(1, bool)).any()


@pytest.mark.parametrize(
    ("title", "a", "b"),
    [
        ("string quartet in d minor", "takacs quartet", "emerson string quartet"),
        ("piano quartet in g minor", "artur rubinstein\nguarneri quartet", "artur rubinstein\npro arte quartet"),
        ("piano trio in b flat major", "suk trio", "beaux arts trio"),
        ("concerto for orchestra", "georg solti\nchicago symphony orchestra", "georg solti\ncleveland orchestra"),
    ],
)
def test_ensembles_are_no_composers_where_a_title_has_their_kind(title: str, a: str, b: str) -> None:
    said = {"title_core": title, "album_core": title}
    assert other_performers(pair(said | {"performers": a}, said | {"performers": b}), np.ones(1, bool)).all()


def test_only_classical_music_has_performers() -> None:
    printed = ["Ada Lind & Bo Berg", "Ada Lind & Bo Berg", "Bo Berg, Olive Orchestra", None]
    credits = [[one._asdict() for one in parse_credit(text)] if text else None for text in printed]
    versions = pa.array(["", "number:2\nopus:27", "", "catalogue:bwv 1"], pa.large_string())
    players = pa.array(["", "", "orchestra:olive orchestra\nmain:bo berg", ""], pa.string())
    told = performers(pa.array(credits, pa.list_(CREDIT)), versions, players).to_pylist()
    assert told == ["", "ada lind\nbo berg", "bo berg\nolive orchestra", ""]
