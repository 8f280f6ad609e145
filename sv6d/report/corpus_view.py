"""The videos of a corpus as a page shows them: shots, keyframes, labels with evidence and decisions."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sv6d.quality.tables import KEEP
from sv6d.schema.document import Document, Evidence, Label, Report
from sv6d.schema.fields import DIMENSIONS
from sv6d.timeline import seconds
from sv6d.video.manifest import VideoRow

# Pictures per video. Ours: one per shot of nearly every short video; more would make a page of tens of megabytes.
_MAX_KEYFRAMES = 6


@dataclass(frozen=True, slots=True)
class ShotBar:
    """A shot in the bar: place and width in percent of the video, and what it says."""

    left: float
    width: float
    text: str


@dataclass(frozen=True, slots=True)
class KeyframeView:
    """A picture as a data URI, and its time in seconds."""

    uri: str
    time: str


@dataclass(frozen=True, slots=True)
class Decision:
    """What became of a label: keep, reject or undecided, and why it was rejected."""

    decision: str
    reasons: str


@dataclass(frozen=True, slots=True)
class LabelView:
    """One label with what it rests on and what was decided."""

    time: str
    value: str
    field: str
    producer: str
    source_name: str
    confidence: str
    decision: str
    reasons: str
    evidence: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DimensionView:
    """The labels of one dimension in the order of time."""

    dimension: str
    labels: tuple[LabelView, ...]


@dataclass(frozen=True, slots=True)
class VideoView:
    """One video of the index."""

    video_id: str
    uri: str
    title: str
    split: str
    licence: str
    duration: str
    size: str
    num_shots: int
    num_labels: int
    num_kept: int
    shots: tuple[ShotBar, ...]
    keyframes: tuple[KeyframeView, ...]
    dimensions: tuple[DimensionView, ...]
    report: str


@dataclass(frozen=True, slots=True)
class Picture:
    """A stored keyframe."""

    time_ns: int
    jpeg: bytes


def video_view(
    row: VideoRow,
    document: Document | None,
    decisions: Mapping[str, Decision],
    pictures: Sequence[Picture],
    report: Report | None,
) -> VideoView:
    """The view of one video; `decisions` by label id. Without a document there are no shots and labels."""
    video = row.as_video()
    labels = document.labels if document is not None else ()
    return VideoView(
        video_id=row.video_id,
        uri=row.uri,
        title=video.context.title if video.context is not None else "",
        split=row.split,
        licence=row.licence,
        duration=f"{seconds(row.duration_ns):.1f}",
        size=f"{row.width_px} x {row.height_px}",
        num_shots=len(document.shots) if document is not None else 0,
        num_labels=len(labels),
        num_kept=sum(decisions[label.id].decision == KEEP for label in labels if label.id in decisions),
        shots=tuple(_bars(document)) if document is not None else (),
        keyframes=tuple(_keyframe(picture) for picture in _thinned(pictures)),
        dimensions=tuple(_dimensions(document, decisions)) if document is not None else (),
        report=" ".join(sentence.text for sentence in report.sentences) if report is not None else "",
    )


_UNDECIDED = Decision("undecided", "")


def _bars(document: Document) -> list[ShotBar]:
    total_ns = document.video.duration_ns
    bars = []
    for shot in document.shots:
        begin = f", by {shot.boundary_in.kind}" if shot.boundary_in is not None else ""
        bars.append(
            ShotBar(
                left=round(100 * shot.start_ns / total_ns, 3),
                width=round(100 * shot.span.length_ns / total_ns, 3),
                text=f"{shot.id}: {seconds(shot.start_ns):.2f} to {seconds(shot.end_ns):.2f} s{begin}",
            )
        )
    return bars


def _thinned(pictures: Sequence[Picture]) -> list[Picture]:
    """At most _MAX_KEYFRAMES, evenly over the video."""
    ordered = sorted(pictures, key=lambda picture: picture.time_ns)
    if len(ordered) <= _MAX_KEYFRAMES:
        return ordered
    return [ordered[(2 * i + 1) * len(ordered) // (2 * _MAX_KEYFRAMES)] for i in range(_MAX_KEYFRAMES)]


def _keyframe(picture: Picture) -> KeyframeView:
    data = base64.b64encode(picture.jpeg).decode("ascii")
    return KeyframeView(f"data:image/jpeg;base64,{data}", f"{seconds(picture.time_ns):.1f}")


def _dimensions(document: Document, decisions: Mapping[str, Decision]) -> list[DimensionView]:
    views = []
    for dimension in DIMENSIONS:
        labels = [label for label in document.labels if label.dimension == dimension]
        ordered = sorted(labels, key=lambda label: (label.start_ns, label.field, label.value, label.id))
        if ordered:
            views.append(DimensionView(dimension, tuple(_label(document, label, decisions) for label in ordered)))
    return views


def _label(document: Document, label: Label, decisions: Mapping[str, Decision]) -> LabelView:
    decision = decisions.get(label.id, _UNDECIDED)
    return LabelView(
        time=f"{seconds(label.start_ns):.1f} - {seconds(label.end_ns):.1f} s",
        value=label.other_text if label.other_text is not None else label.value,
        field=label.field,
        producer=label.source.producer,
        source_name=label.source.name,
        confidence=f"{label.confidence:.2f}",
        decision=decision.decision,
        reasons=decision.reasons,
        evidence=tuple(_evidence(item) for item in document.evidence_of(label)),
    )


def _evidence(item: Evidence) -> str:
    value = f"{item.value:.3f}" if isinstance(item.value, float) else item.value
    return f"{item.id}: {item.stat} {'not measured' if value is None else value} {item.unit}".rstrip()
