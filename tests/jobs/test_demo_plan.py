"""The demo's plan is reproducible, plants what it says, and its truth and rows agree; its files are what they claim."""

import csv
import json
from collections import Counter
from random import Random

import av
import numpy as np
import pytest

from catalog.errors import UsageError
from catalog.schema import DELIVERED_FIELDS
from jobs import demo
from jobs.demo_audio import CODECS, RATE, encode, treated, write_bad
from jobs.demo_names import misspelt
from jobs.demo_plan import EXPECTATIONS, EXTENSION, Treatment
from jobs.demo_plants import make_plan
from jobs.demo_retags import RETAGS


@pytest.fixture(scope="module")
def plan():
    return make_plan(7)


def test_the_same_seed_plans_the_same_catalogue(plan):
    again, other = make_plan(7), make_plan(8)
    assert [track.row for track in plan.tracks] == [track.row for track in again.tracks]
    assert plan.planted == again.planted
    assert [track.row for track in plan.tracks] != [track.row for track in other.tracks]


@pytest.mark.parametrize("seed", range(12))
def test_every_seed_plants_every_kind(seed):
    plan = make_plan(seed)
    recordings = {track.track_id: track.recording_id for track in plan.tracks}
    songs = {track.track_id: track.song_id for track in plan.tracks}
    artists = {track.track_id: track.names[0][1] for track in plan.tracks if track.names}
    assert set(RETAGS) < {one.kind for one in plan.planted}
    assert {one.expectation for one in plan.planted} == set(EXPECTATIONS)
    for one in plan.planted:
        kinds = [{truth[key] for key in one.track_ids if key in truth} for truth in (recordings, songs, artists)]
        counts = tuple(map(len, kinds))
        if one.expectation == "one recording":
            assert counts[0] == 1
            assert len(one.track_ids) > 1
        elif one.expectation == "several recordings":
            assert counts[:2] == (2, 2)
        elif one.expectation == "one song, several recordings":
            assert counts[:2] == (2, 1)
        elif one.expectation == "several artists":
            assert counts[2] == 2
        elif one.expectation == "one artist":
            assert counts[2] == 1


def test_namesakes_share_nothing_but_their_name(plan):
    ids = next(one.track_ids for one in plan.planted if one.kind == "namesakes")
    tracks = [track for track in plan.tracks if track.track_id in ids]
    assert len({track.names[0][0] for track in tracks}) == 1
    for what in ("country", "album", "genre"):
        values = {(track.names[0][1], track.row[what]) for track in tracks}
        assert len(values) == len({value for _, value in values}) == 2


def test_no_source_lists_a_recording_twice(plan):
    listed = Counter((track.source, track.recording_id) for track in plan.tracks)
    repeated = [key for key, count in listed.items() if count > 1]
    assert len(repeated) == 1  # the row that is planted twice
    ids = Counter(track.track_id for track in plan.tracks)
    assert [count for count in ids.values() if count > 1] == [2]


def test_rows_use_known_columns_and_several_scripts(plan):
    assert all(set(track.row) <= set(DELIVERED_FIELDS) for track in plan.tracks)
    text = " ".join(track.row["title"] + track.row["artist"] for track in plan.tracks)
    for low, high in (("\u00c0", "\u024f"), ("\u0400", "\u04ff"), ("\u4e00", "\u9fff")):
        assert any(low <= letter <= high for letter in text)


def test_a_misspelling_is_one_slip():
    for seed in range(200):
        text = misspelt("Amber Telescope", Random(seed))
        assert text != "Amber Telescope"
        assert abs(len(text) - 15) <= 1
        assert text[0] == "A"  # people get the first letter right


def test_treatments_pad_cut_and_scale():
    music = np.full((4 * RATE, 2), 0.2, dtype=np.float32)
    treatment = Treatment("mp3", pad_start=1.0, cut_end=1.5, gain_db=20.0)
    changed = treated(music, treatment)
    assert len(changed) / RATE == pytest.approx(4 + treatment.added_s)
    assert changed[: RATE - 1].max() == 0
    assert changed.max() == 1  # clipped


