"""What `raw_videos` holds."""

from __future__ import annotations

import pyarrow as pa

from sv6d.io import Column, TableSchema

VIDEOS = TableSchema(
    "videos",
    "the videos that can be used, one row each, sorted by video_id",
    (
        Column("video_id", pa.string(), "SHA-256 of the file's bytes, 64 hex digits"),
        Column("uri", pa.string(), "source name, a slash, and the file's name below the source's folder"),
        Column("source", pa.string(), "name of the source in inputs/sources.json"),
        Column("bytes", pa.int64(), "size of the file"),
        Column("container", pa.string(), "FFmpeg's name of the container"),
        Column("codec", pa.string(), "FFmpeg's name of the picture codec"),
        Column("pixel_format", pa.string(), "FFmpeg's name of the decoded pixel format"),
        Column("width_px", pa.int32(), "as shown: turn and sample aspect ratio applied"),
        Column("height_px", pa.int32(), "as shown"),
        Column("turned_deg", pa.int32(), "clockwise turn that the container asks for: 0, 90, 180 or 270"),
        Column("duration_ns", pa.int64(), "from the first frame's time to the end of the last frame"),
        Column("num_frames", pa.int64(), "frames that can be shown"),
        Column("num_unordered", pa.int64(), "decoded frames left out: no time, or not later than the one before"),
        Column("variable_rate", pa.bool_(), "distances between frames differ by more than the time base explains"),
        Column("first_pts", pa.int64(), "presentation time of the first frame: time zero everywhere else"),
        Column("time_base_num", pa.int64(), "of the picture stream, seconds"),
        Column("time_base_den", pa.int64(), "of the picture stream, seconds"),
        Column("has_sound", pa.bool_(), "there is a sound stream"),
        Column("split", pa.string(), "train, validation or test; one per cluster"),
        Column("cluster_id", pa.string(), "video_id of the first-seen member of its near-duplicate cluster"),
        Column("licence", pa.string(), "from the sidecar or the source's manifest.csv, else 'unknown'"),
        Column("origin", pa.string(), "where it was published, as told there, else 'unknown'"),
        Column("context_json", pa.string(), "title, hashtags and comments of the sidecar, as JSON", nullable=True),
        Column("reader", pa.string(), "reader and FFmpeg, with versions, that decoded it"),
        Column("perceptual_hashes", pa.list_(pa.string()), "of sampled frames, 64 hex digits; '' for a flat one"),
    ),
)

QUARANTINE = TableSchema(
    "quarantine",
    "the files that can not be used, one row each, in the order of inputs/sources.json",
    (
        Column("uri", pa.string(), "source name, a slash, and the file's name below the source's folder"),
        Column("source", pa.string(), "name of the source"),
        Column("code", pa.string(), "kind of failure: stable, machine-readable"),
        Column("reason", pa.string(), "what was found, what was wanted, what to do"),
        Column("bytes", pa.int64(), "size of the file"),
        Column("sha256", pa.string(), "of the file's bytes; null where they could not be read", nullable=True),
    ),
)

SUBTITLES = TableSchema(
    "subtitles",
    "lines of the .srt or .vtt beside a video, sorted by video_id and then by time",
    (
        Column("video_id", pa.string(), "SHA-256 of the video's bytes"),
        Column("start_ns", pa.int64(), "since the first frame"),
        Column("end_ns", pa.int64(), "exclusive"),
        Column("text", pa.string(), "what is said, without styles; at most 500 characters"),
    ),
)
