"""Tracks in everybody's list: how often single songs stand in the lists of `unisono similar`, with and without CSLS.

    python -m benchmarks.similar_hubs CATALOG

A track of every song is asked for, ten answers each; all songs are compared with all, so the catalogue must be small.
Skewness and the largest of N_10, in how many lists a song stands (`embeddings.hubs`), and songs that stand in none;
beside them lists of the same songs by cosine alone.
"""

import argparse
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from embeddings.hubs import occurrences, skewness
from jobs.similar import look_up
from jobs.similar_options import SimilarOptions
from jobs.similar_space import Space

K = 10


def main() -> None:
    """Print a line for either order."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("catalog", type=Path)
    space = Space.open(parser.parse_args().catalog)
    song, asked = songs(space)
    print(f"{len(asked)} songs, {K} answers each")
    for name, lists in (
        ("cosine alone", by_cosine(space, song, asked)),
        ("unisono similar", by_lookup(space, song, asked)),
    ):
        counts = occurrences(lists, len(asked))
        never = int((counts == 0).sum())
        print(f"{name:16} skewness {skewness(counts):5.2f}, largest {counts.max():3}, in no list {never}")


def songs(space: Space) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The number of each track's song [tracks], and the place of its first track in the index [songs]."""
    codes = space.cards.shared("song").codes.astype(np.int64)
    codes = np.where(codes >= 0, codes, -2 - np.arange(len(codes)))
    heard = space.heard(np.arange(len(codes)))
    first = heard[np.unique(codes[heard], return_index=True)[1]]
    number = {int(codes[place]): at for at, place in enumerate(first.tolist())}
    return np.array([number.get(code, -1) for code in codes.tolist()]), first


def by_cosine(space: Space, song: NDArray[np.int64], asked: NDArray[np.int64]) -> NDArray[np.int64]:
    """The nearest songs [songs, K] of each first track, by whichever of their tracks is nearest."""
    heard = space.heard(np.arange(len(song)))
    scores = np.full((len(asked), len(asked)), -np.inf, np.float32)
    np.maximum.at(scores.T, song[heard], space.vectors(heard) @ space.vectors(asked).T)
    np.fill_diagonal(scores, -np.inf)
    return np.argsort(-scores, axis=1, kind="stable")[:, :K]


def by_lookup(space: Space, song: NDArray[np.int64], asked: NDArray[np.int64]) -> NDArray[np.int64]:
    """The songs [songs, K] that a lookup names, -1 where fewer."""
    lists = np.full((len(asked), K), -1)
    for row, place in enumerate(asked.tolist()):
        answers = look_up(space, SimilarOptions(seeds=(space.cards.track_id.get(place) or "",), k=K)).answers
        found = [int(song[space.cards.needed(answer.track_id)]) for answer in answers]
        lists[row, : len(found)] = found
    return lists


if __name__ == "__main__":
    main()
