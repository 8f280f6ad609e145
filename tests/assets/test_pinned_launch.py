"""A job on a cluster runs in a folder of pinned files, which holds the job's code and nothing of what launches it."""

from __future__ import annotations

import socket
import subprocess
from pathlib import Path

import pytest
import yaml

from assets.resources.errors import JobError
from assets.resources.launcher import Command, run_job
from assets.resources.needs import Needs
from assets.resources.pins import PinnedProject
from assets.resources.project import Project
from assets.resources.ray_launcher import RayLauncher

_CHECKOUT = Path(__file__).resolve().parents[2]


def _pinned(folder: Path, address: str) -> PinnedProject:
    (folder / "pinned").mkdir(parents=True)
    (folder / "pinned" / "sv6d").symlink_to(_CHECKOUT / "sv6d")
    settings = {"launcher": "ray", "ray": {"address": address}}
    (folder / "pinned" / "runtime.yaml").write_text(yaml.safe_dump(settings))
    return PinnedProject(folder / "pinned", Project(folder))


def test_what_stands_here_for_the_job_starts_there(tmp_path: Path) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{unused.getsockname()[1]}"
        pinned = _pinned(tmp_path, address)
        with pytest.raises(JobError, match="the Ray cluster at"):
            run_job("shots", ["shots"], project=pinned, listen=lambda event: None)
    assert "does not answer" in (pinned.job_folder("shots") / "job.log").read_text()


def test_what_a_cluster_is_asked_to_start_runs_the_pinned_code(tmp_path: Path) -> None:
    pinned = _pinned(tmp_path, "http://127.0.0.1:1")
    (pinned.root / "sv6d").unlink()
    (pinned.root / "sv6d" / "cli").mkdir(parents=True)
    for name in ("__init__.py", "cli/__init__.py"):
        (pinned.root / "sv6d" / name).touch()
    (pinned.root / "sv6d" / "cli" / "main.py").write_text("import sys; print('pinned', *sys.argv[1:])")
    command = Command("shots", ("shots",), 2, pinned.root, pinned.checkout, tmp_path / "folder")
    environment = {"SV6D_EVENTS": "e", "PYTHONPATH": str(pinned.root)}
    request = RayLauncher(pinned).submission("name", command, Needs(), environment).request
    given = {**request["runtime_env"]["env_vars"], "PATH": "/usr/bin:/bin"}
    started = subprocess.run(["sh", "-c", request["entrypoint"]], cwd="/", env=given, capture_output=True, text=True)
    assert started.stdout == "pinned shots\n", started.stderr
