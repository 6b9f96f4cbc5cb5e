"""What `unisono doctor --catalog` says of a catalogue: whether every published file is as it was written, and whose.

Every byte is read: a streaming service's tables take minutes. Nothing is changed.
"""

from collections.abc import Iterator
from pathlib import Path

from catalog.errors import CatalogError, UnisonoError
from catalog.published import MADE_BY
from catalog.store import Catalogue
from jobs.findings import Finding


def catalogue(root: Path) -> Iterator[Finding]:
    """Yield a finding for every published table, the index and the model."""
    try:
        opened = Catalogue.open(root)
    except UnisonoError as error:
        yield Finding("catalogue", "missing", str(error))
        return
    if not opened.names():
        yield Finding("catalogue", "note", f"{root}: nothing is published yet", f"unisono run SOURCE --catalog {root}")
    for name in opened.names():
        yield _files(opened, name)
    yield from _model(opened)


def _files(catalogue: Catalogue, name: str) -> Finding:
    """One snapshot: its rows and files, or the first damage and how much more there is."""
    if found := catalogue.damage(name):
        more = f" (and {len(found) - 1} more)" if len(found) > 1 else ""
        command = f"unisono {MADE_BY.get(name, 'dedup')} --catalog {catalogue.root}"
        mend = f"restore it from a copy, or remove {catalogue.folder(name)} and make it again: {command}"
        return Finding(name, "missing", found[0] + more, mend)
    manifest = catalogue.manifest(name)
    size = sum(entry.size for entry in manifest.files) / 1e6
    rows = f"{manifest.rows:,} rows, " if manifest.rows else ""
    files = f"{len(manifest.files)} file" + "s" * (len(manifest.files) != 1)
    return Finding(name, "ok", f"{rows}{files}, {size:,.1f} MB, as written")


def _model(catalogue: Catalogue) -> Iterator[Finding]:
    """The model that the audio was analysed with, which new audio has to be heard by too."""
    from jobs.model_folder import model_folder

    if catalogue.state.model is None:
        return
    try:
        folder = model_folder(catalogue.root, catalogue.state)
        if catalogue.state.index:
            catalogue.index_path()  # whether the index is of the same model
    except CatalogError as error:
        yield Finding("its model", "missing", str(error))
    else:
        yield Finding("its model", "ok", f"{catalogue.state.model}, in {folder}")
