"""Degradations that leave a recording the same recording: for training, by chance; for evaluation, by name.

`random_chain` draws a few of them with random strengths, in the order in which they happen to music: tampering with
speed, mastering, the room and its noise, transmission, level. `fixed` names one at a stated strength, `mp3_64` or
`white_10`. All randomness comes from the generator that is passed in.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from audio import augment_codec, augment_noise, augment_time, augment_tone

Samples = NDArray[np.float32]
Apply = Callable[[Samples, int, np.random.Generator], Samples]


@dataclass(frozen=True)
class Degradation:
    """`apply(samples, rate, rng) -> samples`; `factor` is by how much it speeds up, `moves` whether it shifts time."""

    name: str
    apply: Apply
    factor: float = 1.0
    moves: bool = False

    def __call__(self, samples: Samples, rate: int, rng: np.random.Generator) -> Samples:
        """The degraded samples, float32; as long as the input unless `moves` is true."""
        return np.ascontiguousarray(self.apply(samples, rate, rng), np.float32) if len(samples) else samples


@dataclass(frozen=True)
class Chain:
    """Degradations one after the other. The middle of the result is the middle of the input, `factor` times as fast."""

    steps: tuple[Degradation, ...] = field(default=())

    @property
    def name(self) -> str:
        """The steps' names, joined by `+`."""
        return "+".join(step.name for step in self.steps)

    @property
    def factor(self) -> float:
        """Input seconds per output second."""
        return float(np.prod([step.factor for step in self.steps]))

    def __call__(self, samples: Samples, rate: int, rng: np.random.Generator) -> Samples:
        """The degraded samples, float32 [about n / factor]."""
        for step in self.steps:
            samples = step(samples, rate, rng)
        return samples


Maker = Callable[[float, Sequence[Samples]], Degradation]


def _plain(kind: str, make: Callable[[float], Apply]) -> Maker:
    return lambda strength, _: Degradation(f"{kind}_{strength:g}", make(strength))


def _codec(codec: str, coding_rate: int | None = None) -> Callable[[float], Apply]:
    return lambda kbps: lambda x, rate, _: augment_codec.lossy(x, rate, codec=codec, kbps=kbps, coding_rate=coding_rate)


def _noise(colour: str) -> Callable[[float], Apply]:
    return lambda db: lambda x, rate, rng: augment_noise.noise(x, rate, rng, colour=colour, snr_db=db)


def _others(kind: str, voices: int) -> Maker:
    def make(db: float, others: Sequence[Samples]) -> Degradation:
        if not others:
            raise ValueError(f"{kind}_{db:g} mixes other music in: pass others=")
        return Degradation(
            f"{kind}_{db:g}",
            lambda x, rate, rng: augment_noise.mix(x, rate, rng, others=others, snr_db=db, voices=voices),
        )

    return make


def _moving(kind: str, make: Callable[[float], Apply], factor: Callable[[float], float]) -> Maker:
    return lambda strength, _: Degradation(f"{kind}_{strength:g}", make(strength), factor(strength), moves=True)


def _percent(strength: float) -> float:
    return 1 + strength / 100


KINDS: dict[str, Maker] = {
    # kbit/s of one channel: half of what a stereo file states
    "mp3": _plain("mp3", _codec("mp3")),
    "opus": _plain("opus", _codec("opus")),
    "aac": _plain("aac", _codec("aac")),
    "cdmp3": _plain("cdmp3", _codec("mp3", 44100)),
    "cdaac": _plain("cdaac", _codec("aac", 44100)),
    "vorbis": _plain("vorbis", lambda tenths: lambda x, rate, _: augment_codec.vorbis(x, rate, quality=tenths / 10)),
    # signal to noise in dB
    "white": _plain("white", _noise("white")),
    "pink": _plain("pink", _noise("pink")),
    "brown": _plain("brown", _noise("brown")),
    "music": _others("music", 1),
    "crowd": _others("crowd", 8),
    # seconds until the echoes fell by 60 dB
    "room": _plain("room", lambda rt60: lambda x, rate, rng: augment_noise.room(x, rate, rng, rt60_s=rt60, wet=0.5)),
    # dB
    "gain": _plain("gain", lambda db: lambda x, _, __: augment_tone.gain(x, db=db)),
    "clip": _plain("clip", lambda db: lambda x, _, __: augment_tone.clip(x, db=db)),
    "eq": _plain("eq", lambda db: lambda x, rate, rng: augment_tone.equalise(x, rate, rng, db=db)),
    "limit": _plain("limit", lambda db: lambda x, r, _: augment_tone.compress(x, r, threshold_db=-db, ratio=20)),
    # ratio, Hz, bits
    "compress": _plain("compress", lambda to: lambda x, r, _: augment_tone.compress(x, r, threshold_db=-30, ratio=to)),
    "lowpass": _plain("lowpass", lambda hertz: lambda x, rate, _: augment_tone.lowpass(x, rate, hertz=hertz)),
    "highpass": _plain("highpass", lambda hertz: lambda x, rate, _: augment_tone.highpass(x, rate, hertz=hertz)),
    "rate": _plain("rate", lambda hertz: lambda x, rate, _: augment_tone.through_rate(x, rate, hertz=round(hertz))),
    "bits": _plain("bits", lambda bits: lambda x, _, __: augment_tone.quantise(x, bits=round(bits))),
    # percent lost; percent faster; semitones higher; seconds
    "gaps": _plain("gaps", lambda part: lambda x, rate, rng: augment_time.gaps(x, rate, rng, share=part / 100)),
    "speed": _moving("speed", lambda by: lambda x, _, __: augment_time.speed(x, factor=_percent(by)), _percent),
    "tempo": _moving("tempo", lambda by: lambda x, rate, _: augment_time.tempo(x, rate, factor=_percent(by)), _percent),
    "pitch": _plain("pitch", lambda by: lambda x, rate, _: augment_time.pitch(x, rate, semitones=by)),
    "fade": _plain("fade", lambda each: lambda x, rate, _: augment_time.fade(x, rate, in_s=each, out_s=each)),
    "pad": _moving("pad", lambda s: lambda x, rate, _: augment_time.pad(x, rate, before_s=s, after_s=s), lambda _: 1.0),
    "crop": _moving("crop", lambda s: lambda x, rate, rng: augment_time.crop(x, rate, rng, seconds=s), lambda _: 1.0),
}

