"""The forward pass in NumPy, with torch as its oracle."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch

from catalog.errors import ModelError
from embeddings.config import ModelConfig
from embeddings.encode import Encoder, released_model
from embeddings.forward import Convolution, Forward, mean_pool
from embeddings.model import Net
from embeddings.weights import TorchHeads, save_model


@pytest.fixture(scope="module", params=[(4, 8, 6), (4, 8, 8, 12), (3, 5, 7, 9, 11), "released"])
def folder(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Nets of several depths with the statistics of batches that they have seen, and the one that is released."""
    if request.param == "released":
        return released_model()
    torch.manual_seed(1)
    net = Net(ModelConfig(widths=request.param)).train()
    for _ in range(3):
        net(20 * torch.randn(4, 1, net.config.frames, 64) - 40)
    made: Path = tmp_path_factory.mktemp("net")
    save_model(net, made)
    return made


@pytest.mark.parametrize("frames", [96, 97, 103, 331])
def test_both_heads_are_those_of_torch(folder: Path, rng: np.random.Generator, frames: int) -> None:
    mel = (12 * rng.standard_normal((frames, 64)) - 40).astype(np.float32)
    mel[frames // 2 :] -= 50  # part of it is below the floor
    ours, theirs = Forward.load(folder), TorchHeads.load(folder)
    output = ours.config.output_frames
    count = (frames - ours.config.frames) // output + 1
    every, fourth = (0, output, count), (0, 4 * output, 1 + (count - 1) // 4)
    for a, b in (
        (ours.segments(mel, *every), theirs.segments(mel, *every)),
        (ours.segments(mel, *fourth), theirs.segments(mel, *fourth)),
        (ours.excerpt(mel, 2), theirs.excerpt(mel, 2)),
    ):
        for found, true in zip(a, b, strict=True):
            assert found.dtype == np.float32
            np.testing.assert_allclose(found, true, atol=3e-6)


@pytest.mark.parametrize(("size", "stride"), [(3, (1, 1)), (3, (2, 2)), (3, (1, 2)), (5, (2, 2))])
@pytest.mark.parametrize("shape", [(8, 6), (9, 7), (1, 5)])
def test_convolution_is_that_of_torch(
    rng: np.random.Generator, size: int, stride: tuple[int, int], shape: tuple[int, int]
) -> None:
    x = rng.standard_normal((*shape, 3)).astype(np.float32)
    kernel, bias = rng.standard_normal((size, size, 3, 4)).astype(np.float32), rng.standard_normal(4).astype(np.float32)
    true = torch.conv2d(
        torch.from_numpy(x.transpose(2, 0, 1))[None],
        torch.from_numpy(kernel.transpose(3, 2, 0, 1)),
        torch.from_numpy(bias),
        stride,
        size // 2,
    )[0]
    np.testing.assert_allclose(Convolution(kernel, bias, stride)(x), true.permute(1, 2, 0), atol=1e-4)


@pytest.mark.parametrize("shape", [(8, 6), (9, 7), (1, 5)])
@pytest.mark.parametrize("stride", [(2, 2), (1, 2)])
def test_mean_pool_counts_what_a_block_has(
    rng: np.random.Generator, shape: tuple[int, int], stride: tuple[int, int]
) -> None:
    x = rng.standard_normal((*shape, 3)).astype(np.float32)
    pooled = torch.nn.functional.avg_pool2d(torch.from_numpy(x.transpose(2, 0, 1))[None], stride, ceil_mode=True)
    np.testing.assert_allclose(mean_pool(x, stride), pooled[0].permute(1, 2, 0), atol=1e-6)


@pytest.mark.parametrize("how", ["cut", "gone", "other widths"])
def test_what_does_not_fit_is_a_model_error(tmp_path: Path, how: str) -> None:
    save_model(Net(ModelConfig(widths=(4, 8, 8, 8))), tmp_path)
    weights = tmp_path / "weights.safetensors"
    if how == "cut":
        weights.write_bytes(weights.read_bytes()[:-100])
    elif how == "gone":
        weights.unlink()
    else:
        (tmp_path / "config.json").write_text(ModelConfig(widths=(4, 8, 16)).to_json())
    with pytest.raises(ModelError):
        Encoder.quick(tmp_path)


def test_a_quick_encoder_imports_no_torch() -> None:
    code = (
        "import sys, numpy as np; from embeddings.encode import Encoder, released_model;"
        "print(Encoder.quick(released_model()).analyse_blocks([np.sin(np.arange(64000) / 9).astype('f4')]).codes.shape,"
        "'torch' in sys.modules)"
    )
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert said.split() == ["(2,", "16)", "False"]
