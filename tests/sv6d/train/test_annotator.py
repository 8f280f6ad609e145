"""What makes the annotator train again, and what does not."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path

from sv6d.annotate.config import ExpertAnnotationsConfig
from sv6d.annotate.documents import write_documents
from sv6d.artifacts import JobRuntime, seal
from sv6d.cli.run_stage import input_digests, work_name
from sv6d.model.config import BaseModelConfig
from sv6d.params import read_config
from sv6d.schema.document import Document
from sv6d.video.tables import VIDEOS
from tests.sv6d.handmade_tables import video_row
from tests.sv6d.objective.made_documents import made_document

PARAMS = Path(__file__).resolve().parents[3] / "params.yaml"


def document(number: int) -> Document:
    return made_document([(0.0, 4.0, "", 0.0, 0.0)], [("lighting_key", "low_key", 0.0, 4.0)], sha256=f"{number:064x}")


def scratch_name(root: Path, *, videos: Sequence[Document], experts: Sequence[Document]) -> str:
    """Where the job would go on, over inputs that are sealed as their stages seal them."""
    shutil.rmtree(root, ignore_errors=True)
    inputs = {name: root / name for name in ("base_model", "expert_annotations", "raw_videos")}
    for folder in inputs.values():
        folder.mkdir(parents=True)
    (inputs["base_model"] / "weights").write_bytes(b"weights")
    write_documents(inputs["expert_annotations"] / "documents.jsonl", experts)
    rows = [video_row(made) for made in videos]
    VIDEOS.write(inputs["raw_videos"], rows)
    base = read_config(PARAMS, "base_model")
    assert isinstance(base, BaseModelConfig)
    seal(inputs["base_model"], word="base_model", config=base, inputs={}, counts={"items": 1})
    seal(
        inputs["expert_annotations"],
        word="expert_annotations",
        config=ExpertAnnotationsConfig(producers=("expert",)),
        inputs={},
        counts={"items": len(experts), "videos_without": len(videos) - len(experts)},
    )
    seal(
        inputs["raw_videos"],
        word="raw_videos",
        config=read_config(PARAMS, "raw_videos"),
        inputs={},
        counts={"items": len(rows)},
    )
    config = read_config(PARAMS, "annotator")
    return work_name("annotator", config, input_digests("annotator", config, inputs, JobRuntime()))


def test_a_clip_without_an_experts_document_trains_nothing_again(tmp_path: Path) -> None:
    one, two = document(1), document(2)
    before = scratch_name(tmp_path / "p", videos=[one], experts=[one])
    assert scratch_name(tmp_path / "p", videos=[one, two], experts=[one]) == before


def test_a_new_experts_document_trains_again(tmp_path: Path) -> None:
    one, two = document(1), document(2)
    before = scratch_name(tmp_path / "p", videos=[one, two], experts=[one])
    assert scratch_name(tmp_path / "p", videos=[one, two], experts=[one, two]) != before
