"""The tension curve of a document as an extension: its record, where kept labels rest on the same evidence."""

from __future__ import annotations

from sv6d.corpus.extension import TensionCurve, extension_id
from sv6d.schema.document import Document


def tension_curve(document: Document) -> TensionCurve | None:
    """The curve of a document of kept labels, citing its record, its evidence and the labels that rest on that.

    None where the document has no curve, or no kept label rests on what it was measured from.
    """
    record = document.tension
    if record is None:
        return None
    evidence = set(record.evidence)
    labels = sorted(label.id for label in document.labels if evidence & set(label.evidence))
    if not labels:
        return None
    return TensionCurve(
        extension_id=extension_id("tension", document.video.sha256),
        video_id=document.video.sha256,
        start_ns=record.start_ns,
        end_ns=record.end_ns,
        record=record.id,
        points=record.points,
        labels=tuple(labels),
        evidence=tuple(sorted(evidence)),
    )
