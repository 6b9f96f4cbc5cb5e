"""Random changes to log-mel segments, cheap enough to be drawn anew for every view of every batch.

They stand beside the degradations of `audio/augment.py`, which are true to life but too slow for that: those make a
few copies of each file, these make the copies endlessly many. In decibels an equaliser is an addition, noise a sum of
powers, a band limit a subtraction. `SpecAugment` (Park et al. 2019) lends the erased bands and stretches of time.
"""

import math

import torch
from torch import Tensor
from torch.nn import functional

TEN_DB = 10 / math.log(10)
REACH = 4


def perturb(mel: Tensor, generator: torch.Generator) -> Tensor:
    """Log-mel [b, frames, n_mels] in dB, each segment changed in its own way; half of the changes skip a segment."""
    mel = _mix(mel, generator)
    mel = mel + _curve(mel, 6.0, generator)
    mel = _add_noise(mel, generator)
    mel = mel - _band_limit(mel, generator)
    mel = _erase(mel, 1, 16, generator)
    return _erase(mel, 2, 8, generator)


def vary(a: Tensor, b: Tensor, group: Tensor, generator: torch.Generator) -> tuple[Tensor, Tensor]:
    """New music out of old: both views [n, frames, n_mels] alike, and alike within a `group` [n] (a recording).

    Half of the groups are moved up or down by as many as `REACH` mel bins, a quarter runs backwards. A few hundred
    recordings thus pass for many more, which the net cannot learn by heart.
    """
    groups = int(group.max()) + 1
    moved = torch.randint(-REACH, REACH + 1, (groups,), generator=generator)
    moved = torch.where(torch.rand(groups, generator=generator) < 0.5, moved, 0)[group]
    backwards = (torch.rand(groups, generator=generator) < 0.25)[group]
    bins = (torch.arange(a.shape[2]) - moved[:, None]).clamp(0, a.shape[2] - 1)  # [n, n_mels]
    both = (view.gather(2, bins[:, None].expand_as(view)) for view in (a, b))
    one, other = (torch.where(backwards[:, None, None], view.flip(1), view) for view in both)
    return one, other


def _draw(mel: Tensor, generator: torch.Generator, *shape: int) -> Tensor:
    """Uniform [0, 1), one of that shape per segment."""
    return torch.rand(len(mel), *shape, generator=generator, device=mel.device)


def _curve(mel: Tensor, db: float, generator: torch.Generator, knots: int = 6) -> Tensor:
    """Smooth curves over the mel bins, within plus or minus 2 `db`: [b, 1, n_mels]."""
    values = (_draw(mel, generator, 1, knots) * 4 - 2) * db * (_draw(mel, generator, 1, 1) < 0.7)
    return functional.interpolate(values, size=mel.shape[2], mode="linear", align_corners=True)


def _mix(mel: Tensor, generator: torch.Generator) -> Tensor:
    """Another segment of the batch underneath, 0 to 20 dB quieter, in a quarter of the segments."""
    other = mel[torch.randperm(len(mel), generator=generator, device=mel.device)]
    level = mel.mean(dim=(1, 2), keepdim=True) - other.mean(dim=(1, 2), keepdim=True)
    mixed = TEN_DB * torch.logaddexp(mel / TEN_DB, (other + level - 20 * _draw(mel, generator, 1, 1)) / TEN_DB)
    return torch.where(_draw(mel, generator, 1, 1) < 0.25, mixed, mel)


def _add_noise(mel: Tensor, generator: torch.Generator) -> Tensor:
    """Coloured noise, 0 to 35 dB under the segment's mean power, in half of the segments."""
    level = TEN_DB * torch.logsumexp(mel.flatten(1) / TEN_DB, 1)[:, None, None] - 10 * math.log10(mel[0].numel())
    grain = TEN_DB * torch.log(-torch.log(_draw(mel, generator, *mel.shape[1:]).clamp(1e-6, 1 - 1e-6)))
    noise = level + _curve(mel, 6.0, generator) + grain - 35 * _draw(mel, generator, 1, 1)
    noisy = TEN_DB * torch.logaddexp(mel / TEN_DB, noise / TEN_DB)
    return torch.where(_draw(mel, generator, 1, 1) < 0.5, noisy, mel)


def _band_limit(mel: Tensor, generator: torch.Generator) -> Tensor:
    """Attenuation [b, 1, n_mels] of up to a quarter of the bins at either end, in a third of the segments."""
    bins = torch.arange(mel.shape[2], device=mel.device)
    low, high = (_draw(mel, generator, 1, 1) * mel.shape[2] / 4 for _ in range(2))
    beyond = (low - bins).clamp(min=0) + (bins - (mel.shape[2] - 1 - high)).clamp(min=0)
    return 4 * beyond * (_draw(mel, generator, 1, 1) < 0.33)


def _erase(mel: Tensor, axis: int, longest: int, generator: torch.Generator) -> Tensor:
    """One stretch of up to `longest` along `axis` set to the segment's mean, in a third of the segments."""
    shape = [1, 1]
    shape[axis - 1] = mel.shape[axis]
    place = torch.arange(mel.shape[axis], device=mel.device).view(1, *shape)
    length = _draw(mel, generator, 1, 1) * longest * (_draw(mel, generator, 1, 1) < 0.33)
    start = _draw(mel, generator, 1, 1) * (mel.shape[axis] - length)
    inside = (place >= start) & (place < start + length)
    return torch.where(inside, mel.mean(dim=(1, 2), keepdim=True), mel)
