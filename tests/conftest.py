"""What all tests share: seeded randomness and the development data."""

import random
from pathlib import Path

import numpy as np
import pytest
from hypothesis import settings

# Examples drawn the same way on every machine; no deadline, since a shared machine's clock is not the code's.
settings.register_profile("unisono", derandomize=True, deadline=None, print_blob=True)
settings.load_profile("unisono")

SEED = 20_250


@pytest.fixture(autouse=True)
def seeded():
    """Start every test from the same state of the global generators."""
    random.seed(SEED)
    np.random.seed(SEED)


@pytest.fixture
def rng():
    """A generator of its own for a test that draws data."""
    return np.random.default_rng(SEED)


@pytest.fixture(scope="session")
def shared_data():
    """Folder of real records and recordings with known answers, beside the project; skips where it is absent."""
    folder = Path(__file__).resolve().parents[1].parent / "shared" / "data"
    if not folder.is_dir():
        pytest.skip("the development data (../shared/data) is not on this machine")
    return folder
