"""`filtered_corpus`: a decision, with its reasons, on every label and document."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from assets.resources.checks import Check
from assets.resources.conditions import lines, named
from assets.resources.flow_asset import flow_asset
from sv6d.quality.tables import DOCUMENT_DECISIONS, FIELD_TRUST, KEEP, LABEL_DECISIONS


def _every_label_is_decided(folder: Path, inputs: Mapping[str, Path]) -> str | None:
    offered = {
        f"{document['video']['sha256'][:8]}/{label['id']}"
        for document in lines(inputs["annotations"], "documents.jsonl")
        for label in document["labels"]
    }
    decided = {f"{row['video_id'][:8]}/{row['label_id']}" for row in LABEL_DECISIONS.read(folder)}
    return named("labels without a decision, or decisions without a label", offered ^ decided)


def _every_rejection_has_a_reason(folder: Path, inputs: Mapping[str, Path]) -> str | None:
    rows = LABEL_DECISIONS.read(folder)
    return named(
        "labels rejected without a reason, or kept in spite of one",
        {row["label_id"] for row in rows if (row["decision"] == KEEP) == bool(row["reasons"])},
    )


def _training_documents_are_kept(folder: Path, inputs: Mapping[str, Path]) -> str | None:
    rows = [row for row in DOCUMENT_DECISIONS.read(folder) if row["split"] == "train"]
    if any(row["decision"] == KEEP for row in rows):
        return None
    return f"none of the {len(rows)} documents of the training split was kept; nothing could be learnt"


def _agrees_with_experts(folder: Path, inputs: Mapping[str, Path]) -> str | None:
    compared = [row for row in FIELD_TRUST.read(folder) if row["num_compared"]]
    num_compared = sum(row["num_compared"] for row in compared)
    num_agreeing = sum(row["num_agreeing"] for row in compared)
    by_majority = sum(row["majority"] * row["num_compared"] for row in compared)
    if num_agreeing > by_majority or not compared:
        return None
    return (
        f"{num_agreeing} of {num_compared} labels agree with the experts; "
        f"the most frequent value of each field would agree in {by_majority:.0f}"
    )


CHECKS = (
    Check("agrees_with_experts", "labels say more than the most frequent values would", _agrees_with_experts),
    Check("every_label_is_decided", "each label has exactly one decision", _every_label_is_decided),
    Check("every_rejection_has_a_reason", "kept labels have no reason against them", _every_rejection_has_a_reason),
    Check("training_documents_are_kept", "something is left to learn from", _training_documents_are_kept),
)

filtered_corpus = flow_asset("filtered_corpus", *CHECKS)
