"""The distributions of a catalogue, drawn: match weights, probabilities, sizes, durations, years, similarity."""

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import pyarrow.compute as pc

from catalog.store import Catalogue
from jobs.report_plots import Mark, Plot, bars, histogram
from jobs.report_query import grouped, sample
from jobs.report_query import histogram as counted
from jobs.report_run import merge_threshold

DECISIONS = ("merge", "review", "distinct")
_SIZES = ((2, 2), (3, 3), (4, 4), (5, 5), (6, 9), (10, 19), (20, 99), (100, 10**12))
_SAMPLE = 1500  # vectors compared with one another
_SEED = 20240229


def match_plots(catalogue: Catalogue) -> list[Plot]:
    """Match weights and probabilities by decision, with the threshold of a merge where one was recorded."""
    matches = catalogue.dataset("matches")
    lows = {
        row["decision"]: row
        for row in grouped(matches, ["decision"], measures={"weight": ("weight", "min")}).to_pylist()
        if row["weight"] is not None
    }
    marks = _marks(merge_threshold(catalogue))
    weight_edges, share_edges = np.arange(-40.0, 41.0, 1.0), np.linspace(0.0, 1.0, 41)
    kinds = [name for name in DECISIONS if name in lows]
    weights, shares = (
        {kind: counted(matches, column, edges, where=pc.field("decision") == kind) for kind in kinds}
        for column, edges in (("weight", weight_edges), ("probability", share_edges))
    )
    said = ", ".join(f"{lows[kind]['n']:,} {kind}" for kind in kinds) or "no pairs"
    said += "; pairs that are clearly distinct are not kept"
    return [
        histogram(
            "weights", "Match weights", weight_edges, weights,
            unit="log2 odds", summary=f"Kept pairs by decision: {said}.", log=True, marks=marks,
        ),
        histogram(
            "probabilities", "Match probabilities", share_edges, shares,
            unit="probability of the same recording", summary=f"The same pairs as probabilities: {said}.", log=True,
        ),
    ]  # fmt: skip


def size_plot(sizes: Mapping[int, int], *, name: str, title: str, unit: str) -> Plot:
    """Number of groups by size, small sizes one by one and large ones together."""
    binned = [(low, high, sum(n for size, n in sizes.items() if low <= size <= high)) for low, high in _SIZES]
    last = max((i for i, (*_, count) in enumerate(binned) if count), default=0)
    kept = binned[: max(last + 1, 5)]
    labels = [str(low) if low == high else f"{low}+" if high > 10**6 else f"{low}–{high}" for low, high, _ in kept]
    summary = f"{sum(sizes.values()):,} in all, the largest of {max(sizes, default=0):,}."
    return bars(name, title, labels, [count for *_, count in kept], unit=unit, summary=summary, log=True)


def track_plots(catalogue: Catalogue) -> list[Plot]:
    """Durations up to 15 minutes, and years."""
    tracks = catalogue.dataset("tracks")
    minutes = np.arange(0.0, 15.25, 0.25)
    durations = counted(tracks, "duration_s", minutes * 60)
    years = {r["release_year"]: r["n"] for r in grouped(tracks, ["release_year"]).to_pylist() if r["release_year"]}
    plots = []
    if durations.any():
        long = f"; {durations[-1]:,} last 14:45 or longer" if durations[-1] else ""
        said = f"{durations.sum():,} tracks have one{long}."
        plots.append(histogram("durations", "Durations", minutes, {"accent": durations}, unit="minutes", summary=said))
    if years:
        plots.append(_years(years))
    return plots


def similarity_plot(catalogue: Catalogue) -> Plot | None:
    """Cosine of the similarity vectors of any two of a sample of tracks; None where fewer than ten have one."""
    column = sample(catalogue.dataset("embeddings"), _SAMPLE, "vector", seed=_SEED)
    if len(column) < 10:
        return None
    vectors = np.stack(column.to_numpy()).astype(np.float64)
    vectors /= np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-12)
    cosine = (vectors @ vectors.T)[np.triu_indices(len(vectors), 1)]
    edges = np.linspace(-1.0, 1.0, 81)
    low, middle, high = np.quantile(cosine, [0.01, 0.5, 0.99])
    low, middle, high = (round(float(value), 2) + 0.0 for value in (low, middle, high))  # + 0.0: no "-0.00"
    said = f"{len(vectors):,} tracks against one another: median {middle:.2f}, 98% between {low:.2f} and {high:.2f}."
    counts = np.histogram(np.clip(cosine, -1, 1), edges)[0]
    return histogram("cosines", "Similarity of any two tracks", edges, {"accent": counts}, unit="cosine", summary=said)


def _years(years: Mapping[int, int]) -> Plot:
    known = np.array(sorted(years))
    tracks = np.array([years[year] for year in known])
    share = np.cumsum(tracks) / tracks.sum()
    # A few impossible years must not squeeze the drawing: they count at its ends.
    low, high = (known[np.searchsorted(share, quantile)] for quantile in (0.001, 0.999))
    edges: npt.NDArray[np.float64] = np.arange(low, high + 2, dtype=np.float64)
    counts = np.histogram(np.clip(known, low, high), edges, weights=tracks)[0].astype(np.int64)
    commonest = max(years, key=lambda year: years[year])
    said = f"{counts.sum():,} tracks have one, from {min(years)} to {max(years)}; most often {commonest}."
    return histogram("years", "Release years", edges, {"accent": counts}, unit="year", summary=said)


def _marks(merge: float | None) -> list[Mark]:
    even = Mark(0.0, "even odds ", "left")
    return [even] if merge is None else [even, Mark(merge, f" merge from {merge:.1f}", "right")]
