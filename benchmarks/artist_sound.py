"""One artist or two under one name, by sound alone?

    python -m benchmarks.artist_sound ../shared/data/audio [--part test] [--draws 10] [--plot FILE.png] [--json FILE]

Artists of one part of the development audio (`test`: no model has heard them), one file a recording, with nothing but
a name, a recording and a vector: no album, label, year or title. Each two artists of two recordings or more are put
under one name, each such artist also stands alone, and the artist model is fitted anew to every catalogue so renamed,
without labels. Beside the whole sets stand sets drawn at random, 2 recordings or more of each artist, and pairs with an
artist of one recording.

- Split or not: the name is divided where its sets sound most apart; two artists where the log2 Bayes factor is below 0
  (even odds before). Chance is 50%, as both kinds weigh the same; "of trials" is the plain share, where pairs are more.
- ROC: area and points. Calibration: the stated probability of two artists against what is so, and Cllr, the mean
  log2 loss (Brummer and du Preez 2006; 1: says nothing).
- Partition: B-cubed F1 of the names' tracks by even odds and by the catalogue's own prior, with that of whole names.
- Given sets: two sets of tracks, by mean cosine: of one artist's two albums, its halves at random, of two artists.

The form and what it starts from were chosen on training and validation artists; run `--part` for those. Intervals of
95% are from drawing artists anew.
"""

import argparse
import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import combinations
from pathlib import Path

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from benchmarks.artist_sound_figures import Trial, described, draw
from benchmarks.audio_identity import AUDIO
from dedup.artist_fit import fit
from dedup.artist_model import ArtistModel
from dedup.artist_releases import releases
from dedup.artist_sound import divided
from dedup.artist_sound_fit import TYPICAL, Typical
from dedup.artist_split import split
from dedup.artist_traits import traits_of
from dedup.metrics import b_cubed
from embeddings.config import TrainConfig
from embeddings.encode import Encoder, released_model
from embeddings.library import LibraryTrack, read_library
from embeddings.splits import PARTS
from embeddings.splits import split as split_parts

NAME = "one name"
Sets = dict[str, NDArray[np.float32]]  # artist to the vectors [recordings, d] of its recordings


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("audio", type=Path, nargs="?", default=AUDIO)
    parser.add_argument("--part", choices=PARTS, default="test")
    parser.add_argument("--draws", type=int, default=10, help="sets drawn of each artist and each two")
    parser.add_argument("--plot", type=Path, default=None, help="ROC and calibration as PNG")
    parser.add_argument("--json", type=Path, default=None, help="where the trials are kept")
    arguments = parser.parse_args()
    if not arguments.audio.is_dir():
        return print("artist_sound: skipped, ../shared/data is not there")
    sets, albums = heard(arguments.audio, arguments.part)
    print(f"{arguments.part}: {len(sets)} artists, {sum(map(len, sets.values()))} recordings")
    found = {"whole sets": list(trials(sets, 0)), "drawn sets": list(trials(sets, arguments.draws))}
    found["whole, one recording too"] = list(trials(sets, 0, fewest=1))
    for name, tried in found.items():
        print(*described(name, tried), sep="\n")
    print(*given_sets(sets, albums), sep="\n")
    if arguments.plot:
        draw(arguments.plot, found)
    if arguments.json:
        arguments.json.write_text(json.dumps({n: [vars(t) for t in tried] for n, tried in found.items()}) + "\n")


def heard(folder: Path, part: str) -> tuple[Sets, dict[str, list[str]]]:
    """Vectors of the recordings of one part by artist, and their albums."""
    tracks = split_parts(read_library(folder), seed=TrainConfig(audio=folder, out=folder).split_seed)[part]
    return by_artist(tracks, Encoder.load(released_model(), threads=1))


