from pathlib import Path

import numpy as np
import pytest
import soundfile
import torch

from audio.decode import decode
from audio.features import logmel
from catalog.errors import AudioError, UsageError
from embeddings.config import ModelConfig
from embeddings.encode import STRETCH_S, Analysis, Encoder, Samples, released_model
from embeddings.model import Net
from embeddings.weights import TorchHeads, load_model

RATE = 16000


@pytest.fixture(scope="module")
def encoder() -> Encoder:
    torch.manual_seed(0)
    return Encoder(TorchHeads(Net(ModelConfig(widths=(4, 8, 8, 8)))), "test")


def tune(seconds: float, seed: int = 0) -> Samples:
    """Notes at random: sound whose spectrum moves, so that it is audible."""
    rng = np.random.default_rng(seed)
    notes = rng.uniform(150, 3000, int(np.ceil(seconds * 4)))
    phase = np.cumsum(np.repeat(notes, RATE // 4)[: round(seconds * RATE)]) * 2 * np.pi / RATE
    return (0.3 * np.sin(phase)).astype(np.float32)


def in_blocks(samples: Samples, *lengths: int) -> list[Samples]:
    starts = np.cumsum((0, *lengths))
    return [samples[a:b] for a, b in zip(starts, [*starts[1:], len(samples)], strict=True)]


def by_hand(samples: Samples) -> tuple[Samples, Samples]:
    """(identity, similarity) [n, 128] of every second, the net run over the whole at once."""
    mel = torch.from_numpy(logmel(samples))[None, None]
    torch.manual_seed(0)
    net = Net(ModelConfig(widths=(4, 8, 8, 8))).eval()
    with torch.inference_mode():
        identity, similarity = net.segments(mel, 0, 32, (mel.shape[2] - 96) // 32 + 1)
    return identity.numpy(), similarity.numpy()


def vector(analysis: Analysis) -> Samples:
    assert analysis.vector is not None
    return analysis.vector


@pytest.mark.parametrize("hop_s", [1.0, 0.5, 0.25])
def test_codes_do_not_depend_on_the_blocks(encoder: Encoder, hop_s: float) -> None:
    samples = tune(75.3)
    whole = encoder.analyse_blocks([samples], hop_s=hop_s)
    cut = encoder.analyse_blocks(in_blocks(samples, 1, 12_345, 0, 500_000, 7), hop_s=hop_s)
    assert whole.codes.shape == cut.codes.shape
    assert np.unpackbits(whole.codes ^ cut.codes).mean() < 1e-3  # sums in another order round otherwise
    np.testing.assert_array_equal(whole.audible, cut.audible)
    np.testing.assert_allclose(vector(whole), vector(cut), atol=1e-6)
    assert whole.seconds == cut.seconds == pytest.approx(75.3)


def test_segments_stand_on_the_grid_of_the_whole_file(encoder: Encoder) -> None:
    samples = tune(2 * STRETCH_S + 30.5)
    analysis = encoder.analyse_blocks(in_blocks(samples, 333_333))
    identity, _ = by_hand(samples)
    expected = np.packbits(identity > 0, axis=1)
    assert analysis.codes.shape == expected.shape == (156, 16)
    assert np.unpackbits(analysis.codes ^ expected).mean() < 1e-3  # a bit whose value is almost zero may round


def test_finer_hop_holds_the_coarse_segments(encoder: Encoder) -> None:
    samples = tune(20)
    coarse, fine = (encoder.analyse_blocks([samples], hop_s=hop_s) for hop_s in (1.0, 0.5))
    assert np.unpackbits(coarse.codes ^ fine.codes[::2]).mean() < 1e-3


def test_track_vector_is_the_mean_of_the_audible_segments(encoder: Encoder) -> None:
    samples = np.concatenate([tune(10), np.zeros(10 * RATE, np.float32)])
    analysis = encoder.analyse_blocks([samples])
    assert analysis.audible[:8].all()
    assert not analysis.audible[11:].any()
    _, similarity = by_hand(samples)
    expected = similarity[analysis.audible].mean(0)
    np.testing.assert_allclose(vector(analysis), expected / np.linalg.norm(expected), atol=1e-5)


@pytest.mark.parametrize("seconds", [1.0, 1.7, 2.9])
@pytest.mark.parametrize("kind", ["noise", "tone", "music"])
def test_silence_that_completes_short_sound_is_no_change_of_it(encoder: Encoder, kind: str, seconds: float) -> None:
    count, rng = int(RATE * seconds), np.random.default_rng(1)
    sounds = {
        "noise": 0.1 * rng.normal(size=count),
        "tone": 0.3 * np.sin(2 * np.pi * 440.3 * np.arange(count) / RATE),
        "music": tune(3.0)[:count],
    }
    samples = sounds[kind].astype(np.float32)
    for analysis in (encoder.analyse_blocks([samples]), encoder.excerpt(samples)):
        assert len(analysis.codes)
        assert analysis.audible.all() == analysis.audible.any() == (kind == "music")


def test_silence_has_no_vector_and_nothing_has_no_segment(encoder: Encoder) -> None:
    silent = encoder.analyse_blocks([np.zeros(5 * RATE, np.float32)])
    assert silent.vector is None
    assert silent.audible.tolist() == [False] * 3
    nothing = encoder.analyse_blocks([])
    assert (nothing.codes.shape, nothing.audible.shape, nothing.vector) == ((0, 16), (0,), None)


@pytest.mark.parametrize(("seconds", "count"), [(0.5, 0), (1.0, 1), (2.9, 1), (3.0, 1), (3.9, 1), (4.0, 2)])
def test_short_audio(encoder: Encoder, seconds: float, count: int) -> None:
    assert len(encoder.analyse_blocks([tune(seconds)]).codes) == count


def test_a_hop_between_two_frames_is_refused(encoder: Encoder) -> None:
    for hop_s in (0.2, 0.0, -1.0):
        with pytest.raises(UsageError, match=r"multiple of 0\.25"):
            encoder.analyse_blocks([tune(4)], hop_s=hop_s)


def test_file_equals_its_samples_and_bad_files_do_not_stop_the_others(encoder: Encoder, tmp_path: Path) -> None:
    soundfile.write(tmp_path / "good.flac", tune(8), RATE)
    (tmp_path / "bad.mp3").write_bytes(b"no audio at all")
    (_, bad), (_, good) = encoder.analyse_many([tmp_path / "bad.mp3", tmp_path / "good.flac"])
    assert isinstance(bad, AudioError)
    assert bad.code == "not_audio"
    expected = encoder.analyse_blocks([decode(tmp_path / "good.flac").samples])
    assert isinstance(good, Analysis)
    np.testing.assert_array_equal(good.codes, expected.codes)


def test_released_model_opens_and_is_small() -> None:
    folder = released_model()
    assert sum(file.stat().st_size for file in folder.rglob("*")) < 10_000_000
    encoder = Encoder.load(folder)
    assert encoder.config == load_model(folder).config
    analysis = encoder.analyse_blocks([tune(6)])
    assert analysis.codes.shape == (4, 16)
    assert np.linalg.norm(vector(analysis)) == pytest.approx(1.0, abs=1e-5)


def test_released_codes_survive_noise_and_tell_places_apart() -> None:
    encoder = Encoder.load(released_model())
    samples = tune(30)
    noisy = samples + 0.02 * np.random.default_rng(1).standard_normal(len(samples)).astype(np.float32)
    stored, found = encoder.analyse_blocks([samples]), encoder.analyse_blocks([noisy])
    bits = [np.unpackbits(analysis.codes, axis=1) for analysis in (found, stored)]
    agreement = (bits[0][:, None] == bits[1][None]).mean(2)  # [found, stored]
    assert np.mean(np.abs(agreement.argmax(1) - np.arange(len(agreement))) <= 1) > 0.9
