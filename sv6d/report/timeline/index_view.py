"""What the corpus index shows: the videos with what later artifacts say about each, and everything that was refused."""

from __future__ import annotations

import base64
import io
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
from PIL import Image

from sv6d.annotate.documents import read_documents
from sv6d.artifacts import RECORD_NAME
from sv6d.evidence.tables import KEYFRAMES
from sv6d.quality.tables import DOCUMENT_DECISIONS, KEEP, LABEL_DECISIONS, REJECT
from sv6d.report.timeline.wording import words
from sv6d.schema.document import Document
from sv6d.schema.fields import DIMENSIONS, Dimension
from sv6d.video.frames import fit
from sv6d.video.manifest import VideoRow, read_videos
from sv6d.video.tables import QUARANTINE

_THUMBNAIL_PX = 128  # longer side; shown at half of it, sharp on screens of twice the density
_QUALITY = 68  # as the timeline's thumbnails


@dataclass(frozen=True, slots=True)
class Refused:
    """A label that was rejected: what it claims, when, and why."""

    start_ns: int
    field: str
    value: str
    reasons: str
    details: str


@dataclass(frozen=True, slots=True)
class Line:
    """One video of the index.

    Attributes:
        title: as published, or empty.
        thumbnail: JPEG as base64 of the keyframe nearest to the middle, or empty.
        page: URL of its timeline page relative to the index, or empty.
        num_shots, num_labels: of its document; None where it was not annotated.
        num_kept: labels kept; None where nothing was decided.
        by_dimension: number of labels of each dimension.
        score: of the document, in [0, 1], higher is better; None where nothing was decided.
        decision: keep, reject, or empty where nothing was decided.
        reasons: codes for which the document or one of its labels was rejected.
        details: why the document was rejected.
        refused: its rejected labels, in the order of time.
        said: values and words that a search finds.
    """

    video_id: str
    title: str
    uri: str
    split: str
    duration_ns: int
    width_px: int
    height_px: int
    thumbnail: str
    page: str
    num_shots: int | None
    num_labels: int | None
    num_kept: int | None
    by_dimension: tuple[tuple[Dimension, int], ...]
    score: float | None
    decision: str
    reasons: tuple[str, ...]
    details: tuple[str, ...]
    refused: tuple[Refused, ...]
    said: str


@dataclass(frozen=True, slots=True)
class Index:
    """The corpus at a glance.

    Attributes:
        lines: by title, or uri where there is none.
        quarantine: files that could not be used: uri, code and reason of each.
        splits, decisions, reasons: how many videos of each; `reasons` also counts labels.
    """

    lines: tuple[Line, ...]
    quarantine: tuple[Mapping[str, Any], ...]
    splits: tuple[tuple[str, int], ...]
    decisions: tuple[tuple[str, int], ...]
    reasons: tuple[tuple[str, int], ...]

    @property
    def num_labels(self) -> int:
        return sum(line.num_labels or 0 for line in self.lines)

    @property
    def num_kept(self) -> int:
        return sum(line.num_kept or 0 for line in self.lines)


def gather(data: Path, pages: Mapping[str, str]) -> Index:
    """The index of the artifacts in `data`; `pages` has the URL of a video's timeline page where there is one.

    What was not made yet is left out, but for `raw_videos`, which must be there.

    Raises:
        ArtifactError: there is no manifest.
        SchemaError: an artifact was written by another version.
    """
    made = {path.parent.name: path.parent for path in data.glob(f"*/{RECORD_NAME}")}
    documents = {d.video.sha256: d for d in read_documents(made["annotations"])} if "annotations" in made else {}
    labels: dict[str, list[Mapping[str, Any]]] = {}
    verdicts: dict[str, Mapping[str, Any]] = {}
    if "filtered_corpus" in made:
        verdicts = {row["video_id"]: row for row in DOCUMENT_DECISIONS.read(made["filtered_corpus"])}
        for row in LABEL_DECISIONS.read(made["filtered_corpus"]):
            labels.setdefault(row["video_id"], []).append(row)
    thumbnails = _thumbnails(made["evidence"], documents) if "evidence" in made else {}
    videos = data / "raw_videos"
    lines = [
        _line(
            row,
            documents.get(row.video_id),
            verdicts.get(row.video_id),
            labels.get(row.video_id, ()),
            thumbnails.get(row.video_id, ""),
            pages.get(row.video_id, ""),
        )
        for row in read_videos(videos)
    ]
    lines.sort(key=lambda line: (line.title or line.uri, line.video_id))
    reasons = Counter(reason for rows in labels.values() for row in rows for reason in row["reasons"])
    reasons += Counter(reason for row in verdicts.values() for reason in row["reasons"])
    return Index(
        lines=tuple(lines),
        quarantine=tuple(QUARANTINE.read(videos)),
        splits=_counted(line.split for line in lines),
        decisions=_counted(line.decision for line in lines if line.decision),
        reasons=tuple(sorted(reasons.items(), key=lambda item: (-item[1], item[0]))),
    )


