"""A corpus of two videos as its stages would have written it: one with hostile texts and a rejected label, one kept."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

from PIL import Image

from sv6d.annotate.documents import write_documents
from sv6d.artifacts import seal
from sv6d.evidence.tables import KEYFRAMES
from sv6d.fingerprint import Config
from sv6d.io import dump_json
from sv6d.quality.tables import DOCUMENT_DECISIONS, LABEL_DECISIONS
from sv6d.schema.document import Document
from sv6d.video.tables import QUARANTINE, VIDEOS
from tests.sv6d.handmade import document, video_id

HOSTILE = "</style></title><script>alert('x')</script><img src=x onerror=alert(1)>"
REJECTED = "l0.subject_type.food"


class NoConfig(Config):
    """Settings of nothing."""


def publish(folder: Path) -> None:
    seal(folder, word=folder.name, config=NoConfig(), inputs={}, counts={"items": 1})


def video_row(made: Document, *, uri: str, title: str) -> dict[str, Any]:
    return {
        "video_id": made.video.sha256,
        "uri": uri,
        "source": "mine",
        "bytes": 1000,
        "container": "mov",
        "codec": "h264",
        "pixel_format": "yuv420p",
        "width_px": made.video.width_px,
        "height_px": made.video.height_px,
        "turned_deg": 0,
        "duration_ns": made.video.duration_ns,
        "num_frames": made.video.num_frames,
        "num_unordered": 0,
        "variable_rate": False,
        "first_pts": 0,
        "time_base_num": 1,
        "time_base_den": 25,
        "has_sound": made.video.has_sound,
        "split": "train",
        "cluster_id": made.video.sha256,
        "licence": "CC0",
        "origin": "unknown",
        "context_json": dump_json({"title": title}).decode() if title else None,
        "reader": "pyav-0",
        "perceptual_hashes": [],
    }


def write_manifest(data: Path, rows: list[dict[str, Any]], refused: list[dict[str, Any]]) -> None:
    VIDEOS.write(data / "raw_videos", sorted(rows, key=lambda row: str(row["video_id"])))
    QUARANTINE.write(data / "raw_videos", refused)
    publish(data / "raw_videos")


def write_annotations(data: Path, documents: list[Document]) -> None:
    (data / "annotations").mkdir(parents=True)
    write_documents(data / "annotations" / "documents.jsonl", documents)
    publish(data / "annotations")


def make_corpus(data: Path) -> Path:
    """Videos `a` (six labels, one rejected) and `b` (two labels), a refused file, and keyframes of `a`."""
    a = document(
        "a",
        [0.0, 2.0, 5.0],
        [
            {"subject_type": "food", "camera_movement": "pan_left"},
            {"subject_type": "plant", "packaging": "caption"},
        ],
    )
    b = document("b", [0.0, 4.0], [{"lighting_key": "low_key"}])
    refused = {
        "uri": f"mine/{HOSTILE}.mp4",
        "source": "mine",
        "code": "not_a_video",
        "reason": f"found {HOSTILE}",
        "bytes": 9,
        "sha256": video_id("bad"),
    }
    rows = [video_row(a, uri="mine/a.mp4", title=HOSTILE), video_row(b, uri="mine/b.mp4", title="")]
    write_manifest(data, rows, [refused])
    write_annotations(data, [a, b])
    _write_decisions(data / "filtered_corpus", [a, b])
    _write_pictures(data / "evidence", a)
    return data


def _write_decisions(folder: Path, documents: list[Document]) -> None:
    documents = sorted(documents, key=lambda made: made.video.sha256)
    labels = [(made, label, label.id == REJECTED) for made in documents for label in made.labels]
    LABEL_DECISIONS.write(
        folder,
        [
            {
                "video_id": made.video.sha256,
                "label_id": label.id,
                "field": label.field,
                "value": label.value,
                "measured": None,
                "producer": "rule",
                "confidence": label.confidence,
                "trust": None,
                "score": 0.0 if rejected else 1.0,
                "decision": "reject" if rejected else "keep",
                "reasons": ["contradicted"] if rejected else [],
                "details": [f"the keyframe shows <b>no</b> food {HOSTILE}"] if rejected else [],
            }
            for made, label, rejected in labels
        ],
    )
    verdicts = []
    for made in documents:
        num_rejected = sum(rejected for other, _, rejected in labels if other is made)
        verdicts.append(
            {
                "video_id": made.video.sha256,
                "split": "train",
                "score": 1.0 - num_rejected / len(made.labels),
                "quality": 1.0,
                "agreement": None,
                "num_labels": len(made.labels),
                "num_kept": len(made.labels) - num_rejected,
                "decision": "reject" if num_rejected else "keep",
                "reasons": ["too_few_kept"] if num_rejected else [],
                "details": [f"one is wrong {HOSTILE}"] if num_rejected else [],
            }
        )
    DOCUMENT_DECISIONS.write(folder, verdicts)
    publish(folder)


def _write_pictures(folder: Path, made: Document) -> None:
    rows = []
    for index, shot in enumerate(made.shots):
        stream = io.BytesIO()
        Image.new("RGB", (144, 256), (250 * index, 120, 60)).save(stream, "JPEG")
        rows.append(
            {
                "video_id": made.video.sha256,
                "evidence_id": f"keyframe.{shot.id}",
                "shot_id": shot.id,
                "pts": index,
                "time_base_num": 1,
                "time_base_den": 25,
                "time_ns": shot.span.middle_ns,
                "jpeg": stream.getvalue(),
            }
        )
    KEYFRAMES.write(folder, rows)
    publish(folder)
