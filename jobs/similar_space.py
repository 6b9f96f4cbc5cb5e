"""The open index of a catalogue beside its cards: vectors and neighbours of tracks, by their place in the cards."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray

from catalog.errors import CatalogError
from catalog.manifest import NAME as MANIFEST
from catalog.state import State, read_state
from embeddings.closeness import nearest_scores
from embeddings.index import TrackIndex
from jobs.cards import Cards, Places

Vectors = NDArray[np.float32]


@dataclass(frozen=True)
class Space:
    """What a published catalogue says about how its tracks sound. `Space.open` maps files and reads hardly any."""

    cards: Cards
    index: TrackIndex

    @classmethod
    def open(cls, root: Path, state: State | None = None) -> Self:
        """The published state of the catalogue at `root`, or this one. Raises CatalogError where it has no index."""
        root = Path(root).absolute()
        state = state or read_state(root)
        index = TrackIndex.open(_index_folder(root, state))
        return cls(Cards.open(root, state), index)

    def vector(self, place: int) -> Vectors:
        """Similarity vector `[d]` of a track. Raises CatalogError where it has none."""
        if self.cards.numbers("index_row")[place] < 0:
            raise CatalogError(
                f"{self.cards.root}: track {self.cards.track_id.get(place)!r} has no usable audio in the index "
                "(see `problems`); name another track or a file"
            )
        vector: Vectors = self.vectors([place])[0]
        return vector

    def vectors(self, places: Sequence[int] | Places) -> Vectors:
        """Similarity vectors `[n, d]` of tracks that the index has."""
        return self.index.vectors(self.cards.numbers("index_row")[np.asarray(places, np.int64)])

    def heard(self, places: Sequence[int] | Places) -> Places:
        """Those of the places that the index has."""
        at = np.asarray(places, np.int64)
        return at[self.cards.numbers("index_row")[at] >= 0]

    def density(self, places: Places) -> Vectors:
        """How crowded it is around tracks that the index has `[n]`, see `embeddings.hubs`."""
        return self.index.density(self.cards.numbers("index_row")[places])

    def near(self, vector: Vectors, count: int) -> tuple[Vectors, Places, bool]:
        """Scores and places of the `count` nearest tracks, best first, and whether there are no more."""
        scores, rows = self.index.search(vector[None], count)
        places = self.cards.places_of_rows(rows[0])
        there = (rows[0] >= 0) & (places >= 0)
        return scores[0][there], places[there], bool((rows[0] < 0).any())

    @cached_property
    def sample(self) -> Vectors:
        """Vectors of tracks drawn at random, `[s, d]`."""
        return self.index.sample

    @cached_property
    def nearest(self) -> NDArray[np.float32]:
        """Cosine to its nearest other of each of some tracks of the sample."""
        return nearest_scores(self.sample)


def _index_folder(root: Path, state: State) -> Path:
    if state.index and (root / "index" / state.index / MANIFEST).is_file():
        return root / "index" / state.index
    from catalog.published import Published

    return Published(root, state).index_path()
