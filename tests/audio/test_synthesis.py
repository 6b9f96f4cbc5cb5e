"""The instruments are in tune and end in silence; pieces are reproducible, and differ as pieces of music do."""

import librosa
import numpy as np
import pytest

from audio.accompaniment import BASSLINES, COMPING, GROOVES
from audio.composition import FORMS, MODES, arrange, compose
from audio.instruments import INSTRUMENTS, frequency_of, note
from audio.mixdown import mixdown
from audio.percussion import DRUMS, crowd, drum
from audio.performance import Take, perform
from audio.styles import STYLES

RATE = 32_000


@pytest.mark.parametrize("instrument", sorted(INSTRUMENTS))
def test_a_note_is_in_tune_audible_and_ends_in_silence(instrument):
    midi = 40 if "bass" in instrument else 67
    sound = note(instrument, midi, 0.8, rate=RATE)
    assert sound.dtype == np.float32
    assert np.isfinite(sound).all()
    assert np.sqrt(np.mean(sound[: RATE // 3] ** 2)) == pytest.approx(0.2, rel=0.01)
    assert np.abs(sound[-8:]).max() < 0.02

    spectrum = np.abs(np.fft.rfft(sound * np.hanning(len(sound)), 1 << 19))
    hertz = np.fft.rfftfreq(1 << 19, 1 / RATE)
    near = (hertz > frequency_of(midi) * 0.95) & (hertz < frequency_of(midi) * 1.05)
    cents = 1200 * np.log2(hertz[near][spectrum[near].argmax()] / frequency_of(midi))
    assert abs(cents) < 15  # a unison of detuned voices may peak at one of them


@pytest.mark.parametrize("name", sorted(DRUMS))
def test_a_drum_decays(name):
    sound = drum(name, rate=RATE, seed=3)
    assert np.abs(sound).max() == pytest.approx(1.0, rel=1e-5)
    half = len(sound) // 2
    assert np.square(sound[half:]).sum() < 0.5 * np.square(sound[:half]).sum()
    assert np.array_equal(sound, drum(name, rate=RATE, seed=3))


def test_a_crowd_applauds_at_both_ends():
    sound = crowd(12.0, rate=RATE, seed=1)
    loud = [np.sqrt(np.mean(sound[int(start * RATE) : int((start + 1) * RATE)] ** 2)) for start in (0, 5.5, 11)]
    assert loud[0] > 1.3 * loud[1]
    assert loud[2] > 1.3 * loud[1]


def test_styles_name_what_exists():
    for style in STYLES.values():
        assert {*style.leads, *style.chords, *style.basses} <= set(INSTRUMENTS)
        assert set(style.modes) <= set(MODES)
        assert set(style.comping) <= set(COMPING)
        assert set(style.basslines) <= set(BASSLINES)
        assert set(style.grooves) <= set(GROOVES)
    for groove in GROOVES.values():
        assert set(groove) <= set(DRUMS)
        assert {len(line) for line in groove.values()} <= {12, 16}


@pytest.mark.parametrize("style", sorted(STYLES))
def test_a_theme_fills_its_form_and_rests_on_a_chord_tone(style):
    for seed in range(20):
        theme = compose(STYLES[style], seed)
        assert theme == compose(STYLES[style], seed)
        assert theme.form in FORMS
        for section in theme.sections.values():
            starts = [tone.start for tone in section.melody]
            assert starts == sorted(starts)
            assert all(0 <= tone.start < section.beats for tone in section.melody)
            last = section.melody[-1]
            assert last.start + last.length == pytest.approx(section.beats)
            assert (last.degree - section.chords[-1]) % 7 in (0, 2, 4)
        score = perform(theme, arrange(STYLES[style], seed), Take(seed))
        assert 18 <= score.seconds <= 42


def test_the_melody_uses_the_scale_and_an_instrumental_lacks_it():
    style = STYLES["folk waltz"]
    theme, arrangement = compose(style, 5), arrange(style, 5)
    whole, without = perform(theme, arrangement, Take(1)), perform(theme, arrangement, Take(1, lead=False))
    scale = {(arrangement.tonic + step) % 12 for step in MODES[theme.mode]}
    assert {note.midi % 12 for note in whole.parts[2].notes} <= scale
    assert [part.instrument for part in without.parts] == [part.instrument for part in whole.parts[:2]]


def test_a_mix_is_reproducible_and_not_clipped():
    music = piece("dub", theme=3, take=1)
    assert np.array_equal(music, piece("dub", theme=3, take=1))
    assert np.abs(music).max() <= 0.9 + 1e-6
    assert np.abs(music[:, 0] - music[:, 1]).max() > 0.01


def test_takes_of_one_theme_are_closer_than_pieces_of_one_artist():
    """Chroma at the beat of the score is the oracle: it hears harmony and melody and little else."""
    for style in ("synth pop", "reel", "chamber"):
        themes = [chroma(piece(style, theme=number, take=1), style, number) for number in range(3)]
        again = chroma(piece(style, theme=0, take=2), style, 0)
        same = agreement(themes[0], again)
        others = [agreement(themes[0], themes[1]), agreement(themes[0], themes[2]), agreement(themes[1], themes[2])]
        assert same > max(others) + 0.05, style


def piece(style, *, theme, take):
    arrangement = arrange(STYLES[style], theme)
    score = perform(compose(STYLES[style], theme), arrangement, Take(take))
    return mixdown(score, rate=RATE, reverb=arrangement.reverb, seed=arrangement.room)


def chroma(music, style, theme):
    """Chroma resampled to 8 frames a beat, so that tempo plays no part."""
    frames = librosa.feature.chroma_stft(y=music.mean(axis=1), sr=RATE, n_fft=4096, hop_length=512)
    beats = music.shape[0] / RATE * arrange(STYLES[style], theme).tempo / 60
    at = np.linspace(0, frames.shape[1] - 1, int(8 * beats)).round().astype(int)
    return frames[:, at]


def agreement(one, other):
    """Mean cosine of two chroma sequences over their common length."""
    n = min(one.shape[1], other.shape[1])
    cosine = (one[:, :n] * other[:, :n]).sum(axis=0)
    return float(np.mean(cosine / (np.linalg.norm(one[:, :n], axis=0) * np.linalg.norm(other[:, :n], axis=0) + 1e-9)))
