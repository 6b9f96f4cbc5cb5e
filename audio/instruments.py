"""The demo's instruments: a table of timbres for the methods of `audio.synthesis`, and the spectra behind them."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from audio.synthesis import Modulated, Plucked, Signal, Spectrum, Struck, Sustained

Instrument = Plucked | Modulated | Struck | Sustained


def frequency_of(midi: float) -> float:
    """Equal temperament, A4 (MIDI 69) at 440 Hz."""
    return float(440.0 * 2.0 ** ((midi - 69.0) / 12.0))


def note(instrument: str, midi: int, seconds: float, *, rate: int) -> Signal:
    """One note held for `seconds`, with its release behind it: float32 [n]. Raises KeyError for an unknown instrument.

    Loudness is levelled: the first third of a second has an RMS of 0.2, whatever the instrument.
    """
    sound = INSTRUMENTS[instrument].play(frequency_of(midi), seconds, rate=rate)
    loudness = float(np.sqrt(np.mean(sound[: rate // 3] ** 2)))
    return (sound * (0.2 / max(loudness, 1e-6))).astype(np.float32)


def saw(cutoff: float, *, slope: float = 2.0) -> Spectrum:
    """Spectrum of a sawtooth behind a low-pass at `cutoff` Hz."""
    return lambda hertz: hertz[0] / hertz / np.sqrt(1.0 + (hertz / cutoff) ** (2.0 * slope))


def hollow(cutoff: float) -> Spectrum:
    """Spectrum of a square wave behind a low-pass: odd partials only (reeds, stopped pipes)."""
    return lambda hertz: np.where(np.arange(len(hertz)) % 2 == 0, saw(cutoff)(hertz), 0.04 * saw(cutoff)(hertz))


def drawbars(levels: Sequence[float]) -> Spectrum:
    """Spectrum of an organ: one level for each of the first partials."""
    return lambda hertz: np.pad(np.asarray(levels, dtype=float), (0, len(hertz)))[: len(hertz)]


def formants(*peaks: tuple[float, float]) -> Spectrum:
    """Spectrum of a sung vowel: a falling source through resonances (centre Hz, level), each 110 Hz + 10% wide."""

    def spectrum(hertz: NDArray[np.float64]) -> NDArray[np.float64]:
        widths = [(centre, level, 110.0 + 0.1 * centre) for centre, level in peaks]
        throat = np.full_like(hertz, 0.02)
        for centre, level, width in widths:
            throat += level / (1.0 + ((hertz - centre) / width) ** 2)
        return np.asarray(throat * (hertz[0] / hertz) ** 0.8)

    return spectrum


PIANO = tuple((k * (1.0 + 0.0004 * k * k) ** 0.5, k**-1.2) for k in range(1, 10))

INSTRUMENTS: dict[str, Instrument] = {
    "nylon guitar": Plucked(ring=2.5, damping=0.45, softness=0.55),
    "steel guitar": Plucked(ring=3.5, damping=0.2, softness=0.1),
    "harp": Plucked(ring=4.0, damping=0.3, softness=0.35),
    "plucked bass": Plucked(ring=2.2, damping=0.5, softness=0.8),
    "picked bass": Plucked(ring=2.8, damping=0.35, softness=0.4),
    "electric piano": Modulated(ratio=1.0, index=2.4, ring=2.0),
    "bell": Modulated(ratio=3.51, index=3.0, ring=2.6),
    "clavinet": Modulated(ratio=3.0, index=3.2, ring=0.7),
    "fm bass": Modulated(ratio=0.5, index=3.5, ring=0.9),
    "piano": Struck(PIANO, ring=2.2),
    "vibraphone": Struck(((1.0, 1.0), (3.98, 0.35), (9.1, 0.1)), ring=3.0),
    "marimba": Struck(((1.0, 1.0), (3.93, 0.5), (9.6, 0.2)), ring=0.6),
    "organ": Sustained(drawbars((1, 0.9, 0.6, 0.5, 0, 0.3, 0, 0.25)), drawbars((1, 0.5, 0.2)), 0.01, 0.08, vibrato=8.0),
    "reed organ": Sustained(hollow(2500.0), hollow(1200.0), 0.06, 0.12, detune=(-4.0, 4.0)),
    "strings": Sustained(saw(3000.0), saw(900.0), 0.18, 0.35, brighten=0.3, vibrato=14.0, detune=(-7.0, 0.0, 6.0)),
    "fiddle": Sustained(saw(4200.0), saw(1500.0), 0.05, 0.12, brighten=0.1, vibrato=25.0, breath=0.01),
    "brass": Sustained(saw(3600.0), saw(500.0), 0.04, 0.12, brighten=0.09, vibrato=6.0, detune=(-3.0, 3.0)),
    "pad": Sustained(saw(1800.0), saw(500.0), 0.35, 0.6, brighten=0.8, detune=(-9.0, -3.0, 4.0, 10.0)),
    "flute": Sustained(drawbars((1, 0.35, 0.12, 0.05)), drawbars((1, 0.1)), 0.07, 0.12, vibrato=18.0, breath=0.03),
    "clarinet": Sustained(hollow(1900.0), hollow(700.0), 0.04, 0.1, vibrato=5.0, breath=0.008),
    "lead": Sustained(saw(6500.0), saw(1500.0), 0.005, 0.1, detune=(-6.0, 6.0), vibrato=10.0),
    "voice": Sustained(
        formants((700, 1.0), (1150, 0.6), (2800, 0.25)), formants((450, 1.0), (900, 0.4)), 0.06, 0.12, 0.12, 0.2, 30.0
    ),
    "high voice": Sustained(
        formants((520, 1.0), (1900, 0.5), (3000, 0.3)), formants((350, 1.0), (800, 0.3)), 0.08, 0.15, 0.15, 0.1, 35.0
    ),
    "synth bass": Sustained(saw(500.0), saw(1600.0), 0.005, 0.06, brighten=0.12, fall=1.5),
    "round bass": Sustained(saw(260.0, slope=1.5), saw(400.0), 0.01, 0.08, fall=1.0),
}