EVALUATION = (
    "cdmp3_64", "mp3_24", "cdaac_64", "aac_24", "opus_32", "opus_12", "vorbis_1", "white_20", "white_10", "white_5",
    "pink_10", "brown_10", "music_10", "music_5", "crowd_10", "crowd_5", "room_0.3", "room_0.8", "gain_-20", "clip_12",
    "eq_6", "eq_12", "limit_20", "compress_4", "lowpass_4000", "lowpass_2000", "highpass_300", "rate_8000",
    "rate_11025", "bits_8", "gaps_5", "speed_-5", "speed_-2", "speed_-1", "speed_1", "speed_2", "speed_5", "tempo_-10",
    "tempo_-5", "tempo_5", "tempo_10", "pitch_-1", "pitch_1",
)  # fmt: skip


def fixed(name: str, *, others: Sequence[Samples] = ()) -> Degradation:
    """The degradation `kind_strength`, in the kind's own unit (see `KINDS`); `others` for `music` and `crowd`.

    Raises `ValueError` where the kind is unknown or the strength no number.
    """
    kind, _, strength = name.rpartition("_")
    if kind not in KINDS:
        raise ValueError(f"no degradation {name!r}; the kinds are {', '.join(sorted(KINDS))}")
    return KINDS[kind](float(strength), others)


@dataclass(frozen=True)
class Draw:
    """With `probability`, one of `kinds` at a strength drawn evenly between its bounds."""

    probability: float
    kinds: dict[str, tuple[float, float]]


STAGES: dict[str, Draw] = {
    "time": Draw(0.4, {"speed": (-5.5, 5.5), "tempo": (-11, 11), "pitch": (-1.1, 1.1)}),
    "master": Draw(0.5, {"eq": (3, 12), "compress": (2, 8), "limit": (6, 20), "clip": (3, 15)}),
    "room": Draw(0.2, {"room": (0.1, 0.8)}),
    "noise": Draw(0.6, {"white": (-3, 25), "pink": (-3, 20), "brown": (-3, 20), "music": (-3, 20), "crowd": (-3, 20)}),
    "band": Draw(0.3, {"lowpass": (1500, 7000), "highpass": (60, 400), "rate": (6000, 14000), "bits": (7, 12)}),
    "codec": Draw(0.35, {"mp3": (16, 64), "aac": (16, 64), "opus": (8, 48), "vorbis": (0, 8)}),
    "level": Draw(0.8, {"gain": (-20, 6)}),
}


def random_chain(
    rng: np.random.Generator, *, others: Sequence[Samples] = (), leave_out: Sequence[str] = (), strength: float = 1.0
) -> Chain:
    """A chain drawn from `STAGES`. `leave_out` names stages or kinds; `strength` scales every stage's probability.

    `music` and `crowd` are drawn only where `others` are given.
    """
    barred = {*leave_out, *(() if others else ("music", "crowd"))}
    drawn = (_draw(rng, draw, barred, others, strength) for name, draw in STAGES.items() if name not in barred)
    return Chain(tuple(step for step in drawn if step))


def _draw(
    rng: np.random.Generator, draw: Draw, barred: set[str], others: Sequence[Samples], strength: float
) -> Degradation | None:
    kinds = [kind for kind in draw.kinds if kind not in barred]
    if rng.random() >= draw.probability * strength or not kinds:
        return None
    kind = kinds[int(rng.integers(len(kinds)))]
    return KINDS[kind](round(float(rng.uniform(*draw.kinds[kind])), 2), others)
