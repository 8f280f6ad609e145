"""What `filtered_corpus` holds."""

from __future__ import annotations

import pyarrow as pa

from sv6d.io import Column, TableSchema

KEEP = "keep"
REJECT = "reject"

LABEL_DECISIONS = TableSchema(
    "label_decisions",
    "a decision on every label, one row each, by video and in the order of its document",
    (
        Column("video_id", pa.string(), "SHA-256 of the file's bytes, 64 hex digits"),
        Column("label_id", pa.string(), "id of the label in the video's document"),
        Column("field", pa.string(), "field of the vocabulary"),
        Column("value", pa.string(), "what the label claims"),
        Column("measured", pa.string(), "what the cited evidence says, where a rule can read it", nullable=True),
        Column("producer", pa.string(), "rule or adapter"),
        Column("confidence", pa.float64(), "the producer's own, 0..1"),
        Column("trust", pa.float64(), "lower bound of the field's agreement with experts, 0..1", nullable=True),
        Column("score", pa.float64(), "the least of what was measured of the label, 0..1; 0 where a check failed"),
        Column("decision", pa.string(), "keep or reject"),
        Column("reasons", pa.list_(pa.string()), "codes of the checks that failed; empty for a kept label"),
        Column("details", pa.list_(pa.string()), "what was found, one text per reason"),
    ),
)

DOCUMENT_DECISIONS = TableSchema(
    "document_decisions",
    "a decision on every document, one row each, by video",
    (
        Column("video_id", pa.string(), "SHA-256 of the file's bytes, 64 hex digits"),
        Column("split", pa.string(), "train, validation or test"),
        Column("score", pa.float64(), "share of labels kept times the quality of what is kept, 0..1"),
        Column("quality", pa.float64(), "quality term of the objective on the kept labels, 0..1"),
        Column(
            "agreement",
            pa.float64(),
            "the objective's total of the kept labels against an expert's document of the training split, 0..1",
            nullable=True,
        ),
        Column("num_labels", pa.int64(), "labels of the document"),
        Column("num_kept", pa.int64(), "labels kept"),
        Column("decision", pa.string(), "keep or reject"),
        Column("reasons", pa.list_(pa.string()), "codes; empty for a kept document"),
        Column("details", pa.list_(pa.string()), "what was found, one text per reason"),
    ),
)

FIELD_TRUST = TableSchema(
    "field_trust",
    "how far each producer agrees with experts on each field, on the training split",
    (
        Column("producer", pa.string(), "rule or adapter"),
        Column("field", pa.string(), "field of the vocabulary"),
        Column("num_compared", pa.int64(), "labels of videos with an expert's document"),
        Column("num_agreeing", pa.int64(), "of these, with a value that the expert gives at the same place"),
        Column("majority", pa.float64(), "agreement of the best constant answer, 0..1", nullable=True),
        Column("lower_bound", pa.float64(), "of the agreement, of accepted labels if any, 0..1", nullable=True),
        Column("min_confidence", pa.float64(), "accepted from here on; null: none is", nullable=True),
    ),
)
