"""What a lookup leaves out so that it answers at once."""

import importlib
import sys


class _NoPandas:
    """An import finder that says that there is no pandas."""

    def find_spec(self, name: str, *_: object) -> None:
        """Refuse pandas, leave all else to the other finders."""
        if name == "pandas":
            raise ImportError("left out by jobs.quick")


def leave_out_pandas() -> None:
    """Import pyarrow.dataset without pandas.

    It imports pandas, a quarter of a second, only to recognise data frames when it is given some; a lookup gives none.
    Nothing happens in a process that has either already.
    """
    if "pandas" in sys.modules or "pyarrow.dataset" in sys.modules:
        return
    finder = _NoPandas()
    sys.meta_path.insert(0, finder)
    try:
        importlib.import_module("pyarrow.dataset")
    finally:
        sys.meta_path.remove(finder)
