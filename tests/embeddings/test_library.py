from pathlib import Path

import numpy as np
import pytest
import soundfile

from catalog.errors import SourceError
from embeddings.library import read_library


def tone(path: Path, seconds: float = 1.0) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    soundfile.write(path, 0.1 * np.sin(np.arange(int(16000 * seconds)) / 20), 16000)


def test_without_a_catalogue_each_file_is_its_own_recording(tmp_path: Path) -> None:
    for name in ("a/one.wav", "two.flac"):
        tone(tmp_path / name)
    (tmp_path / "cover.txt").write_text("no audio")
    tracks = read_library(tmp_path)
    assert [track.recording for track in tracks] == ["a/one.wav", "two.flac"]


def test_catalogue_and_truth_name_recordings_and_artists(tmp_path: Path) -> None:
    tone(tmp_path / "x.wav")
    (tmp_path / "catalogue.csv").write_text(
        "track_id,artist,album,audio_path\n1,The Näme,Al&bum,x.wav\n2,Other,,y.wav\n3,Nobody,,\n", encoding="utf-8"
    )
    (tmp_path / "truth.csv").write_text("track_id,recording_id,artist_truth\n1,rec9,the real name\n")
    one, two = read_library(tmp_path)
    assert (one.recording, one.artist, one.album) == ("rec9", "the real name", "al and bum")
    assert (two.recording, two.artist) == ("y.wav", "other")


def test_a_path_that_leads_out_of_the_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "catalogue.csv").write_text("track_id,audio_path\n1,../secret.wav\n")
    with pytest.raises(SourceError, match=r"catalogue.csv:2.*secret"):
        read_library(tmp_path)


def test_no_audio_is_a_source_error(tmp_path: Path) -> None:
    with pytest.raises(SourceError):
        read_library(tmp_path)


@pytest.mark.parametrize("text", [b"audio_path,artist\na.wav,Bj\xf6rk\n", b'audio_path\n"' + b"a" * 200_000 + b'"\n'])
def test_a_list_that_is_no_csv_in_utf_8_is_a_source_error(tmp_path: Path, text: bytes) -> None:
    (tmp_path / "catalogue.csv").write_bytes(text)
    with pytest.raises(SourceError, match=r"catalogue.csv.*UTF-8"):
        read_library(tmp_path)


def test_rows_without_an_id_have_no_truth(tmp_path: Path) -> None:
    (tmp_path / "catalogue.csv").write_text("audio_path\nx.wav\ny.wav\n")
    (tmp_path / "truth.csv").write_text("audio_path,recording_id\nx.wav,r1\ny.wav,r2\n")
    assert [track.recording for track in read_library(tmp_path)] == ["x.wav", "y.wav"]


def test_a_path_that_is_none_is_refused(tmp_path: Path) -> None:
    (tmp_path / "catalogue.csv").write_text("audio_path\nx.wav\na\0b.wav\n")
    with pytest.raises(SourceError, match=r"catalogue.csv:3.*a.x00b.wav"):
        read_library(tmp_path)


def tagged(path: Path, artist: str, album: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with soundfile.SoundFile(path, "w", 16000, 1) as file:
        file.artist, file.album = artist, album or "-"
        file.write(np.random.default_rng(len(str(path))).normal(size=1000) / 10)


def test_artists_are_told_by_their_main_name_and_placeholders_are_nobody(tmp_path: Path) -> None:
    given = [
        ("The Owls", "Day"),
        ("Owls feat. Ana Lo", "Day"),
        ("Unknown Artist", "Unknown Album"),
        ("Various Artists", ""),
    ]
    for number, (artist, album) in enumerate(given):
        tagged(tmp_path / f"{number}.flac", artist, album)
    found = [(track.artist, track.album) for track in read_library(tmp_path)]
    assert found == [("owls", "day"), ("owls", "day"), ("", ""), ("", "")]


def test_equal_files_are_one_recording(tmp_path: Path) -> None:
    for name, seconds in (("b/one.wav", 1.0), ("a/one (1).wav", 1.0), ("two.wav", 2.0)):
        tone(tmp_path / name, seconds)
    (tmp_path / "two.wav").write_bytes((tmp_path / "two.wav").read_bytes())
    other = bytearray((tmp_path / "two.wav").read_bytes())
    other[-1] ^= 1
    (tmp_path / "three.wav").write_bytes(other)  # of the same size
    recordings = {track.path.name: track.recording for track in read_library(tmp_path)}
    assert recordings["one.wav"] == recordings["one (1).wav"] == "a/one (1).wav"
    assert (recordings["two.wav"], recordings["three.wav"]) == ("two.wav", "three.wav")


@pytest.mark.parametrize("text", ["", "title,artist\nSong,Someone\n", "track_id;audio_path\n1;x.wav\n"])
def test_a_list_without_audio_is_told_from_a_folder_without(tmp_path: Path, text: str) -> None:
    tone(tmp_path / "x.wav")
    (tmp_path / "catalogue.csv").write_text(text)
    with pytest.raises(SourceError, match=r"catalogue.csv lists no audio in a column audio_path"):
        read_library(tmp_path)
