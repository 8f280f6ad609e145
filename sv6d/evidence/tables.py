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
        Column(
            "box", pa.list_(pa.float64()), "left, top, right, bottom in shares, where one was measured", nullable=True
        ),
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

TEXTS = TableSchema(
    "texts",
    "strings on screen, each from its first to its last frame; sorted by video and then by time and order of reading",
    (
        Column("video_id", pa.string(), "SHA-256 of the file's bytes"),
        Column("evidence_id", pa.string(), "unique within the video, such as text.3"),
        Column("string", pa.string(), "what it says; lines of a block joined, by a space where the script has them"),
        Column("start_ns", pa.int64(), "of the first frame that shows it, since the first frame of the video"),
        Column("end_ns", pa.int64(), "of the first frame that does not show it any more"),
        Column("x", pa.float64(), "left edge where it was read best, share of the picture's width"),
        Column("y", pa.float64(), "top edge, share of the height"),
        Column("w", pa.float64(), "width, share of the picture's width"),
        Column("h", pa.float64(), "height, share of the picture's height"),
        Column("confidence", pa.float64(), "the reader's own, in [0, 1]"),
        Column("reading_order", pa.int64(), "place among what is on screen when it appears, from 0"),
        Column("first_pts", pa.int64(), "of the first frame that shows it, in the container's time base"),
        Column("last_pts", pa.int64(), "of the last one"),
        Column("time_base_num", pa.int64(), "seconds"),
        Column("time_base_den", pa.int64(), "seconds"),
        Column("method", pa.string(), "code and models that read it, with the first digits of their hashes"),
    ),
)

TEXT_READS = TableSchema(
    "text_reads",
    "how text was looked for in each video; a video whose text could not be read is unscored, not without text",
    (
        Column("video_id", pa.string(), "SHA-256 of the file's bytes"),
        Column("looks", pa.int64(), "pictures that were compared with the ones before"),
        Column("searches", pa.int64(), "pictures that were searched for new lines"),
        Column("readings", pa.int64(), "lines that were read"),
        Column("failure", pa.string(), "why the text is unknown; null where it was read", nullable=True),
    ),
)

READS = TableSchema(
    "reads",
    "how the pictures and the sound of each video were read; one row per video",
    (
        Column("video_id", pa.string(), "SHA-256 of the file's bytes"),
        Column("reader", pa.string(), "reader and FFmpeg, with versions, that decoded it"),
        Column("frames_decoded", pa.int64(), "pictures that were looked at"),
    ),
)

TRANSCRIPTS = TableSchema(
    "transcripts",
    "what is said, a line each, from subtitles or heard by the user's model; sorted by video and then by time",
    (
        Column("video_id", pa.string(), "SHA-256 of the file's bytes"),
        Column("evidence_id", pa.string(), "unique within the video, such as speech.line.3"),
        Column("string", pa.string(), "what is said; rows of a subtitle joined by a space"),
        Column("start_ns", pa.int64(), "since the first frame"),
        Column("end_ns", pa.int64(), "exclusive"),
        Column("language", pa.string(), "as the source names it; empty where it does not"),
        Column("method", pa.string(), "sidecar, embedded, or the package and the model's first digits"),
    ),
)

TRANSCRIPT_READS = TableSchema(
    "transcript_reads",
    "where the transcript of each video comes from; without a source what is said is unscored, not silence",
    (
        Column("video_id", pa.string(), "SHA-256 of the file's bytes"),
        Column("method", pa.string(), "as in `transcripts`; null where there is no source", nullable=True),
        Column("lines", pa.int64(), "lines that were found"),
        Column("failure", pa.string(), "why the source could not be read; null where it was", nullable=True),
    ),
)
