"""What `benchmark_scores` holds beside its scores."""

from __future__ import annotations

import pyarrow as pa

from sv6d.io import Column, TableSchema

RECORDS = TableSchema(
    "records",
    "one row per model (or baseline) and item, sorted by model and item_id",
    (
        Column("model", pa.string(), "base, sft, grpo, or a baseline: best_constant, best_constant_per_prompt"),
        Column("item_id", pa.string(), "of feedbench"),
        Column("video_id", pa.string(), "SHA-256 of the video's bytes"),
        Column("cluster_id", pa.string(), "near-duplicate cluster of the video: the unit that intervals resample"),
        Column("kind", pa.string(), "kind of question"),
        Column("prompt_id", pa.string(), "version of the prompt's wording"),
        Column("status", pa.string(), "answered, unparsed (no one answer could be read) or undecoded (no frames)"),
        Column("response", pa.string(), "what was written, as it was written; null where undecoded", nullable=True),
        Column("parsed", pa.string(), "the answer read from it, in normal form", nullable=True),
        Column("answer", pa.string(), "the key's"),
        Column("correct", pa.bool_(), "null where not answered", nullable=True),
        Column("error", pa.float64(), "absolute: seconds or shots; null for other kinds", nullable=True),
        Column("num_frames", pa.int32(), "frames shown; null where undecoded, and for baselines", nullable=True),
        Column("fps", pa.float64(), "frames shown per second of the window; null as above", nullable=True),
        Column("failure", pa.string(), "why there were no frames", nullable=True),
    ),
)
