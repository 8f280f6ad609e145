"""What is asked of a machine or a cluster for a job whose model answers in processes of its own."""

from __future__ import annotations

from pathlib import Path

import pytest

from assets.resources.errors import JobError, TooFewGpusError
from assets.resources.launcher import Command, copies_of_model, run_job
from assets.resources.needs import Needs
from assets.resources.project import Project
from assets.resources.ray_launcher import RayLauncher
from assets.resources.runtime import job_arguments

_CHECKOUT = Path(__file__).resolve().parents[2]
_SETTINGS = """
launcher: {launcher}
device: {device}
needs:
  annotations: {{gpus: 4, models: 3}}
  sft_checkpoint: {{gpus: 4}}
"""


@pytest.fixture(autouse=True)
def _own_leases(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SV6D_LEASES", str(tmp_path / "leases"))
    for name in ("SV6D_RUNTIME", "SV6D_WORKERS", "SV6D_LAUNCHER", "SV6D_DEVICE", "SV6D_SPREAD"):
        monkeypatch.delenv(name, raising=False)


def _project(folder: Path, *, launcher: str = "local", device: str = "auto") -> Project:
    (folder / "runtime.yaml").write_text(_SETTINGS.format(launcher=launcher, device=device))
    (folder / "params.yaml").write_bytes((_CHECKOUT / "params.yaml").read_bytes())
    return Project(folder)


def _command(word: str) -> Command:
    return Command(word, (word,), 2, Path("p"), Path("p"), Path("f"))


def test_the_job_is_told_how_many_gpus_and_how_many_copies_without_any(tmp_path: Path) -> None:
    arguments = job_arguments("annotations", tmp_path / "out", _project(tmp_path))
    told = dict(zip(arguments[1::2], arguments[2::2], strict=True))
    assert (told["--gpus"], told["--models"]) == ("4", "3")


@pytest.mark.parametrize(
    ("word", "device", "num_gpus"),
    [
        ("annotations", "auto", 0),
        ("benchmark_scores", "auto", 0),
        ("sft_checkpoint", "auto", 4),
        ("sft_checkpoint", "cpu", 0),
    ],
)
def test_on_ray_the_slots_take_the_gpus_and_not_the_job(tmp_path: Path, word: str, device: str, num_gpus: int) -> None:
    launcher = RayLauncher(_project(tmp_path, launcher="ray", device=device))
    asked = launcher.submission("name", _command(word), Needs(gpus=4), {"SV6D_EVENTS": "events"}).request
    assert asked["entrypoint_num_gpus"] == num_gpus


def test_a_job_here_whose_model_answers_on_a_cluster_leases_no_gpu(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = _project(tmp_path)
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "5")
    words = ["annotations", "--out", str(tmp_path / "out"), "--data", str(tmp_path / "data")]
    with pytest.raises(TooFewGpusError):
        run_job("annotations", words, project=project, listen=lambda event: None)
    monkeypatch.setenv("SV6D_SPREAD", "ray")
    with pytest.raises(JobError, match="raw_videos, which is not there"):
        run_job("annotations", words, project=project, listen=lambda event: None)


@pytest.mark.parametrize(
    ("word", "num_gpus", "num_copies"),
    [("annotations", 4, 4), ("annotations", 0, 3), ("sft_checkpoint", 4, 1), ("shots", 0, 1)],
)
def test_each_copy_of_a_model_may_hold_what_a_model_may(word: str, num_gpus: int, num_copies: int) -> None:
    needs = Needs(models=3, memory_gb=10.0, memory_gb_per_worker=1.0)
    assert copies_of_model(_command(word), needs, num_gpus) == num_copies
    assert needs.memory_bytes(2, num_copies) == (10 * num_copies + 2) * 10**9
