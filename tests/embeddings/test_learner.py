from pathlib import Path

import pytest

from catalog.errors import ModelError, UsageError
from embeddings.config import SETTINGS, ModelConfig, TrainConfig
from embeddings.learner import STATE, Learner, interrupted
from embeddings.model_files import WEIGHTS


def begun(folder: Path) -> TrainConfig:
    """The settings of a run that stored its state."""
    config = TrainConfig(audio=folder / "music", out=folder, model=ModelConfig(widths=(4, 8)))
    config.cache.mkdir()
    (folder / SETTINGS).write_text(config.to_json())
    Learner.start(config).store(config)
    return config


@pytest.mark.parametrize("left", [0, 100, 0.5])
def test_a_state_cut_off_is_named_with_the_mend(tmp_path: Path, left: float) -> None:
    config = begun(tmp_path)
    state = (config.cache / STATE).read_bytes()
    (config.cache / STATE).write_bytes(state[: int(left * len(state) if isinstance(left, float) else left)])
    with pytest.raises(ModelError, match=rf"{STATE} is damaged.*remove it"):
        Learner.start(config)


def test_a_state_that_is_something_else_is_damaged(tmp_path: Path) -> None:
    config = begun(tmp_path)
    (config.cache / STATE).write_bytes(b"no state at all")
    with pytest.raises(ModelError, match="is damaged"):
        Learner.start(config)


def test_a_model_without_its_state_is_not_replaced_by_resuming(tmp_path: Path) -> None:
    config = begun(tmp_path)
    (tmp_path / WEIGHTS).write_bytes(b"the best so far")
    assert interrupted(tmp_path) == config
    (config.cache / STATE).unlink()
    with pytest.raises(UsageError, match=f"{STATE}, to go on from, is gone"):
        interrupted(tmp_path)
    (tmp_path / WEIGHTS).unlink()
    assert interrupted(tmp_path) == config  # interrupted before the first validation
