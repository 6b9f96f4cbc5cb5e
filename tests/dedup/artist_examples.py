"""Credits made up for the tests of artist disambiguation."""

from typing import Any

import numpy as np
import pyarrow as pa

from dedup.artist_traits import traits_of

SCENES = (
    {"country": "US", "genre": "Electronic", "style": "House; Deep House", "year": 1999},
    {"country": "Poland", "genre": "Rock", "style": "Heavy Metal; Thrash", "year": 1988},
    {"country": "Japan", "genre": "Pop", "style": "J-pop; Ballad", "year": 2011},
    {"country": "Brazil", "genre": "Latin", "style": "MPB; Bossa Nova", "year": 1971},
    {"country": "Norway", "genre": "Jazz", "style": "Contemporary Jazz; Cool Jazz", "year": 2004},
)


def release(name: str, number: int, scene: int, *, label: str | None = None, **more: Any) -> list[dict[str, Any]]:
    """Three tracks of one release by `name`, made in the scene `SCENES[scene]`."""
    made = SCENES[scene]
    common = {
        "name": name,
        "position": 0,
        "role": "main",
        "source": "test",
        "album_core": f"album {number}",
        "label": label or f"label {scene} {number % 3}",
        "country": made["country"],
        "genre": made["genre"],
        "style": made["style"],
        "release_year": int(str(made["year"])) + number % 3,
    }
    return [{**common, "track_id": f"t{number}-{i}", "title_core": f"song {number} {i}", **more} for i in range(3)]


def catalogue(names: int, *, releases_each: int = 3) -> list[dict[str, Any]]:
    """A catalogue of `names` artists, each at home in one scene and on one label of it, and without namesakes."""
    rng = np.random.default_rng(5)
    rows = []
    for n in range(names):
        scene, label = n % len(SCENES), f"label {n % len(SCENES)} {rng.integers(12)}"
        for i in range(releases_each):
            rows += release(f"artist number {n}", 1000 + n * 10 + i, scene, label=label)
    return rows


def table(rows: list[dict[str, Any]]) -> pa.Table:
    """Rows as a table; columns that a row lacks are null."""
    columns = sorted({column for row in rows for column in row})
    return pa.table({column: [row.get(column) for row in rows] for column in columns})


def traits(rows: list[dict[str, Any]]) -> pa.Table:
    """The traits of rows."""
    return traits_of(table(rows))
