"""An artifact whose job ran on a Ray cluster is the artifact of a job that ran here, also after a kill."""

from __future__ import annotations

import shutil
import time

import pytest
from temporary_project import TemporaryProject


@pytest.mark.cluster
@pytest.mark.slow
def test_a_killed_run_is_settled_and_the_artifact_is_the_same(
    project: TemporaryProject, ray_cluster: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    project.materialize("shots")
    made_here, md5 = project.digest("shots"), project.dvc_md5("shots")
    shutil.rmtree(project.root / ".work" / "shots")
    monkeypatch.setenv("SV6D_LAUNCHER", "ray")
    monkeypatch.setenv("RAY_API_SERVER_ADDRESS", ray_cluster)
    door = project.start("-m", "jobs.materialize", "shots")
    submission = project.root / ".work" / "jobs" / "shots" / "remote.json"
    while not submission.exists():
        assert door.poll() is None, door.communicate()[0]
        time.sleep(0.05)
    door.kill()
    door.communicate()
    told = project.materialize("shots")
    assert "a run was cut off before it was complete" in told
    assert not submission.exists()
    assert (project.digest("shots"), project.dvc_md5("shots")) == (made_here, md5)
    assert project.dagster_runs()[-2:] == ["FAILURE", "SUCCESS"]
    assert project.staleness()["shots"] == "FRESH"
    assert [status for status, _ in project.mlflow_runs("shots")] == ["FINISHED", "KILLED", "FINISHED"]
