"""Ways in which a copy of a recording is spelt differently: each retags one delivered track.

A retagging takes the copy and a seeded generator and returns the changed columns and the artist credit as then printed.
Swapped fields leave no artist in the artist credit, hence no truth about it.
"""

from collections.abc import Callable
from random import Random

from anyascii import anyascii

from jobs.demo_names import misspelt
from jobs.demo_plan import Track
from jobs.demo_repertoire import Recording

Printed = tuple[tuple[str, str], ...]
Retag = Callable[[Track, Random], tuple[dict[str, str], Printed]]


def title_misspelt(track: Track, rng: Random) -> tuple[dict[str, str], Printed]:
    """A typing slip in the title."""
    return {"title": misspelt(track.row["title"], rng)}, track.names


def artist_misspelt(track: Track, rng: Random) -> tuple[dict[str, str], Printed]:
    """A typing slip in the artist."""
    printed = misspelt(track.row["artist"], rng)
    return {"artist": printed}, ((printed, track.names[0][1]),)


def swapped(track: Track, _: Random) -> tuple[dict[str, str], Printed]:
    """Title and artist in each other's columns."""
    return {"title": track.row["artist"], "artist": track.row["title"]}, ()


def guest_moved(track: Track, _: Random) -> tuple[dict[str, str], Printed]:
    """The featured artist in the title instead of the credit."""
    host, guest = (name for name, _ in track.names)
    return {"title": f"{track.row['title']} (feat. {guest})", "artist": host}, track.names[:1]


def album_missing(track: Track, _: Random) -> tuple[dict[str, str], Printed]:
    """No album, no number on it."""
    return {"album": "", "track_number": ""}, track.names


def transliterated(track: Track, _: Random) -> tuple[dict[str, str], Printed]:
    """Everything in plain Latin letters."""
    columns = {name: anyascii(track.row[name]) for name in ("title", "artist", "album")}
    return columns, tuple((anyascii(name), artist_id) for name, artist_id in track.names)


def article_moved(track: Track, _: Random) -> tuple[dict[str, str], Printed]:
    """`The X` filed as `X, The`."""
    printed = f"{track.row['artist'].removeprefix('The ')}, The"
    return {"artist": printed}, ((printed, track.names[0][1]),)


def numbered(track: Track, _: Random) -> tuple[dict[str, str], Printed]:
    """The track number in front of the title."""
    return {"title": f"{int(track.row['track_number']):02d} - {track.row['title']}"}, track.names


def plain(recording: Recording) -> bool:
    """One artist with a plain Latin name and title."""
    first = recording.artists[0]
    return len(recording.artists) == 1 and first.role == "plain" and recording.title.isascii()


def by(role: str) -> Callable[[Recording], bool]:
    """Recordings of artists with a role."""
    return lambda recording: recording.artists[0].role == role


RETAGS: dict[str, tuple[Callable[[Recording], bool], Retag]] = {
    "guest moved into the title": (lambda recording: len(recording.artists) == 2, guest_moved),
    "diacritics lost": (by("accented"), transliterated),
    "transliterated": (by("cyrillic"), transliterated),
    "article moved": (by("the"), article_moved),
    "title misspelt": (plain, title_misspelt),
    "artist misspelt": (plain, artist_misspelt),
    "artist and title swapped": (plain, swapped),
    "album missing": (plain, album_missing),
    "track number in the title": (plain, numbered),
}
