from pathlib import Path

import pytest
import torch
from torch import Tensor

from catalog.errors import ModelError
from embeddings.config import ModelConfig
from embeddings.model import Net, pool_time
from embeddings.model_files import model_name
from embeddings.perturb import perturb, vary
from embeddings.weights import load_model, save_model

SMALL = ModelConfig(widths=(4, 8, 8, 8))


def mel(n: int = 4, seed: int = 0) -> Tensor:
    return torch.randn(n, 1, 96, 64, generator=torch.Generator().manual_seed(seed)) * 10 - 40


def net(seed: int = 0) -> Net:
    torch.manual_seed(seed)
    return Net(SMALL).eval()


def test_both_heads_give_unit_vectors() -> None:
    identity, similarity = net()(mel())
    assert identity.shape == similarity.shape == (4, 128)
    assert torch.allclose(identity.norm(dim=1), torch.ones(4), atol=1e-5)
    assert torch.allclose(similarity.norm(dim=1), torch.ones(4), atol=1e-5)


def test_level_does_not_matter() -> None:
    identity, _ = net()(mel())
    quieter, _ = net()(mel() - 20)
    assert torch.allclose(identity, quieter, atol=1e-4)


def test_a_long_stretch_gives_each_segment_as_it_is_alone_with_its_surroundings() -> None:
    stretch = torch.randn(1, 1, 640, 64, generator=torch.Generator().manual_seed(1)) * 10 - 40
    together = net().segments(stretch, 96, 32, 12)
    for number in range(12):
        alone = net()(stretch[:, :, 32 * number : 32 * number + 288])  # 96 frames before and after
        for whole, single in zip(together, alone, strict=True):
            assert torch.allclose(whole[number], single[0], atol=1e-5)


def test_identity_bits_are_centred_while_training() -> None:
    model = net().train()
    identity, _ = model(mel(32))
    assert torch.allclose((identity * identity.abs().sum(1, keepdim=True)).mean(0), torch.zeros(128), atol=1.5)
    assert 0.3 < float((identity > 0).float().mean()) < 0.7


def test_pooling_equals_mean_and_standard_deviation() -> None:
    x = torch.randn(2, 3, 5, 4)
    expected = torch.cat([x.mean(2), x.std(2, unbiased=False)], dim=1).flatten(1)
    assert torch.allclose(pool_time(x), expected, atol=1e-3)


def test_released_size_is_small() -> None:
    assert sum(p.numel() for p in Net(ModelConfig()).parameters()) < 1_000_000


def test_saved_model_answers_the_same(tmp_path: Path) -> None:
    model = net()
    save_model(model, tmp_path / "mine")
    loaded = load_model(tmp_path / "mine")
    for a, b in zip(model(mel()), loaded(mel()), strict=True):
        assert torch.allclose(a, b, atol=1e-5)
    assert model_name(tmp_path / "mine").startswith("mine:")


@pytest.mark.parametrize("broken", ["weights.safetensors", "config.json"])
def test_missing_and_damaged_models_are_model_errors(tmp_path: Path, broken: str) -> None:
    save_model(net(), tmp_path)
    (tmp_path / broken).write_bytes(b"{}x")
    with pytest.raises(ModelError):
        load_model(tmp_path)
    (tmp_path / broken).unlink()
    with pytest.raises(ModelError, match=broken):
        load_model(tmp_path)


def test_weights_of_another_shape_are_a_model_error(tmp_path: Path) -> None:
    save_model(net(), tmp_path)
    (tmp_path / "config.json").write_text(ModelConfig(widths=(4, 8, 8, 16)).to_json())
    with pytest.raises(ModelError, match="does not fit"):
        load_model(tmp_path)


def test_perturbation_is_seeded_and_keeps_what_matters() -> None:
    x = mel(16)[:, 0]
    one, again = (perturb(x, torch.Generator().manual_seed(3)) for _ in range(2))
    other = perturb(x, torch.Generator().manual_seed(4))
    assert torch.equal(one, again)
    assert not torch.equal(one, other)
    assert one.shape == x.shape
    assert torch.isfinite(one).all()


def test_varied_music_is_new_but_both_views_and_the_recording_stay_together() -> None:
    x = mel(40)[:, 0]
    group = torch.arange(40) // 2
    a, b = vary(x, x.clone(), group, x.shape[1], torch.Generator().manual_seed(0))
    assert torch.equal(a, b)
    unchanged = (a == x).flatten(1).all(1)
    assert 0.1 < float(unchanged.float().mean()) < 0.8
    assert torch.equal(unchanged[::2], unchanged[1::2])
    x[1::2] = x[::2]  # two places alike
    a, _ = vary(x, x, group, x.shape[1], torch.Generator().manual_seed(0))
    assert torch.equal(a[::2], a[1::2])


def test_a_configuration_that_is_no_text_is_a_model_error(tmp_path: Path) -> None:
    save_model(net(), tmp_path)
    (tmp_path / "config.json").write_bytes(b"\xff\xfe{}")
    with pytest.raises(ModelError, match=r"config.json cannot be read"):
        load_model(tmp_path)
