"""Training, from a folder of audio to a model folder, as one script that reads top to bottom.

    read -> split -> degraded copies -> batches -> loss -> step ... -> validate -> save

The output folder holds `weights.safetensors` (the best weights on the validation part so far), `config.json`,
`train.json` (these settings), `metrics.jsonl` (one line per validation), `curve.png`, and under `work/` the cached
features and the last state, from which an interrupted run goes on. AdamW with one cosine of learning rate (Loshchilov
and Hutter 2019), exponential moving average of the weights (Polyak and Juditsky 1992), since the validated model is
then steadier than any single step.
"""

import json
import logging
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from math import cos, pi
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.optim.swa_utils import AveragedModel
from tqdm import tqdm

from catalog.errors import SourceError
from embeddings.config import TrainConfig
from embeddings.copies import CopiedTrack, make_copies
from embeddings.curve import draw_curve
from embeddings.data import Batch, Places
from embeddings.library import LibraryTrack, read_library
from embeddings.losses import correlation, graded_contrast, nt_xent, relaxed_code, targets
from embeddings.model import Net
from embeddings.splits import split
from embeddings.validate import validate
from embeddings.weights import save_model

log = logging.getLogger(__name__)

WARM_UP = 0.03  # of the run, in which the learning rate rises
EMA_DECAY = 0.998


def train(config: TrainConfig) -> Path:
    """Train a model on `config.audio` into `config.out`, or go on where an earlier call with the same settings stopped.

    Returns `config.out`. Raises SourceError where the folder has too little audio to learn from.
    """
    torch.manual_seed(config.seed)
    torch.set_num_threads(config.threads)
    config.out.mkdir(parents=True, exist_ok=True)
    (config.out / "train.json").write_text(config.to_json())

    parts = split(read_library(config.audio), seed=config.split_seed)
    learnt = Places(*_copied(parts["train"], config), config)
    held_back = _copied(parts["validation"], config)

    net = Net(config.model).to(config.device, memory_format=torch.channels_last)  # type: ignore[call-overload]
    average = AveragedModel(net, avg_fn=_averaged, use_buffers=True)
    optimiser = torch.optim.AdamW(net.parameters(), lr=config.learning_rate, weight_decay=config.weight_decay)
    state = _resume(config, net, average, optimiser)

    best, began = state["best"], time.monotonic() - state["seconds"]
    rng, generator = np.random.default_rng([config.seed, state["step"]]), torch.Generator().manual_seed(config.seed)
    generator.manual_seed(config.seed + state["step"])
    totals: dict[str, float] = {}
    drawing = ThreadPoolExecutor(1)  # draws the next batch while this one is learnt from
    upcoming = drawing.submit(learnt.batch, rng, generator)
    progress = tqdm(total=config.steps, initial=state["step"], desc="training", unit="step", mininterval=10.0)
    step = state["step"]
    while step < config.steps and (time.monotonic() - began) < config.minutes * 60:
        done = max(step / config.steps, (time.monotonic() - began) / (config.minutes * 60))
        for group in optimiser.param_groups:
            group["lr"] = config.learning_rate * _schedule(done)

        batch = upcoming.result()
        upcoming = drawing.submit(learnt.batch, rng, generator)
        parts_of_loss = losses(net, batch, config)
        parts_of_loss["loss"].backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(net.parameters(), 5.0)
        optimiser.step()
        optimiser.zero_grad(set_to_none=True)
        average.update_parameters(net)

        step += 1
        progress.update()
        for name, part in parts_of_loss.items():
            totals[name] = totals.get(name, 0.0) + float(part.detach())
        if step % config.validate_every == 0:
            seconds = time.monotonic() - began
            means = {name: total / config.validate_every for name, total in totals.items()}
            best = _checkpoint(config, net, average, optimiser, held_back, step, seconds, means, best)
            totals = {}
    progress.close()
    drawing.shutdown()
    if step % config.validate_every or not (config.out / "weights.safetensors").exists():
        _checkpoint(config, net, average, optimiser, held_back, step, time.monotonic() - began, {}, best)
    return config.out


