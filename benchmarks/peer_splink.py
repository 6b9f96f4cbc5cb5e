"""Splink 5 on DuckDB at its best on music rows, through its public API; `benchmarks.peer` starts both commands.

    python -m benchmarks.peer_splink link TRACKS.csv FOLDER      clean, train, predict, cluster; seconds to stdout
    python -m benchmarks.peer_splink score TRUTH.csv FOLDER      its clusters at a grid of thresholds, scored

Term frequencies on title, artist and album; u from random pairs; m by EM in two sessions that block on different
fields; every field in levels. `score` knows the truth, takes no part in the time, and is generous: it tries connected
components and Splink's single best links, which keep a source's promise to list a recording once.
"""

import json
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

from benchmarks.grown import Sample
from benchmarks.peer_cleaning import CLEANED, clean
from dedup.metrics import pairwise

CUSTOMARY = 0.95
"""The probability at which Splink's own examples cluster."""

CUSTOMARY_BITS = 4.25
"""The same as a match weight: log2 of odds of 19 to 1."""

KEPT_FROM = 0.01
"""Least probability of a pair that is kept."""

GRID_BITS = (0.0, CUSTOMARY_BITS, 8.0, 12.0, 16.0, 20.0, 24.0)
"""Match weights tried as thresholds."""

BEST_LINKS_BITS = (0.0, CUSTOMARY_BITS)
"""The same for the single best links, which are slow to find and do best at low thresholds."""

RANDOM_PAIRS = 1e6
TRAINING_PAIRS = 2e6
SEED = 1
MEMBERS = "SELECT unique_id, cluster_id FROM {this}"


def blocking_rules() -> list[Any]:
    """What makes two rows a candidate pair: about four pairs a row, and 99 in 100 of the true pairs."""
    from splink import block_on

    return [
        block_on("substr(title, 1, 5)", "substr(album, 1, 8)"),
        block_on("substr(title, 1, 5)", "substr(artist, 1, 5)"),
        block_on("substr(title, 1, 8)", "round(seconds / 4)"),
        block_on("right(title, 8)", "right(album, 6)"),
        block_on("right(title, 8)", "right(artist, 5)"),
        block_on("substr(artist, 1, 8)", "round(seconds / 2)"),
        block_on("album", "position"),
    ]


def settings(link_type: Literal["dedupe_only", "link_only"] = "dedupe_only") -> Any:
    """Comparisons in levels, best first."""
    from splink import SettingsCreator
    from splink import comparison_library as cl

    return SettingsCreator(
        link_type=link_type,
        source_dataset_column_name="source",
        blocking_rules_to_generate_predictions=blocking_rules(),
        comparisons=[
            cl.JaroWinklerAtThresholds("title", [0.96, 0.9, 0.8]).configure(term_frequency_adjustments=True),
            cl.JaroWinklerAtThresholds("artist", [0.94, 0.85, 0.7]).configure(term_frequency_adjustments=True),
            cl.JaroWinklerAtThresholds("album", [0.94, 0.85, 0.7]).configure(term_frequency_adjustments=True),
            cl.CustomComparison(seconds_levels(), "seconds"),
            cl.CustomComparison(year_levels(), "year"),
            cl.ExactMatch("position"),
        ],
        retain_matching_columns=False,
        additional_columns_to_retain=["source"],
    )


def seconds_levels() -> list[Any]:
    """Bands of difference in duration."""
    from splink import comparison_level_library as cll

    bands = [cll.AbsoluteDifferenceLevel("seconds", limit) for limit in (1.5, 4, 10)]
    return [cll.NullLevel("seconds"), *bands, cll.ElseLevel()]


def year_levels() -> list[Any]:
    """The same year, the next, another."""
    from splink import comparison_level_library as cll

    near = cll.AbsoluteDifferenceLevel("year", 1)
    return [cll.NullLevel("year"), cll.ExactMatchLevel("year"), near, cll.ElseLevel()]


