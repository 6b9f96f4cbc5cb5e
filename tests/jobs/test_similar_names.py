"""What a question names: rivals, copies that were heard, artists credited twice, and names that no file can have."""

import io
import json
import sys
from types import SimpleNamespace

import pyarrow as pa
import pyarrow.feather as feather
import pytest

from catalog.errors import CatalogError, UsageError
from jobs.similar import look_up
from jobs.similar_find import find_choices
from jobs.similar_formats import FORMATS, print_answers
from jobs.similar_options import SimilarOptions
from jobs.similar_query import Ears
from jobs.similar_space import Space
from tests.jobs.similar_world import SIZE, unit, write_few, write_world


@pytest.fixture(scope="module")
def space(tmp_path_factory):
    return Space.open(write_world(tmp_path_factory.mktemp("names") / "cat").root)


def ask(space, **options):
    return look_up(space, SimilarOptions(**options))


def named(title, artist):
    return {"title": title, "title_core": title.lower(), "artist": artist, "artist_core": artist.lower()}


def choirs(folder, rng, songs):
    """One title, a recording by another choir for each song named."""
    tracks = [named("Silent Night", f"Choir {letter}") for letter, _ in zip("abcdefghijklm", songs, strict=False)]
    of = [(f"r{i}", song) for i, song in enumerate(songs)]
    return Space.open(write_few(folder, tracks, unit(rng.normal(size=(len(songs), SIZE))), of=of).root)


@pytest.mark.parametrize("rival", ["other", None])
def test_a_rival_is_seen_behind_ten_recordings_of_one_song(tmp_path, rng, rival):
    space = choirs(tmp_path / "cat", rng, [*["one"] * 10, rival])
    assert "t10" not in {choice.track_id for choice in find_choices(space.cards, "silent night")}
    with pytest.raises(UsageError, match="may mean several tracks"):
        ask(space, find=("silent night",))


def test_many_recordings_of_one_song_are_no_rivals(tmp_path, rng):
    space = choirs(tmp_path / "cat", rng, ["one"] * 12)
    assert ask(space, find=("silent night",), fold=False).said[0].startswith("found t0: Choir a - Silent Night")


def test_a_name_whose_track_has_no_audio_is_heard_in_a_copy(tmp_path, rng):
    """The copy of the same recording counts, in whatever order they come; the other version of the song does not."""
    tracks = [named("Blue Moon", "Ella")] * 2 + [named("Blue Moon (Live)", "Ella"), {}, {}]
    vectors = [None, *unit(rng.normal(size=(4, SIZE)))]
    of = [("r", "s"), ("r", "s"), ("live", "s"), ("x", "x"), ("y", "y")]
    space = Space.open(write_few(tmp_path / "cat", tracks, vectors, of=of).root)
    found = ask(space, find=("ella blue moon",), fold=False)
    assert found.said[0].startswith("found t0: Ella - Blue Moon")
    expected = sorted(range(2, 5), key=lambda row: -float(vectors[1] @ vectors[row]))
    assert [answer.track_id for answer in found.answers] == [f"t{row}" for row in expected]
    scores = [float(vectors[1] @ vectors[row]) for row in expected]
    assert [answer.score for answer in found.answers] == pytest.approx(scores, abs=1e-3)


def test_a_name_that_nobody_heard_is_a_clear_error(tmp_path, rng):
    vectors = [None, unit(rng.normal(size=SIZE))]
    space = Space.open(write_few(tmp_path / "cat", [named("Blue Moon", "Ella"), {}], vectors).root)
    with pytest.raises(CatalogError, match="'t0' has no usable audio"):
        ask(space, find=("ella blue moon",))


