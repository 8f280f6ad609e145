"""Decks and screens as they are recorded: beside a speaker, under a pointer, scrolled, with dialogs."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from sv6d.shots.exchanges import exchange
from sv6d.shots.scrolls import scrolled
from tests.sv6d.shots.found_cuts import cuts_of
from tests.sv6d.shots.test_cards import WORDS, page
from tests.sv6d.video.made_videos import Picture

SIZE = (640, 360)
HOLD = 20


def held(pages: Sequence[Picture]) -> list[Picture]:
    return [one.copy() for one in pages for _ in range(HOLD)]


def long_page(seed: int) -> Picture:
    rng = np.random.default_rng(seed)
    image = Image.new("RGB", (640, 1800), (250, 250, 245))
    for row in range(60):
        text = " ".join(rng.choice(WORDS, 2 + row % 5))
        ImageDraw.Draw(image).text((40, 10 + 30 * row), text, fill=(20, 20, 20), font=ImageFont.load_default(18))
    return np.asarray(image)


@pytest.mark.parametrize("beside", ["speaker", "pointer"])
def test_pages_with_a_heading_in_common_are_cuts_beside_what_moves(tmp_path: Path, beside: str) -> None:
    frames = held([page(seed, SIZE, 4, framed=True, heading="Three reasons") for seed in (1, 2, 3)])
    rng = np.random.default_rng(0)
    face = rng.integers(60, 200, (8, 9, 3)).repeat(10, axis=0).repeat(10, axis=1)
    for i, frame in enumerate(frames):
        if beside == "speaker":
            frame[250:330, 540:630] = np.clip(face + rng.integers(-12, 12, (80, 1, 1)), 0, 255)
        else:
            frame[60 + 4 * i : 70 + 4 * i, 100 + 3 * i : 105 + 3 * i] = 0
    assert cuts_of(tmp_path / "a.mp4", frames) == [HOLD, 2 * HOLD]


@pytest.mark.parametrize("num_frames", [6, 10])
def test_a_line_that_comes_up_shortly_before_hides_no_cut(tmp_path: Path, num_frames: int) -> None:
    one, more = (page(1, SIZE, lines, framed=True, heading="Three reasons") for lines in (3, 4))
    other = page(2, SIZE, 4, framed=True, heading="Three reasons")
    frames = [*[one] * HOLD, *[more] * num_frames, *[other] * HOLD]
    assert cuts_of(tmp_path / "a.mp4", frames) == [HOLD + num_frames]


@pytest.mark.parametrize("step_px", [60, 150, 240])
def test_a_page_that_is_scrolled_at_once_is_no_cut(tmp_path: Path, step_px: int) -> None:
    whole = long_page(4)
    pages = [whole[step * step_px : step * step_px + 360] for step in range(4)]
    assert cuts_of(tmp_path / "a.mp4", held(pages)) == []


def test_a_dialog_that_opens_and_closes_over_a_page_is_no_cut(tmp_path: Path) -> None:
    under = page(1, SIZE, 6, framed=False)
    over = under.copy()
    over[150:270, 200:400] = page(9, (200, 120), 1, framed=True)
    frames = held([under, over, under])
    for i, frame in enumerate(frames):
        frame[300:310, 300 + 2 * i : 305 + 2 * i] = 0  # the pointer
    assert cuts_of(tmp_path / "a.mp4", frames) == []


def test_a_shift_along_an_axis_is_told_from_other_text() -> None:
    whole, other = (np.asarray(Image.fromarray(long_page(seed)).convert("L").resize((256, 720))) for seed in (4, 5))
    assert scrolled(whole[:144], whole[40:184]) > 0.95
    assert scrolled(whole[40:184], whole[:144]) > 0.95
    assert scrolled(whole[:144].T, whole[40:184].T) > 0.95
    assert scrolled(whole[:144], other[:144]) < 0.7
    assert scrolled(whole[:144], whole[:144]) == 0.0


def test_an_exchange_tells_ground_rows_and_levels_of_a_part() -> None:
    old = np.full((64, 64), 20, dtype=np.uint8)
    old[0:8:2] = 120
    new = old.copy()
    new[32:48] = 60  # another ground
    new[40:44:2] = 220  # with something on it
    found = exchange(old, new)
    assert (found.gone, found.come, found.ground) == (0.0, pytest.approx(1 / 3), pytest.approx(3 / 13))
    assert found.rows == pytest.approx(1 / 16)
    assert found.levels == pytest.approx(120.0)
    upper = np.zeros((8, 8), dtype=bool)
    upper[:4] = True
    assert exchange(old, new, upper).ground == 0.0
    assert exchange(old, new, upper).levels == 0.0
    assert exchange(old, new, ~upper).gone is None
