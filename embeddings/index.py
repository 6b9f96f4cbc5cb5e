"""Nearest neighbours: tracks by similarity vector, segments by identity code. The only file that imports faiss.

Search is exact while the catalogue is small enough, and compressed above: inverted lists (Jegou et al. 2011) over 8-bit
components for vectors, inverted lists over whole codes for segments. What compression costs is measured at every build,
as recall at 10 against exact search, and stored beside the index; lists are probed until it is high enough.

Both indexes are written as faiss files beside NumPy arrays that say which row a position means, and opened
memory-mapped by the processes that search: no torch, no Spark, no reading of the whole.
"""

import json
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Self

import faiss
import numpy as np
from numpy.typing import ArrayLike, NDArray

from catalog.errors import CatalogError
from embeddings.scan import excerpt_scores

EXACT_TRACKS = 200_000  # 100 MB of vectors, about 5 ms a query
EXACT_SEGMENTS = 20_000_000  # 320 MB of codes, about 30 ms a code
SCANNED_SEGMENTS = 2_000_000  # in which an excerpt is laid over every place, about a second
WANTED_RECALL = 0.95
SAMPLE = 256  # queries of the measurement
FLIPPED = 0.25  # share of bits flipped in the measurement's codes: what half a second's shift costs
BLOCK = 65_536

Vectors = NDArray[np.float32]
Codes = NDArray[np.uint8]
Rows = NDArray[np.int64]


@dataclass(frozen=True)
class IndexFacts:
    """What was built: `kind` exact or compressed, how many entries, recall at 10 on `sample` queries, lists probed."""

    kind: str
    entries: int
    recall_at_10: float
    sample: int
    lists: int = 0
    probed: int = 0


class TrackIndex:
    """Similarity vectors of tracks, by inner product (the cosine, as they have unit length)."""

    def __init__(self, index: Any, rows: Rows, facts: IndexFacts) -> None:
        self._index, self._rows, self.facts = index, rows, facts

    @classmethod
    def build(cls, vectors: Vectors, rows: ArrayLike, folder: Path, *, exact_up_to: int = EXACT_TRACKS) -> Self:
        """Index `vectors` [n, d], of unit length, whose track numbers are `rows` [n]; writes into `folder`."""
        index = _compressed_vectors(vectors) if len(vectors) > exact_up_to else faiss.IndexFlatIP(vectors.shape[1])
        for start in range(0, len(vectors), BLOCK):
            index.add(_floats(vectors[start : start + BLOCK]))
        queries = _floats(vectors[_sample(len(vectors))])
        facts = _measure(index, queries, _recall_of_vectors(vectors, queries))
        folder.mkdir(parents=True, exist_ok=True)
        faiss.write_index(index, str(folder / "tracks.faiss"))
        _store(folder, "tracks", facts, rows=np.asarray(rows, np.int64))
        return cls.open(folder)

    @classmethod
    def open(cls, folder: Path) -> Self:
        """The index in `folder`. Raises CatalogError where there is none, or it is damaged."""
        facts, arrays = _load(folder, "tracks", "rows")
        index = _read(folder / "tracks.faiss", faiss.read_index)
        _probe(index, facts.probed)
        return cls(index, arrays["rows"], facts)

    def search(self, queries: Vectors, k: int, *, exclude: Iterable[int] = ()) -> tuple[Vectors, Rows]:
        """The `k` best (scores [q, k], rows [q, k]) for each query [q, d]; -inf and -1 where there are fewer.

        Rows in `exclude` (the query's own track and its copies) are never returned.
        """
        unwanted = np.fromiter(exclude, np.int64)
        wider = max(1, min(k + len(unwanted), self.facts.entries))
        scores, positions = self._index.search(_floats(queries), wider)
        rows = _pick(self._rows, positions, -1)
        dropped = (rows < 0) | np.isin(rows, unwanted)
        order = np.argsort(dropped, axis=1, kind="stable")[:, :k]
        scores, rows = np.where(dropped, -np.inf, scores), np.where(dropped, -1, rows)
        return _widen(np.take_along_axis(scores, order, 1), k, -np.inf), _widen(
            np.take_along_axis(rows, order, 1), k, -1
        )


