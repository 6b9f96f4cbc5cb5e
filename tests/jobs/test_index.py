"""The index follows the tables: what changes is added and removed beside it, what it is of another model is refused."""

import shutil

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from catalog.errors import CatalogError
from catalog.schema import TABLES
from catalog.store import Catalogue
from embeddings.index import TrackIndex
from jobs.index import index
from jobs.options import IndexOptions

COUNT = 400


def directions(rng, count):
    vectors = rng.standard_normal((count, 16)).astype(np.float32)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


@pytest.fixture
def catalogue(tmp_path):
    return Catalogue.create(tmp_path / "cat")


def deliver(catalogue, vectors, *, shift=0, model="small"):
    """Publish track id -> vector as what was analysed; rows are numbered from `shift`."""
    rows = [{"track_id": track, "row": shift + place} for place, track in enumerate(vectors)]
    heard = [{"vector": None if v is None else v.tolist()} for v in vectors.values()]
    tables = {"embeddings": [a | b for a, b in zip(rows, heard, strict=True)]}
    tables["segments"] = [row | {"codes": bytes(16), "audible": b"\1"} for row in rows]
    sealed = {}
    for name, content in tables.items():
        staging = catalogue.stage(name)
        pq.write_table(pa.Table.from_pylist(content, schema=TABLES[name]), staging / "part.parquet")
        sealed[name] = catalogue.seal(name, staging, inputs={}, parameters={"model_digest": model})
    catalogue.publish(sealed, model=model)


def built(catalogue, options=None):
    """The index after `unisono index`."""
    index(catalogue.root, options or IndexOptions())
    catalogue.reload()
    return TrackIndex.open(catalogue.index_path())


def nearest(catalogue, found, vectors):
    """Track ids that the index finds first for each vector, by the table whose rows it names."""
    table = catalogue.indexed("embeddings").to_table(columns=["row", "track_id"])
    names = dict(zip(*(table.column(name).to_pylist() for name in ("row", "track_id")), strict=True))
    return [names[int(row)] for row in found.search(np.array(vectors), 1)[1][:, 0]]


def test_few_changes_are_kept_beside_and_ids_survive_other_row_numbers(catalogue, rng):
    tracks = {f"t{i}": vector for i, vector in enumerate(directions(rng, COUNT))}
    deliver(catalogue, tracks | {"silent": None})
    first = built(catalogue)
    assert len(first) == COUNT
    fresh = directions(rng, 8)
    gone = {name: tracks[name] for name in ("t3", "t70")}
    now = {name: vector for name, vector in reversed(tracks.items()) if name not in gone}
    now |= {"t5": fresh[0]} | {f"new{i}": vector for i, vector in enumerate(fresh[1:])}
    deliver(catalogue, now, shift=5000)
    second = built(catalogue)
    assert (second.facts.added, second.facts.removed, len(second)) == (8, 3, COUNT + 5)
    assert nearest(catalogue, second, list(now.values())) == list(now)
    assert not set(nearest(catalogue, second, list(gone.values()))) & set(gone)
    assert first.search(tracks["t3"][None], 1)[1][0, 0] == 3  # who opened the old one goes on with it


def test_many_changes_or_other_parameters_build_it_anew(catalogue, rng):
    tracks = {f"t{i}": vector for i, vector in enumerate(directions(rng, COUNT))}
    deliver(catalogue, tracks)
    built(catalogue)
    deliver(catalogue, tracks | {f"n{i}": vector for i, vector in enumerate(directions(rng, COUNT // 5))})
    many = built(catalogue)
    assert (many.facts.entries, many.facts.added) == (COUNT * 6 // 5, 0)
    other = built(catalogue, IndexOptions(recall=0.9))
    assert other.facts.added == 0
    before = catalogue.state.index
    built(catalogue, IndexOptions(recall=0.9))
    assert catalogue.state.index == before


def test_an_index_of_another_model_is_refused_until_it_is_built_again(catalogue, rng):
    tracks = {f"t{i}": vector for i, vector in enumerate(directions(rng, COUNT))}
    deliver(catalogue, tracks)
    built(catalogue)
    deliver(catalogue, tracks, model="large")
    with pytest.raises(CatalogError, match=r"of the model small.*analysed with large; run: unisono index"):
        catalogue.index_path()
    catalogue.prune()
    found = built(catalogue)
    assert nearest(catalogue, found, [tracks["t9"]]) == ["t9"]


def test_a_damaged_index_is_built_again(catalogue, rng):
    deliver(catalogue, {f"t{i}": vector for i, vector in enumerate(directions(rng, COUNT))})
    built(catalogue)
    path = catalogue.index_path() / "tracks.vectors"
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(CatalogError, match="unisono index"):
        TrackIndex.open(catalogue.index_path())
    found = built(catalogue)
    assert len(found) == COUNT
    assert found.facts.added == 0


def test_where_what_it_was_built_from_is_gone_it_is_built_anew(catalogue, rng):
    tracks = {f"t{i}": vector for i, vector in enumerate(directions(rng, COUNT))}
    deliver(catalogue, tracks)
    built(catalogue)
    before = catalogue.path("embeddings")
    deliver(catalogue, tracks | {"new": directions(rng, 1)[0]})
    shutil.rmtree(before)
    found = built(catalogue)
    assert (found.facts.entries, found.facts.added) == (COUNT + 1, 0)


@pytest.mark.parametrize("left", [["t1", "t2"], []])
def test_where_nothing_is_heard_any_more_there_is_no_index_any_more(catalogue, rng, left):
    tracks = {f"t{i}": vector for i, vector in enumerate(directions(rng, 20))}
    deliver(catalogue, tracks)
    built(catalogue)
    deliver(catalogue, dict.fromkeys(left))
    index(catalogue.root, IndexOptions())
    with pytest.raises(CatalogError, match="no audio could be analysed"):
        Catalogue.open(catalogue.root).index_path()
    deliver(catalogue, tracks)
    assert nearest(catalogue, built(catalogue), [tracks["t9"]]) == ["t9"]


def test_damage_that_opening_does_not_see_is_not_taken_over(catalogue, rng):
    tracks = {f"t{i}": vector for i, vector in enumerate(directions(rng, 20_000))}
    deliver(catalogue, tracks)
    whole = built(catalogue)
    path = catalogue.index_path() / "tracks.vectors"
    with path.open("r+b") as file:
        file.seek(300 * 32)  # 16 numbers of 2 bytes; the second page, of which one in two is read
        file.write(bytes(32))
    assert TrackIndex.open(catalogue.index_path()).facts == whole.facts  # pages between are not read
    assert catalogue.damage("index")
    deliver(catalogue, tracks | {"new": directions(rng, 1)[0]})
    found = built(catalogue)
    np.testing.assert_allclose(found.vectors([300])[0], tracks["t300"], atol=1e-3)
    assert catalogue.damage("index") == []
