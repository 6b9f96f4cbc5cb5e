"""Lossy codecs, encoded and decoded in memory: what distributors, phones and stream rippers do to a recording.

MP3 (LAME), Opus and AAC go through FFmpeg at a stated bit rate; Vorbis goes through libsndfile at a stated quality, its
own scale. The encoder's delay is taken off, so that sample `i` stays sample `i`; every function keeps the length.
"""

import io
from typing import cast

import av
import numpy as np
import soundfile
import soxr
from numpy.typing import NDArray

Samples = NDArray[np.float32]

ENCODERS = {"mp3": ("libmp3lame", "mp3"), "opus": ("libopus", "ogg"), "aac": ("aac", "adts")}
UNSTATED_DELAY = {"aac": 1024}  # samples; ADTS has no field for it
OPUS_RATES = (8000, 12000, 16000, 24000, 48000)
AAC_RATES = (8000, 11025, 12000, 16000, 22050, 24000, 32000, 44100, 48000)
WRITTEN_AT_ONCE = 65_536  # samples: libsndfile overflows the stack where Vorbis gets minutes at once
RATES = {"mp3": AAC_RATES, "aac": AAC_RATES, "opus": OPUS_RATES}


def lossy(samples: Samples, rate: int, *, codec: str, kbps: float, coding_rate: int | None = None) -> Samples:
    """`samples` through `codec` (`mp3`, `opus`, `aac`) at `kbps` kbit/s for one channel.

    It is coded at `coding_rate` Hz where given (44100: as music is sold), else at the next rate that the codec knows.
    """
    known = RATES[codec]
    native = coding_rate or next((known_rate for known_rate in known if known_rate >= rate), known[-1])
    coded = _coded(_at(samples, rate, native), native, codec, kbps)
    return fitted(_at(coded, native, rate), len(samples))


def vorbis(samples: Samples, rate: int, *, quality: float) -> Samples:
    """`samples` through Vorbis at `quality` 0 (smallest) to 1."""
    file = io.BytesIO()
    bounded = np.clip(samples, -1, 1)
    with soundfile.SoundFile(file, "w", rate, 1, "VORBIS", format="OGG", compression_level=1 - quality) as encoder:
        for start in range(0, len(bounded), WRITTEN_AT_ONCE):
            encoder.write(bounded[start : start + WRITTEN_AT_ONCE])
    file.seek(0)
    return fitted(np.asarray(soundfile.read(file, dtype="float32")[0], np.float32), len(samples))


def fitted(samples: Samples, length: int) -> Samples:
    """`samples` cut or padded with silence at the end to `length`."""
    return np.asarray(np.pad(samples[:length], (0, max(0, length - len(samples)))), np.float32)


def _at(samples: Samples, rate: int, wanted: int) -> Samples:
    return samples if rate == wanted else np.asarray(soxr.resample(samples, rate, wanted), np.float32)


def _coded(samples: Samples, rate: int, codec: str, kbps: float) -> Samples:
    encoder, container = ENCODERS[codec]
    file = io.BytesIO()
    _encode(file, np.clip(samples, -1, 1), rate, encoder=encoder, container=container, kbps=kbps)
    file.seek(0)
    with av.open(file, "r", format=container) as source:
        resampler = av.AudioResampler(format="fltp", layout="mono", rate=rate)
        frames = [part for frame in source.decode(audio=0) for part in resampler.resample(frame)]
    decoded = np.concatenate([np.zeros(0, np.float32), *(frame.to_ndarray()[0] for frame in frames)])
    return np.asarray(decoded[UNSTATED_DELAY.get(codec, 0) :], np.float32)


def _encode(file: io.BytesIO, samples: Samples, rate: int, *, encoder: str, container: str, kbps: float) -> None:
    with av.open(file, "w", format=container) as target:
        stream = cast(av.AudioStream, target.add_stream(encoder, rate=rate, layout="mono"))
        stream.bit_rate = round(kbps * 1000)
        whole = av.AudioFrame.from_ndarray(np.ascontiguousarray(samples[None]), format="fltp", layout="mono")
        whole.sample_rate, whole.pts = rate, 0
        converter = av.AudioResampler(format=stream.codec_context.format, layout="mono", rate=rate)
        for frame in converter.resample(whole):
            target.mux(stream.encode(frame))
        target.mux(stream.encode(None))
