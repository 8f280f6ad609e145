"""What `shots` holds."""

from __future__ import annotations

import pyarrow as pa

from sv6d.io import Column, TableSchema

SHOTS = TableSchema(
    "shots",
    "spans that tile each video; sorted by video and time",
    (
        Column("video_id", pa.string(), "SHA-256 of the file's bytes"),
        Column("shot_id", pa.string(), "s0, s1, ... in order of time"),
        Column("start_ns", pa.int64(), "since the first frame"),
        Column("end_ns", pa.int64(), "exclusive"),
    ),
)

BOUNDARIES = TableSchema(
    "boundaries",
    "how one shot gives way to the next; one row per shot but the first of each video",
    (
        Column("video_id", pa.string(), "SHA-256 of the file's bytes"),
        Column("shot_id", pa.string(), "the shot that begins here"),
        Column("kind", pa.string(), "hard_cut, dissolve or fade"),
        Column("change", pa.string(), "the detector's own kind, one of nine (sv6d/schema/boundaries.py)"),
        Column("start_ns", pa.int64(), "last frame of the old shot (hard cut), first mixed frame (gradual)"),
        Column("end_ns", pa.int64(), "first frame that is purely the new shot"),
        Column("cut_ns", pa.int64(), "where the shots are divided: end_ns, or the middle of a gradual change"),
        Column("score", pa.float64(), "the detector's certainty, in [0, 1]"),
        Column("detector", pa.string(), "which detector found it"),
    ),
)

READS = TableSchema(
    "reads",
    "how each video was read; one row per video",
    (
        Column("video_id", pa.string(), "SHA-256 of the file's bytes"),
        Column("reader", pa.string(), "library and version that decoded it"),
        Column("frames_declared", pa.int64(), "by the manifest"),
        Column("frames_decoded", pa.int64(), "by the detector"),
    ),
)
