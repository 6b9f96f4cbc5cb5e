"""A catalogue of classical music: a few works, many performances of each, printed by every shop in its own way.

    python -m benchmarks.classical                    # three catalogues
    python -m benchmarks.classical --performances 30

Symphonies, concertos and solo works, each in so many made-up performances of which one to four shops deliver all
movements: "Symphony No. 3 in E-Flat Major, Op. 55: II. Marcia funebre", "Beethoven: ... - 2. Marcia funebre", "Sinfonie
Nr. 3 Es-Dur op. 55: 2. Satz: Marcia funebre", their performers in any order, as lists, with the composer or inverted.
Albums of one shop share names; tempos differ by 6% (one standard deviation), lengths as stated by up to 2 s. The last
column counts wrong pairs that name different performers; of one soloist's two performances a shop that names nobody
else leaves nothing but the length to tell.
"""

import argparse
import csv
import tempfile
from collections import defaultdict
from itertools import combinations, product
from pathlib import Path
from random import Random
from typing import NamedTuple

from benchmarks.whole_run import unisono
from catalog.store import Catalogue
from dedup.metrics import pairwise

COLUMNS = ("track_id", "source", "title", "artist", "album", "duration", "track_number", "isrc")
SHOPS = ("numbered", "roman", "listed", "library", "german")
ISRC_STATED = 0.2
ROMAN = ("I", "II", "III", "IV", "V", "VI")


class Work(NamedTuple):
    """composer: as credited; title; german: its German title; parts: movements and usual seconds; by: who plays it."""

    composer: str
    title: str
    german: str
    parts: tuple[tuple[str, int], ...]
    by: str

    @property
    def surname(self) -> str:
        """The composer's."""
        return self.composer.rpartition(" ")[2]


WORKS = (
    Work(
        "Ludwig van Beethoven",
        "Symphony No. 3 in E-Flat Major, Op. 55",
        "Sinfonie Nr. 3 Es-Dur op. 55",
        (("Allegro con brio", 960), ("Marcia funebre. Adagio assai", 900), ("Scherzo", 340), ("Finale", 700)),
        "",
    ),
    Work(
        "Johannes Brahms",
        "Symphony No. 1 in C Minor, Op. 68",
        "Sinfonie Nr. 1 c-Moll op. 68",
        (("Un poco sostenuto", 800), ("Andante sostenuto", 540), ("Un poco allegretto", 280), ("Adagio", 1000)),
        "",
    ),
    Work(
        "Wolfgang Amadeus Mozart",
        "Symphony No. 40 in G Minor, K. 550",
        "Sinfonie Nr. 40 g-Moll KV 550",
        (("Molto allegro", 480), ("Andante", 700), ("Menuetto", 240), ("Allegro assai", 420)),
        "",
    ),
    Work(
        "Felix Mendelssohn",
        "Violin Concerto in E Minor, Op. 64",
        "Violinkonzert e-Moll op. 64",
        (("Allegro molto appassionato", 780), ("Andante", 500), ("Allegretto non troppo", 400)),
        "violin",
    ),
    Work(
        "Edward Elgar",
        "Cello Concerto in E Minor, Op. 85",
        "Cellokonzert e-Moll op. 85",
        (("Adagio - Moderato", 480), ("Lento - Allegro molto", 270), ("Adagio", 300), ("Allegro", 690)),
        "cello",
    ),
    Work(
        "Johann Sebastian Bach",
        "Cello Suite No. 1 in G Major, BWV 1007",
        "Cellosuite Nr. 1 G-Dur BWV 1007",
        (("Prélude", 150), ("Allemande", 270), ("Courante", 160), ("Sarabande", 180), ("Menuets", 200), ("Gigue", 105)),
        "cello alone",
    ),
    Work(
        "Franz Schubert",
        "Piano Sonata No. 21 in B-Flat Major, D. 960",
        "Klaviersonate Nr. 21 B-Dur D 960",
        (("Molto moderato", 1200), ("Andante sostenuto", 590), ("Scherzo", 240), ("Allegro, ma non troppo", 520)),
        "piano alone",
    ),
)
SOLOISTS = {
    "violin": ("Anne-Sophie Mutter", "Itzhak Perlman", "Gidon Kremer", "Hilary Hahn", "Yehudi Menuhin"),
    "cello": ("Yo-Yo Ma", "Mstislav Rostropovich", "Pierre Fournier", "Mischa Maisky", "Paul Tortelier"),
    "piano": ("Alfred Brendel", "Maurizio Pollini", "Wilhelm Kempff", "Mitsuko Uchida", "Claudio Arrau", "Emil Gilels"),
}
ORCHESTRAS = (
    *("Berliner Philharmoniker", "Wiener Philharmoniker", "London Symphony Orchestra", "Philharmonia Orchestra"),
    *("Royal Concertgebouw Orchestra", "Cleveland Orchestra", "Staatskapelle Dresden"),
)
CONDUCTORS = ("Herbert von Karajan", "Claudio Abbado", "Georg Solti", "George Szell", "Bernard Haitink", "Karl Böhm")


