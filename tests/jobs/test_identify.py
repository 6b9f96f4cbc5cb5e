"""How `unisono identify` hears a file whose header says little, or something else than it holds."""

import numpy as np
import pytest
import soundfile

from audio.decode import probe
from embeddings.encode import Encoder, released_model
from jobs.identify import heard

RATE = 16000


@pytest.fixture(scope="module")
def encoder():
    return Encoder.quick(released_model())


def tune(seconds, seed):
    notes = np.repeat(np.random.default_rng(seed).uniform(150, 3000, seconds * 4), RATE // 4)
    return (0.3 * np.sin(np.cumsum(notes) * 2 * np.pi / RATE)).astype(np.float32)


def vorbis(path, seconds):
    with soundfile.SoundFile(path, "w", RATE, 1, "VORBIS", format="OGG") as file:
        for second in tune(seconds, seconds).reshape(seconds, RATE):
            file.write(second)
    return path.read_bytes()


def test_a_short_file_is_an_excerpt_and_a_long_one_is_not(tmp_path, encoder):
    for seconds, excerpt in ((10, True), (60, False)):
        vorbis(tmp_path / "a.ogg", seconds)
        assert heard(encoder, tmp_path / "a.ogg").excerpt == excerpt


def test_joined_files_of_which_the_last_is_short_are_long(tmp_path, encoder):
    joined = tmp_path / "joined.ogg"
    joined.write_bytes(vorbis(tmp_path / "a.ogg", 60) + vorbis(tmp_path / "b.ogg", 10))
    assert probe(joined).seconds == pytest.approx(10, abs=1)
    sound = heard(encoder, joined)
    assert not sound.excerpt
    assert len(sound.codes) * sound.step_s == pytest.approx(68, abs=2)


def test_a_short_file_of_unstated_length_is_an_excerpt(tmp_path, encoder, monkeypatch):
    monkeypatch.setattr("audio.readers.EXACT_LENGTH", set())
    vorbis(tmp_path / "a.ogg", 10)
    (tmp_path / "joined.ogg").write_bytes((tmp_path / "a.ogg").read_bytes() + vorbis(tmp_path / "b.ogg", 5))
    assert probe(tmp_path / "joined.ogg").seconds is None
    assert heard(encoder, tmp_path / "joined.ogg").excerpt
