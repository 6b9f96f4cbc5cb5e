"""New music out of old: a recording is moved or turned round as one, alike in both views."""

import torch
from torch import Tensor

from embeddings.perturb import vary


def views(generator: torch.Generator, n: int = 12) -> tuple[Tensor, Tensor, Tensor]:
    """Log-mel [n, 20, 8] in dB twice, and groups [n] of three places."""
    a, b = (20 * torch.randn(n, 20, 8, generator=generator) for _ in range(2))
    return a, b, torch.arange(n) // 3


def test_a_group_moves_as_one() -> None:
    generator = torch.Generator().manual_seed(6)
    a, _, group = views(generator, 90)
    one, two = vary(a, a, group, generator)
    assert torch.equal(one, two)
    assert not torch.equal(one, a)
    for number in group.unique():  # the loudest of three equal places stays equal to its fellows
        alike = torch.stack([a[group == number][0]] * 3)
        moved, _ = vary(alike, alike, torch.zeros(3, dtype=torch.long), generator)
        assert torch.equal(moved[0], moved[1])