def main() -> None:
    """Print one line a catalogue."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--performances", type=int, default=14, help="of each work")
    parser.add_argument("--catalogues", type=int, default=3)
    chosen = parser.parse_args()
    print("  tracks   pairs   precision  recall      F1   wrong pairs, of other performers")
    for seed in range(chosen.catalogues):
        with tempfile.TemporaryDirectory() as folder:
            print(measure(catalogue(Random(seed), chosen.performances), Path(folder)), flush=True)


def measure(tracks: dict[str, tuple[dict[str, str], int]], folder: Path) -> str:
    """One line of the table."""
    write([row for row, _ in tracks.values()], folder / "tracks.csv")
    unisono([folder / "tracks.csv"], folder / "cat", "--no-artists")
    found = Catalogue.open(folder / "cat").read("recordings", ["track_id", "recording_id"]).to_pylist()
    recording = {row["track_id"]: row["recording_id"] for row in found}
    scores = pairwise([truth for _, truth in tracks.values()], [recording[track] for track in tracks])
    together: dict[str, list[str]] = defaultdict(list)
    for track in tracks:
        together[recording[track]].append(track)
    pairs = [pair for members in together.values() for pair in combinations(members, 2)]
    wrong = [(tracks[a], tracks[b]) for a, b in pairs if tracks[a][1] != tracks[b][1]]
    others = sum(not _alone(a[0]) and not _alone(b[0]) for a, b in wrong)
    shares = f"{scores.precision:9.4f} {scores.recall:7.4f} {scores.f1:7.4f}"
    return f"{len(tracks):8,} {scores.true_pairs:7,}   {shares}   {len(wrong)}, {others}"


def _alone(row: dict[str, str]) -> bool:
    """Whether a track of many players names one of them."""
    return row["source"] == "soloist"


def catalogue(random: Random, performances: int) -> dict[str, tuple[dict[str, str], int]]:
    """Track id -> what is delivered and its recording, in any order."""
    tracks = []
    for number, work in enumerate(WORKS):
        for place, players in enumerate(casts(random, work, performances)):
            first = (number * performances + place) * len(ROMAN)
            tracks += _performance(random, work, players, first)
    random.shuffle(tracks)
    return {row["track_id"]: (row, recording) for row, recording in tracks}


def casts(random: Random, work: Work, count: int) -> list[tuple[str, ...]]:
    """Up to so many different ones: soloist or "", and orchestra and conductor unless the soloist plays alone."""
    instrument, _, alone = work.by.partition(" ")
    others: list[tuple[str, ...]] = [()] if alone else list(product(ORCHESTRAS, CONDUCTORS))
    known = [(soloist, *rest) for soloist in SOLOISTS.get(instrument, ("",)) for rest in others]
    return random.sample(known, min(count, len(known)))


def _performance(random: Random, work: Work, players: tuple[str, ...], first: int) -> list[tuple[dict[str, str], int]]:
    """All that shops deliver of one performance; its recordings are numbered from `first`."""
    tempo = random.gauss(1, 0.06)
    seconds = [usual * tempo * random.gauss(1, 0.02) for _, usual in work.parts]
    codes = [f"DEA{random.randrange(10**9):09}" for _ in work.parts]
    known = (*SHOPS, "soloist") if work.by in SOLOISTS else SHOPS
    shops = random.sample(known, random.choice((1, 2, 2, 3, 4)))
    tracks = []
    for shop in shops:
        for place, length in enumerate(seconds):
            said = printed(shop, work, place, players)
            said |= {"track_id": f"{shop}-{first + place}", "source": shop, "track_number": str(place + 1)}
            said |= {"duration": str(round(length) + random.choice((-1, 0, 0, 0, 1, 2)))}
            said |= {"isrc": codes[place] if random.random() < ISRC_STATED else ""}
            tracks.append((said, first + place))
    return tracks


def printed(shop: str, work: Work, place: int, players: tuple[str, ...]) -> dict[str, str]:
    """Title, artist and album of a movement as a shop prints them. players: soloist or "", orchestra, conductor."""
    part, number, names = work.parts[place][0], place + 1, [name for name in players if name]
    short = work.title.partition(" in ")[0]
    roman = f"{work.title}: {ROMAN[place]}. {part}"
    if shop == "numbered":
        title, artist, album = f"{work.surname}: {work.title} - {number}. {part}", "; ".join(names), short
    elif shop == "roman":
        title, artist, album = roman, ", ".join(names[:-1]) + " & " * (len(names) > 1) + names[-1], f"{short}s"
    elif shop == "listed":
        title, artist, album = roman, ", ".join((work.composer, *names)), f"{names[0]} plays {work.surname}"
    elif shop == "library":
        persons = [inverted(name) if name not in ORCHESTRAS else name for name in names]
        title, artist, album = f"{work.title}: {number}. {part}", "; ".join(persons), work.title
    elif shop == "german":
        title, artist, album = f"{work.german}: {number}. Satz: {part}", "; ".join(names), work.german
    else:
        title, artist, album = roman, names[0], f"{work.surname}: {short}"
    return {"title": title, "artist": artist, "album": album}


def inverted(name: str) -> str:
    """ "Karajan, Herbert von"."""
    first, _, last = name.rpartition(" ")
    return f"{last}, {first}"


def write(rows: list[dict[str, str]], path: Path) -> None:
    """A CSV file."""
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, COLUMNS)
        writer.writeheader()
        writer.writerows(rows)


if __name__ == "__main__":
    main()
