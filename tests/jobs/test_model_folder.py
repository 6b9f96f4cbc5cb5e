"""One model for question and index: vectors of two models cannot be compared."""

import shutil
from pathlib import Path

import pytest

from catalog.errors import CatalogError
from jobs.model_folder import model_digest, model_folder
from jobs.similar import find_similar
from models import released_model
from tests.jobs.similar_world import SIZE, unit, write_few

SAME = model_digest(released_model())


def catalogue_of(folder, rng, heard_with, built_with):
    vectors = unit(rng.normal(size=(5, SIZE)))
    model = released_model().name
    return write_few(folder, [{}] * 5, vectors, model=model, heard_with=heard_with, built_with=built_with)


@pytest.mark.parametrize(
    ("heard_with", "built_with"),
    [
        ({}, {"model": "older"}),
        ({"model_digest": "new"}, {"model_digest": "old"}),
        ({"model_digest": "new"}, {"model": released_model().name, "model_digest": "old"}),
    ],
)
def test_a_file_is_not_compared_with_an_index_of_another_model(tmp_path, rng, heard_with, built_with):
    catalogue = catalogue_of(tmp_path / "cat", rng, heard_with, built_with)
    with pytest.raises(CatalogError, match=r"index is of another model .* run: unisono index --catalog"):
        model_folder(catalogue.root, catalogue.state)
    file = tmp_path / "any.flac"
    file.write_bytes(b"never opened")
    with pytest.raises(CatalogError, match="index is of another model"):
        find_similar(catalogue, str(file), k=2)
    assert len(find_similar(catalogue, "t0", k=4)) == 4  # asks the index about itself


@pytest.mark.parametrize(
    ("heard_with", "built_with"),
    [
        ({}, {}),
        ({"model_digest": SAME}, {}),  # built before indexes said so
        ({"model_digest": SAME}, {"model": released_model().name, "model_digest": SAME}),
    ],
)
def test_an_index_of_the_same_model_is_asked(tmp_path, rng, heard_with, built_with):
    catalogue = catalogue_of(tmp_path / "cat", rng, heard_with, built_with)
    assert model_folder(catalogue.root, catalogue.state) == released_model()


def heard_with_own(tmp_path, rng):
    mine = Path(shutil.copytree(released_model(), tmp_path / released_model().name))
    given = {"model_folder": str(mine), "model_digest": SAME}
    catalogue = catalogue_of(tmp_path / "cat", rng, given, {"model": mine.name, "model_digest": SAME})
    assert model_folder(catalogue.root, catalogue.state) == mine
    return mine, catalogue


def test_a_model_that_was_trained_on_since_is_not_asked(tmp_path, rng):
    mine, catalogue = heard_with_own(tmp_path, rng)
    weights = bytearray((mine / "weights.safetensors").read_bytes())
    weights[-1] ^= 1
    (mine / "weights.safetensors").write_bytes(weights)
    with pytest.raises(CatalogError, match=rf"is another one .* unisono analyze --catalog .* --model {mine}"):
        model_folder(catalogue.root, catalogue.state)


def test_a_model_that_was_moved_is_missed_with_the_mend(tmp_path, rng):
    mine, catalogue = heard_with_own(tmp_path, rng)
    mine.rename(tmp_path / "elsewhere")
    with pytest.raises(CatalogError, match=r"not in .* any more; put it back, or say where it is now: unisono analyze"):
        model_folder(catalogue.root, catalogue.state)
