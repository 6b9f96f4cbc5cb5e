"""What the two heads are trained for.

Identity: NT-Xent (Chen et al. 2020, SimCLR; for audio Chang et al. 2021, "Neural audio fingerprint"): among all
views in the batch, the other view of the same place is the nearest. Deviations: pairs of places that hold the same
content, as loops do, are left out instead of being pushed apart; and the loss is taken twice, on the vector and on a
relaxed code.

The relaxed code is why sign bits work. Only the signs are stored, and similarity is the share of equal bits. The
cosine of tanh(scale * vector) comes close to that share and still has a gradient (Cao et al. 2017, HashNet); trained
on it, the net moves its outputs away from zero, where noise would flip them. The third term makes bits uncorrelated
over the batch (Zbontar et al. 2021, Barlow Twins), so that unrelated music agrees in about 64 of 128 bits with
little spread.

Similarity: cross entropy against a graded target (Khosla et al. 2020, supervised contrastive, with weights): other
places of the same recording count fully, other recordings of the artist or album for `ARTIST` and `ALBUM`.
"""

import math

import torch
from torch import Tensor
from torch.nn import functional

ARTIST = 0.5
ALBUM = 0.25


def relaxed_code(identity: Tensor, scale: float) -> Tensor:
    """Unit vectors [n, d] to unit vectors [n, d] whose components are nearly plus or minus one (before the norm)."""
    return functional.normalize(torch.tanh(scale * math.sqrt(identity.shape[1]) * identity), dim=1)


def nt_xent(a: Tensor, b: Tensor, *, temperature: float, ignored: Tensor) -> Tensor:
    """Mean cross entropy, in nats, of finding `b[i]` from `a[i]` and `a[i]` from `b[i]`.

    `a`, `b` unit vectors [n, d]; `ignored` bool [n, n] marks places that must not count against each other.
    """
    n = len(a)
    views = torch.cat([a, b])  # [2n, d]
    logits = views @ views.T / temperature  # [2n, 2n]
    own = torch.eye(n, dtype=torch.bool, device=a.device)
    itself = torch.cat([torch.cat([own, own & False]), torch.cat([own & False, own])], dim=1)
    others = (ignored & ~own).repeat(2, 2)  # [2n, 2n]
    logits = logits.masked_fill(itself | others, -torch.inf)
    return functional.cross_entropy(logits, torch.arange(2 * n, device=a.device).roll(n))


def correlation(identity: Tensor) -> Tensor:
    """Mean squared correlation between different outputs, times `d`: 0 where all bits are independent."""
    d = identity.shape[1]
    z = (identity - identity.mean(0)) / (identity.std(0) + 1e-4)
    c = z.T @ z / len(z)  # [d, d]
    return (c.square().sum() - c.diagonal().square().sum()) / d


def targets(recording: Tensor, artist: Tensor, album: Tensor) -> Tensor:
    """Graded likeness [n, n] of integer labels [n], zero on the diagonal; a negative label is unknown."""
    weight = ALBUM * _equal(album).float()
    weight = torch.maximum(weight, ARTIST * _equal(artist).float())
    weight = torch.maximum(weight, _equal(recording).float())
    return weight.fill_diagonal_(0.0)


def _equal(label: Tensor) -> Tensor:
    return (label[:, None] == label[None, :]) & (label >= 0)[:, None]


def graded_contrast(vectors: Tensor, weight: Tensor, *, temperature: float) -> Tensor:
    """Cross entropy between the softmax over the other vectors [n, d] and `weight` [n, n], rows normalised.

    Rows without any positive are left out.
    """
    logits = vectors @ vectors.T / temperature  # [n, n]
    logits = logits - torch.diag(torch.full((len(vectors),), 1e4, device=vectors.device))
    total = weight.sum(1)
    wanted = weight / total.clamp(min=1e-9)[:, None]
    loss = -(wanted * functional.log_softmax(logits, dim=1)).sum(1)  # [n]
    return loss[total > 0].mean() if bool((total > 0).any()) else loss.sum() * 0.0
