import json
import os
import subprocess
import sys
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
import torch
from numpy.typing import NDArray
from tqdm import tqdm

from audio.features import FeatureConfig, logmel
from catalog.errors import SourceError, UsageError
from embeddings import copies
from embeddings.config import SETTINGS, ModelConfig, TrainConfig
from embeddings.copies import CopiedTrack, make_copies, make_copy, open_copy
from embeddings.data import Places, same_content
from embeddings.encode import Encoder
from embeddings.learner import _same_run, interrupted
from embeddings.library import LibraryTrack
from embeddings.train import train

RATE = 16000
FEATURES = FeatureConfig()


def tune(seconds: float, seed: int) -> NDArray[np.float32]:
    rng = np.random.default_rng(seed)
    notes = np.repeat(rng.uniform(150, 3000, int(np.ceil(seconds * 4))), RATE // 4)[: round(seconds * RATE)]
    return (0.3 * np.sin(np.cumsum(notes) * 2 * np.pi / RATE)).astype(np.float32)


@pytest.fixture(scope="module")
def copied(tmp_path_factory: pytest.TempPathFactory) -> dict[str, CopiedTrack]:
    """Two files, 45 s and 8 s long, with one degraded copy each, and one of silence."""
    folder = tmp_path_factory.mktemp("copied")
    np.save(folder / "others.npy", np.zeros((0, RATE), np.float32))
    sounds = {"long": tune(45, 1), "short": tune(8, 2), "silent": np.zeros(8 * RATE, np.float32)}
    found = {}
    for name, samples in sounds.items():
        soundfile.write(folder / f"{name}.flac", samples, RATE)
        stored = make_copy(folder / f"{name}.flac", folder, FEATURES, 1, 0)
        found[name] = open_copy(folder, stored or "")
    return found


def test_chunks_cover_the_file_and_overlap_by_a_segment(copied: dict[str, CopiedTrack]) -> None:
    chunks = copied["long"].chunks
    assert [chunk.start_s for chunk in chunks] == [0, 15, 30]
    assert chunks[-1].start_s + chunks[-1].seconds == pytest.approx(45)
    assert all(later.start_s + 3 <= chunk.start_s + chunk.seconds for chunk, later in pairwise(chunks))


def test_a_copy_is_read_where_its_clean_second_sounds(copied: dict[str, CopiedTrack]) -> None:
    mel = logmel(tune(45, 1))
    chunk = copied["long"].chunks[1]
    segment = copied["long"].segment(chunk.copies[0], 5.0, FEATURES, 96)
    middle = round((chunk.start_s + 5.0) * 32)
    expected = mel[middle - 48 : middle + 48]
    loud = expected > -50  # below, the rounding to 16 bits is heard
    np.testing.assert_allclose(segment[loud], expected[loud], atol=0.2)


def test_too_short_and_damaged_files_have_no_copy(tmp_path: Path) -> None:
    np.save(tmp_path / "others.npy", np.zeros((0, RATE), np.float32))
    soundfile.write(tmp_path / "short.wav", tune(2, 0), RATE)
    (tmp_path / "broken.ogg").write_bytes(b"OggS and then nothing")
    assert make_copy(tmp_path / "short.wav", tmp_path, FEATURES, 1, 0) is None
    assert make_copy(tmp_path / "broken.ogg", tmp_path, FEATURES, 1, 0) is None


def test_batch_keeps_silence_out_and_near_places_apart(copied: dict[str, CopiedTrack], tmp_path: Path) -> None:
    tracks = [LibraryTrack(Path(name), name, "someone", "") for name in copied]
    config = TrainConfig(audio=tmp_path, out=tmp_path, places=12)
    places = Places(tracks, list(copied.values()), config)
    batch = places.batch(np.random.default_rng(0), torch.Generator().manual_seed(0))
    assert set(batch.recording.tolist()) == {0, 1}
    assert batch.a.shape == batch.b.shape == (24, 1, 128, 64)
    assert bool(batch.same.diagonal().all())
    assert bool((batch.album == -1).all())
    short = (batch.recording == 1).nonzero().flatten()
    assert float(batch.same[short][:, short].float().mean()) > 0.3  # twelve places within four seconds


def test_a_copy_shorter_than_what_is_asked_for_repeats_its_end(copied: dict[str, CopiedTrack]) -> None:
    short = copied["short"]
    chunk = short.chunks[-1]
    for copy in chunk.copies:
        segment = short.segment(copy, chunk.seconds / 2, FEATURES, copy.count + 10)
        assert len(segment) == copy.count + 10
        np.testing.assert_array_equal(segment[:-10], np.load(short.path)[copy.first : copy.first + copy.count])
        assert (segment[-10:] == segment[-11]).all()


@pytest.mark.parametrize("changes", ["mild", "strong"])
def test_views_are_as_long_however_far_music_is_changed(
    copied: dict[str, CopiedTrack], tmp_path: Path, changes: str
) -> None:
    config = TrainConfig(audio=tmp_path, out=tmp_path, places=12, changes=changes)
    places = Places([LibraryTrack(Path(name), name, "", "") for name in copied], list(copied.values()), config)
    batch = places.batch(np.random.default_rng(1), torch.Generator().manual_seed(1))
    assert batch.a.shape == batch.b.shape == (24, 1, 128, 64)
    assert bool(torch.isfinite(batch.a).all())


def test_unknown_changes_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="mild or strong"):
        TrainConfig(audio=tmp_path, out=tmp_path, changes="wild")


