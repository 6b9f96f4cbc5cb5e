import json
from pathlib import Path
from typing import Any

import pytest

from catalog.errors import ModelError, UsageError
from embeddings.config import ModelConfig, TrainConfig


def test_model_config_survives_json() -> None:
    config = ModelConfig(widths=(8, 16), floor_db=55.0)
    assert ModelConfig.from_json(config.to_json()) == config


def test_train_config_survives_json() -> None:
    config = TrainConfig(audio=Path("music"), out=Path("models/mine"), model=ModelConfig(widths=(8, 16)), seed=7)
    assert TrainConfig.from_json(config.to_json()) == config


def test_segment_is_96_frames_and_12_outputs_and_code_16_bytes() -> None:
    assert (ModelConfig().frames, ModelConfig().outputs, ModelConfig().code_bytes) == (96, 12, 16)


@pytest.mark.parametrize("text", ["", "[1]", "[" * 100_000, '{"depth": 3}', '{"features": {"colour": 1}}'])
def test_damaged_model_config_is_a_model_error(text: str) -> None:
    with pytest.raises(ModelError):
        ModelConfig.from_json(text)


def test_a_setting_of_a_newer_version_is_named() -> None:
    newer = json.loads(ModelConfig().to_json()) | {"attention": True}
    with pytest.raises(ModelError, match="attention"):
        ModelConfig.from_json(json.dumps(newer))


def test_a_model_of_another_layout_says_what_to_do() -> None:
    older = json.loads(ModelConfig().to_json())
    del older["layout"]
    with pytest.raises(ModelError, match="train it anew"):
        ModelConfig.from_json(json.dumps(older))


@pytest.mark.parametrize(
    "wrong",
    [
        {"widths": []}, {"widths": [16, 0]}, {"hop_s": 0}, {"hop_s": 10**400}, {"segment_s": -3.0}, {"floor_db": None},
        {"identity": 12.5}, {"features": {"hop": 0}}, {"features": {"rate": "16000"}}, {"features": {"n_mels": 64.0}},
    ],
)  # fmt: skip
def test_numbers_that_cannot_work_are_a_model_error(wrong: dict[str, Any]) -> None:
    given = json.loads(ModelConfig().to_json()) | wrong
    with pytest.raises(ModelError, match=next(iter(wrong.get("features", wrong)))):
        ModelConfig.from_json(json.dumps(given))


def test_a_band_may_begin_at_0_hertz() -> None:
    given = json.loads(ModelConfig().to_json()) | {"features": {"fmin": 0}}
    assert ModelConfig.from_json(json.dumps(given)).features.fmin == 0


@pytest.mark.parametrize(
    "wrong",
    [
        {"places": 0}, {"versions": -1}, {"validate_every": 0}, {"minutes": 0}, {"minutes": float("nan")},
        {"seed": -1}, {"seed": 2**64},
    ],
)  # fmt: skip
def test_impossible_training_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(UsageError, match=next(iter(wrong))):
        TrainConfig(audio=Path("a"), out=Path("b"), **wrong)
