"""Degradations: what each promises (length, strength, seed), measured independently."""

import numpy as np
import pytest
import scipy.signal
from hypothesis import given, settings
from hypothesis import strategies as st

from audio.augment import EVALUATION, KINDS, STAGES, fixed, random_chain
from audio.augment_noise import coloured
from audio.augment_time import speed, tempo
from audio.augment_tone import biquad

RATE = 16000


def tune(seconds: float = 2.0, seed: int = 0) -> np.ndarray:
    """Four notes a second with overtones and a little noise."""
    rng = np.random.default_rng(seed)
    time_s = np.arange(round(seconds * RATE)) / RATE
    pitches = np.repeat(220 * 2 ** (rng.integers(0, 24, round(seconds * 4) + 1) / 12), RATE // 4)[: len(time_s)]
    phase = 2 * np.pi * np.cumsum(pitches) / RATE
    notes = sum(np.sin(overtone * phase) / overtone for overtone in (1, 2, 3, 5))
    samples = 0.2 * notes * np.exp(-4 * (time_s % 0.25)) + 0.002 * rng.normal(size=len(time_s))
    return np.asarray(samples, np.float32)


OTHERS = [tune(1.3, seed) for seed in range(5, 8)]
NAMES = (*EVALUATION, "fade_0.5", "pad_1", "crop_1")


def power_db(samples: np.ndarray) -> float:
    """Mean power in dB."""
    return float(10 * np.log10(np.mean(np.square(samples, dtype=np.float64))))


@pytest.mark.parametrize("name", NAMES)
def test_length_type_seed_and_input(name: str) -> None:
    samples = tune()
    before = samples.copy()
    degradation = fixed(name, others=OTHERS)
    one, two = (degradation(samples, RATE, np.random.default_rng(7)) for _ in range(2))
    np.testing.assert_array_equal(one, two)
    np.testing.assert_array_equal(samples, before)
    assert one.dtype == np.float32
    assert np.all(np.isfinite(one))
    assert not np.array_equal(one, samples)
    if not degradation.moves:
        assert len(one) == len(samples)
    elif name.startswith(("speed", "tempo")):
        assert len(one) == pytest.approx(len(samples) / degradation.factor, abs=2)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("n", [0, 1, 50, 4000])
def test_silence_and_scraps(name: str, n: int) -> None:
    degraded = fixed(name, others=OTHERS)(np.zeros(n, np.float32), RATE, np.random.default_rng(1))
    assert np.all(np.isfinite(degraded))
    assert np.abs(degraded).max(initial=0) < 1e-3


@pytest.mark.parametrize("kind", ["white", "pink", "brown", "music", "crowd"])
@pytest.mark.parametrize("snr_db", [-3.0, 5.0, 20.0])
def test_the_signal_to_noise_ratio_is_as_stated(kind: str, snr_db: float) -> None:
    samples = tune()
    noisy = fixed(f"{kind}_{snr_db:g}", others=OTHERS)(samples, RATE, np.random.default_rng(2))
    assert power_db(samples) - power_db(noisy - samples) == pytest.approx(snr_db, abs=0.05)


@pytest.mark.parametrize(("colour", "slope"), [("white", 0.0), ("pink", -3.01), ("brown", -6.02)])
def test_the_colour_of_noise(colour: str, slope: float) -> None:
    noise = coloured(RATE * 20, RATE, np.random.default_rng(3), colour=colour)
    hertz, density = scipy.signal.welch(noise, RATE, nperseg=8192)
    band = (hertz > 60) & (hertz < 7000)
    per_octave = np.polyfit(np.log2(hertz[band]), 10 * np.log10(density[band]), 1)[0]
    assert per_octave == pytest.approx(slope, abs=0.2)


CODED = ["cdmp3_64", "mp3_24", "cdaac_64", "aac_24", "opus_32", "vorbis_1"]


@pytest.mark.parametrize("name", CODED)
def test_codecs_lose_something_but_not_the_time(name: str) -> None:
    samples = tune()
    coded = fixed(name)(samples, RATE, np.random.default_rng(0))
    core = slice(4000, 12000)
    lags = np.correlate(coded[3000:13000], samples[core], "valid")
    assert abs(int(lags.argmax()) - 1000) <= 4  # a quarter of a millisecond
    assert 0.9 < np.corrcoef(coded[core], samples[core])[0, 1] < 0.99999


@pytest.mark.parametrize("kind", ["low", "high", "peak"])
@pytest.mark.parametrize("db", [-12.0, -3.0, 6.0, 12.0])
def test_equaliser_bands_reach_their_gain(kind: str, db: float) -> None:
    section = biquad(kind, 1000.0, db, RATE)
    _, response = scipy.signal.sosfreqz(section[None], [10.0, 1000.0, 7990.0], fs=RATE)
    low, middle, high = 20 * np.log10(np.abs(response))
    expected = {"low": (db, db / 2, 0), "high": (0, db / 2, db), "peak": (0, db, 0)}[kind]
    np.testing.assert_allclose((low, middle, high), expected, atol=0.1)


def test_levels() -> None:
    samples = tune()
    rng = np.random.default_rng(0)
    assert power_db(fixed("gain_-20")(samples, RATE, rng)) == pytest.approx(power_db(samples) - 20, abs=1e-3)
    clipped = fixed("clip_12")(samples, RATE, rng)
    assert np.abs(clipped).max() == pytest.approx(np.abs(samples).max() * 10 ** (-12 / 20))
    ramp = np.sin(np.arange(4 * RATE) * 0.3).astype(np.float32) * np.repeat([0.01, 1.0], 2 * RATE).astype(np.float32)
    squeezed = fixed("compress_4")(ramp, RATE, rng)
    loud, quiet = power_db(squeezed[3 * RATE :]), power_db(squeezed[RATE : 2 * RATE])
    assert loud - quiet == pytest.approx(40 - 27 * 3 / 4, abs=1)  # the sine's power is 27 dB above the threshold


@pytest.mark.parametrize("hertz", [2000, 4000])
def test_low_passes(hertz: int) -> None:
    noise = coloured(RATE * 4, RATE, np.random.default_rng(3), colour="white")
    for name in (f"lowpass_{hertz}", f"rate_{2 * hertz}"):
        spectrum = np.abs(np.fft.rfft(fixed(name)(noise, RATE, np.random.default_rng(0)))) ** 2
        above = spectrum[len(spectrum) * hertz * 3 // 2 // (RATE // 2) :]
        assert np.mean(above) < 0.01 * np.mean(spectrum[: len(above) // 2])


def loudest_hertz(samples: np.ndarray) -> float:
    """Frequency of the strongest line, to a tenth of a hertz."""
    spectrum = np.abs(np.fft.rfft(samples * np.hanning(len(samples)), 10 * RATE))
    return float(spectrum.argmax() / 10)


@pytest.mark.parametrize("percent", [-10, -5, -1, 1, 5, 10])
def test_speed_moves_pitch_and_tempo_does_not(percent: int) -> None:
    factor = 1 + percent / 100
    tone = np.sin(2 * np.pi * 440 * np.arange(3 * RATE) / RATE).astype(np.float32)
    assert loudest_hertz(speed(tone, factor=factor)) == pytest.approx(440 * factor, abs=0.5)
    stretched = tempo(tone, RATE, factor=factor)
    assert len(stretched) == round(3 * RATE / factor)
    assert loudest_hertz(stretched) == pytest.approx(440, abs=1)
    assert power_db(stretched[RATE:-RATE]) == pytest.approx(power_db(tone), abs=0.3)


@pytest.mark.parametrize("semitones", [-1.0, 0.5, 1.0])
def test_pitch(semitones: float) -> None:
    tone = np.sin(2 * np.pi * 440 * np.arange(3 * RATE) / RATE).astype(np.float32)
    shifted = fixed(f"pitch_{semitones:g}")(tone, RATE, np.random.default_rng(0))
    assert loudest_hertz(shifted) == pytest.approx(440 * 2 ** (semitones / 12), abs=1)


@pytest.mark.parametrize("name", ["speed_-5", "speed_5", "tempo_-10", "tempo_10"])
def test_the_middle_stays_the_middle(name: str) -> None:
    clicks = np.zeros(4 * RATE, np.float32)
    clicks[2 * RATE - 80 : 2 * RATE + 80] = np.hanning(160)
    moved = fixed(name)(clicks, RATE, np.random.default_rng(0))
    assert int(np.abs(moved).argmax()) == pytest.approx(len(moved) / 2, abs=0.02 * RATE)


@settings(deadline=None, max_examples=40)
@given(st.integers(0, 10_000))
def test_random_chains(seed: int) -> None:
    samples = tune(1.5)
    chains = [random_chain(np.random.default_rng(seed), others=OTHERS) for _ in range(2)]
    one, two = (chain(samples, RATE, np.random.default_rng(seed)) for chain in chains)
    assert chains[0].name == chains[1].name
    np.testing.assert_array_equal(one, two)
    assert one.dtype == np.float32
    assert np.all(np.isfinite(one))
    assert len(one) == pytest.approx(len(samples) / chains[0].factor, abs=4)


def test_what_is_left_out_is_not_drawn() -> None:
    rng = np.random.default_rng(0)
    names = " ".join(random_chain(rng, leave_out=("time", "codec", "eq")).name for _ in range(300))
    assert not any(f"{kind}_" in names for kind in ("speed", "tempo", "mp3", "opus", "eq", "music", "crowd"))
    assert all(f"{kind}_" in names for kind in ("white", "room", "lowpass", "gain", "clip"))


def test_every_kind_drawn_exists() -> None:
    assert {kind for draw in STAGES.values() for kind in draw.kinds} <= set(KINDS)


@pytest.mark.parametrize(
    ("name", "why"),
    [("reverse_1", "the kinds are"), ("mp3", "the kinds are"), ("mp3_loud", "loud"), ("music_10", "others")],
)
def test_wrong_names_are_refused(name: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        fixed(name)


def test_minutes_of_sound_pass_through_vorbis() -> None:
    samples = np.zeros(240 * RATE, np.float32)
    assert len(fixed("vorbis_1")(samples, RATE, np.random.default_rng(0))) == len(samples)
