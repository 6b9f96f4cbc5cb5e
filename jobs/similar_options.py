"""What can be asked of `unisono similar`, in one place: the command line and the Python API both fill this in."""

from dataclasses import dataclass
from pathlib import Path

from catalog.errors import UsageError

SHORT, LONG = 10, 50
"""Answers where no number is given: of a plain question, and of a radio."""

RADIO_PER_ARTIST, RADIO_PER_ALBUM = 3, 2
"""Of fifty songs. A plain question has no bound: its nearest are its nearest, and one flag away from being bounded."""


@dataclass(frozen=True)
class SimilarOptions:
    """A question. Everything named by `seeds` (track ids, audio files), `find`, `artists`, `recordings` is one seed.

    k: answers, None for the usual number. fold: a song once. max_per_*: 0 is no bound, None the usual one.
    only, exclude: FIELD=VALUE. ends: the two ends of a walk, which then is the question.
    """

    seeds: tuple[str | Path, ...] = ()
    unlike: tuple[str | Path, ...] = ()
    find: tuple[str, ...] = ()
    artists: tuple[str, ...] = ()
    recordings: tuple[str, ...] = ()
    ends: tuple[str | Path, str | Path] | None = None
    k: int | None = None
    fold: bool = True
    radio: bool = False
    max_per_artist: int | None = None
    max_per_album: int | None = None
    only: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    why: bool = False

    def __post_init__(self) -> None:
        named = bool(self.seeds or self.find or self.artists or self.recordings)
        if self.ends and (named or self.unlike or self.radio):
            raise UsageError("--from and --to are a question of their own: name nothing else that it should sound like")
        if self.ends and (self.max_per_artist or self.max_per_album):
            raise UsageError("--max-per-artist and --max-per-album do not go with --from and --to")
        if self.ends and self.why:
            raise UsageError("--why does not go with --from and --to")
        if not self.ends and not named:
            raise UsageError(
                "name a track id or an audio file, or use --find, --artist, --recording, or --from and --to"
            )
        if self.k is not None and self.k < (2 if self.ends else 1):
            raise UsageError(f"-k {self.k}: ask for at least {2 if self.ends else 1}")

    @property
    def count(self) -> int:
        """How many answers."""
        return self.k or (LONG if self.radio else SHORT)

    @property
    def bounds(self) -> tuple[int, int]:
        """Most answers of one artist and of one album; 0 is no bound."""
        artist, album = (RADIO_PER_ARTIST, RADIO_PER_ALBUM) if self.radio else (0, 0)
        return (
            artist if self.max_per_artist is None else self.max_per_artist,
            album if self.max_per_album is None else self.max_per_album,
        )
