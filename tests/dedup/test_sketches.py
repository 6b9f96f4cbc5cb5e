"""Sketches never refuse what stands in a text whole, and refuse nearly all strangers."""

import numpy as np
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from dedup.sketches import may_hold, sketches

WORDS = st.lists(st.text("abcdefghijklmnopqrstuvwxyz", min_size=2, max_size=9), min_size=1, max_size=5)


def held(needle: str, text: str) -> bool:
    ours, theirs = (sketches(pa.array([one], pa.large_string())) for one in (needle, text))
    return bool(may_hold((ours[:, 0], ours[:, 1]), (theirs[:, 0], theirs[:, 1]))[0])


@given(WORDS, WORDS, WORDS)
def test_what_stands_in_a_text_is_never_refused(before: list[str], needle: list[str], after: list[str]) -> None:
    assert held(" ".join(needle), " ".join([*before, *needle, *after]))


def test_a_typo_is_forgiven_and_a_stranger_is_not() -> None:
    assert held("strange little harbour", "olive quartet strange litle harbour live in rome")
    assert not held("strange little harbour", "granite choir of the northern almanac")


def test_hardly_any_stranger_passes() -> None:
    rng = np.random.default_rng(4)
    letters = np.array(list("etaoinshrdlu cmfwyp"))
    texts = pa.array(["".join(rng.choice(letters, 45)) for _ in range(3000)], pa.large_string())
    needles = pa.array(["".join(rng.choice(letters, 14)) for _ in range(3000)], pa.large_string())
    ours, theirs = sketches(needles), sketches(texts)
    assert may_hold((ours[:, 0], ours[:, 1]), (theirs[:, 0], theirs[:, 1])).mean() < 0.05


def test_many_texts_at_once_are_as_each_alone() -> None:
    texts = ["slow harbour", "", "a", "ab", "night train to rome"]
    together = sketches(pa.array(texts, pa.large_string()))
    for text, sketch in zip(texts, together, strict=True):
        assert sketches(pa.array([text], pa.large_string()))[0].tolist() == sketch.tolist()
    assert not together[1:3].any()
