"""Name keys and name relations: tables of names that must meet, and of names that must not."""

from itertools import combinations

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dedup.artist_blocks import candidate_pairs
from dedup.artist_names import name_key, split_number
from dedup.artist_relations import PRIORS, relate

ONE_KEY = [
    ("The Beatles", "Beatles, The"),
    ("BJÖRK", "Bjork"),
    ("Simon & Garfunkel", "simon and garfunkel"),
    ("The Stanley Bros.", "Stanley Brothers"),
    ("The Co.", "The Company"),
    ("To-ka Project", "The To-Ka  Project"),
    ("DJ RaSoul", "DJ Rasoul"),
    ("Solitaire (2)", "solitaire (2)*"),
]
TWO_KEYS = [
    ("Solitaire", "Solitaire (2)"),
    ("Solitaire (2)", "Solitaire (3)"),
    ("Madonna", "Madonna 2"),
    ("!!!", "???"),
    ("The The", "The"),
    ("John Williams", "Jon Williams"),
]
RELATED = [
    ("Williams, John", "John Williams", "inverted"),
    ("Utada Hikaru", "Hikaru Utada", "order"),
    ("Earth Wind & Fire", "Earth Wind Fire", "conjunction"),
    ("Sound Garden", "Soundgarden", "spacing"),
    ("Pyotr I. Tchaikovsky", "Pyotr Ilyich Tchaikovsky", "initials"),
    ("John Williams", "John T. Williams", "initials"),
    ("G. Verdi", "Giuseppe Verdi", "initial only"),
    ("Vivaldi", "Antonio Vivaldi", "surname"),
    ("Beyoncé", "Beyoncé Knowles", "first name"),
    ("Tiësto", "DJ Tiësto", "stage prefix"),
    ("Metallicas", "Metallcas", "typo"),
    ("Dale Rocka & The Volcanoes", "Dale Rocka And The Volcanos", "typo in a long name"),
]
UNRELATED = [
    ("John", "Jon"),
    ("Mario", "Maria"),
    ("John Williams", "Joan Williamson"),
    ("Ralph Williams", "Ralph Vaughan Williams"),
    ("Blink 182", "Blink 183"),
    ("Solitaire", "Solitaire (2)"),
    ("Cash", "Johnny Cash"),
    ("Unknown Artist", "Unknown Artists"),
    ("Simon", "Simon & Garfunkel"),
    ("Elton John", "Elton John & Kiki Dee"),
]


@pytest.mark.parametrize(("a", "b"), ONE_KEY)
def test_spellings_of_one_name_share_their_key(a: str, b: str) -> None:
    assert name_key(a) == name_key(b)


@pytest.mark.parametrize(("a", "b"), TWO_KEYS)
def test_other_names_keep_their_own_key(a: str, b: str) -> None:
    assert name_key(a) != name_key(b)


@pytest.mark.parametrize(("a", "b", "relation"), RELATED)
def test_related_names(a: str, b: str, relation: str) -> None:
    keys = name_key(a), name_key(b)
    assert relate(*keys, printed_a=a, printed_b=b) == relation
    assert relate(*reversed(keys), printed_a=b, printed_b=a) == relation
    assert pairs_of(list(keys)) == {frozenset(keys)}


@pytest.mark.parametrize(("a", "b"), UNRELATED)
def test_unrelated_names(a: str, b: str) -> None:
    assert relate(name_key(a), name_key(b), printed_a=a, printed_b=b) is None


@given(st.text(max_size=30))
def test_a_key_is_never_empty_and_is_its_own_key(name: str) -> None:
    key = name_key(name)
    assert key
    bare, number = split_number(key)
    assert name_key(key) == key or not bare.isascii() or not bare[:1].isalnum() or number or key.startswith("the ")


@given(st.lists(st.text("abc ", min_size=1, max_size=24), min_size=2, max_size=6))
def test_relations_are_symmetric_and_have_a_prior(names: list[str]) -> None:
    for a, b in combinations(sorted({name_key(name) for name in names}), 2):
        relation = relate(a, b)
        assert relation == relate(b, a)
        assert relation is None or relation in PRIORS


def test_a_crowded_blocking_key_proposes_nothing() -> None:
    johns = [f"john {word}" for word in ("a" * n for n in range(2, 80))]
    assert not [pair for pair in pairs_of(["john", *johns]) if "john" in pair]
    assert frozenset(("john", johns[0])) in pairs_of(["john", *johns[:10]])


@given(st.lists(st.text("abcd ", min_size=1, max_size=24), min_size=2, max_size=12, unique=True))
def test_candidates_are_the_related_pairs_but_for_typos_on_both_sides(names: list[str]) -> None:
    keys = sorted({name_key(name) for name in names})
    related = {frozenset(pair): relate(*pair) for pair in combinations(keys, 2)}
    found = pairs_of(keys)
    missed = {relation for pair, relation in related.items() if relation and pair not in found}
    assert missed <= {"typo", "typo in a long name"}


def pairs_of(keys: list[str]) -> set[frozenset[str]]:
    return {frozenset((keys[i], keys[j])) for i, j in zip(*candidate_pairs(pa.array(keys)), strict=True)}
