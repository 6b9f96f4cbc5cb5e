"""One Spark session for the whole test run; jobs that start their own find it and leave it running."""

import os

import pytest

from jobs.spark import session


@pytest.fixture(scope="session")
def spark():
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    with session(master="local[2]", app="unisono-tests", memory="1g") as started:
        yield started
