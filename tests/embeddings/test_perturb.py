"""New music out of old: what is layered under a recording is the same in both views and marked as shared."""

import torch
from torch import Tensor

from embeddings.perturb import TEN_DB, layer, vary


def views(generator: torch.Generator, n: int = 12) -> tuple[Tensor, Tensor, Tensor]:
    """Log-mel [n, 20, 8] in dB twice, and groups [n] of three places."""
    a, b = (20 * torch.randn(n, 20, 8, generator=generator) for _ in range(2))
    return a, b, torch.arange(n) // 3


def power(mel: Tensor) -> Tensor:
    return torch.exp(mel / TEN_DB)


def test_the_same_place_lies_under_both_views_at_one_level() -> None:
    generator = torch.Generator().manual_seed(3)
    a, b, group = views(generator)
    one, two, under = layer(a, b, group, 1.0, generator)
    assert (under >= 0).any()
    for place in torch.nonzero(under >= 0)[:, 0]:
        added = [power(mixed[place]) - power(view[place]) for mixed, view in ((one, a), (two, b))]
        fits = []
        for other in torch.nonzero(group == under[place])[:, 0]:
            ratios = [part / power(view[other]) for part, view in zip(added, (a, b), strict=True)]
            fits.append(all(bool((ratio / ratios[0].median() - 1).abs().median() < 0.01) for ratio in ratios))
        assert sum(fits) == 1  # one place of the group under it, as loud in the one view as in the other


def test_what_lies_under_is_quieter_and_one_group() -> None:
    generator = torch.Generator().manual_seed(4)
    a, _, group = views(generator, 300)
    _, _, under = layer(a - 200, a - 200, group, 1.0, generator)
    for number in group.unique():
        assert len(under[group == number].unique()) == 1
        assert number not in under[group == number]
    flat = torch.zeros(300, 20, 8)
    mixed, _, under = layer(flat, flat, group, 1.0, generator)
    louder = mixed[under >= 0].mean(dim=(1, 2))
    assert louder.min() > 10 * torch.log10(torch.tensor(1.1)) - 1e-3  # 10 dB quieter adds a tenth of the power
    assert louder.max() < 10 * torch.log10(torch.tensor(2.0)) + 1e-3


def test_a_share_of_nought_changes_nothing() -> None:
    generator = torch.Generator().manual_seed(5)
    a, b, group = views(generator)
    one, two, under = layer(a, b, group, 0.0, generator)
    assert torch.equal(one, a)
    assert torch.equal(two, b)
    assert (under == -1).all()


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
