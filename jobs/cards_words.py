"""Which tracks hold which words: the part of the card index that `--find` begins with.

The distinct words of all tracks' folded names, sorted, and for each word the places of its tracks. What is asked of the
words (which are alike, which hold a piece) then costs as many steps as there are words, of which thirty million tracks
have some millions, and what is asked of the tracks as many as hold them.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from jobs.cards import Cards, Groups, Places

AT_ONCE = 1 << 19
"""Tracks whose words are in memory together."""

NAME = "words"


def write_words(folder: Path, texts: pa.Array) -> pa.Array:
    """Write the postings of the words of `texts` [tracks], which spaces part; returns the sorted words."""
    words = pa.array([], pa.large_string())
    for _, found in _words(texts):
        words = pc.unique(pa.concat_arrays([words, pc.unique(found)]))
    words = words.take(pc.sort_indices(words))
    counts = np.zeros(len(words), np.int64)
    for codes, _ in _postings(texts, words):
        counts += np.bincount(codes, minlength=len(words))
    starts = np.concatenate([[0], np.cumsum(counts)])
    np.save(folder / f"{NAME}.starts.npy", starts)
    places = np.lib.format.open_memmap(
        folder / f"{NAME}.places.npy", mode="w+", dtype=np.int32, shape=(int(starts[-1]),)
    )
    free = starts[:-1].copy()
    for codes, tracks in _postings(texts, words):
        here = np.bincount(codes, minlength=len(words))
        first = np.cumsum(here) - here  # of each word among these
        places[free[codes] + np.arange(len(codes)) - first[codes]] = tracks
        free += here
    places.flush()
    return words


def holding(cards: Cards, codes: NDArray[np.integer]) -> Places:
    """Places of the tracks that hold any of these words, by their codes; one that holds several comes as often."""
    groups = postings(cards)
    first, last = groups.starts[codes], groups.starts[codes + 1]
    lengths = last - first
    before = np.cumsum(lengths) - lengths
    return np.asarray(groups.places[np.repeat(first - before, lengths) + np.arange(lengths.sum())], np.int64)


def postings(cards: Cards) -> Groups:
    """The places of each word's tracks, by the word's code: its place in `cards.texts("words")`."""
    return cards.groups(NAME)


def _words(texts: pa.Array) -> Iterator[tuple[NDArray[np.int64], pa.Array]]:
    """The words of some tracks at a time, each with the place of its track."""
    for start in range(0, len(texts), AT_ONCE):
        split = pc.split_pattern(texts.slice(start, AT_ONCE), " ")
        words, tracks = split.flatten(), pc.list_parent_indices(split)
        there = pc.not_equal(words, "")
        yield tracks.filter(there).to_numpy().astype(np.int64) + start, words.filter(there)


def _postings(texts: pa.Array, words: pa.Array) -> Iterable[tuple[NDArray[np.int64], NDArray[np.int64]]]:
    """(codes of words, places of tracks) of some tracks at a time, ascending, each pair once."""
    for tracks, found in _words(texts):
        codes = pc.index_in(found, value_set=words).to_numpy().astype(np.int64)
        order = np.argsort(codes, kind="stable")  # tracks rise already
        codes, tracks = codes[order], tracks[order]
        fresh = np.ones(len(codes), bool)
        fresh[1:] = (codes[1:] != codes[:-1]) | (tracks[1:] != tracks[:-1])
        yield codes[fresh], tracks[fresh]