class SegmentIndex:
    """Identity codes of all audible segments, by the share of equal bits."""

    def __init__(self, index: Any, arrays: dict[str, NDArray[Any]], facts: IndexFacts, hop_s: float) -> None:
        self._index, self._arrays, self.facts, self.hop_s = index, arrays, facts, hop_s

    @classmethod
    def build(
        cls,
        tracks: Iterable[tuple[int, Codes, NDArray[np.bool_]]],
        folder: Path,
        *,
        hop_s: float = 1.0,
        exact_up_to: int = EXACT_SEGMENTS,
    ) -> Self:
        """Index (row, codes [n, bytes], audible [n]) of each track; silent segments are left out.

        Where a segment stands is kept as two bytes, so a track's segments beyond 65,536 (18 hours) are left out too.
        """
        codes, rows, firsts, places = _audible_codes(tracks)
        index = _compressed_codes(codes) if len(codes) > exact_up_to else faiss.IndexBinaryFlat(codes.shape[1] * 8)
        for start in range(0, len(codes), BLOCK):
            index.add(codes[start : start + BLOCK])
        queries = _noisy(codes[_sample(len(codes))])
        facts = _measure(index, queries, _recall_of_codes(codes, queries))
        folder.mkdir(parents=True, exist_ok=True)
        faiss.write_index_binary(index, str(folder / "segments.faiss"))
        _store(folder, "segments", facts, hop_s=hop_s, rows=rows, firsts=firsts, places=places)
        return cls.open(folder)

    @classmethod
    def open(cls, folder: Path) -> Self:
        """The index in `folder`. Raises CatalogError where there is none, or it is damaged."""
        facts, arrays = _load(folder, "segments", "rows", "firsts", "places")
        index = _read(folder / "segments.faiss", faiss.read_index_binary)
        _probe(index, facts.probed)
        hop_s = json.loads((folder / "segments.json").read_text())["hop_s"]
        return cls(index, arrays, facts, float(hop_s))

    def search(self, queries: Codes, k: int) -> tuple[Vectors, Rows, Vectors]:
        """The `k` best (share of equal bits [q, k], rows [q, k], seconds into the track [q, k]) for each code [q,
        bytes].

        -inf, -1 and nan where there are fewer.
        """
        wider = max(1, min(k, self.facts.entries))
        distance, positions = self._index.search(np.ascontiguousarray(queries, np.uint8), wider)
        rows, seconds = self._where(positions)
        share = np.where(positions >= 0, 1 - distance / (8 * queries.shape[1]), -np.inf).astype(np.float32)
        return _widen(share, k, -np.inf), _widen(rows, k, -1), _widen(seconds, k, np.nan)

    def scan(self, soft: Vectors, begins_s: NDArray[np.floating], count: int) -> list[int]:
        """Rows of the `count` tracks that hold an excerpt best by all of its segments together, best first.

        `soft` [n, bits] are its vectors, which begin at `begins_s` [n]. None where there are more segments than are
        looked at one by one (`SCANNED_SEGMENTS`): use `search`. See `embeddings.scan`.
        """
        if not len(soft) or not 0 < self.facts.entries <= SCANNED_SEGMENTS or self.facts.kind != "exact":
            return []
        firsts, places = self._arrays["firsts"], self._arrays["places"]
        size = self._index.code_size
        codes = faiss.rev_swig_ptr(self._index.xb.data(), self.facts.entries * size).reshape(-1, size)
        bounds = np.append(firsts, self.facts.entries)
        scores = []
        for block in np.split(np.arange(len(firsts)), np.flatnonzero(np.diff(firsts // BLOCK)) + 1):
            start, end = bounds[block[0]], bounds[block[-1] + 1]
            mine = firsts[block] - start
            scores.append(excerpt_scores(soft, begins_s / self.hop_s, codes[start:end], mine, places[start:end]))
        best = np.argsort(-np.concatenate(scores), kind="stable")[:count]
        return [int(row) for row in self._arrays["rows"][best]]

    def _where(self, positions: Rows) -> tuple[Rows, Vectors]:
        track = np.searchsorted(self._arrays["firsts"], positions, side="right") - 1
        places = _pick(self._arrays["places"], positions, 0).astype(np.float32)
        seconds = np.where(positions >= 0, places * self.hop_s, np.nan).astype(np.float32)
        return _pick(self._arrays["rows"], track, -1), seconds


def _audible_codes(
    tracks: Iterable[tuple[int, Codes, NDArray[np.bool_]]],
) -> tuple[Codes, Rows, Rows, NDArray[np.uint16]]:
    kept, rows, counts, places = [np.zeros((0, 16), np.uint8)], [], [], [np.zeros(0, np.uint16)]
    for row, codes, audible in tracks:
        place = np.flatnonzero(np.asarray(audible, bool)[: 2**16])
        if len(place):
            kept.append(codes[place])
            places.append(place.astype(np.uint16))
            rows.append(row)
            counts.append(len(place))
    firsts = np.concatenate([[0], np.cumsum(counts)[:-1]]) if counts else np.zeros(0)
    return np.concatenate(kept), np.array(rows, np.int64), firsts.astype(np.int64), np.concatenate(places)


def _compressed_vectors(vectors: Vectors) -> Any:
    n, d = vectors.shape
    lists = _lists(n)
    index = faiss.index_factory(d, f"IVF{lists},SQ8", faiss.METRIC_INNER_PRODUCT)
    index.train(_floats(vectors[_sample(n, min(n, 64 * lists))]))
    return index


def _compressed_codes(codes: Codes) -> Any:
    n, width = codes.shape
    lists = _lists(n)
    index = faiss.index_binary_factory(width * 8, f"BIVF{lists}")
    index.train(codes[_sample(n, min(n, 64 * lists))])
    return index


def _lists(n: int) -> int:
    """A power of two near 4 sqrt(n), with 39 entries a list to train it on, as faiss asks."""
    return int(2 ** np.floor(np.log2(np.clip(4 * np.sqrt(n), 1, max(1, min(65_536, n / 39))))))


def _measure(index: Any, queries: NDArray[Any], recall: Callable[[NDArray[Any], Rows], float]) -> IndexFacts:
    """Probe twice as many lists until recall at 10 is high enough; says what was reached."""
    lists = int(getattr(index, "nlist", 0))
    if not lists:
        return IndexFacts("exact", index.ntotal, 1.0, len(queries))
    for probed in (2**i for i in range(lists.bit_length())):
        _probe(index, probed)
        reached = recall(*index.search(queries, 10))
        if reached >= WANTED_RECALL:
            break
    return IndexFacts("compressed", index.ntotal, reached, len(queries), lists, probed)


def _recall_of_vectors(vectors: Vectors, queries: Vectors) -> Callable[[Vectors, Rows], float]:
    """Against exact search: the share of the true best ten that was found."""
    best = faiss.ResultHeap(len(queries), 10, keep_max=True)
    for start in range(0, len(vectors), BLOCK):
        scores, positions = faiss.knn(queries, _floats(vectors[start : start + BLOCK]), 10, faiss.METRIC_INNER_PRODUCT)
        best.add_result(scores, np.where(positions >= 0, positions + start, -1))
    best.finalize()
    return lambda _, found: float(np.mean([np.isin(a, b).mean() for a, b in zip(best.I, found, strict=True)]))


def _recall_of_codes(codes: Codes, queries: Codes) -> Callable[[Codes, Rows], float]:
    """Against exact search: the share of found codes that is no further than the true tenth, as codes often tie."""
    flat = faiss.IndexBinaryFlat(codes.shape[1] * 8)
    flat.add(codes)
    tenth = flat.search(queries, 10)[0][:, -1:]
    return lambda distance, _: float(np.mean(distance <= tenth))


def _noisy(codes: Codes) -> Codes:
    flips = np.random.default_rng(0).random((len(codes), codes.shape[1] * 8)) < FLIPPED
    return codes ^ np.packbits(flips, axis=1)


def _sample(n: int, size: int = SAMPLE) -> Rows:
    return np.sort(np.random.default_rng(0).choice(n, min(n, size), replace=False)) if n else np.zeros(0, np.int64)


def _pick(values: NDArray[Any], positions: Rows, filler: int) -> NDArray[Any]:
    """`values` at the positions; `filler` where a position is negative, faiss's word for none."""
    found = values[np.maximum(positions, 0)] if len(values) else np.zeros_like(positions)
    return np.where(positions >= 0, found, filler)


def _floats(vectors: NDArray[Any]) -> Vectors:
    return np.ascontiguousarray(vectors, np.float32)


def _widen(found: NDArray[Any], k: int, filler: float) -> NDArray[Any]:
    missing = k - found.shape[1]
    return np.pad(found, ((0, 0), (0, missing)), constant_values=filler) if missing > 0 else found[:, :k]


def _probe(index: Any, lists: int) -> None:
    if lists:
        index.nprobe = lists


def _store(folder: Path, name: str, facts: IndexFacts, *, hop_s: float | None = None, **arrays: NDArray[Any]) -> None:
    for key, array in arrays.items():
        np.save(folder / f"{name}.{key}.npy", array)
    (folder / f"{name}.json").write_text(json.dumps(asdict(facts) | {"hop_s": hop_s}, indent=2))


def _load(folder: Path, name: str, *keys: str) -> tuple[IndexFacts, dict[str, NDArray[Any]]]:
    try:
        stored = json.loads((folder / f"{name}.json").read_text())
        facts = IndexFacts(**{key: value for key, value in stored.items() if key != "hop_s"})
        return facts, {key: np.load(folder / f"{name}.{key}.npy", mmap_mode="r") for key in keys}
    except (OSError, ValueError, TypeError) as error:
        raise CatalogError(f"no usable index of {name} in {folder}: {error}; build it with `unisono index`") from error


def _read(path: Path, reader: Any) -> Any:
    try:
        return reader(str(path), faiss.IO_FLAG_MMAP_IFC)
    except RuntimeError as error:
        raise CatalogError(f"no usable index at {path}; build it with `unisono index`") from error
