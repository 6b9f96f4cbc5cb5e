"""From what is named to one vector: tracks, files, a stream, names, artists and recordings, and what it must not be."""

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import numpy as np
from numpy.typing import NDArray

from catalog.errors import CatalogError, UsageError
from embeddings.ranking import mean_direction, without
from jobs.similar_options import SimilarOptions
from jobs.similar_space import Space

if TYPE_CHECKING:
    from embeddings.encode import Encoder

STREAM = "-"
MOST_STREAMED = 1 << 30
"""Bytes of a stream that are taken: an hour and a half of uncompressed stereo."""

_BLOCK = 1 << 20

Vectors = NDArray[np.float32]


@dataclass(frozen=True)
class Seed:
    """One thing that is named: its vector `[d]`, the places of its tracks, and the file that it was heard in."""

    label: str
    vector: Vectors
    places: tuple[int, ...] = ()
    file: Path | None = None


@dataclass(frozen=True)
class Query:
    """All seeds as one vector `[d]`."""

    label: str
    vector: Vectors
    wanted: tuple[Seed, ...]
    unlike: tuple[Seed, ...] = ()

    @property
    def own(self) -> set[int]:
        """Places of the tracks that are the query itself."""
        return {place for seed in self.wanted + self.unlike for place in seed.places}


@dataclass(frozen=True)
class Ears:
    """Hears files with the model of one open catalogue, which is loaded once if at all."""

    space: Space

    @cached_property
    def encoder(self) -> "Encoder":
        """The model that the catalogue was analysed with."""
        from embeddings.encode import Encoder
        from jobs.model_folder import model_folder

        return Encoder.quick(model_folder(self.space.cards.root, self.space.cards.state))


