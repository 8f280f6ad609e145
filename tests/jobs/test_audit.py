"""What an audit answers: back to the bytes, forward to what a clip ended up in, at any revision."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from handmade_project import HandmadeProject
from jsonschema import Draft202012Validator
from openlineage.client.event_v2 import Run, RunEvent
from openlineage_structure import RUN_EVENT
from temporary_project import TemporaryProject

from assets.resources.project import Project
from jobs.audit.bom import as_bom
from jobs.audit.chain import audit
from jobs.audit.model import Answer, Row, Source
from jobs.audit.openlineage import as_events
from jobs.audit.page import as_html
from jobs.audit.show import as_json, as_text
from sv6d.errors import InputError
from sv6d.io import read_jsonl

_OPENLINEAGE = Draft202012Validator(RUN_EVENT, format_checker=Draft202012Validator.FORMAT_CHECKER)


@pytest.fixture(autouse=True)
def _own_platforms(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DAGSTER_HOME", "MLFLOW_TRACKING_URI"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(scope="module")
def handmade(tmp_path_factory: pytest.TempPathFactory) -> HandmadeProject:
    return HandmadeProject.create(tmp_path_factory.mktemp("handmade") / "project")


def words(rows: tuple[Row, ...]) -> list[str]:
    return list(dict.fromkeys(row.word for row in rows))


def a_sample(made: HandmadeProject) -> dict:
    samples = read_jsonl(made.project.data / "sft_corpus" / "samples.jsonl")
    return next(s for s in samples if s["video_id"] == made.seen_id and len(s["labels"]) == 1)


def test_a_sample_leads_back_to_its_video_and_on_to_the_models_that_saw_it(handmade: HandmadeProject) -> None:
    sample = a_sample(handmade)
    answer = audit(handmade.project, sample["sample_id"], None)
    assert words(answer.rows) == ["sft_corpus", "filtered_corpus", "annotations", "evidence", "raw_videos"]
    assert answer.rows[1].address == f"filtered_corpus/{handmade.seen_id}/{sample['labels'][0]}"
    assert [source.sha256 for source in answer.sources] == [handmade.seen_id]
    assert [saw.word for saw in answer.saw] == ["sft_checkpoint", "grpo_checkpoint", "benchmark_scores"]
    assert answer.saw[0].through == (f"sft_corpus/{sample['sample_id']}",)
    assert (answer.versions[0].word, answer.versions[-1].word) == ("sft_corpus", "inputs")


def test_a_clip_of_the_training_split_ended_up_in_everything_but_the_benchmark(handmade: HandmadeProject) -> None:
    for name in ("seen.mp4", "own/seen.mp4", handmade.seen_id, handmade.seen_id[:10]):
        answer = audit(handmade.project, name, None)
        assert answer.rows[0].address == f"raw_videos/{handmade.seen_id}"
    reached = words(answer.forward)
    assert reached == [
        *("evidence", "expert_annotations", "annotations", "filtered_corpus"),
        *("structural_extensions", "dense_reports", "sft_corpus", "rl_tasks"),
    ]
    assert [saw.word for saw in answer.saw] == ["annotator", "sft_checkpoint", "grpo_checkpoint", "benchmark_scores"]
    kinds = {row.kind for row in answer.forward if row.word == "rl_tasks"}
    trained = next(saw for saw in answer.saw if saw.word == "grpo_checkpoint").through
    tasks = {row.address for row in answer.forward if row.word == "rl_tasks" and row.kind != "camera_movement task"}
    assert "camera_movement task" in kinds  # offered, but not of the kinds that are trained on
    assert set(trained) == {*tasks, "sft_checkpoint"}


def test_a_clip_of_the_test_split_was_seen_by_no_model_and_scored_by_each(handmade: HandmadeProject) -> None:
    answer = audit(handmade.project, "held.mp4", None)
    assert "feedbench" in words(answer.forward)
    assert not {"sft_corpus", "rl_tasks"} & set(words(answer.forward))
    assert [(saw.word, saw.through) for saw in answer.saw] == [
        ("benchmark_scores", ("benchmark_scores/grpo/q_held", "benchmark_scores/sft/q_held"))
    ]


def test_a_label_a_score_an_md5_and_a_document_are_targets(handmade: HandmadeProject) -> None:
    label = audit(handmade.project, f"{handmade.seen_id[:12]}/l0.camera_movement.static", None)
    assert label.rows[0].address == f"annotations/{handmade.seen_id}/l0.camera_movement.static"
    assert "sft_corpus" in words(label.forward)
    score = audit(handmade.project, "benchmark_scores/sft/shot_count", None)
    assert score.rows[0].address == "benchmark_scores/sft/q_held"
    assert "accuracy of sft on shot_count: 1.0" in score.what
    checkpoint = next(version for version in score.versions if version.word == "sft_checkpoint")
    found = audit(handmade.project, checkpoint.md5.removesuffix(".dir"), None)
    assert [version.word for version in found.downstream] == ["grpo_checkpoint", "benchmark_scores"]
    document = audit(handmade.project, f"expert_annotations/{handmade.seen_id[:12]}", None)
    assert [saw.word for saw in document.saw] == ["annotator"]


def test_what_is_not_there_or_not_one_thing_is_said(handmade: HandmadeProject) -> None:
    with pytest.raises(InputError, match="nothing is called nonsense"):
        audit(handmade.project, "nonsense", None)
    with pytest.raises(InputError, match="4 are called so"):
        audit(handmade.project, "l.pacing", None)
    with pytest.raises(InputError, match="no such revision"):
        audit(handmade.project, "sft_checkpoint", "nowhere")


def test_an_audit_of_nothing_says_what_is_missing() -> None:
    done = subprocess.run([sys.executable, "-m", "jobs.audit", ""], capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "TARGET is missing" in done.stderr


def test_an_older_revision_is_answered_from_the_cache(tmp_path: Path) -> None:
    made = HandmadeProject.create(tmp_path / "project")
    before = audit(made.project, "seen.mp4", "HEAD")
    (made.project.data / "sft_corpus" / "samples.jsonl").write_bytes(b"")
    made.record()
    made.commit("no samples any more")
    now = audit(made.project, "seen.mp4", None)
    assert "sft_corpus" not in words(now.forward)
    again = audit(made.project, "seen.mp4", "HEAD~1")
    assert again.forward == before.forward
    corpus = audit(made.project, "sft_corpus", None).versions[0]
    assert corpus.recorded is not None
    assert corpus.recorded.subject == "no samples any more"
    gone = audit(made.project, audit(made.project, "sft_corpus", "HEAD~1").versions[0].md5, None)
    assert "as it was then" in gone.what


def test_the_four_records_of_a_published_artifact(published: TemporaryProject) -> None:
    answer = audit(Project(published.root), "raw_videos", None)
    version = answer.versions[0]
    assert version.md5 == published.dvc_md5("raw_videos")
    assert version.event is not None
    assert version.run is not None
    assert version.run.tags["dagster.run_id"] == version.event.run_id
    assert version.event.mlflow_run_id == version.run.run_id
    assert {check.name for check in version.event.checks if check.passed} >= {"is_complete", "one_split_per_cluster"}
    assert version.settings["splits"] == published.params("raw_videos")["splits"]
    assert version.made_from == {"inputs": answer.versions[1].md5}
    assert version.signed_by
    assert all("Dagster" not in note and "MLflow" not in note for note in answer.notes)
    assert "one_split_per_cluster" in as_text(answer)


def test_openlineage_events_are_as_its_schemas_ask(published: TemporaryProject) -> None:
    answer = audit(Project(published.root), "raw_videos", None)
    assert answer.versions[0].run is not None
    committed = replace(answer.versions[0].run, commit="ab" * 20)  # the project lies outside git
    versions = replace(answer.versions[0], run=committed), answer.versions[1]
    events = [json.loads(line) for line in as_events(replace(answer, versions=versions)).splitlines()]
    for event in events:
        _OPENLINEAGE.validate(event)
        # These check ids, times and addresses when they are made.
        RunEvent(eventTime=event["eventTime"], producer=event["producer"], run=Run(event["run"]["runId"]), job=None)
    assert [(event["job"]["name"], event["eventType"]) for event in events] == [
        *(("inputs", "START"), ("inputs", "COMPLETE"), ("raw_videos", "START"), ("raw_videos", "COMPLETE"))
    ]
    assert [event["run"]["runId"] for event in events[::2]] == [event["run"]["runId"] for event in events[1::2]]
    assert all(event["eventTime"] <= end["eventTime"] for event, end in zip(events[::2], events[1::2], strict=True))
    made = events[-1]
    assert set(made["run"]["facets"]) == {"executionParameters", "test"}
    assert set(made["job"]["facets"]) == {"sourceCodeLocation"}
    assert made["outputs"][0]["facets"]["version"]["datasetVersion"] == published.dvc_md5("raw_videos")
    assert made["outputs"][0]["outputFacets"]["outputStatistics"]["size"] > 0
    assert made["inputs"][0]["facets"]["version"]["datasetVersion"] == published.dvc_md5("inputs")
    assert {test["status"] for test in made["run"]["facets"]["test"]["tests"]} == {"pass"}


def test_a_run_without_an_end_is_told_as_begun(published: TemporaryProject) -> None:
    answer = audit(Project(published.root), "raw_videos", None)
    assert answer.versions[0].run is not None
    version = replace(answer.versions[0], event=None, run=replace(answer.versions[0].run, ended=None))
    (line,) = as_events(replace(answer, versions=(version,))).splitlines()
    _OPENLINEAGE.validate(json.loads(line))
    assert json.loads(line)["eventType"] == "START"


def test_the_bill_of_materials_is_valid_and_the_same_each_time(handmade: HandmadeProject) -> None:
    answer = audit(handmade.project, "benchmark_scores", None)
    body = as_bom(answer)
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(body.decode()) is None
    assert as_bom(answer) == body
    bom = json.loads(body)
    parts = {part["name"]: part for part in bom["components"]}
    assert parts["grpo_checkpoint"]["type"] == "machine-learning-model"
    assert parts["grpo_checkpoint"]["modelCard"]["modelParameters"]["approach"]["type"] == "reinforcement-learning"
    assert parts["own/seen.mp4"]["hashes"] == [{"alg": "SHA-256", "content": handmade.seen_id}]
    depends = {entry["ref"].partition("@")[0]: entry.get("dependsOn", []) for entry in bom["dependencies"]}
    assert {name.partition("@")[0] for name in depends["grpo_checkpoint"]} == {
        "raw_videos",
        "rl_tasks",
        "sft_checkpoint",
    }


def test_the_page_is_whole_and_shows_foreign_text_as_text(handmade: HandmadeProject) -> None:
    answer = audit(handmade.project, "seen.mp4", None)
    evil = "<script>alert(1)</script>"
    hostile = Answer(**{**_fields(answer), "sources": (Source("0" * 64, f"own/{evil}.mp4", None, 1, "video"),)})
    page = as_html(hostile)
    assert evil not in page
    assert "&lt;script&gt;" in page
    assert "default-src 'none'" in page
    assert "http://" not in page
    assert "https://" not in page
    assert all(row.address in page for row in answer.forward)


def test_json_holds_everything(handmade: HandmadeProject) -> None:
    answer = audit(handmade.project, "seen.mp4", None)
    told = json.loads(json.dumps(as_json(answer)))
    assert len(told["forward"]) == len(answer.forward)
    assert told["versions"][0]["word"] == "raw_videos"


def _fields(answer: Answer) -> dict:
    return {name: getattr(answer, name) for name in Answer.__slots__}
