"""Which model a catalogue was analysed with, read from a manifest alone, so that a lookup is quick."""

from pathlib import Path

from catalog.errors import CatalogError
from catalog.manifest import read_manifest
from catalog.state import State


def model_folder(root: Path, state: State) -> Path:
    """Folder of the model that the catalogue was analysed with. Raises CatalogError where it is not installed."""
    from models import released_model

    if "embeddings" not in state.tables:
        raise CatalogError(f"{root}: has no table 'embeddings' yet; run: unisono analyze --catalog {root}")
    chosen = read_manifest(root / "tables" / "embeddings" / state.tables["embeddings"]).parameters.get("model_folder")
    folder = Path(chosen) if chosen else released_model()
    if state.model != folder.name:
        raise CatalogError(f"{root}: was analysed with model {state.model}; analyse it again")
    return folder
