"""Fades and dissolves that an end of the video cuts off."""

from __future__ import annotations

import numpy as np
import pytest

from sv6d.shots.mixes import Window, boundaries
from tests.sv6d.shots.test_detector import BLACK, FRAME_NS, faded, find, small


@pytest.mark.parametrize("at_start", [False, True])
@pytest.mark.parametrize("rests", [False, True])
def test_a_mixture_that_still_loses_contrast_where_the_video_ends_leads_nowhere(at_start: bool, rests: bool) -> None:
    contrast = np.r_[np.full(60, 40.0), np.linspace(40.0, 12.0, 12), np.full(4, 12.0)]
    contrast = contrast if rests else contrast[:72]
    num = len(contrast)
    window = Window(2.0, 61, 71)
    if at_start:
        contrast, window = contrast[::-1], Window(2.0, num - 71, num - 61)
    found = boundaries([window], contrast, [], FRAME_NS)
    assert [item.kind for item in found] == (["dissolve"] if rests else [])


@pytest.mark.parametrize("kept", [4, 6, 14])
def test_a_picture_that_has_begun_to_fade_in_at_the_end_is_a_shot(kept: int) -> None:
    before = faded(small(1, 40), 12, BLACK, out=True)
    after = faded(small(2, 60), 40, BLACK, out=False)[:kept]
    found = find([*before, *[BLACK] * 12, *after])
    assert [item.kind for item in found] == ["fade_out", "fade_in"]
    assert abs(found[1].cut - 52) <= 2


def test_noise_on_black_at_the_end_is_no_shot() -> None:
    rng = np.random.default_rng(0)
    before = faded(small(1, 40), 12, BLACK, out=True)
    after = [np.clip(rng.normal(0, 6, BLACK.shape), 0, 255).astype(np.uint8) for _ in range(20)]
    assert find([*before, BLACK, *after]) == []
