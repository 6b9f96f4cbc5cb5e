"""Audio files to identity codes and similarity vectors, by a trained model.

A file is streamed: its log-mel frames are the same wherever the decoder cuts its blocks, segments stand on an exact
grid from the file's first sample, and the net runs over stretches that stand on a grid too, each with more of what
surrounds it than the net can see, so that an answer never depends on how a file was read. Memory is bounded by a
stretch, whatever the file's length.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol, Self

import numpy as np
from numpy.typing import NDArray

import models
from audio.activity import audible_mel
from audio.decode import DecodeLimits, blocks
from audio.features import logmel, logmel_stream
from catalog.errors import AudioError, ModelError, UsageError
from embeddings.config import ModelConfig
from embeddings.model_files import model_name

STRETCH_S = 64.0  # of sound that the net runs over at once: with more it leaves the cache, with less it repeats more
SURROUNDINGS_S = 3.0  # before and after it; the net sees 2.7 s: its own reach of 1.2 s and the level around that
BEYOND = 2  # outputs, half a second: no stored segment begins further from one of the excerpt's
SHORTEST_S = 1.0  # shorter audio gets no segment; up to one segment's length it is completed with silence

Samples = NDArray[np.float32]


@dataclass(frozen=True)
class Analysis:
    """What a file sounds like. Segment `i` begins at second `start_s + i * hop_s`.

    `codes` uint8 [n, 16], the sign bits of the identity vectors; `audible` bool [n]; `vector` float32 [128] of unit
    length, None where no segment is audible; `seconds` decoded; `notes` of the decoder, code to message; `soft` float32
    [n, 128] of an excerpt, the identity vectors that the codes are the signs of.
    """

    codes: NDArray[np.uint8]
    audible: NDArray[np.bool_]
    vector: NDArray[np.float32] | None
    seconds: float
    hop_s: float
    notes: dict[str, str] = field(default_factory=dict)
    start_s: float = 0.0
    soft: NDArray[np.float32] | None = None


class Heads(Protocol):
    """A net that hears: `embeddings.weights.TorchHeads`, or `embeddings.forward.Forward` without torch."""

    config: ModelConfig

    def segments(self, mel: Samples, first: int, step: int, count: int) -> tuple[Samples, Samples]:
        """Unit vectors [count, 128] of the segments at frames `first`, `first + step`, ... of `mel` [t, n_mels]."""

    def excerpt(self, mel: Samples, beyond: int) -> tuple[Samples, Samples]:
        """Those at every output, from `beyond` outputs before `mel` to as many after it, of what there is."""


class Encoder:
    """A model in memory, on the CPU."""

    def __init__(self, heads: Heads, name: str) -> None:
        self._heads, self.name = heads, name

    @classmethod
    def load(cls, folder: Path, *, threads: int | None = None) -> Self:
        """The model in `folder`, in torch, for many files. Raises ModelError where it is missing or damaged.

        `threads` bounds what torch uses in this process; give 1 where several processes share a machine.
        """
        from embeddings.weights import TorchHeads

        return cls(TorchHeads.load(folder, threads=threads), model_name(folder))

    @classmethod
    def quick(cls, folder: Path) -> Self:
        """The same without torch: there sooner, as torch takes long to import. Raises ModelError likewise."""
        from embeddings.forward import Forward

        return cls(Forward.load(folder), model_name(folder))

    @property
    def config(self) -> ModelConfig:
        """What the model was made for."""
        return self._heads.config

    def analyse(self, path: Path, limits: DecodeLimits | None = None, *, hop_s: float | None = None) -> Analysis:
        """Decode and encode one file; `hop_s` finer than the model's own for queries (a multiple of 0.25 s).

        Raises AudioError where it cannot be decoded.
        """
        stream = blocks(path, rate=self.config.features.rate, limits=limits)
        return self.analyse_blocks(stream, hop_s=hop_s, notes=stream.notes)

    def analyse_many(
        self, paths: Iterable[Path], limits: DecodeLimits | None = None, *, hop_s: float | None = None
    ) -> Iterator[tuple[Path, Analysis | AudioError]]:
        """Each path with its analysis, or with the error where it cannot be decoded."""
        for path in paths:
            try:
                yield path, self.analyse(path, limits, hop_s=hop_s)
            except AudioError as error:
                yield path, error

    def analyse_blocks(
        self, stream: Iterable[Samples], *, hop_s: float | None = None, notes: dict[str, str] | None = None
    ) -> Analysis:
        """Encode mono float32 samples at the model's rate, delivered in blocks of any length."""
        hop_s = self._checked(hop_s)
        codes, heard, total, length = [], [], np.zeros(self.config.similarity), _Length()
        for stretch in _stretches(length.counted(stream), self.config, hop_s):
            identity, similarity = self._heads.segments(stretch.mel, stretch.first, stretch.step, stretch.count)
            inside = _repeated(stretch.inside, length.samples, self.config)
            loud = audible_mel(inside, self.config.features, window_s=self.config.segment_s, hop_s=hop_s)
            codes.append(np.packbits(identity > 0, axis=1))
            heard.append(loud)
            total += similarity[loud].sum(0, dtype=np.float64)
        return Analysis(
            codes=np.concatenate([np.zeros((0, self.config.code_bytes), np.uint8), *codes]),
            audible=np.concatenate([np.zeros(0, bool), *heard]),
            vector=_of_unit_length(total),
            seconds=length.samples / self.config.features.rate,
            hop_s=hop_s,
            notes=notes if notes is not None else {},
        )

    def places(self, path: Path, limits: DecodeLimits | None = None) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Similarity vectors `[n, 128]` of a file's audible segments, of unit length, and when they begin `[n]`, in s.

        Their sum is what `Analysis.vector` is the direction of. Raises AudioError where the file cannot be decoded.
        """
        hop_s, count = self.config.hop_s, 0
        vectors, begins = [np.zeros((0, self.config.similarity), np.float32)], [np.zeros(0, np.float32)]
        length = _Length()
        stream = blocks(path, rate=self.config.features.rate, limits=limits)
        for stretch in _stretches(length.counted(stream), self.config, hop_s):
            _, similarity = self._heads.segments(stretch.mel, stretch.first, stretch.step, stretch.count)
            inside = _repeated(stretch.inside, length.samples, self.config)
            loud = audible_mel(inside, self.config.features, window_s=self.config.segment_s, hop_s=hop_s)
            vectors.append(similarity[loud])
            begins.append((np.flatnonzero(loud) + count).astype(np.float32) * hop_s)
            count += len(loud)
        return np.concatenate(vectors), np.concatenate(begins)

    def excerpt(self, samples: Samples) -> Analysis:
        """Encode a short excerpt for a search: segments at every output of the net, also such as stand half over its
        ends.

        An excerpt of three seconds holds one whole segment, up to half a second beside the one that is stored. Those
        that begin up to `BEYOND` outputs earlier or end later are pooled over what the excerpt has of them.
        """
        config = self.config
        mel = logmel(np.concatenate([*_completed([samples], config)]), config.features)
        if len(mel) < config.frames:
            return self.analyse_blocks([samples])
        identity, similarity = self._heads.excerpt(mel, BEYOND)
        hop_s = self._output_s
        inside = _repeated(mel, len(samples), config)
        whole = audible_mel(inside, config.features, window_s=config.segment_s, hop_s=hop_s)
        audible = np.pad(whole, BEYOND, mode="edge")
        vector = _of_unit_length(similarity[audible].sum(0, dtype=np.float64))
        codes = np.packbits(identity > 0, axis=1)
        seconds = len(samples) / config.features.rate
        return Analysis(codes, audible, vector, seconds, hop_s, start_s=-BEYOND * hop_s, soft=identity)

    @property
    def _output_s(self) -> float:
        return self.config.output_frames * self.config.features.hop / self.config.features.rate

    def _checked(self, hop_s: float | None) -> float:
        hop_s = self.config.hop_s if hop_s is None else hop_s
        output_s = self._output_s
        steps = hop_s / output_s
        if hop_s <= 0 or abs(steps - round(steps)) > 1e-6:
            raise UsageError(f"segments cannot start every {hop_s:g} s; give a multiple of {output_s:g} s")
        return hop_s


def _of_unit_length(total: NDArray[np.float64]) -> NDArray[np.float32] | None:
    """A sum of vectors brought to unit length, None where nothing was added up."""
    norm = float(np.linalg.norm(total))
    return (total / norm).astype(np.float32) if norm > 0 else None


@dataclass(frozen=True)
class _Stretch:
    """`count` segments of `frames`, the first at frame `first` of `mel` [frames, n_mels], each `step` later."""

    mel: NDArray[np.float32]
    first: int
    step: int
    count: int
    frames: int

    @property
    def inside(self) -> NDArray[np.float32]:
        """The frames of the segments themselves."""
        return self.mel[self.first : self.first + (self.count - 1) * self.step + self.frames]


class _Length:
    """Counts the samples that pass."""

    def __init__(self) -> None:
        self.samples = 0

    def counted(self, stream: Iterable[Samples]) -> Iterator[Samples]:
        for block in stream:
            self.samples += len(block)
            yield np.asarray(block, np.float32)


def _stretches(stream: Iterable[Samples], config: ModelConfig, hop_s: float) -> Iterator[_Stretch]:
    """Stretches of `STRETCH_S` on a grid from the first frame on, and what is left at the end."""
    step = config.features.frames(hop_s)
    count = max(1, config.features.frames(STRETCH_S) // step)
    around = -(-config.features.frames(SURROUNDINGS_S) // config.output_frames) * config.output_frames
    mel = np.zeros((0, config.features.n_mels), np.float32)
    first = 0
    for frames in logmel_stream(_completed(stream, config), config.features):
        mel = np.concatenate([mel, frames])
        while len(mel) >= (end := first + (count - 1) * step + config.frames + around):
            yield _Stretch(mel[:end], first, step, count, config.frames)
            gone = max(0, first + count * step - around)
            mel, first = mel[gone:], first + count * step - gone
    if (left := (len(mel) - first - config.frames) // step + 1) > 0:
        yield _Stretch(mel, first, step, left, config.frames)


def _completed(stream: Iterable[Samples], config: ModelConfig) -> Iterator[Samples]:
    """The stream; silence after it where it is shorter than a segment but long enough to be recognised."""
    done = 0
    for block in stream:
        done += len(block)
        yield block
    wanted = round(config.segment_s * config.features.rate)
    if SHORTEST_S * config.features.rate <= done < wanted:
        yield np.zeros(wanted - done, np.float32)


def _repeated(mel: Samples, samples: int, config: ModelConfig) -> Samples:
    """Frames [n, n_mels] to judge by whether sound changes: of completed audio what it has, over and over.

    Silence after steady noise is a change that says nothing.
    """
    there = max(1, samples // config.features.hop)
    return np.resize(mel[:there], mel.shape) if there < config.frames else mel


def released_model() -> Path:
    """The folder of the model that comes with Unisono. Raises ModelError where the installation lacks it."""
    folder = models.released_model()
    if not folder.is_dir():
        raise ModelError(f"this installation has no model {folder.name}; install Unisono again, or name a model folder")
    return folder
