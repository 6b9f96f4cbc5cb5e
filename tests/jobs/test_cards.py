"""The card index as a folder: for whom it is readable, what becomes of damaged, half-made and replaced ones."""

import os
import shutil
import time

import pytest

from catalog.errors import CatalogError
from catalog.state import read_state
from jobs.cards import DONE, FOLDER, Cards, key_of
from jobs.similar import find_similar
from jobs.similar_space import Space
from tests.jobs.similar_world import SIZE, seal, unit, write_few


@pytest.fixture
def catalogue(tmp_path, rng):
    return write_few(tmp_path / "cat", [{"title": f"T{i}"} for i in range(6)], unit(rng.normal(size=(6, SIZE))))


def cards_of(catalogue):
    return catalogue.root.joinpath(*FOLDER)


def asked(catalogue):
    return [(answer.track_id, answer.title) for answer in find_similar(catalogue, "t0", k=5)]


def published_anew(catalogue):
    """The same tracks in a new snapshot, which has cards of its own."""
    catalogue.publish({"tracks": seal(catalogue, "tracks", catalogue.read("tracks").to_pylist())})


@pytest.mark.parametrize("mask", [0o022, 0o027, 0o077])
def test_cards_are_for_whoever_the_umask_lets_read(catalogue, mask):
    before = os.umask(mask)
    try:
        folder = Cards.open(catalogue.root, read_state(catalogue.root)).folder
    finally:
        os.umask(before)
    assert folder.stat().st_mode & 0o777 == 0o777 & ~mask
    assert {path.stat().st_mode & 0o777 for path in folder.iterdir()} == {0o666 & ~mask}


def test_a_folder_of_which_half_was_removed_is_not_asked(catalogue):
    expected = asked(catalogue)
    (folder,) = cards_of(catalogue).iterdir()
    (folder / DONE).unlink()
    (folder / "title.bytes.npy").unlink()
    assert asked(catalogue) == expected
    assert asked(catalogue) == expected


def test_cards_that_cannot_be_finished_leave_nothing_behind(catalogue, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("jobs.cards_build._rows", full)
        with pytest.raises(OSError, match="No space"):
            find_similar(catalogue, "t0", k=1)
    assert list(cards_of(catalogue).iterdir()) == []
    assert len(asked(catalogue)) == 5


def test_what_a_killed_process_left_is_removed_when_it_is_old(catalogue):
    old, fresh = (cards_of(catalogue) / name for name in (".12-0a", ".13-0b"))
    for folder in (old, fresh):
        folder.mkdir(parents=True)
        (folder / "title.bytes.npy").write_bytes(b"half")
    day_before = time.time() - 2 * 24 * 3600
    os.utime(old, (day_before, day_before))
    asked(catalogue)
    key = key_of(catalogue.root, read_state(catalogue.root))
    assert {path.name for path in cards_of(catalogue).iterdir()} == {fresh.name, key}


def test_a_reader_whose_cards_were_replaced_is_told_to_ask_again(catalogue):
    late = Space.open(catalogue.root)
    for _ in range(2):
        published_anew(catalogue)
        asked(catalogue)
    assert not late.cards.folder.exists()
    for column in (lambda: late.cards.shared("song"), lambda: late.cards.texts("title"), lambda: late.vector(0)):
        with pytest.raises(CatalogError, match="is gone, as newer tables were published; ask again"):
            column()


def test_columns_that_are_open_outlive_their_folder(catalogue):
    space = Space.open(catalogue.root)
    title = space.cards.texts("title")
    shutil.rmtree(space.cards.folder)
    assert space.cards.texts("title") is title
    assert title.get(3) == "T3"


@pytest.mark.parametrize(("name", "size"), [("by_id.npy", 0), ("by_id.npy", 100), ("track_id.bytes.npy", 129)])
def test_cards_that_a_power_cut_left_short_are_named(catalogue, name, size):
    expected = asked(catalogue)
    folder = Cards.open(catalogue.root, read_state(catalogue.root)).folder
    os.truncate(folder / name, size)
    with pytest.raises(CatalogError, match=r"is damaged .*; remove it, it is made again"):
        asked(catalogue)
    shutil.rmtree(folder)
    assert asked(catalogue) == expected
