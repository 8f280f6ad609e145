"""Decks of slides: a new page is a cut, a further line, a caption or a new picture on the same page is none."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from sv6d.shots.exchanges import exchange
from tests.sv6d.shots.found_cuts import cuts_of
from tests.sv6d.video.made_videos import Picture, scene

TEXT = (
    "the price of bread rises again while rents fall slowly in large towns and people move to where work "
    "is found near rivers with old mills that were closed long before anyone counted their children"
)
WORDS = TEXT.split()
HOLD = 18  # frames of each page


def page(seed: int, size: tuple[int, int], num_lines: int, *, framed: bool, heading: str = "") -> Picture:
    """A slide of text: a heading and some lines, with or without a coloured frame."""
    rng = np.random.default_rng(seed)
    image = Image.new("RGB", size, (250, 250, 245))
    draw = ImageDraw.Draw(image)
    if framed:
        draw.rectangle((0, 0, size[0], 50), fill=(30, 60, 120))
        draw.rectangle((0, size[1] - 24, size[0], size[1]), fill=(30, 60, 120))
    title = heading or " ".join(rng.choice(WORDS, 3))
    draw.text((20, 10), title, fill=(255, 255, 255) if framed else (20, 20, 20), font=ImageFont.load_default(26))
    for line in range(num_lines):
        text = " ".join(rng.choice(WORDS, 6))
        draw.text((30, 80 + 38 * line), f"- {text}", fill=(20, 20, 20), font=ImageFont.load_default(18))
    return np.asarray(image)


def held(pages: Sequence[Picture]) -> list[Picture]:
    """Each page shown for a while."""
    return [frame for frame in pages for _ in range(HOLD)]


@pytest.mark.parametrize("size", [(640, 360), (360, 640)])
@pytest.mark.parametrize("framed", [True, False])
def test_every_new_page_is_a_cut(tmp_path: Path, size: tuple[int, int], framed: bool) -> None:
    pages = [page(seed, size, 3 + seed % 3, framed=framed) for seed in range(5)]
    assert cuts_of(tmp_path / "a.mp4", held(pages)) == [HOLD, 2 * HOLD, 3 * HOLD, 4 * HOLD]


@pytest.mark.parametrize("framed", [True, False])
def test_further_lines_are_no_cuts(tmp_path: Path, framed: bool) -> None:
    pages = [page(1, (640, 360), num_lines, framed=framed, heading="Three reasons") for num_lines in range(1, 6)]
    assert cuts_of(tmp_path / "a.mp4", held(pages)) == []


def test_captions_over_a_still_picture_are_no_cuts(tmp_path: Path) -> None:
    pages = []
    for seed in range(4):
        image = Image.fromarray(scene(9, 360, 640))
        text = " ".join(np.random.default_rng(seed).choice(WORDS, 6))
        ImageDraw.Draw(image).text((60, 300), text, fill=(255, 255, 255), font=ImageFont.load_default(30))
        pages.append(np.asarray(image))
    assert cuts_of(tmp_path / "a.mp4", held(pages)) == []


def test_exchanged_share_of_known_pictures() -> None:
    rng = np.random.default_rng(0)
    one, two = (rng.integers(0, 255, (64, 64)).astype(np.uint8) for _ in range(2))
    half = np.concatenate([one[:32], two[32:]])
    added = np.full((64, 64), 200, dtype=np.uint8)
    added[:16] = one[:16]
    more = added.copy()
    more[16:32] = one[16:32]
    assert exchange(one, one).share == 0.0
    assert exchange(one, two).share == 1.0
    assert exchange(one, half).share == pytest.approx(0.5)
    assert exchange(added, more).share == 0.0
    assert exchange(np.full((64, 64), 7, dtype=np.uint8), one).share == 0.0
