"""The sound files beside the record files: identity codes of the tracks that were heard, mapped like the records.

Sound belongs to a track id and its file: what was analysed for an earlier delivery counts where both are still the
same.
"""

from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from catalog.store import Catalogue
from dedup.buffers import filled
from dedup.records import TextFile, mapped_text
from jobs.columns import read_table
from jobs.records import rows_of

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

PLACES = "sound_place.bin"


@dataclass(frozen=True)
class SoundFiles:
    """Where each track's sound stands in the columns `codes` and `audible`: `at` `[n]` by place, -1 where nowhere."""

    at: NDArray[np.int64]
    codes: pa.Array
    audible: pa.Array

    @classmethod
    def open(cls, folder: Path) -> "SoundFiles | None":
        """The sound files in `folder`, None where no audio was analysed."""
        if not (folder / PLACES).exists():
            return None
        at = np.memmap(folder / PLACES, np.int64, "r")
        return cls(at, *(mapped_text(folder, name, binary=True) for name in ("codes", "audible")))

    def sides(self, places: NDArray[np.int32]) -> tuple[list[bytes | None], list[bytes | None]]:
        """Codes and audible marks of the tracks at these places, None where there are none."""
        at = self.at[places]
        chosen = pa.array(np.maximum(at, 0), mask=at < 0)
        return self.codes.take(chosen).to_pylist(), self.audible.take(chosen).to_pylist()


def write_sound(spark: "SparkSession", catalogue: Catalogue, folder: Path) -> None:
    """Write the sound files of the published segments beside the record files, streamed.

    Nothing where there are none.
    """
    if not catalogue.has("segments"):
        return
    tracks = read_table(spark, catalogue, "tracks").select("row", "track_id", "audio_file")
    segments = read_table(spark, catalogue, "segments").select("track_id", "audio_file", "codes", "audible")
    heard = tracks.join(segments, ["track_id", "audio_file"]).select("row", "codes", "audible")
    spooled = folder / "heard"
    heard.write.mode("overwrite").parquet(str(spooled))
    _spool(spooled, folder)


def _spool(spooled: Path, folder: Path) -> None:
    import pyarrow.dataset as ds

    rows = rows_of(folder)
    at = np.full(len(rows), -1, np.int64)
    count = 0
    with ExitStack() as files:
        columns = {name: TextFile(folder, name, files) for name in ("codes", "audible")}
        for batch in ds.dataset(spooled, format="parquet").to_batches():
            for name, file in columns.items():
                file.append(filled(batch.column(name), b""))
            at[np.searchsorted(rows, batch.column("row").to_numpy())] = np.arange(count, count + batch.num_rows)
            count += batch.num_rows
    at.tofile(folder / PLACES)
