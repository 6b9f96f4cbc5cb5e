"""Degraded copies of every training file, kept on disk as features.

A file is cut into overlapping chunks of 20 s. Of each chunk there is the clean copy and `versions` copies that went
through degradations of their own (`audio/augment.py`), so that one file shows many. This is done once: an epoch over
features costs a hundredth of decoding and degrading again. A file's features lie in one array that is read
memory-mapped, beside a table of where each copy starts and how much faster than the clean one it runs.
"""

import hashlib
import json
import os
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from functools import lru_cache
from io import BytesIO
from itertools import repeat
from multiprocessing import get_context, parent_process
from pathlib import Path
from threading import Thread
from typing import Any

import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from audio.augment import Chain, random_chain
from audio.decode import DecodeLimits, decode
from audio.downmix import MIXES
from audio.features import FeatureConfig, logmel
from catalog.atomic import replacing
from catalog.errors import AudioError

CHUNK_S = 20.0
STRIDE_S = 15.0  # the overlap holds a segment with its surroundings, also where the copy runs 10% faster
SHORTEST_S = 5.0
QUIET = 0.01  # of the power of the whole
MIXED = 0.2  # of the copies are of one channel, or of what the channels do not share
LIMITS = DecodeLimits(max_seconds=900.0)
COPIES = 2  # how copies are made; a number for each way, so that older ones are not taken
OTHERS = "others.npy"  # excerpts of other files, mixed in as a crowd or as music in the background
OTHERS_COUNT, OTHERS_S = 32, 10.0
MIDDLE = 65_536  # bytes

Samples = NDArray[np.float32]


@dataclass(frozen=True)
class Copy:
    """Frames `first` to `first + count`; second `t` of the clean chunk is second `t / speed` of this copy.

    `name` says what was done to it, `side+speed_2+pink_4`; empty for the clean copy.
    """

    first: int
    count: int
    speed: float
    name: str


@dataclass(frozen=True)
class Chunk:
    """`seconds` of a file from `start_s` on; the first of its copies is the clean one."""

    start_s: float
    seconds: float
    copies: tuple[Copy, ...]


@dataclass(frozen=True)
class CopiedTrack:
    """All chunks of one file; `path` holds their frames, float16 [frames, n_mels] in dB."""

    path: Path
    chunks: tuple[Chunk, ...]

    def segment(self, copy: Copy, centre_s: float, config: FeatureConfig, length: int) -> NDArray[np.float16]:
        """`length` frames of `copy` around second `centre_s` of the clean chunk, moved inside if they leave it.

        Of a copy that is shorter than that, the last frame is repeated.
        """
        frame = round((centre_s / copy.speed) * config.rate / config.hop) - length // 2
        start = copy.first + max(0, min(frame, copy.count - length))
        there = _frames(self.path)[start : min(start + length, copy.first + copy.count)]
        return there if len(there) == length else np.pad(there, ((0, length - len(there)), (0, 0)), "edge")


def make_copies(
    paths: Sequence[Path], cache: Path, config: FeatureConfig, *, versions: int, seed: int, workers: int
) -> list[CopiedTrack | None]:
    """One entry a path, None where it is missing, too short or cannot be decoded. What is cached is not redone."""
    cache.mkdir(parents=True, exist_ok=True)
    if not _excerpted(cache / OTHERS):
        _store(cache / OTHERS, _excerpts(paths, config, np.random.default_rng(seed)))
    jobs = (paths, repeat(cache), repeat(config), repeat(versions), repeat(seed))
    with ProcessPoolExecutor(workers, get_context("spawn"), _end_with_parent) as pool:
        made = map(make_copy, *jobs) if workers == 1 else pool.map(make_copy, *jobs)
        names = list(tqdm(made, "degrading", len(paths), unit="file", mininterval=2.0))
    return [open_copy(cache, name) if name else None for name in names]


def make_copy(path: Path, cache: Path, config: FeatureConfig, versions: int, seed: int) -> str | None:
    """Make and store the copies of one file; the name they are stored under, None where it gives none."""
    try:
        name = _name(path, config, versions, seed)
    except OSError:
        return None
    if (cache / f"{name}.json").exists():
        return name
    try:
        mixes = {mix: decode(path, rate=config.rate, limits=LIMITS, mix=mix).samples for mix in MIXES}
    except AudioError:
        return None
    if len(mixes["mono"]) < SHORTEST_S * config.rate:
        return None
    others = list(np.load(cache / OTHERS, mmap_mode="r"))
    frames, chunks = _features(mixes, others, config, versions, np.random.default_rng([seed, int(name, 16)]))
    _store(cache / f"{name}.npy", frames)
    written = cache / f"{name}.json.part"
    written.write_text(json.dumps([asdict(chunk) for chunk in chunks]))
    written.replace(cache / f"{name}.json")  # last, and at once: its presence says that the copy is complete
    return name


