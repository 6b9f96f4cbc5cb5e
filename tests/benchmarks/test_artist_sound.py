"""The figures of the benchmark against scikit-learn, and its trials on voices whose answer is clear."""

import numpy as np
import pytest
from sklearn.metrics import log_loss, roc_auc_score

from benchmarks import artist_sound_figures
from benchmarks.artist_sound import trials
from benchmarks.artist_sound_figures import area, columns, described, of_both, weights
from dedup import artist_fit


def clear_voices(artists: int, each: int) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(6)
    heard = rng.normal(size=(artists, 1, 24)) + 0.3 * rng.normal(size=(artists, each, 24))
    heard /= np.linalg.norm(heard, axis=-1, keepdims=True)
    return {f"artist {i}": rows.astype(np.float32) for i, rows in enumerate(heard)}


@pytest.mark.parametrize("seed", range(5))
def test_area_and_balanced_loss_are_scikit_learns(seed: int) -> None:
    rng = np.random.default_rng(seed)
    two, weight = rng.random(60) < 0.7, rng.integers(0, 4, 60).astype(float)
    bits = (rng.normal(size=60) - two).round(1)
    assert area(bits, two, weight) == pytest.approx(roc_auc_score(two, -bits, sample_weight=weight))
    each = np.where(two, weight / weight[two].sum(), weight / weight[~two].sum())
    stated = 1 / (1 + np.exp2(bits))
    loss = -np.log2(np.where(two, stated, 1 - stated))
    assert of_both(loss, two)(weight) == pytest.approx(log_loss(two, stated, sample_weight=each) / np.log(2))


def test_clear_voices_are_told_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(artist_fit, "STRANGER_PAIRS", 500)  # faster
    monkeypatch.setattr(artist_sound_figures, "RESAMPLED", 50)
    found = list(trials(clear_voices(10, 4), 0))
    bits, two, f1 = columns(found)
    assert (two.sum(), (~two).sum()) == (45, 10)
    assert ((bits < 0) == two).mean() > 0.85
    assert f1[two, 0].mean() > f1[two, 2].mean()
    assert weights(found).shape == (51, 55)
    assert any("area under ROC" in line for line in described("clear", found))
