"""What a training run has learnt so far: the net, its running average, the optimiser; in memory and on disk.

AdamW (Loshchilov and Hutter 2019). What is validated and kept is an exponential moving average of the weights
(Polyak and Juditsky 1992), which is steadier than any single step.
"""

import logging
import pickle
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Self

import torch
from torch import Tensor
from torch.optim.swa_utils import AveragedModel

from catalog.errors import ModelError, UsageError
from embeddings.config import SETTINGS, TrainConfig
from embeddings.model import Net
from embeddings.model_files import WEIGHTS

log = logging.getLogger(__name__)

STATE = "state.pt"
"""Where a run keeps in its work folder what it goes on from."""

EMA_DECAY = 0.998
LONGEST_GRADIENT = 5.0


@dataclass
class Learner:
    """`best` is the highest validation score so far, `stale` how many validations ago; `seconds` of training, over all
    calls."""

    net: Net
    average: AveragedModel
    optimiser: torch.optim.Optimizer
    step: int = 0
    seconds: float = 0.0
    best: float = float("-inf")
    stale: int = 0

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
                log.info("%s was made with other settings; training starts anew", path)
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

    def store(self, config: TrainConfig) -> None:
        """Write what `start` needs to go on; it replaces what was there at once."""
        state: dict[str, Any] = {"step": self.step, "seconds": self.seconds, "best": self.best}
        state |= {"stale": self.stale}
        state |= {"config": config.to_json(), "net": self.net.state_dict(), "average": self.average.state_dict()}
        part = config.cache / "state.part"
        torch.save(state | {"optimiser": self.optimiser.state_dict()}, part)
        part.replace(config.cache / STATE)

    def _take(self, state: dict[str, Any]) -> None:
        self.net.load_state_dict(state["net"])
        self.average.load_state_dict(state["average"])
        self.optimiser.load_state_dict(state["optimiser"])
        self.step, self.seconds = state["step"], state["seconds"]
        self.best, self.stale = state["best"], state["stale"]


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
    if (out / WEIGHTS).exists() and not (config.cache / STATE).exists():
        mend = "train another with --audio DIR, best into another folder"
        raise UsageError(f"{out} holds a model, but {config.cache / STATE}, to go on from, is gone; {mend}")
    return config


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
    """Whether the settings agree in all but how long to go on, on how many processors, and how folders are written.

    A work folder of its own may serve several runs, one after the other: then they train into different folders.
    """
    try:
        earlier = TrainConfig.from_json(stored)
    except ModelError:  # of another version of Unisono
        return False
    if earlier.audio.resolve() != config.audio.resolve():
        return False
    if config.work is not None and earlier.out.resolve() != config.out.resolve():
        return False
    earlier = replace(earlier, audio=config.audio, out=config.out, work=config.work)  # the state lies where they are
    earlier = replace(earlier, steps=config.steps, minutes=config.minutes)
    return replace(earlier, threads=config.threads, workers=config.workers) == config
