"""A model on disk: `weights.safetensors` beside `config.json`, and the name by which catalogues remember it.

Safetensors holds arrays and nothing that runs, so that a model from someone else can be opened without trusting them.
"""

import hashlib
from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save

from catalog.errors import ModelError
from embeddings.config import ModelConfig
from embeddings.model import Net

WEIGHTS, CONFIG = "weights.safetensors", "config.json"


def save_model(net: Net, folder: Path) -> None:
    """Write the weights and the configuration of `net`; the weights replace older ones at once."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / CONFIG).write_text(net.config.to_json() + "\n")
    tensors = {name: tensor.detach().cpu().float().contiguous() for name, tensor in net.state_dict().items()}
    part = folder / f"{WEIGHTS}.part"
    part.write_bytes(save(tensors))
    part.replace(folder / WEIGHTS)


def load_model(folder: Path) -> Net:
    """The net in `folder`, ready to infer on the CPU. Raises ModelError where it is missing or damaged."""
    for name in (WEIGHTS, CONFIG):
        if not (folder / name).is_file():
            raise ModelError(f"{folder} is no model: it has no {name}; `unisono train` writes one")
    net = Net(ModelConfig.from_json((folder / CONFIG).read_text()))
    try:
        net.load_state_dict(load_file(folder / WEIGHTS))
    except (SafetensorError, RuntimeError, OSError) as error:
        raise ModelError(f"{folder / WEIGHTS} is damaged or does not fit its {CONFIG}: {error}") from error
    return net.eval().to(memory_format=torch.channels_last)  # type: ignore[call-overload, no-any-return]


def model_name(folder: Path) -> str:
    """The folder's name and the start of its weights' checksum: `unisono-small-1:3f2a9c01`."""
    try:
        digest = hashlib.sha256((folder / WEIGHTS).read_bytes()).hexdigest()
    except OSError as error:
        raise ModelError(f"{folder} is no model: {error}; `unisono train` writes one") from error
    return f"{folder.resolve().name}:{digest[:8]}"
