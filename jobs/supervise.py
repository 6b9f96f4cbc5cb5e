"""The regression of `dedup.supervise` on Spark ML, for more labels than one machine should fit.

It is the same objective. The offset is a feature whose coefficient is bound to 1, so that the others are the changes of
the scales, which the L2 penalty pulls to 0; Spark divides the likelihood by the weight of all rows, and so is the
penalty. Labels are counted by agreement pattern, hence even millions are a few thousand weighted rows.
"""

import logging
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from catalog.errors import UsageError
from dedup.fields import FIELDS
from dedup.supervise import LEAST_CHANGE, Examples, Supervision, examples, moved, supervise
from dedup.weights import Levels, Weights

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

LARGE = 100_000
"""Labelled pairs from which Spark fits."""

BEGINNINGS = 3
"""How often Spark's search begins, each time where it stopped: its line search gives up a little before the least."""

FAR = 30.0
"""Log odds, nats, from which the loss is a straight line."""

log = logging.getLogger(__name__)


def sharpened(spark: "SparkSession", levels: Levels, same: NDArray[np.bool_], weights: Weights) -> Weights:
    """The weights moved by labelled pairs, or as they are, which is logged, where there is too little to learn from."""
    if not len(levels):
        return weights
    try:
        large = len(levels) >= LARGE
        return supervise_on_spark(spark, levels, same, weights) if large else supervise(levels, same, weights)
    except UsageError as error:
        log.warning("%s; the labels bind the clusters and leave the weights as they are", error)
        return weights


def supervise_on_spark(
    spark: "SparkSession",
    levels: Levels,
    same: NDArray[np.bool_],
    weights: Weights,
    settings: Supervision | None = None,
) -> Weights:
    """As `dedup.supervise.supervise`, fitted by Spark ML."""
    from pyspark.ml.classification import LogisticRegression
    from pyspark.ml.linalg import Matrices

    settings = settings or Supervision()
    rows = examples(levels, same, weights, settings)
    free, width = len(FIELDS), len(FIELDS) + 1
    found = np.zeros(width)  # the shift, then the change of every scale
    for _ in range(BEGINNINGS):
        about = _about(rows, found, settings.strength)
        regression = LogisticRegression(
            family="binomial", weightCol="count", labelCol="same", elasticNetParam=0.0, standardization=False,
            regParam=settings.strength / float(about.count.sum()), maxIter=1000, tol=1e-12,
            lowerBoundsOnCoefficients=Matrices.dense(1, width, [*(LEAST_CHANGE - found[1:]), 1.0]),
            upperBoundsOnCoefficients=Matrices.dense(1, width, [float("inf")] * free + [1.0]),
        )  # fmt: skip
        fitted = regression.fit(_frame(spark, about))
        found += np.array([fitted.intercept, *fitted.coefficients.toArray()[:free]])
    return moved(weights, shift=float(found[0]), change=found[1:])


def _about(rows: Examples, found: NDArray[np.float64], strength: float) -> Examples:
    """The same objective, but for a constant, of the distance from `found` `[1 + fields]`.

    The penalty is then of that distance, plus a linear term; a row that is called the same at odds far against it adds
    one, and another takes back what the first adds to the shift.
    """
    return Examples(
        items=np.concatenate([rows.items, [-strength * found[1:], np.zeros(len(FIELDS))]]),
        offset=np.concatenate([rows.offset + found[0] + rows.items @ found[1:], [-FAR, FAR]]),
        same=np.concatenate([rows.same, [1.0, 0.0]]),
        count=np.concatenate([rows.count, [1.0, 1.0]]),
    )


def _frame(spark: "SparkSession", rows: Examples) -> "DataFrame":
    """`features` (the items, then the offset), `same` and `count` of every row."""
    from pyspark.ml.functions import array_to_vector
    from pyspark.sql.functions import col

    features = np.column_stack([rows.items, rows.offset]).tolist()
    table = pa.table({"items": features, "same": rows.same, "count": rows.count})
    frame = spark.createDataFrame(table)
    return frame.select(array_to_vector(col("items")).alias("features"), "same", "count")
