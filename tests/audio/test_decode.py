"""Decoding real formats, wrong files and damaged files."""

import io
import tracemalloc
from pathlib import Path

import av
import numpy as np
import pytest
import soundfile

from audio.augment_codec import _encode
from audio.decode import DecodeLimits, blocks, decode, probe
from audio.readers import _frames, _scaled
from catalog.errors import AudioError

RATE = 44100


def chirp(seconds: float = 4.0, rate: int = RATE) -> np.ndarray:
    """A sweep from 200 to 2000 Hz at half of full scale: every moment is recognisable."""
    time_s = np.arange(round(seconds * rate)) / rate
    return np.asarray(0.5 * np.sin(2 * np.pi * (200 + 900 * time_s / seconds) * time_s), np.float32)


def write_m4a(path: Path, samples: np.ndarray, rate: int) -> None:
    """`samples` as AAC in an MP4 container."""
    with av.open(str(path), "w", format="ipod") as container:
        stream = container.add_stream("aac", rate=rate, layout="mono")
        for start in range(0, len(samples), 1024):
            frame = av.AudioFrame.from_ndarray(samples[None, start : start + 1024], format="fltp", layout="mono")
            frame.sample_rate, frame.pts = rate, start
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))


def correlation(a: np.ndarray, b: np.ndarray, slack: int = 2400) -> float:
    """The best normalised correlation of `b` with `a` over shifts of up to `slack` samples."""
    n = min(len(a), len(b)) - slack
    core = a[slack // 2 : slack // 2 + n - slack]
    scores = np.correlate(b[:n], core, "valid")
    norms = np.linalg.norm(core) * np.linalg.norm(b[slack // 2 : slack // 2 + len(core)])
    return float(scores.max() / norms)


FORMATS = [
    ("wav", {"subtype": "PCM_16"}), ("wav", {"subtype": "FLOAT"}), ("flac", {}), ("ogg", {"subtype": "VORBIS"}),
    ("opus", {"format": "OGG", "subtype": "OPUS"}), ("mp3", {}), ("aiff", {"subtype": "PCM_24"}), ("m4a", {}),
]  # fmt: skip


@pytest.mark.parametrize(("suffix", "options"), FORMATS, ids=lambda value: str(value))
def test_formats(tmp_path: Path, suffix: str, options: dict[str, str]) -> None:
    path = tmp_path / f"Größe ünd 音.{suffix}"
    if suffix == "m4a":
        write_m4a(path, chirp(), RATE)
    else:
        rate = 48000 if suffix == "opus" else RATE
        soundfile.write(path, chirp(rate=rate), rate, **options)
    wave = decode(path)
    assert wave.samples.dtype == np.float32
    assert wave.samples.ndim == 1
    assert wave.seconds == pytest.approx(4.0, abs=0.1)
    assert not wave.notes
    assert correlation(chirp(rate=16000), wave.samples) > 0.99


@pytest.mark.parametrize("rate", [8000, 11025, 16000, 96000, 192000])
@pytest.mark.parametrize("channels", [1, 2, 8])
def test_rates_and_channels(tmp_path: Path, rate: int, channels: int) -> None:
    soundfile.write(tmp_path / "a.wav", np.tile(chirp(1.0, rate)[:, None], channels), rate)
    wave = decode(tmp_path / "a.wav")
    assert len(wave.samples) == pytest.approx(16000, abs=2)
    assert correlation(chirp(1.0, 16000), wave.samples) > 0.999
    assert probe(tmp_path / "a.wav").channels == channels


def test_opposite_phase_does_not_cancel(tmp_path: Path) -> None:
    left = chirp(rate=16000)
    soundfile.write(tmp_path / "a.wav", np.stack([left, -0.99 * left], axis=1), 16000, subtype="FLOAT")
    np.testing.assert_array_equal(decode(tmp_path / "a.wav").samples, left)


def test_blocks_are_the_whole(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "a.flac", chirp(5.3), RATE)
    stream = blocks(tmp_path / "a.flac", block_s=1.0)
    parts = list(stream)
    assert [len(part) for part in parts[:-1]] == [16000] * 5
    np.testing.assert_array_equal(np.concatenate(parts), decode(tmp_path / "a.flac").samples)
    assert stream.seconds == pytest.approx(5.3, abs=1e-3)


def test_a_long_file_needs_little_memory(tmp_path: Path) -> None:
    with soundfile.SoundFile(tmp_path / "a.flac", "w", 8000, 1) as file:
        for _ in range(20):
            file.write(chirp(60.0, 8000))
    tracemalloc.start()
    seconds = sum(len(block) for block in blocks(tmp_path / "a.flac", block_s=30.0)) / 16000
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert seconds == pytest.approx(1200)
    assert peak < 15e6  # the whole is 77 MB


def refusal(path: Path, limits: DecodeLimits | None = None) -> AudioError:
    """The error that decoding `path` raises."""
    with pytest.raises(AudioError) as caught:
        decode(path, limits=limits)
    assert str(path) in str(caught.value)
    return caught.value


def test_refusals_say_why(tmp_path: Path) -> None:
    (tmp_path / "empty.mp3").touch()
    (tmp_path / "text.mp3").write_text("This is a text about music, not music.\n" * 400)
    (tmp_path / "noise.flac").write_bytes(np.random.default_rng(3).bytes(20_000))
    playlist = "#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\nhttp://127.0.0.1:9/a.ts\n#EXT-X-ENDLIST\n"
    (tmp_path / "list.mp3").write_text(playlist)
    soundfile.write(tmp_path / "none.wav", np.zeros(0, np.float32), RATE)
    soundfile.write(tmp_path / "wide.wav", np.zeros((100, 70), np.float32), RATE)
    write_m4a(tmp_path / "cut.m4a", chirp(), RATE)
    (tmp_path / "cut.m4a").write_bytes((tmp_path / "cut.m4a").read_bytes()[:9000])
    expected = {
        "absent.wav": "missing", ".": "not_a_file", "empty.mp3": "empty", "text.mp3": "not_audio",
        "noise.flac": "not_audio", "list.mp3": "not_audio", "none.wav": "no_samples", "wide.wav": "too_many_channels",
        "cut.m4a": "unreadable", "x" * 300 + ".wav": "unreadable",
    }  # fmt: skip
    assert {name: refusal(tmp_path / name).code for name in expected} == expected


def test_a_file_that_may_not_be_looked_at_is_unreadable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def closed(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")  # as in a folder that may be listed and not entered

    monkeypatch.setattr(Path, "exists", closed)
    assert refusal(tmp_path / "a.wav").code == "unreadable"


def test_time_limit(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "a.wav", chirp(), RATE)
    assert refusal(tmp_path / "a.wav", DecodeLimits(timeout_s=0.0)).code == "timeout"


def test_a_long_file_is_cut(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "a.wav", chirp(), RATE)
    wave = decode(tmp_path / "a.wav", limits=DecodeLimits(max_seconds=1.5))
    assert wave.seconds == pytest.approx(1.5, abs=1e-3)
    assert "cut" in wave.notes


def test_samples_that_are_no_numbers_are_silenced(tmp_path: Path) -> None:
    samples = chirp(rate=16000)
    samples[100:110], samples[200], samples[300] = np.nan, np.inf, 1e30
    soundfile.write(tmp_path / "a.wav", samples, 16000, subtype="FLOAT")
    wave = decode(tmp_path / "a.wav")
    assert np.all(np.abs(wave.samples) <= 0.5)
    assert "12 samples" in wave.notes["cleaned"]


def noisy_chirp(seconds: float, rate: int) -> np.ndarray:
    """Noise keeps encoders from making it so small that a few damaged bytes are most of it."""
    noise = np.random.default_rng(2).normal(size=round(seconds * rate))
    return np.asarray(chirp(seconds, rate) + 0.05 * noise, np.float32)


def damaged(path: Path, options: dict[str, str], edit: str) -> Path:
    """A file of 12 s, either cut at 60% or with 2000 bytes of its middle overwritten."""
    rate = 48000 if "opus" in path.name else RATE
    soundfile.write(path, noisy_chirp(12.0, rate), rate, **options)
    data = bytearray(path.read_bytes())
    if edit == "cut":
        del data[len(data) * 6 // 10 :]
    else:
        start = len(data) // 2
        data[start : start + 2000] = np.random.default_rng(1).bytes(2000)
    path.write_bytes(data)
    return path


@pytest.mark.parametrize(("suffix", "options"), FORMATS[:-1], ids=lambda value: str(value))
def test_a_truncated_file_keeps_its_start(tmp_path: Path, suffix: str, options: dict[str, str]) -> None:
    wave = decode(damaged(tmp_path / f"a.{suffix}", options, "cut"))
    assert 5 < wave.seconds < 9
    assert correlation(noisy_chirp(12.0, 16000)[:48000], wave.samples[:48000]) > 0.9
    if suffix not in ("ogg", "opus"):  # an Ogg file does not state its length
        assert "truncated" in wave.notes


@pytest.mark.parametrize(("suffix", "options"), FORMATS[:-1], ids=lambda value: str(value))
def test_a_damaged_middle_keeps_the_rest(tmp_path: Path, suffix: str, options: dict[str, str]) -> None:
    wave = decode(damaged(tmp_path / f"a.{suffix}", options, "overwrite"))
    assert wave.seconds > 9
    assert correlation(chirp(12.0, 16000)[-16000:], wave.samples[-16000:]) > 0.9
    if suffix in ("flac", "mp3"):
        assert set(wave.notes) & {"damaged", "truncated"}


def test_an_absurd_length_in_the_header(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "a.wav", chirp(rate=16000), 16000)
    data = bytearray((tmp_path / "a.wav").read_bytes())
    place = data.index(b"data") + 4
    data[4:8] = data[place : place + 4] = b"\xff\xff\xff\xff"
    (tmp_path / "a.wav").write_bytes(data)
    assert decode(tmp_path / "a.wav").seconds == pytest.approx(4.0)


@pytest.mark.parametrize(("suffix", "options"), FORMATS, ids=lambda value: str(value))
def test_random_damage_gives_sound_or_a_reason(tmp_path: Path, suffix: str, options: dict[str, str]) -> None:
    path = tmp_path / f"a.{suffix}"
    if suffix == "m4a":
        write_m4a(path, noisy_chirp(2.0, RATE), RATE)
    else:
        rate = 48000 if suffix == "opus" else RATE
        soundfile.write(path, noisy_chirp(2.0, rate), rate, **options)
    whole, rng = path.read_bytes(), np.random.default_rng(4)
    for trial in range(24):
        data = bytearray(whole)
        reach = len(data) if trial % 2 else 200  # every other time only the header
        for place in rng.integers(0, reach, 8):
            data[place] = rng.integers(256)
        if trial % 3 == 0:
            del data[rng.integers(len(data)) :]
        path.write_bytes(data)
        try:
            assert np.all(np.isfinite(decode(path, limits=DecodeLimits(max_seconds=60)).samples))
        except AudioError as error:
            assert error.code in {"empty", "not_audio", "unreadable", "no_samples", "too_many_channels"}  # noqa: PT017


@pytest.mark.parametrize("sample_format", ["u8", "u8p", "s16", "s16p", "s32", "flt", "fltp"])
def test_every_number_format_of_ffmpeg_has_full_scale_1(sample_format: str) -> None:
    stereo = np.stack([np.full(960, 0.5, np.float32), np.full(960, -0.25, np.float32)])
    frame = av.AudioFrame.from_ndarray(stereo, format="fltp", layout="stereo")
    frame.sample_rate = 48000
    for converted in av.AudioResampler(format=sample_format, layout="stereo", rate=48000).resample(frame):
        scaled = _scaled([_frames(converted)] * 2)
        assert scaled.dtype == np.float32
        np.testing.assert_allclose(scaled, np.tile([0.5, -0.25], (2 * converted.samples, 1)), atol=0.01)


@pytest.mark.parametrize(("encoder", "suffix"), [("aac", "aac"), ("ac3", "ac3"), ("alac", "m4a")])
def test_a_damaged_packet_costs_no_more_than_itself(tmp_path: Path, encoder: str, suffix: str) -> None:
    path = tmp_path / f"a.{suffix}"
    container = {"aac": "adts", "m4a": "ipod", "ac3": "ac3"}[suffix]
    file = io.BytesIO()
    _encode(file, noisy_chirp(30.0, RATE), RATE, encoder=encoder, container=container, kbps=64)
    whole = file.getvalue()
    for seed in range(1, 4):
        data = bytearray(whole)
        data[len(data) // 2 : len(data) // 2 + 2000] = np.random.default_rng(seed).bytes(2000)
        path.write_bytes(data)
        wave = decode(path)
        assert wave.seconds > 29
        assert "damaged" in wave.notes


def test_an_ogg_file_of_several_streams_is_heard_to_its_end(tmp_path: Path) -> None:
    for number in range(3):
        soundfile.write(tmp_path / f"{number}.ogg", noisy_chirp(5.0, RATE), RATE)
    (tmp_path / "all.ogg").write_bytes(b"".join((tmp_path / f"{number}.ogg").read_bytes() for number in range(3)))
    assert decode(tmp_path / "all.ogg").seconds == pytest.approx(15, abs=0.1)


def test_sound_behind_a_change_of_rate_is_noted_as_missing(tmp_path: Path) -> None:
    for rate in (RATE, RATE // 2):
        soundfile.write(tmp_path / f"{rate}.ogg", noisy_chirp(5.0, rate), rate)
    (tmp_path / "all.ogg").write_bytes(b"".join((tmp_path / f"{n}.ogg").read_bytes() for n in (RATE, RATE // 2)))
    assert "damaged" in decode(tmp_path / "all.ogg").notes


@pytest.mark.parametrize("format", ["OGG", "OPUS", "RF64", "W64"])
def test_half_a_file_without_a_length_of_its_own_is_noted(tmp_path: Path, format: str) -> None:
    kind = {"OPUS": ("OGG", "OPUS"), "OGG": ("OGG", "VORBIS")}.get(format, (format, "PCM_16"))
    path = tmp_path / "a.bin"
    noise = np.random.default_rng(4).uniform(-0.5, 0.5, 48000 * 4).astype(np.float32)
    soundfile.write(path, noise, 48000, format=kind[0], subtype=kind[1])
    assert not decode(path).notes
    whole = path.read_bytes()
    for share in (0.5, 0.9, 0.999):
        path.write_bytes(whole[: int(len(whole) * share)])
        wave = decode(path)
        assert share < 0.99 or wave.seconds > 3.5
        assert "truncated" in wave.notes or wave.seconds > 3.9


def test_flac_of_unstated_length_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "piped.flac"
    soundfile.write(path, chirp(), RATE)
    data = bytearray(path.read_bytes())
    data[21] &= 0xF0  # the number of samples, 36 bits, is zero where an encoder wrote to a pipe
    data[22:26] = bytes(4)
    path.write_bytes(data)
    wave = decode(path)
    assert wave.seconds == pytest.approx(4.0, abs=1e-3)
    assert not wave.notes


def test_a_colon_in_a_relative_name_is_no_protocol(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    soundfile.write("suite.mp3", chirp(), RATE)
    for name in ("Suite:Air.mp3", "file:x.mp3", "http:x.mp3"):
        Path(name).write_bytes(Path("suite.mp3").read_bytes())
        assert decode(name).seconds == pytest.approx(4.0, abs=0.1)