def _store(path: Path, array: NDArray[Any]) -> None:
    """As `np.save`, at once and with the error of the disk: half a file would stop every later run."""
    content = BytesIO()
    np.save(content, array)
    with replacing(path) as part:
        part.write_bytes(content.getbuffer())


def _end_with_parent() -> None:
    """Let this worker end where whoever started it was killed; it would wait for work for ever."""
    parent = parent_process()

    def end() -> None:
        if parent is not None:
            parent.join()
            os._exit(1)

    Thread(target=end, daemon=True).start()


def open_copy(cache: Path, name: str) -> CopiedTrack:
    """What `make_copy` stored."""
    chunks = json.loads((cache / f"{name}.json").read_text())
    return CopiedTrack(
        path=cache / f"{name}.npy",
        chunks=tuple(Chunk(c["start_s"], c["seconds"], tuple(Copy(**copy) for copy in c["copies"])) for c in chunks),
    )


@lru_cache(maxsize=128)  # each holds a file open, of which a process may have about a thousand
def _frames(path: Path) -> NDArray[np.float16]:
    frames: NDArray[np.float16] = np.load(path, mmap_mode="r")
    return frames


def _excerpted(stored: Path) -> bool:
    """Whether there are excerpts already; a call that found no file to take any from leaves none."""
    return stored.exists() and len(np.load(stored, mmap_mode="r")) > 0


def _excerpts(paths: Sequence[Path], config: FeatureConfig, rng: np.random.Generator) -> Samples:
    """The start of some files, at random: [n, samples]."""
    length = round(OTHERS_S * config.rate)
    excerpts = [np.zeros((0, length), np.float32)]
    for i in rng.permutation(len(paths))[:OTHERS_COUNT]:
        try:
            samples = decode(paths[i], rate=config.rate, limits=DecodeLimits(max_seconds=OTHERS_S)).samples
        except AudioError:
            continue
        excerpts.append(np.resize(samples, (1, length)))
    return np.concatenate(excerpts)


def _features(
    mixes: dict[str, Samples], others: list[Samples], config: FeatureConfig, versions: int, rng: np.random.Generator
) -> tuple[NDArray[np.float16], list[Chunk]]:
    mels: list[NDArray[np.float32]] = []
    chunks = []
    length, stride = round(CHUNK_S * config.rate), round(STRIDE_S * config.rate)
    for start in range(0, max(1, len(mixes["mono"]) - (length - stride)), stride):
        copies = []
        for version in range(1 + versions):
            mix = _drawn_mix(mixes, start, length, rng) if version else "mono"
            chain = random_chain(rng, others=others) if version else Chain()
            mel = logmel(chain(mixes[mix][start : start + length], config.rate, rng), config)
            name = "+".join(filter(None, ("" if mix == "mono" else mix, chain.name)))
            copies.append(Copy(sum(map(len, mels)), len(mel), chain.factor, name))
            mels.append(mel)
        seconds = len(mixes["mono"][start : start + length]) / config.rate
        chunks.append(Chunk(start / config.rate, seconds, tuple(copies)))
    return np.concatenate(mels).astype(np.float16), chunks


def _drawn_mix(mixes: dict[str, Samples], start: int, length: int, rng: np.random.Generator) -> str:
    """Mostly `mono`; another only where it is not next to silence, as the side of a centred recording is."""
    mix = str(rng.choice([name for name in mixes if name != "mono"])) if rng.random() < MIXED else "mono"
    power, whole = (float(np.square(mixes[name][start : start + length]).sum()) for name in (mix, "mono"))
    return mix if power > QUIET * whole else "mono"


def _name(path: Path, config: FeatureConfig, versions: int, seed: int) -> str:
    """Under what the copies of a file are stored: where its folder lies does not matter.

    Files of one name, size and time, as unpacked archives have, are told apart by what is in their middle.
    """
    state = path.stat()
    with path.open("rb") as file:
        file.seek(max(0, (state.st_size - MIDDLE) // 2))
        middle = hashlib.sha256(file.read(MIDDLE)).hexdigest()
    told = f"{path.parent.name}/{path.name}:{state.st_size}:{state.st_mtime_ns}:{middle}"
    told += f":{config}:{versions}:{seed}:{COPIES}"
    return hashlib.sha256(told.encode("utf-8", "surrogateescape")).hexdigest()[:16]
