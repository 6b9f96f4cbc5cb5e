"""Adds and removals under readers: is anything lost or answered wrongly, and how long do answers take meanwhile?

    python -m benchmarks.index_churn CATALOG [--rows 1000000] [--adds 20000] [--removals 1000] [--readers 8]

The vectors of CATALOG are grown to an index (`benchmarks.grown_vectors`) of a catalogue of its own. One writer
publishes the changes in rounds, as `unisono index` does. Each reader asks without pause, takes up what was published,
and checks every answer against the round that its snapshot is of: a track asked for by its own vector comes first,
whether built in or added since; a removed one never comes. At the end made-up tracks that are not in the index are
looked for, and what is found is compared with exact search over all that should be there.
"""

import argparse
import multiprocessing
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.grown_vectors import grown_vectors
from benchmarks.index_scale import real_vectors
from catalog.store import Catalogue
from embeddings.index import TrackIndex
from embeddings.index_choice import Goal
from embeddings.index_ranking import exact, recall
from embeddings.index_vectors import open_vectors

ROUNDS = 20
STARTING_S = 120
CHECKED = 500
K = 10


def main() -> None:
    """Print what the readers saw."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("catalog", type=Path)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--adds", type=int, default=20_000)
    parser.add_argument("--removals", type=int, default=1_000)
    parser.add_argument("--readers", type=int, default=8)
    arguments = parser.parse_args()
    real = real_vectors(Catalogue.open(arguments.catalog))
    removed = np.random.default_rng(3).permutation(arguments.rows)[: arguments.removals]
    with tempfile.TemporaryDirectory() as scratch:
        root = Path(scratch) / "cat"
        catalogue = Catalogue.create(root)
        with catalogue.lock():
            staging = catalogue.stage_index()
            TrackIndex.build_blocks(grown_vectors(real, arguments.rows), staging, goal=Goal())
            catalogue.publish(index=catalogue.seal_index(staging, inputs={}, parameters={}))
        context = multiprocessing.get_context("spawn")
        stop, answers = context.Event(), context.Queue()
        ready = context.Barrier(arguments.readers + 1)
        jobs = [(root, removed, number, stop, ready, answers) for number in range(arguments.readers)]
        readers = [context.Process(target=read, args=job) for job in jobs]
        for reader in readers:
            reader.start()
        ready.wait(STARTING_S)  # all have the first snapshot open before it is changed
        fresh = np.concatenate([vectors for _, vectors in grown_vectors(real, arguments.adds, seed=2)])
        seconds = [change(root, fresh, removed, round, arguments.rows) for round in range(ROUNDS)]
        time.sleep(2)
        stop.set()
        told = [answers.get(timeout=STARTING_S) for _ in readers]
        for reader in readers:
            reader.join()
        report(told, seconds, root, fresh, arguments.rows)
        strangers = next(vectors for _, vectors in grown_vectors(real, CHECKED, seed=4))
        print(against_exact(root, strangers, fresh, removed, arguments.rows))


def change(root: Path, fresh: np.ndarray, removed: np.ndarray, round: int, rows: int) -> float:
    """Publish one round of changes; returns how long that took."""
    began = time.perf_counter()
    catalogue = Catalogue.open(root)
    adds, removals = len(fresh) // ROUNDS, len(removed) // ROUNDS
    some = np.arange(round * adds, (round + 1) * adds)
    with catalogue.lock():
        staging = catalogue.stage_index()
        published = TrackIndex.open(catalogue.index_path())
        gone = removed[round * removals : (round + 1) * removals]
        published.update(staging, add=(rows + some, fresh[some]), remove=gone)
        catalogue.publish(index=catalogue.seal_index(staging, inputs={}, parameters={"round": round}))
    return time.perf_counter() - began


def read(root: Path, removed: np.ndarray, number: int, stop: Any, ready: Any, answers: Any) -> None:
    """Ask until told to stop; then tell (latencies, wrong answers, reopened)."""
    import faiss

    faiss.omp_set_num_threads(1)
    rng = np.random.default_rng(number)
    catalogue = Catalogue.open(root)
    path, index = None, None
    latencies: list[float] = []
    wrong = opened = 0
    first = TrackIndex.open(catalogue.index_path())
    rows = first.facts.entries
    ready.wait(STARTING_S)
    while not stop.is_set():
        began = time.perf_counter()
        catalogue.reload()
        if path != catalogue.index_path() or index is None:
            path = catalogue.index_path()
            index, opened = TrackIndex.open(path), opened + 1
        gone = removed[: index.facts.removed]
        if len(gone) and rng.random() < 0.3:
            asked = int(rng.choice(gone))
            query = first.vectors([asked])
            expected = None
        else:
            asked = int(rng.integers(rows + index.facts.added))
            if asked in gone:
                continue
            query, expected = index.vectors([asked]), asked
        scores, found = index.search(query, K)
        latencies.append(time.perf_counter() - began)
        alike = expected is None or found[0, 0] == expected or scores[0, 0] > 0.9999
        wrong += int(not alike or bool(np.isin(found, gone).any()) or bool((found < 0).any()))
    answers.put((latencies, wrong, opened))


def report(told: list[Any], seconds: list[float], root: Path, fresh: np.ndarray, rows: int) -> None:
    """Print the readers' tallies, and whether every added track is found at the end."""
    latencies = 1000 * np.concatenate([part for part, *_ in told])
    quantiles = ", ".join(f"{q:.4g} {np.quantile(latencies, q):.1f} ms" for q in (0.5, 0.9, 0.99, 0.999, 1.0))
    print(f"{len(told)} readers, {len(latencies):,} queries: {sum(wrong for _, wrong, _ in told)} wrong answers")
    print(f"latency: {quantiles}")
    print(f"rounds published: {len(seconds)}, {np.median(seconds):.1f} s each; readers opened {told[0][2]} snapshots")
    index = TrackIndex.open(Catalogue.open(root).index_path())
    found = index.search(fresh, 1)[1][:, 0]
    print(f"added tracks found by their own vectors: {np.mean(found == rows + np.arange(len(fresh))):.4f}", end="; ")
    print(f"tracks in the index: {len(index):,}")


def against_exact(root: Path, queries: np.ndarray, fresh: np.ndarray, removed: np.ndarray, rows: int) -> str:
    """How the last snapshot's answers compare with exact search over what should be in it."""
    folder = Catalogue.open(root).index_path()
    index = TrackIndex.open(folder)
    scores, found = index.search(queries, K)
    live = np.concatenate([open_vectors(folder, rows, queries.shape[1]), fresh.astype(np.float16)])
    live[removed] = 0  # of a cosine of 0, so never among the best
    true = exact(queries, live, K)
    cosines = np.einsum("qd,qkd->qk", queries, live[found].astype(np.float32))
    off = float(np.abs(cosines - scores).max())
    at_10 = recall(true, found)
    return f"{len(queries)} others: recall at {K} {at_10:.3f} against exact search; scores off by {off:.4f} at most"


if __name__ == "__main__":
    main()
