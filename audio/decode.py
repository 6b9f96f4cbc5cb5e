"""Audio files to mono float32 at one rate, in memory or streamed, within limits.

What can be decoded is kept: a truncated file, a damaged middle, samples that are no numbers are noted, not refused.
Only a file without any sound to give raises `AudioError`, whose code says why. The time limit is checked between chunks
of about a second of audio, since Spark workers cannot use signals.
"""

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import soxr
from numpy.typing import NDArray

from audio.downmix import MIXES, clean
from audio.opening import cut_short, open_audio
from audio.readers import DECODE_ERRORS, FFmpegReader, Reader, SoundfileReader
from catalog.errors import AudioError

LENGTH_SLACK_S = 0.25  # encoder delay and padding differ by less


@dataclass(frozen=True)
class DecodeLimits:
    """Longer audio is cut at `max_seconds`; `timeout_s` is wall time for one file; more channels are refused."""

    max_seconds: float = 3 * 3600.0
    timeout_s: float = 300.0
    max_channels: int = 64


@dataclass(frozen=True)
class Waveform:
    """Mono `samples` [n] at `rate` Hz.

    `notes` maps a code (`truncated`, `damaged`, `cut`, `cleaned`) to its message.
    """

    samples: NDArray[np.float32]
    rate: int
    seconds: float
    notes: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Probe:
    """What the header says: `rate` in Hz, `seconds` None where it states no length."""

    codec: str
    rate: int
    channels: int
    seconds: float | None


def decode(path: str | Path, *, rate: int = 16000, limits: DecodeLimits | None = None, mix: str = "mono") -> Waveform:
    """The whole file as one waveform, its channels mixed as `audio.downmix.MIXES` names it.

    Raises `AudioError` with code `missing`, `not_a_file`, `empty`, `not_audio`, `unreadable`, `no_samples`,
    `too_many_channels` or `timeout`.
    """
    stream = Blocks(Path(path), rate, limits or DecodeLimits(), 60.0, mix)
    samples = np.concatenate(list(stream))
    return Waveform(samples, rate, len(samples) / rate, stream.notes)


def blocks(
    path: str | Path, *, rate: int = 16000, limits: DecodeLimits | None = None, block_s: float = 60.0
) -> "Blocks":
    """An iterator of mono float32 blocks of `block_s` seconds (the last is shorter), memory bounded by the block.

    Once it is exhausted, its `notes` and `seconds` are complete. Raises what `decode` raises.
    """
    return Blocks(Path(path), rate, limits or DecodeLimits(), block_s)


def probe(path: str | Path, *, limits: DecodeLimits | None = None) -> Probe:
    """The header, without decoding the file. Raises what `decode` raises."""
    reader = _open(Path(path), limits or DecodeLimits())
    reader.close()
    seconds = None if reader.frames is None else reader.frames / reader.rate
    return Probe(reader.codec, reader.rate, reader.channels, seconds)


class Blocks(Iterator[NDArray[np.float32]]):
    """Decoded blocks of one file; see `blocks`."""

    def __init__(self, path: Path, rate: int, limits: DecodeLimits, block_s: float, mix: str = "mono") -> None:
        self.notes: dict[str, str] = {}
        self.seconds = 0.0
        self._path, self._rate, self._limits = path, rate, limits
        self._mix = MIXES[mix]
        self._size = max(1, round(block_s * rate))
        self._iterator = self._blocks()

    def __next__(self) -> NDArray[np.float32]:
        return next(self._iterator)

    def _blocks(self) -> Iterator[NDArray[np.float32]]:
        waiting: list[NDArray[np.float32]] = []
        for chunk in self._resampled():
            waiting.append(chunk)
            while sum(map(len, waiting)) > self._size:
                joined = np.concatenate(waiting)
                yield self._counted(joined[: self._size])
                waiting = [joined[self._size :]]
        if any(map(len, waiting)):
            yield self._counted(np.concatenate(waiting))
        if not self.seconds:
            raise AudioError("no_samples", f"{self._path} holds no samples; deliver it again")

    def _counted(self, block: NDArray[np.float32]) -> NDArray[np.float32]:
        self.seconds += len(block) / self._rate
        return block

    def _resampled(self) -> Iterator[NDArray[np.float32]]:
        reader = _open(self._path, self._limits)
        try:
            native = self._native(reader)
            if reader.rate == self._rate:
                yield from native
                return
            resampler = soxr.ResampleStream(reader.rate, self._rate, 1, dtype="float32", quality="HQ")
            for chunk in native:
                yield resampler.resample_chunk(chunk)
            yield resampler.resample_chunk(np.zeros(0, np.float32), last=True)
        finally:
            reader.close()

    def _native(self, reader: Reader) -> Iterator[NDArray[np.float32]]:
        """Mono chunks at the file's own rate, checked, counted and cut."""
        deadline = time.monotonic() + self._limits.timeout_s
        longest = round(self._limits.max_seconds * reader.rate)
        done = wrong = 0
        for frames in self._resumed(reader):
            if time.monotonic() > deadline:
                spent = f"more than {self._limits.timeout_s:g} s"
                raise AudioError("timeout", f"{self._path} took {spent} to decode; raise the limit or leave it out")
            frames, bad = clean(frames)
            wrong += bad
            yield self._mix(frames[: longest - done])
            done += len(frames)
            if done > longest:
                self.notes["cut"] = f"{self._path} is longer than {self._limits.max_seconds:g} s; the rest was not read"
                break
        if wrong:
            self.notes["cleaned"] = f"{self._path} has {wrong} samples that are no numbers; they were silenced"
        declared = reader.frames or 0
        if "cut" not in self.notes and done < declared - LENGTH_SLACK_S * reader.rate:
            lengths = f"{done / reader.rate:.1f} s of {declared / reader.rate:.1f} s"
            self.notes["truncated"] = f"{self._path} ends early: {lengths} decoded; deliver it again"
        elif "cut" not in self.notes and cut_short(self._path):
            decoded = f"{done / reader.rate:.1f} s decoded"
            self.notes["truncated"] = f"{self._path} stops within its stream: {decoded}; deliver it again"

    def _resumed(self, reader: Reader) -> Iterator[NDArray[np.float32]]:
        """The reader's chunks; where libsndfile gives up inside a file, FFmpeg's from that frame on."""
        done = 0
        damaged = False
        try:
            for frames in reader.chunks():
                done += len(frames)
                yield frames
        except DECODE_ERRORS:
            damaged = True
        if isinstance(reader, SoundfileReader) and (damaged or not done):
            yield from self._rest(reader.rate, done)
        if damaged or reader.bad_packets:
            self.notes["damaged"] = f"{self._path} has parts that do not decode; they were skipped"

    def _rest(self, rate: int, done: int) -> Iterator[NDArray[np.float32]]:
        try:
            other = FFmpegReader(self._path, timeout_s=self._limits.timeout_s)
        except DECODE_ERRORS:
            return
        try:
            for frames in other.chunks() if other.rate == rate else ():
                if len(frames) > done:
                    yield frames[done:]
                done = max(0, done - len(frames))
        except DECODE_ERRORS:
            return
        finally:
            other.close()


def _open(path: Path, limits: DecodeLimits) -> Reader:
    return open_audio(path, timeout_s=limits.timeout_s, max_channels=limits.max_channels)
