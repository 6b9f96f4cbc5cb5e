"""What a training run has learnt so far: the net, its running average, the optimiser; in memory and on disk.

AdamW (Loshchilov and Hutter 2019). What is validated and kept is an exponential moving average of the weights
(Polyak and Juditsky 1992), which is steadier than any single step.
"""

import logging
from dataclasses import dataclass, replace
from typing import Any, Self

import torch
from torch import Tensor
from torch.optim.swa_utils import AveragedModel

from catalog.errors import ModelError
from embeddings.config import TrainConfig
from embeddings.model import Net

log = logging.getLogger(__name__)

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
        """From random weights, or from where an earlier run with the same settings stopped."""
        net = Net(config.model).to(config.device, memory_format=torch.channels_last)  # type: ignore[call-overload]
        optimiser = torch.optim.AdamW(net.parameters(), lr=config.learning_rate, weight_decay=config.weight_decay)
        learner = cls(net, AveragedModel(net, avg_fn=_averaged, use_buffers=True), optimiser)
        path = config.cache / "state.pt"
        if path.exists():
            state = torch.load(path, map_location=config.device, weights_only=True)
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
        part.replace(config.cache / "state.pt")

    def _take(self, state: dict[str, Any]) -> None:
        self.net.load_state_dict(state["net"])
        self.average.load_state_dict(state["average"])
        self.optimiser.load_state_dict(state["optimiser"])
        self.step, self.seconds = state["step"], state["seconds"]
        self.best, self.stale = state["best"], state["stale"]


def _averaged(average: Tensor, current: Tensor, seen: Tensor | int) -> Tensor:
    """Exponential moving average whose memory grows with the steps seen, so that it does not start from noise."""
    decay = min(EMA_DECAY, (1 + float(seen)) / (10 + float(seen)))
    return current if not current.is_floating_point() else decay * average + (1 - decay) * current


def _same_run(stored: str, config: TrainConfig) -> bool:
    """Whether the settings agree in all but how long to go on, on how many processors, and how folders are written."""
    try:
        earlier = TrainConfig.from_json(stored)
    except ModelError:  # of another version of Unisono
        return False
    if earlier.audio.resolve() != config.audio.resolve():
        return False
    earlier = replace(earlier, audio=config.audio, out=config.out, work=config.work)  # the state lies where they are
    earlier = replace(earlier, steps=config.steps, minutes=config.minutes)
    return replace(earlier, threads=config.threads, workers=config.workers) == config