def by_artist(tracks: Sequence[LibraryTrack], encoder: Encoder) -> tuple[Sets, dict[str, list[str]]]:
    """Vectors of the first file of each recording by artist, and the recordings' albums."""
    first = {track.recording: track for track in reversed(tracks) if track.artist}
    vectors: dict[str, list[NDArray[np.float32]]] = {}
    albums: dict[str, list[str]] = {}
    for _, track in sorted(first.items()):
        vector = encoder.analyse(track.path).vector
        if vector is not None:
            vectors.setdefault(track.artist, []).append(vector)
            albums.setdefault(track.artist, []).append(f"{track.path.parent.name} {track.album}")
    return {artist: np.stack(rows) for artist, rows in sorted(vectors.items())}, albums


def trials(sets: Sets, draws: int, *, fewest: int = 2, typical: Typical = TYPICAL) -> Iterator[Trial]:
    """Every two artists under one name, and every one alone; their sets whole, or `draws` times drawn at random."""
    rng = np.random.default_rng(0)
    alone = [(artist,) for artist, rows in sets.items() if len(rows) > 1]
    together = combinations([artist for artist, rows in sets.items() if len(rows) >= fewest], 2)
    for artists in [*alone, *together]:
        for _ in range(draws or 1):
            mine = [sets[artist] for artist in artists]
            if draws:
                mine = [rng.permutation(rows)[: rng.integers(2, len(rows) + 1)] for rows in mine]
            yield tried(sets, artists, mine, typical)


def tried(sets: Sets, artists: tuple[str, ...], mine: list[NDArray[np.float32]], typical: Typical) -> Trial:
    """Fit a catalogue in which `artists` are one name, and divide that name."""
    names = {NAME: np.concatenate(mine)} | {artist: rows for artist, rows in sets.items() if artist not in artists}
    traits = traits_of(catalogue(names))
    model = fit(traits, typical=typical)
    found, _ = releases(traits.filter(pa.compute.equal(traits.column("name"), NAME)))
    truth = np.repeat(np.arange(len(mine)), [len(rows) for rows in mine]).tolist()

    def f1(asked: ArtistModel) -> float:
        return float(b_cubed(truth, split(found, asked).labels.tolist()).f1)

    bits = float(model.sound.bits(divided([found.vectors]))[0])
    whole = float(b_cubed(truth, [0] * len(truth)).f1)
    return Trial(artists, bits, (f1(replace(model, same_share=0.5)), f1(model), whole))


def catalogue(names: Sets) -> pa.Table:
    """Credits with a name, a recording and a vector each, and nothing else."""
    rows = [
        {
            "track_id": f"{name}-{i:03}",
            "position": 0,
            "name": name,
            "recording_id": f"{name}-{i}",
            "vector": row.tolist(),
        }
        for name, vectors in names.items()
        for i, row in enumerate(vectors)
    ]
    return pa.Table.from_pylist(rows)


def given_sets(sets: Sets, albums: dict[str, list[str]]) -> Iterator[str]:
    """Mean cosines between given sets."""
    rng = np.random.default_rng(0)
    between: dict[str, list[float]] = {"two albums": [], "random halves": [], "two artists": []}
    for artist, rows in sets.items():
        named = np.array(albums[artist])
        large = [album for album in sorted(set(named)) if (named == album).sum() > 1]
        between["two albums"] += [
            float((rows[named == a] @ rows[named == b].T).mean()) for a, b in combinations(large, 2)
        ]
        if len(rows) >= 4:
            drawn = [np.array_split(rng.permutation(rows), 2) for _ in range(10)]
            between["random halves"].append(float(np.mean([(a @ b.T).mean() for a, b in drawn])))
    several = [rows for rows in sets.values() if len(rows) > 1]
    between["two artists"] = [float((a @ b.T).mean()) for a, b in combinations(several, 2)]
    yield "\ngiven sets, mean cosine between them: count, lowest, median, highest"
    for kind, values in between.items():
        if values:
            low, middle, high = np.quantile(values, [0, 0.5, 1])
            yield f"  {kind:14} {len(values):4}   {low:.2f}  {middle:.2f}  {high:.2f}"


if __name__ == "__main__":
    main()
