"""Ctrl-C while Spark works: the command ends at once, with exit code 130 and without pages of traceback.

While the session starts it waits: PySpark, interrupted there, would leave a Java machine behind that nobody stops.
PySpark's own handler cancels jobs over the connection that the interrupted call is still using, which fails; stopping
the session cancels them too. py4j logs the interruption, partly to the root logger, before it raises it.
"""

import logging
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def interruption_put_off() -> Iterator[None]:
    """Let Ctrl-C wait for the end of the body, and be answered then by what answered it before the body."""
    if threading.current_thread() is not threading.main_thread():
        yield  # only the main thread is interrupted
        return
    came: list[int] = []
    handler = signal.signal(signal.SIGINT, lambda number, _: came.append(number))
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, handler or signal.default_int_handler)
    if came:
        signal.raise_signal(signal.SIGINT)


def silence_py4j() -> None:
    """Let py4j log nothing, whose exceptions say it all."""
    logging.getLogger("py4j").setLevel(logging.CRITICAL)
    root = logging.getLogger()
    if _not_from_py4j not in root.filters:
        root.addFilter(_not_from_py4j)


def _not_from_py4j(record: logging.LogRecord) -> bool:
    return "py4j" not in record.pathname
