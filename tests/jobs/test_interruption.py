"""What a failure, an interrupt or a kill leaves behind, and how the next process settles it."""

from __future__ import annotations

import json
import signal
import time
from pathlib import Path

import psutil
from temporary_project import TemporaryProject

_OTHER_SALT = {"salt": "another", "train": 0.6, "validation": 0.15, "test": 0.25}


def _record(project: TemporaryProject) -> bytes:
    return (project.root / "data" / "raw_videos" / "record.json").read_bytes()


def _gone(process: psutil.Process) -> bool:
    _, alive = psutil.wait_procs([process], timeout=20)
    return not alive


def test_a_refused_artifact_leaves_the_old_one(project: TemporaryProject) -> None:
    before = _record(project)
    project.set("raw_videos", splits={"salt": "s", "train": 0.000001, "validation": 0.000001, "test": 0.999998})
    told = project.materialize("raw_videos", status=1)
    assert "has_training_videos: none of the 5 videos fell into the training split" in told
    assert _record(project) == before
    assert project.mlflow_runs("raw_videos")[-1] == ("FAILED", None)
    assert project.dagster_runs() == ["SUCCESS", "FAILURE"]
    assert project.left_over("raw_videos") == set()


def test_a_failed_job_tells_its_error_and_leaves_the_old_artifact(project: TemporaryProject) -> None:
    before = _record(project)
    project.set("raw_videos", splitz={})
    told = project.materialize("raw_videos", status=1)
    assert "unknown key splitz" in told
    assert "the keys limits, near_duplicates, refused_licences, splits" in told
    assert "Traceback" not in told
    assert _record(project) == before
    assert project.mlflow_runs("raw_videos")[-1] == ("FAILED", None)


def test_ctrl_c_ends_the_job_and_keeps_the_old_artifact(project: TemporaryProject) -> None:
    before = _record(project)
    project.set("raw_videos", splits=_OTHER_SALT)
    door, job = project.start_job("raw_videos")
    door.send_signal(signal.SIGINT)
    told, _ = door.communicate()
    assert door.returncode == 130, told
    assert "make run goes on from here" in told
    assert _gone(job)
    assert _record(project) == before
    assert project.mlflow_runs("raw_videos")[-1] == ("KILLED", None)
    assert project.left_over("raw_videos") == set()


def test_a_killed_run_takes_its_job_along_and_is_closed_by_the_next(project: TemporaryProject) -> None:
    before = _kill_while_it_runs(project)
    assert _record(project) == before
    assert project.left_over("raw_videos") >= {"journal.json"}
    told = project.materialize("raw_videos")
    assert "a run was cut off before it was complete" in told
    assert _record(project) != before
    assert project.dagster_runs() == ["SUCCESS", "FAILURE", "SUCCESS"]
    assert [status for status, _ in project.mlflow_runs("raw_videos")] == ["FINISHED", "KILLED", "FINISHED"]
    assert project.left_over("raw_videos") == set()


def test_a_run_that_was_killed_before_it_wrote_anything_is_closed_by_the_next_door(project: TemporaryProject) -> None:
    door = project.start("-m", "jobs.materialize", "raw_videos")
    while project.dagster_runs()[-1] != "STARTED":
        assert door.poll() is None, door.communicate()[0]
        time.sleep(0.01)
    door.kill()
    door.communicate()
    told = project.run("-m", "jobs.inputs")
    assert "its process is gone; closed" in told or "was cut off" in told
    assert project.dagster_runs() == ["SUCCESS", "FAILURE"]


def _kill_while_it_runs(project: TemporaryProject) -> bytes:
    """Kill a run of raw_videos whose job is at work, and which takes it along; the record before."""
    before = _record(project)
    project.set("raw_videos", splits=_OTHER_SALT)
    door, job = project.start_job("raw_videos")
    door.kill()
    door.communicate()
    assert _gone(job)
    return before


def _cut_off_before_the_record(project: TemporaryProject) -> bytes:
    """Kill a run of raw_videos that has exchanged its artifact and not recorded it; the new record."""
    before = _record(project)
    project.set("raw_videos", splits=_OTHER_SALT)
    from dvc.repo import Repo

    with Repo(str(project.root)) as repo, repo.lock:  # the run must wait here before it can record
        door = project.start("-m", "jobs.materialize", "raw_videos")
        while _record(project) == before:
            assert door.poll() is None, door.communicate()[0]
            time.sleep(0.02)
        door.kill()
        door.communicate()
    after = _record(project)
    assert after != before
    return after


