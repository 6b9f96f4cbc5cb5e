"""Ctrl-C while Spark works: the command ends at once, with exit code 130 and without pages of traceback.

PySpark's own handler cancels jobs over the connection that the interrupted call is still using, which fails; stopping
the session cancels them too. py4j logs the interruption, partly to the root logger, before it raises it.
"""

import logging
import signal
import threading
from collections.abc import Callable
from typing import Any


def take_back_interruption(handler: Callable[..., Any] | int | None) -> None:
    """Make `handler` (from `signal.getsignal`) answer Ctrl-C again, which PySpark's answers since its session began."""
    if handler is not None and threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGINT, handler)


def silence_py4j() -> None:
    """Let py4j log nothing, whose exceptions say it all."""
    logging.getLogger("py4j").setLevel(logging.CRITICAL)
    root = logging.getLogger()
    if _not_from_py4j not in root.filters:
        root.addFilter(_not_from_py4j)


def _not_from_py4j(record: logging.LogRecord) -> bool:
    return "py4j" not in record.pathname
