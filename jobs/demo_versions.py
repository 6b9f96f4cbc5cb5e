"""The demo's whole repertoire: studio songs, then live takes, a remix, an instrumental and covers of some of them."""

from dataclasses import replace
from random import Random

from audio.composition import arrange
from audio.performance import Take
from audio.styles import STYLES
from jobs.demo_names import VENUES, Names
from jobs.demo_repertoire import Artist, Recording, cast, isrc_of, studio, with_guest


def repertoire(seed: int) -> list[Recording]:
    """All recordings: every artist's studio songs, then the further recordings of some of them."""
    names, rng = Names(seed), Random(f"repertoire {seed}")
    artists = cast(names)
    songs: list[Recording] = []
    for artist in artists:
        songs += studio(artist, names, rng, seed, first=len(songs))
    songs = with_guest(songs, artists)
    return songs + versions(songs, artists, names, rng, first=len(songs))


def versions(
    songs: list[Recording], artists: list[Artist], names: Names, rng: Random, *, first: int
) -> list[Recording]:
    """A remix, two live takes, an instrumental and two covers."""
    by_style = {song.artists[0].style: song for song in songs if song.position == 2}
    style_artist = {artist.style: artist for artist in artists}
    remixer = names.person()
    further = [
        remix(by_style["synth pop"], f"{remixer} Remix", seed=rng.randrange(1 << 30)),
        live(by_style["funk"], names.one(VENUES), rng),
        live(by_style["chanson"], names.one(VENUES), rng),
        replace(
            by_style["blues"],
            kind="instrumental",
            version="Instrumental",
            take=replace(by_style["blues"].take, lead=False),
        ),
        cover(by_style["bossa"], style_artist["jazz"], seed=rng.randrange(1 << 30)),
        cover(by_style["dub"], style_artist["folk waltz"], seed=rng.randrange(1 << 30)),
    ]
    return [
        replace(
            recording,
            recording_id=f"recording-{first + n + 1:02d}",
            position=8 + n,
            isrc=isrc_of(recording.artists[0], recording.year, first + n + 1),
        )
        for n, recording in enumerate(further)
    ]


def remix(song: Recording, version: str, *, seed: int) -> Recording:
    """The theme over a dance rhythm: other tempo, key, instruments and groove."""
    return replace(song, kind="remix", version=version, year=song.year + 1, arrangement=arrange(STYLES["house"], seed))


def live(song: Recording, venue: str, rng: Random) -> Recording:
    """The arrangement a little faster, played from scratch before an audience in a larger room."""
    arrangement = replace(
        song.arrangement,
        tempo=round(song.arrangement.tempo * rng.choice((0.93, 1.06, 1.08)), 1),
        reverb=song.arrangement.reverb + 0.25,
        room=rng.randrange(1 << 30),
    )
    take = Take(rng.randrange(1 << 30), looseness=0.02, ornaments=0.6)
    album = f"Live at {venue}"
    return replace(
        song, kind="live", version=album, album=album, year=song.year + 2, arrangement=arrangement, take=take
    )


def cover(song: Recording, artist: Artist, *, seed: int) -> Recording:
    """The theme as another artist would play it, in the bars it was written in."""
    style = replace(STYLES[artist.style], beats=song.theme.beats)
    arrangement = arrange(style, seed)
    if song.theme.beats == 4 and arrangement.groove == "waltz":
        arrangement = replace(arrangement, groove="none")
    return replace(
        song,
        kind="cover",
        artists=(artist,),
        album=f"{artist.name} Plays Favourites",
        year=song.year + 5,
        arrangement=arrangement,
        take=Take(seed),
    )
