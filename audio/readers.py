"""Two decoders behind one face: libsndfile (soundfile) and FFmpeg (PyAV), both native rate and channels.

libsndfile is exact about lengths and reads WAV, AIFF, FLAC, Ogg Vorbis. FFmpeg reads the rest (MP3, M4A, AAC, Opus,
Matroska), and what libsndfile gives up on. MP3: libsndfile's decoder stops after a kilobyte of damage and writes to
stderr. Opus: libsndfile 1.2.2 stops inside files whose header states 24 kHz. FFmpeg may open single-file containers
only, never a playlist, which could name other files or addresses to fetch.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal, Protocol

import av
import numpy as np
import soundfile
from av.error import FFmpegError
from numpy.typing import NDArray

Frames = NDArray[np.float32]  # [n, channels]

CONTAINERS = "aac,ac3,aiff,amr,ape,asf,au,caf,eac3,flac,m4a,matroska,mov,mp3,mp4,mpc,ogg,tta,w64,wav,webm,wv"
EXACT_LENGTH = {"flac", "mp3", "mov,mp4,m4a,3gp,3g2,mj2", "matroska,webm", "ogg", "wav", "w64", "aiff", "caf"}
INTEGER_SCALES = {"uint8": (128.0, 128.0), "int16": (0.0, 2.0**15), "int32": (0.0, 2.0**31)}  # zero, full scale
LENGTH_UNKNOWN = 1 << 62  # libsndfile states about 2**63 frames where a header states none


class Reader(Protocol):
    """An open file: `rate` in Hz, the `frames` its header declares (None where it declares none), its `codec`."""

    rate: int
    channels: int
    frames: int | None
    codec: str
    bad_packets: int

    def chunks(self) -> Iterator[Frames]:
        """About one second at a time, [n, channels]. A damaged file may raise what `DECODE_ERRORS` names."""

    def close(self) -> None:
        """Give the file back."""


DECODE_ERRORS = (soundfile.LibsndfileError, FFmpegError, EOFError, ValueError)


class SoundfileReader:
    """libsndfile's view of one file."""

    def __init__(self, path: Path) -> None:
        self._file = soundfile.SoundFile(str(path))
        if self._file.frames >= LENGTH_UNKNOWN:  # of FLAC written to a pipe; libsndfile fails at its end
            self._file.close()
            raise ValueError("its header states no length")
        self.rate, self.channels = self._file.samplerate, self._file.channels
        self.frames = round(self._file.frames * _declared_share(path)) or None
        self.codec = self._file.subtype.lower()
        self.bad_packets = 0

    def chunks(self) -> Iterator[Frames]:
        """See `Reader.chunks`."""
        while len(chunk := self._file.read(self.rate, dtype="float32", always_2d=True)):
            yield np.asarray(chunk, np.float32)

    def close(self) -> None:
        """See `Reader.close`."""
        self._file.close()


def _declared_share(path: Path) -> float:
    """How many times its actual size a RIFF, RF64, W64 or AIFF file declares: above 1 where its end is missing, else 1.

    libsndfile counts the frames that are there. Writers that stream leave 0, 2**31 - 1 or 2**32 - 1 in the header.
    """
    with path.open("rb") as file:
        start = file.read(28)
    size = path.stat().st_size
    orders: dict[bytes, Literal["little", "big"]] = {b"RIFF": "little", b"FORM": "big"}
    declared, unset = 0, LENGTH_UNKNOWN
    if start[:4] in orders:
        declared, unset = int.from_bytes(start[4:8], orders[start[:4]]) + 8, 0x7FFF_0000
    elif start[:4] == b"RF64" and start[12:16] == b"ds64":
        declared = int.from_bytes(start[20:28], "little") + 8
    elif start[:4] == b"riff":
        declared = int.from_bytes(start[16:24], "little")
    return max(1.0, declared / size) if declared < unset else 1.0


class FFmpegReader:
    """FFmpeg's view of the first audio stream of one file; packets that do not decode are counted and skipped."""

    def __init__(self, path: Path, *, timeout_s: float) -> None:
        self.bad_packets = 0
        self._container = av.open(
            str(path.absolute()),  # "Suite:Air.mp3" alone would name a protocol
            options={"format_whitelist": CONTAINERS, "protocol_whitelist": "file"},
            metadata_errors="replace", timeout=timeout_s,
        )  # fmt: skip
        try:
            self._open_stream()
        except BaseException:
            self._container.close()
            raise

    def _open_stream(self) -> None:
        if not self._container.streams.audio:
            raise ValueError("no audio stream")
        self._stream = self._container.streams.audio[0]
        if self._stream.codec_context is None:
            raise ValueError("an audio codec without a decoder")
        self.codec = self._stream.codec_context.name
        self._decoded = self._decode()
        first = next(self._decoded, None)  # only a decoded frame states the rate for certain (HE-AAC doubles it)
        if first is None:
            raise ValueError("no packet decodes")
        self._first = first
        self.rate, self.channels = first.sample_rate, first.layout.nb_channels
        self.frames = self._declared()

    def _declared(self) -> int | None:
        duration = self._container.duration
        if duration is None or self._container.format.name not in EXACT_LENGTH:
            return None  # a guess from the bit rate
        return round(duration / av.time_base * self.rate)

    def _packets(self) -> Iterator[Any]:  # as av types them, of any stream
        try:
            yield from self._container.demux(self._stream)
        except av.error.InvalidDataError:
            self.bad_packets += 1

    def _decode(self) -> Iterator[av.AudioFrame]:
        for packet in self._packets():
            try:
                frames = packet.decode()
            except FFmpegError:  # decoders have many words for a damaged packet; the next one may be whole
                self.bad_packets += 1
                continue
            yield from (frame for frame in frames if isinstance(frame, av.AudioFrame) and frame.samples)

    def chunks(self) -> Iterator[Frames]:
        """See `Reader.chunks`. Stops where the rate changes, which counts as a packet that does not decode; the number
        of channels may change between chunks."""
        waiting = [_frames(self._first)]
        held = len(waiting[0])
        for frame in self._decoded:
            if frame.sample_rate != self.rate:
                self.bad_packets += 1
                break
            array = _frames(frame)
            if array.shape[1] != waiting[-1].shape[1] or held >= self.rate:
                yield _scaled(waiting)
                waiting, held = [], 0
            waiting.append(array)
            held += len(array)
        yield _scaled(waiting)

    def close(self) -> None:
        """See `Reader.close`."""
        self._container.close()


def _frames(frame: av.AudioFrame) -> NDArray[Any]:
    """A decoded frame [n, channels] in the decoder's own number format."""
    data = frame.to_ndarray()
    return data.T if frame.format.is_planar else data.reshape(-1, frame.layout.nb_channels)


def _scaled(parts: list[NDArray[Any]]) -> Frames:
    """The parts joined, float32, full scale 1.0."""
    joined = np.concatenate(parts)
    if joined.dtype.kind not in "iu":
        return np.asarray(joined, np.float32)
    zero, full_scale = INTEGER_SCALES[str(joined.dtype)]
    return np.asarray((joined.astype(np.float32) - zero) / full_scale, np.float32)
