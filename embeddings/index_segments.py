"""Nearest segments by identity code: exact while there are few enough, by inverted lists over whole codes above.

What compression costs is measured at every build, as recall at 10 against exact search, and stored beside the index;
lists are probed until it is high enough.
"""

from array import array
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, Self

import faiss
import numpy as np
from numpy.typing import NDArray

from embeddings.index_choice import list_count
from embeddings.index_files import (
    IndexFacts,
    Rows,
    Vectors,
    drawn,
    load,
    pick,
    plain,
    store,
    widen,
)
from embeddings.index_reader import probe, read_faiss
from embeddings.scan import excerpt_scores

EXACT_SEGMENTS = 20_000_000  # 320 MB of codes, about 30 ms a code
SCANNED_SEGMENTS = 2_000_000  # in which an excerpt is laid over every place, about a second
WANTED_RECALL = 0.95
SAMPLE = 256  # queries of the measurement
FLIPPED = 0.25  # share of bits flipped in the measurement's codes: what half a second's shift costs
BLOCK = 65_536

Codes = NDArray[np.uint8]
_NONE: Codes = np.zeros((0, 16), np.uint8)


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
        folder.mkdir(parents=True, exist_ok=True)
        spool = folder / "segments.codes.part"
        rows, firsts, places, width = _write_codes(tracks, spool)
        codes = np.memmap(spool, np.uint8, "r", shape=(len(places), width)) if len(places) else _NONE
        index = _compressed_codes(codes) if len(codes) > exact_up_to else faiss.IndexBinaryFlat(codes.shape[1] * 8)
        for start in range(0, len(codes), BLOCK):
            index.add(np.ascontiguousarray(codes[start : start + BLOCK]))
        queries = _noisy(codes[drawn(len(codes))])
        facts = plain(_measure(index, queries, _recall_of_codes(codes, queries))) | {"hop_s": hop_s}
        del codes
        spool.unlink()
        faiss.write_index_binary(index, str(folder / "segments.faiss"))
        store(folder, "segments", facts, {"rows": rows, "firsts": firsts, "places": places})
        return cls.open(folder)

    @classmethod
    def open(cls, folder: Path) -> Self:
        """The index in `folder`. Raises CatalogError where there is none, or it is damaged."""
        facts, arrays = load(folder, "segments", "rows", "firsts", "places")
        index = read_faiss(folder / "segments.faiss", faiss.read_index_binary)
        probe(index, facts.probed)
        return cls(index, arrays, facts, float(facts.hop_s or 1.0))

    def search(self, queries: Codes, k: int) -> tuple[Vectors, Rows, Vectors]:
        """The `k` best (share of equal bits [q, k], rows [q, k], seconds into the track [q, k]) for each code [q,
        bytes].

        -inf, -1 and nan where there are fewer.
        """
        wider = max(1, min(k, self.facts.entries))
        distance, positions = self._index.search(np.ascontiguousarray(queries, np.uint8), wider)
        rows, seconds = self._where(positions)
        share = np.where(positions >= 0, 1 - distance / (8 * queries.shape[1]), -np.inf).astype(np.float32)
        return widen(share, k, -np.inf), widen(rows, k, -1), widen(seconds, k, np.nan)

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
        places = pick(self._arrays["places"], positions, 0).astype(np.float32)
        seconds = np.where(positions >= 0, places * self.hop_s, np.nan).astype(np.float32)
        return pick(self._arrays["rows"], track, -1), seconds


def _write_codes(
    tracks: Iterable[tuple[int, Codes, NDArray[np.bool_]]], path: Path
) -> tuple[Rows, Rows, NDArray[np.uint16], int]:
    """Append the audible codes to a file, so that they are not in memory beside the index that they go into.

    Returns rows [t], where each track's codes begin [t], in which hop each code [n] is, and the bytes of a code.
    """
    rows, counts, places, width = array("q"), array("q"), array("H"), _NONE.shape[1]
    with path.open("wb") as file:
        for row, codes, audible in tracks:
            place = np.flatnonzero(np.asarray(audible, bool)[: 2**16])
            if len(place):
                np.ascontiguousarray(codes[place], np.uint8).tofile(file)
                places.frombytes(place.astype(np.uint16).tobytes())
                rows.append(row)
                counts.append(len(place))
                width = codes.shape[1]
    firsts = np.cumsum([0, *counts[:-1]], dtype=np.int64)[: len(counts)]
    return np.array(rows, np.int64), firsts, np.array(places, np.uint16), width


def _compressed_codes(codes: Codes) -> Any:
    n, width = codes.shape
    lists = list_count(n)
    index = faiss.index_binary_factory(width * 8, f"BIVF{lists}")
    index.train(codes[drawn(n, min(n, 64 * lists))])
    return index


def _measure(index: Any, queries: NDArray[Any], recall: Callable[[NDArray[Any], Rows], float]) -> IndexFacts:
    """Probe twice as many lists until recall at 10 is high enough; says what was reached."""
    lists = int(getattr(index, "nlist", 0))
    if not lists:
        return IndexFacts("exact", index.ntotal, 1.0, len(queries))
    for probed in (2**i for i in range(lists.bit_length())):
        probe(index, probed)
        reached = recall(*index.search(queries, 10))
        if reached >= WANTED_RECALL:
            break
    return IndexFacts("compressed", index.ntotal, reached, len(queries), lists, probed)


def _recall_of_codes(codes: Codes, queries: Codes) -> Callable[[Codes, Rows], float]:
    """Against exact search: the share of found codes that is no further than the true tenth, as codes often tie."""
    nearest = np.zeros((len(queries), 0), np.int32)
    for start in range(0, len(codes), BLOCK):
        flat = faiss.IndexBinaryFlat(codes.shape[1] * 8)
        flat.add(np.ascontiguousarray(codes[start : start + BLOCK]))
        nearest = np.sort(np.hstack([nearest, flat.search(queries, 10)[0]]), axis=1)[:, :10]
    tenth = nearest[:, -1:]
    return lambda distance, _: float(np.mean(distance <= tenth))


def _noisy(codes: Codes) -> Codes:
    flips = np.random.default_rng(0).random((len(codes), codes.shape[1] * 8)) < FLIPPED
    return codes ^ np.packbits(flips, axis=1)
