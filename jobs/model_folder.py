"""Which model a catalogue was analysed with, read without torch, so that a lookup is quick."""

import hashlib
from pathlib import Path
from shlex import quote

from catalog.errors import CatalogError, ModelError
from catalog.manifest import read_manifest
from catalog.state import State


def model_folder(root: Path, state: State) -> Path:
    """Folder of the model that the catalogue was analysed with.

    Raises CatalogError where it is not there any more, or was trained on since: codes of two models mean nothing to
    each other.
    """
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
    _check_same(root, folder, digest, named=bool(chosen))
    return folder


def model_digest(model: Path) -> str:
    """What tells two models of one name apart: a digest of settings and weights. Raises ModelError without them.

    `embeddings.model_files.model_name` tells the weights apart, not the settings.
    """
    try:
        content = (model / "config.json").read_bytes() + (model / "weights.safetensors").read_bytes()
    except OSError as error:
        raise ModelError(f"{model} is no model ({error.strerror}); name a folder that `unisono train` wrote") from error
    return hashlib.sha256(content).hexdigest()[:16]


def _check_same(root: Path, folder: Path, digest: str | None, *, named: bool) -> None:
    """Raises CatalogError where the folder does not hold the model of this digest."""
    again = f"unisono analyze --catalog {quote(str(root))}"
    try:
        found = model_digest(folder)
    except ModelError as error:
        raise CatalogError(
            f"{root}: the model that its audio was analysed with is not in {folder} any more; put it back, or say "
            f"where it is now: {again} --model DIR"
        ) from error
    if digest is not None and found != digest:
        raise CatalogError(
            f"{root}: the model in {folder} is another one than its audio was analysed with, as after more training; "
            f"run: {again}{f' --model {quote(str(folder))}' if named else ''}"
        )
