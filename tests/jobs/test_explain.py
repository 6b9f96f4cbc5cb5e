"""Explaining with weights that cannot be used."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from catalog.errors import CatalogError, UsageError
from dedup.fields import FIELD_NAMES, FIELDS, MISSING, level_of
from dedup.weights import expected
from jobs import explain
from jobs.explain import as_stored, explain_pair, published_weights


def catalogue(folder: Path) -> Any:
    return SimpleNamespace(root=folder, path=lambda table: folder)


@pytest.mark.parametrize("text", ['{"prior": 0.1, "fields": {"title": {}}}', "not json", "{}"])
def test_weights_of_another_version_are_refused_with_the_mend(tmp_path: Path, text: str) -> None:
    (tmp_path / "weights.json").write_text(text)
    with pytest.raises(CatalogError, match="run: unisono dedup"):
        published_weights(catalogue(tmp_path))


def test_weights_of_this_version_are_read(tmp_path: Path) -> None:
    (tmp_path / "weights.json").write_text(expected().to_json())
    assert published_weights(catalogue(tmp_path)).prior == pytest.approx(expected().prior)


def test_a_track_delivered_later_was_not_compared_yet(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(explain, "said_of", lambda *_: None)
    monkeypatch.setattr(explain, "recordings_of", lambda *_: {"old": "rec-1"})
    tracks = ({"track_id": "old"}, {"track_id": "new"})
    outcome = explain._outcome(catalogue(tmp_path), *tracks, np.zeros((1, len(FIELDS)), np.int8), 9.0)
    assert outcome.startswith("distinct: not compared yet, new was delivered")


def test_a_track_is_not_explained_against_itself(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="t-1 is one track"):
        explain_pair(catalogue(tmp_path), "t-1", "t-1")


def test_releases_align_as_the_stored_match_says() -> None:
    """Read from the catalogue, tracks that were never compared would align, too."""
    levels = np.full((1, len(FIELDS)), MISSING, np.int8)
    at = FIELD_NAMES.index("release")
    levels[0, at] = level_of("release", "several align")
    stored = [{"field": "title", "level": "exact"}, {"field": "release", "level": "one or two align"}]
    assert as_stored(levels, stored)[0, at] == level_of("release", "one or two align")
    assert as_stored(levels, stored[:1])[0, at] == MISSING
    assert as_stored(levels, None)[0, at] == level_of("release", "several align")