def link(tracks: Path, folder: Path) -> dict[str, float]:
    """Everything from the file to clusters, with seconds by step; predictions and nodes stay in `folder`."""
    import duckdb
    from splink import DuckDBAPI, Linker, block_on

    connection = duckdb.connect()
    began = [time.perf_counter()]
    clean(connection, str(tracks))
    began.append(time.perf_counter())
    linker = Linker(DuckDBAPI(connection=connection).register(CLEANED), settings())
    train = linker.training
    train.estimate_probability_two_random_records_match([block_on("title", "artist", "album")], recall=0.4)
    train.estimate_u_using_random_sampling(max_pairs=RANDOM_PAIRS, seed=SEED)
    for rule in (block_on("title", "artist"), block_on("album", "position")):
        train.estimate_parameters_using_expectation_maximisation(rule, max_pairs=TRAINING_PAIRS)
    began.append(time.perf_counter())
    predicted = linker.inference.predict(threshold_match_probability=KEPT_FROM)
    began.append(time.perf_counter())
    clusters = linker.clustering.cluster_pairwise_predictions_at_threshold(predicted, CUSTOMARY)
    save(clusters.query_sql(MEMBERS), folder / "clusters.parquet")
    began.append(time.perf_counter())
    save(predicted, folder / "predicted.parquet")
    connection.execute(f"COPY (FROM {CLEANED}) TO '{folder / 'nodes.parquet'}'")
    steps = zip(("cleaning", "training", "predicting", "clustering"), began, began[1:], strict=False)
    return {name: round(stop - start, 2) for name, start, stop in steps}


def save(frame: Any, path: Path) -> None:
    """Write one of Splink's tables as Parquet."""
    frame.as_duckdbpyrelation().write_parquet(str(path))


def score(truth: Path, folder: Path) -> Iterator[dict[str, Any]]:
    """The scores of every way to cluster and every threshold of the grid."""
    import duckdb
    from splink import DuckDBAPI, Linker

    connection = duckdb.connect()
    api = DuckDBAPI(connection=connection)
    for name in ("nodes", "predicted"):
        connection.execute(f"CREATE TABLE {name} AS SELECT * FROM '{folder / f'{name}.parquet'}'")
    sources = [str(name) for (name,) in connection.execute("SELECT DISTINCT source FROM nodes ORDER BY 1").fetchall()]
    for name in sources:
        connection.execute(f"CREATE TABLE {name} AS SELECT * FROM nodes WHERE source = '{name}'")
    linker = Linker([api.register(name, dataset_display_name=name) for name in sources], settings("link_only"))
    predicted = api.register("predicted")
    answers = Sample(truth, truth).answers()
    for bits in GRID_BITS:
        clusters = linker.clustering.cluster_pairwise_predictions_at_threshold(predicted, threshold_match_weight=bits)
        yield {"way": "connected", "bits": bits, **scores(answers, clusters.query_sql(MEMBERS).as_record_list())}
    for bits in BEST_LINKS_BITS:
        began = time.perf_counter()
        clusters = linker.clustering.cluster_using_single_best_links(predicted, sources, threshold_match_weight=bits)
        members = clusters.query_sql(MEMBERS).as_record_list()
        yield {"way": "best links", "bits": bits, "seconds": time.perf_counter() - began, **scores(answers, members)}


def scores(answers: dict[str, str], members: list[dict[str, Any]]) -> dict[str, float]:
    """Pairwise precision, recall and F1 of a clustering."""
    found = {row["unique_id"]: row["cluster_id"] for row in members}
    pairs = pairwise(list(answers.values()), [found[track] for track in answers])
    return {"precision": pairs.precision, "recall": pairs.recall, "f1": pairs.f1}


def main() -> None:
    """Do what the first argument says."""
    if len(sys.argv) != 4:
        return print("peer_splink: is started by benchmarks.peer")
    command, file, folder = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3])
    answer = link(file, folder) if command == "link" else list(score(file, folder))
    (folder / f"{command}.json").write_text(json.dumps(answer))


if __name__ == "__main__":
    main()
