"""What is read of each source, and under which name."""

import pytest

from jobs.ingest import _names, _spec
from jobs.options import IngestOptions

MAPPED = IngestOptions(columns={"Song": "title"})


@pytest.mark.parametrize(("kind", "alone", "columns"), [
    ("file", True, {"Song": "title"}), ("file", False, {"Song": "title"}),
    ("folder", False, {}), ("folder", True, {"Song": "title"}),
])  # fmt: skip
def test_a_mapping_passes_over_folders_beside_tables(tmp_path, kind, alone, columns):
    source = tmp_path / "songs"
    source.mkdir() if kind == "folder" else source.touch()
    assert _spec(source, None, MAPPED, alone=alone).columns == columns


def test_sources_of_one_name_get_their_folder_before_it(tmp_path):
    paths = [tmp_path / "a" / "catalogue.csv", tmp_path / "b" / "catalogue.csv", tmp_path / "shop.csv"]
    assert _names(paths, None) == ["a-catalogue", "b-catalogue", None]
    assert _names(paths, "label") == ["label", "label", "label"]
