"""A few of the drills that `make drill` runs by the hundred."""

from __future__ import annotations

import errno
from pathlib import Path

import pytest
import yaml
from temporary_project import TemporaryProject

from benchmarks.drill_crowd import crowd
from benchmarks.drill_disk import refuse
from benchmarks.drill_kills import Killer
from benchmarks.drill_project import DrillProject
from benchmarks.drill_publish import Publishing
from benchmarks.drill_ui import drill, serving
from benchmarks.failing_disk import FailingDisk, is_supported

_WORD = "raw_videos"


@pytest.fixture
def drilled(project: TemporaryProject) -> DrillProject:
    """A project whose small jobs take the device lease and the place in the pool too."""
    (project.root / "runtime.yaml").write_text(yaml.safe_dump({"needs": {_WORD: {"gpus": 1}}}))
    return DrillProject(project.root)


@pytest.mark.slow
def test_a_run_of_the_ui_that_is_ended_leaves_nothing(drilled: DrillProject) -> None:
    with serving(drilled) as ui:
        for event, go_on in (("terminate", False), ("code server KILL", True)):
            found = drill(ui, event, _WORD, go_on=go_on)
            assert None not in (found.gone_s, found.unlocked_s, found.closed_s, found.pool_s), found
            assert found.whole, found
            assert found.next in {"SUCCESS", "not tried"}, found
    assert drilled.processes() == []


def test_a_kill_at_any_moment_loses_nothing(drilled: DrillProject) -> None:
    killer = Killer(drilled, seed=4)
    for _ in range(2):
        found = killer.kill(_WORD)
        assert (found.descendants, found.locks, found.whole, found.settled) == (0, 0, True, True), found
        assert not found.redone or found.redone <= 1, found


@pytest.mark.skipif(not is_supported(), reason="needs Linux on x86-64")
def test_a_disk_that_refuses_a_write_leaves_the_old_artifact_or_the_new_one(drilled: DrillProject) -> None:
    drilled.set(_WORD, splits={"salt": "another"})
    full = FailingDisk(drilled.root, lambda path: path.endswith("videos.parquet"), fails_at=2, error=errno.ENOSPC)
    found = refuse(drilled, _WORD, full, new=None, go_on=False)
    assert (found.failed, found.told, found.state) == (True, True, "old"), found
    # The artifact is exchanged by then; dvc.lock stays whole, and the next run records it.
    broken = FailingDisk(drilled.root, lambda path: path == "dvc.lock", fails_at=1, error=errno.EIO)
    found = refuse(drilled, _WORD, broken, new=None)
    assert (found.failed, found.told, found.state, found.settled) == (True, True, "new", True), found


@pytest.mark.slow
@pytest.mark.skipif(not is_supported(), reason="needs Linux on x86-64")
def test_a_disk_that_refuses_a_write_of_publishing_leaves_the_old_version_or_the_new_one(tmp_path: Path) -> None:
    with Publishing.prepared(tmp_path / "publishing") as publishing:
        chosen = {"renameat2 data/base_model", "rename dvc.lock", "rename signatures/base_model.sig"}
        tries = [one for one in publishing.tries() if publishing.where(one) in chosen]
        found = [publishing.refuse(one) for one in tries]
    assert [one for one in found if not one.is_right] == []
    assert len(found) == 10  # each by both errors; what is recovered was exchanged before
    assert {one.phase for one in found if one.state == "old"} == {"publish"}
    assert {(one.state, one.lock) for one in found} == {("old", "old"), ("new", "old"), ("new", "new")}


def test_of_processes_that_make_the_same_artifact_at_once_one_does(drilled: DrillProject) -> None:
    found = crowd(drilled, [_WORD] * 4)
    assert found.made >= 1
    assert (found.made + found.refused, found.failed) == (4, 0), found
    assert (found.whole, found.recorded, found.locks) == (True, True, 0), found
