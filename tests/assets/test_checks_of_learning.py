"""Checks of what is learnt from and measured: each passes a sound folder and refuses another."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import pytest
from staged import complaint, write_lines, write_rows

from assets.benchmark_scores import fallen
from assets.resources.checks import COMPLETE, NOT_EMPTY, Check, judge
from sv6d.artifacts import seal
from sv6d.bench.tables import RECORDS
from sv6d.fingerprint import Config
from sv6d.params import read_config
from sv6d.quality.tables import DOCUMENT_DECISIONS, FIELD_TRUST, LABEL_DECISIONS
from sv6d.train.tables import HISTORY
from sv6d.video.tables import VIDEOS

ROOT = Path(__file__).resolve().parents[2]


class Settings(Config):
    replay_share: float


@pytest.fixture
def manifest(tmp_path: Path) -> Path:
    """Video a for training, v for validation, t for testing."""
    folder = tmp_path / "raw_videos"
    rows = [("a", "train"), ("v", "validation"), ("t", "test")]
    write_rows(VIDEOS, folder, [{"video_id": name, "split": split} for name, split in rows])
    return folder


def _sample(name: str, video: str | None, **more: Any) -> dict[str, Any]:
    return {"sample_id": name, "video_id": video, "labels": ["l"], "evidence": ["e"], **more}


@pytest.mark.parametrize(
    ("word", "name", "split"),
    [
        ("sft_corpus", "samples.jsonl", "train"),
        ("rl_tasks", "tasks.jsonl", "train"),
        ("rl_tasks", "validation.jsonl", "validation"),
        ("feedbench", "items.jsonl", "test"),
    ],
)
def test_lines_about_videos_of_another_split_are_refused(
    manifest: Path, tmp_path: Path, word: str, name: str, split: str
) -> None:
    from importlib import import_module

    video_of = {"train": "a", "validation": "v", "test": "t"}
    (check,) = [
        one for one in import_module(f"assets.{word}").CHECKS if one.name == f"{split}_split_only" and name in one.about
    ]
    for other, video in video_of.items():
        write_lines(tmp_path / other, name, {"video_id": video}, {"video_id": None})
        said = check.verdict(tmp_path / other, {"raw_videos": manifest})
        assert (said is None) == (other == split), said


@pytest.mark.parametrize(("num_replayed", "sound"), [(2, True), (3, True), (0, False), (6, False)])
def test_the_replayed_share_must_be_the_stated_one(tmp_path: Path, num_replayed: int, sound: bool) -> None:
    samples = [_sample(f"s{n}", None if n < num_replayed else "a") for n in range(10)]
    write_lines(tmp_path, "samples.jsonl", *samples)
    seal(tmp_path, word="sft_corpus", config=Settings(replay_share=0.2), inputs={}, counts={"items": 10})
    assert (complaint("sft_corpus", "replay_share_is_as_set", tmp_path) is None) == sound


def test_what_cites_nothing_is_refused(tmp_path: Path) -> None:
    sentence = {"labels": ["l"], "evidence": ["e"]}
    bare = {"labels": ["l"], "evidence": []}
    write_lines(tmp_path / "good", "samples.jsonl", _sample("s", "a"), _sample("r", None, labels=[], evidence=[]))
    write_lines(tmp_path / "bad", "samples.jsonl", _sample("s", "a", evidence=[]))
    write_lines(tmp_path / "good", "extensions.jsonl", {"extension_id": "x", **sentence})
    write_lines(tmp_path / "bad", "extensions.jsonl", {"extension_id": "x", **bare})
    told = [{**sentence, "records": []}, {"labels": [], "records": ["hook"], "evidence": ["e"]}]
    untold = {"labels": [], "records": [], "evidence": ["e"]}
    write_lines(tmp_path / "good", "reports.jsonl", {"video_id": "a", "report": {"sentences": told}})
    write_lines(tmp_path / "bad", "reports.jsonl", {"video_id": "a", "report": {"sentences": [*told, untold]}})
    for word, check in (
        ("sft_corpus", "every_sample_cites"),
        ("structural_extensions", "every_extension_cites"),
        ("dense_reports", "every_sentence_cites"),
    ):
        assert complaint(word, check, tmp_path / "good") is None
        assert complaint(word, check, tmp_path / "bad") is not None


def test_every_label_has_a_decision_and_every_rejection_a_reason(tmp_path: Path) -> None:
    annotations = tmp_path / "annotations"
    labels = [{"id": "l0"}, {"id": "l1"}]
    write_lines(annotations, "documents.jsonl", {"video": {"sha256": "a"}, "labels": labels})
    kept = {"video_id": "a", "label_id": "l0", "decision": "keep"}
    rejected = {"video_id": "a", "label_id": "l1", "decision": "reject", "reasons": ["no_evidence"]}
    write_rows(LABEL_DECISIONS, tmp_path / "good", [kept, rejected])
    write_rows(LABEL_DECISIONS, tmp_path / "lost", [kept])
    write_rows(LABEL_DECISIONS, tmp_path / "mute", [kept, {**rejected, "reasons": []}])
    decided, reasons = "every_label_is_decided", "every_rejection_has_a_reason"
    assert complaint("filtered_corpus", decided, tmp_path / "good", annotations=annotations) is None
    assert complaint("filtered_corpus", decided, tmp_path / "lost", annotations=annotations) is not None
    assert complaint("filtered_corpus", reasons, tmp_path / "good") is None
    assert complaint("filtered_corpus", reasons, tmp_path / "mute") is not None


def test_a_filter_that_keeps_no_training_document_is_refused(tmp_path: Path) -> None:
    check = "training_documents_are_kept"
    for name, split, sound in (("good", "train", True), ("bad", "test", False)):
        write_rows(
            DOCUMENT_DECISIONS,
            tmp_path / name,
            [{"split": split, "decision": "keep"}, {"split": "train", "decision": "reject"}],
        )
        assert (complaint("filtered_corpus", check, tmp_path / name) is None) == sound


def test_weights_are_safetensors_and_nothing_that_runs_code(tmp_path: Path) -> None:
    check = "safetensors_only"
    assert complaint("base_model", check, tmp_path) == "there is no safetensors file"
    (tmp_path / "model").mkdir()
    (tmp_path / "model" / "model.safetensors").write_bytes(b"x")
    assert complaint("base_model", check, tmp_path) is None
    (tmp_path / "model" / "pytorch_model.bin").write_bytes(b"x")
    assert complaint("base_model", check, tmp_path) is not None


@pytest.mark.parametrize(("values", "sound"), [([0.5, 0.4], True), ([0.5, math.nan], False), ([], False)])
def test_training_took_steps_and_stayed_finite(tmp_path: Path, values: list[float], sound: bool) -> None:
    rows = [{"step": n, "metric": "loss", "value": value} for n, value in enumerate(values, 1)]
    write_rows(HISTORY, tmp_path, rows)
    for word in ("annotator", "sft_checkpoint", "grpo_checkpoint"):
        assert (complaint(word, "trained_steps_are_finite", tmp_path) is None) == sound


def test_items_and_keys_belong_together_and_items_hold_no_answer(tmp_path: Path) -> None:
    write_lines(tmp_path / "good", "items.jsonl", {"item_id": "i0"})
    write_lines(tmp_path / "good", "key.jsonl", {"item_id": "i0", "answer": "2"})
    write_lines(tmp_path / "bad", "items.jsonl", {"item_id": "i0", "answer": "2"}, {"item_id": "i1"})
    write_lines(tmp_path / "bad", "key.jsonl", {"item_id": "i0", "answer": "2"})
    for check in ("one_key_per_item", "items_hold_no_answer"):
        assert complaint("feedbench", check, tmp_path / "good") is None
        assert complaint("feedbench", check, tmp_path / "bad") is not None


def test_labels_that_agree_with_experts_less_than_a_constant_would_are_refused(tmp_path: Path) -> None:
    field = {"producer": "adapter", "field": "beat", "majority": 0.5, "num_compared": 10}
    write_rows(FIELD_TRUST, tmp_path / "good", [{**field, "num_agreeing": 6}])
    write_rows(FIELD_TRUST, tmp_path / "bad", [{**field, "num_agreeing": 5}])
    write_rows(FIELD_TRUST, tmp_path / "uncompared", [{**field, "num_compared": 0}])
    check = "agrees_with_experts"
    assert complaint("filtered_corpus", check, tmp_path / "good") is None
    assert complaint("filtered_corpus", check, tmp_path / "uncompared") is None
    said = complaint("filtered_corpus", check, tmp_path / "bad")
    assert said is not None
    assert said.startswith("5 of 10 labels agree")


def test_a_score_that_fell_beyond_chance_is_red_and_published_all_the_same(tmp_path: Path) -> None:
    config = read_config(ROOT / "params.yaml", "benchmark_scores")
    for name, num_right in (("before", 30), ("slightly", 28), ("far", 10)):
        rows = [
            {"model": model, "item_id": f"i{n:02}", "cluster_id": f"c{n}", "video_id": f"v{n}", "kind": "shot_count"}
            | {"status": "answered", "correct": n < right}
            for model, right in (("sft", num_right), ("best_constant", 0 if name == "far" else 30))
            for n in range(40)
        ]
        write_rows(RECORDS, tmp_path / name, rows)
        seal(tmp_path / name, word="benchmark_scores", config=config, inputs={}, counts={"items": 40})
    assert fallen(tmp_path / "before", tmp_path / "nothing") is None
    assert fallen(tmp_path / "slightly", tmp_path / "before") is None
    said = fallen(tmp_path / "far", tmp_path / "before")
    assert said is not None
    assert said.startswith("accuracy fell: sft -0.50")
    assert "best_constant" not in said
    red = Check("never_holds", "never", lambda folder, inputs: "so it is", blocking=False)
    (found,) = judge("benchmark_scores", [red], tmp_path / "far", tmp_path)
    assert (found.passed, found.blocking) == (False, False)


def test_no_item_is_dropped_and_what_was_not_answered_has_no_score(tmp_path: Path) -> None:
    bench = tmp_path / "feedbench"
    write_lines(bench, "items.jsonl", {"item_id": "i0"}, {"item_id": "i1"})
    answered = {"model": "sft", "item_id": "i0", "status": "answered", "correct": True}
    unparsed = {"model": "sft", "item_id": "i1", "status": "unparsed", "correct": None}
    write_rows(RECORDS, tmp_path / "good", [answered, unparsed])
    write_rows(RECORDS, tmp_path / "dropped", [answered])
    write_rows(RECORDS, tmp_path / "zeroed", [answered, {**unparsed, "correct": False}])
    every, only = "every_item_for_every_model", "only_answers_are_scored"
    assert complaint("benchmark_scores", every, tmp_path / "good", feedbench=bench) is None
    assert complaint("benchmark_scores", every, tmp_path / "dropped", feedbench=bench) is not None
    assert complaint("benchmark_scores", only, tmp_path / "good") is None
    assert complaint("benchmark_scores", only, tmp_path / "zeroed") is not None


def test_a_staging_folder_must_be_what_its_record_lists(tmp_path: Path) -> None:
    write_lines(tmp_path, "samples.jsonl", _sample("s", "a"))
    assert COMPLETE.verdict(tmp_path, {}) is not None
    seal(
        tmp_path,
        word="sft_corpus",
        config=Settings(replay_share=0.0),
        inputs={"raw_videos": "0" * 64},
        counts={"items": 1},
    )
    assert COMPLETE.verdict(tmp_path, {"raw_videos": tmp_path}) is None
    assert NOT_EMPTY.verdict(tmp_path, {}) is None
    assert COMPLETE.verdict(tmp_path, {}) is not None
    (tmp_path / "more.txt").write_text("x")
    assert COMPLETE.verdict(tmp_path, {"raw_videos": tmp_path}) is not None
