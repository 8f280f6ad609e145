"""One materialization as the three platforms see it, by every door."""

from __future__ import annotations

import shutil

from temporary_project import CANARY, TemporaryProject, write_clip

from sv6d.artifacts import verify


def test_dvc_dagster_and_mlflow_agree_on_what_was_made(published: TemporaryProject) -> None:
    verify(published.root / "data" / "raw_videos")
    md5 = published.dvc_md5("raw_videos")
    assert published.dvc_status("inputs", "raw_videos") == "Data and pipelines are up to date."
    assert published.mlflow_runs("raw_videos") == [("FINISHED", md5)]
    assert published.dagster_runs() == ["SUCCESS"]
    staleness = published.staleness()
    assert (staleness["inputs"], staleness["raw_videos"], staleness["shots"]) == ("FRESH", "FRESH", "MISSING")
    assert published.left_over("raw_videos") == set()


def test_secrets_of_the_environment_are_in_no_log_database_or_artifact(project: TemporaryProject) -> None:
    project.set("shots", detector="no-such-detector")
    told = project.materialize("shots", status=1)
    files = [path for path in project.root.rglob("*") if path.is_file()]
    assert {"mlflow.db", "record.json", "events.jsonl"} <= {path.name for path in files}
    assert [path for path in files if CANARY.encode() in path.read_bytes()] == []
    assert CANARY not in told


def test_an_edited_setting_makes_it_stale_in_both_and_a_new_one_fresh_in_both(project: TemporaryProject) -> None:
    project.set("raw_videos", splits={"salt": "another", "train": 0.6, "validation": 0.15, "test": 0.25})
    assert project.staleness()["raw_videos"] == "STALE"
    assert "params.yaml" in project.dvc_status("raw_videos")
    project.materialize("raw_videos")
    assert project.staleness()["raw_videos"] == "FRESH"
    assert project.dvc_status("raw_videos") == "Data and pipelines are up to date."


def test_edited_code_makes_it_stale_in_both(project: TemporaryProject) -> None:
    with (project.root / "sv6d" / "video" / "sidecars.py").open("a") as code:
        code.write("# a word more\n")
    assert project.staleness()["raw_videos"] == "STALE"
    assert "sv6d/video/sidecars.py" in project.dvc_status("raw_videos")


def test_a_new_clip_makes_it_stale_in_both(project: TemporaryProject) -> None:
    write_clip(project.root / "clips" / "clip9.mp4", 9)
    project.run("-m", "jobs.inputs")
    assert project.staleness()["raw_videos"] == "STALE"
    assert "inputs" in project.dvc_status("raw_videos")


def test_no_folder_given_keeps_the_folders_and_an_empty_one_drops_them(project: TemporaryProject) -> None:
    sources = project.root / "inputs" / "sources.json"
    before = sources.read_bytes()
    project.run("-m", "jobs.inputs")
    assert sources.read_bytes() == before
    assert b"clip0.mp4" in before
    project.run("-m", "jobs.inputs", "--videos", "")
    assert b"clip0.mp4" not in sources.read_bytes()


def test_dvc_repro_goes_through_dagster_and_mlflow(project: TemporaryProject) -> None:
    project.set("raw_videos", splits={"salt": "another", "train": 0.6, "validation": 0.15, "test": 0.25})
    project.run("-m", "dvc", "repro", "raw_videos")
    assert project.dvc_status("raw_videos") == "Data and pipelines are up to date."
    assert project.staleness()["raw_videos"] == "FRESH"
    assert project.mlflow_runs("raw_videos")[-1] == ("FINISHED", project.dvc_md5("raw_videos"))
    assert project.dagster_runs() == ["SUCCESS", "SUCCESS"]


def test_dagster_learns_of_what_dvc_has_checked_out(project: TemporaryProject) -> None:
    first = project.digest("raw_videos")
    lock, params = (project.root / "dvc.lock").read_bytes(), (project.root / "params.yaml").read_bytes()
    project.set("raw_videos", splits={"salt": "another", "train": 0.6, "validation": 0.15, "test": 0.25})
    project.materialize("raw_videos")
    (project.root / "dvc.lock").write_bytes(lock)
    (project.root / "params.yaml").write_bytes(params)
    project.run("-m", "dvc", "checkout", "--force", "raw_videos")
    assert project.digest("raw_videos") == first
    assert project.staleness()["raw_videos"] == "STALE"
    project.run("-m", "jobs.sync")
    assert project.staleness()["raw_videos"] == "FRESH"


def test_an_artifact_whose_input_is_missing_is_not_started(project: TemporaryProject) -> None:
    shutil.rmtree(project.root / "data" / "raw_videos")
    shutil.rmtree(project.root / ".dvc" / "cache" / "files")
    told = project.materialize("shots", status=1)
    assert "data/raw_videos" in told
    assert "Traceback" not in told
