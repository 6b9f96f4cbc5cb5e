"""Titles that print numbers, short forms and works in several ways are one; what tells them apart still does."""

import pytest

from dedup.spellings import spelt_alike

SAME = [
    ("99 problems", "ninety nine problems"),
    ("three angels", "3 angels"),
    ("poison 4 ever", "poison forever"),
    ("nothing compares 2 u", "nothing compares to you"),
    ("saturday nite", "saturday night"),
    ("the 2nd law", "the second law"),
    ("nocturne es dur", "nocturne in e flat major"),
    ("symphonie en ut mineur", "symphony in c minor"),
    ("tonite", "tonight"),
    ("11", "eleven"),
    ("21", "twenty one"),
]
SIMILAR = [
    ("sinfonie c moll allegro con brio", "symphony in c minor allegro con brio molto"),
    ("variationen uber ein thema a dur", "variations uber ein thema in a major op"),
]
OTHER = [
    ("2 hearts", "three hearts"),
    ("made for you 2", "made for love 2"),
    ("4 you", "4 me"),
    ("sonate g dur allegro", "sonata in g minor allegro"),
    ("sinfonie c moll allegro", "symphony in c minor andante"),
    ("twenty three", "24"),
    ("slow harbour", "slow harbor"),
    ("w", "with"),
    ("et", "and"),
    ("ur", "your"),
]


@pytest.mark.parametrize(("a", "b"), SAME)
def test_one_spelling(a, b):
    assert spelt_alike(a, b) == spelt_alike(b, a) == 2


@pytest.mark.parametrize(("a", "b"), SIMILAR)
def test_similar_works(a, b):
    assert spelt_alike(a, b) == spelt_alike(b, a) == 1


@pytest.mark.parametrize(("a", "b"), OTHER)
def test_what_differs_still_does(a, b):
    assert spelt_alike(a, b) == spelt_alike(b, a) == 0
