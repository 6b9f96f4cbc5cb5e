"""Figures of trials that say one artist or two: accuracy, ROC, calibration, with intervals over artists."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from numpy.typing import NDArray

BINS = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)
FALSE_SPLITS = (0.0, 0.05, 0.1, 0.2, 0.3, 0.5)
RESAMPLED = 2000
Floats = NDArray[np.float64]
Marks = NDArray[np.bool_]
Measure = Callable[[Floats], float]  # of the weights of trials


@dataclass(frozen=True)
class Trial:
    """A name: its artists (two or one), the log2 Bayes factor for one, B-cubed F1 at even odds, as published, whole."""

    artists: tuple[str, ...]
    bits: float
    f1: tuple[float, float, float]


def weights(found: list[Trial]) -> Floats:
    """How often each trial counts [resamples + 1, trials]: once, and with its artists as often as they are drawn."""
    artists = sorted({artist for trial in found for artist in trial.artists})
    drawn = np.random.default_rng(0).multinomial(len(artists), np.full(len(artists), 1 / len(artists)), RESAMPLED)
    counts = np.vstack([np.ones((1, len(artists))), drawn])
    places = [[artists.index(artist) for artist in trial.artists] for trial in found]
    return np.column_stack([counts[:, place].prod(axis=1) for place in places])


def interval(measure: Measure, weight: Floats) -> str:
    """`0.812 (0.701-0.903)`: a measure of weighted trials; resamples without both kinds are left out."""
    values = np.array([measure(row) for row in weight])
    low, high = np.nanquantile(values[1:], [0.025, 0.975])
    return f"{values[0]:.3f} ({low:.3f}-{high:.3f})"


def described(name: str, found: list[Trial]) -> Iterator[str]:
    """Lines of text for one kind of trials."""
    bits, two, f1 = columns(found)
    weight, right, every = weights(found), (bits < 0) == two, np.ones(len(two), dtype=bool)
    loss = np.logaddexp(0, np.where(two, bits, -bits) * np.log(2)) / np.log(2)
    measures = {
        "accuracy, both kinds alike": of_both(right, two),
        "accuracy of trials": of_some(right, every),
        "two artists told": of_some(right, two),
        "one artist left whole": of_some(right, ~two),
        "area under ROC": lambda row: area(bits, two, row),
        "Cllr": of_both(loss, two),
        "B-cubed F1, even odds": of_both(f1[:, 0], two),
        "B-cubed F1, own prior": of_both(f1[:, 1], two),
        "B-cubed F1, whole names": of_both(f1[:, 2], two),
    }
    yield f"\n{name}: {two.sum()} names of two artists, {(~two).sum()} of one"
    yield from (f"  {what:27} {interval(measure, weight)}" for what, measure in measures.items())
    told = "   ".join(f"{false:.2f}: {(bits[two] < threshold(bits[~two], false)).mean():.2f}" for false in FALSE_SPLITS)
    yield f"  ROC, two told at a share of one split of  {told}"
    yield from reliability(bits, two, weight)


def reliability(bits: Floats, two: Marks, weight: Floats) -> Iterator[str]:
    """The stated probability of two artists, and how often there are two; both kinds weigh the same."""
    yield "  stated probability of two   trials  of one, two   stated    true"
    stated, even = stated_evenly(bits, two)
    for low, high in pairwise(BINS):
        inside = (stated >= low) & ((stated < high) | (high == 1.0))
        if inside.any():
            counts = f"{inside.sum():12}  {(inside & ~two).sum():6} {(inside & two).sum():4}"
            true = interval(of_some(two, inside), weight * even)
            yield f"    {low:.1f} to {high:.1f}    {counts}   {mean(stated[inside], even[inside]):8.2f}   {true}"


def columns(found: list[Trial]) -> tuple[Floats, Marks, Floats]:
    """Bits, whether there are two artists, and the B-cubed F1 of trials."""
    two = np.array([len(trial.artists) == 2 for trial in found])
    return np.array([trial.bits for trial in found]), two, np.array([trial.f1 for trial in found])


def stated_evenly(bits: Floats, two: Marks) -> tuple[Floats, Floats]:
    """The stated probability of two, and weights with which both kinds weigh the same."""
    return 1 / (1 + np.exp2(bits)), np.where(two, 1 / max(two.sum(), 1), 1 / max((~two).sum(), 1))


def of_some(values: NDArray[np.generic], among: Marks) -> Measure:
    """The mean of some trials."""
    return lambda row: mean(values[among], row[among])


def of_both(values: NDArray[np.generic], two: Marks) -> Measure:
    """The mean of both kinds' means."""
    return lambda row: (mean(values[two], row[two]) + mean(values[~two], row[~two])) / 2


def mean(values: NDArray[np.generic], weight: Floats) -> float:
    """Weighted mean; nan of nothing."""
    return float(weight @ values.astype(np.float64) / weight.sum()) if weight.sum() > 0 else np.nan


def area(bits: Floats, two: Marks, weight: Floats) -> float:
    """Area under the ROC curve: how often a name of two has lower bits than a name of one; ties half."""
    below = (bits[two, None] < bits[~two]) + 0.5 * (bits[two, None] == bits[~two])
    each = np.outer(weight[two], weight[~two])
    return float((below * each).sum() / each.sum()) if each.sum() > 0 else np.nan


def threshold(one: Floats, false: float) -> float:
    """The highest bits below which at most a share `false` of single names lies."""
    return float(np.sort(one)[int(false * len(one))])


def draw(path: Path, found: dict[str, list[Trial]]) -> None:
    """ROC curves and stated against true probabilities."""
    figure = Figure(figsize=(9, 4), layout="constrained")
    FigureCanvasAgg(figure)
    roc, reliability = figure.subplots(1, 2)
    for name, tried in found.items():
        bits, two, _ = columns(tried)
        cuts = np.r_[-np.inf, np.sort(bits) + 1e-9]
        roc.step([(bits[~two] < cut).mean() for cut in cuts], [(bits[two] < cut).mean() for cut in cuts], label=name)
        stated, even = stated_evenly(bits, two)
        inside = [(stated >= low) & (stated <= high) for low, high in pairwise(BINS)]
        shown = [(mean(stated[i], even[i]), mean(two[i], even[i])) for i in inside if i.any()]
        reliability.plot(*np.transpose(shown), marker="o", label=name)
    roc.set(xlabel="names of one artist split", ylabel="names of two told", title="ROC")
    reliability.set(
        xlabel="stated probability of two", ylabel="true share", title="Calibration", xlim=(0, 1), ylim=(0, 1)
    )
    for panel in (roc, reliability):
        panel.plot([0, 1], [0, 1], color="grey", linestyle=":")
    roc.legend()
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=100)
