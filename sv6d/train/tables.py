"""Tables of the stages that train."""

from __future__ import annotations

import pyarrow as pa

from sv6d.io import Column, TableSchema

HISTORY = TableSchema(
    "history",
    "what each optimizer step logged, in long form; no wall times",
    (
        Column("step", pa.int64(), "optimizer step, from 1"),
        Column("metric", pa.string(), "name, as in mlflow/metrics.yaml"),
        Column("value", pa.float64(), "its value at that step"),
    ),
)
