"""Pages of a slide deck: one look for all, a title, lines that come one after the other, a picture."""

from __future__ import annotations

from functools import lru_cache

from PIL import Image

from sv6d.studio.lettering import INK, Letterer, text_box
from sv6d.studio.overlays import Box
from sv6d.studio.pen import hsv
from sv6d.studio.reel import Page
from sv6d.studio.seeds import generator
from sv6d.studio.sprites import paste_sprite
from sv6d.studio.subjects import draw_subject
from sv6d.studio.world import Sight

TITLE_SIZE, LINE_SIZE, _FOOT_SIZE = 30.0, 20.0, 12.0  # reference pixels
_LINE_STEP = 34.0
MOST_LINES = 6  # that stand above the foot of a wide page
_DARK_BELOW = 3 * 110  # sum of the paper's levels; ours: white letters on it are read better than dark ones


class PagePainter:
    """Paints a page at one size: a still picture for each number of lines that are there."""

    def __init__(self, page: Page, sight: Sight) -> None:
        self._page, self._sight = page, sight

    def paint(self, frame: float) -> Image.Image:
        """The page at a nominal frame, RGB."""
        return _page_picture(self._page, sum(first <= frame for _, first in self._page.lines), self._sight).copy()


def page_room(width: float) -> float:
    """How wide a line may be on a page of that width, in reference pixels."""
    return width - 2.0 * _corner(width, 0.0)[0] - 18.0


def page_texts(page: Page, width: float, height: float) -> list[tuple[str, Box, int | None]]:
    """Every text of a page with its box and the frame from which it is seen (None: from the page's start)."""
    x, top = _corner(width, height)
    texts: list[tuple[str, Box, int | None]] = [(page.title, text_box(page.title, x, top, TITLE_SIZE, "la"), None)]
    for index, (line, first) in enumerate(page.lines):
        box = text_box(line, x + 18.0, _line_top(top, index), LINE_SIZE, "la")
        texts.append((line, box, first))
    return texts


@lru_cache(maxsize=24)
def _page_picture(page: Page, num_lines: int, sight: Sight) -> Image.Image:
    rng = generator(page.deck, 16)
    hue, dark = rng.random(), bool(rng.random() < 0.35)
    paper = hsv(hue, 0.35, 0.20) if dark else hsv(hue, 0.03, 0.98)
    if page.ground is not None:
        paper, dark = page.ground, sum(page.ground) < _DARK_BELOW
    ink = (240, 240, 244) if dark else INK
    accent = hsv(hue + 0.08, 0.7, 0.75)
    picture = Image.new("RGB", sight.size_px, paper)
    letterer = Letterer(picture, sight.scale_x, sight.scale_y)
    width, height = sight.width, sight.height
    style = int(rng.integers(3))
    if style == 0:
        letterer.box(Box(0.0, 0.0, width, 10.0), accent)
    elif style == 1:
        letterer.box(Box(0.0, 0.0, 14.0, height), accent)
    else:
        letterer.box(Box(0.0, height - 26.0, width, height), accent)
    x, top = _corner(width, height)
    letterer.write(page.title, x, top, TITLE_SIZE, ink)
    letterer.box(Box(x, top + 42.0, x + 0.3 * width, top + 45.0), accent)
    for index, (line, _) in enumerate(page.lines[:num_lines]):
        y = _line_top(top, index)
        letterer.box(Box(x, y + 7.0, x + 8.0, y + 15.0), accent, radius=4.0)
        letterer.write(line, x + 18.0, y, LINE_SIZE, ink)
    letterer.write(str(page.number), width - 24.0, height - 22.0, _FOOT_SIZE, ink)
    if page.picture is not None:
        drawn = draw_subject(page.picture, max(sight.scale_x, sight.scale_y), 2).convert("RGBa")
        place = picture_box(width, height)
        left, upper, size = place.left, place.top, place.right - place.left
        paste_sprite(
            picture, drawn, left * sight.scale_x, upper * sight.scale_y, size * sight.scale_x, size * sight.scale_y
        )
    return picture


def picture_box(width: float, height: float) -> Box:
    """Where a page's picture stands, in reference pixels."""
    size = 0.36 * min(width, height)
    left, top = (width - size - 0.04 * width, 0.4 * height) if width > height else (0.5 * (width - size), 0.62 * height)
    return Box(left, top, left + size, top + size)


def _corner(width: float, height: float) -> tuple[float, float]:
    return 0.07 * width, 0.09 * height


def _line_top(top: float, index: int) -> float:
    return top + 66.0 + _LINE_STEP * index
