"""How good a half-trained model is, in some seconds: the measure by which `train.py` keeps the best weights.

Each audible second of the validation part is looked up among all of them by its sign bits, once from a degraded
excerpt half a second beside the stored place, and once with cheap perturbations on top (`_hard`). `track` is how often
the right track comes first, `top1` how often at the right second; music that repeats itself keeps the latter from
reaching one. Beside them stands the precision at 10 of the pooled similarity vectors for the same artist.
"""

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from audio.activity import audible_mel
from catalog.errors import SourceError
from embeddings.config import ModelConfig
from embeddings.copies import CopiedTrack
from embeddings.library import LibraryTrack
from embeddings.metrics import precision_at, ranked_relevance
from embeddings.model import Net
from embeddings.perturb import perturb

MOST_TRACKS = 64  # drawn at random: places are compared with each other, and memory grows with their square
MOST_CHUNKS = 4  # of each track
BESIDE_S = 0.5


def validate(
    net: Net, tracks: Sequence[LibraryTrack], copies: Sequence[CopiedTrack], *, around: int, seed: int
) -> tuple[dict[str, float], dict[str, float]]:
    """`track`, `top1`, both `_hard`, `similarity_p10`, mean shares of equal bits `same` and `other`, `score`.

    And `track` of the excerpts that went through each kind of degradation, alone or with others. `around` frames
    before and after a stored segment are heard with it. Of more than `MOST_TRACKS` tracks the same are taken each time.
    """
    taken = np.sort(np.random.default_rng([seed, len(tracks)]).permutation(len(tracks))[:MOST_TRACKS])
    tracks, copies = [tracks[i] for i in taken], [copies[i] for i in taken]
    rng, generator = np.random.default_rng(seed), torch.Generator().manual_seed(seed)
    net.eval()
    clean, degraded, place, kinds = _pairs(net.config, copies, around, rng)
    stored, similarity = embed(net, clean)
    found, _ = embed(net, degraded)
    hard, _ = embed(net, perturb(degraded, generator))
    net.train()
    agreement = bit_agreement(found > 0, stored > 0)
    own = agreement.diagonal()
    elsewhere = torch.from_numpy(place[:, :1] != place[:, 0])
    measured = {
        **_top1(agreement, place, ""),
        **_top1(bit_agreement(hard > 0, stored > 0), place, "_hard"),
        "same": float(own.mean()),
        "other": float(agreement[elsewhere].mean()),
        "similarity_p10": _same_artist(similarity.numpy(), place[:, 0], tracks),
    }
    similar = float(np.nan_to_num(measured["similarity_p10"]))
    score = measured["track"] + measured["track_hard"] + 0.5 * measured["top1"] + 0.25 * similar
    return measured | {"score": score}, _by_kind(agreement, place, kinds)


@torch.inference_mode()
def embed(net: Net, mel: Tensor, *, at_once: int = 256) -> tuple[Tensor, Tensor]:
    """(identity, similarity) [n, d] on the CPU, of log-mel [n, frames, n_mels]."""
    device = next(net.parameters()).device
    halves = [net(part[:, None].to(device, memory_format=torch.channels_last)) for part in torch.split(mel, at_once)]
    return torch.cat([a for a, _ in halves]).cpu(), torch.cat([b for _, b in halves]).cpu()


def bit_agreement(a: Tensor, b: Tensor) -> Tensor:
    """Share of equal bits [n, m] of boolean codes [n, d], [m, d]."""
    signs_a, signs_b = a.float() * 2 - 1, b.float() * 2 - 1
    return (signs_a @ signs_b.T / a.shape[1] + 1) / 2


def _pairs(
    model: ModelConfig, copies: Sequence[CopiedTrack], around: int, rng: np.random.Generator
) -> tuple[Tensor, Tensor, NDArray[np.float64], list[set[str]]]:
    """(clean, degraded) log-mel [n, frames, n_mels] of every second, its (track, second) [n, 2], and what was done.

    The clean ones have more around the segment, as stored ones do, the degraded ones nothing.
    """
    length = model.frames + 2 * around
    reach_s = length / 2 * model.features.hop / model.features.rate
    clean, degraded, place, kinds = [], [], [], []
    for number, copied in enumerate(copies):
        for chunk in copied.chunks[:: -(-len(copied.chunks) // MOST_CHUNKS)]:
            for centre_s in np.arange(reach_s, chunk.seconds - reach_s, model.hop_s):
                inside = copied.segment(chunk.copies[0], centre_s, model.features, model.frames)
                if audible_mel(inside.astype(np.float32), model.features, window_s=model.segment_s)[0]:
                    copy = chunk.copies[rng.integers(min(1, len(chunk.copies) - 1), len(chunk.copies))]
                    beside = centre_s + rng.choice([-BESIDE_S, BESIDE_S])
                    clean.append(copied.segment(chunk.copies[0], centre_s, model.features, length))
                    degraded.append(copied.segment(copy, beside, model.features, model.frames))
                    place.append((number, chunk.start_s + centre_s))
                    kinds.append({step.split("_")[0] for step in copy.name.split("+")})
    if not place:
        raise SourceError("the validation part has no audible second; train on more audio")
    both = (torch.from_numpy(np.stack(mels).astype(np.float32)) for mels in (clean, degraded))
    return *both, np.array(place), kinds  # type: ignore[return-value]


def _top1(agreement: Tensor, place: NDArray[np.float64], suffix: str) -> dict[str, float]:
    best = place[agreement.argmax(1).numpy()]
    track = best[:, 0] == place[:, 0]
    near = np.abs(best[:, 1] - place[:, 1]) <= 1.01
    return {f"track{suffix}": float(track.mean()), f"top1{suffix}": float((track & near).mean())}


def _by_kind(agreement: Tensor, place: NDArray[np.float64], kinds: Sequence[set[str]]) -> dict[str, float]:
    """Share of the excerpts of each kind whose best place is in the right track."""
    right = place[agreement.argmax(1).numpy(), 0] == place[:, 0]
    names = sorted(set().union(*kinds) - {""})
    return {name: float(right[[name in kind for kind in kinds]].mean()) for name in names}


def _same_artist(vectors: NDArray[np.float32], owner: NDArray[np.float64], tracks: Sequence[LibraryTrack]) -> float:
    pooled = np.stack([vectors[owner == number].mean(0) for number in np.unique(owner)])
    pooled /= np.linalg.norm(pooled, axis=1, keepdims=True) + 1e-9
    artists = [tracks[int(number)].artist for number in np.unique(owner)]
    return precision_at(*ranked_relevance(pooled @ pooled.T, artists, k=10), 10)
