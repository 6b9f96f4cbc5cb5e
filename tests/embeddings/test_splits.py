from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.errors import SourceError
from embeddings.library import LibraryTrack
from embeddings.splits import PARTS, check_leaks, split


def track(number: int, recording: str, artist: str = "") -> LibraryTrack:
    return LibraryTrack(Path(f"{number}.ogg"), recording, artist, "")


labels = st.lists(st.tuples(st.integers(0, 30), st.integers(0, 12)), max_size=60)


@given(labels, st.integers(0, 5))
def test_no_recording_and_no_artist_stands_in_two_parts(pairs: list[tuple[int, int]], seed: int) -> None:
    tracks = [track(i, f"r{r}", f"a{a}" if a else "") for i, (r, a) in enumerate(pairs)]
    parts = split(tracks, seed=seed)
    assert sorted(t.path for part in parts.values() for t in part) == sorted(t.path for t in tracks)
    for name in ("recording", "artist"):
        homes: list[set[str]] = [{getattr(t, name) for t in parts[part]} - {""} for part in PARTS]
        assert sum(map(len, homes)) == len(set().union(*homes))


def test_parts_are_about_as_large_as_stated() -> None:
    parts = split([track(i, f"r{i}") for i in range(2000)], seed=0)
    shares = [len(parts[part]) / 2000 for part in PARTS]
    assert shares == pytest.approx([0.7, 0.1, 0.2], abs=0.03)


def test_more_tracks_move_none_of_the_others() -> None:
    few = split([track(i, f"r{i}") for i in range(50)], seed=0)
    many = split([track(i, f"r{i}") for i in range(100)], seed=0)
    assert all(set(few[part]) <= set(many[part]) for part in PARTS)


def test_a_leak_is_named() -> None:
    with pytest.raises(SourceError, match="artist 'jester' is in train and in test"):
        check_leaks({"train": [track(1, "r1", "jester")], "test": [track(2, "r2", "jester")]})
