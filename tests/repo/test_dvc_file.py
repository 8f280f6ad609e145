"""`dvc.yaml` says what the asset graph says."""

from __future__ import annotations

from pathlib import Path

import dagster as dg
import pytest
import yaml

from jobs.definitions import defs
from jobs.dvc_file import dvc_yaml
from sv6d.fingerprint import import_closure
from sv6d.stages import WORDS, stage_of

ROOT = Path(__file__).resolve().parents[2]
_STAGES = yaml.safe_load((ROOT / "dvc.yaml").read_bytes())["stages"]
_GRAPH = defs.resolve_asset_graph()


def test_the_file_is_the_generated_one() -> None:
    assert (ROOT / "dvc.yaml").read_bytes() == dvc_yaml(), "run: make docs"


@pytest.mark.parametrize("word", WORDS)
def test_a_stage_depends_on_the_folders_of_the_assets_that_its_asset_depends_on(word: str) -> None:
    folders = {dep for dep in _STAGES[word]["deps"] if not dep.startswith("sv6d/")}
    parents = {key.to_user_string() for key in _GRAPH.get(dg.AssetKey(word)).parent_keys}
    assert {Path(folder).name for folder in folders} == parents


@pytest.mark.parametrize("word", WORDS)
def test_a_stage_depends_on_every_source_file_that_its_verb_imports(word: str) -> None:
    closure = {path.relative_to(ROOT).as_posix() for path in import_closure(stage_of(word).module)}
    assert f"sv6d/{stage_of(word).room}/{word}.py" in closure
    assert closure <= set(_STAGES[word]["deps"])


def test_no_output_is_deleted_before_a_new_one_is_complete() -> None:
    for stage in _STAGES.values():
        (out,) = stage["outs"]
        assert all(settings["persist"] for settings in out.values())


def test_no_dependency_is_left_out_of_git() -> None:
    missing = {dep for stage in _STAGES.values() for dep in stage["deps"] if dep.startswith("sv6d/")}
    assert all((ROOT / dep).is_file() for dep in missing)
