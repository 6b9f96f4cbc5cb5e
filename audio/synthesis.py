"""Four classical ways to synthesise a note, each a pure function of frequency and length.

Plucked strings follow Karplus and Strong (1983) with the tuned loop of Jaffe and Smith (1983); electric pianos and
bells are Chowning's frequency modulation (1973); struck bars and strings are sums of decaying partials; everything
sustained reads a band-limited wavetable. Deviation from the textbooks: a filter sweep is a crossfade between a dull
and a bright table, which is much cheaper than a time-varying filter and hardly told apart by ear.

Sounds are mono float32; frequencies are Hz, lengths seconds, `rate` samples a second.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.signal import lfilter

Signal = NDArray[np.float32]
Spectrum = Callable[[NDArray[np.float64]], NDArray[np.float64]]  # partial frequencies, Hz [k] -> amplitudes [k]
TABLE_SIZE = 4096
HIGHEST_PARTIAL = 11_000.0  # Hz; nothing above it is drawn, so that 24 kHz copies do not alias either


def envelope(n: int, held: int, *, attack: int, release: int, fall: float = 0.0) -> Signal:
    """Rise over `attack` samples, an exponential fall of `fall` nepers by `held`, then a release to silence at `n`."""
    shape = np.exp(-fall * np.arange(n, dtype=np.float32) / max(held, 1))
    shape[:attack] *= np.linspace(0.0, 1.0, attack, endpoint=False, dtype=np.float32)[:n]
    tail = np.arange(n - held, dtype=np.float32)
    shape[held:] *= np.exp(-5.0 * tail / max(release, 1))
    shape[-64:] *= np.linspace(1.0, 0.0, 64, dtype=np.float32)[-n:]
    return shape.astype(np.float32)


@dataclass(frozen=True)
class Plucked:
    """A string: noise circulating in a delay line whose loop damps high partials first."""

    ring: float  # seconds to fall by 60 dB
    damping: float  # 0 = bright, 0.5 = dull
    softness: float = 0.0  # smoothing of the initial burst: 0 = plectrum, towards 1 = thumb

    def play(self, frequency: float, seconds: float, *, rate: int) -> Signal:
        """A note of `frequency` held for `seconds`, with its release: float32 [n], not yet levelled."""
        n = int((seconds + 0.25) * rate)
        burst = np.zeros(n, dtype=np.float32)
        period = rate / frequency
        lag = int(period - self.damping)
        share = period - self.damping - lag
        noise = np.random.default_rng(round(frequency * 100)).uniform(-1.0, 1.0, lag)
        burst[:lag] = lfilter([1.0 - self.softness], [1.0, -self.softness], noise)[:n]
        loop = np.convolve([1.0 - self.damping, self.damping], [1.0 - share, share])
        feedback = np.zeros(lag + 3, dtype=np.float32)
        feedback[0] = 1.0
        feedback[lag:] = -(0.001 ** (1.0 / (frequency * self.ring))) * loop
        string: Signal = lfilter(np.ones(1, dtype=np.float32), feedback, burst)
        return string * envelope(n, int(seconds * rate), attack=8, release=int(0.25 * rate))


@dataclass(frozen=True)
class Modulated:
    """Frequency modulation: a sine whose phase is swung by another, less and less as the note decays."""

    ratio: float  # modulator frequency over carrier frequency
    index: float  # swing at the attack, radians
    ring: float  # seconds until the note has fallen by two nepers

    def play(self, frequency: float, seconds: float, *, rate: int) -> Signal:
        """A note of `frequency` held for `seconds`, with its release: float32 [n], not yet levelled."""
        n = int((seconds + 0.3) * rate)
        time = np.arange(n, dtype=np.float32) / rate
        angle = 2.0 * np.pi * frequency * time
        swing = self.index * min(1.0, 500.0 / frequency) * np.exp(-3.0 * time / self.ring)
        sound = np.sin(angle + swing * np.sin(self.ratio * angle)) + 0.15 * np.sin(2.0 * angle)
        shape = envelope(
            n, int(seconds * rate), attack=rate // 400, release=int(0.3 * rate), fall=2.0 * seconds / self.ring
        )
        return np.asarray(sound * shape, dtype=np.float32)


@dataclass(frozen=True)
class Struck:
    """A struck body: partials at fixed multiples of the pitch, higher ones dying sooner."""

    partials: tuple[tuple[float, float], ...]  # (multiple of the pitch, amplitude)
    ring: float  # seconds in which the lowest partial falls by two nepers

    def play(self, frequency: float, seconds: float, *, rate: int) -> Signal:
        """A note of `frequency` held for `seconds`, with its release: float32 [n], not yet levelled."""
        n = int((seconds + 0.35) * rate)
        time = np.arange(n, dtype=np.float32) / rate
        sound = np.zeros(n, dtype=np.float32)
        for multiple, amplitude in self.partials:
            if frequency * multiple < HIGHEST_PARTIAL:
                sound += (
                    amplitude
                    * np.exp(-2.0 * multiple**0.7 * time / self.ring)
                    * np.sin(2.0 * np.pi * frequency * multiple * time)
                )
        return sound * envelope(n, int(seconds * rate), attack=rate // 500, release=int(0.35 * rate))


@dataclass(frozen=True)
class Sustained:
    """Wavetable voices in unison, moving from a dull to a bright spectrum, with vibrato and breath."""

    bright: Spectrum
    dull: Spectrum
    attack: float
    release: float
    brighten: float = 0.05  # seconds until the bright spectrum has taken over
    fall: float = 0.0  # nepers a second while held
    vibrato: float = 0.0  # cents
    detune: tuple[float, ...] = (0.0,)  # cents, one for each voice
    breath: float = 0.0  # level of noise

    def play(self, frequency: float, seconds: float, *, rate: int) -> Signal:
        """A note of `frequency` held for `seconds`, with its release: float32 [n], not yet levelled."""
        n, held = int((seconds + self.release) * rate), int(seconds * rate)
        time = np.arange(n, dtype=np.float64) / rate
        partials = frequency * np.arange(1.0, max(2.0, HIGHEST_PARTIAL / frequency), dtype=np.float64)
        tables = wavetable(self.dull(partials)), wavetable(self.bright(partials))
        mix = 1.0 - np.exp(-time / self.brighten).astype(np.float32)
        sound = np.zeros(n, dtype=np.float32)
        for number, cents in enumerate(self.detune):
            cycles = frequency * 2.0 ** (cents / 1200.0) * time + 0.37 * number
            cycles += vibrato(self.vibrato, frequency, time, shift=1.3 * number)
            place = (cycles * TABLE_SIZE).astype(np.int64) & (TABLE_SIZE - 1)
            sound += tables[0][place] * (1.0 - mix) + tables[1][place] * mix
        if self.breath:
            sound += self.breath * np.random.default_rng(round(frequency)).standard_normal(n).astype(np.float32)
        shape = envelope(
            n, held, attack=int(self.attack * rate), release=int(self.release * rate), fall=self.fall * seconds
        )
        return sound * shape


def wavetable(amplitudes: NDArray[np.float64]) -> Signal:
    """One period of a sum of sines of these amplitudes: float32 [TABLE_SIZE], peak 1."""
    spectrum = np.zeros(TABLE_SIZE // 2 + 1, dtype=np.complex128)
    used = min(len(amplitudes), TABLE_SIZE // 2)
    spectrum[1 : used + 1] = -1j * amplitudes[:used]
    period = np.fft.irfft(spectrum)
    table: Signal = (period / max(np.abs(period).max(), 1e-9)).astype(np.float32)
    return table


def vibrato(cents: float, frequency: float, time: NDArray[np.float64], *, shift: float) -> NDArray[np.float64]:
    """Phase, in cycles [n], that a 5.5 Hz vibrato adds; it grows over the first third of a second, as players do it."""
    depth = frequency * (2.0 ** (cents / 1200.0) - 1.0) / (2.0 * np.pi * 5.5)
    grown: NDArray[np.float64] = depth * np.minimum(time * 3.0, 1.0) * np.sin(2.0 * np.pi * 5.5 * time + shift)
    return grown
