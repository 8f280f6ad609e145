"""Limits, leases and settings of jobs on this machine."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from assets.resources.errors import JobError, MemoryLimitError, TimeLimitError, TooFewGpusError
from assets.resources.launcher import JobEvent, run_job
from assets.resources.leases import Gpu, leased, visible_gpus
from assets.resources.needs import NEEDS
from assets.resources.project import Project
from assets.resources.runtime import read_settings
from sv6d.errors import ConfigError
from sv6d.stages import WORDS

_CHECKOUT = Path(__file__).resolve().parents[2]
_HOLD = """
import sys
from assets.resources.leases import Gpu, leased
with leased(int(sys.argv[1]), [Gpu(name, name) for name in sys.argv[2:]], "other", print) as lease:
    print(lease.environment["CUDA_VISIBLE_DEVICES"], flush=True)
    sys.stdin.read()
"""


@pytest.fixture(autouse=True)
def _own_leases(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SV6D_LEASES", str(tmp_path / "leases"))
    for name in ("SV6D_RUNTIME", "SV6D_WORKERS", "SV6D_LAUNCHER", "SV6D_DEVICE", "CUDA_VISIBLE_DEVICES"):
        monkeypatch.delenv(name, raising=False)


def _project(folder: Path, settings: str) -> Project:
    (folder / "runtime.yaml").write_text(settings)
    (folder / "params.yaml").write_bytes((_CHECKOUT / "params.yaml").read_bytes())
    return Project(folder)


def _render(project: Project) -> list[JobEvent]:
    heard: list[JobEvent] = []
    arguments = ["studio", "--out", str(project.inputs / "studio"), "--params", str(project.params), "--workers", "1"]
    run_job("inputs", arguments, project=project, listen=heard.append)
    return heard


def test_every_artifact_declares_what_it_needs() -> None:
    assert set(NEEDS) == {"inputs", *WORDS}


def test_a_job_beyond_its_time_is_stopped(tmp_path: Path) -> None:
    project = _project(tmp_path, "needs: {inputs: {time_limit_h: 0.001}}")
    with pytest.raises(TimeLimitError, match="took too long") as caught:
        _render(project)
    assert "needs.inputs.time_limit_h" in caught.value.next_step


def test_a_job_beyond_its_memory_is_stopped(tmp_path: Path) -> None:
    project = _project(tmp_path, "workers: 1\nneeds: {inputs: {memory_gb: 0.03, memory_gb_per_worker: 0.001}}")
    with pytest.raises(MemoryLimitError, match="took too much memory") as caught:
        _render(project)
    assert "at most 31 MB with 1 workers" in caught.value.wanted


def test_a_job_that_fails_tells_its_own_error(tmp_path: Path) -> None:
    project = _project(tmp_path, "")
    with pytest.raises(JobError, match="raw_videos") as caught:
        run_job("shots", ["shots", "--out", str(tmp_path / "out")], project=project, listen=lambda event: None)
    assert "Traceback" not in str(caught.value)


@pytest.mark.parametrize("text", ["launcher: local\nspeed: 3", "needs: {shots: {gpu: 1}}", "workers: many"])
def test_settings_that_are_not_understood_are_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(ConfigError, match=r"runtime\.yaml"):
        read_settings(_project(tmp_path, text))


def test_the_environment_overrides_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    project = _project(tmp_path, "workers: 3\nneeds: {shots: {cpus: 7}}")
    assert read_settings(project).workers_of("shots") == 3
    monkeypatch.setenv("SV6D_WORKERS", "5")
    assert read_settings(project).workers_of("shots") == 5
    monkeypatch.setenv("SV6D_LAUNCHER", "moon")
    with pytest.raises(ConfigError, match="no such launcher"):
        _render(project)


def test_devices_are_given_to_one_job_each_and_come_back_when_it_is_killed() -> None:
    with _holding("2", "a", "b", "c") as first, leased(1, [Gpu(n, n) for n in "abc"], "mine", print) as second:
        assert (first.visible, second.environment["CUDA_VISIBLE_DEVICES"]) == ("a,b", "c")
        first.kill()
        with leased(2, [Gpu(n, n) for n in "abc"], "third", print) as third:
            assert third.environment["CUDA_VISIBLE_DEVICES"] == "a,b"


def test_where_there_is_no_device_jobs_that_want_one_take_turns() -> None:
    told: list[str] = []

    def wait(text: str) -> None:
        told.append(text)
        other.kill()

    with _holding("1") as other, leased(1, [], "mine", wait) as lease:
        assert (other.visible, lease.environment) == ("", {"CUDA_VISIBLE_DEVICES": ""})
    assert told[0].startswith("waiting for a device: cpu is held by other (process ")


def test_more_devices_than_there_are_is_an_error_and_not_a_wait() -> None:
    with pytest.raises(TooFewGpusError, match="needs 3 GPUs"), leased(3, [Gpu("a", "0"), Gpu("b", "1")], "x", print):
        pass


def test_a_person_s_choice_of_devices_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "1, 3")
    assert [gpu.visible for gpu in visible_gpus()] == ["1", "3"]
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "-1")
    assert visible_gpus() == []


class _holding:  # noqa: N801 - used as a verb
    """Another process that holds a lease until it is killed."""

    def __init__(self, *arguments: str) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-c", _HOLD, *arguments],
            cwd=_CHECKOUT,
            env=dict(os.environ),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._process.stdout is not None
        self.visible = self._process.stdout.readline().strip()

    def kill(self) -> None:
        self._process.kill()
        self._process.communicate()

    def __enter__(self) -> _holding:
        return self

    def __exit__(self, *exception: object) -> None:
        if self._process.poll() is None:
            self.kill()
