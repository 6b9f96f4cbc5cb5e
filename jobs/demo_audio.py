"""The demo's audio files: a recording rendered, treated as a delivery treats it, and encoded; and files that hold no
music.

Encoding goes through PyAV in its bit-exact mode, so that the same seed gives the same bytes. Vorbis is the exception:
PyAV brings no encoder for it, and libsndfile, which does, numbers each Ogg stream at random.
"""

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import soundfile
import soxr
from numpy.typing import NDArray

from audio.mixdown import mixdown
from audio.percussion import crowd
from audio.performance import perform
from jobs.demo_plan import Track, Treatment
from jobs.demo_repertoire import CROWD_S, Recording

RATE = 32_000
CODECS: dict[str, tuple[str, str, int, int, dict[str, str]]] = {
    # those of PyAV: name -> (encoder, sample format, bits a second, samples a second, options)
    "flac": ("flac", "s16", 0, RATE, {}),
    "wav": ("pcm_s16le", "s16", 0, RATE, {}),
    "mp3": ("libmp3lame", "fltp", 128_000, RATE, {"compression_level": "7"}),
    "opus": ("libopus", "flt", 64_000, 48_000, {}),
    "aac": ("aac", "fltp", 96_000, RATE, {"aac_coder": "fast"}),
}

Stereo = NDArray[np.float32]


def sound(recording: Recording) -> Stereo:
    """Render a recording: float32 [n, 2] at RATE."""
    score = perform(recording.theme, recording.arrangement, recording.take)
    music = mixdown(score, rate=RATE, reverb=recording.arrangement.reverb, seed=recording.arrangement.room)
    return before_an_audience(music, recording.take.seed) if recording.kind == "live" else music


def before_an_audience(music: Stereo, seed: int) -> Stereo:
    """Put a crowd around the music, and applause for CROWD_S before and after."""
    ends = np.zeros((int(CROWD_S * RATE), 2), dtype=np.float32)
    stage = np.concatenate([ends, music, ends])
    ears = [crowd(len(stage) / RATE, rate=RATE, seed=seed + ear)[: len(stage)] for ear in (0, 1)]
    both = np.float32(0.8) * stage
    both[: len(ears[0])] += 0.25 * np.stack(ears, axis=1)
    return np.clip(both, -1.0, 1.0)


def treated(samples: Stereo, treatment: Treatment) -> Stereo:
    """Cut, pad and scale; what gets too loud is clipped, as it would be."""
    start, end = int(treatment.cut_start * RATE), len(samples) - int(treatment.cut_end * RATE)
    padding = ((int(treatment.pad_start * RATE), int(treatment.pad_end * RATE)), (0, 0))
    louder = np.pad(samples[start:end], padding) * 10 ** (treatment.gain_db / 20)
    return np.asarray(np.clip(louder, -1.0, 1.0), dtype=np.float32)


def write_track(track: Track, folder: Path, music: Stereo | None) -> None:
    """Write the audio file of a track; `music` is its rendered recording, null for a bad input."""
    path = folder / track.row["audio_path"]
    path.parent.mkdir(parents=True, exist_ok=True)
    if music is not None:
        tags = {name: track.row[name] for name in ("title", "artist", "album") if track.row.get(name)}
        encode(treated(music, track.treatment), path, codec=track.treatment.codec, tags=tags)
    else:
        write_bad(track.bad, path, codec=track.treatment.codec)


def write_bad(bad: str, path: Path, *, codec: str) -> None:
    """Write a file of a bad kind: empty | text | clip | silence; `missing` writes none."""
    if bad == "empty":
        path.write_bytes(b"")
    elif bad == "text":
        path.write_text("This is a shopping list, renamed to look like music.\n" * 20, encoding="utf-8")
    elif bad == "silence":
        encode(np.zeros((20 * RATE, 2), dtype=np.float32), path, codec=codec, tags={})
    elif bad == "clip":
        tone = 0.5 * np.sin(2.0 * np.pi * 523.0 * np.arange(RATE) / RATE)
        encode(np.stack([tone, tone], axis=1).astype(np.float32), path, codec=codec, tags={})


def encode(samples: Stereo, path: Path, *, codec: str, tags: dict[str, str]) -> None:
    """Encode float32 [n, 2] at RATE into `path`, whose extension names the container; KeyError for an unknown codec."""
    if codec == "vorbis":
        encode_vorbis(samples, path, tags)
        return
    encoder, sample_format, bits, rate, options = CODECS[codec]
    if rate != RATE:
        samples = soxr.resample(samples, RATE, rate, quality="HQ")
    with av.open(str(path), "w", options={"fflags": "+bitexact"}) as container:
        container.metadata.update(tags)
        stream: Any = container.add_stream(encoder, rate=rate, layout="stereo", format=sample_format, options=options)
        stream.codec_context.flags |= av.codec.context.Flags.bitexact
        if bits:
            stream.bit_rate = bits
        stream.codec_context.open()
        for frame in frames(samples, rate, sample_format, stream.codec_context.frame_size or 4096):
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))


def encode_vorbis(samples: Stereo, path: Path, tags: dict[str, str]) -> None:
    """Ogg Vorbis; in blocks, because its encoder keeps a whole write on the stack."""
    with soundfile.SoundFile(path, "w", RATE, 2, format="OGG", subtype="VORBIS") as file:
        for name, text in tags.items():
            setattr(file, name, text)
        for start in range(0, len(samples), 4096):
            file.write(samples[start : start + 4096])


def frames(samples: Stereo, rate: int, sample_format: str, size: int) -> Iterator[av.AudioFrame]:
    """Cut float32 [n, 2] into frames of at most `size` samples in the encoder's format."""
    for start in range(0, len(samples), size):
        block = samples[start : start + size]
        if sample_format == "s16":
            block = np.round(block * 32767.0).astype(np.int16)
        data = block.T if sample_format.endswith("p") else block.reshape(1, -1)
        frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(data), format=sample_format, layout="stereo")
        frame.sample_rate, frame.pts, frame.time_base = rate, start, Fraction(1, rate)
        yield frame
