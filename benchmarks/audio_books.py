"""Audio books and plays: hundreds of chapters by few people, told apart by nothing but numbers.

    python -m benchmarks.audio_books                  # three catalogues

Made-up books in 25 to 40 chapters and plays in 12 to 20 parts, each delivered by two to four shops in their own ways:
"Kapitel 7", "Nordwind, Kapitel 7", "Chapter 7" or "07 - Nordwind"; albums as "Folge 003: ...", "03/..." or the bare
title. Parts of plays last about three minutes each, so that lengths tell little. The last column counts wrong pairs.
"""

import argparse
import tempfile
from collections.abc import Iterator
from pathlib import Path
from random import Random

from benchmarks.classical import write
from benchmarks.whole_run import unisono
from catalog.store import Catalogue
from dedup.metrics import pairwise

BOOKS = (("J. R. Hartley", "Die Schatten von Rom"), ("Mara Stern", "Nordwind"), ("Karl Brandt", "Der letzte Zug"))
PLAYS = (
    ("Die Olivenbande", ("Die Jagd nach den Millionen", "Der blinde Seher", "Das leere Grab im Moor")),
    ("Ada und Bo", ("und der Papagei", "und der Phantomsee", "und der Karpfenhund", "und die schwarze Katze")),
    ("Lena Hexe", ("Hexen gibt es doch", "Zauberei in der Schule", "Die Zauberlimonade")),
)
SHOPS = ("bare", "named", "foreign", "counted")

Delivered = tuple[dict[str, str], int]


def main() -> None:
    """Print one line a catalogue."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--catalogues", type=int, default=3)
    chosen = parser.parse_args()
    print("  tracks   pairs   precision  recall      F1   wrong pairs")
    for seed in range(chosen.catalogues):
        with tempfile.TemporaryDirectory() as folder:
            print(measure(catalogue(Random(seed)), Path(folder)), flush=True)


def measure(tracks: list[Delivered], folder: Path) -> str:
    """One line of the table."""
    write([row for row, _ in tracks], folder / "tracks.csv")
    unisono([folder / "tracks.csv"], folder / "cat", "--no-artists")
    found = Catalogue.open(folder / "cat").read("recordings", ["track_id", "recording_id"]).to_pylist()
    recording = {row["track_id"]: row["recording_id"] for row in found}
    scores = pairwise([truth for _, truth in tracks], [recording[row["track_id"]] for row, _ in tracks])
    shares = f"{scores.precision:9.4f} {scores.recall:7.4f} {scores.f1:7.4f}"
    wrong = scores.predicted_pairs - scores.correct_pairs
    return f"{len(tracks):8,} {scores.true_pairs:7,}   {shares}   {wrong}"


def catalogue(random: Random) -> list[Delivered]:
    """What is delivered, in any order, and the number of its recording."""
    tracks: list[Delivered] = []
    for who, title in BOOKS:
        lengths = [random.randint(150, 420) for _ in range(random.randint(25, 40))]
        tracks += _deliveries(random, who, title, 0, lengths, len(tracks))
    for who, titles in PLAYS:
        for number, title in enumerate(titles, start=1):
            lengths = [random.choice((179, 180, 181, 185, 190, 200)) for _ in range(random.randint(12, 20))]
            tracks += _deliveries(random, who, title, number, lengths, len(tracks))
    random.shuffle(tracks)
    return tracks


def _deliveries(
    random: Random, who: str, title: str, number: int, lengths: list[int], first: int
) -> Iterator[Delivered]:
    """Book or play (`number` of a series, else 0) at some of the shops; recordings are numbered from `first`."""
    for shop in random.sample(SHOPS, random.choice((2, 3, 4))):
        for place, length in enumerate(lengths, start=1):
            row = play(shop, title, number, place) if number else book(shop, title, place)
            row |= {"artist": who, "track_id": f"{shop}-{first + place}", "source": shop, "track_number": str(place)}
            yield row | {"duration": str(length + random.choice((-1, 0, 0, 0, 1))), "isrc": ""}, first + place


def book(shop: str, title: str, place: int) -> dict[str, str]:
    """Title and album of a chapter as a shop prints them."""
    printed = {"bare": f"Kapitel {place}", "named": f"{title}, Kapitel {place}", "foreign": f"Chapter {place}"}
    return {"title": printed.get(shop, f"Kapitel {place} - {title}"), "album": title}


def play(shop: str, title: str, number: int, place: int) -> dict[str, str]:
    """The same of the part of a play."""
    printed = {
        "bare": (f"Teil {place}", f"{number:02}/{title}"),
        "named": (f"{title} - Teil {place:02}", f"Folge {number:03}: {title}"),
        "foreign": (f"Folge {number}: {title} (Teil {place})", f"Folge {number:03}: {title}"),
        "counted": (f"{place:02} - {title}", title),
    }
    return dict(zip(("title", "album"), printed[shop], strict=True))


if __name__ == "__main__":
    main()
