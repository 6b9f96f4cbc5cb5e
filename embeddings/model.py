"""The convnet: log-mel of any length to identity and similarity vectors of its three-second segments.

A residual network (He et al. 2016) that runs once over a whole stretch of sound: time is reduced to four outputs a
second, frequency to four bands, and a segment pools the twelve outputs that it spans. Segments overlap, and so each
second is computed once and not three times. Pooling is over time only: the pitch axis stays, since two places of one
track often differ in nothing but pitch. The mean and the standard deviation over time are both kept, the second because
a mean alone cannot tell a rhythm from a drone.

A stored segment thus also hears up to a second of what lies around it, which an excerpt of three seconds lacks;
training shows the net both.

The identity head ends in a batch normalisation without scale or shift. Each of its outputs is thus centred over the
music it was trained on, so that the sign bits, which are all that is stored, are each set half of the time; a bit
that is nearly always set says nothing. Weiss et al. 2008 (spectral hashing) ask for the same; training is in
`losses.py`.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional

from embeddings.config import DB_SCALE, ModelConfig


class Residual(nn.Module):
    """Two 3x3 convolutions around a shortcut; `stride` is that of time and of frequency."""

    def __init__(self, wide_in: int, wide_out: int, *, stride: tuple[int, int]) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(wide_in, wide_out, 3, stride, 1, bias=False)
        self.norm1 = nn.BatchNorm2d(wide_out)
        self.conv2 = nn.Conv2d(wide_out, wide_out, 3, 1, 1, bias=False)
        self.norm2 = nn.BatchNorm2d(wide_out)
        self.shortcut = nn.Conv2d(wide_in, wide_out, 1, bias=False)
        self.stride = stride

    def forward(self, x: Tensor) -> Tensor:
        """[b, wide_in, t, f] to [b, wide_out, t, f], both axes divided by their stride and rounded up."""
        passed = self.shortcut(functional.avg_pool2d(x, self.stride, ceil_mode=True))
        x = functional.relu(self.norm1(self.conv1(x)), inplace=True)
        return functional.relu(self.norm2(self.conv2(x)) + passed, inplace=True)


class Net(nn.Module):
    """`Net(config)(mel [b, 1, frames, n_mels] in dB) -> (identity [b, 128], similarity [b, 128])`, unit vectors.

    They are those of the segment in the middle; `segments` gives those of a longer stretch.
    """

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        self.config = config
        first, *rest = config.widths
        self.stem = nn.Sequential(
            nn.Conv2d(1, first, 5, 2, 2, bias=False), nn.BatchNorm2d(first), nn.ReLU(inplace=True)
        )
        pairs = zip(config.widths, rest, strict=False)
        strides = map(config.stride, range(1, len(config.widths)))
        self.body = nn.Sequential(*(Residual(a, b, stride=s) for (a, b), s in zip(pairs, strides, strict=True)))
        bands = -(-config.features.n_mels // 2 ** len(config.widths))
        pooled = 2 * bands * config.widths[-1]
        self.identity = nn.Sequential(
            nn.Linear(pooled, config.identity, bias=False), nn.BatchNorm1d(config.identity, affine=False)
        )
        self.similarity = nn.Linear(pooled, config.similarity)

    def forward(self, mel: Tensor) -> tuple[Tensor, Tensor]:
        """Unit vectors [b, 128] of the middle segment; the sign bits of the first are the identity code."""
        x = self.trunk(mel)
        start = (x.shape[2] - self.config.outputs) // 2
        return self._heads(pool_time(x[:, :, start : start + self.config.outputs]))

    def segments(self, mel: Tensor, first: int, step: int, count: int) -> tuple[Tensor, Tensor]:
        """Unit vectors [count, 128] of the segments at frames `first`, `first + step`, ... of one `mel`.

        `mel` is [1, 1, frames, n_mels]; `first` and `step` are multiples of the frames of one output of the trunk.
        """
        x = self.trunk(mel)[0]  # [c, t, f]
        start, every = first // self.config.output_frames, step // self.config.output_frames
        windows = x[:, start:].unfold(1, self.config.outputs, every)[:, :count]  # [c, count, f, outputs]
        return self._heads(pool_time(windows.permute(1, 0, 3, 2)))

    def excerpt(self, mel: Tensor, beyond: int) -> tuple[Tensor, Tensor]:
        """Unit vectors [n, 128] of the segments at every output of `mel` [1, 1, frames, n_mels], at least a segment.

        The first begins `beyond` outputs before it, the last ends as many after it; both are pooled over what there is.
        """
        x = self.trunk(mel)[0, :, : mel.shape[2] // self.config.output_frames]  # [c, t, f]
        there = functional.pad(x.new_ones(x.shape[1]), (beyond, beyond)).unfold(0, self.config.outputs, 1)  # [n, t]
        windows = functional.pad(x, (0, 0, beyond, beyond)).unfold(1, self.config.outputs, 1)  # [c, n, f, t]
        return self._heads(pool_time(windows.permute(1, 0, 3, 2), there))

    def trunk(self, mel: Tensor) -> Tensor:
        """[b, 1, frames, n_mels] to [b, c, t, f], four `t` a second."""
        x: Tensor = self.body(self.stem(self.normalise(mel)))
        return x

    def normalise(self, mel: Tensor) -> Tensor:
        """Without its level: cut `floor_db` below the loudest bin around each frame, centred on the mean around it."""
        around = self.config.frames // 2
        loudest = functional.max_pool1d(mel.amax(dim=3), 2 * around + 1, 1, around)[..., None]  # [b, 1, frames, 1]
        mel = torch.maximum(mel, loudest - self.config.floor_db)
        mean = functional.avg_pool1d(mel.mean(dim=3), 2 * around + 1, 1, around, count_include_pad=False)
        return (mel - mean[..., None]) / DB_SCALE

    def _heads(self, pooled: Tensor) -> tuple[Tensor, Tensor]:
        identity, similarity = self.identity(pooled), self.similarity(pooled)
        return functional.normalize(identity.float(), dim=1), functional.normalize(similarity.float(), dim=1)


def pool_time(x: Tensor, there: Tensor | None = None) -> Tensor:
    """[b, c, t, f] to [b, 2 * c * f]: mean and standard deviation over time, of what is `there` [b, t]: all, or 0s and
    1s."""
    x = x.permute(0, 2, 3, 1).float()  # [b, t, f, c], as it lies in memory; in bfloat16 the variance would lose digits
    share = (x.new_ones(x.shape[:2]) if there is None else there)[:, :, None, None]
    share = share / share.sum(dim=1, keepdim=True)
    mean = (x * share).sum(dim=1)
    spread = (((x - mean[:, None]).square() * share).sum(dim=1) + 1e-5).sqrt()
    return torch.cat([mean, spread], dim=2).transpose(1, 2).flatten(1)
