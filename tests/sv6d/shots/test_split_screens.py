"""Frames that are divided at once: the same shot where a part of them goes on, a cut where none does."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from sv6d.shots.blocks import activity, planes
from sv6d.shots.halves import without_moved_halves
from sv6d.shots.hard_cuts import find_hard_cuts
from sv6d.shots.pictures import read_pictures
from tests.sv6d.shots.found_cuts import cuts_of
from tests.sv6d.video.made_videos import Picture

NUM, FIRST, END = 75, 25, 50  # frames, and those of them that are divided
SIZE = (360, 640)


def take(seed: int) -> list[Picture]:
    """A picture of soft shapes of several sizes, without straight lines, over which the camera moves."""
    rng = np.random.default_rng(seed)
    whole = np.full((SIZE[0], SIZE[1] + 2 * NUM, 3), 128.0)
    for px, levels in ((90, 45), (36, 35), (14, 20)):
        coarse = rng.normal(0.0, levels, (whole.shape[0] // px + 2, whole.shape[1] // px + 2, 3))
        whole += cv2.resize(coarse, whole.shape[1::-1], interpolation=cv2.INTER_CUBIC)
    pixels = np.clip(whole, 0, 255).astype(np.uint8)
    return [np.ascontiguousarray(pixels[:, 2 * t : 2 * t + SIZE[1]]) for t in range(NUM)]


def scaled(frame: Picture, size: tuple[int, int], closer: float = 1.0) -> Picture:
    """The middle of a picture so that it fills `size`, or a part of that which is `closer`."""
    scale = closer * max(size[0] / frame.shape[0], size[1] / frame.shape[1])
    height, width = round(frame.shape[0] * scale), round(frame.shape[1] * scale)
    grown = cv2.resize(frame, (width, height), interpolation=cv2.INTER_AREA)
    top, left = (height - size[0]) // 2, (width - size[1]) // 2
    return np.asarray(grown[top : top + size[0], left : left + size[1]], dtype=np.uint8)


def divided(one: list[Picture], others: list[list[Picture]], layout: str) -> list[Picture]:
    """The first take whole, then in a part of the frame beside others, then whole again."""
    frames = list(one)
    for t in range(FIRST, END):
        first, second, third = one[t], others[0][t], others[1][t]
        match layout:
            case "stacked closer":
                half = (SIZE[0] // 2, SIZE[1])
                frames[t] = np.concatenate([scaled(second, half), scaled(first, half, 1.25)])
            case "fitted beside":
                half = (SIZE[0], SIZE[1] // 2)
                bars = np.zeros((*half, 3), dtype=np.uint8)
                bars[90:270] = scaled(first, (180, 320))
                frames[t] = np.concatenate([bars, scaled(second, half)], axis=1)
            case _:
                quarter = (SIZE[0] // 2, SIZE[1] // 2)
                parts = [scaled(frame, quarter) for frame in (second, third, third[:, ::-1], first)]
                rows = [np.concatenate(parts[row : row + 2], axis=1) for row in (0, 2)]
                frames[t] = np.concatenate(rows)
    return frames


LAYOUTS = ("stacked closer", "fitted beside", "quarters")


@pytest.mark.parametrize("layout", LAYOUTS)
def test_others_that_pop_in_beside_a_take_that_goes_on_scaled_are_no_cut(tmp_path: Path, layout: str) -> None:
    frames = divided(take(1), [take(2), take(3)], layout)
    path = tmp_path / "a.mp4"
    assert cuts_of(path, frames) == []
    small = planes(read_pictures(path, None).yuv_TCHW)
    # The larger pictures decide: the small ones alone take it for a cut.
    assert {cut.cut for cut in without_moved_halves(find_hard_cuts(small, activity(small)), small)} & {FIRST, END}


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_take_that_gives_way_to_a_divided_frame_of_others_is_a_cut(tmp_path: Path, layout: str) -> None:
    others = divided(take(4), [take(2), take(3)], layout)
    frames = [*take(1)[:FIRST], *others[FIRST:END], *take(5)[END:]]
    assert cuts_of(tmp_path / "a.mp4", frames) == [FIRST, END]


@pytest.mark.parametrize("share", [0.5, 0.65])
def test_a_closer_framing_of_the_same_take_is_a_cut(tmp_path: Path, share: float) -> None:
    wide = take(1)
    inner = int(share * SIZE[0]), int(share * SIZE[1])
    close = [scaled(frame[: inner[0], -inner[1] :], SIZE) for frame in wide[FIRST:END]]
    assert cuts_of(tmp_path / "a.mp4", [*wide[:FIRST], *close, *wide[END:]]) == [FIRST, END]


def test_a_closer_framing_whose_own_line_comes_to_lie_in_the_middle_is_a_cut(tmp_path: Path) -> None:
    wide = take(1)
    for frame in wide:
        frame[150:] //= 3
    close = [scaled(frame[:300, :533], SIZE) for frame in wide[FIRST:END]]
    assert cuts_of(tmp_path / "a.mp4", [*wide[:FIRST], *close, *wide[END:]]) == [FIRST, END]