def test_a_loop_is_the_same_content_and_other_music_is_not() -> None:
    rng = np.random.default_rng(0)
    bar = tune(4, 3)
    loop = np.concatenate([bar, bar, bar]) + 0.001 * rng.standard_normal(12 * RATE).astype(np.float32)
    mel = logmel(loop)
    pieces = [mel[0:96], mel[128:224], mel[134:230], logmel(tune(3, 4))]  # a bar later; 0.2 s beside; other notes
    same = same_content(torch.from_numpy(np.stack(pieces)), 0.8)
    assert same[:3, :3].all()
    assert not same[3, :3].any()


def library(folder: Path, count: int) -> Path:
    for i in range(count):
        soundfile.write(folder / f"{i}.flac", tune(9, i), RATE)
    return folder


def small(folder: Path, out: Path) -> TrainConfig:
    return TrainConfig(
        audio=folder, out=out, model=ModelConfig(widths=(4, 8, 8, 8)), versions=1, workers=1, recordings=8, places=4,
        steps=4, validate_every=2, bf16=False,
    )  # fmt: skip


def test_training_learns_resumes_and_gives_a_model_that_encodes(tmp_path: Path) -> None:
    (tmp_path / "music").mkdir()
    config = small(library(tmp_path / "music", 16), tmp_path / "mine")
    assert train(config) == tmp_path / "mine"
    train(replace(config, steps=6))
    lines = [json.loads(line) for line in (config.out / "metrics.jsonl").read_text().splitlines()]
    assert [line["step"] for line in lines] == [2, 4, 6]
    assert {"identity", "code", "balance", "similarity", "loss", "top1", "track_by_kind", "seconds"} <= set(lines[-1])
    assert (config.out / "curve.png").stat().st_size > 1000
    analysis = Encoder.load(config.out).analyse(tmp_path / "music" / "0.flac")
    assert analysis.codes.shape == (7, 16)


def test_a_run_that_is_over_says_so_and_another_one_leaves_its_model(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "music").mkdir()
    config = small(library(tmp_path / "music", 16), tmp_path / "mine")
    train(config)
    assert "training was over" not in caplog.text
    train(config)
    assert "training was over after 4 steps" in caplog.text
    kept = {path.name: path.read_bytes() for path in config.out.iterdir() if path.is_file()}
    with pytest.raises(UsageError, match="of another seed"):
        train(replace(config, seed=2))
    assert {path.name: path.read_bytes() for path in config.out.iterdir() if path.is_file()} == kept


def test_the_bar_ends_where_the_minutes_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "music").mkdir()
    bars: list[Any] = []

    def shown(**given: Any) -> Any:
        bars.append(tqdm(**given))
        return bars[-1]

    monkeypatch.setattr("embeddings.train.tqdm", shown)
    train(replace(small(library(tmp_path / "music", 16), tmp_path / "mine"), steps=10_000, minutes=0.02))
    assert bars[-1].total < 5_000


def test_workers_end_with_whoever_started_them(tmp_path: Path) -> None:
    starts = (
        "import os, time\nfrom multiprocessing import get_context\nfrom concurrent.futures import ProcessPoolExecutor\n"
    )
    starts += "from embeddings.copies import _end_with_parent\n"
    starts += "if __name__ == '__main__':\n"
    starts += " pool = ProcessPoolExecutor(1, get_context('spawn'), _end_with_parent)\n"
    starts += " print(pool.submit(os.getpid).result(), flush=True)\n"
    starts += " os.kill(os.getpid(), 9)\n"
    (tmp_path / "starts.py").write_text(starts)
    here = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    called = [sys.executable, str(tmp_path / "starts.py")]
    ended = subprocess.run(
        called, stdout=subprocess.PIPE, env=here, timeout=90, check=False
    )  # the worker holds the pipe
    assert ended.returncode == -9
    assert int(ended.stdout)


def test_too_little_audio_is_a_source_error(tmp_path: Path) -> None:
    (tmp_path / "music").mkdir()
    with pytest.raises(SourceError, match="at least"):
        train(small(library(tmp_path / "music", 1), tmp_path / "mine"))


def test_a_missing_file_has_no_copy_and_stops_nothing(tmp_path: Path) -> None:
    assert make_copies([tmp_path / "gone.wav"], tmp_path, FEATURES, versions=1, seed=0, workers=1) == [None]


