import errno
import json
import os
import wave
from pathlib import Path
from typing import cast

import av
import numpy as np
import pyarrow as pa
import pytest
import soundfile
from av.audio.stream import AudioStream
from hypothesis import given
from hypothesis import strategies as st

from catalog.durations import parse_duration
from catalog.errors import SourceError
from catalog.fingerprint import fingerprint
from catalog.folder import AUDIO_SUFFIXES
from catalog.problems import Problem
from catalog.schema import DELIVERED
from catalog.sources import SourceSpec, read_source

TAGS = {
    "title": "Jóga",
    "artist": "Björk",
    "album": "Homogenic",
    "genre": "Electronic",
    "date": "1997-09-22",
    "track": "2",
}
RATE = 48_000
STARTS = [
    b"",
    b"ID3\x03\0\0",
    b"fLaC",
    b"OggS\0\2",
    b"RIFF\0\0\0\1WAVEfmt ",
    b"\0\0\0\x08ftypM4A ",
    b"\xff\xfb\x90\x44",
]
CODECS = {"mp3": "libmp3lame", "flac": "flac", "ogg": "vorbis", "opus": "libopus", "m4a": "aac", "wav": "pcm_s16le"}


def read(folder, name=None):
    """Rows as dicts by track id, and the problems, of one folder."""
    problems: list[Problem] = []
    batches = list(read_source(SourceSpec(folder, name), on_problem=problems.append))
    assert all(batch.schema == DELIVERED for batch in batches)
    return {row["track_id"]: row for row in pa.Table.from_batches(batches).to_pylist()}, problems


def encode(path, tags, *, seconds=2.0):
    """Write a tone with tags; the format is that of the path's suffix."""
    tone = (np.sin(np.arange(int(seconds * RATE)) / 20) * 9000).astype(np.int16)
    if path.suffix == ".ogg":
        vorbis(path, tags, tone)
        return
    with av.open(str(path), "w") as container:
        container.metadata.update(tags)
        stream = cast(AudioStream, container.add_stream(CODECS[path.suffix[1:]], rate=RATE, layout="mono"))
        frame = av.AudioFrame.from_ndarray(tone[None, :], format="s16", layout="mono")
        frame.sample_rate = RATE
        resampler = av.AudioResampler(format=stream.format.name, layout="mono", rate=RATE, frame_size=stream.frame_size)
        for piece in [*resampler.resample(frame), *resampler.resample(None), None]:
            container.mux(stream.encode(piece))


def vorbis(path, tags, tone):
    with soundfile.SoundFile(path, "w", RATE, 1, format="OGG", subtype="VORBIS") as file:
        for name, value in tags.items():
            setattr(file, {"track": "tracknumber"}.get(name, name), value)
        file.write(tone)


@pytest.mark.parametrize("suffix", list(CODECS))
def test_the_tags_of_every_format_are_read(tmp_path, suffix):
    (tmp_path / "CD 1").mkdir()
    encode(tmp_path / "CD 1" / f"02.{suffix}", TAGS)
    rows, problems = read(tmp_path)
    row = rows[f"CD 1/02.{suffix}"]
    assert problems == []
    assert {name: row[name] for name in ("title", "artist", "album", "genre", "track_number")} == {
        **{name: TAGS[name] for name in ("title", "artist", "album", "genre")},
        "track_number": "2",
    }
    assert (row["year"], row["release_date"]) == ("1997", "1997-09-22")
    assert parse_duration(row["duration"]) == pytest.approx(2.0, abs=0.1)
    assert (row["audio_path"], row["place"], row["root"]) == (row["track_id"], row["track_id"], str(tmp_path))
    assert row["source"] == tmp_path.name


def test_identifiers_discs_and_the_rest_are_kept(tmp_path):
    tags = {"title": "a", "ISRC": "GBAYE9700123", "PUBLISHER": "One Little Indian", "BARCODE": "5016958997021"}
    encode(
        tmp_path / "a.flac",
        tags | {"track": "3", "disc": "2", "LANGUAGE": "isl", "COMPOSER": "x", "LYRICS": "la" * 9999},
    )
    (row,) = read(tmp_path, "label")[0].values()
    assert (row["isrc"], row["label"], row["upc"]) == ("GBAYE9700123", "One Little Indian", "5016958997021")
    assert (row["track_number"], row["language"], row["source"]) == ("2-3", "isl", "label")
    extra = json.loads(row["extra"])
    assert extra["composer"] == "x"
    assert len(extra["lyrics"]) == 1000


def id3(frames):
    """ID3v2.3 whose text frames all claim to be Latin-1."""
    body = b"".join(name + (len(text) + 1).to_bytes(4, "big") + b"\0\0\0" + text for name, text in frames.items())
    return b"ID3\x03\0\0" + bytes(len(body) >> shift & 127 for shift in (21, 14, 7, 0)) + body


