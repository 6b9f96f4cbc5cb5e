"""Recording ids from run to run, in the catalogue."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from catalog.runs import Stage
from catalog.store import Catalogue
from dedup.records import ADDED, NUMBERS, TEXTS, writing
from jobs.clusters import Clusters
from jobs.recordings import read_redirects, write_recordings


@pytest.fixture
def catalogue(tmp_path: Path) -> Catalogue:
    return Catalogue.create(tmp_path / "cat")


def publish(catalogue: Catalogue, folder: Path, label: list[int], tracks: str = "abcd") -> list[str]:
    """The recording ids of tracks clustered so."""
    folder.mkdir(exist_ok=True)
    count = len(label)
    texts = {name: pa.array(list(tracks[:count]) if name == "track_id" else [""] * count) for name in TEXTS}
    numbers = {name: np.arange(count) if name == "row" else np.zeros(count, kind) for name, kind in NUMBERS.items()}
    with writing(folder) as writer:
        writer.append(texts | numbers)
    for name, kind in ADDED.items():
        np.zeros(count, kind).tofile(folder / f"{name}.bin")
    found = Clusters(np.array(label), np.array(label), np.ones(count))
    origin = {"inputs": {"now": str(label)}, "parameters": {}}
    catalogue.publish({"recordings": write_recordings(catalogue, folder, found, Stage("clusters"), origin)})
    ids: list[str] = catalogue.read("recordings", ["recording_id"]).column(0).to_pylist()
    return ids


def test_an_id_that_is_given_again_redirects_no_longer(catalogue: Catalogue, tmp_path: Path) -> None:
    first = publish(catalogue, tmp_path / "r", [0, 1, 2, 2])
    joined = publish(catalogue, tmp_path / "r", [0, 0, 2, 2])
    assert read_redirects(catalogue)[first[1]] == joined[0]
    assert publish(catalogue, tmp_path / "r", [0, 1, 2, 2]) == first
    assert read_redirects(catalogue) == {}


def test_an_id_redirects_no_longer_when_what_it_led_to_is_gone(catalogue: Catalogue, tmp_path: Path) -> None:
    publish(catalogue, tmp_path / "r", [0, 0, 2, 3])
    publish(catalogue, tmp_path / "r", [0, 0, 2, 2])
    assert len(read_redirects(catalogue)) == 2  # of a recording and of a song
    publish(catalogue, tmp_path / "r", [0, 0], "ab")
    assert read_redirects(catalogue) == {}


def test_tracks_that_were_away_have_their_id_age_and_redirects_again(catalogue: Catalogue, tmp_path: Path) -> None:
    publish(catalogue, tmp_path / "r", [0, 1, 2], "abc")
    before = publish(catalogue, tmp_path / "r", [0, 1, 1], "dca")  # "a" gave the older id, "c" is first now
    redirects, since = read_redirects(catalogue), catalogue.read("recordings", ["recording_id_since"])
    publish(catalogue, tmp_path / "r", [0], "d")
    assert publish(catalogue, tmp_path / "r", [0, 1, 1], "dca") == before
    assert read_redirects(catalogue) == redirects
    assert catalogue.read("recordings", ["recording_id_since"]).equals(since)


def test_an_id_that_led_elsewhere_is_never_another_recordings(catalogue: Catalogue, tmp_path: Path) -> None:
    publish(catalogue, tmp_path / "r", [0], "y")
    whole = publish(catalogue, tmp_path / "r", [0, 1, 1, 1], "ytuv")
    apart = publish(catalogue, tmp_path / "r", [0, 1, 2, 2], "ytuv")
    assert apart[2] == whole[1] != apart[1] == f"{whole[1]}-2"  # the track "t" gave the id that "u" and "v" keep
    publish(catalogue, tmp_path / "r", [0, 0, 0, 0], "ytuv")
    publish(catalogue, tmp_path / "r", [0, 0, 0], "yuv")
    joined = publish(catalogue, tmp_path / "r", [0, 1, 0, 0, 1], "ytuvw")
    assert joined[1] not in whole
    assert read_redirects(catalogue)[whole[1]] == joined[0]


def test_a_redirect_follows_most_of_the_tracks(catalogue: Catalogue, tmp_path: Path) -> None:
    publish(catalogue, tmp_path / "r", [0, 0, 0], "abc")
    second = publish(catalogue, tmp_path / "r", [0, 0, 0, 3, 3], "abcuv")
    publish(catalogue, tmp_path / "r", [0, 0, 0, 0, 0, 5], "abcuvw")
    assert read_redirects(catalogue)[second[3]] == second[0]
    third = publish(catalogue, tmp_path / "r", [0, 0, 0, 3, 3, 3], "abcuvw")
    assert read_redirects(catalogue)[second[3]] == third[5]
    assert publish(catalogue, tmp_path / "r", [0, 0, 0, 3, 3, 5], "abcuvw")[3] == third[5]  # the larger part keeps it


def test_what_is_parted_again_has_its_id_again(catalogue: Catalogue, tmp_path: Path) -> None:
    publish(catalogue, tmp_path / "r", [0, 0, 0, 3], "abcv")
    apart = publish(catalogue, tmp_path / "r", [0, 0, 0, 3, 3], "abcuv")  # "v" gave the id, "u" is first now
    publish(catalogue, tmp_path / "r", [0, 0, 0, 0, 0], "abcuv")
    assert publish(catalogue, tmp_path / "r", [0, 0, 0, 3, 3], "abcuv") == apart
    assert read_redirects(catalogue) == {}