def test_excerpts_half_written_are_written_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    soundfile.write(tmp_path / "a.flac", tune(8, 1), RATE)
    real = np.save

    def killed(file: Any, array: NDArray[np.float32]) -> None:
        real(file, array[:0])
        raise KeyboardInterrupt

    monkeypatch.setattr(copies.np, "save", killed)
    with pytest.raises(KeyboardInterrupt):
        make_copies([tmp_path / "a.flac"], tmp_path / "work", FEATURES, versions=1, seed=0, workers=1)
    monkeypatch.undo()
    [made] = make_copies([tmp_path / "a.flac"], tmp_path / "work", FEATURES, versions=1, seed=0, workers=1)
    assert made is not None
    assert len(np.load(tmp_path / "work" / copies.OTHERS)) == 1


@pytest.mark.parametrize("out", ["mine", "./mine/", "{here}/mine", "../{name}/mine"])
def test_a_run_is_the_same_however_its_folder_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, out: str
) -> None:
    monkeypatch.chdir(tmp_path)
    begun = TrainConfig(audio=Path("music"), out=Path("mine"))
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / SETTINGS).write_text(begun.to_json())
    assert _same_run(begun.to_json(), interrupted(Path(out.format(here=tmp_path, name=tmp_path.name))))
    assert _same_run(begun.to_json(), replace(begun, audio=tmp_path / "music", steps=7))
    assert not _same_run(begun.to_json(), replace(begun, audio=Path("other")))


def test_runs_into_different_folders_that_share_their_work_are_different(tmp_path: Path) -> None:
    begun = TrainConfig(audio=tmp_path, out=tmp_path / "one", work=tmp_path / "work")
    assert _same_run(begun.to_json(), replace(begun, minutes=9.0))
    assert not _same_run(begun.to_json(), replace(begun, out=tmp_path / "other"))
    moved = replace(begun, work=None)
    assert _same_run(moved.to_json(), replace(moved, out=tmp_path / "other"))  # the state moved with the folder


def test_a_state_of_another_version_is_another_run(tmp_path: Path) -> None:
    config = TrainConfig(audio=tmp_path, out=tmp_path)
    older = json.loads(config.to_json())
    older["model"]["layout"] = 1
    assert not _same_run(json.dumps(older), config)


def test_silence_alone_is_a_source_error(copied: dict[str, CopiedTrack], tmp_path: Path) -> None:
    tracks = [LibraryTrack(Path("silent"), "silent", "", "")]
    places = Places(tracks, [copied["silent"]], TrainConfig(audio=tmp_path, out=tmp_path))
    with pytest.raises(SourceError, match="silent or steady"):
        places.batch(np.random.default_rng(0), torch.Generator().manual_seed(0))


def test_sound_in_one_place_alone_is_no_batch(copied: dict[str, CopiedTrack], tmp_path: Path) -> None:
    places = Places([LibraryTrack(Path("short"), "short", "", "")], [copied["short"]], TrainConfig(tmp_path, tmp_path))
    drawn = places._drawn_places(0, np.random.default_rng(0))
    found = iter([[], drawn[:1], drawn[1:2]])
    places._drawn_places = lambda *_: next(found)  # type: ignore[method-assign]
    assert len(places.batch(np.random.default_rng(0), torch.Generator().manual_seed(0)).a) == 2


def test_one_artist_cannot_be_split_and_leaves_the_settings_of_an_earlier_run(tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / SETTINGS).write_text("earlier")
    parts = {"train": [LibraryTrack(Path(f"{i}.ogg"), f"{i}.ogg", "someone", "") for i in range(90)]}
    with pytest.raises(SourceError, match=r"of 1 such groups none falls into the validation part.*more artists"):
        train(small(tmp_path, tmp_path / "mine"), parts | {"validation": [], "test": []})
    assert (tmp_path / "mine" / SETTINGS).read_text() == "earlier"


@pytest.mark.parametrize("device", ["cuda:99", "abacus", "meta"])
def test_a_device_that_cannot_be_used_is_refused_at_once(tmp_path: Path, device: str) -> None:
    with pytest.raises(UsageError, match=device):
        train(replace(small(tmp_path, tmp_path / "mine"), device=device))


def test_files_alike_in_name_size_and_time_have_copies_of_their_own(tmp_path: Path) -> None:
    paths = [tmp_path / album / os.fsdecode(b"m\xfcsik") / "01.wav" for album in ("a", "b")]
    for seed, path in enumerate(paths):
        path.parent.mkdir(parents=True)
        with path.open("wb") as file:
            soundfile.write(file, tune(6, seed), RATE, format="WAV")
        os.utime(path, (0, 0))
    one, other = make_copies(paths, tmp_path / "work", FEATURES, versions=1, seed=0, workers=1)
    assert one is not None
    assert other is not None
    assert one.path != other.path


def test_files_that_come_later_give_the_excerpts_that_were_missing(tmp_path: Path) -> None:
    path = tmp_path / "late.flac"
    make_copies([path], tmp_path / "work", FEATURES, versions=1, seed=0, workers=1)
    soundfile.write(path, tune(6, 1), RATE)
    make_copies([path], tmp_path / "work", FEATURES, versions=1, seed=0, workers=1)
    assert len(np.load(tmp_path / "work" / copies.OTHERS)) == 1
