"""The Python API: a catalogue that stays open and answers questions.

    from service.library import Library

    library = Library.open("cat")
    for hit in library.similar("track-17", k=5):
        print(hit.artist, hit.title, hit.percentile)

A library keeps the index mapped, so that a question takes milliseconds. Before each it looks whether another snapshot
was published, or its cards were removed (one look at a file each), and opens what is there. What it holds open is
replaced as a whole and never changed, so several threads may ask at once. Nothing here needs Java; audio files need the
model, loaded when first used.
"""

import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from catalog.errors import CatalogError
from catalog.state import NAME as STATE
from catalog.state import State, read_state
from jobs.cards import Cards, is_made
from jobs.similar import Found, look_up
from jobs.similar_answers import Answer
from jobs.similar_find import Choice, find_choices
from jobs.similar_options import SimilarOptions
from jobs.similar_query import Ears
from jobs.similar_space import Space

if TYPE_CHECKING:
    from catalog.published import Published
    from embeddings.index_segments import SegmentIndex
    from jobs.explain import Explanation
    from jobs.explain_artist import ArtistExplanation
    from jobs.identify import Match

Seed = str | Path


@dataclass(frozen=True)
class Recording:
    """What a track is a copy of. tracks: all of the recording. versions: a track of each other recording of the song.

    `recording_id` and `song_id` are None where duplicates were not looked for yet.
    """

    recording_id: str | None
    song_id: str | None
    tracks: list[str] = field(default_factory=list)
    versions: list[str] = field(default_factory=list)


@dataclass
class _Held:
    """One published state with all that was opened of it."""

    state: State
    stamp: tuple[int, int]
    cards: Cards
    ears: Ears | None = None
    segments: "SegmentIndex | None" = None


class Library:
    """An open catalogue. Get one by `Library.open`."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._lock = threading.Lock()
        self._held = _held(root)

    @classmethod
    def open(cls, catalogue_dir: str | Path) -> Self:
        """The catalogue in a folder. Raises CatalogError where there is none."""
        return cls(Path(catalogue_dir).absolute())

    @property
    def space(self) -> Space:
        """The vectors of the published tracks. Raises CatalogError where the catalogue has no index."""
        return self._spacious().space

    def similar(
        self,
        *seeds: Seed,
        k: int | None = None,
        unlike: Seed | Sequence[Seed] = (),
        find: str | Sequence[str] = (),
        artists: str | Sequence[str] = (),
        recordings: str | Sequence[str] = (),
        radio: bool = False,
        max_per_artist: int | None = None,
        max_per_album: int | None = None,
        only: str | Sequence[str] = (),
        exclude: str | Sequence[str] = (),
        fold: bool = True,
        why: bool = False,
    ) -> list[Answer]:
        """What sounds like track ids or audio files, best first; none where nothing is close. See `docs/similar.md`.

        A `str` is a track id, or a path where no track has it; a `Path` is always a file. What may be several may be
        given alone: `find="nina simone"`. Raises UsageError,
        CatalogError or AudioError, each saying what to mend.
        """
        return self.ask(
            SimilarOptions(
                seeds=seeds,
                unlike=_all_of(unlike),
                find=_all_of(find),
                artists=_all_of(artists),
                recordings=_all_of(recordings),
                k=k,
                fold=fold,
                radio=radio,
                max_per_artist=max_per_artist,
                max_per_album=max_per_album,
                only=_all_of(only),
                exclude=_all_of(exclude),
                why=why,
            )
        ).answers

    def path(self, start: Seed, end: Seed, *, k: int | None = None) -> list[Answer]:
        """A playlist of `k` tracks that walks from one to another by small steps, both among them."""
        return self.ask(SimilarOptions(ends=(start, end), k=k)).answers

    def ask(self, options: SimilarOptions) -> Found:
        """Any question of `unisono similar`, with what is said about its answers."""
        heard = self._spacious()
        return look_up(heard.space, options, heard)

    def find(self, text: str, *, k: int = 10) -> list[Choice]:
        """The tracks whose artist and title are most like `text`, best first."""
        return find_choices(self._current().cards, text, count=k)

    def recording(self, track_id: str) -> Recording:
        """The recording and song of a track. Raises CatalogError where there is no such track."""
        cards = self._current().cards
        place = cards.needed(track_id)
        same = sorted(cards.others("recording", [place]))
        others = sorted(cards.others("song", [place]) - set(same))
        first = {int(cards.shared("recording").codes[at]): at for at in reversed(others)}
        recording, song = (cards.shared(name).of(place) for name in ("recording", "song"))
        return Recording(recording, song, _ids(cards, same), _ids(cards, sorted(first.values())))

    def identify(self, file: str | Path) -> "list[Match]":
        """Which recordings a file holds, where and how surely, best first; none where it holds none of ours.

        Raises AudioError where the file cannot be decoded.
        """
        from jobs.identify import matches_of

        held = self._current()
        ears = self._spacious(held)
        catalogue = _published(held)
        with self._lock:
            if held.segments is None:
                from embeddings.index_segments import SegmentIndex

                held.segments = SegmentIndex.open(catalogue.index_path())
        return matches_of(catalogue, held.segments, ears.encoder, Path(file))

    def explain(self, track_a: str, track_b: str) -> "Explanation":
        """The evidence for and against two tracks being one recording, as `unisono explain` prints it."""
        from catalog.store import Catalogue
        from jobs.explain import explain_pair

        return explain_pair(Catalogue(self.root, self._current().state), track_a, track_b)

    def explain_artist(self, asked: str) -> "ArtistExplanation":
        """An artist by id or name, as `unisono explain --artist` has it. UsageError where several are meant."""
        from catalog.store import Catalogue
        from jobs.explain_artist import artist_explanation

        return artist_explanation(Catalogue(self.root, self._current().state), asked)

    def _current(self) -> _Held:
        """What is published now, opened anew where the cards of it were removed."""
        with self._lock:
            if _stamp(self.root) != self._held.stamp or not is_made(self._held.cards.folder):
                self._held = _held(self.root, self._held)
            return self._held

    def _spacious(self, held: _Held | None = None) -> Ears:
        """The open index, and the model that hears for it, which is loaded once."""
        held = held or self._current()
        with self._lock:
            if held.ears is None:
                held.ears = Ears(Space.open(self.root, held.state))
            return held.ears


def _held(root: Path, before: _Held | None = None) -> _Held:
    stamp = _stamp(root)
    state = read_state(root)
    if before is not None and before.state == state and is_made(before.cards.folder):
        return _Held(state, stamp, before.cards, before.ears, before.segments)
    return _Held(state, stamp, Cards.open(root, state))


def _stamp(root: Path) -> tuple[int, int]:
    """Changes whenever `catalog.json` is replaced."""
    try:
        found = (root / STATE).stat()
    except OSError as error:
        raise CatalogError(f"{root}: not a catalogue; make one with: unisono run SOURCE --catalog {root}") from error
    return found.st_ino, found.st_mtime_ns


def _all_of(named: Seed | Sequence[Any]) -> tuple[Any, ...]:
    """One alone is one, and not its letters."""
    return (named,) if isinstance(named, str | Path) else tuple(named)


def _ids(cards: Cards, places: Iterable[int]) -> list[str]:
    return [cards.track_id.get(place) or "" for place in places]


def _published(held: _Held) -> "Published":
    from jobs.quick import leave_out_pandas

    leave_out_pandas()
    from catalog.published import Published

    return Published(held.cards.root, held.state)
