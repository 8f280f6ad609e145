"""The benchmark of rendering: what it counts."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.studio import FEED, line, measure, total
from sv6d.params import read_config
from sv6d.studio.config import StudioConfig

ROOT = Path(__file__).parents[2]


def test_frames_and_seconds_are_those_of_the_clips(tmp_path: Path) -> None:
    config = read_config(ROOT / "params.yaml", "studio")
    assert isinstance(config, StudioConfig)
    small = config.model_copy(update={"short_side_px": 72, "long_side_px": 128, "max_duration_s": 4.5})
    speeds = [measure(name, 1, small, tmp_path) for name in (FEED, "slides")]
    for speed in speeds:
        assert speed.num_frames / speed.clip_s == pytest.approx(27, abs=4)
        assert 0 < speed.painted_s < speed.rendered_s
    everything = total(speeds)
    assert everything.num_clips == 2
    assert everything.rendered_s == sum(speed.rendered_s for speed in speeds)
    assert f"{everything.clip_s / everything.rendered_s:9.2f}" in line(everything)
