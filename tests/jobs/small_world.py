"""A small real catalogue for the jobs' tests: songs that exist only here, delivered by two sources, some with audio."""

import csv
from pathlib import Path

import numpy as np
import soundfile as sf

RATE = 16_000
FIELDS = ("track_id", "source", "title", "artist", "album", "duration", "year", "track_number", "audio_path")
FIRST = ["Amber", "Hollow", "Silver", "Paper", "Northern", "Broken", "Quiet", "Burning", "Velvet", "Distant"]
SECOND = ["Harbour", "Lantern", "Orchard", "Signal", "Meadow", "Engine"]
ARTISTS = ["Ada Lindqvist", "The Tin Orchard", "Kestrel & Moth", "Jun Tanabe", "Marrow Lane"]


def songs():
    """Sixty different songs by five artists, ten to an album."""
    for number in range(60):
        artist = ARTISTS[number % 5]
        title = f"{FIRST[number % 10]} {SECOND[number // 10]}"
        album, seconds, position = f"{artist} Album {number // 25}", 150 + 7 * (number * 13 % 29), number // 5 % 10 + 1
        yield number, title, artist, album, seconds, position


def typo(text, rng):
    """The text with two neighbouring letters swapped."""
    place = int(rng.integers(1, len(text) - 2))
    return text[:place] + text[place + 1] + text[place] + text[place + 2 :]


def write_catalogue(folder: Path, *, extra=()):
    """`catalogue.csv` of two sources (the second misspells) and `audio/`; returns the CSV's path."""
    rng = np.random.default_rng(5)
    rows = []
    for number, title, artist, album, seconds, position in songs():
        shared = {"year": str(1990 + number % 20), "track_number": str(position)}
        audio = f"audio/{number}.ogg" if number < 6 else ""
        first = {"track_id": f"x{number}", "source": "x", "title": title, "artist": artist, "album": album}
        rows.append({**first, "duration": f"{seconds // 60}:{seconds % 60:02d}", "audio_path": audio, **shared})
        if number % 3 == 0:
            again = {"track_id": f"y{number}", "source": "y", "title": typo(title, rng), "artist": artist.upper()}
            copy = f"audio/{number}-copy.mp3" if number < 6 else ""
            rows.append({**again, "album": album, "duration": str(seconds * 1000), "audio_path": copy, **shared})
    rows += extra
    write_audio(folder / "audio")
    with (folder / "catalogue.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, FIELDS)
        writer.writeheader()
        writer.writerows(rows)
    return folder / "catalogue.csv"


def write_audio(folder: Path):
    """Six tunes of ten seconds and another as Ogg, two of the six again as MP3, and one that is silent."""
    folder.mkdir(exist_ok=True)
    for number in range(6):
        tune = melody(number)
        sf.write(folder / f"{number}.ogg", tune, RATE)
        if number % 3 == 0:
            sf.write(folder / f"{number}-copy.mp3", 0.6 * tune, RATE)
    sf.write(folder / "other.ogg", melody(91), RATE)
    sf.write(folder / "silent.wav", np.zeros(10 * RATE, np.float32), RATE)


def melody(seed, seconds=10.0):
    """A seeded tune: notes of a scale with overtones and a drum of noise."""
    rng = np.random.default_rng(seed)
    out = np.zeros(int(seconds * RATE), np.float32)
    at = 0
    while at < len(out):
        length = int(RATE * rng.choice([0.2, 0.3, 0.4]))
        time = np.arange(min(length, len(out) - at)) / RATE
        pitch = 220 * 2 ** (rng.choice([0, 2, 4, 5, 7, 9, 11, 12]) / 12 + seed / 17)
        tone = sum(np.sin(2 * np.pi * pitch * k * time) / k ** (1 + seed / 4) for k in range(1, 7))
        drum = rng.normal(0, 1, len(time)) * np.exp(-40 * time)
        out[at : at + len(time)] = 0.2 * tone * np.exp(-3 * time) + 0.1 * drum
        at += length
    return out
