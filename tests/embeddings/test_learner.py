import errno
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from catalog.errors import ModelError, UsageError
from embeddings.config import SETTINGS, ModelConfig, TrainConfig
from embeddings.learner import STATE, Learner, check_own, interrupted
from embeddings.model_files import WEIGHTS


def begun(folder: Path) -> TrainConfig:
    """The settings of a run that stored its state."""
    config = TrainConfig(audio=folder / "music", out=folder, model=ModelConfig(widths=(4, 8)))
    config.cache.mkdir()
    (folder / SETTINGS).write_text(config.to_json())
    with Learner.start(config).storing(config):
        pass
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


def test_a_model_of_other_settings_is_not_replaced(tmp_path: Path) -> None:
    config = begun(tmp_path)
    check_own(replace(config, seed=2))  # nothing is learnt yet
    (tmp_path / WEIGHTS).write_bytes(b"the best so far")
    check_own(replace(config, minutes=90.0, threads=4))
    with pytest.raises(UsageError, match=r"of another seed and audio; .*--resume alone"):
        check_own(replace(config, seed=2, audio=tmp_path / "others"))
    (config.cache / STATE).unlink()
    with pytest.raises(UsageError, match=rf"is gone; train into another folder with --out, or remove .*{WEIGHTS}"):
        check_own(config)


def test_a_full_disk_is_named_and_leaves_the_state_and_the_weights(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = begun(tmp_path)
    before = (config.cache / STATE).read_bytes()

    def full(path: Path, data: Any) -> int:
        path.open("wb").close()
        raise OSError(errno.ENOSPC, "No space left on device")

    saved = []
    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(OSError, match="No space left") as raised, Learner.start(config).storing(config):
        saved.append("weights")
    assert raised.value.errno == errno.ENOSPC
    assert not saved
    assert [path.name for path in config.cache.iterdir()] == [STATE]
    assert (config.cache / STATE).read_bytes() == before


def test_the_best_score_is_of_the_recordings_that_it_was_measured_on(tmp_path: Path) -> None:
    config = begun(tmp_path)
    learner = Learner.start(config)
    learner.measured_on(["a", "b"])
    learner.best, learner.stale = 2.5, 3
    with learner.storing(config):
        pass
    again = Learner.start(config)
    again.measured_on(["a", "b"])
    assert (again.best, again.stale) == (2.5, 3)
    again.measured_on(["a", "b", "c"])
    assert (again.best, again.stale) == (float("-inf"), 0)
