"""Batches for training: places in recordings, each heard twice.

A batch is drawn so that it holds its own hard negatives: several recordings of each of several artists (or albums,
where the artist is unknown), several places of each recording. What must not be pushed apart is marked: places close
together, and places that sound the same, since game music and electronic music repeat themselves to the sample.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from audio.activity import audible_mel
from catalog.errors import SourceError
from embeddings.changes import CHANGES
from embeddings.config import TrainConfig
from embeddings.copies import Chunk, CopiedTrack
from embeddings.library import LibraryTrack
from embeddings.perturb import perturb, vary

MOST_DRAWS = 50  # of a batch, in search of one with anything to hear
NEAR_S = 1.5  # places less than this apart share half of their segment


@dataclass(frozen=True)
class Batch:
    """Two views `a`, `b` of each place, float32 [n, 1, frames, n_mels] in dB; what may not repel, bool [n, n]; labels
    [n].

    A label is -1 where unknown. The frames are a segment's with its surroundings.
    """

    a: Tensor
    b: Tensor
    same: Tensor
    recording: Tensor
    artist: Tensor
    album: Tensor


@dataclass(frozen=True)
class _Place:
    track: int
    chunk: Chunk
    centre_s: float  # within the chunk
    clean: NDArray[np.float16]  # [frames, n_mels]


class Places:
    """Draws batches from `tracks` and their `copies`."""

    def __init__(self, tracks: Sequence[LibraryTrack], copies: Sequence[CopiedTrack], config: TrainConfig) -> None:
        self._copies, self._config, self._changes = copies, config, CHANGES[config.changes]
        self._labels = {
            name: _numbered([getattr(track, name) for track in tracks]) for name in ("recording", "artist", "album")
        }
        groups: dict[str, dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
        for number, track in enumerate(tracks):
            groups[track.artist or track.album or track.recording][track.recording].append(number)
        self._groups = [list(recordings.values()) for recordings in groups.values()]
        weight = np.sqrt([len(group) for group in self._groups])
        self._weight = weight / weight.sum()

    def batch(self, rng: np.random.Generator, generator: torch.Generator) -> Batch:
        """`recordings` recordings, up to `group_recordings` of one artist or album, and `places` in each.

        Raises SourceError where none of them can be heard.
        """
        places = self._drawn(rng)
        a, b = (torch.from_numpy(self._views(places, rng)) for _ in range(2))
        clean = torch.from_numpy(np.stack([place.clean for place in places]).astype(np.float32))
        tracks = np.array([place.track for place in places])
        when = torch.tensor([place.chunk.start_s + place.centre_s for place in places])
        track = torch.from_numpy(tracks)
        group = torch.from_numpy(self._labels["recording"][tracks])
        a, b = vary(a, b, group, _view_frames(self._config), generator, self._changes)
        near = (track[:, None] == track) & ((when[:, None] - when).abs() < NEAR_S)
        return Batch(
            a=perturb(a, generator, self._changes)[:, None],
            b=perturb(b, generator, self._changes)[:, None],
            same=near | same_content(clean, self._config.same_content),
            **{name: torch.from_numpy(label[tracks]) for name, label in self._labels.items()},
        )

    def _drawn(self, rng: np.random.Generator) -> list[_Place]:
        """The places of one batch; where tracks are silent, of as many draws as give two, which normalising needs."""
        places: list[_Place] = []
        for _ in range(MOST_DRAWS):
            places += [place for number in self._drawn_tracks(rng) for place in self._drawn_places(number, rng)]
            if len(places) > 1:
                return places
        raise SourceError("the audio to learn from is silent or steady nearly throughout; train on more audio")

    def _drawn_tracks(self, rng: np.random.Generator) -> list[int]:
        """One file of each recording drawn, group after group until there are enough."""
        drawn: list[int] = []
        for group in rng.choice(len(self._groups), len(self._groups), replace=False, p=self._weight):
            recordings = self._groups[group]
            chosen = rng.permutation(len(recordings))[: self._config.group_recordings]
            drawn.extend(int(rng.choice(recordings[i])) for i in chosen)
            if len(drawn) >= self._config.recordings:
                break
        return drawn[: self._config.recordings]

    def _drawn_places(self, track: int, rng: np.random.Generator) -> list[_Place]:
        """Up to `places` audible ones."""
        copied, model = self._copies[track], self._config.model
        drawn = []
        for _ in range(self._config.places):
            chunk = copied.chunks[rng.integers(len(copied.chunks))]
            half = (model.segment_s / 2 + self._config.context_s) * self._changes.stretch
            centre_s = rng.uniform(half, max(half, chunk.seconds - half))
            clean = copied.segment(chunk.copies[0], centre_s, model.features, model.frames)
            if audible_mel(clean.astype(np.float32), model.features, window_s=model.segment_s)[0]:
                drawn.append(_Place(track, chunk, centre_s, clean))
        return drawn

    def _views(self, places: Sequence[_Place], rng: np.random.Generator) -> NDArray[np.float32]:
        """A copy of each place, at random, a little beside it: [n, more frames, n_mels], the segment in the middle.

        There are frames enough for `vary` to play them faster.
        """
        model, reach = self._config.model, self._config.jitter_s / 2
        length = ceil(_view_frames(self._config) * self._changes.stretch / 2) * 2
        views = np.empty((len(places), length, model.features.n_mels), np.float32)
        for i, place in enumerate(places):
            copy = place.chunk.copies[rng.integers(len(place.chunk.copies))]
            shifted = place.centre_s + rng.uniform(-reach, reach)
            views[i] = self._copies[place.track].segment(copy, shifted, model.features, length)
        return views


def surroundings(config: TrainConfig) -> int:
    """Frames before and after a segment that its view has too: a whole number of the trunk's outputs."""
    output = config.model.output_frames
    return round(config.model.features.frames(config.context_s) / output) * output


def _view_frames(config: TrainConfig) -> int:
    """Of a segment with its surroundings."""
    return config.model.frames + 2 * surroundings(config)


def same_content(mel: Tensor, threshold: float) -> Tensor:
    """Which of the clean segments [n, frames, n_mels] sound the same within half a second's shift: bool [n, n].

    The middle of one is laid over the other at several shifts; sameness is the correlation of what remains when each
    mel bin's mean is taken away, so that it is the notes that agree and not just the instruments.
    """
    floor = mel.amax(dim=(1, 2), keepdim=True) - 60
    coarse = functional.avg_pool2d(torch.maximum(mel, floor)[:, None], (3, 4))[:, 0]  # [n, 32, 16], 11 frames a second
    reach = 5
    middle = _centred(coarse[:, reach : coarse.shape[1] - reach])  # [n, d]
    best = torch.full((len(mel), len(mel)), -1.0)
    for shift in range(2 * reach + 1):
        shifted = _centred(coarse[:, shift : shift + coarse.shape[1] - 2 * reach])
        best = torch.maximum(best, middle @ shifted.T)
    return torch.maximum(best, best.T) > threshold


def _centred(mel: Tensor) -> Tensor:
    """[n, frames, bins] to unit vectors [n, frames * bins] without each bin's mean."""
    return functional.normalize((mel - mel.mean(dim=1, keepdim=True)).flatten(1), dim=1)


def _numbered(labels: Sequence[str]) -> NDArray[np.int64]:
    """0, 1, ... in order of first appearance; -1 for an empty label."""
    numbers = {label: number for number, label in enumerate(dict.fromkeys(filter(None, labels)))}
    return np.array([numbers.get(label, -1) for label in labels], np.int64)
