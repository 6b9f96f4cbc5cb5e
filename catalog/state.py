"""`catalog.json`: which snapshot of every table is published, and with which model and index.

The file is the only mutable fact of a catalogue and is replaced whole, so that every reader sees one published state.
"""

import json
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

from catalog.atomic import write_json
from catalog.errors import CatalogError
from catalog.snapshots import ID

NAME = "catalog.json"
FORMAT = 1


@dataclass(frozen=True)
class State:
    """Published snapshot ids; `model` is the name of the model behind the audio tables and the index."""

    format: int = FORMAT
    tables: dict[str, str] = field(default_factory=dict)
    model: str | None = None
    index: str | None = None

    def with_published(self, tables: dict[str, str], *, model: str | None, index: str | None) -> "State":
        """This state with some tables replaced; `None` leaves the model or index as it was."""
        return replace(self, tables=self.tables | tables, model=model or self.model, index=index or self.index)

    def write(self, folder: Path) -> None:
        """Replace the state of the catalogue in `folder`, atomically."""
        write_json(folder / NAME, asdict(self))


def read_state(folder: Path) -> State:
    """The published state of the catalogue in `folder`; raises CatalogError, with the mend, where there is none."""
    path = folder / NAME
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise CatalogError(f"{folder}: not a catalogue; make one with: unisono run SOURCE --catalog {folder}") from None
    except NotADirectoryError:
        raise CatalogError(f"{folder}: leads to a file, not to a catalogue; name the catalogue's folder") from None
    except (OSError, ValueError) as error:
        raise CatalogError(f"{path}: cannot be read ({error}); restore it or make the catalogue anew") from error
    return _checked(value, path)


def _checked(value: object, path: Path) -> State:
    if not isinstance(value, dict) or not isinstance(value.get("format"), int):
        raise CatalogError(f"{path}: not the state of a catalogue; restore it or make the catalogue anew")
    if value["format"] != FORMAT:
        raise CatalogError(
            f"{path}: format {value['format']}, but this version of Unisono reads format {FORMAT}; "
            f"use the version that wrote it, or make the catalogue anew"
        )
    tables, index = value.get("tables"), value.get("index")
    if not isinstance(tables, dict) or not all(
        ID.fullmatch(str(id_)) for id_ in [*tables.values(), *filter(None, [index])]
    ):
        raise CatalogError(f"{path}: names no valid snapshots; restore it or make the catalogue anew")
    return State(tables=tables, model=value.get("model"), index=index)
