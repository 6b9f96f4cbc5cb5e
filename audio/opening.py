"""From a path to an open reader, or to the reason why there is none.

Which decoder reads a file is told by its first bytes, never by its name: a distributor's `.mp3` may be anything.
"""

import os
from pathlib import Path

from audio.readers import DECODE_ERRORS, FFmpegReader, Reader, SoundfileReader
from catalog.errors import AudioError

SNDFILE_SIGNATURES = (
    b"RIFF",
    b"RIFX",
    b"RF64",
    b"riff",
    b"FORM",
    b"fLaC",
    b"OggS",
    b"caff",
    b".snd",
    b"Creative Voice",
)
MPEG_SIGNATURES = (b"ID3", b"\xff\xfb", b"\xff\xfa", b"\xff\xf3", b"\xff\xf2", b"\xff\xf1", b"\xff\xf9")
AUDIO_SIGNATURES = (*SNDFILE_SIGNATURES, *MPEG_SIGNATURES, b"\x1aE\xdf\xa3", b"\x30\x26\xb2\x75", b"MAC ", b"wvpk")
RATES = range(1000, 1_000_000)
LONGEST_PAGE = 65_307  # bytes of an Ogg page
LAST_PAGE = 4  # flag of the page that ends a stream


def open_audio(path: Path, *, timeout_s: float, max_channels: int) -> Reader:
    """An open reader. Raises `AudioError` with every code of `audio.decode.decode` but `no_samples` and `timeout`."""
    try:
        _check_file(path)
        reader = _open(path, timeout_s)
    except DECODE_ERRORS as error:
        raise _refusal(path, error) from error
    except OSError as error:
        raise AudioError("unreadable", f"{path} cannot be read: {error}") from error
    if reader.channels > max_channels or reader.rate not in RATES:
        reader.close()
        code = "too_many_channels" if reader.channels > max_channels else "unreadable"
        raise AudioError(code, f"{path} states {reader.channels} channels at {reader.rate} Hz; deliver mono or stereo")
    return reader


def _check_file(path: Path) -> None:
    if not path.exists():
        raise AudioError("missing", f"{path} does not exist; correct the path or deliver the file")
    if not path.is_file():
        raise AudioError("not_a_file", f"{path} is not a file; give the path of an audio file")
    if not os.access(path, os.R_OK):
        raise AudioError("unreadable", f"{path} may not be read; change its permissions")
    if path.stat().st_size == 0:
        raise AudioError("empty", f"{path} has 0 bytes; deliver it again")


def _start(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(64)


def _open(path: Path, timeout_s: float) -> Reader:
    start = _start(path)
    if start.startswith(SNDFILE_SIGNATURES) and b"OpusHead" not in start and not _several_streams(path, start):
        try:
            return SoundfileReader(path)
        except (*DECODE_ERRORS, TypeError):  # TypeError: a name ending in .raw asks for a rate
            pass
    return FFmpegReader(path, timeout_s=timeout_s)


def _several_streams(path: Path, start: bytes) -> bool:
    """Whether an Ogg file ends with another stream than it starts with: libsndfile would play the first alone."""
    if not start.startswith(b"OggS"):
        return False
    number = _last_page(path)[14:18]
    return len(number) == 4 and number != start[14:18]


def cut_short(path: Path) -> bool:
    """Whether the last page of an Ogg file is not whole, or does not say that the stream ends with it (RFC 3533)."""
    try:
        page = _last_page(path) if _start(path).startswith(b"OggS") else b""
    except OSError:  # it went away meanwhile
        return False
    if not page:
        return False
    lengths = page[27 : 27 + page[26]] if len(page) > 26 else b""
    whole = len(page) > 26 and len(page) >= 27 + page[26] + sum(lengths)
    return not whole or not page[5] & LAST_PAGE


def _last_page(path: Path) -> bytes:
    """An Ogg file from its last page on; empty where none is near its end."""
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - LONGEST_PAGE))
        end = file.read()
    page = end.rfind(b"OggS")
    return end[page:] if page >= 0 else b""


def _refusal(path: Path, error: Exception) -> AudioError:
    start = _start(path)
    if start.startswith(AUDIO_SIGNATURES) or start[4:8] == b"ftyp":
        return AudioError("unreadable", f"{path} is damaged or truncated ({error}); deliver it again")
    known = "WAV, FLAC, MP3, Ogg or M4A"
    return AudioError("not_audio", f"{path} is not audio in a known format; deliver {known}")
