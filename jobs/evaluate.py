"""`unisono evaluate`: a catalogue's answers measured against the truth.

Clusterings (recordings, songs, artists) are scored by pairs and by B-cubed (`dedup.metrics`), over the entries of the
truth only; one that the catalogue lacks counts as a cluster of its own and is reported as absent. Labelled pairs are
scored as decisions; similarity by how often the nearest neighbours are by the same artist.
"""

from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

from catalog.errors import UsageError
from catalog.store import Catalogue
from jobs.console import note, print_json
from jobs.evaluate_clusters import artists, recordings
from jobs.evaluate_pairs import pairs
from jobs.evaluate_similar import similar
from jobs.evaluation import Evaluation, print_table, strangers

MEASURES: dict[str, Callable[[Path, Catalogue], Evaluation]] = {
    "recordings": recordings,
    "artists": artists,
    "pairs": pairs,
    "similar": similar,
}
READ = {"recordings": "recordings", "artists": "artists", "pairs": "matches", "similar": "embeddings"}
"""The table that each measures."""


def evaluate(kind: str, truth_csv: Path, catalogue_dir: Path, *, format: str = "table") -> Evaluation:
    """Measure `kind` (recordings, artists, pairs, similar), print it on stdout as `table` or `json`, and return it.

    Raises `UsageError` for an unknown kind, `SourceError` for a truth that cannot be used or that the catalogue has
    nothing of, and `CatalogError` for a table that has not been made yet.
    """
    if kind not in MEASURES:
        raise UsageError(f"{kind!r} cannot be evaluated; there are: {', '.join(MEASURES)}")
    catalogue = Catalogue.open(catalogue_dir)
    evaluation = MEASURES[kind](truth_csv, catalogue)
    if evaluation.entries and evaluation.absent == evaluation.entries:
        raise strangers(truth_csv, catalogue)
    if format == "json":
        print_json(asdict(evaluation))
    else:
        print_table(evaluation)
    for late in catalogue.outdated([READ[kind]] if catalogue.has(READ[kind]) else []):
        note(late)
    return evaluation
