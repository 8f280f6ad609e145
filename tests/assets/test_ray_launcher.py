"""Jobs on a Ray cluster: the bytes and the events of a job here, and an end with whoever asked for them."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest
import yaml

from assets.resources.errors import JobError
from assets.resources.launcher import JobEvent, run_job
from assets.resources.project import Project
from assets.resources.remote_jobs import end_left_over, read_submission

pytestmark = [pytest.mark.cluster, pytest.mark.slow]

_CHECKOUT = Path(__file__).resolve().parents[2]
_ENDED = ("STOPPED", "FAILED", "SUCCEEDED")
_LAUNCH = """
import sys
from pathlib import Path
from assets.resources.launcher import run_job
from assets.resources.project import Project
run_job("inputs", sys.argv[2:], project=Project(Path(sys.argv[1])), listen=lambda event: print(event, flush=True))
"""


def _project(folder: Path, address: str, *, launcher: str = "ray", clips: int = 2, **needs: float) -> Project:
    """A folder with the code of this checkout's jobs and settings for small clips."""
    folder.mkdir()
    (folder / "sv6d").symlink_to(_CHECKOUT / "sv6d")
    params = yaml.safe_load((_CHECKOUT / "params.yaml").read_text())
    params["studio"] |= {"num_clips": clips, "short_side_px": 96, "long_side_px": 128}
    (folder / "params.yaml").write_text(yaml.safe_dump(params))
    settings = {"launcher": launcher, "workers": 2, "ray": {"address": address}, "needs": {"inputs": needs}}
    (folder / "runtime.yaml").write_text(yaml.safe_dump(settings))
    return Project(folder)


def _arguments(project: Project) -> list[str]:
    out = str(project.inputs / "studio")
    return ["studio", "--out", out, "--params", str(project.params), "--workers", "2"]


def _render(project: Project, hear: Callable[[JobEvent], None]) -> dict[str, bytes]:
    run_job("inputs", _arguments(project), project=project, listen=hear)
    clips = sorted((project.inputs / "studio").rglob("*.mp4"))
    return {path.name: path.read_bytes() for path in clips}


def _status(address: str, name: str) -> str:
    with urllib.request.urlopen(f"{address}/api/jobs/{name}") as answer:
        found: str = json.load(answer)["status"]
    return found


def _wait(condition: Callable[[], bool], limit_s: float = 60.0) -> None:
    deadline_s = time.monotonic() + limit_s
    while not condition():
        assert time.monotonic() < deadline_s
        time.sleep(0.1)


def _submission(project: Project) -> Path:
    return project.job_folder("inputs") / "remote.json"


def _start(project: Project, address: str) -> tuple[subprocess.Popen[bytes], str]:
    """A process that launches a long job, and the name of the job, which is running."""
    command = [sys.executable, "-c", _LAUNCH, str(project.root), *_arguments(project)]
    process = subprocess.Popen(command, cwd=_CHECKOUT, stdout=subprocess.DEVNULL)
    path = _submission(project)
    _wait(path.is_file)
    name = read_submission(path).name
    events = project.job_folder("inputs") / "events.jsonl"
    _wait(lambda: b"progress" in events.read_bytes())
    assert _status(address, name) == "RUNNING"
    return process, name


def test_a_job_makes_the_same_bytes_and_tells_the_same_events(ray_cluster: str, tmp_path: Path) -> None:
    here: list[JobEvent] = []
    there: list[JobEvent] = []
    local = _render(_project(tmp_path / "local", ray_cluster, launcher="local"), here.append)
    project = _project(tmp_path / "ray", ray_cluster)
    assert _render(project, there.append) == local
    assert len(local) == 2

    def ended(heard: list[JobEvent]) -> list[tuple[str, int]]:
        return [(event["unit"], event["done"]) for event in heard if event["event"] == "progress"][-1:]

    assert ended(there) == ended(here) == [("clips", 2)]
    assert not _submission(project).exists()


def test_a_job_that_fails_tells_its_own_error(ray_cluster: str, tmp_path: Path) -> None:
    project = _project(tmp_path / "ray", ray_cluster)
    project.params.write_text(project.params.read_text().replace("num_clips", "num_clipz"))
    with pytest.raises(JobError, match="unknown key") as caught:
        _render(project, lambda event: None)
    assert "num_clipz" in str(caught.value)


def test_a_job_beyond_its_time_is_stopped(ray_cluster: str, tmp_path: Path) -> None:
    project = _project(tmp_path / "ray", ray_cluster, clips=96, time_limit_h=0.001)
    with pytest.raises(JobError, match="it took too long") as caught:
        _render(project, lambda event: None)
    assert "at most 4 s" in caught.value.wanted
    assert "needs.inputs.time_limit_h" in caught.value.next_step
    assert not _submission(project).exists()


def test_a_job_beyond_its_memory_is_stopped(ray_cluster: str, tmp_path: Path) -> None:
    project = _project(tmp_path / "ray", ray_cluster, clips=96, memory_gb=0.05)
    with pytest.raises(JobError, match="it took too much memory") as caught:
        _render(project, lambda event: None)
    assert caught.value.wanted == "at most 50 MB"
    assert "needs.inputs.memory_gb" in caught.value.next_step
    assert not _submission(project).exists()


def test_an_interrupt_stops_the_job(ray_cluster: str, tmp_path: Path) -> None:
    project = _project(tmp_path / "ray", ray_cluster, clips=96)
    process, name = _start(project, ray_cluster)
    process.send_signal(signal.SIGINT)
    assert process.wait(60) != 0
    assert _status(ray_cluster, name) in _ENDED
    assert not _submission(project).exists()


def test_a_killed_launcher_takes_the_job_along(ray_cluster: str, tmp_path: Path) -> None:
    project = _project(tmp_path / "ray", ray_cluster, clips=96)
    process, name = _start(project, ray_cluster)
    process.kill()
    process.wait()
    _wait(lambda: _status(ray_cluster, name) in _ENDED, limit_s=30.0)
    _wait(lambda: not _submission(project).exists())


def test_a_job_whose_machine_died_is_stopped_by_whoever_comes_next(ray_cluster: str, tmp_path: Path) -> None:
    project = _project(tmp_path / "ray", ray_cluster, clips=96)
    process, name = _start(project, ray_cluster)
    for gone in [*psutil.Process(process.pid).children(recursive=True), process]:
        os.kill(gone.pid, signal.SIGKILL)
    process.wait()
    time.sleep(3)
    assert _status(ray_cluster, name) == "RUNNING"
    assert end_left_over(project.job_folder("inputs")) == f"{name} was still on the cluster; stopped"
    assert _status(ray_cluster, name) in _ENDED
    assert end_left_over(project.job_folder("inputs")) is None
