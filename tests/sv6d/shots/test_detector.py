"""Each kind of change, and what only looks like one, on pictures made for it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from scipy.ndimage import uniform_filter

from sv6d.shots.block_detector import BlockDetector
from sv6d.shots.blocks import planes
from sv6d.shots.boundary import FrameBoundary, Pictures, on_timeline
from sv6d.shots.ends import without_returns
from sv6d.shots.fades import contrasts, find_fades, joined_halves, without_last_steps
from tests.sv6d.video.made_videos import Picture, shot

FRAME_NS = 40_000_000
BLACK = np.zeros((36, 64, 3), dtype=np.uint8)


def small(seed: int, num: int, step_px: int = 4) -> list[Picture]:
    """A shot as the detector is given it: means over the pixels of a larger picture."""
    return [
        frame.reshape(36, 4, 64, 4, 3).mean(axis=(1, 3)).astype(np.uint8) for frame in shot(seed, num, step_px=step_px)
    ]


def yuv(frames: Sequence[Picture]) -> np.ndarray:
    """BT.601 luma and colour differences of full range, half as large, as the reader gives them."""
    matrix = np.array([[0.299, 0.587, 0.114], [-0.169, -0.331, 0.5], [0.5, -0.419, -0.081]])
    planes = np.stack(frames) @ matrix.T + (0.0, 128.0, 128.0)
    halved = planes.reshape(len(frames), 18, 2, 32, 2, 3).mean(axis=(2, 4))
    return np.clip(np.rint(halved), 0, 255).astype(np.uint8).transpose(0, 3, 1, 2)


def find(frames: Sequence[Picture]) -> list[FrameBoundary]:
    times = tuple(index * FRAME_NS for index in range(len(frames)))
    looks = {t: (frames[t - 1].max(axis=2), frames[t].max(axis=2)) for t in range(1, len(frames))}
    return BlockDetector().find(Pictures(yuv(frames), times, len(frames) * FRAME_NS, looks, {}))


def mixed(old: Sequence[Picture], new: Sequence[Picture], num: int) -> list[Picture]:
    """`old` dissolving into `new` over `num` frames that show both."""
    shares = [(i + 1) / (num + 1) for i in range(num)]
    between = [
        ((1.0 - share) * a + share * b).astype(np.uint8)
        for share, a, b in zip(shares, old[-num:], new[:num], strict=True)
    ]
    return [*old[:-num], *between, *new[num:]]


def faded(frames: Sequence[Picture], num: int, colour: Picture, *, out: bool) -> list[Picture]:
    """The last (out) or first `num` frames on their way to or from a flat colour."""
    shares = [(i + 1) / (num + 1) for i in range(num)]
    if out:
        tail = [((1.0 - s) * a + s * colour).astype(np.uint8) for s, a in zip(shares, frames[-num:], strict=True)]
        return [*frames[:-num], *tail]
    head = [((1.0 - s) * colour + s * a).astype(np.uint8) for s, a in zip(shares, frames[:num], strict=True)]
    return [*head, *frames[num:]]


def test_a_moving_shot_has_no_boundary() -> None:
    for step_px in (0, 3, 9):
        assert find(small(1, 40, step_px=step_px)) == []


@pytest.mark.parametrize("length", [1, 8, 40])
def test_every_cut_is_found_also_about_short_shots(length: int) -> None:
    frames = [*small(1, 20), *small(2, max(length, 5)), *small(3, 20)]
    found = find(frames)
    assert [(item.kind, item.first, item.cut, item.pure) for item in found] == [
        ("hard_cut", 20, 20, 20),
        ("hard_cut", 20 + max(length, 5), 20 + max(length, 5), 20 + max(length, 5)),
    ]
    assert all(item.score > 0.9 for item in found)


def test_a_title_card_that_appears_on_black_is_a_cut() -> None:
    card = BLACK.copy()
    card[15:20, 20:44:2] = 230
    assert [(item.kind, item.cut) for item in find([BLACK] * 12 + [card] * 12 + [BLACK] * 12)] == [
        ("hard_cut", 12),
        ("hard_cut", 24),
    ]


def test_a_flash_is_no_cut() -> None:
    frames = small(1, 40)
    for index in (20, 21):
        frames[index] = (0.2 * frames[index] + 0.8 * 255).astype(np.uint8)
    assert find(frames) == []


@pytest.mark.parametrize("is_cut", [False, True])
def test_two_white_frames_and_a_faint_one_hide_a_cut_only_between_two_pictures(is_cut: bool) -> None:
    old = small(1, 60, step_px=1)
    new = small(2, 60, step_px=1)[20:] if is_cut else old[20:]
    white = np.full_like(BLACK, 255)
    frames = [*old[:20], white, white, (0.5 * new[2] + 127.5).astype(np.uint8), *new[3:]]
    assert len(find(frames)) == is_cut
    pictures = planes(yuv(frames))
    fades, _ = find_fades(pictures, contrasts(pictures, FRAME_NS), [], FRAME_NS)
    assert [(item.kind, item.first, item.pure) for item in fades] == [("flash", 20, 23)]
    assert len(without_returns(fades, pictures, FRAME_NS)) == is_cut


@pytest.mark.parametrize("num_black", [1, 2])
@pytest.mark.parametrize("is_cut", [False, True])
def test_black_frames_hide_a_cut_only_between_two_pictures(is_cut: bool, num_black: int) -> None:
    old = small(1, 60, step_px=1)
    new = small(2, 60, step_px=1)[20:] if is_cut else old[20:]
    found = find([*old[:20], *[BLACK] * num_black, *new[num_black:]])
    assert [(item.kind, item.first, item.pure) for item in found] == [
        ("fade_through_colour", 20, 20 + num_black)
    ] * is_cut


def test_the_last_steps_of_a_dark_fade_are_no_cuts() -> None:
    frames = faded(small(1, 90, step_px=1), 60, BLACK, out=True)
    dark = [np.where(frame < 10, 0, frame // 10 * 10).astype(np.uint8) for frame in frames[-6:]]
    coarse = [*frames[:-6], *[dark[i // 2 * 2] for i in range(6)], *[BLACK] * 10]
    cuts = [FrameBoundary("hard_cut", t, t, t, 0.9) for t in (30, 86, 88, 90)]
    contrast_T = contrasts(planes(yuv(coarse)), FRAME_NS)
    assert [cut.first for cut in without_last_steps(cuts, contrast_T, FRAME_NS)] == [30]
    title = BLACK.copy()
    title[:, :36] = np.kron(np.eye(18, dtype=np.uint8) * 28, np.ones((2, 2), np.uint8))[:, :, None]
    contrast_T = contrasts(planes(yuv([BLACK] * 12 + [title] * 12)), FRAME_NS)
    assert 0.0 < contrast_T[-1] < 8.0
    assert len(without_last_steps([FrameBoundary("hard_cut", 12, 12, 12, 0.9)], contrast_T, FRAME_NS)) == 1


def test_a_caption_that_pops_up_is_no_cut() -> None:
    frames = [frame.copy() for frame in small(1, 40)]
    for frame in frames[20:]:
        frame[28:33, 16:48:2] = 255
    assert find(frames) == []


def test_noise_is_no_cut() -> None:
    rng = np.random.default_rng(0)
    frames = [np.clip(frame + rng.normal(0, 12, frame.shape), 0, 255).astype(np.uint8) for frame in small(1, 40)]
    assert find(frames) == []


@pytest.mark.parametrize("num", [8, 16, 30])
def test_a_dissolve_is_one_boundary_in_its_middle(num: int) -> None:
    frames = mixed(small(1, 60, step_px=1), small(2, 60, step_px=1), num)
    (found,) = find(frames)
    first = 60 - num
    assert found.kind == "dissolve"
    assert abs(found.first - first) <= max(2, num // 5)
    assert abs(found.pure - 60) <= max(2, num // 5)
    assert abs(found.cut - (first + num // 2)) <= 2


@pytest.mark.parametrize("level", [0, 255])
@pytest.mark.parametrize("num", [5, 12, 25])
def test_a_fade_through_a_colour_is_one_boundary(level: int, num: int) -> None:
    colour = np.full((36, 64, 3), level, dtype=np.uint8)
    before = faded(small(1, 40), num, colour, out=True)
    after = faded(small(2, 40), num, colour, out=False)
    (found,) = find([*before, colour, *after])
    assert (found.kind, found.cut) == ("fade_through_colour", 40)
    assert abs(found.first - (40 - num)) <= 2
    assert abs(found.pure - (41 + num)) <= 2


def test_halves_of_a_fade_are_one() -> None:
    found = [
        FrameBoundary("fade_out", 10, 20, 20, 0.9),
        FrameBoundary("dissolve", 21, 30, 25, 0.8),
        FrameBoundary("dissolve", 60, 70, 65, 0.7),
        FrameBoundary("fade_in", 71, 80, 71, 0.6),
        FrameBoundary("fade_in", 120, 130, 120, 0.5),
    ]
    assert joined_halves(found, FRAME_NS) == [
        FrameBoundary("fade_through_colour", 10, 30, 20, 0.8),
        FrameBoundary("fade_through_colour", 60, 80, 71, 0.6),
        found[-1],
    ]


def test_stage_light_that_comes_and_goes_is_no_dissolve() -> None:
    frames = [frame.astype(np.float64) for frame in small(1, 60)]
    for index in range(20, 30):
        frames[index][:, :40] *= 1.0 + np.sin(np.pi * (index - 19) / 11)
    assert find([np.clip(frame, 0, 255).astype(np.uint8) for frame in frames]) == []


def test_a_cut_in_a_window_of_a_still_page_is_found_and_a_sticker_is_not() -> None:
    page = small(9, 1)[0]
    inside = [*small(1, 20), *small(2, 20)]
    frames, stuck = [], [frame.copy() for frame in small(3, 40)]
    for index, frame in enumerate(inside):
        whole = page.copy()
        whole[4:28, 12:52] = frame[4:28, 12:52]
        frames.append(whole)
        if index >= 20:
            stuck[index][8:24, 40:60] = page[8:24, 40:60]
    assert [(item.kind, item.cut) for item in find(frames)] == [("hard_cut", 20)]
    assert find(stuck) == []


def test_a_colour_that_is_held_is_a_shot_of_its_own() -> None:
    before = faded(small(1, 40), 12, BLACK, out=True)
    after = faded(small(2, 40), 12, BLACK, out=False)
    found = find([*before, *[BLACK] * 20, *after])
    assert [(item.kind, item.cut) for item in found] == [("fade_out", 40), ("fade_in", 60)]


def test_a_fade_within_black_bars() -> None:
    white = np.full((36, 64, 3), 255, dtype=np.uint8)
    frames = [
        *faded(small(1, 40), 10, white, out=True),
        white,
        *faded(small(2, 40), 10, white, out=False),
    ]
    for frame in frames:
        frame[:6], frame[-6:] = 0, 0
    (found,) = find(frames)
    assert (found.kind, found.cut) == ("fade_through_colour", 40)


def test_opening_and_closing_fades_are_no_boundaries() -> None:
    frames = faded(faded(small(1, 60), 15, BLACK, out=False), 15, BLACK, out=True)
    assert find([BLACK, BLACK, *frames, BLACK, BLACK]) == []


def test_a_cut_to_black_stays_a_cut_beside_a_fade() -> None:
    after = faded(small(2, 40), 20, BLACK, out=False)
    found = find([*small(1, 40), *[BLACK] * 10, *after])
    assert [(item.kind, item.cut) for item in found] == [("hard_cut", 40), ("fade_in", 50)]


@pytest.mark.parametrize("num", [1, 2, 3])
def test_very_short_videos(num: int) -> None:
    assert find(small(1, num)) == []


def test_a_video_of_two_shots_of_one_frame() -> None:
    assert [item.cut for item in find([small(1, 1)[0], small(2, 1)[0]])] == [1]


def test_black_from_end_to_end() -> None:
    assert find([BLACK] * 30) == []


def test_frames_become_times() -> None:
    times = (0, 10, 50, 60)
    pictures = Pictures(np.zeros((4, 3, 16, 16), dtype=np.uint8), times, 100, {}, {})
    cut, fade = on_timeline(
        [FrameBoundary("hard_cut", 1, 1, 1, 0.9), FrameBoundary("fade_out", 2, 4, 3, 0.8)], pictures, "d"
    )
    assert (cut.start_ns, cut.end_ns, cut.cut_ns) == (0, 10, 10)
    assert (fade.start_ns, fade.end_ns, fade.cut_ns) == (50, 100, 60)
    assert pictures.frame_ns() == 10


@pytest.mark.parametrize(
    ("towards", "pushed"), [("right", False), ("left", False), ("down", False), ("right", True), ("left", True)]
)
def test_a_front_that_sweeps_over_the_picture_is_a_wipe(towards: str, pushed: bool) -> None:
    num, old, new = 12, waves(1, 60), waves(2, 60)
    between = [
        swept(a, b, (i + 1) / (num + 1), towards, pushed=pushed)
        for i, (a, b) in enumerate(zip(old[-num:], new, strict=False))
    ]
    (found,) = find([*old[:-num], *between, *new[num:]])
    assert found.kind == "wipe"
    assert abs(found.first - (60 - num)) <= 3
    assert abs(found.pure - 60) <= 3


def waves(seed: int, num: int) -> list[Picture]:
    """A smooth picture that drifts slowly."""
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[:36, :64]
    pictures = []
    turns = rng.uniform(-0.25, 0.25, (3, 8, 2))
    for index in range(num):
        planes = [sum(np.cos(a * (y + 0.1 * index) + b * x + 9 * (a + b)) for a, b in plane) for plane in turns]
        pictures.append(np.clip(np.stack(planes, axis=2) * 25 + 127, 0, 255).astype(np.uint8))
    return pictures


def swept(old: Picture, new: Picture, share: float, towards: str, *, pushed: bool) -> Picture:
    """The new picture behind a front that has crossed `share` of the old one, which it may push out."""
    if towards == "down":
        return np.ascontiguousarray(
            swept(old.swapaxes(0, 1), new.swapaxes(0, 1), share, "right", pushed=pushed).swapaxes(0, 1)
        )
    if towards == "left":
        return swept(old[:, ::-1], new[:, ::-1], share, "right", pushed=pushed)[:, ::-1]
    at = round(share * old.shape[1])
    if pushed:
        return np.concatenate([new[:, old.shape[1] - at :], old[:, : old.shape[1] - at]], axis=1)
    return np.concatenate([new[:, :at], old[:, at:]], axis=1)


def test_something_that_passes_close_is_no_wipe() -> None:
    frames, thing = waves(1, 60), waves(5, 1)[0]
    for index in range(20, 34):
        left = round(-64 + 128 * (index - 19) / 15)
        a, b = max(0, left), min(64, left + 64)
        frames[index][:, a:b] = thing[:, a - left : b - left]
    assert find(frames) == []


@pytest.mark.parametrize(("kind", "axes"), [("whip", (1,)), ("zoom", (0, 1))])
def test_a_cut_in_the_midst_of_a_blur_is_a_whip_or_a_zoom(kind: str, axes: tuple[int, ...]) -> None:
    old, new = small(1, 40, step_px=1), small(2, 40, step_px=1)
    for i, width in enumerate((3, 5, 9)):
        old[37 + i], new[2 - i] = blurred(old[37 + i], width, axes), blurred(new[2 - i], width, axes)
    (found,) = find([*old, *new])
    assert (found.kind, found.cut) == (kind, 40)
    assert (found.first, found.pure) in {(40 - num, 40 + num) for num in (2, 3, 4)}


def blurred(frame: Picture, width: int, axes: tuple[int, ...]) -> Picture:
    size = [width if axis in axes else 1 for axis in range(3)]
    return np.asarray(uniform_filter(frame.astype(np.float64), size, mode="nearest")).astype(np.uint8)


def test_a_picture_that_moves_aside_for_another_is_no_cut() -> None:
    one, other = small(1, 60, step_px=1), small(2, 60, step_px=1)
    split = [np.concatenate([a[:, 16:48], b[:, 16:48]], axis=1) for a, b in zip(one[20:40], other, strict=False)]
    assert find([*one[:20], *split, *one[40:]]) == []


def test_a_picture_that_gives_way_to_two_others_is_a_cut() -> None:
    one, two, three = (small(seed, 40, step_px=1) for seed in (1, 2, 3))
    split = [np.concatenate([a[:, 16:48], b[:, 16:48]], axis=1) for a, b in zip(two[20:], three[20:], strict=True)]
    assert [item.cut for item in find([*one[:20], *split])] == [20]
