"""From near tracks to answers: a song once, so many of an artist, a score that says something."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from embeddings.closeness import percentiles
from jobs.cards import Cards, Places
from jobs.similar_space import Space

Vectors = NDArray[np.float32]

BLOCK = 4_096
"""Candidates whose artists and albums are looked up at a time: mostly the first are enough."""

RANKED_AMONG = 8_192
"""Tracks drawn at random among which a score is ranked: a hundredth of a percent is told, in half a millisecond."""


@dataclass(frozen=True)
class Answer:
    """One similar track. `score`: cosine, -1..1. `percentile`: share of the catalogue that is further away, 0..100.

    copies: other tracks of its recording. versions: a track of each other recording of its song. why: the places where
    it and the query sound most alike, of `jobs.similar_why`; empty where nobody asked or a file is gone.
    """

    track_id: str
    score: float
    percentile: float
    title: str | None
    artist: str | None
    album: str | None
    copies: list[str] = field(default_factory=list)
    versions: list[str] = field(default_factory=list)
    duration_s: float | None = None
    audio_file: str | None = None
    why: list[dict[str, Any]] = field(default_factory=list)


def own_tracks(cards: Cards, places: Iterable[int], fold: bool) -> set[int]:
    """What never comes back as an answer to these tracks; with `fold` also all copies and versions."""
    own = set(places)
    return own | cards.others("recording", own) | cards.others("song", own) if fold else own


def once_each(cards: Cards, places: Places, fold: bool) -> NDArray[np.int64]:
    """Positions in `places` of the first track of every song, or of every track without `fold`, in order."""
    keys = -2 - places
    if fold:
        for name in ("recording", "song"):
            codes = cards.shared(name).codes[places]
            keys = np.where(codes >= 0, 2 * codes.astype(np.int64) + (name == "song"), keys)
    return np.sort(np.unique(keys, return_index=True)[1])


def artist_and_album(cards: Cards, places: Places) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Codes of the artists and albums of tracks, -1 where unknown; albums of one title by two artists are two."""
    artists, albums = (cards.shared(name).codes[places].astype(np.int64) for name in ("artist_key", "album_key"))
    return artists, np.where(albums >= 0, (artists + 1) * (1 << 32) + albums, -1)


def bounded(cards: Cards, places: Places, bounds: tuple[int, int], count: int) -> list[int]:
    """Positions in `places` of the first `count`, of which so many are by one artist and so many of one album.

    Tracks that name no artist or album count as of none.
    """
    blocks = (artist_and_album(cards, places[start : start + BLOCK]) for start in range(0, len(places), BLOCK))
    codes = (pair for artists, albums in blocks for pair in zip(artists.tolist(), albums.tolist(), strict=True))
    by_artist: Counter[int] = Counter()
    by_album: Counter[int] = Counter()
    chosen: list[int] = []
    for position, (artist, album) in enumerate(codes):
        full = artist >= 0 and 0 < bounds[0] <= by_artist[artist]
        if full or (album >= 0 and 0 < bounds[1] <= by_album[album]):
            continue
        by_artist[artist] += 1
        by_album[album] += 1
        chosen.append(position)
        if len(chosen) == count:
            break
    return chosen


def described(space: Space, vector: Vectors, scores: Sequence[float], places: Sequence[int]) -> list[Answer]:
    """Answers for scored places, with the percentiles of a query `[d]`."""
    shares = percentiles(np.asarray(scores, np.float64), space.sample[:RANKED_AMONG] @ vector)
    return [
        _answer(space.cards, float(score), float(share), int(place))
        for score, share, place in zip(scores, shares, places, strict=True)
    ]


def _answer(cards: Cards, score: float, share: float, place: int) -> Answer:
    name = cards.track_id.get
    title, artist, album, file = (cards.texts(key).get(place) for key in ("title", "artist", "album", "audio_file"))
    recording, song = (int(cards.shared(key).codes[place]) for key in ("recording", "song"))
    same = cards.groups("recording").of(recording).tolist()
    others = [at for at in cards.groups("song").of(song).tolist() if at not in same]
    first = {int(cards.shared("recording").codes[at]): at for at in reversed(others)}
    seconds = float(cards.numbers("duration_s")[place])
    return Answer(
        name(place) or "",
        round(score, 4),
        round(share, 2),
        title,
        artist,
        album,
        copies=[name(at) or "" for at in same if at != place],
        versions=[name(at) or "" for at in sorted(first.values())],
        duration_s=None if np.isnan(seconds) else seconds,
        audio_file=file,
    )