def _edit_journal(project: TemporaryProject, *, without: str) -> Path:
    """Take a key out of what the cut-off run of raw_videos has left."""
    path = project.root / ".work" / "jobs" / "raw_videos" / "journal.json"
    left = json.loads(path.read_text())
    del left[without]
    path.write_text(json.dumps(left))
    return path


def test_a_kill_between_exchange_and_record_is_finished_by_the_next_process(project: TemporaryProject) -> None:
    after = _cut_off_before_the_record(project)
    checks = project.checks("raw_videos")
    assert set(checks.values()) == {"PLANNED"}
    assert "params.yaml" in project.dvc_status("raw_videos")
    told = project.run("-m", "jobs.inputs")
    assert "was published when its run was cut off; recorded now" in told
    assert _record(project) == after
    assert project.dvc_status("raw_videos") == "Data and pipelines are up to date."
    assert project.staleness()["raw_videos"] == "FRESH"
    assert project.mlflow_runs("raw_videos")[-1] == ("FINISHED", project.dvc_md5("raw_videos"))
    evaluated = {name for name, status in project.checks("raw_videos").items() if status == "SUCCEEDED"}
    assert evaluated == checks.keys() - {"as_recorded"}  # which comes after publishing
    statement = json.loads((project.root / "signatures" / "raw_videos.json").read_text())
    assert statement["checks"] == dict.fromkeys(evaluated, True)
    assert "everything is as it was recorded" in project.run("-m", "jobs.audit", "--verify")
    assert project.left_over("raw_videos") == set()


def test_what_a_version_without_checks_in_its_journal_published_is_recorded(project: TemporaryProject) -> None:
    after = _cut_off_before_the_record(project)
    _edit_journal(project, without="checks")
    told = project.run("-m", "jobs.plan")
    assert "was published when its run was cut off; recorded now. What its checks found was not kept" in told
    assert _record(project) == after
    assert project.dvc_status("raw_videos") == "Data and pipelines are up to date."
    assert project.staleness()["raw_videos"] == "FRESH"
    assert project.mlflow_runs("raw_videos")[-1] == ("FINISHED", project.dvc_md5("raw_videos"))
    assert "SUCCEEDED" not in project.checks("raw_videos").values()
    statement = json.loads((project.root / "signatures" / "raw_videos.json").read_text())
    assert (statement["md5"], statement["checks"]) == (project.dvc_md5("raw_videos"), {})
    assert "everything is as it was recorded" in project.run("-m", "jobs.audit", "--verify")
    assert project.left_over("raw_videos") == set()


def test_a_running_entry_without_checks_is_undone(project: TemporaryProject) -> None:
    before = _kill_while_it_runs(project)
    _edit_journal(project, without="checks")
    assert "a run was cut off before it was complete" in project.run("-m", "jobs.plan")
    assert _record(project) == before
    assert project.mlflow_runs("raw_videos")[-1] == ("KILLED", None)
    assert project.left_over("raw_videos") == set()


def test_a_journal_that_is_not_understood_is_told_and_stops_its_own_artifact_alone(project: TemporaryProject) -> None:
    before = _kill_while_it_runs(project)
    path = _edit_journal(project, without="phase")
    told = project.run("-m", "jobs.plan")
    assert "what a run of raw_videos has left cannot be understood" in told
    assert "or remove the file" in told
    refused = project.materialize("raw_videos", status=1)
    assert "TypeError" in refused
    assert "wanted: a journal as this version writes it" in refused
    assert _record(project) == before
    path.unlink()
    project.materialize("raw_videos")
    assert _record(project) != before


def test_a_second_run_of_the_same_artifact_is_refused(project: TemporaryProject) -> None:
    project.set("raw_videos", splits=_OTHER_SALT)
    door, job = project.start_job("raw_videos")
    job.suspend()
    told = project.materialize("raw_videos", status=1)
    assert "is being made by another run" in told
    job.resume()
    output, _ = door.communicate()
    assert door.returncode == 0, output
