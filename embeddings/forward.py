"""The net's forward pass in NumPy, so that a lookup hears a file without importing torch, which takes longer than both.

It is `embeddings.model.Net` in inference: batch normalisation is folded into the convolution before it (Jacob et al.
2018, section 3.2), and a convolution is one matrix product for each place of its kernel. Arrays are [t, f, c], with
channels last, as the products want them. Answers differ from torch's in rounding only.
"""

from pathlib import Path
from typing import NamedTuple, Self

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load_file

from catalog.errors import ModelError
from embeddings.config import DB_SCALE, ModelConfig
from embeddings.model_files import WEIGHTS, read_config

Floats = NDArray[np.float32]

EPSILON = 1e-5  # of batch normalisation and of the spread, as in `embeddings.model`


class Convolution(NamedTuple):
    """`kernel` [t, f, c_in, c_out] with `bias` [c_out]; `stride` and `padding` of time and frequency."""

    kernel: Floats
    bias: Floats
    stride: tuple[int, int] = (1, 1)

    def __call__(self, x: Floats) -> Floats:
        """[t, f, c_in] to [t, f, c_out]: both axes divided by their stride and rounded up, zeros around the edges."""
        size, (down, across) = self.kernel.shape[0], self.stride
        around = size // 2
        padded = np.pad(x, ((around, around), (around, around), (0, 0)))
        high, wide = -(-x.shape[0] // down), -(-x.shape[1] // across)
        found = np.broadcast_to(self.bias, (high * wide, len(self.bias))).copy()
        for i in range(size):
            for j in range(size):
                seen = padded[i : i + down * (high - 1) + 1 : down, j : j + across * (wide - 1) + 1 : across]
                found += np.ascontiguousarray(seen).reshape(high * wide, -1) @ self.kernel[i, j]
        return found.reshape(high, wide, -1)


class Residual(NamedTuple):
    """Two convolutions around a shortcut [c_in, c_out]."""

    first: Convolution
    second: Convolution
    shortcut: Floats

    def __call__(self, x: Floats) -> Floats:
        """[t, f, c_in] to [t, f, c_out], divided by the first convolution's stride."""
        passed = mean_pool(x, self.first.stride) @ self.shortcut
        inner = self.second(np.maximum(self.first(x), 0))
        inner += passed
        return np.maximum(inner, 0, out=inner)


class Forward:
    """`embeddings.encode.Heads` of the model in a folder."""

    def __init__(self, config: ModelConfig, weights: dict[str, Floats]) -> None:
        self.config, self._weights = config, weights
        self._stem = self._folded("stem.0", "stem.1", (2, 2))
        self._body = [self._residual(place) for place in range(len(config.widths) - 1)]
        if self._stem.bias.shape + self.trunk(np.zeros((config.frames, config.features.n_mels), np.float32)).shape != (
            config.widths[0],
            config.outputs,
            self._weights["similarity.weight"].shape[1] // (2 * config.widths[-1]),
            config.widths[-1],
        ):
            raise ValueError("layers of other sizes")
        if (len(weights["identity.0.weight"]), len(weights["similarity.bias"])) != (config.identity, config.similarity):
            raise ValueError("heads of other sizes")

    @classmethod
    def load(cls, folder: Path) -> Self:
        """The model in `folder`. Raises ModelError where it is missing or damaged."""
        config = read_config(folder)
        try:
            return cls(config, load_file(folder / WEIGHTS))
        except (SafetensorError, OSError, KeyError, ValueError) as error:
            raise ModelError(f"{folder / WEIGHTS} is damaged or does not fit its config: {error}") from error

    def segments(self, mel: Floats, first: int, step: int, count: int) -> tuple[Floats, Floats]:
        """Unit vectors [count, 128] of the segments at frames `first`, `first + step`, ... of `mel` [t, n_mels]."""
        x = self.trunk(mel)
        start, every = first // self.config.output_frames, step // self.config.output_frames
        return self._heads(_windows(x[start:], self.config.outputs)[::every][:count], None)

    def excerpt(self, mel: Floats, beyond: int) -> tuple[Floats, Floats]:
        """Those at every output of `mel`, from `beyond` outputs before it to as many after it, of what there is."""
        x = self.trunk(mel)[: len(mel) // self.config.output_frames]
        there = _windows(np.pad(np.ones(len(x), np.float32), beyond), self.config.outputs)
        return self._heads(_windows(np.pad(x, ((beyond, beyond), (0, 0), (0, 0))), self.config.outputs), there)

    def trunk(self, mel: Floats) -> Floats:
        """[frames, n_mels] in dB to [t, f, c], four `t` a second."""
        x = np.maximum(self._stem(self.normalise(mel)[..., None]), 0)
        for stage in self._body:
            x = stage(x)
        return x

    def normalise(self, mel: Floats) -> Floats:
        """Without its level: see `embeddings.model.Net.normalise`."""
        around = self.config.frames // 2
        padded = np.pad(mel.max(axis=1), around, constant_values=-np.inf)
        loudest = _windows(padded, 2 * around + 1).max(axis=1)
        mel = np.maximum(mel, loudest[:, None] - self.config.floor_db)
        sums = np.concatenate([[0.0], np.cumsum(mel.mean(axis=1), dtype=np.float64)])
        place = np.arange(len(mel))
        low, high = np.maximum(place - around, 0), np.minimum(place + around + 1, len(mel))
        mean = (sums[high] - sums[low]) / (high - low)
        centred: Floats = (mel - mean[:, None].astype(np.float32)) / np.float32(DB_SCALE)
        return centred

    def _heads(self, windows: Floats, there: Floats | None) -> tuple[Floats, Floats]:
        """Windows [n, f, c, outputs], of which those `there` [n, outputs] count, to each head's vectors [n, 128]."""
        pooled = _pooled(windows, there)
        weights = self._weights
        identity = pooled @ weights["identity.0.weight"].T - weights["identity.1.running_mean"]
        identity /= np.sqrt(weights["identity.1.running_var"] + EPSILON)
        return _unit(identity), _unit(pooled @ weights["similarity.weight"].T + weights["similarity.bias"])

    def _residual(self, place: int) -> Residual:
        name, stride = f"body.{place}", self.config.stride(place + 1)
        shortcut = self._weights[f"{name}.shortcut.weight"][:, :, 0, 0].T
        first = self._folded(f"{name}.conv1", f"{name}.norm1", stride)
        return Residual(first, self._folded(f"{name}.conv2", f"{name}.norm2"), np.ascontiguousarray(shortcut))

    def _folded(self, convolution: str, norm: str, stride: tuple[int, int] = (1, 1)) -> Convolution:
        """A convolution and the batch normalisation behind it as one convolution."""
        w = self._weights
        scale = w[f"{norm}.weight"] / np.sqrt(w[f"{norm}.running_var"] + EPSILON)
        kernel = np.ascontiguousarray(w[f"{convolution}.weight"].transpose(2, 3, 1, 0) * scale)
        return Convolution(kernel, w[f"{norm}.bias"] - w[f"{norm}.running_mean"] * scale, stride)


def mean_pool(x: Floats, stride: tuple[int, int]) -> Floats:
    """[t, f, c] to the means of blocks of `stride`; a block that stands over the edge counts what it has."""
    for axis, step in enumerate(stride):
        starts = np.arange(0, x.shape[axis], step)
        counts = np.diff(np.append(starts, x.shape[axis])).reshape([-1 if at == axis else 1 for at in range(3)])
        x = np.asarray(np.add.reduceat(x, starts, axis=axis) / counts.astype(np.float32), np.float32)
    return x


def _windows(x: Floats, size: int) -> Floats:
    """[t, ...] to a view [t - size + 1, ..., size]."""
    return np.lib.stride_tricks.sliding_window_view(x, size, axis=0)


def _pooled(windows: Floats, there: Floats | None) -> Floats:
    """[n, f, c, outputs] to [n, 2 * c * f]: mean and standard deviation over the outputs that are `there`."""
    share = np.ones((len(windows), windows.shape[-1]), np.float32) if there is None else there
    share = share / share.sum(axis=1, keepdims=True)
    mean = np.einsum("nfct,nt->nfc", windows, share)
    square = np.einsum("nfct,nt->nfc", (windows - mean[..., None]) ** 2, share)
    both = np.concatenate([mean, np.sqrt(square + EPSILON)], axis=2)  # [n, f, 2c]
    return both.transpose(0, 2, 1).reshape(len(windows), -1)


def _unit(vectors: Floats) -> Floats:
    found: Floats = vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-12)
    return found.astype(np.float32)
