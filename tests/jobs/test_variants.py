"""A variant is made beside the project, shares what it can, and comes home; gc frees what it leaves."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pytest
import yaml
from small_project import SmallProject

from jobs.settings import SettingError, write_settings
from sv6d.params import read_sections

PARAMS = Path(__file__).resolve().parents[2] / "params.yaml"

pytestmark = pytest.mark.slow


def test_settings_are_written_and_comments_stay(tmp_path: Path) -> None:
    path = tmp_path / "params.yaml"
    path.write_text("a: # the first\n  lr: 0.001     # rate\n  none: null\n  inner: {k: 1} # long\n")
    assert write_settings(path, ["a.lr=1e-5", "a.inner.k=[1, 2]"]) == {"a.lr": "1e-5", "a.inner.k": "[1, 2]"}
    assert path.read_text() == "a: # the first\n  lr: 1.0e-5    # rate\n  none: null\n  inner: {k: [1, 2]} # long\n"


def test_settings_are_found_by_their_last_name(tmp_path: Path) -> None:
    path = tmp_path / "params.yaml"
    shutil.copyfile(PARAMS, path)
    assert write_settings(path, ["sft_checkpoint.lr=1e-5", "grpo_checkpoint.learning_rate=2e-5"]) == {
        "sft_checkpoint.optimizer.learning_rate": "1e-5",
        "grpo_checkpoint.optimizer.learning_rate": "2e-5",
    }
    params = read_sections(path)
    assert params["sft_checkpoint"]["optimizer"]["learning_rate"] == 1e-5
    assert params["annotator"] == read_sections(PARAMS)["annotator"]


@pytest.mark.parametrize(
    ("pair", "told"),
    [
        ("sft_checkpoint.stepz=1", "sft_checkpoint.steps"),
        ("sft_chekpoint.steps=1", "sft_checkpoint.steps"),
        ("a.short=1", "a.one.short, a.two.short"),
        ("b=1", "WORD.KEY=VALUE"),
        ("a.long", "WORD.KEY=VALUE"),
    ],
)
def test_a_setting_that_is_not_there_or_is_two_is_refused(tmp_path: Path, pair: str, told: str) -> None:
    path = tmp_path / "params.yaml"
    text = PARAMS.read_text() + "\na: {one: {short: 1}, two: {short: 2}}\n"
    path.write_text(text)
    with pytest.raises(SettingError, match=told.replace(".", r"\.")):
        write_settings(path, [pair])
    assert path.read_text() == text


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
    told = project.run("-m", "jobs.audit", "--verify")
    assert "everything is as it was recorded" in told
    assert "another store that saw the making of benchmark_scores" in told


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
