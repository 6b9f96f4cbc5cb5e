"""The learning curve of a training run, drawn from its `metrics.jsonl`."""

import json
from pathlib import Path

PANELS = {
    "loss": ("identity", "code", "balance", "similarity"),
    "validation": ("track", "track_hard", "top1", "top1_hard", "similarity_p10"),
}


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
