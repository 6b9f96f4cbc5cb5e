import math
from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from embeddings.losses import correlation, graded_contrast, nt_xent, relaxed_code, targets

Array = NDArray[Any]


def unit(n: int, d: int, seed: int) -> Tensor:
    return functional.normalize(torch.randn(n, d, generator=torch.Generator().manual_seed(seed)), dim=1)


def nt_xent_by_hand(a: Array, b: Array, temperature: float, ignored: Array) -> float:
    views = np.concatenate([a, b]).astype(float)
    n = len(a)
    losses = []
    for i in range(2 * n):
        other = (i + n) % (2 * n)
        rivals = [j for j in range(2 * n) if j != i and (j % n == i % n or not ignored[i % n, j % n])]
        logits = {j: views[i] @ views[j] / temperature for j in rivals}
        losses.append(math.log(sum(math.exp(value) for value in logits.values())) - logits[other])
    return float(np.mean(losses))


def test_nt_xent_equals_the_sum_written_out() -> None:
    a, b = unit(6, 8, 0), unit(6, 8, 1)
    ignored = torch.zeros(6, 6, dtype=torch.bool)
    ignored[0, 1] = ignored[1, 0] = True
    loss = nt_xent(a, b, temperature=0.1, ignored=ignored)
    assert float(loss) == pytest.approx(nt_xent_by_hand(a.numpy(), b.numpy(), 0.1, ignored.numpy()), rel=1e-5)


def test_places_with_the_same_content_do_not_repel() -> None:
    a = unit(4, 8, 0)
    same = torch.ones(4, 4, dtype=torch.bool)
    loss = nt_xent(a, a, temperature=0.1, ignored=same)
    assert float(loss) == pytest.approx(0.0, abs=1e-6)


def test_relaxed_code_approaches_the_signs() -> None:
    z = unit(5, 128, 2)
    signs = torch.sign(z) / math.sqrt(128)
    assert torch.allclose(relaxed_code(z, 1e6), signs, atol=1e-2)


def test_cosine_of_relaxed_codes_follows_the_share_of_equal_bits() -> None:
    z = unit(60, 128, 3)
    z = functional.normalize(z + 0.7 * z.roll(1, 0), dim=1)
    code = relaxed_code(z, 1.5)
    share = ((z > 0)[:, None] == (z > 0)[None]).float().mean(2)
    correlation_of_both = np.corrcoef((code @ code.T).flatten(), (2 * share - 1).flatten())[0, 1]
    assert correlation_of_both > 0.94


def test_correlation_is_zero_for_independent_outputs_and_large_for_copies() -> None:
    square = torch.tensor([[1.0, 1], [1, -1], [-1, 1], [-1, -1]])
    assert float(correlation(square)) == pytest.approx(0.0, abs=1e-6)
    assert float(correlation(square[:, :1].repeat(1, 2))) > 0.5


def test_targets_take_the_strongest_tie_and_no_unknown_label() -> None:
    weight = targets(torch.tensor([0, 0, 1, 2]), torch.tensor([5, 5, 5, -1]), torch.tensor([-1, -1, 7, 7]))
    assert weight.tolist() == [[0, 1, 0.5, 0], [1, 0, 0.5, 0], [0.5, 0.5, 0, 0.25], [0, 0, 0.25, 0]]


def test_graded_contrast_is_least_where_similarity_follows_the_weights() -> None:
    weight = targets(torch.tensor([0, 0, 1, 1]), torch.tensor([-1] * 4), torch.tensor([-1] * 4))
    good = torch.tensor([[1.0, 0], [1, 0], [0, 1], [0, 1]])
    assert graded_contrast(good, weight, temperature=0.1) < 1e-3
    assert graded_contrast(good[[0, 2, 1, 3]], weight, temperature=0.1) > 5


def test_graded_contrast_without_positives_is_zero() -> None:
    assert float(graded_contrast(unit(3, 4, 0), torch.zeros(3, 3), temperature=0.1)) == 0.0