@pytest.mark.parametrize("codec", sorted(EXTENSION))
def test_a_file_decodes_to_what_was_encoded(codec, tmp_path):
    time = np.arange(2 * RATE) / RATE
    music = np.stack([0.5 * np.sin(2 * np.pi * 440 * time), 0.3 * np.sin(2 * np.pi * 660 * time)], axis=1)
    files = [tmp_path / f"{number}.{EXTENSION[codec]}" for number in (1, 2)]
    for file in files:
        encode(music.astype(np.float32), file, codec=codec, tags={"title": "Déjà vu", "artist": "Лада"})
    with av.open(str(files[0])) as container:
        stream = container.streams.audio[0]
        tags = {**container.metadata, **stream.metadata}
        rate = stream.rate
        left = np.concatenate([as_float(frame)[0] for frame in container.decode(stream)])
    assert len(left) / rate == pytest.approx(2.0, abs=0.1)
    spectrum = np.abs(np.fft.rfft(left[: 2 * rate]))
    assert np.fft.rfftfreq(len(left[: 2 * rate]), 1 / rate)[spectrum.argmax()] == pytest.approx(440, abs=2)
    if codec != "wav":  # a WAV file's tags have no stated encoding
        assert tags.get("title", tags.get("TITLE")) == "Déjà vu"
    if codec in CODECS:
        assert files[0].read_bytes() == files[1].read_bytes()


def as_float(frame):
    data = frame.to_ndarray()
    if not frame.format.is_planar:
        data = data.reshape(-1, len(frame.layout.channels)).T
    return data / 32768 if data.dtype == np.int16 else data


def test_bad_files_are_bad(tmp_path):
    for bad in ("empty", "text"):
        write_bad(bad, tmp_path / f"{bad}.mp3", codec="mp3")
        with pytest.raises((av.error.InvalidDataError, av.error.EOFError)):
            av.open(str(tmp_path / f"{bad}.mp3"))
    write_bad("missing", tmp_path / "missing.ogg", codec="vorbis")
    assert not (tmp_path / "missing.ogg").exists()


@pytest.fixture
def quick(monkeypatch):
    """Short sounds instead of rendered music: these tests are about the folder."""
    noise = np.random.default_rng(1).uniform(-0.1, 0.1, (4 * RATE, 2)).astype(np.float32)
    monkeypatch.setattr(demo, "sound", lambda recording: noise)


def test_a_sample_is_written_once_and_mended_when_damaged(quick, tmp_path):
    sample = demo.make_sample(tmp_path / "sample", seed=3)
    assert sample.made
    with sample.catalogue.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == sample.tracks
    absent = [row["track_id"] for row in rows if not (sample.folder / row["audio_path"]).exists()]
    planted = json.loads((sample.folder / "planted.json").read_text())
    assert [absent] == [one["track_ids"] for one in planted if one["kind"] == "bad file: missing"]
    assert not demo.make_sample(tmp_path / "sample", seed=3).made

    (sample.folder / rows[0]["audio_path"]).write_bytes(b"cut")
    assert demo.make_sample(tmp_path / "sample", seed=3).made
    for mark in ("[]", "null", '{"version": 1, "seed": 3}', '{"version": 1, "seed": 3, "files": []}'):
        (sample.folder / "sample.json").write_text(mark)
        assert not demo.is_complete(sample.folder, 3)
    assert demo.make_sample(tmp_path / "sample", seed=3).made
    with pytest.raises(UsageError, match="another seed"):
        demo.make_sample(tmp_path / "sample", seed=4)


def test_a_sample_never_lands_among_other_files(tmp_path):
    (tmp_path / "mine.txt").write_text("keep")
    with pytest.raises(UsageError, match="not an empty folder"):
        demo.make_sample(tmp_path)
