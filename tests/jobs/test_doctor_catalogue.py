"""`unisono doctor --catalog`: what it says of a whole catalogue, a damaged one and none."""

import shutil

import pytest

from catalog.store import Catalogue
from jobs.doctor_catalogue import catalogue as examine
from tests.jobs.similar_world import write_world


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    return write_world(tmp_path_factory.mktemp("doctor") / "cat").root


@pytest.fixture
def root(world, tmp_path):
    return shutil.copytree(world, tmp_path / "cat")


def test_every_table_and_the_index_are_named_with_their_rows(world):
    found = {finding.subject: finding for finding in examine(world)}
    assert {"tracks", "recordings", "artists", "embeddings", "index"} <= set(found)
    assert all(found[name].state == "ok" for name in ("tracks", "recordings", "index"))
    assert f"{Catalogue.open(world).count('tracks'):,} rows" in found["tracks"].seen


@pytest.mark.parametrize("how", ["altered", "cut", "gone"])
def test_a_damaged_table_is_named_with_its_file_and_the_mend(root, how):
    path = next(Catalogue.open(root).path("recordings").glob("*.parquet"))
    data = bytearray(path.read_bytes())
    if how == "gone":
        path.unlink()
    else:
        data[len(data) // 2] ^= 1
        path.write_bytes(data if how == "altered" else data[:-10])
    found = {finding.subject: finding for finding in examine(root)}
    assert found["recordings"].state == "missing"
    assert path.name in found["recordings"].seen
    assert f"remove {path.parent} and make it again: unisono dedup" in found["recordings"].mend
    assert found["tracks"].state == "ok"


def test_a_damaged_index_is_built_again(root):
    path = Catalogue.open(root).index_path() / "tracks.vectors"
    path.write_bytes(path.read_bytes()[:-2])
    found = {finding.subject: finding for finding in examine(root)}
    assert found["index"].state == "missing"
    assert "unisono index" in found["index"].mend


def test_a_model_that_is_not_installed_is_said(root):
    found = {finding.subject: finding for finding in examine(root)}
    assert found["its model"].state == "missing"  # the made-up catalogue names a model "m"
    assert "model m" in found["its model"].seen


def test_no_catalogue_and_an_empty_one(tmp_path):
    (finding,) = examine(tmp_path / "nothing")
    assert finding.state == "missing"
    Catalogue.create(tmp_path / "new")
    (finding,) = examine(tmp_path / "new")
    assert (finding.state, "unisono run" in finding.mend) == ("note", True)
