"""The Python API, on a made-up catalogue, and the examples of its documentation as they are printed."""

import re
import shutil
import threading
from pathlib import Path

import pytest

from catalog.errors import CatalogError, UnisonoError
from catalog.store import Catalogue
from jobs.similar import find_similar, look_up
from jobs.similar_options import SimilarOptions
from service.library import Library
from tests.jobs.similar_world import publish, write_world

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def catalogue(tmp_path_factory):
    return write_world(tmp_path_factory.mktemp("library") / "cat")


def renamed(catalogue, title):
    """Publish the same tables with another title for all tracks."""
    tables = {name: catalogue.read(name).to_pylist() for name in ("tracks", "recordings", "artists", "embeddings")}
    for row in tables["tracks"]:
        row["title"] = title
    publish(catalogue, tables)


def test_answers_are_those_of_the_command(catalogue):
    library = Library.open(catalogue.root)
    assert library.similar("t0-1", k=5) == find_similar(catalogue, "t0-1", k=5)
    assert [hit.track_id for hit in library.path("t0-1", "t1-1", k=4)][::3] == ["t0-1", "t1-1"]
    assert library.find("singer ax melody harbour willow")[0].track_id == "t0-1"


def test_recording_tells_copies_from_versions(catalogue):
    found = Library.open(catalogue.root).recording("t0-0")
    assert (found.recording_id, found.song_id) == ("rec-0-0", "song-0-0")
    assert set(found.tracks) == {"t0-0", "t0-0copy"}
    assert found.versions == ["t0-0live"]
    with pytest.raises(CatalogError, match="no track 'nobody'"):
        Library.open(catalogue.root).recording("nobody")


def test_what_is_published_later_is_seen(tmp_path):
    catalogue = write_world(tmp_path / "cat")
    library = Library.open(catalogue.root)
    before = library.similar("t0-1", k=3)
    space = library.space
    assert library.space is space
    renamed(catalogue, "Renamed")
    assert {hit.title for hit in library.similar("t0-1", k=3)} == {"Renamed"}
    assert library.space is not space
    assert before[0].title != "Renamed"


def test_threads_ask_while_others_publish(tmp_path):
    catalogue = write_world(tmp_path / "cat")
    library = Library.open(catalogue.root)
    expected = [hit.track_id for hit in library.similar("t0-1", k=3)]
    wrong, done = [], threading.Event()

    def ask():
        while not done.is_set():
            try:
                hits = library.similar("t0-1", k=3)
            except UnisonoError as error:
                wrong.append(error)
                return
            if [hit.track_id for hit in hits] != expected or len({hit.title for hit in hits} & {"1", "2"}) > 1:
                wrong.append(hits)

    threads = [threading.Thread(target=ask) for _ in range(3)]
    for thread in threads:
        thread.start()
    for title in "12":
        renamed(catalogue, title)
    done.set()
    for thread in threads:
        thread.join()
    assert wrong == []
    assert {hit.title for hit in library.similar("t0-1", k=3)} == {"2"}


def test_a_file_is_identified_in_one_state_whatever_is_published_meanwhile(tmp_path, monkeypatch):
    catalogue = write_world(tmp_path / "cat")
    library = Library.open(catalogue.root)
    asked, current = [], library._current

    def publishing():
        held = current()
        if not asked:
            asked.append(held.state)
            renamed(catalogue, "Renamed")
        return held

    monkeypatch.setattr(library, "_current", publishing)
    monkeypatch.setattr("embeddings.index_segments.SegmentIndex.open", lambda folder: folder)
    monkeypatch.setattr("jobs.similar_query.Ears.encoder", property(lambda self: self.space.cards.state))
    monkeypatch.setattr("jobs.identify.matches_of", lambda *seen: seen)
    published, index, heard, _ = library.identify("any.flac")
    assert published.state == heard == asked[0] != Catalogue.open(catalogue.root).state
    assert index == published.index_path()


def test_a_question_to_a_replaced_state_is_an_error_of_ours(tmp_path):
    catalogue = write_world(tmp_path / "cat")
    late = Library.open(catalogue.root).space
    for title in "12":
        renamed(catalogue, title)
        find_similar(catalogue, "t0-1", k=1)
    with pytest.raises(CatalogError, match="ask again"):
        look_up(late, SimilarOptions(seeds=("t0-1",)))


def test_cards_that_were_removed_are_made_again(tmp_path):
    catalogue = write_world(tmp_path / "cat")
    library = Library.open(catalogue.root)
    before = library.similar("t0-1", k=3)
    shutil.rmtree(catalogue.root / "work")
    assert library.recording("t0-0").recording_id == "rec-0-0"
    assert library.find("singer ax melody harbour willow")[0].track_id == "t0-1"
    shutil.rmtree(catalogue.root / "work")
    assert library.similar("t0-1", k=3) == before


def test_no_catalogue_is_an_error_of_ours(tmp_path):
    with pytest.raises(CatalogError, match="not a catalogue"):
        Library.open(tmp_path / "none")


def test_a_catalogue_that_vanishes_is_an_error_of_ours(tmp_path):
    catalogue = write_world(tmp_path / "cat")
    library = Library.open(catalogue.root)
    shutil.rmtree(catalogue.root)
    with pytest.raises(CatalogError, match="not a catalogue"):
        library.similar("t0-1")


def test_the_examples_of_the_docs_run(catalogue, capsys, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    Path("cat").symlink_to(catalogue.root)
    blocks = re.findall(r"^```python\n(.*?)^```", (ROOT / "docs/api.md").read_text(), re.DOTALL | re.MULTILINE)
    names = {"track-17": "t0-1", "track-42": "t1-1", "track-99": "t2-1"}
    assert len(blocks) >= 2
    scope = {}
    for block in blocks:
        for theirs, ours in names.items():
            block = block.replace(theirs, ours)
        exec(block, scope)
    printed = capsys.readouterr().out.splitlines()
    first = Library.open(catalogue.root).similar("t0-1", k=5)
    assert printed[:5] == [f"{hit.artist} {hit.title} {hit.percentile}" for hit in first]
    assert len(blocks[0].strip().splitlines()) <= 5


def test_a_name_given_alone_is_one_and_not_its_letters(catalogue):
    library = Library.open(catalogue.root)
    asked = "singer ax melody harbour willow"
    assert library.similar(find=asked, k=3) == library.similar(find=[asked], k=3)
    alone = library.similar("t0-1", unlike="t1-1", k=3)
    assert alone == library.similar("t0-1", unlike=["t1-1"], k=3)