@pytest.mark.parametrize(
    ("encoding", "title", "artist"),
    [
        ("cp1251", "Последний трамвай", "Кино"),
        ("cp1251", "Кино", "Кино"),
        ("cp932", "夜に駆ける", "髭男"),
        ("latin-1", "Sæglópur", "Sigur Rós"),
        ("latin-1", "ÀÉÈ", "ÆØÅ"),
    ],
)
def test_tags_that_are_not_latin_as_they_say_are_read_and_reported(tmp_path, encoding, title, artist):
    frames = {b"TIT2": title.encode(encoding), b"TPE1": artist.encode(encoding)}
    (tmp_path / "a.mp3").write_bytes(id3(frames) + b"\xff\xfb\x90\x44" + bytes(413) + b"\xff\xfb\x90\x44" + bytes(413))
    rows, problems = read(tmp_path)
    assert (rows["a.mp3"]["title"], rows["a.mp3"]["artist"]) == (title, artist)
    assert [p.code for p in problems if p.code == "tag_encoding"] == ["tag_encoding"] * (encoding != "latin-1")


def test_other_names_of_tags_are_read(tmp_path):
    tags = {"title": "Song", "version": "Live", "label": "EMI", "upc": "036000291452"}
    encode(tmp_path / "a.flac", tags)
    row = read(tmp_path)[0]["a.flac"]
    assert (row["title"], row["label"], row["upc"]) == ("Song (Live)", "EMI", "036000291452")


def test_files_without_tags_are_named_after_themselves(tmp_path):
    encode(tmp_path / "Artist - Song.opus", {})
    (tmp_path / "raw.aac").write_bytes(b"\xff\xf1" + b"\0" * 64)
    rows, problems = read(tmp_path)
    assert [row["title"] for row in rows.values()] == ["Artist - Song", "raw"]
    assert problems == []


def test_a_file_under_a_wrong_suffix_is_read_by_its_content(tmp_path):
    encode(tmp_path / "a.ogg", TAGS)
    (tmp_path / "a.ogg").rename(tmp_path / "a.mp3")
    rows, problems = read(tmp_path)
    assert (rows["a.mp3"]["title"], problems) == ("Jóga", [])


def test_damaged_files_are_delivered_by_name_and_reported(tmp_path):
    (tmp_path / "empty.mp3").touch()
    (tmp_path / "text.mp3").write_text("no audio here\n" * 100)
    (tmp_path / "bad.flac").write_bytes(b"fLaC" + b"\xff" * 20)
    (tmp_path / "bad.ogg").write_bytes(b"not ogg")
    (tmp_path / "gone.wav").symlink_to(tmp_path / "nothing")
    encode(tmp_path / "good.wav", {})
    rows, problems = read(tmp_path)
    assert {track: row["title"] for track, row in rows.items()} == {
        f"{name}": name.split(".")[0]
        for name in ("empty.mp3", "text.mp3", "bad.flac", "bad.ogg", "gone.wav", "good.wav")
    }
    codes = {problem.track_id: problem.code for problem in problems}
    assert codes.keys() == rows.keys() - {"good.wav"}
    assert (codes["empty.mp3"], codes["text.mp3"], codes["gone.wav"]) == ("empty", "not_audio", "unreadable")
    assert {codes["bad.flac"], codes["bad.ogg"]} <= {"bad_tags", "not_audio"}
    assert all(problem.message.startswith(f"{problem.track_id}: ") for problem in problems)


def test_the_walk_is_sorted_and_stays_inside(tmp_path):
    folder, outside = tmp_path / "music", tmp_path / "private"
    for place in (folder / "b", folder / ".hidden", outside):
        place.mkdir(parents=True)
        encode(place / "x.wav", {})
    encode(folder / "a.wav", {})
    (folder / "._a.wav").touch()
    (folder / "cover.jpg").touch()
    (folder / "outside.wav").symlink_to(outside / "x.wav")
    (folder / "z").symlink_to(outside)
    (folder / "loop").symlink_to(folder)
    (folder / "link.wav").symlink_to(folder / "a.wav")
    assert list(read(folder)[0]) == ["a.wav", "link.wav", "b/x.wav"]


def test_links_that_lead_nowhere_are_reported_and_those_to_no_file_passed_over(tmp_path):
    encode(tmp_path / "a.wav", {})
    (tmp_path / "circle.mp3").symlink_to(tmp_path / "circle.mp3")
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "pipe.mp3").symlink_to(tmp_path / "pipe")
    rows, (problem,) = read(tmp_path)
    assert (list(rows), problem.code, problem.track_id) == (["a.wav", "circle.mp3"], "unreadable", "circle.mp3")


