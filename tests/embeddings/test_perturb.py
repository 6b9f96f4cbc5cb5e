"""New music out of old: a recording is moved, stretched or turned round as one, alike in both views."""

from dataclasses import replace

import pytest
import torch
from torch import Tensor

from embeddings.changes import MILD, STRONG, Changes
from embeddings.perturb import _mix, perturb, vary


def views(generator: torch.Generator, n: int = 12) -> tuple[Tensor, Tensor, Tensor]:
    """Log-mel [n, 20, 8] in dB twice, and groups [n] of three places."""
    a, b = (20 * torch.randn(n, 20, 8, generator=generator) for _ in range(2))
    return a, b, torch.arange(n) // 3


def test_a_group_moves_as_one() -> None:
    generator = torch.Generator().manual_seed(6)
    a, _, group = views(generator, 90)
    one, two = vary(a, a, group, 20, generator)
    assert torch.equal(one, two)
    assert not torch.equal(one, a)
    for number in group.unique():  # the loudest of three equal places stays equal to its fellows
        alike = torch.stack([a[group == number][0]] * 3)
        moved, _ = vary(alike, alike, torch.zeros(3, dtype=torch.long), 20, generator)
        assert torch.equal(moved[0], moved[1])


def test_a_click_track_is_played_slower_faster_and_backwards_about_its_middle() -> None:
    n, long, frames = 400, 170, 128
    clicks = torch.full((n, long, 64), -60.0)
    middle = (long - 1) / 2
    clicks[:, [int(middle - 30.5), int(middle + 20.5)], 20] = 0.0  # the first is further from the middle
    heard, _ = vary(clicks, clicks, torch.arange(n), frames, torch.Generator().manual_seed(2), STRONG)
    assert heard.shape == (n, frames, 64)
    level, bins = heard.amax(dim=1).max(dim=1)
    assert float(level.min()) > -40  # a click between two frames is shared by both
    assert set((bins - 20).tolist()) == set(range(-STRONG.bins, STRONG.bins + 1))
    factors, turned = [], []
    for one, click in zip(heard, bins, strict=True):
        at = (one[:, click] > -59).nonzero()[:, 0].float() - (frames - 1) / 2
        before, after = -at[at < 0].mean(), at[at > 0].mean()
        turned.append(bool(after > before))
        factors.append(float(51 / (before + after)))
    assert 0.2 < sum(turned) / n < 0.3
    told = torch.tensor(factors)
    assert 1.2 < float(told.max()) < STRONG.stretch * 1.03
    assert 1 / STRONG.stretch / 1.03 < float(told.min()) < 0.85
    assert 0.4 < float(((told - 1).abs() < 0.02).float().mean()) < 0.65  # half of the music keeps its tempo


def test_mild_changes_keep_the_tempo() -> None:
    clicks = torch.full((200, 128, 64), -60.0)
    clicks[:, [33, 84], 20] = 0.0
    heard, _ = vary(clicks, clicks, torch.arange(200), 128, torch.Generator().manual_seed(2), MILD)
    at = [(one.amax(dim=1) > -1).nonzero()[:, 0].tolist() for one in heard]
    assert {tuple(places) for places in at} == {(33, 84), (127 - 84, 127 - 33)}


@pytest.mark.parametrize("changes", [MILD, STRONG])
def test_others_underneath_are_never_louder_than_the_music(changes: Changes) -> None:
    music = torch.full((300, 20, 64), -20.0)
    heard = perturb(music, torch.Generator().manual_seed(5), changes)
    assert torch.isfinite(heard).all()
    assert float((heard - music).abs().flatten(1).median(dim=1).values.max()) < 25


def test_a_crowd_is_as_loud_as_one_voice() -> None:
    generator = torch.Generator().manual_seed(8)
    voices = 20 * torch.randn(400, 20, 64, generator=generator) - 30
    mixed, alone = (
        _mix(voices, replace(STRONG, mixed=1.0, voices=count), torch.Generator().manual_seed(1)) for count in (6, 1)
    )
    louder = (mixed - voices).mean(), (alone - voices).mean()
    assert 0 < float(louder[0]) < 2.5 * float(louder[1])
