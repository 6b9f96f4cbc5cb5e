"""Finding a track by what is printed on it: `--find "artist title"`.

Folded artist, title and version words of each track are compared with the folded query, word order aside, by the
better of two similarities of rapidfuzz: of all words, and, worth a tenth less, of the words that both have, so that a
title alone finds its tracks. Where these find none, the likest stretch of the text counts: a misspelt title alone.

Only tracks that hold words of the query, or halves of long ones (a misspelling leaves one half as it is), are compared:
those that hold most, where many do. Where no track holds any, those are, that hold the words most like the query's.
Words are looked for among the catalogue's distinct ones (`jobs.cards_words`), so that the work grows with these and
with the tracks that hold them.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from catalog.errors import UsageError
from catalog.text import fold
from jobs.cards import Cards
from jobs.cards_words import NAME as WORDS
from jobs.cards_words import holding

SURE = 88.0
"""Similarity from which the best is taken, 0..100: a wrong letter or two in a name and a title."""

CLEARLY = 4.0
"""How far the next other song must be behind."""

LEAST = 60.0

BY_WORDS, BY_PARTS = (("token_sort_ratio", 1.0),), ("token_set_ratio", 0.9)
"""Scorers of rapidfuzz and what they are worth: all words, and the words that both have."""

BY_LETTERS = (("partial_ratio", 0.85),)
"""Where those say nothing, a stretch of the text: a misspelt title alone. Never worth enough to be sure."""

BATCH = 65_536
LONG_WORD = 6
NEAR = 64
"""Words of the catalogue that a word may mean, where no track holds a word of the query."""

MOST = 50_000
"""Tracks that are compared, unless more hold every word."""

WORDS_ASKED = 32
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
    return _once_each(cards, *_ranked(cards, text), count)


def _ranked(cards: Cards, text: str) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Places and likeness of all tracks that are at all alike, best first."""
    wanted = fold(text)
    if not wanted:
        raise UsageError(f"--find {text!r}: holds no letter or digit; write an artist and a title")
    places, likeness = _alike(cards, wanted)
    order = np.lexsort((places, -likeness))
    return places[order], likeness[order]


def _once_each(cards: Cards, places: NDArray[np.int64], likeness: NDArray[np.float64], count: int) -> list[Choice]:
    recordings, seen = cards.shared("recording"), set()
    choices: list[Choice] = []
    for i in range(min(len(places), 40 * count)):
        place = int(places[i])
        recording = recordings.of(place) or cards.track_id.get(place)
        if recording not in seen and len(choices) < count:
            seen.add(recording)
            named = {name: cards.texts(name).get(place) for name in ("title", "artist", "album")}
            choices.append(Choice(cards.track_id.get(place) or "", round(float(likeness[i]), 1), **named))
    return choices


def the_one(cards: Cards, text: str) -> Choice:
    """The one track that `text` clearly means. Raises UsageError with the choices, numbered, where none is clear."""
    places, likeness = _ranked(cards, text)
    choices = _once_each(cards, places, likeness, 10)
    if not choices:
        raise UsageError(f"--find {text!r}: no track of {cards.root} is called anything like it; check the spelling")
    songs = cards.shared("song").codes[places]
    rivals = likeness[1:][(songs[1:] != songs[0]) | (songs[1:] < 0)]  # of all, as one song may fill the choices
    if likeness[0] >= SURE and likeness[0] - rivals.max(initial=0.0) >= CLEARLY:
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
    held = _held(cards, _holding_pieces(cards, wanted))
    if not (parts := bool(held.any())):
        held = _held(cards, _like_a_word(cards, wanted))
    most = int(held.max(initial=0))
    if not most:
        return np.zeros(0, np.int64), np.zeros(0)
    least = next((words for words in range(1, most) if np.count_nonzero(held >= words) <= MOST), most)
    places = np.flatnonzero(held >= least)
    for scorers in ((*BY_WORDS, BY_PARTS) if parts else BY_WORDS, BY_LETTERS):
        found, likeness = _compared(cards, wanted, places, scorers)
        if len(found):
            break
    return found, likeness


def _held(cards: Cards, found: Iterable[NDArray[np.int64]]) -> NDArray[np.int8]:
    """How many of the groups of words each track holds one of [tracks]."""
    held = np.zeros(len(cards), np.int8)
    for codes in found:
        holds = np.zeros(len(cards), bool)
        holds[holding(cards, codes)] = True
        held += holds
    return held


def _starts(count: int) -> range:
    return range(0, count, BATCH)


def _holding_pieces(cards: Cards, wanted: str) -> Iterator[NDArray[np.int64]]:
    """For each word of the query, the codes of the words that hold it or half of it."""
    import pyarrow.compute as pc

    words = cards.texts(WORDS)
    every = words.arrow(0, len(words))
    for pieces in _pieces(wanted):
        matches = pc.match_substring_regex(every, pieces).cast("int8")
        yield np.flatnonzero(np.frombuffer(matches.buffers()[1], np.int8, len(words)))  # to_numpy imports pandas


def _like_a_word(cards: Cards, wanted: str) -> Iterator[NDArray[np.int64]]:
    """For each word of the query, the codes of the words most like it, at most `NEAR`."""
    from rapidfuzz import fuzz, process

    words = cards.texts(WORDS)
    asked = list(dict.fromkeys(wanted.split()))[:WORDS_ASKED]
    near = np.zeros((len(asked), len(words)), np.uint8)
    for start in _starts(len(words)):
        texts = words.arrow(start, min(start + BATCH, len(words))).to_pylist()
        near[:, start : start + BATCH] = process.cdist(asked, texts, scorer=fuzz.ratio, dtype=np.uint8)
    for likeness in near:
        enough = np.flatnonzero(likeness >= LEAST)
        yield enough[np.argsort(-likeness[enough].astype(int), kind="stable")[:NEAR]]


def _pieces(wanted: str) -> list[str]:
    """Patterns of the words, long ones by either half; short words only where there are no others."""
    words = wanted.split()
    words = [word for word in words if len(word) > 3] or words
    halves = [(word[: len(word) // 2], word[len(word) // 2 :]) if len(word) >= LONG_WORD else (word,) for word in words]
    return ["|".join(pieces) for pieces in dict.fromkeys(halves)][:WORDS_ASKED]


def _compared(
    cards: Cards, wanted: str, places: NDArray[np.int64], scorers: Sequence[tuple[str, float]]
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Of these tracks, places and likeness of those that are alike by one of the scorers."""
    import pyarrow as pa
    from rapidfuzz import fuzz, process

    found = [(np.zeros(0, np.int64), np.zeros(0))]
    sought = cards.texts("sought")
    for start in _starts(len(cards)):
        here = places[np.searchsorted(places, start) : np.searchsorted(places, start + BATCH)]
        if not len(here):
            continue
        rows = pa.Array.from_buffers(pa.int64(), len(here), [None, pa.py_buffer(here - start)])  # as above
        texts = sought.arrow(start, min(start + BATCH, len(sought))).take(rows).to_pylist()
        likeness = np.zeros(len(texts))
        for name, worth in scorers:
            cutoff = LEAST / worth
            scores = process.cdist([wanted], texts, scorer=getattr(fuzz, name), score_cutoff=cutoff, dtype=np.float32)
            likeness = np.maximum(likeness, worth * scores[0])
        alike = likeness >= LEAST
        found.append((here[alike], likeness[alike]))
    at, scores = (np.concatenate(columns) for columns in zip(*found, strict=True))
    return at, scores
