"""Arrow schemas as Spark's, pure batch functions as Spark's, and published tables as Spark reads them."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa

from catalog.store import Catalogue

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession
    from pyspark.sql.types import StructType

_PATTERNS = "__globPaths__"
"""Spark's option (`DataSource.GLOB_PATHS_KEY`) that takes a path as it is: what looks for patterns fails at colons."""

BatchFunction = Callable[[Iterator[pa.RecordBatch]], Iterator[pa.RecordBatch]]


def spark_schema(schema: pa.Schema) -> "StructType":
    """The Spark schema with the same names and types."""
    from pyspark.sql.pandas.types import from_arrow_schema

    return from_arrow_schema(schema)


def map_batches(frame: "DataFrame", function: BatchFunction, schema: pa.Schema) -> "DataFrame":
    """Run a function over the record batches of every partition; what it yields must have `schema`."""
    return frame.mapInArrow(function, spark_schema(schema))


def read_table(spark: "SparkSession", catalogue: Catalogue, table: str) -> "DataFrame":
    """The published snapshot of a table. Raises CatalogError where there is none."""
    return read_parquet(spark, catalogue.path(table), catalogue.dataset(table).schema)


def read_parquet(spark: "SparkSession", folder: Path, schema: pa.Schema) -> "DataFrame":
    """The Parquet files directly in `folder`, which have at least this schema; no rows where there are none."""
    if not any(folder.glob("[!_.]*.parquet")):
        return spark.createDataFrame([], spark_schema(schema))
    reader = spark.read.schema(spark_schema(schema)).option("pathGlobFilter", "[^_.]*.parquet")
    return reader.option(_PATTERNS, "false").parquet(str(folder))
