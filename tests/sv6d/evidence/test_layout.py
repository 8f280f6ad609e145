"""Bars, windows, insets, splits and cards that are drawn, and plain pictures that have none of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from scipy.ndimage import gaussian_filter

from sv6d.evidence.layout import Layout, LayoutMeter
from sv6d.evidence.light import luma_of
from sv6d.evidence.rows import Rows
from sv6d.evidence.subtitle_band import subtitle_bands
from sv6d.schema.document import Shot
from sv6d.timeline import NS_PER_S
from tests.sv6d.video.made_videos import Picture, scene

HEIGHT, WIDTH, NUM = 144, 256, 14
TOLERANCE = 0.015  # of the sides of a box: two pixels of 144
NOISE = np.random.default_rng(0)


def moving(seed: int, index: int, height: int = HEIGHT, width: int = WIDTH, step_px: int = 7) -> Picture:
    """A picture of a camera that pans over a scene, with a little noise."""
    whole = scene(seed, height, width + step_px * NUM)
    view = whole[:, index * step_px : index * step_px + width].astype(float)
    return np.asarray(np.clip(view + NOISE.normal(0, 2, view.shape), 0, 255), dtype=np.uint8)


def wood(seed: int, index: int, height: int = HEIGHT, width: int = WIDTH, step_px: int = 7) -> Picture:
    """As `moving`, over a scene without straight lines."""
    rough = gaussian_filter(np.random.default_rng(seed).uniform(0, 1, (height, width + step_px * NUM)), 4)
    whole = np.interp(rough, (rough.min(), rough.max()), (10, 245))
    view = whole[:, index * step_px : index * step_px + width, None] * np.array([1.0, 0.9, 0.7])
    return np.asarray(np.clip(view + NOISE.normal(0, 2, view.shape), 0, 255), dtype=np.uint8)


def page(seed: int) -> Picture:
    """A still frame: soft shades with blocks like writing."""
    shade = gaussian_filter(np.random.default_rng(seed).uniform(0, 255, (HEIGHT, WIDTH)), 12)
    picture = np.repeat((60 + (shade - shade.min()) * 2)[..., None], 3, axis=2)
    picture[8:14, 20:90] = 240
    picture[128:134, 100:220] = 20
    return np.asarray(np.clip(picture, 0, 255), dtype=np.uint8)


def placed(under: Picture, over: Picture, top: int, left: int) -> Picture:
    found = under.copy()
    found[top : top + over.shape[0], left : left + over.shape[1]] = over
    return found


def layout_of(draw: Callable[[int], Picture]) -> Layout:
    meter = LayoutMeter()
    for index in range(NUM):
        picture = draw(index)
        meter.take(picture, luma_of(picture))
    found = meter.found()
    assert found is not None
    return found


def near(box: Any, left: float, top: float, right: float, bottom: float) -> bool:
    wanted = (left / WIDTH, top / HEIGHT, right / WIDTH, bottom / HEIGHT)
    return box is not None and max(abs(a - b) for a, b in zip(box, wanted, strict=True)) <= TOLERANCE


def test_a_plain_moving_picture_has_none_of_them() -> None:
    for step_px in (0, 2, 7):
        found = layout_of(lambda index, step_px=step_px: moving(1, index, step_px=step_px))  # type: ignore[misc]
        assert (found.letterbox, found.window, found.picture_in_picture, found.split_screen) == (0, 0, 0, 0)
        assert found.card == 0.0
        assert found.image is None


@pytest.mark.parametrize("colour", [0, 16, 255])
def test_bars_above_and_below_are_a_letterbox(colour: int) -> None:
    frame = np.full((HEIGHT, WIDTH, 3), colour, np.uint8)
    found = layout_of(lambda index: placed(frame, moving(2, index, height=108), 18, 0))
    assert found.letterbox == pytest.approx(36 / HEIGHT, abs=TOLERANCE)
    assert near(found.image, 0, 18, WIDTH, 126)
    assert found.window == 0.0


def test_bars_at_the_sides_too() -> None:
    black = np.zeros((HEIGHT, WIDTH, 3), np.uint8)
    found = layout_of(lambda index: placed(black, moving(3, index, width=160), 0, 48))
    assert near(found.image, 48, 0, 208, HEIGHT)


def test_a_window_in_a_still_frame() -> None:
    frame = page(4)
    found = layout_of(lambda index: placed(frame, moving(5, index, height=90, width=140), 30, 60))
    assert near(found.window_box, 60, 30, 200, 120)
    assert found.window == pytest.approx(1 - 90 * 140 / (HEIGHT * WIDTH), abs=2 * TOLERANCE)
    assert found.picture_in_picture == 0.0


def test_a_picture_in_a_picture() -> None:
    found = layout_of(lambda index: placed(wood(6, index), wood(7, index, height=48, width=72, step_px=5), 86, 176))
    assert near(found.inset, 176, 86, 248, 134)
    assert found.picture_in_picture == pytest.approx(48 * 72 / (HEIGHT * WIDTH), abs=TOLERANCE)
    assert found.window == 0.0


@pytest.mark.parametrize("upright", [True, False])
def test_a_split_screen(upright: bool) -> None:
    def draw(index: int) -> Picture:
        if upright:
            return np.hstack([wood(8, index, width=128), wood(9, index, width=128, step_px=4)])
        return np.vstack([wood(8, index, height=72), wood(9, index, height=72, step_px=4)])

    found = layout_of(draw)
    assert found.split_screen == 2.0
    assert near(found.part, 0, 0, *((128, HEIGHT) if upright else (WIDTH, 72)))


def test_parts_are_counted() -> None:
    def thirds(index: int) -> Picture:
        return np.hstack(
            [wood(20 + part, index, width=width, step_px=3 + part) for part, width in enumerate((85, 86, 85))]
        )

    def quarters(index: int) -> Picture:
        rows = [[wood(30 + 2 * row + at, index, 72, 128, 3 + row + at) for at in (0, 1)] for row in (0, 1)]
        return np.vstack([np.hstack(row) for row in rows])

    found = layout_of(thirds)
    assert found.split_screen == 3.0
    assert near(found.part, 0, 0, 85, HEIGHT)
    assert layout_of(quarters).split_screen == 4.0
    # Lines near one arm of the cross, in a part that stands still.
    fence = np.repeat(np.random.default_rng(6).permutation(11) * 20 + 20, 12)[:128, None].repeat(3, axis=1)
    fenced = np.broadcast_to(fence, (72, 128, 3)).astype(np.uint8)
    found = layout_of(lambda index: placed(quarters(index), fenced, 72, 0))
    assert found.split_screen == 4.0
    assert near(found.part, 0, 0, 128, 72)


def test_a_floor_that_runs_from_side_to_side_is_no_seam() -> None:
    """What lives on one side of it alone does not divide the picture, as long as it does not end there."""
    room = np.vstack([wood(40, 0, height=72) // 2 + 120, wood(41, 0, height=72) // 3])

    def draw(index: int) -> Picture:
        return placed(room, wood(42, index, height=30, width=40), 20, 100)

    found = layout_of(draw)
    assert (found.split_screen, found.window) == (0, 0)


def test_boards_are_no_seams() -> None:
    """Whatever lives above and below: beside a seam there is no line like it."""
    levels = np.random.default_rng(5).permutation(12) * 15 + 40
    boards = np.repeat(np.repeat(levels, HEIGHT // 12)[:, None, None], WIDTH, axis=1).repeat(3, axis=2).astype(np.uint8)

    def draw(index: int) -> Picture:
        above = placed(boards, wood(43, index, height=30, width=40), 20, 100)
        return placed(above, wood(44, index, height=30, width=40), 90, 30)

    assert layout_of(draw).split_screen == 0.0


def test_an_inset_on_a_still_picture_is_no_window() -> None:
    still = wood(6, 0)
    found = layout_of(lambda index: placed(still, wood(7, index, height=48, width=72, step_px=5), 86, 176))
    assert near(found.inset, 176, 86, 248, 134)
    assert found.window == 0.0


def test_somebody_who_talks_in_a_corner_of_a_page_is_an_inset() -> None:
    """Nothing changes at its sides; a room of tiles, of which one is as lively, has such sides everywhere."""
    talker = np.full((48, 72, 3), (200, 180, 40), np.uint8)
    tiles = np.kron(np.random.default_rng(3).integers(20, 235, (6, 8, 1)), np.ones((24, 32, 3))).astype(np.uint8)

    def talking(index: int) -> Picture:
        return placed(talker, wood(8, index, height=24, width=36), 12, 18)

    def tiled(index: int) -> Picture:
        return placed(tiles, wood(8, index, height=24, width=36), 60, 110)

    plain = np.full((HEIGHT, WIDTH, 3), (30, 35, 60), np.uint8)
    assert near(layout_of(lambda index: placed(plain, talking(index), 86, 176)).inset, 176, 86, 248, 134)
    found = layout_of(tiled)
    assert (found.picture_in_picture, found.window) == (0, 0)


@pytest.mark.parametrize("upright", [True, False])
def test_an_image_over_a_blurred_copy_of_itself(upright: bool) -> None:
    def draw(index: int) -> Picture:
        size = (HEIGHT, 82) if upright else (70, WIDTH)
        image = wood(9, index, *size)
        image = np.clip(image.astype(float) + 40 * (scene(10, *size) / 255.0 - 0.5), 0, 255).astype(np.uint8)
        scale = max(HEIGHT / size[0], WIDTH / size[1])
        rows = np.clip((np.arange(HEIGHT) - HEIGHT / 2) / scale + size[0] / 2, 0, size[0] - 1).astype(int)
        columns = np.clip((np.arange(WIDTH) - WIDTH / 2) / scale + size[1] / 2, 0, size[1] - 1).astype(int)
        copy = gaussian_filter(image[rows][:, columns].astype(float), (6, 6, 0)) * 0.7
        return placed(copy.astype(np.uint8), image, (HEIGHT - size[0]) // 2, (WIDTH - size[1]) // 2)

    found = layout_of(draw)
    assert near(found.copied, *((87, 0, 169, HEIGHT) if upright else (0, 37, WIDTH, 107)))
    assert found.blurred_fill == pytest.approx(1 - (82 / WIDTH if upright else 70 / HEIGHT), abs=2 * TOLERANCE)
    assert (found.window, found.split_screen, found.picture_in_picture) == (0, 0, 0)


def test_bars_beside_an_image_as_dark_as_they_are() -> None:
    """Its first and last rows are nearly black but for a beam of light; the seam shows where it begins."""
    black = np.zeros((HEIGHT, WIDTH, 3), np.uint8)

    def draw(index: int) -> Picture:
        dark = wood(11, index, height=108) // 60 + 4
        rows, columns = np.mgrid[:108, :WIDTH]
        lit = np.abs(columns - 128 - (rows - 54) / 2) < 34
        return placed(black, np.where(lit[..., None], wood(12, index, height=108), dark), 18, 0)

    found = layout_of(draw)
    assert near(found.image, 0, 18, WIDTH, 126)
    assert (found.letterbox > 0.0, found.window) == (True, 0)


def test_a_still_page_is_a_card_and_a_still_scene_is_none() -> None:
    card = np.full((HEIGHT, WIDTH, 3), (20, 30, 60), np.uint8)
    for row in range(4):
        card[30 + 20 * row : 36 + 20 * row, 40:200:3] = 250
    assert layout_of(lambda _: card).card > 0.6
    assert layout_of(lambda index: moving(10, 0)).card == 0.0
    assert layout_of(lambda _: np.zeros_like(card)).card == 0.0  # nothing is drawn on it


def test_too_few_pictures_tell_nothing() -> None:
    meter = LayoutMeter()
    meter.take(page(1), luma_of(page(1)))
    assert meter.found() is None
    for index in range(4):
        meter.take(moving(1, index), luma_of(moving(1, index)))
    found = meter.found()
    assert found is not None
    assert (found.letterbox, found.card) == (0, 0)
    assert (found.window, found.picture_in_picture, found.split_screen, found.blurred_fill) == (None, None, None, None)


def text(string: str, start_s: float, end_s: float, top: float = 0.8) -> dict[str, Any]:
    box = {"x": 0.3, "y": top, "w": 0.4, "h": 0.08}
    times = {"start_ns": round(start_s * NS_PER_S), "end_ns": round(end_s * NS_PER_S)}
    return {"string": string, **times, **box, "reading_order": 0}


def test_lines_that_take_each_others_place_are_a_subtitle_band() -> None:
    texts = [
        text("One", 0.0, 1.0),
        text("Two", 1.0, 2.0),
        text("Title", 0.0, 4.0, top=0.1),
        text("Sale", 2.5, 3.5, 0.6),
    ]
    shots = [Shot(id="s0", start_ns=0, end_ns=2 * NS_PER_S), Shot(id="s1", start_ns=2 * NS_PER_S, end_ns=4 * NS_PER_S)]
    rows: Rows = {"evidence": [], "texts": texts, "text_reads": [{"failure": None}]}
    subtitle_bands(shots, rows)
    assert [row["value"] for row in rows["evidence"]] == [1.0, 0.0]
    assert rows["evidence"][0]["box"] == [0.3, 0.8, 0.7, 0.88]
    unread: Rows = {"evidence": [], "texts": [], "text_reads": [{"failure": "it failed"}]}
    subtitle_bands(shots, unread)
    assert [row["value"] for row in unread["evidence"]] == [None, None]