def losses(net: Net, batch: Batch, config: TrainConfig) -> dict[str, Tensor]:
    """Named parts of the loss of one batch; `loss` is their weighted sum."""
    views = torch.cat([batch.a, batch.b]).to(config.device, memory_format=torch.channels_last)
    with torch.autocast(config.device, torch.bfloat16, enabled=config.bf16):
        identity, similarity = net(views)  # [2n, 128] each
    one, other = identity.chunk(2)
    ignored = batch.same.to(config.device)
    codes = relaxed_code(identity, config.bit_scale).chunk(2)
    weight = targets(*(label.repeat(2).to(config.device) for label in (batch.recording, batch.artist, batch.album)))
    parts = {
        "identity": nt_xent(one, other, temperature=config.temperature, ignored=ignored),
        "code": nt_xent(*codes, temperature=config.temperature, ignored=ignored),
        "balance": correlation(identity),
        "similarity": graded_contrast(similarity, weight, temperature=config.similarity_temperature),
    }
    return parts | {
        "loss": torch.stack([getattr(config, f"{name}_weight") * part for name, part in parts.items()]).sum()
    }


def _copied(tracks: list[LibraryTrack], config: TrainConfig) -> tuple[list[LibraryTrack], list[CopiedTrack]]:
    """One file of each recording, with its degraded copies; what cannot be decoded is left out."""
    first = list({track.recording: track for track in reversed(tracks)}.values())[::-1]
    copies = make_copies(
        [track.path for track in first],
        config.cache / "copies",
        config.model.features,
        versions=config.versions,
        seed=config.seed,
        workers=config.workers,
    )
    usable = [(track, copy) for track, copy in zip(first, copies, strict=True) if copy is not None]
    if not usable:
        raise SourceError(f"{config.audio} has too little audio to split and learn from; give at least 20 recordings")
    return [track for track, _ in usable], [copy for _, copy in usable]


def _averaged(average: Tensor, current: Tensor, seen: Tensor | int) -> Tensor:
    """Exponential moving average whose memory grows with the steps seen, so that it does not start from noise."""
    decay = min(EMA_DECAY, (1 + float(seen)) / (10 + float(seen)))
    return current if not current.is_floating_point() else decay * average + (1 - decay) * current


def _schedule(done: float) -> float:
    """Share of the learning rate after `done` of the run: up in a line, then down a cosine."""
    return done / WARM_UP + 0.01 if done < WARM_UP else 0.5 * (1 + cos(pi * (done - WARM_UP) / (1 - WARM_UP)))


def _checkpoint(
    config: TrainConfig,
    net: Net,
    average: AveragedModel,
    optimiser: torch.optim.Optimizer,
    held_back: tuple[list[LibraryTrack], list[CopiedTrack]],
    step: int,
    seconds: float,
    means: dict[str, float],
    best: float,
) -> float:
    """Validate, log, keep the weights where they are the best so far, and store what resuming needs."""
    averaged = average.module
    assert isinstance(averaged, Net)
    measured = validate(averaged, *held_back, seed=config.seed)
    line = {"step": step, "seconds": round(seconds, 1)} | means | measured
    with (config.out / "metrics.jsonl").open("a") as file:
        file.write(json.dumps(line) + "\n")
    draw_curve(config.out / "metrics.jsonl", config.out / "curve.png")
    log.info("step %d: %s", step, measured)
    if measured["score"] >= best:
        best = measured["score"]
        save_model(averaged, config.out)
    state = {"step": step, "seconds": seconds, "best": best, "config": config.to_json()}
    state |= {"net": net.state_dict(), "average": average.state_dict(), "optimiser": optimiser.state_dict()}
    with _replacing(config.cache / "state.pt") as path:
        torch.save(state, path)
    return best


def _resume(config: TrainConfig, net: Net, average: AveragedModel, optimiser: torch.optim.Optimizer) -> dict[str, Any]:
    """What an earlier run with the same settings stored, loaded into its places; else a fresh start."""
    path = config.cache / "state.pt"
    if path.exists():
        state: dict[str, Any] = torch.load(path, map_location=config.device, weights_only=True)
        if _same_run(state["config"], config):
            for module, name in ((net, "net"), (average, "average"), (optimiser, "optimiser")):
                module.load_state_dict(state[name])
            return state
        log.info("%s was made with other settings; training starts anew", path)
    (config.out / "metrics.jsonl").unlink(missing_ok=True)
    return {"step": 0, "seconds": 0.0, "best": -1.0}


def _same_run(stored: str, config: TrainConfig) -> bool:
    """Whether the settings agree in all but how long to go on and on how many processors."""
    earlier = TrainConfig.from_json(stored)
    earlier = replace(earlier, steps=config.steps, minutes=config.minutes)
    return replace(earlier, threads=config.threads, workers=config.workers) == config


@contextmanager
def _replacing(path: Path) -> Iterator[Path]:
    """A path to write to, which becomes `path` at once when the writing is done."""
    part = path.with_suffix(".part")
    yield part
    part.replace(path)
