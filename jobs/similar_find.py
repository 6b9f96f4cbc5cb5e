"""Finding a track by what is printed on it: `--find "artist title"`.

Folded artist, title and version words of each track are compared with the folded query, word order aside, by the
better of two similarities of rapidfuzz: of all words, and, worth a tenth less, of the words that both have, so that a
title alone finds its tracks. Only tracks that hold a word of the query, or half of a long one (a misspelling leaves
one half as it is), are compared; where no track does, all are. It works on Arrow columns in batches, not row by row.
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
    pieces = _pieces(wanted)
    found = [_in_batch(cards, wanted, start, pieces) for start in range(0, len(cards), BATCH)]
    if not any(len(places) for places, _ in found):
        found = [_in_batch(cards, wanted, start, []) for start in range(0, len(cards), BATCH)]
    none = (np.zeros(0, np.int64), np.zeros(0))
    places, likeness = (np.concatenate(parts) for parts in zip(none, *found, strict=True))
    return places, likeness


def _pieces(wanted: str) -> list[str]:
    """What a track must hold one of: the words, long ones in halves; short ones only where there are no others."""
    words = wanted.split()
    words = [word for word in words if len(word) > 3] or words
    halves = [(word[: len(word) // 2], word[len(word) // 2 :]) if len(word) >= LONG_WORD else (word,) for word in words]
    return sorted({piece for parts in halves for piece in parts})


def _in_batch(
    cards: Cards, wanted: str, start: int, pieces: list[str]
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    import pyarrow.compute as pc
    from rapidfuzz import fuzz, process

    sought = cards.texts("sought")
    texts = sought.arrow(start, min(start + BATCH, len(sought)))
    places = np.arange(start, start + len(texts))
    if pieces:
        holds = pc.match_substring_regex(texts, "|".join(pieces))
        texts, places = texts.filter(holds), places[holds.to_numpy(zero_copy_only=False)]
    spelled = texts.to_pylist()
    whole = process.cdist([wanted], spelled, scorer=fuzz.token_sort_ratio, dtype=np.float32)[0]
    common = process.cdist([wanted], spelled, scorer=fuzz.token_set_ratio, dtype=np.float32)[0]
    likeness = np.maximum(whole, PART_OF * common).astype(np.float64)
    alike = likeness >= LEAST
    return places[alike], likeness[alike]
