"""What a training run has learnt so far: the net, its running average, the optimiser; in memory and on disk.

AdamW (Loshchilov and Hutter 2019). What is validated and kept is an exponential moving average of the weights
(Polyak and Juditsky 1992), which is steadier than any single step.
"""

import logging
import pickle
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, fields, replace
from io import BytesIO
from pathlib import Path
from typing import Any, Self

import torch
from torch import Tensor
from torch.optim.swa_utils import AveragedModel

from catalog.atomic import replacing
from catalog.errors import ModelError, UsageError
from embeddings.config import SETTINGS, TrainConfig
from embeddings.model import Net
from embeddings.model_files import WEIGHTS

log = logging.getLogger(__name__)

STATE = "state.pt"
"""Where a run keeps in its work folder what it goes on from."""

LOOSE = {"audio", "out", "work", "steps", "minutes", "threads", "workers"}
"""Settings that may change while a run goes on: how far, on how many processors, and how folders are written."""

EMA_DECAY = 0.998
LONGEST_GRADIENT = 5.0


@dataclass
class Learner:
    """`best` is the highest validation score so far, `stale` how many validations ago, `heard` the recordings that it
    was measured on; `seconds` of training, over all calls."""

    net: Net
    average: AveragedModel
    optimiser: torch.optim.Optimizer
    step: int = 0
    seconds: float = 0.0
    best: float = float("-inf")
    stale: int = 0
    heard: list[str] = field(default_factory=list)

    @classmethod
    def start(cls, config: TrainConfig) -> Self:
        """From random weights, or from where an earlier run with the same settings stopped.

        Raises ModelError where what it stored is damaged.
        """
        net = Net(config.model).to(config.device, memory_format=torch.channels_last)  # type: ignore[call-overload]
        optimiser = torch.optim.AdamW(net.parameters(), lr=config.learning_rate, weight_decay=config.weight_decay)
        learner = cls(net, AveragedModel(net, avg_fn=_averaged, use_buffers=True), optimiser)
        path = config.cache / STATE
        if path.exists():
            state = _read(path, config.device)
            if _same_run(state["config"], config):
                learner._take(state)
            else:
                log.warning("%s was made with other settings; training starts anew", path)
        return learner

    @property
    def averaged(self) -> Net:
        """The net that is validated and kept."""
        net = self.average.module
        assert isinstance(net, Net)
        return net

    def learn(self, loss: Tensor, learning_rate: float) -> None:
        """One step down the gradient of `loss`."""
        for group in self.optimiser.param_groups:
            group["lr"] = learning_rate
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(self.net.parameters(), LONGEST_GRADIENT)
        self.optimiser.step()
        self.optimiser.zero_grad(set_to_none=True)
        self.average.update_parameters(self.net)
        self.step += 1

    def measured_on(self, recordings: Sequence[str]) -> None:
        """Forget the best score where it was measured on other recordings: no later one could be compared with it."""
        if self.heard and self.heard != list(recordings):
            log.warning("the audio has changed, and with it what is validated on: the best weights are chosen anew")
            self.best, self.stale = float("-inf"), 0
        self.heard = list(recordings)

    @contextmanager
    def storing(self, config: TrainConfig) -> Iterator[None]:
        """Write what `start` needs to go on; when the body has ended well, it replaces what was there at once."""
        state: dict[str, Any] = {"step": self.step, "seconds": self.seconds, "best": self.best}
        state |= {"stale": self.stale, "heard": self.heard}
        state |= {"config": config.to_json(), "net": self.net.state_dict(), "average": self.average.state_dict()}
        content = BytesIO()  # torch.save would hide what the disk says
        torch.save(state | {"optimiser": self.optimiser.state_dict()}, content)
        with replacing(config.cache / STATE) as part:
            part.write_bytes(content.getbuffer())
            yield

    def _take(self, state: dict[str, Any]) -> None:
        self.net.load_state_dict(state["net"])
        self.average.load_state_dict(state["average"])
        self.optimiser.load_state_dict(state["optimiser"])
        self.step, self.seconds = state["step"], state["seconds"]
        self.best, self.stale, self.heard = state["best"], state["stale"], state.get("heard", [])


def interrupted(out: Path) -> TrainConfig:
    """The settings of the run that trains into the folder `out`.

    Raises UsageError where none was begun there, or where it left a model but not what to go on from: a model that was
    copied or released would be replaced by one that starts from nothing.
    """
    try:
        config = TrainConfig.from_json((out / SETTINGS).read_text())
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise UsageError(f"{out} holds no interrupted training ({error}); start one with --audio DIR") from error
    config = replace(config, out=out)
    check_own(config)
    return config


def check_own(config: TrainConfig) -> None:
    """Raises UsageError where `config.out` holds a model that a run so set would replace and not go on from."""
    weights, state = config.out / WEIGHTS, config.cache / STATE
    mend = f"train into another folder with --out, or remove {weights} first"
    if weights.exists() and not state.exists():
        raise UsageError(f"{config.out} holds a model, but {state}, to go on from, is gone; {mend}")
    if weights.exists() and (other := _differing(_read(state, "cpu")["config"], config)):
        what = " and ".join(other)
        raise UsageError(f"{config.out} holds a model of another {what}; go on with it by --resume alone, {mend}")


def _read(path: Path, device: str) -> dict[str, Any]:
    """What `Learner.store` wrote. Raises ModelError where it is damaged."""
    try:
        state: dict[str, Any] = torch.load(path, map_location=device, weights_only=True)
    except (RuntimeError, EOFError, pickle.UnpicklingError) as error:
        raise ModelError(f"{path} is damaged ({type(error).__name__}); remove it to train anew") from error
    return state


def _averaged(average: Tensor, current: Tensor, seen: Tensor | int) -> Tensor:
    """Exponential moving average whose memory grows with the steps seen, so that it does not start from noise."""
    decay = min(EMA_DECAY, (1 + float(seen)) / (10 + float(seen)))
    return current if not current.is_floating_point() else decay * average + (1 - decay) * current


def _same_run(stored: str, config: TrainConfig) -> bool:
    """Whether the settings agree in all but what is LOOSE; the folders must be the same, however they are written.

    A work folder of its own may serve several runs, one after the other: then they train into different folders.
    """
    return not _differing(stored, config)


def _differing(stored: str, config: TrainConfig) -> list[str]:
    """The names of the settings in which a stored run is another one."""
    try:
        earlier = TrainConfig.from_json(stored)
    except ModelError:  # of another version of Unisono
        return ["version"]
    firm = (f.name for f in fields(config) if f.name not in LOOSE)
    named = [name for name in firm if getattr(earlier, name) != getattr(config, name)]
    if earlier.audio.resolve() != config.audio.resolve():
        named.append("audio")
    if config.work is not None and earlier.out.resolve() != config.out.resolve():
        named.append("out")  # without a work folder of its own, the state moved with the folder
    return named
