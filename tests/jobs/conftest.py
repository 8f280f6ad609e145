from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from temporary_project import TemporaryProject


@pytest.fixture(scope="session")
def published(tmp_path_factory: pytest.TempPathFactory) -> TemporaryProject:
    """A project with inputs and `raw_videos`. Not to be changed by a test: see `project`."""
    made = TemporaryProject.create(tmp_path_factory.mktemp("published") / "project")
    made.run("-m", "jobs.inputs", "--videos", "clips")
    made.materialize("raw_videos")
    return made


@pytest.fixture
def project(published: TemporaryProject, tmp_path: Path) -> TemporaryProject:
    """A copy of `published` for one test."""
    root = tmp_path / "project"
    shutil.copytree(published.root, root, symlinks=True)
    return TemporaryProject(root)
