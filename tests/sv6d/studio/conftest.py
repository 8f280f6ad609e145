"""The default corpus of `params.yaml`, and a small one for what has to be encoded."""

from __future__ import annotations

from pathlib import Path

import pytest

from sv6d.params import read_config
from sv6d.studio.config import StudioConfig
from sv6d.studio.plan import ClipPlan
from sv6d.studio.planner import plan_clip
from sv6d.studio.seeds import corpus_seed

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="session")
def config() -> StudioConfig:
    found = read_config(ROOT / "params.yaml", "studio")
    assert isinstance(found, StudioConfig)
    return found


@pytest.fixture(scope="session")
def plans(config: StudioConfig) -> list[ClipPlan]:
    """Every plan of the default corpus."""
    return [plan_clip(corpus_seed(config, index), config) for index in range(config.num_clips)]


@pytest.fixture(scope="session")
def small(config: StudioConfig) -> StudioConfig:
    """Two short clips of 72 x 128 pixels."""
    sizes = {"short_side_px": 72, "long_side_px": 128, "num_clips": 2, "max_duration_s": 4.5}
    return config.model_copy(update=sizes)
