from pathlib import Path

import numpy as np
import pytest

from audio.features import logmel
from embeddings.config import ModelConfig
from embeddings.copies import Chunk, CopiedTrack, Copy
from embeddings.library import LibraryTrack
from embeddings.model import Net
from embeddings.validate import MOST_CHUNKS, _pairs, validate

SMALL = ModelConfig(widths=(2, 2))


def copied(folder: Path, chunks: int) -> CopiedTrack:
    """A track of so many chunks, all of them the same six seconds of noise that swells."""
    samples = np.random.default_rng(0).standard_normal(6 * 16000) * np.abs(np.sin(np.arange(6 * 16000) / 9000))
    mel = logmel((0.1 * samples).astype(np.float32)).astype(np.float16)
    np.save(folder / "mel.npy", mel)
    both = (Copy(0, len(mel), 1.0, ""), Copy(0, len(mel), 1.0, "white_9"))
    return CopiedTrack(folder / "mel.npy", tuple(Chunk(4.0 * i, 6.0, both) for i in range(chunks)))


@pytest.mark.parametrize("chunks", [1, 4, 7, 11])
def test_no_track_is_asked_for_in_more_than_some_chunks(tmp_path: Path, chunks: int) -> None:
    clean, _, _, _ = _pairs(SMALL, [copied(tmp_path, chunks)], 16, np.random.default_rng(0))
    assert 0 < len(clean) <= 2 * min(chunks, MOST_CHUNKS)


def test_of_many_tracks_the_same_few_are_asked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = []

    def counted(model: ModelConfig, copies: list[CopiedTrack], *given: object) -> object:
        seen.append([copy.chunks[0].start_s for copy in copies])
        return _pairs(model, copies, *given)  # type: ignore[arg-type]

    monkeypatch.setattr("embeddings.validate._pairs", counted)
    monkeypatch.setattr("embeddings.validate.MOST_TRACKS", 3)
    one = copied(tmp_path, 1)
    copies = [CopiedTrack(one.path, (Chunk(float(i), 6.0, one.chunks[0].copies),)) for i in range(40)]
    tracks = [LibraryTrack(Path(f"{i}"), f"{i}", "", "") for i in range(40)]
    for _ in range(2):
        validate(Net(SMALL), tracks, copies, around=16, seed=1)
    assert seen[0] == seen[1]
    assert len(seen[0]) == 3
