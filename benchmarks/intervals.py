"""Shares with their uncertainty."""

from scipy.stats import binomtest


def share(hits: int, count: int) -> list[float]:
    """[share, low, high, count]: a proportion and its 95% interval (Wilson 1927); zeros where nothing was counted."""
    if not count:
        return [0.0, 0.0, 1.0, 0]
    interval = binomtest(hits, count).proportion_ci(method="wilson")
    return [hits / count, float(interval.low), float(interval.high), count]


def shown(cell: list[float]) -> str:
    """`97.3% (94.1-98.8, 118)`."""
    value, low, high, count = cell
    return f"{100 * value:5.1f}% ({100 * low:.1f}-{100 * high:.1f}, {count:.0f})"
