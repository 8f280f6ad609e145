"""Tables of earlier stages about documents written by hand."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any

from sv6d.annotate.documents import write_documents
from sv6d.artifacts import Job, JobRuntime
from sv6d.events import Events
from sv6d.evidence.tables import EVIDENCE, TEXTS, TRANSCRIPTS
from sv6d.io import dump_json
from sv6d.quality.tables import DOCUMENT_DECISIONS, LABEL_DECISIONS
from sv6d.schema.document import Document, Label
from sv6d.video.tables import VIDEOS


def video_row(made: Document, *, title: str = "", split: str = "train") -> dict[str, Any]:
    return {
        "video_id": made.video.sha256,
        "uri": f"studio/{made.video.sha256[:8]}.mp4",
        "source": "studio",
        "bytes": 1000,
        "container": "mov",
        "codec": "h264",
        "pixel_format": "yuv420p",
        "width_px": 360,
        "height_px": 640,
        "turned_deg": 0,
        "duration_ns": made.video.duration_ns,
        "num_frames": made.video.num_frames,
        "num_unordered": 0,
        "variable_rate": False,
        "first_pts": 0,
        "time_base_num": 1,
        "time_base_den": 25,
        "has_sound": False,
        "split": split,
        "cluster_id": made.video.sha256,
        "licence": "CC0",
        "origin": "unknown",
        "context_json": dump_json({"title": title}).decode() if title else None,
        "reader": "pyav-0",
        "perceptual_hashes": [],
    }


def decision_row(made: Document, label: Label, details: Sequence[str]) -> dict[str, Any]:
    """A row of `label_decisions`; a label with details of what is wrong is rejected."""
    return {
        "video_id": made.video.sha256,
        "label_id": label.id,
        "field": label.field,
        "value": label.value,
        "measured": None,
        "producer": "rule",
        "confidence": label.confidence,
        "trust": None,
        "score": 0.0 if details else 1.0,
        "decision": "reject" if details else "keep",
        "reasons": ["contradicted"] if details else [],
        "details": list(details),
    }


def write_inputs(
    data: Path, documents: Sequence[Document], splits: Mapping[str, str], rejected: Collection[tuple[str, str]] = ()
) -> dict[str, Path]:
    """`raw_videos`, `evidence`, `annotations` and `filtered_corpus` about the documents; the folders by word.

    `splits` by video id; `rejected` has (video id, label id), every other label is kept.
    """
    ordered = sorted(documents, key=lambda made: made.video.sha256)
    VIDEOS.write(data / "raw_videos", [video_row(made, split=splits[made.video.sha256]) for made in ordered])
    EVIDENCE.write(data / "evidence", [row for made in ordered for row in _evidence_rows(made)])
    TEXTS.write(data / "evidence", [])
    TRANSCRIPTS.write(data / "evidence", [])
    write_documents(data / "annotations" / "documents.jsonl", ordered)
    LABEL_DECISIONS.write(
        data / "filtered_corpus",
        [
            decision_row(made, label, ["found wrong"] if (made.video.sha256, label.id) in rejected else [])
            for made in ordered
            for label in made.labels
        ],
    )
    DOCUMENT_DECISIONS.write(
        data / "filtered_corpus",
        [
            {
                "video_id": made.video.sha256,
                "split": splits[made.video.sha256],
                "score": 1.0,
                "quality": 1.0,
                "agreement": None,
                "num_labels": len(made.labels),
                "num_kept": len(made.labels),
                "decision": "keep",
                "reasons": [],
                "details": [],
            }
            for made in ordered
        ],
    )
    return {word: data / word for word in ("raw_videos", "evidence", "annotations", "filtered_corpus")}


def job(word: str, inputs: Mapping[str, Path], out: Path) -> Job:
    """A job of a stage that fills `out`, with scratch folders beside it."""
    for folder in (out, out.with_name(f"{out.name}.work"), out.with_name(f"{out.name}.cache")):
        folder.mkdir(parents=True, exist_ok=True)
    return Job(
        word=word,
        inputs=inputs,
        out=out,
        work=out.with_name(f"{out.name}.work"),
        cache=out.with_name(f"{out.name}.cache"),
        frames=out.with_name("frames"),
        runtime=JobRuntime(workers=1),
        events=Events.silent(),
    )


def _evidence_rows(made: Document) -> list[dict[str, Any]]:
    return [
        {
            "video_id": made.video.sha256,
            "evidence_id": item.id,
            "kind": item.kind,
            "stat": item.stat,
            "start_ns": item.start_ns,
            "end_ns": item.end_ns,
            "value": item.value,
            "unit": item.unit,
            "method": item.method,
            "pts": [],
            "time_base_num": 1,
            "time_base_den": 25,
            "box": None,
        }
        for item in sorted(made.evidence, key=lambda item: item.id)
    ]
