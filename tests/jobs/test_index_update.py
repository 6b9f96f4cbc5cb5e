"""The stage `index` after a second delivery: tracks are known again by their ids, whatever their rows are now."""

import numpy as np
import pytest

from catalog.errors import UsageError
from catalog.store import Catalogue
from embeddings.index import TrackIndex
from jobs.index import index_stage
from jobs.options import IndexOptions, bytes_of
from tests.jobs.similar_world import seal, unit

TRACKS = 300


@pytest.fixture
def vectors(rng):
    return dict(zip((f"t{n}" for n in range(TRACKS)), unit(rng.standard_normal((TRACKS, 128))), strict=True))


def deliver(catalogue, vectors, rng):
    """Publish tables that hold these tracks in any order, and index them; returns the counts and {row: track id}."""
    ids = [str(name) for name in rng.permutation(list(vectors))]
    row_of = dict(zip(ids, np.sort(rng.permutation(10 * TRACKS)[: len(ids)]).tolist(), strict=True))
    embeddings = [{"track_id": i, "row": row_of[i], "model": "m", "vector": vectors[i].tolist()} for i in ids]
    codes = rng.integers(0, 256, 48, np.uint8).tobytes()
    segments = [{"track_id": i, "row": row_of[i], "model": "m", "codes": codes, "audible": b"\1" * 3} for i in ids]
    catalogue.publish(
        {"embeddings": seal(catalogue, "embeddings", embeddings), "segments": seal(catalogue, "segments", segments)},
        model="m",
    )
    with catalogue.lock(), catalogue.run("index", {}) as run:
        index_stage(catalogue, run, IndexOptions())
    stage = catalogue.runs()[-1]["stages"][-1]
    return stage["counts"], {row: name for name, row in row_of.items()}


def test_few_changes_are_kept_beside_what_was_built(vectors, rng, tmp_path):
    catalogue = Catalogue.create(tmp_path / "cat")
    counts, _ = deliver(catalogue, vectors, rng)
    assert counts["updated"] == 0
    gone, changed, fresh = vectors.pop("t5"), unit(rng.standard_normal(128)), unit(rng.standard_normal(128))
    was = vectors["t7"]
    vectors |= {"t7": changed, "new": fresh}
    counts, name = deliver(catalogue, vectors, rng)
    assert (counts["updated"], counts["tracks"]) == (1, TRACKS)
    index = TrackIndex.open(catalogue.index_path())
    assert (index.facts.removed, index.facts.added) == (2, 2)
    _, rows = index.search(np.stack([vectors[track] for track in vectors]), 1)
    assert [name[row] for row in rows[:, 0]] == list(vectors)
    scores, rows = index.search(np.stack([gone, was]), 1)
    assert (scores[:, 0] < 0.9).all()
    assert all(row in name for row in rows[:, 0])


def test_many_changes_build_it_anew(vectors, rng, tmp_path):
    catalogue = Catalogue.create(tmp_path / "cat")
    deliver(catalogue, vectors, rng)
    more = {f"x{n}": unit(rng.standard_normal(128)) for n in range(TRACKS // 5)}
    counts, _ = deliver(catalogue, vectors | more, rng)
    assert (counts["updated"], counts["tracks"]) == (0, TRACKS + len(more))
    index = TrackIndex.open(catalogue.index_path())
    assert (index.facts.entries, index.facts.added) == (TRACKS + len(more), 0)


@pytest.mark.parametrize(
    ("text", "size"), [("2GB", 2 << 30), ("512MB", 512 << 20), ("1.5g", 3 << 29), ("4 GiB", 4 << 30), ("100", 100)]
)
def test_sizes(text, size):
    assert bytes_of(text) == size


@pytest.mark.parametrize("text", ["", "GB", "-1GB", "2XB", "0", "2GB2"])
def test_no_sizes(text):
    with pytest.raises(UsageError, match="no size of memory"):
        bytes_of(text)