def test_an_artist_who_is_credited_twice_on_a_track_counts_once(tmp_path, rng):
    vectors = unit(rng.normal(size=(3, SIZE)))
    credits = [("t0", 0, "X", "a-x"), ("t0", 1, "X", "a-x"), ("t1", 0, "X", "a-x"), ("t1", 1, "Y", "a-y")]
    space = Space.open(write_few(tmp_path / "cat", [{}] * 3, vectors, artists=credits).root)
    code = space.cards.code("artist_id", "a-x")
    assert space.cards.groups("artist_id").of(code).tolist() == [0, 1]
    (answer,) = ask(space, artists=("X",)).answers
    assert answer.score == pytest.approx(float(unit(vectors[0] + vectors[1]) @ vectors[2]), abs=1e-3)


NOT_UTF8 = "caf\udce9"


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"seeds": (NOT_UTF8,)}, "neither a track id"),
        ({"seeds": ("t0-1",), "unlike": (NOT_UTF8,)}, "neither a track id"),
        ({"seeds": ("n" * 300,)}, "neither a track id"),
        ({"seeds": ("/" + "n" * 300 + ".flac",)}, "neither a track id"),
        ({"ends": ("t0-1", "n" * 300)}, "neither a track id"),
        ({"artists": (NOT_UTF8,)}, "nobody"),
        ({"recordings": (NOT_UTF8,)}, "has none"),
        ({"find": ("xqzzkj\udce9",)}, "check the spelling"),
        ({"seeds": ("t0-1",), "only": (f"genre={NOT_UTF8}",)}, "has this genre"),
    ],
)  # fmt: skip
def test_a_name_that_cannot_be_is_a_clear_error(space, options, message):
    with pytest.raises(UsageError, match=message):
        ask(space, **options)


def test_a_track_that_cannot_be_is_a_clear_error(space):
    with pytest.raises(CatalogError, match="has no track"):
        space.cards.needed(NOT_UTF8)


def test_a_file_whose_name_is_not_utf8_is_answered_in_every_format(space, tmp_path, monkeypatch):
    path = tmp_path / f"{NOT_UTF8}.flac"
    try:
        path.write_bytes(b"heard")
    except OSError:
        pytest.skip("this file system takes no such names")
    ears = Ears(space)
    ears.__dict__["encoder"] = SimpleNamespace(analyse=lambda _: SimpleNamespace(vector=space.vector(5)))
    for seed in (path, str(path)):
        found = look_up(space, SimilarOptions(seeds=(seed,), k=2), ears)
        assert found.query.endswith("caf\ufffd.flac")
        for format in FORMATS:
            stdout = io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True)
            with monkeypatch.context() as patch:
                patch.setattr(sys, "stdout", stdout)
                print_answers(found.query, found.answers, format)
            written = stdout.buffer.getvalue().decode("utf-8")
            assert "Melody" in written
            if format == "json":
                assert json.loads(written)["query"] == found.query


def test_an_artist_named_with_bytes_that_are_no_letters_is_shown_as_utf8(space):
    found = ask(space, artists=("Singer\udce9 AW",), k=2)
    assert found.query.encode() == b"artist Singer? AW"
    assert "Singer AW" not in {answer.artist for answer in found.answers}


def test_ids_that_were_given_up_are_followed_and_it_is_said(tmp_path):
    catalogue = write_world(tmp_path / "cat")
    became = {"recordings": {"rec-old": "rec-0-1", "rec-lost": "rec-gone"}, "artists": {"a-old": "a-aw"}}
    for table, ids in became.items():
        listed = pa.table({"id": list(ids), "became": list(ids.values())})
        feather.write_feather(listed, catalogue.path(table) / "redirects.arrow", compression="uncompressed")
    space = Space.open(catalogue.root)
    for option, old, now in (("recordings", "rec-old", "rec-0-1"), ("artists", "a-old", "a-aw")):
        found, direct = (ask(space, **{option: (named,)}) for named in (old, now))
        assert [answer.track_id for answer in found.answers] == [answer.track_id for answer in direct.answers]
        assert found.said == (f"{old} was given up: its tracks are now those of {now}",)
        assert direct.said == ()
    with pytest.raises(UsageError, match="has none"):
        ask(space, recordings=("rec-lost",))
