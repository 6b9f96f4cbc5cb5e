"""`unisono map`: the catalogue as a picture in which what sounds alike lies together, in one HTML file."""

import math
from pathlib import Path

from catalog.atomic import write_text
from catalog.store import Catalogue
from jobs.console import note
from jobs.export import replaced
from jobs.map_colours import colourings
from jobs.map_tracks import map_tracks

MOST = 100_000
"""Tracks that are drawn where there are more."""


def write_map(catalogue_dir: Path, out: Path, *, limit: int = MOST) -> None:
    """Draw at most `limit` tracks of the catalogue into `out`, replacing it whole, and say how good the map is.

    Raises CatalogError where there is no catalogue, or no track has audio that was analysed, and UsageError where
    `out` cannot be written.
    """
    from embeddings.layout import lay_out, trust
    from jobs.map_page import map_page

    catalogue = Catalogue.open(catalogue_dir)
    tracks = map_tracks(catalogue, limit)
    places = lay_out(tracks.vectors)
    trusted = trust(tracks.vectors, places)
    page = map_page(catalogue.root.resolve().name, tracks, places, colourings(tracks), trusted)
    with replaced(out) as partial:
        write_text(partial, page)
    shown = len(tracks.track_ids)
    drawn = f"{shown:,} tracks" if shown == tracks.total else f"{shown:,} of {tracks.total:,} tracks, drawn at random,"
    told = "" if math.isnan(trusted) else f"; trustworthiness {trusted:.3f} (1: all neighbours on the map sound alike)"
    note(f"{drawn} in {out}{told}")
