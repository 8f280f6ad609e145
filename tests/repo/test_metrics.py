"""The catalogue of metrics: complete entries, and the names that training histories may hold."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from sv6d.quality.agreement import agreement_metrics
from sv6d.stages import WORDS
from tests.sv6d.objective.made_documents import made_document

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


def test_what_the_filter_and_the_benchmark_log_is_in_the_catalogue() -> None:
    from sv6d.bench.benchmark_scores import _headline

    document = made_document([(0.0, 4.0, "", 0.0, 0.0)], [("lighting_key", "low_key", 0.0, 4.0)])
    entries = {"all": {"accuracy": 0.5}, "cut_time": {"accuracy": 0.5}}
    names = {
        *agreement_metrics([(document, document)], "agreement/held_out/kept"),
        *_headline({"models": {"sft": entries}}),
    }
    assert len(names) > 5
    patterns = [re.compile(_ONE_PART.sub("[^/]+", re.escape(name))) for name in _METRICS]
    assert {name for name in names if not any(pattern.fullmatch(name) for pattern in patterns)} == set()


# A part in braces, as `re.escape` leaves it.
_ONE_PART = re.compile(r"\\\{[^}]*\}")
