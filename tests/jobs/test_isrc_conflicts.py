"""One code on several songs is a mistake to mend; on several recordings of one song, or copies, it is none."""

from contextlib import ExitStack
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from catalog.runs import Stage
from dedup.records import TextFile
from jobs.isrc_conflicts import conflicting, isrc_problems

CASES = [
    ([7, 7, 0], [0, 1, 2], [0, 1]),
    ([7, 7, 0], [0, 0, 2], []),
    ([7, 7, 7, 9, 9], [0, 0, 2, 3, 3], [0, 1, 2]),
    ([0, 0, 0], [0, 1, 2], []),
    ([], [], []),
]


@pytest.mark.parametrize(("isrc", "song", "places"), CASES)
def test_conflicting(isrc: list[int], song: list[int], places: list[int]) -> None:
    assert conflicting(np.array(isrc, np.uint64), np.array(song, np.int64)).tolist() == places


def write_texts(folder: Path, columns: dict[str, list[str]]) -> Path:
    """Some text columns of record files."""
    with ExitStack() as files:
        for name, texts in columns.items():
            TextFile(folder, name, files).append(pa.array(texts, pa.large_string()))
    return folder


def named(tmp_path: Path, titles: list[str], song: list[int]) -> list[str]:
    """The messages of tracks t0, t1, ... that share one code."""
    ids = [f"t{number}" for number in range(len(titles))]
    columns = {"track_id": ids, "title": titles, "artist": ["Ann"] * len(titles), "isrc_code": ["X"] * len(titles)}
    found = isrc_problems(write_texts(tmp_path, columns), np.array(song), Stage("clusters"))
    assert [problem["track_id"] for problem in found] == ids
    return [problem["message"] for problem in found]


def test_a_message_names_a_track_of_another_song_and_not_another_title_of_this(tmp_path: Path) -> None:
    messages = named(tmp_path, ["Sun", "Sun (Live)", "Rain"], [0, 0, 2])
    assert ["(t2)" in text for text in messages] == [True, True, False]
    assert "'Sun' by Ann (t0)" in messages[2]


def test_songs_of_one_title_name_one_another(tmp_path: Path) -> None:
    first, second = named(tmp_path, ["Sun", "Sun"], [0, 1])
    assert "(t1)" in first
    assert "(t0)" in second
