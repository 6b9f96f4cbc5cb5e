"""The index of tracks at scale, beside faiss's plain ones: time to build, size, speed and recall.

    python -m benchmarks.index_scale CATALOG [--rows 1000000] [--recall 0.95] [--memory 2GB] [--hnsw-up-to 1000000]

CATALOG is a catalogue with analysed audio: its vectors are grown to so many (`benchmarks.grown_vectors`). Queries are
made-up tracks too, that are not in the index; what is true is exact search over the vectors as they are kept.
"""

import argparse
import resource
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import faiss
import numpy as np
from numpy.typing import NDArray

from benchmarks.grown_vectors import BLOCK, Vectors, grown_vectors
from catalog.store import Catalogue
from embeddings.index import TrackIndex
from embeddings.index_choice import Goal
from embeddings.index_ranking import exact
from embeddings.index_vectors import open_vectors
from jobs.audio_pairs import stacked
from jobs.options import bytes_of

QUERIES, SINGLE = 1000, 300
THREADS = 2

Search = Callable[[Vectors, int], tuple[Vectors, NDArray[np.int64]]]


def main() -> None:
    """Print a line per index."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("catalog", type=Path)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--recall", type=float, default=0.95)
    parser.add_argument("--memory", default="2GB")
    parser.add_argument("--hnsw-up-to", type=int, default=1_000_000)
    arguments = parser.parse_args()
    faiss.omp_set_num_threads(THREADS)
    real = real_vectors(Catalogue.open(arguments.catalog))
    queries = next(vectors for _, vectors in grown_vectors(real, QUERIES, seed=1))
    goal = Goal(arguments.recall, bytes_of(arguments.memory))
    print(f"{arguments.rows:,} tracks out of {len(real)} real ones, {real.shape[1]} numbers each; {THREADS} threads")
    print(
        f"{'index':>28} {'build s':>8} {'bytes/track':>11} {'queries/s':>9} {'median ms':>9} {'recall@1':>8} {'@10':>6}"
    )
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        began = time.perf_counter()
        index = TrackIndex.build_blocks(grown_vectors(real, arguments.rows), folder, goal=goal)
        seconds = time.perf_counter() - began
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
        kept = open_vectors(folder, arguments.rows, real.shape[1])
        true = exact(queries, kept, 10)
        held = (folder / "tracks.faiss").stat().st_size / arguments.rows
        show(f"Unisono {index.facts.structure}", seconds, held, index.search, queries, true)
        print(f"  {index.facts.probed} of {index.facts.lists} lists; peak memory of the build {peak:.2f} GiB", end="")
        print(f"; {sum(path.stat().st_size for path in folder.iterdir()) / arguments.rows:.0f} bytes a track on disk")
        for name, plain in (("faiss IndexFlatIP", flat), ("faiss IndexHNSWFlat", hnsw)):
            if plain is flat or arguments.rows <= arguments.hnsw_up_to:
                began = time.perf_counter()
                theirs = plain(real.shape[1])
                for start in range(0, arguments.rows, BLOCK):
                    theirs.add(np.asarray(kept[start : start + BLOCK], np.float32))
                seconds = time.perf_counter() - began
                held = len(faiss.serialize_index(theirs)) / arguments.rows
                show(name, seconds, held, theirs.search, queries, true)
                del theirs


def real_vectors(catalogue: Catalogue) -> Vectors:
    """The vectors [n, d] of the catalogue's tracks that have one."""
    table = catalogue.read("embeddings", columns=["vector"])
    return stacked(table.filter(table.column("vector").is_valid()).column("vector"))


def flat(d: int) -> faiss.Index:
    """Exact search."""
    return faiss.IndexFlatIP(d)


def hnsw(d: int) -> faiss.Index:
    """A graph with faiss's usual settings, searched so widely that it finds about as much as asked for."""
    index = faiss.IndexHNSWFlat(d, 32, faiss.METRIC_INNER_PRODUCT)
    index.hnsw.efSearch = 64
    return index


def show(
    name: str, seconds: float, held: float, search: Search, queries: Vectors, true: NDArray[np.int64]
) -> None:  # fmt: skip
    """One line: queries all at once on all threads, then one by one."""
    search(queries[:SINGLE], 10)
    began = time.perf_counter()
    found = search(queries, 10)[1]
    rate = len(queries) / (time.perf_counter() - began)
    times = []
    for query in queries[:SINGLE, None]:
        began = time.perf_counter()
        search(query, 10)
        times.append(time.perf_counter() - began)
    at_1 = np.mean(found[:, 0] == true[:, 0])
    at_10 = np.mean([np.isin(a, b).mean() for a, b in zip(true, found, strict=True)])
    print(
        f"{name:>28} {seconds:8.1f} {held:11.1f} {rate:9.0f} {1000 * np.median(times):9.2f} {at_1:8.3f} {at_10:6.3f}",
        flush=True,
    )


if __name__ == "__main__":
    main()
