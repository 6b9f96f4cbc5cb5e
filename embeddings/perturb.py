"""Random changes to log-mel segments, cheap enough to be drawn anew for every view of every batch.

They stand beside the degradations of `audio/augment.py`, which are true to life but too slow for that: those make a
few copies of each file, these make the copies endlessly many. In decibels an equaliser is an addition, noise a sum of
powers, a band limit a subtraction. `SpecAugment` (Park et al. 2019) lends the erased bands and stretches of time.
"""

import math

import torch
from torch import Tensor
from torch.nn import functional

from embeddings.changes import MILD, Changes

TEN_DB = 10 / math.log(10)
SILENT_DB = -200.0


def perturb(mel: Tensor, generator: torch.Generator, changes: Changes = MILD) -> Tensor:
    """Log-mel [b, frames, n_mels] in dB, each segment changed in its own way; half of the changes skip a segment."""
    mel = _mix(mel, changes, generator)
    mel = mel + _curve(mel, 6.0, generator)
    mel = _add_noise(mel, changes, generator)
    mel = mel - _band_limit(mel, generator)
    mel = _erase(mel, 1, 16, generator)
    return _erase(mel, 2, 8, generator)


def vary(
    a: Tensor, b: Tensor, group: Tensor, frames: int, generator: torch.Generator, changes: Changes = MILD
) -> tuple[Tensor, Tensor]:
    """New music out of old: both views [n, more frames, n_mels] alike, and alike within a `group` [n] (a recording).

    Half of the groups are moved up or down, half are played slower or faster, a quarter runs backwards. A few hundred
    recordings thus pass for many more, which the net cannot learn by heart. The middle `frames` of what becomes of
    them are returned.
    """
    groups = int(group.max()) + 1
    moved = torch.randint(-changes.bins, changes.bins + 1, (groups,), generator=generator)
    moved = torch.where(torch.rand(groups, generator=generator) < 0.5, moved, 0)[group]
    backwards = torch.where(torch.rand(groups, generator=generator) < 0.25, -1.0, 1.0)[group]
    factor = changes.stretch ** (2 * torch.rand(groups, generator=generator) - 1)
    factor = torch.where(torch.rand(groups, generator=generator) < 0.5, factor, 1.0)[group]
    bins = (torch.arange(a.shape[2]) - moved[:, None]).clamp(0, a.shape[2] - 1)  # [n, n_mels]
    middle = (a.shape[1] - 1) / 2
    times = middle + (torch.arange(frames) - (frames - 1) / 2) * (factor * backwards)[:, None]  # [n, frames]
    one, other = (_resampled(view, times).gather(2, bins[:, None].expand(-1, frames, -1)) for view in (a, b))
    return one, other


def _resampled(mel: Tensor, times: Tensor) -> Tensor:
    """[n, frames, n_mels] at the frames `times` [n, m], between two of them: a mean of both."""
    times = times.clamp(0, mel.shape[1] - 1)
    before = times.floor().long()
    after = (before + 1).clamp(max=mel.shape[1] - 1)
    share = (times - before)[:, :, None]
    one, other = (mel.gather(1, at[:, :, None].expand(-1, -1, mel.shape[2])) for at in (before, after))
    return one + (other - one) * share


def _draw(mel: Tensor, generator: torch.Generator, *shape: int) -> Tensor:
    """Uniform [0, 1), one of that shape per segment."""
    return torch.rand(len(mel), *shape, generator=generator, device=mel.device)


def _curve(mel: Tensor, db: float, generator: torch.Generator, knots: int = 6) -> Tensor:
    """Smooth curves over the mel bins, within plus or minus 2 `db`: [b, 1, n_mels]."""
    values = (_draw(mel, generator, 1, knots) * 4 - 2) * db * (_draw(mel, generator, 1, 1) < 0.7)
    return functional.interpolate(values, size=mel.shape[2], mode="linear", align_corners=True)


def _mix(mel: Tensor, changes: Changes, generator: torch.Generator) -> Tensor:
    """Others of the batch underneath, one or a crowd of them, 0 to 20 dB quieter, in some of the segments."""
    level = mel.mean(dim=(1, 2), keepdim=True)
    voices = torch.randint(1, changes.voices + 1, (len(mel), 1, 1), generator=generator)
    voices = torch.where(_draw(mel, generator, 1, 1) < 0.5, 1, voices)
    under = torch.full_like(mel, SILENT_DB)
    for number in range(changes.voices):
        other = mel[torch.randperm(len(mel), generator=generator, device=mel.device)]
        other = other - other.mean(dim=(1, 2), keepdim=True)
        if changes.voices > 1:
            other = other - 6 * _draw(mel, generator, 1, 1)
        heard = TEN_DB * torch.logaddexp(under / TEN_DB, other / TEN_DB)
        under = torch.where(voices > number, heard, under)
    under = under - TEN_DB * torch.log(voices) + level - 20 * _draw(mel, generator, 1, 1)
    mixed = TEN_DB * torch.logaddexp(mel / TEN_DB, under / TEN_DB)
    return torch.where(_draw(mel, generator, 1, 1) < changes.mixed, mixed, mel)


def _add_noise(mel: Tensor, changes: Changes, generator: torch.Generator) -> Tensor:
    """Coloured noise over 35 dB, up to `noise_db` above the segment's mean power, in half of the segments."""
    level = TEN_DB * torch.logsumexp(mel.flatten(1) / TEN_DB, 1)[:, None, None] - 10 * math.log10(mel[0].numel())
    grain = TEN_DB * torch.log(-torch.log(_draw(mel, generator, *mel.shape[1:]).clamp(1e-6, 1 - 1e-6)))
    noise = level + _curve(mel, 6.0, generator) + grain + changes.noise_db - 35 * _draw(mel, generator, 1, 1)
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
