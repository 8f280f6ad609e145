"""A small folder of published artifacts, written by the stages' own writers."""

from __future__ import annotations

import io
from collections.abc import Mapping
from pathlib import Path

from PIL import Image

from sv6d.annotate.documents import write_documents
from sv6d.artifacts import seal
from sv6d.bench.items import Baselines, Benchmark, Item
from sv6d.bench.scoring import Record, judged
from sv6d.corpus.changes import cut_changes
from sv6d.corpus.report_text import ReportLine, write_report, write_summary
from sv6d.evidence.tables import KEYFRAMES
from sv6d.fingerprint import Config
from sv6d.io import dump_json, write_jsonl
from sv6d.quality.tables import LABEL_DECISIONS
from sv6d.schema.document import Document
from sv6d.train.tables import HISTORY
from sv6d.video.tables import QUARANTINE, VIDEOS
from tests.sv6d.handmade import document, ns, video_id
from tests.sv6d.handmade_tables import decision_row, video_row

INJECTION = "</style></title><script>alert('x')</script><img src=x onerror=alert(1)>"


class NoConfig(Config):
    """Settings of nothing."""


def publish(data: Path, word: str, counts: Mapping[str, int]) -> None:
    (data / word).mkdir(parents=True, exist_ok=True)
    if not any((data / word).iterdir()):
        (data / word / "content.json").write_bytes(dump_json({"word": word}))
    seal(data / word, word=word, config=NoConfig(), inputs={}, counts=dict(counts))


def make_data(data: Path) -> Path:
    """Two videos (one with a hostile title), a quarantined file, labels with decisions, and training curves."""
    documents = {
        "a": document(
            "a",
            [0.0, 2.0, 5.0],
            [
                {"subject_type": "food", "camera_movement": "pan_left"},
                {"subject_type": "plant", "packaging": "caption"},
            ],
        ),
        "b": document("b", [0.0, 4.0], [{"lighting_key": "low_key"}]),
    }
    titles = {"a": INJECTION, "b": ""}
    rows = [video_row(made, title=titles[name]) for name, made in documents.items()]
    VIDEOS.write(data / "raw_videos", sorted(rows, key=lambda row: str(row["video_id"])))
    QUARANTINE.write(
        data / "raw_videos",
        [
            {
                "uri": f"mine/{INJECTION}.mp4",
                "source": "mine",
                "code": "not_a_video",
                "reason": f"found {INJECTION}",
                "bytes": 9,
                "sha256": video_id("bad"),
            }
        ],
    )
    publish(data, "raw_videos", {"items": 2, "quarantined": 1})
    _write_labels(data, list(documents.values()))
    _write_pictures(data, documents["a"])
    for word, metric, values in (
        ("sft_checkpoint", "loss", (3.0, 2.0, 1.2)),
        ("grpo_checkpoint", "reward", (0.2, 0.5)),
    ):
        HISTORY.write(
            data / word, [{"step": n, "metric": metric, "value": value} for n, value in enumerate(values, start=1)]
        )
        publish(data, word, {"items": 10, "steps": len(values)})
    return data


def _write_labels(data: Path, documents: list[Document]) -> None:
    write_documents(data / "annotations" / "documents.jsonl", documents)
    publish(data, "annotations", {"items": 2})
    rejected = "l0.subject_type.food"
    rows = [
        decision_row(made, label, ["the keyframe shows <b>no</b> food"] if label.id == rejected else [])
        for made in documents
        for label in made.labels
    ]
    LABEL_DECISIONS.write(data / "filtered_corpus", rows)
    publish(data, "filtered_corpus", {"items": 2})
    lines = [
        ReportLine(
            video_id=made.video.sha256,
            report=write_report(made, cut_changes(made)[0], None)[0],
            summary=write_summary(made, 5),
        )
        for made in documents
    ]
    write_jsonl(data / "dense_reports" / "reports.jsonl", [line.model_dump(mode="json") for line in lines])
    publish(data, "dense_reports", {"items": 2})


def _write_pictures(data: Path, made: Document) -> None:
    rows = []
    for index, shot in enumerate(made.shots):
        stream = io.BytesIO()
        Image.new("RGB", (144, 256), (200 - 90 * index, 120, 60 + 80 * index)).save(stream, "JPEG")
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
    KEYFRAMES.write(data / "evidence", rows)
    publish(data, "evidence", {"items": 2})


def benchmark() -> Benchmark:
    """Six items of three kinds about three videos."""
    answers = {"cut_time": "2.0", "shot_count": "3", "camera_movement": "static"}
    items = [
        Item(
            item_id=f"q_{kind}_{name}",
            video_id=video_id(name),
            cluster_id=video_id(name),
            kind=kind,
            prompt_id=f"{kind}/1",
            prompt="What?",
            start_ns=0,
            end_ns=ns(5.0),
        )
        for kind in answers
        for name in ("a", "b")
    ]
    baselines = Baselines(
        best_constant=answers,
        best_constant_per_prompt={},
        chance={"cut_time": 0.2, "shot_count": 0.25, "camera_movement": 1 / 7},
        num_training_questions=dict.fromkeys(answers, 5),
    )
    return Benchmark(tuple(items), {item.item_id: answers[item.kind] for item in items}, baselines)


def records(made: Benchmark, model: str, responses: Mapping[str, str]) -> list[Record]:
    """A model's records from one response per kind."""
    found = []
    for item in made.items:
        verdict = judged(item.kind, responses[item.kind], made.answers[item.item_id])
        found.append(
            Record(
                model=model,
                item_id=item.item_id,
                video_id=item.video_id,
                cluster_id=item.cluster_id,
                kind=item.kind,
                prompt_id=item.prompt_id,
                status=verdict.status,
                response=responses[item.kind],
                parsed=verdict.parsed,
                answer=made.answers[item.item_id],
                correct=verdict.correct,
                error=verdict.error,
                num_frames=8,
                fps=1.6,
                failure=None,
            )
        )
    return found
