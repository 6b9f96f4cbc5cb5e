"""Nearest tracks by similarity vector, by cosine, as all vectors have unit length.

What was built (`embeddings.index_build`) is never changed. Tracks that came, went or changed since are kept beside it
in a snapshot of their own, which shares the built files: a removed track has no row any more, an added one stands in a
short list that is looked at one by one. Where they become many, the index is to be built anew (`worth_updating`).

All is opened memory-mapped by the processes that search: no torch, no Spark, no reading of the whole.
"""

from collections.abc import Iterable
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from catalog.errors import CatalogError
from embeddings.hubs import crowding
from embeddings.index_files import (
    FORMAT,
    IndexFacts,
    Rows,
    Vectors,
    floats,
    load,
    pick,
    plain,
    renumbered,
    share,
    store,
    widen,
)
from embeddings.index_vectors import Blocks, around_of, digests, open_vectors, require_finite

if TYPE_CHECKING:
    from embeddings.index_choice import Goal

__all__ = ["FORMAT", "TrackIndex"]

BUILT = ("tracks.faiss", "tracks.vectors", "tracks.sample.npy")
"""What an update shares with the snapshot that it updates."""

MOST_CHANGED = 0.1
"""Share of an index's tracks, added or removed, from which on it is built anew; or so many added:"""

MOST_ADDED = 100_000  # 50 MB, looked at in about 5 ms
SPARE = 16
"""Neighbours looked at beyond those asked for, where some were removed."""

COMPARED = 20_000
"""Tracks of an exact index up to which a query is compared with them here: faiss takes longer to import."""

ARRAYS = ("rows", "order", "sample", "density", "digest")


