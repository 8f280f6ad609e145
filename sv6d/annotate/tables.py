"""What `expert_annotations` holds beside its documents."""

from __future__ import annotations

import pyarrow as pa

from sv6d.io import Column, TableSchema

REFUSED_DOCUMENTS = TableSchema(
    "quarantine",
    "the documents that do not count as expert truth, one row each, by source and name",
    (
        Column("source", pa.string(), "name of the source in inputs/sources.json"),
        Column("name", pa.string(), "the document's file name"),
        Column("sha256", pa.string(), "of the file's bytes"),
        Column("video_id", pa.string(), "the video that it says it is about, where it could be read", nullable=True),
        Column("code", pa.string(), "schema, no_labels, producer, unknown_video, duration or second_document"),
        Column("reason", pa.string(), "what was found"),
    ),
)
