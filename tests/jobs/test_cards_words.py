"""The words of the card index against Python's own sets, and what `--find` makes of them."""

import random
import re
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from catalog.schema import DELIVERED_FIELDS
from catalog.state import read_state
from catalog.store import Catalogue
from catalog.text import fold
from jobs import cards_words
from jobs.cards import Cards, Texts
from jobs.cards_build import _texts
from jobs.cards_words import holding, write_words
from jobs.similar_find import _holding_pieces, _pieces, find_choices
from tests.jobs.similar_world import seal

SONGS = [
    ("Björk", "Jóga"),
    ("Sigur Rós", "Hoppípolla"),
    ("宇多田ヒカル", "First Love"),
    ("The The", "This Is the Day"),
    ("Kate Bush", "Wuthering Heights"),
    ("Kate Bush", "Running Up That Hill"),
    ("Nina Simone", "Sinnerman"),
    ("Земфира", "Искала"),
    (None, "Untitled Sketch No. 4"),
]


def opened(folder: Path, texts: list[str]) -> Cards:
    array = pa.array(texts, pa.large_string())
    _texts(folder, "words", write_words(folder, array))
    _texts(folder, "track_id", pa.array([str(i) for i in range(len(texts))], pa.large_string()))
    return Cards(folder, None, folder)


@pytest.mark.parametrize("at_once", [1, 7, 1000])
def test_postings_equal_sets(tmp_path, monkeypatch, at_once):
    monkeypatch.setattr(cards_words, "AT_ONCE", at_once)
    rng, letters = random.Random(1), "abcdäß宇я"
    words = ["".join(rng.choices(letters, k=rng.randint(1, 3))) for _ in range(40)]
    texts = [" ".join(rng.choices(words, k=rng.randint(0, 6))) for _ in range(60)]
    cards = opened(tmp_path, texts)
    expected = {}
    for place, text in enumerate(texts):
        for word in text.split():
            expected.setdefault(word, set()).add(place)
    listed = cards.texts("words").all()
    assert listed == sorted(expected, key=str.encode)
    for code, word in enumerate(listed):
        assert holding(cards, np.array([code])).tolist() == sorted(expected[word])
    some = np.array([0, 3, len(listed) - 1])
    assert set(holding(cards, some).tolist()) == set().union(*(expected[listed[code]] for code in some))
    assert holding(cards, np.zeros(0, np.int64)).tolist() == []


def test_no_texts_have_no_words(tmp_path):
    cards = opened(tmp_path, ["", ""])
    assert len(cards.texts("words")) == 0
    assert isinstance(cards.texts("words"), Texts)


@pytest.fixture(scope="module")
def songs(tmp_path_factory):
    catalogue = Catalogue.create(tmp_path_factory.mktemp("songs") / "cat")
    tracks = [
        dict.fromkeys(DELIVERED_FIELDS)
        | {
            "track_id": f"s{row}",
            "row": row,
            "source": "s",
            "title": title,
            "artist": artist,
            "title_core": fold(title),
            "artist_core": fold(artist) if artist else None,
        }
        for row, (artist, title) in enumerate(SONGS)
    ]
    catalogue.publish({"tracks": seal(catalogue, "tracks", tracks)}, model=None)
    return Cards.open(catalogue.root, read_state(catalogue.root))


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("bjork joga", "s0"),
        ("Bjrok Joga", "s0"),
        ("bjrok", "s0"),  # no track holds it: the word most like it
        ("hopipola", "s1"),
        ("宇多田ヒカル", "s2"),
        ("this is the day", "s3"),
        ("wuthering hights kate bush", "s4"),
        ("sinerman", "s6"),
        ("земфира искала", "s7"),
        ("sketch 4", "s8"),
    ],
)
def test_names_are_found_however_they_are_written(songs, asked, found):
    assert find_choices(songs, asked)[0].track_id == found


def test_what_resembles_nothing_finds_nothing(songs):
    assert find_choices(songs, "xqzzkj wvvvv") == []


@pytest.mark.parametrize("asked", ["kate bush", "running hill", "the day", "sinnerman simone", "first"])
def test_tracks_are_chosen_as_if_every_text_were_searched(songs, asked):
    texts = songs.texts("sought").all()
    for pieces, codes in zip(_pieces(asked), _holding_pieces(songs, asked), strict=True):
        assert sorted(set(holding(songs, codes).tolist())) == [
            i for i, text in enumerate(texts) if re.search(pieces, text)
        ]