class TrackIndex:
    """Similarity vectors of tracks, by inner product (the cosine, as they have unit length)."""

    def __init__(self, folder: Path, facts: IndexFacts, arrays: dict[str, NDArray[Any]]) -> None:
        self._folder, self.facts, self._arrays = folder, facts, arrays
        self._built = open_vectors(folder, facts.entries, facts.dimension) if "order" in arrays else None

    @classmethod
    def build(cls, vectors: Vectors, rows: ArrayLike, folder: Path, *, goal: "Goal | None" = None) -> Self:
        """Index `vectors` [n, d], of unit length, whose track numbers are `rows` [n]; writes into `folder`."""
        return cls.build_blocks([(np.asarray(rows, np.int64), vectors)], folder, goal=goal)

    @classmethod
    def build_blocks(cls, blocks: Blocks, folder: Path, *, goal: "Goal | None" = None) -> Self:
        """The same from blocks (rows [b], vectors [b, d]), of which one at a time is in memory."""
        from embeddings.index_build import build
        from embeddings.index_choice import Goal

        build(blocks, folder, goal or Goal())
        return cls.open(folder)

    @classmethod
    def open(cls, folder: Path) -> Self:
        """The index in `folder`. Raises CatalogError where there is none, or it is damaged."""
        facts, arrays = load(folder, "tracks", "rows")
        if facts.format > 1:
            more = ("added", "added_rows") if facts.added else ()
            facts, arrays = load(folder, "tracks", *ARRAYS, *more)
        opened = cls(folder, facts, arrays)
        if opened._few is None:
            opened._index  # noqa: B018  (so that what is wrong with it is said now)
        return opened

    def __len__(self) -> int:
        """Tracks that can be found."""
        return self.facts.entries - self.facts.removed + self.facts.added

    @property
    def sample(self) -> Vectors:
        """Vectors [s, d] of tracks drawn at random when it was built, 20,000 at most."""
        return np.asarray(self._known("sample"))

    def search(self, queries: Vectors, k: int, *, exclude: Iterable[int] = ()) -> tuple[Vectors, Rows]:
        """The `k` best (scores [q, k], rows [q, k]) for each query [q, d]; -inf and -1 where there are fewer.

        Rows in `exclude` (the query's own track and its copies) are never returned.
        """
        queries = floats(queries)
        dimension = self.facts.dimension or self._index.d
        if queries.shape[1] != dimension:
            raise CatalogError(
                f"the query has {queries.shape[1]} numbers and the index {dimension}: they are of different "
                "models; build the index again with `unisono index`"
            )
        unwanted = np.fromiter(exclude, np.int64)
        wider = max(1, k + len(unwanted) + min(self.facts.removed, SPARE))
        while True:
            scores, positions = self._nearest(queries, min(wider, max(1, self.facts.entries)))
            rows = pick(self._arrays["rows"], positions, -1)
            dropped = (rows < 0) | np.isin(rows, unwanted)
            if wider >= self.facts.entries or ((~dropped).sum(axis=1) >= k).all():
                break
            wider = max(4 * wider, 64)  # removed ones were in the way
        scores = np.where(dropped, -np.inf, scores).astype(np.float32)
        rows = np.where(dropped, -1, rows)
        if self.facts.added:
            scores, rows = self._with_added(queries, scores, rows, unwanted)
        order = np.argsort(-scores, axis=1, kind="stable")[:, :k]
        found = (np.take_along_axis(values, order, 1) for values in (scores, rows))
        return widen(next(found), k, -np.inf), widen(next(found), k, -1)

    def holds(self, rows: ArrayLike) -> NDArray[np.bool_]:
        """Which of these rows are in the index [n]."""
        return np.isin(np.asarray(rows, np.int64), self._numbers())

    def vectors(self, rows: ArrayLike) -> Vectors:
        """The vectors [n, d] of these rows. Raises CatalogError naming one that is not in the index."""
        places = self._places(np.asarray(rows, np.int64))
        assert self._built is not None
        inside = places < self.facts.entries
        found = np.zeros((len(places), self.facts.dimension), np.float32)
        found[inside] = self._built[places[inside]]
        if not inside.all():
            found[~inside] = self._arrays["added"][places[~inside] - self.facts.entries]
        return np.asarray(found / np.maximum(np.linalg.norm(found, axis=1, keepdims=True), 1e-9), np.float32)

    def density(self, rows: ArrayLike) -> Vectors:
        """How crowded it is around these tracks [n]: mean cosine to the ten nearest of some thousand drawn at random.

        Raises CatalogError naming a row that is not in the index.
        """
        return np.asarray(self._known("density")[self._places(np.asarray(rows, np.int64))], np.float32)

    def digests(self, rows: ArrayLike) -> NDArray[np.uint64]:
        """`index_build.digests` of these rows' vectors. Raises CatalogError naming a row that is not in the index."""
        return np.asarray(self._known("digest")[self._places(np.asarray(rows, np.int64))])

    def worth_updating(self, added: int, removed: int) -> bool:
        """Whether so many changes are still better kept beside what was built than built anew."""
        added, removed = self.facts.added + added, self.facts.removed + removed
        few = added + removed <= MOST_CHANGED * max(1, self.facts.entries) and added <= MOST_ADDED
        return few and self.facts.format > 1

    def update(
        self, folder: Path, *, add: tuple[ArrayLike, Vectors], remove: ArrayLike = (), renumber: Rows | None = None
    ) -> "TrackIndex":
        """A snapshot of this index in another folder: without rows `remove`, with `add` (rows [n], vectors [n, d]).

        `renumber` [m, 2] gives rows that are called otherwise from now on, old and new; `remove` takes the old ones,
        `add` the new. Raises CatalogError where a row to be added is there already, or its vector holds nan.
        """
        folder.mkdir(parents=True, exist_ok=True)
        for name in BUILT:
            share(self._folder / name, folder / name)
        fresh, vectors = np.asarray(add[0], np.int64), floats(add[1]).reshape(-1, self.facts.dimension)
        require_finite(fresh, vectors)
        numbers = np.concatenate([self._arrays["rows"], self._added_rows()])
        numbers = np.where(np.isin(numbers, np.asarray(remove, np.int64)), -1, renumbered(numbers, renumber))
        if (twice := np.isin(fresh, numbers)).any():
            raise CatalogError(f"row {fresh[twice][0]} is in the index already; remove it before adding it anew")
        built, kept = numbers[: self.facts.entries], numbers[self.facts.entries :] >= 0
        added = np.concatenate([self._added()[kept], vectors])
        around = crowding(added @ self.sample[: around_of(self.facts.entries)].T) if len(added) else np.zeros(0)
        rows = np.concatenate([built, numbers[self.facts.entries :][kept], fresh])
        facts = replace(self.facts, removed=int((built < 0).sum()), added=len(added))
        arrays = {
            "rows": built,
            "order": np.argsort(rows, kind="stable"),
            "density": np.concatenate([self._known("density")[: self.facts.entries], around.astype(np.float16)]),
            "digest": np.concatenate([self._known("digest")[: self.facts.entries], digests(added)]),
        }
        if len(added):
            arrays |= {"added": added, "added_rows": rows[self.facts.entries :]}
        store(folder, "tracks", plain(facts), arrays)
        return TrackIndex.open(folder)

    def _nearest(self, queries: Vectors, k: int) -> tuple[Vectors, Rows]:
        """(scores, positions) of what was built."""
        if self._few is not None:
            scores = queries @ self._few.T
            positions = np.argsort(-scores, axis=1, kind="stable")[:, :k]
            return np.take_along_axis(scores, positions, 1), positions
        if not self.facts.lists or self._built is None:
            scores, positions = self._index.search(queries, k)
            return scores, positions
        from embeddings.index_choice import REFINED
        from embeddings.index_ranking import proposed, reranked

        count = min(max(2 * k, self.facts.refined or REFINED), self.facts.entries)
        positions = proposed(self._index, queries, count, self.facts.probed, self.facts.lists)
        return reranked(queries, positions, self._built, k)

    @cached_property
    def _few(self) -> Vectors | None:
        """The vectors [n, d] that were built, where they are few and compared one by one."""
        if self._built is None or self.facts.kind != "exact" or not 0 < len(self._built) <= COMPARED:
            return None
        return floats(self._built)

    @cached_property
    def _index(self) -> Any:
        """What faiss built. Raises CatalogError where it is damaged."""
        import faiss

        from embeddings.index_reader import probe, read_faiss

        index = read_faiss(self._folder / "tracks.faiss", faiss.read_index)
        if index.ntotal != self.facts.entries:
            raise CatalogError(f"{self._folder}: holds another index than it says; build it again with `unisono index`")
        probe(index, self.facts.probed)
        return index

    def _with_added(self, queries: Vectors, scores: Vectors, rows: Rows, unwanted: Rows) -> tuple[Vectors, Rows]:
        added = queries @ self._added().T
        numbers = np.broadcast_to(self._added_rows(), added.shape)
        added = np.where(np.isin(numbers, unwanted), -np.inf, added)
        return np.hstack([scores, added]), np.hstack([rows, np.where(np.isinf(added), -1, numbers)])

    def _added(self) -> Vectors:
        return np.asarray(self._arrays.get("added", np.zeros((0, self.facts.dimension), np.float32)))

    def _added_rows(self) -> Rows:
        return np.asarray(self._arrays.get("added_rows", np.zeros(0, np.int64)))

    def _known(self, name: str) -> NDArray[Any]:
        if name not in self._arrays:
            raise CatalogError(f"{self._folder}: was built by an older Unisono; build it again with `unisono index`")
        return self._arrays[name]

    def _places(self, rows: Rows) -> Rows:
        """Positions of rows: of what was built first, then of what was added."""
        order = self._known("order")
        numbers = self._arrays["rows"] if not self.facts.added else self._numbers()
        place = np.searchsorted(numbers, rows, sorter=order)
        found = order[np.minimum(place, len(order) - 1)]
        if (absent := numbers[found] != rows).any():
            raise CatalogError(f"row {rows[absent][0]} is not in the index; build it again with `unisono index`")
        return np.asarray(found)

    def _numbers(self) -> Rows:
        if "numbers" not in self._arrays:
            self._arrays["numbers"] = np.concatenate([self._arrays["rows"], self._added_rows()])
        return self._arrays["numbers"]
