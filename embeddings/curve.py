"""The learning curve of a training run, drawn from its `metrics.jsonl`, one line a validation."""

import json
from pathlib import Path

from catalog.atomic import replacing

PANELS = {
    "loss": ("identity", "code", "balance", "similarity"),
    "validation": ("track", "track_hard", "top1", "top1_hard", "similarity_p10"),
}


def cut(metrics: Path, *, step: int) -> None:
    """Leave the validations up to `step`, from where a run goes on: when it was killed, one after it may stand there.

    That one may be half written.
    """
    kept = [line for line in metrics.read_text().splitlines() if _step(line) <= step] if metrics.exists() else []
    if kept:
        with replacing(metrics) as part:
            part.write_text("\n".join(kept) + "\n")
    else:
        metrics.unlink(missing_ok=True)


def _step(line: str) -> float:
    """Of a validation; infinite where the line is cut off."""
    try:
        return float(json.loads(line)["step"])
    except ValueError:
        return float("inf")


def draw_curve(metrics: Path, image: Path) -> None:
    """Losses on the left, validation measures on the right, over steps, as a PNG."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure  # without pyplot there is no global state, and no display is asked for

    lines = [json.loads(line) for line in metrics.read_text().splitlines()]
    figure = Figure(figsize=(10, 4), layout="constrained")
    FigureCanvasAgg(figure)
    panels = figure.subplots(1, 2)
    for panel, (title, names) in zip(panels, PANELS.items(), strict=True):
        for name in names:
            points = [(line["step"], line[name]) for line in lines if line.get(name) is not None]
            panel.plot(*zip(*points, strict=True) if points else ([], []), label=name, marker=".")
        panel.set(title=title, xlabel="step")
        panel.legend()
        panel.grid(alpha=0.3)
    figure.savefig(image, dpi=100)
