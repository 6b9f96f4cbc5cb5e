"""Artist ids from run to run."""

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from catalog.schema import ARTISTS
from catalog.store import Catalogue
from jobs.artist_ids import keep_ids, read_redirects, read_since, renamed

Credits = dict[str, str]  # track id -> artist id


def publish(catalogue: Catalogue, credits: Credits, now: str) -> Credits:
    """A run whose artists, before ids are kept, are these; returns what the published table has."""
    staging = catalogue.stage("artists")
    half = len(credits) // 2
    items = list(credits.items())
    for number, part in enumerate((items[:half], items[half:])):
        rows = [{"track_id": t, "position": 0, "name": "n", "artist_id": a, "confidence": 1.0} for t, a in part]
        pq.write_table(pa.Table.from_pylist(rows, schema=ARTISTS), staging / f"part-{number}.parquet")
    keep_ids(catalogue, staging, now)
    catalogue.publish({"artists": catalogue.seal("artists", staging, inputs={"now": now}, parameters={})})
    table = catalogue.read("artists", ["track_id", "artist_id"])
    return dict(zip(*(column.to_pylist() for column in table.columns), strict=True))


@pytest.fixture
def catalogue(tmp_path: Path) -> Catalogue:
    return Catalogue.create(tmp_path / "cat")


FIRST = {"t1": "a-x", "t2": "a-x", "t3": "a-x", "t4": "a-x~1", "t5": "a-x~1", "t6": "a-y"}


def test_the_first_run_and_one_without_changes_keep_the_ids_as_they_are(catalogue: Catalogue) -> None:
    assert publish(catalogue, FIRST, "r1") == FIRST
    assert publish(catalogue, FIRST, "r2") == FIRST
    assert read_redirects(catalogue) == read_since(catalogue) == {}


def test_an_artist_keeps_its_id_when_a_namesake_outgrows_it(catalogue: Catalogue) -> None:
    publish(catalogue, FIRST, "r1")
    grown = {"t1": "a-x~9", "t2": "a-x~9", "t3": "a-x~9", **dict.fromkeys(("t4", "t5", "t7", "t8", "t9"), "a-x")}
    found = publish(catalogue, {**grown, "t6": "a-y"}, "r2")
    assert {found[t] for t in ("t1", "t2", "t3")} == {"a-x"}
    assert {found[t] for t in ("t4", "t5", "t7", "t8", "t9")} == {"a-x~1"}
    assert read_redirects(catalogue) == {}


def test_of_two_that_merge_the_older_survives_and_the_other_redirects(catalogue: Catalogue) -> None:
    publish(catalogue, FIRST, "r1")
    new = {f"n{i}": "a-z" for i in range(9)}
    publish(catalogue, FIRST | new, "r2")
    assert read_since(catalogue) == {"a-z": "r2"}
    found = publish(catalogue, dict.fromkeys(FIRST | new, "a-z") | {"t1": "a-x", "t2": "a-x", "t3": "a-x"}, "r3")
    assert {found[t] for t in ("n0", "t4", "t6")} == {"a-x~1"}
    assert found["t1"] == "a-x"
    assert read_redirects(catalogue) == {"a-z": "a-x~1", "a-y": "a-x~1"}
    found = publish(catalogue, dict.fromkeys(FIRST | new, "a-z"), "r4")
    assert set(found.values()) == {"a-x~1"}
    assert read_redirects(catalogue) == {"a-z": "a-x~1", "a-y": "a-x~1", "a-x": "a-x~1"}


def test_an_id_redirects_no_longer_when_whom_it_led_to_is_gone(catalogue: Catalogue) -> None:
    publish(catalogue, FIRST, "r1")
    merged = {track: "a-x" if id_ == "a-x~1" else id_ for track, id_ in FIRST.items()}
    publish(catalogue, merged, "r2")
    assert read_redirects(catalogue) == {"a-x~1": "a-x"}
    publish(catalogue, {"t6": "a-y"}, "r3")
    assert read_redirects(catalogue) == {}


def test_an_id_that_means_somebody_else_is_not_given_again(catalogue: Catalogue) -> None:
    publish(catalogue, {"t1": "a-x", "t2": "a-x"}, "20260101-0000-abcd")
    found = publish(catalogue, {"t1": "a-y", "t2": "a-y", "t3": "a-x"}, "20260102-0000-ef01")
    assert found == {"t1": "a-x", "t2": "a-x", "t3": "a-x-2"}
    assert read_since(catalogue) == {"a-x-2": "20260102-0000-ef01"}


def test_an_artist_that_was_away_has_its_id_age_and_redirects_again(catalogue: Catalogue) -> None:
    publish(catalogue, {"t6": "a-y"}, "r1")
    publish(catalogue, {"t6": "a-y", "t1": "a-x", "t2": "a-x~1"}, "r2")
    merged = publish(catalogue, {"t6": "a-y", "t1": "a-x", "t2": "a-x"}, "r3")
    publish(catalogue, {"t6": "a-y"}, "r4")
    assert read_redirects(catalogue) == {}
    assert publish(catalogue, {"t6": "a-y", "t1": "a-x~9", "t2": "a-x~9"}, "r5") == merged
    assert read_since(catalogue)["a-x"] == "r2"
    assert read_redirects(catalogue) == {"a-x~1": "a-x"}


def test_a_name_whose_tracks_are_away_is_the_same_artist_of_other_tracks(catalogue: Catalogue) -> None:
    publish(catalogue, FIRST, "r1")
    publish(catalogue, {"t1": "a-x"}, "r2")
    assert publish(catalogue, {"t1": "a-x", "n1": "a-y"}, "r3")["n1"] == "a-y"
    assert publish(catalogue, FIRST | {"n1": "a-y"}, "r4") == FIRST | {"n1": "a-y"}


def test_renaming_leaves_all_else() -> None:
    ids = pa.chunked_array([["a", None], ["b"]], pa.string())
    assert renamed(ids, {"a": "c"}).to_pylist() == ["c", None, "b"]
    assert renamed(ids, {}) is ids
