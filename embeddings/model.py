"""The convnet: three seconds of log-mel to an identity vector and a similarity vector.

A residual network (He et al. 2016) that halves time and frequency four times, then pools over time only: the pitch
axis stays, since two places of one track often differ in nothing but pitch. The mean and the standard deviation over
time are both kept, the second because a mean alone cannot tell a rhythm from a drone.

The identity head ends in a batch normalisation without scale or shift. Each of its outputs is thus centred over the
music it was trained on, so that the sign bits, which are all that is stored, are each set half of the time; a bit
that is nearly always set says nothing. Weiss et al. 2008 (spectral hashing) ask for the same; training is in
`losses.py`.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional

from embeddings.config import ModelConfig

DB_SCALE = 15.0  # typical spread in dB of log-mel within a segment: brings the input near unit variance


class Residual(nn.Module):
    """Two 3x3 convolutions around a shortcut; `stride` halves both axes."""

    def __init__(self, wide_in: int, wide_out: int, *, stride: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(wide_in, wide_out, 3, stride, 1, bias=False)
        self.norm1 = nn.BatchNorm2d(wide_out)
        self.conv2 = nn.Conv2d(wide_out, wide_out, 3, 1, 1, bias=False)
        self.norm2 = nn.BatchNorm2d(wide_out)
        self.shortcut = nn.Conv2d(wide_in, wide_out, 1, bias=False)
        self.stride = stride

    def forward(self, x: Tensor) -> Tensor:
        """[b, wide_in, t, f] to [b, wide_out, t / stride, f / stride], both rounded up."""
        passed = self.shortcut(functional.avg_pool2d(x, self.stride, ceil_mode=True) if self.stride > 1 else x)
        x = functional.relu(self.norm1(self.conv1(x)), inplace=True)
        return functional.relu(self.norm2(self.conv2(x)) + passed, inplace=True)


class Net(nn.Module):
    """`Net(config)(mel [b, 1, frames, n_mels] in dB) -> (identity [b, 128], similarity [b, 128])`, unit vectors."""

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        self.config = config
        first, *rest = config.widths
        self.stem = nn.Sequential(
            nn.Conv2d(1, first, 5, 2, 2, bias=False), nn.BatchNorm2d(first), nn.ReLU(inplace=True)
        )
        pairs = zip(config.widths, rest, strict=False)
        self.body = nn.Sequential(*(Residual(a, b, stride=2) for a, b in pairs))
        bands = -(-config.features.n_mels // 2 ** len(config.widths))
        pooled = 2 * bands * config.widths[-1]
        self.identity = nn.Sequential(
            nn.Linear(pooled, config.identity, bias=False), nn.BatchNorm1d(config.identity, affine=False)
        )
        self.similarity = nn.Linear(pooled, config.similarity)

    def forward(self, mel: Tensor) -> tuple[Tensor, Tensor]:
        """Unit vectors; the sign bits of the first are the identity code."""
        x = self.body(self.stem(self.normalise(mel)))  # [b, c, t, f]
        pooled = pool_time(x)  # [b, 2 * c * f]
        return functional.normalize(self.identity(pooled).float(), dim=1), functional.normalize(
            self.similarity(pooled).float(), dim=1
        )

    def normalise(self, mel: Tensor) -> Tensor:
        """Without its level: cut `floor_db` below the loudest bin, centred on the segment's mean."""
        loudest = mel.amax(dim=(2, 3), keepdim=True)  # [b, 1, 1, 1]
        mel = torch.maximum(mel, loudest - self.config.floor_db)
        return (mel - mel.mean(dim=(2, 3), keepdim=True)) / DB_SCALE


def pool_time(x: Tensor) -> Tensor:
    """[b, c, t, f] to [b, 2 * c * f]: mean and standard deviation over time."""
    x = x.permute(
        0, 2, 3, 1
    ).float()  # [b, t, f, c], as it lies in memory; in bfloat16 the variance would lose its digits
    mean = x.mean(dim=1)
    spread = ((x - mean[:, None]).square().mean(dim=1) + 1e-5).sqrt()
    return torch.cat([mean, spread], dim=2).transpose(1, 2).flatten(1)
