"""What `evidence` holds."""

from __future__ import annotations

import pyarrow as pa

from sv6d.io import Column, TableSchema

EVIDENCE = TableSchema(
    "evidence",
    "measurements over spans, which labels may cite; sorted by video and then by evidence_id",
    (
        Column("video_id", pa.string(), "SHA-256 of the file's bytes"),
        Column("evidence_id", pa.string(), "unique within the video, such as motion.pan.s0"),
        Column("kind", pa.string(), "kind of evidence of the schema"),
        Column("stat", pa.string(), "what was measured"),
        Column("start_ns", pa.int64(), "of the span that was measured, since the first frame"),
        Column("end_ns", pa.int64(), "of the span, exclusive"),
        Column("value", pa.float64(), "the result in `unit`; null where it could not be measured", nullable=True),
        Column("unit", pa.string(), "unit of the value"),
        Column("method", pa.string(), "code that measured it"),
        Column("pts", pa.list_(pa.int64()), "presentation times of cited frames, in the container's time base"),
        Column("time_base_num", pa.int64(), "of the cited frames, seconds"),
        Column("time_base_den", pa.int64(), "of the cited frames, seconds"),
    ),
)

TRACKS = TableSchema(
    "tracks",
    "curves: one number per cue and time; sorted by video, cue and time",
    (
        Column("video_id", pa.string(), "SHA-256 of the file's bytes"),
        Column("cue", pa.string(), "what was measured, with its unit"),
        Column("time_ns", pa.int64(), "middle of the measured frames or samples, since the first frame"),
        Column("value", pa.float64(), "the number; null where it could not be measured", nullable=True),
    ),
)

KEYFRAMES = TableSchema(
    "keyframes",
    "one picture per shot: the sharpest of its frames outside transitions",
    (
        Column("video_id", pa.string(), "SHA-256 of the file's bytes"),
        Column("evidence_id", pa.string(), "the evidence record that cites the frame"),
        Column("shot_id", pa.string(), "shot it stands for"),
        Column("pts", pa.int64(), "of the frame, in the container's time base"),
        Column("time_base_num", pa.int64(), "seconds"),
        Column("time_base_den", pa.int64(), "seconds"),
        Column("time_ns", pa.int64(), "of the frame, since the first one"),
        Column("jpeg", pa.binary(), "the picture as shown, at most 256 pixels on its longer side"),
    ),
)
