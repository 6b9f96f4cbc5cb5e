"""Two files as pictures: what they sound like, and where their segments agree."""

from pathlib import Path

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from audio.align import Alignment
from audio.decode import decode
from audio.features import logmel
from benchmarks.audio_excerpts import RATE, Heard
from dedup.sound import describe


def draw(path: Path, a: Heard, b: Heard, alignment: Alignment) -> None:
    """A PNG: both mel spectrograms, the similarity of every pair of segments, the line that was found."""
    path.parent.mkdir(parents=True, exist_ok=True)
    figure = Figure(figsize=(11, 7), layout="constrained")
    FigureCanvasAgg(figure)
    grid = figure.add_gridspec(2, 2, width_ratios=(3, 2))
    for row, heard in enumerate((a, b)):
        mel = logmel(decode(heard.track.path, rate=RATE).samples)
        panel = figure.add_subplot(grid[row, 0])
        panel.imshow(mel.T, origin="lower", aspect="auto", vmin=-80, extent=(0, len(mel) / 32, 0, mel.shape[1]))
        panel.set(title=f"{heard.track.path.name} ({heard.track.recording})", xlabel="s", ylabel="mel band")
    panel = figure.add_subplot(grid[:, 1])
    distance = np.bitwise_count(a.analysis.codes[:, None] ^ b.analysis.codes[None]).sum(axis=2)
    panel.imshow(1 - distance / 64, origin="lower", aspect="equal", vmin=0, vmax=1, cmap="magma")
    start, length = alignment.start_a_s, alignment.seconds
    if alignment.matched_segments:
        place = alignment.start_b_s
        panel.plot([place, place + length / alignment.speed], [start, start + length], color="cyan", linewidth=0.8)
    panel.set(title=describe(alignment), xlabel="s of the second", ylabel="s of the first")
    figure.savefig(path, dpi=80)
