"""Finding a track by what is printed on it: `--find "artist title"`.

Folded artist, title and version words of each track are compared with the folded query, word order aside, by the
better of two similarities of rapidfuzz: of all words, and, worth a tenth less, of the words that both have, so that a
title alone finds its tracks. Only tracks that hold words of the query, or halves of long ones (a misspelling leaves
one half as it is), are compared: those that hold most, where many do. Where no track holds any, all are compared, by
all words. It works on Arrow columns in batches, not row by row.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from catalog.errors import UsageError
from catalog.text import fold
from jobs.cards import Cards

SURE = 88.0
"""Similarity from which the best is taken, 0..100: a wrong letter or two in a name and a title."""

CLEARLY = 4.0
"""How far the next other song must be behind."""

LEAST = 60.0
PART_OF = 0.9
BATCH = 65_536
LONG_WORD = 6

MOST = 50_000
"""Tracks that are compared, unless more hold every word."""

WORDS = 32
"""Words of a query that are looked for; all of them are compared."""


@dataclass(frozen=True)
class Choice:
    """A track that may be meant; `likeness` of its artist and title to the text, 0..100."""

    track_id: str
    likeness: float
    title: str | None
    artist: str | None
    album: str | None


def find_choices(cards: Cards, text: str, *, count: int = 10) -> list[Choice]:
    """The tracks whose artist and title are most like `text`, one a recording, best first. Raises UsageError."""
    wanted = fold(text)
    if not wanted:
        raise UsageError(f"--find {text!r}: holds no letter or digit; write an artist and a title")
    places, likeness = _alike(cards, wanted)
    order = np.lexsort((places, -likeness))
    recordings, seen = cards.shared("recording"), set()
    choices: list[Choice] = []
    for i in order[: 40 * count]:
        place = int(places[i])
        recording = recordings.of(place) or cards.track_id.get(place)
        if recording not in seen and len(choices) < count:
            seen.add(recording)
            named = {name: cards.texts(name).get(place) for name in ("title", "artist", "album")}
            choices.append(Choice(cards.track_id.get(place) or "", round(float(likeness[i]), 1), **named))
    return choices


def the_one(cards: Cards, text: str) -> Choice:
    """The one track that `text` clearly means. Raises UsageError with the choices, numbered, where none is clear."""
    choices = find_choices(cards, text)
    if not choices:
        raise UsageError(f"--find {text!r}: no track of {cards.root} is called anything like it; check the spelling")
    songs = [cards.shared("song").of(cards.needed(choice.track_id)) or choice.track_id for choice in choices]
    rivals = [c.likeness for c, song in zip(choices, songs, strict=True) if song != songs[0]]
    if choices[0].likeness >= SURE and choices[0].likeness - max(rivals, default=0.0) >= CLEARLY:
        return choices[0]
    raise UsageError(f"--find {text!r} may mean several tracks; name one by its id:\n" + "\n".join(_numbered(choices)))


def _numbered(choices: list[Choice]) -> list[str]:
    return [
        f"{number:3}. {choice.track_id}  {described(choice)}  ({choice.likeness:.0f}% alike)"
        for number, choice in enumerate(choices, 1)
    ]


def described(choice: Choice) -> str:
    """Artist, title and album in one line."""
    album = f" [{' '.join(choice.album.split())}]" if choice.album else ""
    return " ".join(f"{choice.artist or 'unknown artist'} - {choice.title or 'untitled'}".split()) + album


def _alike(cards: Cards, wanted: str) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Places and likeness of all tracks that are at all alike."""
    held = np.concatenate([np.zeros(0, np.int8), *(_words_held(cards, wanted, at) for at in _starts(cards))])
    if not held.any():
        return _compared(cards, wanted, np.arange(len(cards)), parts=False)
    enough = np.bincount(held)[::-1].cumsum()[::-1]  # tracks that hold so many words or more
    least = next((words for words in range(1, len(enough)) if enough[words] <= MOST), len(enough) - 1)
    return _compared(cards, wanted, np.flatnonzero(held >= least), parts=True)


def _starts(cards: Cards) -> range:
    return range(0, len(cards), BATCH)


def _words_held(cards: Cards, wanted: str, start: int) -> NDArray[np.int8]:
    """How many words of the query, or halves of them, each track of a batch holds."""
    import pyarrow.compute as pc

    sought = cards.texts("sought")
    texts = sought.arrow(start, min(start + BATCH, len(sought)))
    held = np.zeros(len(texts), np.int8)
    for pieces in _pieces(wanted):
        matches = pc.match_substring_regex(texts, pieces).cast("int8")
        held += np.frombuffer(matches.buffers()[1], np.int8, len(matches))  # its own conversion imports pandas
    return held


def _pieces(wanted: str) -> list[str]:
    """Patterns of the words, long ones by either half; short words only where there are no others."""
    words = wanted.split()
    words = [word for word in words if len(word) > 3] or words
    halves = [(word[: len(word) // 2], word[len(word) // 2 :]) if len(word) >= LONG_WORD else (word,) for word in words]
    return ["|".join(pieces) for pieces in dict.fromkeys(halves)][:WORDS]


def _compared(
    cards: Cards, wanted: str, places: NDArray[np.int64], *, parts: bool
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Of these tracks, places and likeness of those that are alike; with `parts` also by the words in common."""
    import pyarrow as pa
    from rapidfuzz import fuzz, process

    found = [(np.zeros(0, np.int64), np.zeros(0))]
    sought = cards.texts("sought")
    for start in _starts(cards):
        here = places[np.searchsorted(places, start) : np.searchsorted(places, start + BATCH)]
        if not len(here):
            continue
        rows = pa.Array.from_buffers(pa.int64(), len(here), [None, pa.py_buffer(here - start)])  # as above
        texts = sought.arrow(start, min(start + BATCH, len(sought))).take(rows).to_pylist()
        likeness = process.cdist([wanted], texts, scorer=fuzz.token_sort_ratio, score_cutoff=LEAST, dtype=np.float32)[0]
        if parts:
            cutoff = LEAST / PART_OF
            common = process.cdist([wanted], texts, scorer=fuzz.token_set_ratio, score_cutoff=cutoff, dtype=np.float32)
            likeness = np.maximum(likeness, PART_OF * common[0])
        alike = likeness >= LEAST
        found.append((here[alike], likeness[alike].astype(np.float64)))
    at, scores = (np.concatenate(columns) for columns in zip(*found, strict=True))
    return at, scores
