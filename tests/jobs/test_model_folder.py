"""One model for question and index: vectors of two models cannot be compared."""

import pytest

from catalog.errors import CatalogError
from jobs.model_folder import model_folder
from jobs.similar import find_similar
from models import released_model
from tests.jobs.similar_world import SIZE, unit, write_few


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
        ({"model_digest": "new"}, {}),  # built before indexes said so
        ({"model_digest": "new"}, {"model": released_model().name, "model_digest": "new"}),
    ],
)
def test_an_index_of_the_same_model_is_asked(tmp_path, rng, heard_with, built_with):
    catalogue = catalogue_of(tmp_path / "cat", rng, heard_with, built_with)
    assert model_folder(catalogue.root, catalogue.state) == released_model()
