from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from small_project import SmallProject
from temporary_project import TemporaryProject


@pytest.fixture(scope="session")
def published(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> TemporaryProject:
    """A project with inputs and `raw_videos`, one for all test processes. Not to be changed: see `project`."""
    own = tmp_path_factory.getbasetemp()
    shared = own if worker_id == "master" else own.parent
    os.environ["SV6D_SIGNING_KEY"] = str(shared / "signing.pem")  # the doors of every project inherit it
    made, complete = TemporaryProject(shared / "published"), shared / "published.complete"
    with (shared / "published.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not complete.exists():
            TemporaryProject.create(made.root)
            made.run("-m", "jobs.inputs", "--videos", "clips")
            made.materialize("raw_videos")
            complete.touch()
    return made


@pytest.fixture
def project(published: TemporaryProject, tmp_path: Path) -> TemporaryProject:
    """A copy of `published` for one test."""
    root = tmp_path / "project"
    shutil.copytree(published.root, root, symlinks=True)
    return TemporaryProject(root)


@pytest.fixture(scope="session")
def small_template(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """A small project with everything made, one for all test processes. Not to be changed: see `small`."""
    own = tmp_path_factory.getbasetemp()
    shared = own if worker_id == "master" else own.parent
    root, complete = shared / "small", shared / "small.complete"
    with (shared / "small.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not complete.exists():
            SmallProject.create(root)
            complete.touch()
    return root


@pytest.fixture
def small(small_template: Path, tmp_path: Path) -> Iterator[SmallProject]:
    """A copy of `small_template` for one test, with its driver running."""
    root = tmp_path / "small"
    shutil.copytree(small_template, root, symlinks=True)
    with SmallProject(root) as project:
        yield project