def test_a_folder_that_cannot_be_listed_is_reported(tmp_path, monkeypatch):
    (tmp_path / "closed").mkdir()
    encode(tmp_path / "a.wav", {})
    list_folder = os.scandir

    def scandir(path):
        if str(path).endswith("closed"):
            raise PermissionError(errno.EACCES, "Permission denied", str(path))
        return list_folder(path)

    monkeypatch.setattr(os, "scandir", scandir)
    rows, (problem,) = read(tmp_path)
    assert (list(rows), problem.code) == (["a.wav"], "unreadable")
    assert problem.message.startswith("closed: the folder cannot be listed (Permission denied)")
    with pytest.raises(SourceError, match=r"closed: cannot be read \(Permission denied\)"):
        read(tmp_path / "closed")


def test_a_file_that_may_not_be_looked_at_is_reported(tmp_path, monkeypatch):
    encode(tmp_path / "a.wav", {})
    encode(tmp_path / "b.wav", {})
    refused = PermissionError(errno.EACCES, "Permission denied")

    def closed(function):
        def call(path, *args, **options):
            if path.name == "b.wav":
                raise refused
            return function(path, *args, **options)

        return call

    for name in ("stat", "lstat", "open"):  # as in a folder that may be listed and not entered
        monkeypatch.setattr(Path, name, closed(getattr(Path, name)))
    rows, (problem,) = read(tmp_path)
    assert (list(rows), problem.code, problem.track_id) == (["a.wav", "b.wav"], "unreadable", "b.wav")
    assert fingerprint(tmp_path)["files"] == 1


def test_to_open_a_file_is_a_change(tmp_path, monkeypatch):
    encode(tmp_path / "a.wav", {})
    before = fingerprint(tmp_path)["digest"]
    monkeypatch.setattr(os, "access", lambda *_: False)
    assert fingerprint(tmp_path)["digest"] != before


def test_a_name_that_is_no_text_is_reported(tmp_path):
    encode(tmp_path / "good.wav", {})
    try:
        (tmp_path / "Caf\udce9.wav").touch()
    except OSError:
        pytest.skip("this file system holds UTF-8 names only")
    rows, (problem,) = read(tmp_path)
    assert list(rows) == ["good.wav"]
    assert (problem.code, problem.message[:12]) == ("bad_name", "Caf\\xe9.wav:")


def test_a_folder_without_audio_says_what_it_holds(tmp_path):
    (tmp_path / "notes.txt").touch()
    with pytest.raises(SourceError, match=r"holds no audio \(.*\.flac.*\), but 1 \.txt; name another folder"):
        read(tmp_path)
    with pytest.raises(SourceError, match="no columns to map"):
        read_source(SourceSpec(tmp_path, columns={"a": "title"}), on_problem=print)


def test_a_picture_in_the_tags_is_not_delivered(tmp_path):
    with wave.open(str(tmp_path / "a.wav"), "wb") as file:
        file.setparams((1, 2, 8000, 8000, "NONE", ""))
        file.writeframes(bytes(16_000))
    picture = b"APIC" + (20_000).to_bytes(4, "big") + b"\0\0\0image/png\0\x03\0" + b"\x89PNG" + bytes(20_000 - 17)
    sound = (tmp_path / "a.wav").read_bytes()
    chunk = b"ID3\x03\0\0" + bytes([0, 1, 28, 52]) + picture
    (tmp_path / "a.wav").write_bytes(sound + b"id3 " + len(chunk).to_bytes(4, "little") + chunk)
    rows, problems = read(tmp_path)
    assert len(json.dumps(rows["a.wav"])) < 2000
    assert problems == []


def test_real_files_all_have_a_title_and_a_duration(shared_data):
    rows, problems = read(shared_data / "audio")
    assert [(p.code, rows[p.track_id]["artist"]) for p in problems] == [("tag_encoding", "Александр Желанов")]
    assert all(row["title"] and parse_duration(row["duration"]) for row in rows.values())
    assert len(rows) == sum(
        1 for path in (shared_data / "audio").glob("*/*") if path.suffix in (".ogg", ".opus", ".mp3")
    )


@given(content=st.binary(max_size=300), suffix=st.sampled_from(sorted(AUDIO_SUFFIXES)), start=st.sampled_from(STARTS))
def test_any_bytes_under_any_suffix_give_a_track(tmp_path_factory, content, suffix, start):
    folder = tmp_path_factory.mktemp("any")
    (folder / f"a{suffix}").write_bytes(start + content)
    rows, _ = read(folder)
    assert rows[f"a{suffix}"]["title"]
