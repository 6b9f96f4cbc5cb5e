"""Training, from a folder of audio to a model folder, as one script that reads top to bottom.

    read -> split -> degraded copies -> batches -> loss -> step ... -> validate -> save

The output folder holds `weights.safetensors` (the best weights on the validation part so far), `config.json`,
`train.json` (these settings), `metrics.jsonl` (one line per validation), `curve.png`, and under `work/` the cached
features and the last state, from which an interrupted run goes on. The learning rate rises in a line and falls along
one cosine over the run, whether steps or minutes bound it.
"""

import json
import logging
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from math import cos, isfinite, pi
from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from tqdm import tqdm

from catalog.atomic import write_text
from catalog.errors import SourceError, UsageError
from embeddings.config import SETTINGS, TrainConfig
from embeddings.copies import SHORTEST_S, CopiedTrack, make_copies
from embeddings.curve import cut, draw_curve
from embeddings.data import Batch, Places, surroundings
from embeddings.learner import Learner, check_own
from embeddings.library import LibraryTrack, read_library
from embeddings.losses import correlation, graded_contrast, nt_xent, relaxed_code, targets
from embeddings.model import Net
from embeddings.splits import check_enough, check_leaks, split
from embeddings.validate import validate
from embeddings.weights import save_model

log = logging.getLogger(__name__)

BARE = 0.5  # of the steps, in which the second views are excerpts: nothing surrounds the segment
DEVICES = ("cpu", "cuda")
WARM_UP = 0.03  # of the run, in which the learning rate rises


def train(config: TrainConfig, parts: Mapping[str, list[LibraryTrack]] | None = None) -> Path:
    """Train a model on `config.audio` into `config.out`, or go on where an earlier call with the same settings stopped.

    `parts` are its tracks to learn from and to validate on, where they are split already. Returns `config.out`.
    Raises SourceError where the folder has too little audio to learn from, UsageError where the device cannot be used
    or `config.out` holds the model of another run.
    """
    _check_device(config.device)
    check_own(config)
    torch.manual_seed(config.seed)
    torch.set_num_threads(config.threads)
    parts = parts or split(read_library(config.audio), seed=config.split_seed)
    check_leaks(parts)
    check_enough(parts, config.audio)
    config.out.mkdir(parents=True, exist_ok=True)  # not before: what cannot work leaves the settings of an earlier run
    write_text(config.out / SETTINGS, config.to_json() + "\n")

    learnt = Places(*_copied(parts["train"], config), config)
    held_back = _copied(parts["validation"], config)
    learner = Learner.start(config)
    learner.measured_on([track.recording for track in held_back[0]])
    if _done(learner, config) >= 1:
        end = f"{learner.step:,} steps and {learner.seconds / 60:.1f} minutes"
        log.warning("training was over after %s; give more minutes and steps to go on", end)
    cut(config.out / "metrics.jsonl", step=learner.step)

    rng, rng_bare = (np.random.default_rng([config.seed, learner.step, stream]) for stream in range(2))
    generator = torch.Generator().manual_seed(config.seed + learner.step)
    began = time.monotonic() - learner.seconds
    recent: list[dict[str, float]] = []  # named losses since the last checkpoint
    bar = tqdm(total=config.steps, initial=learner.step, desc="training", unit="step", mininterval=10.0)
    drawing = ThreadPoolExecutor(1)  # draws the next batch while this one is learnt from
    upcoming = drawing.submit(learnt.batch, rng, generator)
    while (done := _done(learner, config)) < 1:
        batch = upcoming.result()
        upcoming = drawing.submit(learnt.batch, rng, generator)
        named = losses(learner.net, batch, config, bare=bool(rng_bare.random() < BARE))
        learner.learn(named["loss"], config.learning_rate * _schedule(done))
        learner.seconds = time.monotonic() - began
        bar.update()
        bar.total = max(learner.step, round(learner.step / _done(learner, config)))  # minutes may end it first
        recent.append({name: float(part.detach()) for name, part in named.items()})
        if learner.step % config.validate_every == 0 or _done(learner, config) >= 1:
            _checkpoint(learner, held_back, recent, config)
            recent.clear()
            if learner.stale >= config.patience:
                log.info("no better for %d validations: training ends", learner.stale)
                break
    drawing.shutdown()
    bar.close()
    return config.out


