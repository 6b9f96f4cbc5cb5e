"""How long `unisono similar TRACK_ID` takes, cold and warm, in a catalogue, or in a made-up one of any size.

    python -m benchmarks.similar_latency CATALOGUE
    python -m benchmarks.similar_latency --make 1000000 FOLDER

Cold is a new process from its start to its end, files in the page cache; warm is a question to an open catalogue
(`service.library`). The made-up one has random names and vectors around a thousand centres, written by the
catalogue's own writers, in parts and row groups as a run writes them.
"""

import argparse
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from catalog.schema import TABLES
from catalog.store import Catalogue
from embeddings.index import TrackIndex
from service.library import Library

COLD, WARM = 9, 200
PART, SIZE, CENTRES = 65_536, 128, 1000
WORDS = (
    "amber harbour glass winter paper river echo field lantern copper salt morning tide hollow signal garden velvet "
    "thunder meadow orchid saffron compass juniper ember quarry willow marble cinder canyon feather silver mirror"
).split()


def make(folder: Path, count: int) -> None:
    """A catalogue of `count` made-up tracks with recordings, artists, vectors and an index."""
    rng = np.random.default_rng(0)
    catalogue = Catalogue.create(folder)
    staged = {name: catalogue.stage(name) for name in ("tracks", "recordings", "artists", "embeddings")}
    vectors = np.zeros((count, SIZE), np.float32)
    centres = rng.normal(size=(CENTRES, SIZE))
    for part, start in enumerate(range(0, count, PART)):
        rows = np.arange(start, min(start + PART, count))
        near = centres[rng.integers(0, CENTRES, len(rows))] + 0.7 * rng.normal(size=(len(rows), SIZE))
        vectors[rows] = near / np.linalg.norm(near, axis=1, keepdims=True)
        for name, columns in _columns(rng, rows, vectors[rows]):
            table = pa.table({**_absent(name, len(rows)), **columns}).select(TABLES[name].names).cast(TABLES[name])
            pq.write_table(table, staged[name] / f"part-{part:05}.parquet")
    sealed = {name: catalogue.seal(name, path, inputs={}, parameters={}) for name, path in staged.items()}
    staging = catalogue.stage_index()
    TrackIndex.build(vectors, np.arange(count), staging)
    index = catalogue.seal_index(staging, inputs={"embeddings": sealed["embeddings"]}, parameters={})
    catalogue.publish(sealed, model="made-up", index=index)


def _columns(
    rng: np.random.Generator, rows: np.ndarray, vectors: np.ndarray
) -> Iterator[tuple[str, dict[str, pa.Array | list[object]]]]:
    """The columns of each table for these rows."""
    words = np.array(WORDS)
    title = [" ".join(three) for three in words[rng.integers(0, len(words), (len(rows), 3))]]
    artist = [" ".join(two) for two in words[rng.integers(0, len(words), (len(rows), 2))]]
    ids = pa.array([f"track-{(row * 7_919_993) % 100_000_007:09}" for row in rows])
    tracks = {
        "row": pa.array(rows), "track_id": ids, "source": pa.array(["made-up"] * len(rows)), "title": pa.array(title),
        "artist": pa.array(artist), "title_core": pa.array(title), "artist_core": pa.array(artist),
        "album": pa.array(artist), "album_core": pa.array(artist), "genre": pa.array(words[rows % 12]),
        "release_year": pa.array(1960 + rows % 60, pa.int32()), "duration_s": pa.array(rng.uniform(60, 400, len(rows))),
        "audio_file": pa.array([f"/music/{row // 1000}/{row}.flac" for row in rows]),
    }  # fmt: skip
    yield "tracks", tracks
    recording = pa.array([f"rec-{row // 2 * 0x9E3779B1 % 2**32:016x}" for row in rows])
    song = pa.array([f"song-{row // 3 * 0x9E3779B1 % 2**32:016x}" for row in rows])
    yield "recordings", {"track_id": ids, "recording_id": recording, "song_id": song}
    yield "artists", {"track_id": ids, "name": pa.array(artist), "artist_id": pa.array([f"a-{a}" for a in artist])}
    flat = pa.array(vectors.reshape(-1))
    lists = pa.ListArray.from_arrays(pa.array(np.arange(len(rows) + 1) * SIZE, pa.int32()), flat)
    yield "embeddings", {"track_id": ids, "row": pa.array(rows), "vector": lists}


def _absent(name: str, count: int) -> dict[str, pa.Array]:
    return {field.name: pa.nulls(count, field.type) for field in TABLES[name]}


def measure(folder: Path) -> None:
    """Print medians and the worst, cold and warm."""
    started = time.perf_counter()
    library = Library.open(folder)
    cards, rng = library.space.cards, np.random.default_rng(1)
    print(f"{len(cards):,} tracks, index {library.space.index.facts.kind}; first opened in {_since(started)}")
    heard = rng.choice(cards.numbers("row_places"), WARM)
    ids = [cards.track_id.get(int(place)) or "" for place in heard]
    command = [sys.executable, "-m", "jobs.entry", "similar", "--catalog", str(folder)]
    named = [f"{cards.texts('artist').get(int(p)) or ''} {cards.texts('title').get(int(p)) or ''}" for p in heard]
    _print("cold: similar TRACK_ID", COLD, lambda i: _run([*command, ids[i]]))
    _print("cold: similar --find", COLD, lambda i: _run([*command, "--find", named[i]]))
    _print("warm: library.similar", WARM, lambda i: library.similar(ids[i]))
    _print("warm: similar, filtered", 20, lambda i: library.similar(ids[i], only=["year=1990-1994"]))
    _print("warm: radio of 50", 20, lambda i: library.similar(ids[i], radio=True))
    _print("warm: library.find", 20, lambda i: library.find(named[i]))


def _print(name: str, count: int, ask: Callable[[int], object]) -> None:
    seconds = []
    for i in range(count):
        started = time.perf_counter()
        ask(i)
        seconds.append(time.perf_counter() - started)
    print(f"{name:26} median {1000 * median(seconds):8.1f} ms, worst {1000 * max(seconds):8.1f} ms of {count}")


def _run(command: list[str]) -> None:
    done = subprocess.run(command, capture_output=True, check=False)
    if done.returncode not in (0, 2):  # 2: several tracks have that name
        raise RuntimeError(done.stderr.decode())


def _since(started: float) -> str:
    return f"{time.perf_counter() - started:.2f} s"


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("catalogue", type=Path)
    parser.add_argument("--make", type=int, metavar="TRACKS", help="make it first, with so many tracks")
    given = parser.parse_args()
    if given.make:
        make(given.catalogue, given.make)
    measure(given.catalogue)
