"""A made-up catalogue in all its tables, written through the store, for tests of what is shown of one."""

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from catalog.schema import DELIVERED_FIELDS, TABLES
from catalog.store import Catalogue

HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "שלום עולם \u202egnp.exe\u2069 مرحبا",
    "</style></svg><h1>owned",
    "Endless " * 400,
    "\x00bell\x07 {{ 7 * 7 }} {% raw %} &amp; $\\frac{1}{2}$",
]
ARTISTS = [
    "Ada Lindqvist", "The Tin Orchard", "Kestrel & Moth", "Nor", "Jun Tanabe", "Marrow Lane", "Olá Sereia", "DJ Fennel",
]  # fmt: skip
WORDS = [
    "amber", "harbour", "glass", "winter", "paper", "river", "echo", "field", "lantern", "copper", "salt", "morning",
    "tide", "hollow", "signal", "garden",
]  # fmt: skip
PROBLEMS = [("bad_duration", "'unk.' is no duration; left empty"), ("missing", "no such file: /music/a.flac")]
VERSIONS = ["live", "remix:dj fennel", "edit:radio", "instrumental"]
SOURCES = ["north-archive", "label-feed", "collector", "store-export"]


class Builder:
    """A made-up catalogue: songs in several versions, each recording delivered by one to three sources."""

    def __init__(self, songs, seed=7, hostile=()):
        self.random = np.random.default_rng(seed)
        self.tables: dict[str, list[dict[str, Any]]] = {name: [] for name in TABLES}
        for number in range(songs):
            self._song(number, hostile[number] if number < len(hostile) else None)

    def write(self, folder, tables=tuple(TABLES)):
        catalogue = Catalogue.create(folder)
        sealed = {}
        with catalogue.run("run", {"sources": ["a.csv"], "thresholds": {"merge": 0.99, "review": 0.2}}) as run:
            for name in tables:
                with run.stage(name) as stage:
                    staging = catalogue.stage(name)
                    table = pa.Table.from_pylist(self.tables[name], schema=TABLES[name])
                    pq.write_table(table, staging / "part-0.parquet", row_group_size=500)
                    if name == "matches":
                        (staging / "policy.json").write_text('{"merge": 5.5, "review": 0.0}')
                    sealed[name] = catalogue.seal(name, staging, inputs={}, parameters={})
                    stage.count("rows", table.num_rows)
        catalogue.publish(sealed, model="tiny-1" if "segments" in tables else None)
        return catalogue

    def _song(self, number, hostile):
        title = hostile or " ".join(self.random.choice(WORDS, self.random.integers(1, 4))).title()
        artist = ARTISTS[number % len(ARTISTS)]
        kinds = [None, *self.random.choice(VERSIONS, self.random.choice([0, 0, 0, 1, 2]), replace=False)]
        takes = [self._recording(f"s{number}", f"r{number}-{i}", title, artist, kind) for i, kind in enumerate(kinds)]
        for other in takes[1:]:
            self._match(takes[0], other, -4.0, "version", "distinct", version="one plain, one version")
        for every, back, weight, audio in ((5, 9, 0.3, None), (7, 17, 0.8, 9.0), (9, 13, -0.9, -7.5)):
            if number % every == 0:
                other = f"t{max(0, len(self.tables['tracks']) - back)}"
                self._match(takes[0], other, weight, "different", "review", audio=audio)

    def _recording(self, song, recording, title, artist, kind):
        delivered = self.random.choice(SOURCES, self.random.integers(1, 4), replace=False)
        shown = f"{title} ({kind.split(':')[0].title()})" if kind else title
        seconds, year = float(self.random.uniform(120, 400)), int(self.random.integers(1965, 2024))
        ids = [self._track(source, shown, artist, kind, seconds, year, i) for i, source in enumerate(delivered)]
        for i, track in enumerate(ids):
            row = {"track_id": track, "recording_id": recording, "song_id": song, "is_canonical": i == 0}
            self.tables["recordings"].append(
                row | {"confidence": 1.0 if i == 0 else float(self.random.uniform(0.8, 1))}
            )
            if i:
                self._match(ids[0], track, float(self.random.uniform(6, 22)), "same recording", "merge")
        return ids[0]

    def _track(self, source, title, artist, kind, seconds, year, copy):
        row = len(self.tables["tracks"])
        track = f"t{row}"
        printed = [artist, artist.upper(), artist.replace("&", "and")][copy]
        delivered = dict.fromkeys(DELIVERED_FIELDS) | {
            "track_id": track, "source": source, "title": title, "artist": printed, "album": f"{title} EP",
            "label": f"{artist.split()[-1]} Records", "country": ["SE", "PT", "JP"][row % 3],
            "genre": ["folk", "house"][row % 2],
        }  # fmt: skip
        parsed = {
            "title_core": title.lower(), "artist_core": artist.lower(), "album_core": f"{title} ep".lower(),
            "versions": [kind] if kind else [], "duration_s": seconds + copy if row % 11 else None,
            "release_year": year if row % 4 else None, "position": 1 + row % 12,
            "isrc_code": f"SEXYZ24{row:05}" if source == "label-feed" else None,
            "audio_file": f"/music/{track}.flac" if row % 2 else None,
        }  # fmt: skip
        self.tables["tracks"].append(delivered | parsed | {"row": row})
        credit = {"track_id": track, "position": 0, "name": printed, "role": "main", "confidence": 0.98}
        namesake = artist == "Nor" and row % 2
        self.tables["artists"].append(credit | {"artist_id": f"a-{artist}{'-2' if namesake else ''}"})
        if row % 2:
            self._sound(track, row, seconds)
        if row % 3 == 0:
            code, message = PROBLEMS[row % 2]
            problem = {"track_id": track, "source": source, "stage": "ingest", "field": "duration"}
            self.tables["problems"].append(problem | {"code": code, "message": message})
        return track

    def _sound(self, track, row, seconds):
        vector = self.random.normal(size=128).astype(np.float32)
        same = {"track_id": track, "row": row, "model": "tiny-1"}
        self.tables["embeddings"].append(same | {"vector": (vector / np.linalg.norm(vector)).tolist()})
        self.tables["segments"].append(same | {"seconds": seconds, "hop_s": 1.0, "codes": b"\0" * 16, "audible": b"\1"})

    def _match(self, a, b, weight, relation, decision, version="both plain", audio=None):
        evidence = [("title", "exact", 6.1), ("artist", "near", 1.4), ("version", version, 0.2)]
        if audio is not None:
            evidence = [
                ("title", "exact" if audio < 0 else "different", -np.sign(audio) * 5.2),
                ("artist", "exact", 0.4),
            ]
            evidence.append(("audio", "same sound" if audio > 0 else "other sound", audio))
        else:
            evidence.append(("duration", "within 3 s", weight + 2.5 - 7.7))
        items = [
            {"field": field, "level": level, "weight": float(bits), "detail": f"{field} of {a} | {field} of {b}"}
            for field, level, bits in evidence
        ]
        self.tables["matches"].append(
            {
                "track_id_a": a, "track_id_b": b, "weight": weight, "probability": float(1 / (1 + 2.0**-weight)),
                "relation": relation, "decision": decision, "evidence": items, "generators": ["title"],
            }
        )  # fmt: skip
