"""Who recorded what: the invented artists of the demo and their recordings, before anyone delivers them.

An artist has a style, a label and a country; a song a theme; a recording a theme in an arrangement. Live takes,
remixes, instrumentals and covers are further recordings of a song that exists.
"""

from dataclasses import dataclass, replace
from random import Random

from audio.composition import Arrangement, Theme, arrange, compose
from audio.performance import Take, perform
from audio.styles import STYLES
from jobs.demo_names import (
    ACCENTED,
    ACCENTED_TITLES,
    BANDS,
    CYRILLIC,
    CYRILLIC_TITLES,
    JAPANESE_TITLES,
    LABELS,
    MONONYMS,
    Names,
)

CROWD_S = 2.0  # applause before and after a live take


@dataclass(frozen=True)
class Artist:
    """A performer. `artist_id` is the truth; two artists may share a `name`."""

    artist_id: str
    name: str
    role: str  # what the demo needs this artist for; see CAST
    style: str
    label: str
    country: str
    songs: int


@dataclass(frozen=True)
class Recording:
    """One performance in one mix, and what its owner would print about it."""

    recording_id: str
    song_id: str
    artists: tuple[Artist, ...]  # main first, then featured
    title: str
    kind: str  # studio | live | remix | instrumental | cover
    version: str  # what is printed behind the title; empty for a studio recording
    album: str
    position: int
    year: int
    isrc: str
    theme: Theme
    arrangement: Arrangement
    take: Take

    @property
    def album_month(self) -> int:
        """Month of the album's release, the same for all its tracks."""
        return 1 + sum(map(ord, self.album)) % 12

    @property
    def seconds(self) -> float:
        """Length of the finished recording."""
        seconds = perform(self.theme, self.arrangement, self.take).seconds
        return seconds + (2 * CROWD_S if self.kind == "live" else 0.0)


# role, style, kind of name, country, number of songs
CAST = (
    ("the", "synth pop", "band", "GB", 3),
    ("accented", "chanson", "accented", "DK", 3),
    ("cyrillic", "chamber", "cyrillic", "BG", 2),
    ("namesake", "house", "mononym", "DE", 4),
    ("namesake", "reel", "mononym", "IE", 4),
    ("plain", "bossa", "person", "BR", 3),
    ("plain", "jazz", "Trio", "NL", 3),
    ("plain", "brass band", "Brass Band", "GB", 2),
    ("japanese", "ambient", "person", "JP", 2),
    ("two spellings", "funk", "band", "US", 3),
    ("featured", "blues", "person", "US", 2),
    ("plain", "dub", "person", "JM", 2),
    ("plain", "folk waltz", "Ensemble", "AT", 2),
)


def cast(names: Names) -> list[Artist]:
    """The artists. The two namesakes differ in style, label and country, and in nothing else."""
    artists: list[Artist] = []
    shared = names.one(MONONYMS)
    for number, (role, style, kind, country, songs) in enumerate(CAST):
        name = shared if kind == "mononym" else name_of(kind, names)
        label = LABELS[number % len(LABELS)]
        artists.append(Artist(f"artist-{number + 1:02d}", name, role, style, label, country, songs))
    return artists


def name_of(kind: str, names: Names) -> str:
    """A name of one of the kinds in CAST."""
    if kind == "band":
        return names.one(BANDS)
    if kind == "person":
        return names.person()
    lists = {"accented": ACCENTED, "cyrillic": CYRILLIC}
    return names.one(lists[kind]) if kind in lists else names.ensemble(kind)


def studio(artist: Artist, names: Names, rng: Random, seed: int, *, first: int) -> list[Recording]:
    """An album of one artist."""
    album, year = names.title(), rng.randint(1994, 2022)
    style = STYLES[artist.style]
    if artist.role == "the":
        artist = replace(artist, name=f"The {artist.name}")
    return [
        Recording(
            recording_id=f"recording-{first + n + 1:02d}",
            song_id=f"song-{first + n + 1:02d}",
            artists=(artist,),
            title=title_of(artist.role, n, names),
            kind="studio",
            version="",
            album=album,
            position=n + 1,
            year=year,
            isrc=isrc_of(artist, year, first + n + 1),
            theme=compose(style, seed * 1000 + first + n),
            arrangement=arrange(style, seed * 1000 + first + n),
            take=Take(first + n),
        )
        for n in range(artist.songs)
    ]


def title_of(role: str, number: int, names: Names) -> str:
    """A title; the first one in the artist's own script, where the role says so."""
    special = {"cyrillic": CYRILLIC_TITLES, "japanese": JAPANESE_TITLES, "accented": ACCENTED_TITLES}
    return names.one(special[role]) if role in special and number == 0 else names.title()


def isrc_of(artist: Artist, year: int, number: int) -> str:
    """A well-formed ISRC: country, the label's registrant code, year, running number."""
    registrant = f"{LABELS.index(artist.label):X}ZQ"
    return f"{artist.country}{registrant}{year % 100:02d}{number:05d}"


def with_guest(songs: list[Recording], artists: list[Artist]) -> list[Recording]:
    """Give a guest to the first song of two artists who play otherwise alone."""
    guest = next(artist for artist in artists if artist.role == "featured")
    hosts = {artist.artist_id for artist in artists if artist.style in ("bossa", "funk")}
    return [
        replace(song, artists=(*song.artists, guest))
        if song.artists[0].artist_id in hosts and song.position == 1
        else song
        for song in songs
    ]
