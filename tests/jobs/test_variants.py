"""A variant is made beside the project, shares what it can, and comes home; gc frees what it leaves."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pytest
import yaml
from small_project import SmallProject

from jobs.variants import write_settings

pytestmark = pytest.mark.slow


def test_settings_are_written_and_comments_stay(tmp_path: Path) -> None:
    path = tmp_path / "params.yaml"
    path.write_text("a: # the first\n  lr: 0.1 # rate\n  inner: {k: 1}\n")
    write_settings(path, {"a.lr": "1e-5", "a.inner.k": "[1, 2]"})
    assert "# the first" in path.read_text()
    assert "# rate" in path.read_text()
    assert yaml.safe_load(path.read_text().replace("1e-05", "1.0e-05")) == {"a": {"lr": 1e-5, "inner": {"k": [1, 2]}}}


def test_a_variant_goes_out_and_comes_home(small_template: Path, tmp_path: Path) -> None:
    project = SmallProject(tmp_path / "one")
    shutil.copytree(small_template, project.root, symlinks=True)
    told = project.run("-m", "jobs.variants", "try", "x", "--set", "benchmark_scores.value=4")
    folder = project.root / ".work" / "variants" / "x"
    assert "+0.200" in told
    assert [line for line in told.splitlines() if "1 items" in line and "benchmark_scores" not in line] == []
    assert json.loads((folder / "data" / "benchmark_scores" / "value.json").read_text())["value"] == 2
    assert project.value("benchmark_scores")["value"] == 0
    assert not (folder / ".dvc" / "cache" / "files").exists()
    assert not (folder / "mlflow.db").exists()
    assert project.git("status", "--porcelain") == ""
    told = project.run("-m", "jobs.variants", "promote", "x")
    assert "home: benchmark_scores" in told
    assert not folder.exists()
    assert project.value("benchmark_scores")["value"] == 2
    assert yaml.safe_load((project.root / "params.yaml").read_text())["benchmark_scores"]["value"] == 4
    assert project.git("status", "--porcelain") == ""
    with project:
        assert project.ask("state") == {"dvc": [], "dagster": [], "red": []}


def test_gc_keeps_what_a_branch_names_and_asks_first(small_template: Path, tmp_path: Path) -> None:
    project = SmallProject(tmp_path / "one")
    shutil.copytree(small_template, project.root, symlinks=True)
    with project:
        project.set_value("base_model", 2)
        project.ask("make", word="base_model")
        project.set_value("base_model", 3)
        project.ask("make", word="base_model")
    stored = sum(len(files) for _, _, files in os.walk(project.root / ".dvc" / "cache" / "files"))
    told = project.run("-m", "jobs.gc")
    assert "objects of DVC's cache that no kept revision names" in told
    assert "nothing was freed" in told
    assert sum(len(files) for _, _, files in os.walk(project.root / ".dvc" / "cache" / "files")) == stored
    project.run("-m", "jobs.gc", "--yes")
    assert "nothing to free" in project.run("-m", "jobs.gc")
    left = sum(len(files) for _, _, files in os.walk(project.root / ".dvc" / "cache" / "files"))
    assert left < stored
    project.git("checkout", "-q", "-f", "HEAD")
    with project:
        project.ask("checkout")
        assert project.ask("state") == {"dvc": [], "dagster": [], "red": []}
