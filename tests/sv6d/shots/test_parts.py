"""Changes of a part of the picture: dissolves in a window, pages that dissolve or are wiped, and what is laid over."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from sv6d.shots.block_detector import BlockDetector
from sv6d.shots.blocks import activity
from sv6d.shots.boundary import FrameBoundary, Pictures, ShotBoundary
from sv6d.shots.cards import still_pages, without_additions
from sv6d.shots.find import find_boundaries
from sv6d.shots.page_changes import exchanged_structure, find_page_changes
from sv6d.shots.pictures import read_pictures
from tests.sv6d.shots.found_cuts import CONFIG
from tests.sv6d.shots.test_cards import WORDS, page
from tests.sv6d.video.made_videos import Picture, scene, shot, write_video

SIZE = (640, 360)
RATE = 25


def found_in(path: Path, frames: Sequence[Picture]) -> list[ShotBoundary]:
    write_video(path, frames, rate=RATE, crf=23)
    return find_boundaries(read_pictures(path, None), CONFIG)


def blend(old: Picture, new: Picture, share: float) -> Picture:
    return np.asarray(np.rint((1.0 - share) * old + share * new), dtype=np.uint8)


def dissolved(old: Sequence[Picture], new: Sequence[Picture], num: int) -> list[Picture]:
    mixed = [blend(old[i - num], new[i], (i + 1) / (num + 1)) for i in range(num)]
    return [*old[:-num], *mixed, *new[num:]]


def in_window(frames: Sequence[Picture], around: Picture) -> list[Picture]:
    placed = []
    for frame in frames:
        whole = around.copy()
        whole[60 : 60 + frame.shape[0], 180 : 180 + frame.shape[1]] = frame
        placed.append(whole)
    return placed


def frame_of(boundary: ShotBoundary) -> int:
    return round(boundary.cut_ns * RATE / 1e9)


def test_a_dissolve_of_films_in_a_window_of_a_still_picture_is_found(tmp_path: Path) -> None:
    old, new = (shot(seed, 50, height=216, width=384, step_px=1) for seed in (1, 2))
    around = scene(9, 360, 640)
    (found,) = found_in(tmp_path / "a.mp4", in_window(dissolved(old, new, 12), around))
    assert found.kind == "dissolve"
    assert 38 <= frame_of(found) <= 50


def test_a_sticker_that_fades_in_over_a_still_picture_is_none(tmp_path: Path) -> None:
    around, laid = scene(9, 360, 640), scene(5, 150, 300)
    (over,) = in_window([laid], around)
    frames = dissolved([around] * 50, [over] * 50, 12)
    assert found_in(tmp_path / "a.mp4", frames) == []


def test_colours_that_run_through_a_narrow_band_are_none(tmp_path: Path) -> None:
    # As in a test pattern: in a narrow band each frame is nearly a sum of what was before and what comes.
    around, places = scene(9, 360, 640), np.arange(640) / 640
    frames = []
    for t in range(125):
        whole = around.copy()
        phases = 2 * np.pi * (places[:, None] + t / 90 + np.arange(3) / 3)
        whole[270:318] = np.rint(127.5 + 127.5 * np.sin(phases)).astype(np.uint8)
        frames.append(whole)
    assert found_in(tmp_path / "a.mp4", frames) == []


def slide(seed: int, ground: tuple[int, int, int]) -> Picture:
    """A page of large words with a small picture, on a ground of one colour."""
    rng = np.random.default_rng(seed)
    image = Image.new("RGB", SIZE, ground)
    draw = ImageDraw.Draw(image)
    for row in range(6):
        draw.text(
            (40, 20 + 52 * row), " ".join(rng.choice(WORDS, 5)), fill=(20, 20, 20), font=ImageFont.load_default(30)
        )
    draw.rectangle((480, 230, 600, 330), fill=tuple(int(c) for c in rng.integers(40, 220, 3)))
    return np.asarray(image)


def test_pages_alike_but_for_their_ground_and_words_that_dissolve_are_a_change(tmp_path: Path) -> None:
    # As small pictures they are one page in two lights: a mixture that leads back to where it came from.
    old, new = slide(1, (181, 186, 218)), slide(2, (243, 124, 138))
    (found,) = found_in(tmp_path / "a.mp4", dissolved([old] * 50, [new] * 50, 10))
    assert found.kind == "dissolve"
    assert 40 <= frame_of(found) <= 50


def test_a_film_that_creeps_in_a_window_is_no_dissolve() -> None:
    # By less than a pixel of the small picture each frame is exactly a sum of what was before and what comes.
    rng = np.random.default_rng(1)
    around, film = rng.integers(60, 190, (3, 20, 32)), rng.integers(0, 255, (3, 12, 60)).astype(np.float64)
    yuv = np.repeat(around[None], 75, axis=0)
    for index, frame in enumerate(yuv):
        at = index / 28
        left = int(at)
        moved = (1 + left - at) * film[:, :, left : left + 20] + (at - left) * film[:, :, left + 1 : left + 21]
        frame[:, 4:16, 8:28] = np.rint(moved)
    times = tuple(index * 40_000_000 for index in range(75))
    assert BlockDetector().find(Pictures(yuv.astype(np.uint8), times, 3_000_000_000, {}, {})) == []


@pytest.mark.parametrize("wiped", [False, True])
def test_a_page_that_gives_way_over_some_frames_is_one_boundary(tmp_path: Path, wiped: bool) -> None:
    old, new = page(1, SIZE, 5, framed=True), page(2, SIZE, 4, framed=True)
    between = []
    for i in range(10):
        share, at = (i + 1) / 11, round(640 * (i + 1) / 11)
        between.append(np.concatenate([new[:, :at], old[:, at:]], axis=1) if wiped else blend(old, new, share))
    (found,) = found_in(tmp_path / "a.mp4", [*[old] * 40, *between, *[new] * 40])
    assert found.kind == ("wipe" if wiped else "dissolve")
    assert 40 <= frame_of(found) <= 50


def test_a_line_that_fades_in_is_no_boundary(tmp_path: Path) -> None:
    one, more = (page(1, SIZE, num, framed=True, heading="Three reasons") for num in (3, 5))
    assert found_in(tmp_path / "a.mp4", dissolved([one] * 50, [more] * 50, 10)) == []


@pytest.mark.parametrize("by_way_of_another", [False, True])
def test_a_page_goes_straight_to_the_next(by_way_of_another: bool) -> None:
    rng = np.random.default_rng(3)
    old, other, new = rng.integers(0, 255, (3, 3, 20, 32)).astype(np.float64)
    shares = [(i + 1) / 11 for i in range(10)]
    if by_way_of_another:
        weights = [(max(0, 1 - 2 * share), 1 - abs(1 - 2 * share), max(0, 2 * share - 1)) for share in shares]
    else:
        weights = [(1 - share, 0.0, share) for share in shares]
    between = [a * old + b * other + c * new for a, b, c in weights]
    planes = np.rint(np.stack([*[old] * 30, *between, *[new] * 30])).astype(np.int16)
    stills = {t: rng.integers(0, 255, (80, 128)).astype(np.uint8) for t in (12, 55)}
    found = find_page_changes(planes, activity(planes), [], stills, 40_000_000)
    assert [(item.kind, item.first, item.pure) for item in found] == (
        [] if by_way_of_another else [("dissolve", 30, 40)]
    )


@pytest.mark.parametrize("is_film", [False, True])
def test_what_is_laid_over_a_part_of_the_picture_is_a_cut_only_if_it_moves(is_film: bool) -> None:
    rng = np.random.default_rng(2)
    planes = np.repeat(rng.integers(0, 255, (1, 3, 20, 32)), 40, axis=0).astype(np.int16)
    for frame in planes[20:]:
        frame[:, 4:12, 8:20] += 40
    if is_film:
        planes[:, :, 4:12, 8:20] += rng.integers(-20, 20, (40, 3, 8, 12)).astype(np.int16)
    planes[:, :, 16:, :4] = rng.integers(0, 255, (40, 3, 4, 4))  # a pointer that never rests
    page = rng.integers(0, 255, (80, 128)).astype(np.uint8)
    menu = page.copy()
    menu[16:48, 32:80] = 225
    cut = FrameBoundary("hard_cut", 20, 20, 20, 0.9)
    looks, change = {20: (page, menu)}, activity(planes)
    pages = still_pages(planes, change, looks, 40_000_000)
    assert without_additions([cut], planes, change, looks, pages, 40_000_000) == ([cut] if is_film else [])


def test_exchange_of_structure_ignores_light_and_shifts() -> None:
    rng = np.random.default_rng(0)
    one, two = (np.kron(rng.integers(0, 255, (48, 86)), np.ones((3, 3))).astype(np.uint8) for _ in range(2))
    assert exchanged_structure(one, one) == 0.0
    assert exchanged_structure(one, (0.6 * one + 20).astype(np.uint8)) < 0.1
    assert exchanged_structure(one, np.roll(one, 10, axis=0)) < 0.1
    assert exchanged_structure(one, two) > 0.8
    assert exchanged_structure(np.full(one.shape, 7, dtype=np.uint8), one) == 0.0
