"""A small made-up catalogue with an index, in which it is known what is near to what."""

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from catalog.schema import DELIVERED_FIELDS, TABLES
from catalog.store import Catalogue
from embeddings.index import TrackIndex

SIZE = 16
CLUSTERS, SONGS = 6, 20
"""Tracks of one cluster sound alike; each has twenty songs, by four artists on eight albums."""

GENRES = ["Rock", "Pop; Rock", "Jazz", None]


def rows(rng):
    """(track, recording, vector) of every track: some songs have a copy, some a live version, which sound the same."""
    middles = unit(rng.normal(size=(CLUSTERS, SIZE)))
    for cluster in range(CLUSTERS):
        for song in range(SONGS):
            name, vector = f"{cluster}-{song}", unit(middles[cluster] + 0.12 * rng.normal(size=SIZE))
            kinds = ["", *(["copy"] if song % 4 == 0 else []), *(["live"] if song % 5 == 0 else [])]
            for kind in kinds:
                track = {
                    "track_id": f"t{name}{kind}",
                    "source": "other" if kind == "copy" else "main",
                    "title": f"Melody {WORDS[song]} {WORDS[-1 - cluster]}" + (" (Live)" if kind == "live" else ""),
                    "artist": f"Singer {'ABCDEF'[cluster]}{'WXYZ'[song % 4]}",
                    "album": f"Album {song % 8}",
                    "genre": GENRES[cluster % 4],
                    "label": f"Label {cluster}",
                    "title_core": f"melody {WORDS[song]} {WORDS[-1 - cluster]}".lower(),
                    "artist_core": f"singer {'abcdef'[cluster]}{'wxyz'[song % 4]}",
                    "album_core": f"album {song % 8}",
                    "versions": ["live"] if kind == "live" else [],
                    "release_year": 1980 + song if song % 3 else None,
                    "duration_s": 100.0 + song,
                    "audio_file": None if song == 19 else f"/music/Ünï & <co>/{name}{kind}.flac",
                }
                recording = f"rec-{name}{'live' if kind == 'live' else ''}"
                yield track, recording, f"song-{name}", unit(vector + 0.01 * rng.normal(size=SIZE))


WORDS = (
    "amber harbour glass winter paper river echo field lantern copper salt morning tide hollow signal garden "
    "velvet thunder meadow orchid saffron compass juniper ember quarry willow"
).split()


def unit(vectors):
    return (vectors / np.linalg.norm(vectors, axis=-1, keepdims=True)).astype(np.float32)


def write_world(folder, *, seed=3):
    """The catalogue with tracks, recordings, artists, embeddings and an index."""
    catalogue = Catalogue.create(folder)
    content = {name: [] for name in ("tracks", "recordings", "artists", "embeddings")}
    for row, (track, recording, song, vector) in enumerate(rows(np.random.default_rng(seed))):
        track_id = track["track_id"]
        content["tracks"].append(dict.fromkeys(DELIVERED_FIELDS) | {"row": row} | track)
        content["recordings"].append(
            {"track_id": track_id, "recording_id": recording, "song_id": song, "is_canonical": True, "confidence": 1.0}
        )
        artist = {"track_id": track_id, "position": 0, "name": track["artist"], "role": "main", "confidence": 1.0}
        content["artists"].append(artist | {"artist_id": f"a-{track['artist'][-2:].lower()}"})
        content["embeddings"].append({"track_id": track_id, "row": row, "model": "m", "vector": vector.tolist()})
    silent = {"track_id": "silent", "row": 10_000, "title": "Nothing", "source": "main", "artist": "Nobody"}
    content["tracks"].append(dict.fromkeys(DELIVERED_FIELDS) | silent)
    content["embeddings"].append({"track_id": "silent", "row": 10_000, "model": "m", "vector": None})
    publish(catalogue, content)
    return catalogue


def write_few(folder, tracks, vectors, *, of=None, artists=None, **published):
    """A catalogue of tracks, as few fields each as a test is about; `of` gives each its (recording, song)."""
    content = {"tracks": [], "embeddings": []} | ({"recordings": []} if of else {})
    for row, (track, vector) in enumerate(zip(tracks, vectors, strict=True)):
        given = {"source": "s", "row": row, "track_id": f"t{row}"} | track
        content["tracks"].append(dict.fromkeys(DELIVERED_FIELDS) | given)
        heard = {"track_id": given["track_id"], "row": row, "model": "m"}
        content["embeddings"].append(heard | {"vector": None if vector is None else np.asarray(vector).tolist()})
        if of:
            recording = {"track_id": given["track_id"], "recording_id": of[row][0], "song_id": of[row][1]}
            content["recordings"].append(recording | {"is_canonical": True, "confidence": 1.0})
    if artists:
        content["artists"] = [
            {"track_id": track, "position": position, "name": name, "artist_id": artist, "role": "main"}
            for track, position, name, artist in artists
        ]
    catalogue = Catalogue.create(folder)
    publish(catalogue, content, **published)
    return catalogue


def publish(catalogue, content, *, model="m", heard_with=None, built_with=None):
    """Publish tables from rows, and an index of the embeddings; `*_with` are parameters of these two."""
    sealed = {name: seal(catalogue, name, rows) for name, rows in content.items() if name != "embeddings"}
    sealed["embeddings"] = seal(catalogue, "embeddings", content["embeddings"], heard_with)
    staging = catalogue.stage_index()
    heard = [row for row in content["embeddings"] if row["vector"] is not None]
    TrackIndex.build(np.array([row["vector"] for row in heard], np.float32), [row["row"] for row in heard], staging)
    inputs = {"embeddings": sealed["embeddings"]}
    index = catalogue.seal_index(staging, inputs=inputs, parameters=built_with or {})
    catalogue.publish(sealed, model=model, index=index)


def seal(catalogue, name, rows, parameters=None):
    staging = catalogue.stage(name)
    pq.write_table(pa.Table.from_pylist(rows, schema=TABLES[name]), staging / "part-0.parquet", row_group_size=50)
    return catalogue.seal(name, staging, inputs={}, parameters=parameters or {})