@dataclass(frozen=True)
class Reader:
    """Finds what one question names in an open catalogue; `said` are sentences for whoever asked."""

    space: Space
    ears: Ears
    said: list[str] = field(default_factory=list)

    def query(self, options: SimilarOptions) -> Query:
        """What is asked for as one query. Raises UsageError, CatalogError or AudioError, saying what to mend."""
        seeds = [
            *map(self.seed, options.seeds),
            *map(self.found, options.find),
            *map(self.artist, options.artists),
            *map(self.recording, options.recordings),
        ]
        unlike = [self.seed(named) for named in options.unlike]
        vector = mean_direction(np.stack([seed.vector for seed in seeds]))
        away = mean_direction(np.stack([seed.vector for seed in unlike])) if unlike else None
        if vector is None or (unlike and away is None):
            raise UsageError("the seeds are opposites that cancel each other; ask for fewer at once")
        label = " + ".join(seed.label for seed in seeds) + "".join(f" - {seed.label}" for seed in unlike)
        query = vector if away is None else without(vector, away)
        return Query(label, query, tuple(seeds), tuple(unlike))

    def seed(self, named: str | Path) -> Seed:
        """A track id, an audio file, or `-` for encoded audio on stdin."""
        if isinstance(named, str):
            if (place := self.space.cards.place(named)) is not None:
                return Seed(named, self.space.vector(place), (place,))
            if named == STREAM:
                with spooled(sys.stdin.buffer) as path:
                    return Seed("stdin", self._heard(path, "stdin"))
        path = Path(named)
        if not _is_file(path):
            raise UsageError(
                f"{str(named)!r} is neither a track id of {self.space.cards.root} (`export tracks` lists them; "
                "--find looks for names) nor an audio file"
            )
        shown = os.fsencode(named).decode("utf-8", "replace")  # a file's name may be no UTF-8
        return Seed(shown, self._heard(path, shown), file=path)

    def found(self, text: str) -> Seed:
        """The track that `text` clearly means."""
        from jobs.similar_find import described, the_one

        choice = the_one(self.space.cards, text)
        self.said.append(f"found {choice.track_id}: {described(choice)}")
        return self._copy_heard(choice.track_id)

    def _copy_heard(self, track_id: str) -> Seed:
        """A track, by the sound of a copy where only that has any: tables list what a folder of audio holds."""
        cards = self.space.cards
        place = cards.needed(track_id)
        copies = cards.groups("recording").of(int(cards.shared("recording").codes[place]))
        heard = self.space.heard([place, *copies.tolist()])
        vector = self.space.vector(int(heard[0]) if len(heard) else place)
        return Seed(track_id, vector, (place, *heard[:1].tolist()))

    def artist(self, name: str) -> Seed:
        """All tracks of an artist, by name or artist id."""
        from catalog.text import fold_name

        cards = self.space.cards
        code = cards.code("artist_id", name)
        codes = [code] if code >= 0 else cards.artists_named(fold_name(name)) or self._now("artist_id", name)
        if not codes:
            raise UsageError(f"--artist {name!r}: nobody in {cards.root} is credited so; try --find {name!r}")
        if len(codes) > 1:
            ids = cards.shared("artist_id").values
            listed = [f"{ids.get(code)} ({len(cards.groups('artist_id').of(code))} tracks)" for code in codes]
            raise UsageError(f"--artist {name!r}: several artists have this name; give one's id: {', '.join(listed)}")
        shown = name.encode("utf-8", "replace").decode()
        return self._all_of(f"artist {shown}", cards.groups("artist_id").of(codes[0]))

    def recording(self, recording_id: str) -> Seed:
        """All tracks of a recording."""
        cards = self.space.cards
        code = cards.code("recording", recording_id)
        codes = [code] if code >= 0 else self._now("recording", recording_id)
        if not codes:
            raise UsageError(f"--recording {recording_id!r}: {cards.root} has none; `export recordings` lists them")
        return self._all_of(recording_id, cards.groups("recording").of(codes[0]))

    def _now(self, column: str, former: str) -> list[int]:
        """The code of what took the place of an id that was given up, which is said; none where it never was one."""
        from catalog.published import Published
        from jobs import artist_ids, recordings

        cards = self.space.cards
        read = recordings.read_redirects if column == "recording" else artist_ids.read_redirects
        now = read(Published(cards.root, cards.state)).get(former)
        code = -1 if now is None else cards.code(column, now)  # its last tracks may be gone since
        if code < 0:
            return []
        self.said.append(f"{former} was given up: its tracks are now those of {now}")
        return [code]

    def _all_of(self, label: str, places: Sequence[int] | NDArray[np.int64]) -> Seed:
        heard = self.space.heard(places)
        if not len(heard):
            raise CatalogError(f"{self.space.cards.root}: no track of {label} has usable audio; see `problems`")
        vector = mean_direction(self.space.vectors(heard))
        if vector is None:
            raise UsageError(f"the tracks of {label} are opposites that cancel each other; name one of them")
        return Seed(label, vector, tuple(int(place) for place in places))

    def _heard(self, path: Path, shown: str) -> Vectors:
        vector = self.ears.encoder.analyse(path).vector
        if vector is None:
            raise CatalogError(
                f"{shown}: holds no music (silence, steady noise or a hum, or less than a second), "
                "so nothing can sound like it; name another file"
            )
        return vector


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:  # too long for a name, or in a folder that is closed to us
        return False


@contextmanager
def spooled(stream: BinaryIO, *, most: int = MOST_STREAMED) -> Iterator[Path]:
    """A stream's bytes as a temporary file, while the body runs. Raises UsageError where it is empty or too long."""
    import tempfile

    with tempfile.NamedTemporaryFile(prefix="unisono-") as file:
        taken = 0
        while block := stream.read(_BLOCK):
            taken += len(block)
            if taken > most:
                raise UsageError(f"stdin: holds more than {most >> 20} MB; cut it, or name it as a file")
            file.write(block)
        if not taken:
            raise UsageError("stdin: is empty; pipe the bytes of an audio file into it")
        file.flush()
        yield Path(file.name)
