"""What the page's script is given: documents, fields, agreement and curves as plain values, times in seconds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sv6d.objective.document_score import DocumentScore, MatchedPair, document_score
from sv6d.report.timeline.curves import Curve
from sv6d.report.timeline.pictures import Picture
from sv6d.report.timeline.records import num_records, record_kinds, records
from sv6d.report.timeline.verification import Check
from sv6d.schema.document import Document, Evidence, Label, Shot
from sv6d.schema.fields import DIMENSIONS, FIELDS, Dimension
from sv6d.timeline import seconds

TITLES: Mapping[Dimension, str] = {
    "subject": "Subject",
    "aesthetics": "Aesthetics",
    "camera": "Camera language",
    "editing": "Editing",
    "narrative": "Narrative",
    "dissemination": "Dissemination",
}


@dataclass(frozen=True)
class Laid:
    """One document on the page: its name there, and what was found of its labels when they were re-measured."""

    name: str
    document: Document
    checks: Mapping[str, Check] = field(default_factory=dict)


@dataclass(frozen=True)
class Timeline:
    """Everything that a page shows.

    Attributes:
        upper: the document, or the prediction where there are two.
        lower: the reference that it is laid over, or None.
        agreement: the judge's score of `upper` against `lower`, or None.
        pictures: thumbnails of `upper`'s shots, one sequence per shot.
        curves: what was measured along the video.
    """

    upper: Laid
    lower: Laid | None
    agreement: DocumentScore | None
    pictures: Sequence[Sequence[Picture]]
    curves: Sequence[Curve]

    @property
    def documents(self) -> tuple[Laid, ...]:
        return (self.upper,) if self.lower is None else (self.upper, self.lower)


def lay(upper: Laid, lower: Laid | None, pictures: Sequence[Sequence[Picture]], curves: Sequence[Curve]) -> Timeline:
    """The timeline of one document, or of a prediction laid over a reference, with the judge's matches.

    Raises:
        InputError: the documents are about different videos.
    """
    agreement = document_score(upper.document, lower.document) if lower is not None else None
    return Timeline(upper, lower, agreement, pictures, curves)


def plain(timeline: Timeline) -> dict[str, Any]:
    """The timeline as JSON values. Spans are [start, end) in seconds from the first frame."""
    video = timeline.upper.document.video
    return {
        "video": {
            "duration": seconds(video.duration_ns),
            "frames": video.num_frames,
            "width": video.width_px,
            "height": video.height_px,
        },
        "dimensions": [{"name": name, "title": TITLES[name]} for name in DIMENSIONS],
        "fields": _fields(timeline.documents),
        "records": record_kinds([laid.document for laid in timeline.documents]),
        "documents": [_document(laid) for laid in timeline.documents],
        "agreement": _agreement(timeline.agreement),
        "pictures": [[{"time": p.time_s, "jpeg": p.jpeg} for p in row] for row in timeline.pictures],
        "curves": [_curve(curve) for curve in timeline.curves],
    }


def num_shown(document: Document) -> dict[Dimension, int]:
    """How many labels and records of each dimension a page shows."""
    labels = Counter(label.dimension for label in document.labels)
    return {name: labels[name] + num_records(document, name) for name in DIMENSIONS}


def on_screen_text(item: Evidence) -> str | None:
    """The words that evidence says are on the screen, or None where it is about something else."""
    return item.value if item.kind == "text" and isinstance(item.value, str) else None


def _fields(documents: Sequence[Laid]) -> list[dict[str, str]]:
    """The fields that labels use, in the order of the vocabulary."""
    used = {label.field for laid in documents for label in laid.document.labels}
    return [
        {"name": known.name, "dimension": known.dimension, "definition": known.definition, "source": known.source}
        for known in FIELDS
        if known.name in used
    ]


def _document(laid: Laid) -> dict[str, Any]:
    document = laid.document
    return {
        "name": laid.name,
        "shots": [_shot(shot) for shot in document.shots],
        "labels": [_label(label, laid.checks.get(label.id)) for label in document.labels],
        "evidence": {item.id: _evidence(item) for item in document.evidence},
        "records": records(document),
    }


def _shot(shot: Shot) -> dict[str, Any]:
    into = shot.boundary_in
    boundary = None
    if into is not None:
        boundary = {
            "start": seconds(into.start_ns),
            "end": seconds(into.end_ns),
            "change": into.kind,
            "score": into.score,
            "detector": into.detector,
        }
    return {"id": shot.id, "start": seconds(shot.start_ns), "end": seconds(shot.end_ns), "boundary": boundary}


def _label(label: Label, check: Check | None) -> dict[str, Any]:
    return {
        "id": label.id,
        "field": label.field,
        "value": label.value,
        "other": label.other_text,
        "start": seconds(label.start_ns),
        "end": seconds(label.end_ns),
        "confidence": label.confidence,
        "producer": label.source.producer,
        "source": label.source.name,
        "evidence": list(label.evidence),
        "check": check.model_dump() if check is not None else None,
    }


def _evidence(item: Evidence) -> dict[str, Any]:
    return {
        "kind": item.kind,
        "stat": item.stat,
        "value": item.value,
        "unit": item.unit,
        "method": item.method,
        "start": seconds(item.start_ns),
        "end": seconds(item.end_ns),
        "frames": [[frame.pts, f"{frame.time_base_num}/{frame.time_base_den}"] for frame in item.frames],
        "box": list(item.box) if item.box is not None else None,
        "text": on_screen_text(item),
    }


def _agreement(score: DocumentScore | None) -> dict[str, Any] | None:
    if score is None:
        return None
    return {
        component.name: [_pair(pair) for pair in component.pairs] for component in score.components if component.pairs
    }


def _pair(pair: MatchedPair) -> dict[str, Any]:
    return {
        "pred": pair.pred_id,
        "ref": pair.ref_id,
        "cost": pair.cost,
        "time_cost": pair.time_cost,
        "label_cost": pair.label_cost,
    }


def _curve(curve: Curve) -> dict[str, Any]:
    return {
        "name": curve.name,
        "title": curve.title,
        "unit": curve.unit,
        "low": curve.low,
        "high": curve.high,
        "step": curve.step_s,
        "values": list(curve.values),
    }
