"""A hit on hundreds of compilations: do its copies become one recording, and its re-recording another?

    python -m benchmarks.crowds                       # 200, 1,000 and 5,000 copies
    python -m benchmarks.crowds 10000

Copies of three recordings of one song by one artist stand beside the development records: the hit, its re-recording,
half a minute longer, that nothing but its duration tells, and a live take that says so. Every copy is on another album;
a tenth states no duration, one in twenty misspells the title, one in ten the artist. What a person could not
tell apart, copies without a duration, is counted with the rest.
"""

import argparse
import csv
import tempfile
from collections import Counter
from pathlib import Path
from random import Random

from benchmarks.grown import RECORDS, available
from benchmarks.whole_run import unisono
from catalog.store import Catalogue
from dedup.metrics import b_cubed

COLUMNS = ("track_id", "source", "title", "artist", "album", "duration", "year")
TAKES = (("White Winter", 187.0, 60), ("White Winter", 214.0, 25), ("White Winter (Live)", 251.0, 15))
"""Title, duration in seconds and share in percent."""

ALBUMS = ("Christmas Hits {}", "The Best of {}", "Winter Party {}", "Essential {}", "Now That's Winter {}", "Gold {}")


def main() -> None:
    """Print what became of the copies."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("copies", type=int, nargs="*", default=[200, 1000, 5000])
    sizes = parser.parse_args().copies
    if not available():
        return print("crowds: skipped, ../shared/data is not there")
    print("  copies   clusters s   in the largest recording: hit, re-recording, live   B-cubed P, R, F1")
    for count in sizes:
        with tempfile.TemporaryDirectory() as folder:
            print(measure(count, Path(folder)), flush=True)


def measure(count: int, folder: Path) -> str:
    """One line of the table."""
    truth = write(count, folder / "tracks.csv")
    found = unisono([folder / "tracks.csv"], folder / "cat", "--no-artists")
    stored = Catalogue.open(folder / "cat").read("recordings", ["track_id", "recording_id"])
    recording = dict(zip(*(stored.column(name).to_pylist() for name in stored.column_names), strict=True))
    largest = []
    for take in range(len(TAKES)):
        held = Counter(recording[track] for track, of in truth.items() if of == take)
        largest.append(f"{max(held.values()):5} of {held.total():5}")
    scores = b_cubed(list(truth.values()), [recording[track] for track in truth])
    shares = " ".join(f"{share:.4f}" for share in (scores.precision, scores.recall, scores.f1))
    return f"{count:8,} {found.stages['clusters']:12.1f}   {'   '.join(largest)}   {shares}"


def write(count: int, path: Path) -> dict[str, int]:
    """Write the development records and so many copies among them; which take each copy is."""
    random = Random(1)
    with (RECORDS / "original.csv").open(newline="", encoding="utf-8") as file:
        rows = [{name: row.get(name, "") for name in COLUMNS} for row in csv.DictReader(file)]
    truth = {}
    for number in range(count):
        take = random.choices(range(len(TAKES)), [share for *_, share in TAKES])[0]
        row = copy(random, *TAKES[take][:2]) | {"track_id": f"copy-{number}", "source": "hits"}
        truth[row["track_id"]] = take
        rows.append(row)
    random.shuffle(rows)
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, COLUMNS)
        writer.writeheader()
        writer.writerows(rows)
    return truth


def copy(random: Random, title: str, seconds: float) -> dict[str, str]:
    """What one compilation says of a take."""
    return {
        "title": title.replace("Winter", "Wintr") if random.random() < 0.05 else title,
        "artist": random.choice(("Lind, Ada", "Ada Lindt", "ADA LIND")) if random.random() < 0.1 else "Ada Lind",
        "album": random.choice(ALBUMS).format(random.randint(1, 9999)),
        "duration": "" if random.random() < 0.1 else f"{seconds + random.gauss(0, 0.8):.3f}",
        "year": str(random.randint(1970, 2020)),
    }


if __name__ == "__main__":
    main()
