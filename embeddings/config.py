"""The two parameter sets of the model: what it is, which travels with its weights, and how it was trained.

Both are frozen and survive a round trip through JSON, so that a folder of weights says by itself how to be used and
how to be made again.
"""

import json
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any, Self

from audio.features import FeatureConfig
from catalog.errors import ModelError, UsageError
from embeddings.changes import CHANGES

HALVED_IN_TIME = 3
"""How many of the trunk's first stages halve time; all halve frequency."""

SETTINGS = "train.json"
"""Where a run keeps its settings, in the model's folder."""

DB_SCALE = 15.0
"""Typical spread in dB of log-mel within a segment: brings the input near unit variance."""

LARGEST = 1_000_000
"""Of what a model may be set to: far more than any setting means, and little enough to be computed with."""

LAYOUT = 2
"""Of the network: weights of another layout do not fit it."""


def _known(cls: type, values: dict[str, Any]) -> dict[str, Any]:
    """`values`, refused where one of its names is no field of the dataclass `cls`."""
    unknown = sorted(set(values) - {f.name for f in fields(cls)})
    if unknown:
        raise ModelError(f"{cls.__name__} has no setting {', '.join(unknown)}; was the model made by a newer Unisono?")
    return values


def _check_numbers(settings: Any) -> None:
    """Raises ModelError where a number in the dataclass `settings` is none or cannot be meant."""
    for f in fields(settings):
        value = getattr(settings, f.name)
        kind = float if f.type is float else int
        for number in value if isinstance(value, tuple) else (value,):
            if isinstance(number, FeatureConfig):
                _check_numbers(number)
            elif not isinstance(number, int | kind) or not (
                0 < number <= LARGEST or (f.name == "fmin" and number == 0)
            ):
                raise ModelError(f"not a model configuration: {f.name} must be above 0 and up to {LARGEST:,}")


@dataclass(frozen=True)
class ModelConfig:
    """What `Net` looks like and hears. Times in seconds; what is `floor_db` below the loudest bin around is cut."""

    features: FeatureConfig = field(default_factory=FeatureConfig)
    segment_s: float = 3.0
    hop_s: float = 1.0
    identity: int = 128
    similarity: int = 128
    widths: tuple[int, ...] = (16, 32, 64, 128)
    floor_db: float = 70.0
    layout: int = LAYOUT

    def __post_init__(self) -> None:
        """Raises ModelError where a setting cannot work."""
        _check_numbers(self)
        if not self.widths:
            raise ModelError("not a model configuration: widths is empty; the network needs at least one stage")

    @property
    def output_frames(self) -> int:
        """Log-mel frames between two outputs of the trunk; segments begin at multiples of it."""
        return int(2**HALVED_IN_TIME)

    def stride(self, stage: int) -> tuple[int, int]:
        """Of time and frequency, in stage 0 (the stem), 1, ... of the trunk."""
        return (2, 2) if stage < HALVED_IN_TIME else (1, 2)

    @property
    def outputs(self) -> int:
        """Outputs of the trunk in one segment."""
        return self.frames // self.output_frames

    @property
    def frames(self) -> int:
        """Log-mel frames in one segment."""
        return self.features.frames(self.segment_s)

    @property
    def code_bytes(self) -> int:
        """Bytes of one identity code."""
        return self.identity // 8

    def to_json(self) -> str:
        """The settings as JSON text."""
        return json.dumps(asdict(self), indent=2)

    @classmethod
    def from_json(cls, text: str) -> Self:
        """The settings in `to_json`'s text. Raises ModelError where it is no JSON object or names unknown settings."""
        try:
            values = _known(cls, dict(json.loads(text)))
            if values.get("layout") != LAYOUT:
                raise ModelError(f"the model has layout {values.get('layout', 1)}, not {LAYOUT}; train it anew")
            values["features"] = FeatureConfig(**values.get("features", {}))
            values["widths"] = tuple(values.get("widths", cls.widths))
            return cls(**values)
        except (ValueError, TypeError, RecursionError) as error:
            raise ModelError(f"not a model configuration: {error}") from error


@dataclass(frozen=True)
class TrainConfig:
    """One training run; `train(config)` needs nothing else.

    `audio` is a folder of audio, with an optional `catalogue.csv` (`audio_path`, and any of `track_id`, `artist`,
    `album`) and `truth.csv` (`track_id`, and any of `recording_id`, `artist_truth`). `versions` degraded copies of
    every file are made once, in `work` (default: `out/work`), by `workers` processes. A batch has `recordings`
    recordings, up to `group_recordings` of one artist or album, `places` in each, two degraded views of each place.
    `minutes` bounds the training itself; the schedule of the learning rate follows whichever of `steps` and
    `minutes` runs out first. Training ends early after `patience` validations that are no better than the best. A
    view is a segment with `context_s` of sound before and after it, as a stored segment has it, or without, as an
    excerpt has not. `changes` says how far what is heard is changed (`embeddings.perturb`). `bf16` None means:
    where the processor has instructions for it; elsewhere it is ten times slower than single precision.
    """

    audio: Path
    out: Path
    model: ModelConfig = field(default_factory=ModelConfig)
    work: Path | None = None
    seed: int = 1
    split_seed: int = 0
    device: str = "cpu"
    bf16: bool | None = None
    threads: int = 1
    workers: int = 2
    versions: int = 6
    recordings: int = 32
    group_recordings: int = 4
    places: int = 6
    steps: int = 20_000
    minutes: float = 45.0
    learning_rate: float = 3e-3
    weight_decay: float = 0.02
    temperature: float = 0.07
    similarity_temperature: float = 0.1
    bit_scale: float = 1.5
    identity_weight: float = 0.5
    code_weight: float = 1.0
    balance_weight: float = 0.5
    similarity_weight: float = 0.5
    jitter_s: float = 0.5
    same_content: float = 0.8
    validate_every: int = 200
    patience: int = 20
    context_s: float = 0.5
    changes: str = "mild"

    def __post_init__(self) -> None:
        """Raises UsageError where a setting cannot work."""
        counts = ("versions", "recordings", "group_recordings", "places", "steps", "workers", "threads", "patience")
        for name in (*counts, "validate_every"):
            if getattr(self, name) < 1:
                raise UsageError(f"{name} is {getattr(self, name)}; it must be at least 1")
        if not self.minutes > 0:  # nan is not
            raise UsageError(f"minutes is {self.minutes}; it must be above 0")
        if self.changes not in CHANGES:
            raise UsageError(f"changes is {self.changes!r}; it must be {' or '.join(CHANGES)}")
        if not 0 <= self.seed < 2**63:
            raise UsageError(f"seed is {self.seed}; it must be at least 0 and below 2**63")

    @property
    def cache(self) -> Path:
        """Where waveforms and features are kept between runs."""
        return self.work or self.out / "work"

    def to_json(self) -> str:
        """The settings as JSON text; paths relative as they were given."""
        return json.dumps(asdict(self), indent=2, default=str)

    @classmethod
    def from_json(cls, text: str) -> Self:
        """The settings in `to_json`'s text."""
        values = _known(cls, dict(json.loads(text)))
        values["model"] = ModelConfig.from_json(json.dumps(values["model"]))
        for name in ("audio", "out"):
            values[name] = Path(values[name])
        values["work"] = Path(values["work"]) if values.get("work") else None
        return cls(**values)