def _line(
    row: VideoRow,
    document: Document | None,
    verdict: Mapping[str, Any] | None,
    labels: Sequence[Mapping[str, Any]],
    thumbnail: str,
    page: str,
) -> Line:
    refused = _refused(document, labels) if document is not None else ()
    of_labels = [reason for label in labels for reason in label["reasons"]]
    of_document = list(verdict["reasons"]) if verdict is not None else []
    counts = Counter(label.dimension for label in document.labels) if document is not None else Counter[Dimension]()
    return Line(
        video_id=row.video_id,
        title=orjson.loads(row.context_json).get("title", "") if row.context_json else "",
        uri=row.uri,
        split=row.split,
        duration_ns=row.duration_ns,
        width_px=row.width_px,
        height_px=row.height_px,
        thumbnail=thumbnail,
        page=page,
        num_shots=len(document.shots) if document is not None else None,
        num_labels=len(document.labels) if document is not None else None,
        num_kept=sum(label["decision"] == KEEP for label in labels) if labels else None,
        by_dimension=tuple((name, counts[name]) for name in DIMENSIONS),
        score=verdict["score"] if verdict is not None else None,
        decision=verdict["decision"] if verdict is not None else "",
        reasons=tuple(sorted({*of_labels, *of_document})),
        details=tuple(verdict["details"]) if verdict is not None else (),
        refused=refused,
        said=_said(document) if document is not None else "",
    )


def _refused(document: Document, labels: Sequence[Mapping[str, Any]]) -> tuple[Refused, ...]:
    starts = {label.id: label.start_ns for label in document.labels}
    found = [
        Refused(
            starts[row["label_id"]],
            words(row["field"]),
            words(row["value"]),
            ", ".join(row["reasons"]),
            "; ".join(row["details"]),
        )
        for row in labels
        if row["decision"] == REJECT
    ]
    return tuple(sorted(found, key=lambda each: (each.start_ns, each.field, each.value)))


def _said(document: Document) -> str:
    """Each value, free text and word on the screen once."""
    texts = {words(label.value) for label in document.labels}
    texts |= {label.other_text for label in document.labels if label.other_text is not None}
    texts |= {e.value for e in document.evidence if e.kind == "text" and isinstance(e.value, str)}
    return " ".join(sorted(texts))


def _thumbnails(folder: Path, documents: Mapping[str, Document]) -> dict[str, str]:
    """By video: the keyframe nearest to the middle of its document, or the first one without a document."""
    best: dict[str, tuple[int, bytes]] = {}
    for row in KEYFRAMES.read(folder):
        document = documents.get(row["video_id"])
        middle_ns = document.video.duration_ns // 2 if document is not None else 0
        off_ns = abs(row["time_ns"] - middle_ns)
        if row["video_id"] not in best or off_ns < best[row["video_id"]][0]:
            best[row["video_id"]] = (off_ns, row["jpeg"])
    return {name: _small(jpeg) for name, (_, jpeg) in best.items()}


def _small(jpeg: bytes) -> str:
    picture = Image.open(io.BytesIO(jpeg))
    height_px, width_px = fit(picture.height, picture.width, _THUMBNAIL_PX)
    buffer = io.BytesIO()
    picture.resize((width_px, height_px)).save(buffer, "JPEG", quality=_QUALITY, optimize=True)
    return base64.b64encode(buffer.getvalue()).decode()


def _counted(names: Any) -> tuple[tuple[str, int], ...]:
    return tuple(sorted(Counter(names).items()))
