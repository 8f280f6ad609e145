"""`make rebuild` as CI calls it: from a clone, with a remote whose bytes are not trusted."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from small_project import SmallProject

pytestmark = pytest.mark.slow


def rebuild(project: SmallProject, *, status: int = 0) -> tuple[dict[str, Any], str]:
    """The account of a rebuild, and what it printed."""
    out = project.root / ".work" / "rebuild.json"
    told = project.run("-m", "jobs.rebuild", "--json", str(out), status=status)
    account: dict[str, Any] = json.loads(out.read_text()) if out.is_file() else {}
    out.unlink(missing_ok=True)
    return account, told


def on_remote(remote: Path, project: SmallProject, word: str) -> Path:
    """The file `value.json` of an artifact on the remote."""
    body = (project.root / "data" / word / "value.json").read_bytes()
    return next(path for path in remote.rglob("*") if path.is_file() and path.read_bytes() == body)


def test_a_rebuild_pushes_what_it_made_and_a_clone_makes_nothing_again(small_template: Path, tmp_path: Path) -> None:
    project, remote = SmallProject(tmp_path / "one"), tmp_path / "remote"
    shutil.copytree(small_template, project.root, symlinks=True)
    project.run("-m", "dvc", "remote", "add", "-d", "store", str(remote))
    project.set_value("benchmark_scores", 4)
    account, told = rebuild(project)
    assert [step["word"] for step in account["planned"]] == ["benchmark_scores"]
    assert [step["word"] for step in account["made"]] == ["benchmark_scores"]
    assert (account["green"], account["red"]) == (True, [])
    assert (account["scores_before"], account["scores_after"]) == ({"base": {"all": 0.0}}, {"base": {"all": 0.2}})
    assert account["pushed"] > 0
    assert "0.000 -> 0.200" in told
    assert "+0.200" in told
    project.git("commit", "-qam", "rebuilt")

    other = project.clone(tmp_path / "other")
    account, told = rebuild(other)
    assert (account["green"], account["made"], account["planned"]) == (True, [], [])
    assert account["pulled"] > 0
    assert other.value("benchmark_scores") == project.value("benchmark_scores")

    flipped = on_remote(remote, project, "shots")
    flipped.chmod(0o644)
    flipped.write_bytes(flipped.read_bytes().replace(b"factor", b"fact0r"))
    third = project.clone(tmp_path / "third")
    _, told = rebuild(third, status=1)
    assert "other bytes than recorded came from the DVC remote" in told
    assert "data/shots/value.json" in told
    account, told = rebuild(project, status=1)
    assert "other bytes than recorded lie on the DVC remote" in account["red"][0]


def test_a_rebuild_of_nothing_tells_a_lost_log_and_one_after_an_edit_by_hand_makes_it_again(
    small_template: Path, tmp_path: Path
) -> None:
    project = SmallProject(tmp_path / "one")
    shutil.copytree(small_template, project.root, symlinks=True)
    shutil.rmtree(project.root / ".dagster")
    account, told = rebuild(project)
    assert (account["green"], account["planned"], account["made"]) == (True, [], [])
    assert "nothing was stale" in told
    with project:
        assert project.ask("state") == {"dvc": [], "dagster": [], "red": []}
    value = project.value("shots")
    project.edit_by_hand("shots")
    account, _ = rebuild(project)
    assert (account["green"], account["made"][0]["word"]) == (True, "shots")
    assert project.value("shots") == value


def test_a_failed_job_is_red_and_pushes_nothing(small_template: Path, tmp_path: Path) -> None:
    project, remote = SmallProject(tmp_path / "one"), tmp_path / "remote"
    shutil.copytree(small_template, project.root, symlinks=True)
    project.run("-m", "dvc", "remote", "add", "-d", "store", str(remote))
    (project.root / "sv6d" / "toy" / "evidence.py").open("a").write("1 / 0\n")
    account, _ = rebuild(project, status=1)
    assert account["pushed"] is None
    assert "evidence" in account["red"][0]
    assert [path for path in remote.rglob("*") if path.is_file()] == []
