"""The stage `feedbench` on expert documents written by hand."""

from __future__ import annotations

from pathlib import Path

import pytest

from sv6d.annotate.documents import DOCUMENTS_NAME, HELD_OUT_NAME, write_documents
from sv6d.bench import feedbench
from sv6d.bench.config import FeedbenchConfig
from sv6d.bench.items import read_benchmark
from sv6d.errors import EmptyOutputError, InputError
from sv6d.io import read_jsonl
from sv6d.schema.document import Document, Source
from sv6d.tasks.config import QuestionLimits
from tests.sv6d.handmade import document, video_id
from tests.sv6d.handmade_tables import job, write_inputs

CONFIG = FeedbenchConfig(
    limits=QuestionLimits(min_window_s=0.8, max_window_s=12.0), min_items=8, max_per_kind=30, max_answer_share=1.0
)
NAMES = {"train": ("a", "b"), "validation": ("c",), "test": ("d", "e", "f")}


def by(producer: str, name: str) -> Document:
    made = document(name, [0.0, 2.0, 4.5], [{"camera_movement": "static"}, {"camera_movement": "pan_left"}])
    source = Source(producer=producer, name="a person")  # type: ignore[arg-type]
    return made.model_copy(
        update={"labels": tuple(label.model_copy(update={"source": source}) for label in made.labels)}
    )


def inputs(root: Path, producer: str) -> dict[str, Path]:
    splits = {video_id(name): split for split, names in NAMES.items() for name in names}
    documents = {name: by(producer, name) for names in NAMES.values() for name in names}
    folders = write_inputs(root, list(documents.values()), splits)
    write_documents(root / "expert_annotations" / DOCUMENTS_NAME, [documents[name] for name in NAMES["train"]])
    held_out = [documents[name] for name in (*NAMES["validation"], *NAMES["test"][:2])]
    write_documents(root / "expert_annotations" / HELD_OUT_NAME, held_out)
    return {**folders, "expert_annotations": root / "expert_annotations"}


def test_items_are_about_test_videos_with_experts_and_hold_no_answer(tmp_path: Path) -> None:
    counts = feedbench.run(CONFIG, job("feedbench", inputs(tmp_path, "expert"), tmp_path / "out"))
    # a cut, a count and two movements of each of two videos; the third has no expert
    assert counts == {
        "items": 8,
        "cut_time": 2,
        "shot_count": 2,
        "camera_movement": 4,
        "videos": 2,
        "test_videos_without_expert": 1,
    }


def test_keys_name_the_expert_and_what_was_measured_there(tmp_path: Path) -> None:
    feedbench.run(CONFIG, job("feedbench", inputs(tmp_path, "expert"), tmp_path / "out"))
    benchmark = read_benchmark(tmp_path / "out")
    assert {item.video_id for item in benchmark.items} == {video_id("d"), video_id("e")}
    assert set(benchmark.answers) == {item.item_id for item in benchmark.items}
    stored = list(read_jsonl(tmp_path / "out" / "items.jsonl"))
    assert not [row for row in stored if {"answer", "labels", "measured"} & set(row)]
    keys = {key["item_id"]: key for key in read_jsonl(tmp_path / "out" / "key.jsonl")}
    for item in benchmark.items:
        key = keys[item.item_id]
        assert key["producer"] == "expert"
        if item.kind == "cut_time":
            assert (key["answer"], key["labels"]) == ("2.0", ["l1.boundary"])
            assert "e1.boundary" in key["measured"]
        if item.kind == "camera_movement":
            assert key["measured"] == [key["labels"][0].replace("l", "e", 1).rpartition(".")[0]]


def test_the_datasheet_tells_composition_and_scores_without_looking(tmp_path: Path) -> None:
    feedbench.run(CONFIG, job("feedbench", inputs(tmp_path, "studio"), tmp_path / "out"))
    sheet = (tmp_path / "out" / "datasheet.md").read_text()
    assert "8 questions about 2 videos" in sheet
    assert "| shot_count | 2 | 2 | the number is exact | 2: 2 |" in sheet
    # every training clip has two shots, and so has every test clip
    assert "| shot_count | 1.00 | 2 | 1.00 | 1.00 |" in sheet
    assert "2 documents by studio" in sheet
    assert "rendered" in sheet


def test_too_few_items_are_no_benchmark(tmp_path: Path) -> None:
    config = CONFIG.model_copy(update={"min_items": 9})
    with pytest.raises(EmptyOutputError, match="8 items"):
        feedbench.run(config, job("feedbench", inputs(tmp_path, "expert"), tmp_path / "out"))
    assert list((tmp_path / "out").iterdir()) == []


@pytest.mark.parametrize("producer", ["rule", "adapter"])
def test_our_own_labels_make_no_key(tmp_path: Path, producer: str) -> None:
    with pytest.raises(InputError, match="own labels"):
        feedbench.run(CONFIG, job("feedbench", inputs(tmp_path, producer), tmp_path / "out"))
