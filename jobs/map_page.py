"""The map as one HTML file that opens anywhere: plotly.js, a script and the points stand inside, nothing is fetched.

Points travel as JSON, compressed and in base64: small, and no title can end the element it stands in. A content policy
names the two scripts by their hashes, so the browser runs these and nothing that came with the data. plotly.js compiles
its drawing code in the browser, hence `unsafe-eval`.
"""

import json
import zlib
from base64 import b64encode
from dataclasses import asdict
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from numpy.typing import NDArray
from plotly.offline import get_plotlyjs

from jobs.map_colours import Colouring
from jobs.map_tracks import MapTracks
from jobs.report_text import number, text

STEPS = 65_535  # places along an axis
_TEMPLATES = Path(__file__).parent / "templates"


def map_page(name: str, tracks: MapTracks, places: NDArray[np.float32], colours: list[Colouring], trust: float) -> str:
    """The page of the catalogue `name`; `places` [n, 2] within -1..1, `trust` as `embeddings.layout.trust` gives it."""
    script, library = (_TEMPLATES / "map.js").read_text(encoding="utf-8"), get_plotlyjs()
    environment = Environment(loader=FileSystemLoader(_TEMPLATES), autoescape=True, undefined=StrictUndefined)
    environment.filters |= {"text": text, "number": number}
    return environment.get_template("map.html.j2").render(
        name=name,
        made=datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
        shown=len(tracks.track_ids),
        total=tracks.total,
        trust="" if np.isnan(trust) else f"{trust:.2f}",
        policy=_policy(library, script),
        library=library,
        script=script,
        style=(_TEMPLATES / "map.css").read_text(encoding="utf-8"),
        points=packed(points(tracks, places, colours)),
    )


def points(tracks: MapTracks, places: NDArray[np.float32], colours: list[Colouring]) -> dict[str, Any]:
    """What the script draws: places as 0..`STEPS`, texts, and repeated texts as numbers into a list of them."""
    steps = np.round((np.clip(places, -1, 1) + 1) / 2 * STEPS).astype(int)
    return {
        "x": steps[:, 0].tolist(),
        "y": steps[:, 1].tolist(),
        "id": tracks.track_ids,
        "title": tracks.facts["title"],
        **{field: _listed(tracks.facts[field]) for field in ("artist", "album", "genre", "source")},
        "colours": [asdict(colouring) for colouring in colours],
    }


def packed(value: Any) -> str:
    """JSON, deflated (zlib's format), in base64: letters, digits, `+`, `/` and `=` only."""
    return b64encode(zlib.compress(json.dumps(value, separators=(",", ":")).encode(), 9)).decode("ascii")


def _listed(values: list[str]) -> dict[str, list[Any]]:
    place = {value: number for number, value in enumerate(dict.fromkeys(values))}
    return {"names": list(place), "of": [place[value] for value in values]}


def _policy(*scripts: str) -> str:
    hashes = " ".join(f"'sha256-{b64encode(sha256(script.encode()).digest()).decode()}'" for script in scripts)
    return f"default-src 'none'; script-src {hashes} 'unsafe-eval'; style-src 'unsafe-inline'; img-src data: blob:"
