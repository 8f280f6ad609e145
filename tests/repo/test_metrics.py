"""The catalogue of metrics: complete entries, and the names that training histories may hold."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from sv6d.stages import WORDS

ROOT = Path(__file__).resolve().parents[2]
_METRICS = yaml.safe_load((ROOT / "mlflow" / "metrics.yaml").read_bytes())["metrics"]


@pytest.mark.parametrize("name", _METRICS)
def test_an_entry_says_unit_range_direction_and_where_it_is_logged(name: str) -> None:
    entry = _METRICS[name]
    assert set(entry) == {"about", "unit", "range", "better", "in"}
    low, high = entry["range"]
    assert low < high
    assert entry["better"] in {"higher", "lower", "neither"}
    assert set(entry["in"]) <= set(WORDS)


def test_what_the_trainers_log_is_in_the_catalogue() -> None:
    from sv6d.train import grpo, sft

    assert {*sft._NAMES.values(), *grpo._NAMES.values()} <= set(_METRICS)