def losses(net: Net, batch: Batch, config: TrainConfig, *, bare: bool) -> dict[str, Tensor]:
    """Named parts of the loss of one batch; `loss` is their weighted sum. `bare`: second views lack surroundings."""
    around = surroundings(config) if bare else 0
    views = (batch.a, batch.b[:, :, around : batch.b.shape[2] - around])
    with torch.autocast(config.device, torch.bfloat16, enabled=in_bf16(config)):
        heads = [net(view.to(config.device, memory_format=torch.channels_last)) for view in views]
    one, other = (identity for identity, _ in heads)
    identity, similarity = (torch.cat(both) for both in zip(*heads, strict=True))  # [2n, 128] each
    ignored = batch.same.to(config.device)
    codes = relaxed_code(identity, config.bit_scale).chunk(2)
    weight = targets(*(label.repeat(2).to(config.device) for label in (batch.recording, batch.artist, batch.album)))
    parts = {
        "identity": nt_xent(one, other, temperature=config.temperature, ignored=ignored),
        "code": nt_xent(*codes, temperature=config.temperature, ignored=ignored),
        "balance": correlation(identity),
        "similarity": graded_contrast(similarity, weight, temperature=config.similarity_temperature),
    }
    weighted = [getattr(config, f"{name}_weight") * part for name, part in parts.items()]
    return parts | {"loss": torch.stack(weighted).sum()}


def in_bf16(config: TrainConfig) -> bool:
    """Whether to compute in bfloat16: as the settings say, else where the device has instructions for it."""
    if config.bf16 is not None:
        return config.bf16
    if config.device != "cpu":
        return bool(torch.cuda.is_bf16_supported())
    return bool(torch.cpu._is_avx512_bf16_supported() or torch.cpu._is_amx_tile_supported())


def _check_device(device: str) -> None:
    """Raises UsageError before the long work begins, where tensors cannot be put on the device."""
    try:
        kind = torch.zeros(1, device=device).device.type
    except (RuntimeError, AssertionError) as error:  # an assertion, where torch was built without CUDA
        reason = str(error).partition("\n")[0]
        raise UsageError(f"device {device!r} cannot be used ({reason}); give one that is there, such as cpu") from error
    if kind not in DEVICES:
        raise UsageError(f"device {device!r} is not trained on; give {' or '.join(DEVICES)}")


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
    for track, copy in zip(first, copies, strict=True):
        if copy is None:
            log.warning("%s is left out: missing, not to be decoded or shorter than %g s", track.path, SHORTEST_S)
    usable = [(track, copy) for track, copy in zip(first, copies, strict=True) if copy is not None]
    if not usable:
        many = f"{len(first)} recordings, among them {first[0].path}"
        raise SourceError(f"{many}, cannot be learnt from: all are missing, damaged or shorter than {SHORTEST_S:g} s")
    return [track for track, _ in usable], [copy for _, copy in usable]


def _done(learner: Learner, config: TrainConfig) -> float:
    """Share of the run that is over, by steps or by minutes, whichever is further."""
    return max(learner.step / config.steps, learner.seconds / (60 * config.minutes))


def _schedule(done: float) -> float:
    """Share of the learning rate after `done` of the run: up in a line, then down a cosine."""
    return done / WARM_UP + 0.01 if done < WARM_UP else 0.5 * (1 + cos(pi * (done - WARM_UP) / (1 - WARM_UP)))


def _checkpoint(
    learner: Learner,
    held_back: tuple[list[LibraryTrack], list[CopiedTrack]],
    recent: list[dict[str, float]],
    config: TrainConfig,
) -> None:
    """Validate, log, keep the weights where they are the best so far, and store what resuming needs."""
    measured, kinds = validate(learner.averaged, *held_back, around=surroundings(config), seed=config.seed)
    means = {name: float(np.mean([losses[name] for losses in recent])) for name in recent[0]}
    line: dict[str, float | None] = {"step": learner.step, "seconds": round(learner.seconds, 1)}
    line |= {name: value if isfinite(value) else None for name, value in (means | measured).items()}
    with (config.out / "metrics.jsonl").open("a") as file:
        file.write(json.dumps(line | {"track_by_kind": kinds}) + "\n")
    draw_curve(config.out / "metrics.jsonl", config.out / "curve.png")
    log.info("step %d: %s", learner.step, measured)
    learner.stale += 1
    if better := measured["score"] >= learner.best:
        learner.best, learner.stale = measured["score"], 0
    with learner.storing(config):  # its file is whole before the weights are replaced, and replaced after them
        if better:
            save_model(learner.averaged, config.out)
