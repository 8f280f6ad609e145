"""The documents as later stages use them: without what was rejected, and without what rested on it."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

from sv6d.annotate.documents import read_documents
from sv6d.annotate.sides import changed_fields, labels_of_shot
from sv6d.errors import ArtifactError
from sv6d.quality.tables import DOCUMENT_DECISIONS, KEEP, LABEL_DECISIONS
from sv6d.schema.document import Document, Label
from sv6d.schema.records import CutRationale


def read_kept(annotations: Path, filtered: Path) -> list[Document]:
    """The kept documents with their kept labels, sorted by video; shots and evidence are whole.

    Cut rationales say only such changes as the kept labels show.

    Args:
        annotations: folder of the `annotations` artifact.
        filtered: folder of the `filtered_corpus` artifact made from it.

    Raises:
        ArtifactError: the decisions were not made about these documents.
    """
    videos = {row["video_id"]: row["decision"] for row in DOCUMENT_DECISIONS.read(filtered)}
    labels = {(row["video_id"], row["label_id"]): row["decision"] for row in LABEL_DECISIONS.read(filtered)}
    documents = list(read_documents(annotations))
    stated = {(document.video.sha256, label.id) for document in documents for label in document.labels}
    if stated != set(labels) or {document.video.sha256 for document in documents} != set(videos):
        raise ArtifactError(
            "the decisions are not about these documents",
            found=f"{len(labels)} decisions on labels of {len(videos)} videos",
            wanted=f"one on each of {len(stated)} labels of {len(documents)} videos",
            next_step="rebuild filtered_corpus",
        )
    kept = []
    for document in documents:
        video_id = document.video.sha256
        if videos[video_id] == KEEP:
            own = tuple(label for label in document.labels if labels[video_id, label.id] == KEEP)
            borne_out = _borne_out(document, own)
            kept.append(document.model_copy(update={"labels": own, "cut_rationales": borne_out}))
    return kept


def _borne_out(document: Document, labels: Sequence[Label]) -> tuple[CutRationale, ...]:
    """Cut rationales with the changes that kept labels still show; without those that then say nothing."""
    sides = [labels_of_shot(labels, shot) for shot in document.shots]
    changing = {
        after.id: changed_fields(*both) for after, both in zip(document.shots[1:], pairwise(sides), strict=True)
    }
    found = []
    for record in document.cut_rationales:
        changes = tuple(field for field in record.changes if field in changing[record.shot])
        if record.rationale is not None or record.text or changes:
            found.append(record.model_copy(update={"changes": changes}))
    return tuple(found)
