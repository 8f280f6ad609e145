"""Films of fewer frames a second that were filled up with repeats."""

from __future__ import annotations

import numpy as np
import pytest

from sv6d.shots.block_detector import BlockDetector
from sv6d.shots.blocks import activity, planes
from sv6d.shots.boundary import Pictures
from sv6d.shots.cadence import distinct_frames, only
from tests.sv6d.shots.test_detector import FRAME_NS, find, mixed, small, yuv
from tests.sv6d.video.made_videos import Picture


def filled_up(frames: list[Picture], each: int) -> list[Picture]:
    return [frame for frame in frames for _ in range(each)]


def distinct(frames: list[Picture]) -> list[int]:
    return [int(frame) for frame in distinct_frames(activity(planes(yuv(frames))))]


@pytest.mark.parametrize("each", [2, 3])
def test_repeats_of_a_cadence_are_known(each: int) -> None:
    frames = filled_up(small(1, 30), each)
    # At the ends there is no step on one side.
    inner = range(2 * each, len(frames) - 2 * each)
    assert [frame for frame in distinct(frames) if frame in inner] == list(inner)[::each]


def test_a_stutter_and_a_still_page_are_no_cadence() -> None:
    frames = small(1, 40)
    frames[20] = frames[19]
    assert distinct(frames) == list(range(40))
    assert distinct([frames[0]] * 20 + [frames[5]] * 20) == list(range(40))


def test_a_fast_camera_at_every_second_frame_is_no_cut_and_a_cut_is() -> None:
    fast = small(1, 20, step_px=20)
    assert find(filled_up(fast, 2)) == []
    (found,) = find(filled_up([*fast, *small(2, 20, step_px=20)], 2))
    assert (found.kind, found.first, found.cut, found.pure) == ("hard_cut", 40, 40, 40)


def test_a_dissolve_at_every_second_frame_has_the_times_of_all_frames() -> None:
    (alone,) = find(mixed(small(1, 60, step_px=1), small(2, 60, step_px=1), 16))
    (found,) = find(filled_up(mixed(small(1, 60, step_px=1), small(2, 60, step_px=1), 16), 2))
    assert found.kind == alone.kind == "dissolve"
    assert abs(found.first - 2 * alone.first) <= 4
    assert abs(found.pure - 2 * alone.pure) <= 4


def test_looks_and_stills_stay_with_their_frames() -> None:
    frames = filled_up(small(1, 6), 2)
    page = np.zeros((4, 4), dtype=np.uint8)
    looks = {2: (page, page + 1), 3: (page, page + 2)}
    pictures = Pictures(
        yuv(frames), tuple(t * FRAME_NS for t in range(12)), 12 * FRAME_NS, looks, {0: page, 5: page + 3}
    )
    kept = only(pictures, np.arange(0, 12, 2))
    assert kept.times_ns == tuple(t * FRAME_NS for t in range(0, 12, 2))
    assert [(place, int(look[1][0, 0])) for place, look in kept.looks.items()] == [(1, 1)]
    assert [(place, int(still[0, 0])) for place, still in kept.stills.items()] == [(0, 0), (2, 3)]
    assert BlockDetector().find(pictures) == []
