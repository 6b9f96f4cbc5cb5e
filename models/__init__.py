"""Released models, one folder each."""

from pathlib import Path

RELEASED = "unisono-small-2"
"""The model that is used where none is named."""


def released_model() -> Path:
    """Folder of the released model, wherever the package is installed."""
    return Path(__file__).resolve().parent / RELEASED
