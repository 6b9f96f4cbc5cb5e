"""The files of a model: `weights.safetensors` beside `config.json`, and the name by which catalogues remember it.

Safetensors holds arrays and nothing that runs, so that a model from someone else can be opened without trusting them.
"""

import hashlib
from pathlib import Path

from catalog.errors import ModelError
from embeddings.config import ModelConfig

WEIGHTS, CONFIG = "weights.safetensors", "config.json"


def read_config(folder: Path) -> ModelConfig:
    """The configuration of the model in `folder`. Raises ModelError where a file of it is missing or unreadable."""
    for name in (WEIGHTS, CONFIG):
        if not (folder / name).is_file():
            raise ModelError(f"{folder} is no model: it has no {name}; `unisono train` writes one")
    try:
        return ModelConfig.from_json((folder / CONFIG).read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise ModelError(f"{folder / CONFIG} cannot be read: {error}") from error


def model_name(folder: Path) -> str:
    """The folder's name and the start of its weights' checksum: `unisono-small-1:3f2a9c01`."""
    try:
        digest = hashlib.sha256((folder / WEIGHTS).read_bytes()).hexdigest()
    except OSError as error:
        raise ModelError(f"{folder} is no model: {error}; `unisono train` writes one") from error
    return f"{folder.resolve().name}:{digest[:8]}"
