"""The documents as later stages use them: rejected documents left out, rejected labels too."""

from __future__ import annotations

from pathlib import Path

from sv6d.annotate.documents import read_documents
from sv6d.errors import ArtifactError
from sv6d.quality.tables import DOCUMENT_DECISIONS, KEEP, LABEL_DECISIONS
from sv6d.schema.document import Document


def read_kept(annotations: Path, filtered: Path) -> list[Document]:
    """The kept documents with their kept labels, sorted by video; shots and evidence are whole.

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
    return [
        document.model_copy(
            update={
                "labels": tuple(label for label in document.labels if labels[document.video.sha256, label.id] == KEEP)
            }
        )
        for document in documents
        if videos[document.video.sha256] == KEEP
    ]
