"""Which model a catalogue was analysed with, read from a manifest alone, so that a lookup is quick."""

from pathlib import Path

from catalog.errors import CatalogError
from catalog.manifest import read_manifest
from catalog.state import State


def model_folder(root: Path, state: State) -> Path:
    """Folder of the model that the catalogue was analysed with. Raises CatalogError where it is not installed."""
    from models import released_model

    if "embeddings" not in state.tables:
        from catalog.published import Published

        Published(root, state).path("embeddings")  # says what is to be done
    heard = read_manifest(root / "tables" / "embeddings" / state.tables["embeddings"]).parameters
    chosen, digest = heard.get("model_folder"), heard.get("model_digest")
    folder = Path(chosen) if chosen else released_model()
    if state.model != folder.name:
        raise CatalogError(f"{root}: was analysed with model {state.model}; analyse it again")
    if state.index is not None:
        built = read_manifest(root / "index" / state.index).parameters
        if built.get("model", state.model) != state.model or built.get("model_digest", digest) != digest:
            raise CatalogError(
                f"{root}: its search index is of another model than its audio was analysed with since; "
                f"run: unisono index --catalog {root}"
            )
    return folder
