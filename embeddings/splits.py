"""Train, validation and test parts that share neither a recording nor an artist.

Tracks are joined into components wherever they share a recording or a known artist, and each component goes, whole,
where the hash of its smallest recording falls. A file added later moves nothing else, unless it joins two components.
"""

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path

from catalog.errors import SourceError
from embeddings.library import LibraryTrack

PARTS = ("train", "validation", "test")
SHARES = (0.7, 0.1, 0.2)


def split(tracks: Sequence[LibraryTrack], *, seed: int) -> dict[str, list[LibraryTrack]]:
    """`PARTS`, each with its tracks in their order; about `SHARES` of the components each."""
    component = components(tracks)
    parts: dict[str, list[LibraryTrack]] = {part: [] for part in PARTS}
    for track in tracks:
        parts[_part(component[track.recording], seed)].append(track)
    check_leaks(parts)
    return parts


def check_leaks(parts: Mapping[str, Sequence[LibraryTrack]]) -> None:
    """Raises SourceError where a recording or a known artist stands in two parts."""
    for label in ("recording", "artist"):
        home: dict[str, str] = {}
        for part, tracks in parts.items():
            for track in tracks:
                value = getattr(track, label)
                if value and home.setdefault(value, part) != part:
                    raise SourceError(
                        f"{label} {value!r} is in {home[value]} and in {part}: its measurements would lie"
                    )


def check_enough(parts: Mapping[str, Sequence[LibraryTrack]], folder: Path) -> None:
    """Raises SourceError where there is nothing to learn from, or nothing to validate on."""
    for part in ("train", "validation"):
        if not parts[part]:
            groups = len(set(components([track for tracks in parts.values() for track in tracks]).values()))
            raise SourceError(
                f"{folder} has too little audio to split and learn from: recordings of one artist stay together, and of"
                f" {groups} such groups none falls into the {part} part; give more artists, at least 50 to be safe"
            )


def components(tracks: Sequence[LibraryTrack]) -> dict[str, str]:
    """Recording to the smallest recording of its component (union-find)."""
    parent: dict[tuple[str, str], tuple[str, str]] = {}

    def root(node: tuple[str, str]) -> tuple[str, str]:
        parent.setdefault(node, node)
        while parent[node] != node:
            parent[node] = node = parent[parent[node]]
        return node

    for track in tracks:
        recording = root(("recording", track.recording))
        if track.artist:
            parent[root(("artist", track.artist))] = recording
    smallest: dict[tuple[str, str], str] = {}
    for track in tracks:
        top = root(("recording", track.recording))
        smallest[top] = min(smallest.get(top, track.recording), track.recording)
    return {track.recording: smallest[root(("recording", track.recording))] for track in tracks}


def _part(component: str, seed: int) -> str:
    place = int.from_bytes(hashlib.sha256(f"{seed}:{component}".encode()).digest()[:8], "big") / 2**64
    return PARTS[sum(place >= sum(SHARES[: i + 1]) for i in range(len(PARTS) - 1))]
