"""Fires and lights that burst out within a shot lead to no other one, and what only looks like them does."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from tests.sv6d.shots.test_detector import blurred, find, mixed, small, waves
from tests.sv6d.video.made_videos import Picture

NUM = 110


def dark(frames: Sequence[Picture]) -> list[Picture]:
    return [np.asarray(0.5 * frame, dtype=np.uint8) for frame in frames]


def on_fire(frames: Sequence[Picture], first: int, growing: int, burning: int, leaving: int) -> list[Picture]:
    """Flames of their own shape that grow over the picture from its middle and burn out."""
    y, x = np.mgrid[:36, :64]
    shape = blurred(np.random.default_rng(5).integers(150, 255, (36, 64, 3)).astype(np.uint8), 5, (0, 1))
    flames = np.clip(2.0 * (shape.astype(np.float64) - 200.0) + (230.0, 170.0, 70.0), 0, 255)
    burnt = list(frames)
    for i in range(growing + burning + leaving):
        reach = np.clip((i + 1) / growing * 50.0 - np.hypot(y - 18, x - 32), 0.0, 12.0) / 12.0
        share = (reach * min(1.0, (growing + burning + leaving - i) / (leaving + 1)))[..., None]
        burnt[first + i] = np.asarray((1.0 - share) * frames[first + i] + share * flames, dtype=np.uint8)
    return burnt


def found_kinds(frames: Sequence[Picture]) -> list[tuple[str, int]]:
    return [(item.kind, item.cut) for item in find(frames)]


def test_a_fire_that_grows_over_a_shot_and_burns_out_is_no_change() -> None:
    assert found_kinds(on_fire(dark(small(1, NUM, step_px=3)), 35, 14, 4, 30)) == []


def test_a_fire_that_is_there_at_once_is_no_cut() -> None:
    assert found_kinds(on_fire(dark(waves(1, NUM)), 35, 1, 8, 30)) == []


def test_a_dissolve_from_a_bright_shot_to_a_dark_one_is_found_beside_a_fire() -> None:
    burnt = on_fire(waves(2, 60), 15, 10, 1, 8)
    (found,) = find(mixed(burnt, dark(waves(1, 60)), 14))
    assert found.kind == "dissolve"
    assert abs(found.first - 46) <= 3


def test_a_cut_to_a_bright_shot_and_one_back_are_found() -> None:
    shot = dark(waves(1, NUM))
    bright = [np.asarray(155 + 0.4 * frame, dtype=np.uint8) for frame in waves(3, 20)]
    assert found_kinds([*shot[:40], *bright, *shot[60:]]) == [("hard_cut", 40), ("hard_cut", 60)]
