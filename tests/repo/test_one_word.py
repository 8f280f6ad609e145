"""One word per artifact: whoever knows the word finds everything."""

from __future__ import annotations

import importlib
from pathlib import Path

import dagster as dg
import pytest
import yaml

from jobs.definitions import defs
from sv6d.params import SECTIONS, config_class, validate_all
from sv6d.stages import STAGES, WORDS, Stage

ROOT = Path(__file__).resolve().parents[2]
_GRAPH = defs.resolve_asset_graph()
# Declared beside the artifacts: what they come from.
_NO_WORD = {"inputs", "__init__"}


def test_every_word_has_an_asset_file_and_no_other_file_is_there() -> None:
    assert {path.stem for path in (ROOT / "assets").glob("*.py")} - _NO_WORD == set(WORDS)


def test_the_graph_holds_the_words_and_the_inputs() -> None:
    assert {key.to_user_string() for key in _GRAPH.get_all_asset_keys()} == {*WORDS, "inputs"}


def test_every_word_has_a_section_of_settings_and_they_are_valid() -> None:
    assert tuple(yaml.safe_load((ROOT / "params.yaml").read_bytes())) == SECTIONS
    assert set(validate_all(ROOT / "params.yaml")) == set(SECTIONS)


def test_every_word_has_a_stage_in_dvc() -> None:
    assert set(yaml.safe_load((ROOT / "dvc.yaml").read_bytes())["stages"]) == {*WORDS, "inputs"}


@pytest.mark.parametrize("stage", STAGES, ids=lambda stage: stage.word)
def test_every_word_has_a_verb_and_a_config_in_its_room(stage: Stage) -> None:
    assert (ROOT / "sv6d" / stage.room / f"{stage.word}.py").is_file()
    assert config_class(stage.word).__module__ == f"sv6d.{stage.room}.config"


@pytest.mark.parametrize("stage", STAGES, ids=lambda stage: stage.word)
def test_the_asset_has_the_edges_and_the_group_of_the_stage_table(stage: Stage) -> None:
    node = _GRAPH.get(dg.AssetKey(stage.word))
    parents = {key.to_user_string() for key in node.parent_keys}
    assert parents - {"inputs"} == set(stage.inputs)
    assert node.group_name == stage.group


@pytest.mark.parametrize("word", WORDS)
def test_the_asset_file_names_the_asset_by_its_word(word: str) -> None:
    (definition,) = dg.load_assets_from_modules([importlib.import_module(f"assets.{word}")])
    assert isinstance(definition, dg.AssetsDefinition)
    assert definition.key == dg.AssetKey(word)


def test_the_main_group_holds_the_seven_artifacts_that_people_ask_for() -> None:
    assert [stage.word for stage in STAGES if stage.group == "main"] == [
        "raw_videos",
        "shots",
        "annotations",
        "filtered_corpus",
        "sft_checkpoint",
        "grpo_checkpoint",
        "benchmark_scores",
    ]
