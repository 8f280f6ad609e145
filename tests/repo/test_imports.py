"""Who may import whom, and what an import may cost."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import dagster as dg
from importlinter.cli import lint_imports

ROOT = Path(__file__).resolve().parents[2]
_HEAVY = ("torch", "torchvision", "transformers", "trl", "peft", "deepspeed", "mlflow", "dvc", "pandas")


def _python(code: str) -> str:
    environment = {name: value for name, value in os.environ.items() if name != "DAGSTER_HOME"}
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=environment, capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


def test_the_contracts_hold() -> None:
    assert lint_imports(config_filename=str(ROOT / "pyproject.toml"), no_cache=True) == 0


def test_the_asset_graph_loads_without_what_is_heavy() -> None:
    loaded = _python(f"import jobs.definitions, sys; print([name for name in {_HEAVY} if name in sys.modules])")
    assert loaded == "[]"


def test_mlflow_is_the_package_and_not_the_folder() -> None:
    assert not [path for path in (ROOT / "mlflow").rglob("*") if path.suffix == ".py"]
    assert "site-packages" in _python("import mlflow; print(mlflow.__file__)")


def test_no_test_folder_is_a_package_that_could_shadow_one() -> None:
    assert not list((ROOT / "tests").rglob("__init__.py"))


def test_selection_strings_parse_and_omegaconf_imports_in_one_process() -> None:
    # Dagster's parser needs antlr 4.13, the stable hydra pins 4.9: only the pinned pair does both.
    from omegaconf import OmegaConf

    from jobs.definitions import defs

    selected = dg.AssetSelection.from_string('key:"shots"+ and group:"main"')
    keys = {key.to_user_string() for key in selected.resolve(defs.resolve_asset_graph())}
    assert "shots" in keys
    assert "annotations" in keys
    assert "raw_videos" not in keys
    assert OmegaConf.create("a: 1").a == 1


def test_trl_is_met_in_few_files() -> None:
    met = {
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "sv6d").rglob("*.py")
        if any(line.lstrip().startswith(("from trl", "import trl")) for line in path.read_text().splitlines())
    }
    assert met <= {
        f"sv6d/train/{name}.py" for name in ("annotator", "sft", "sft_checkpoint", "grpo", "grpo_checkpoint")
    }
