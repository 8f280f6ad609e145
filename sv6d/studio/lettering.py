"""Letters in Pillow's bundled font, set the same everywhere; sizes and places in reference pixels."""

from __future__ import annotations

from functools import lru_cache

from PIL import Image, ImageDraw, ImageFont

from sv6d.studio.overlays import Box
from sv6d.studio.pen import Colour

INK: Colour = (24, 24, 30)
_ROOM = 2.0  # reference pixels about the letters' ink in a text's box; ours


@lru_cache(maxsize=64)
def font(size_px: float) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(size_px)


@lru_cache(maxsize=4096)
def text_box(text: str, x: float, y: float, size: float, anchor: str) -> Box:
    """Where the ink of a line is, with a little room; `anchor` as Pillow's (la: left and top of the line at x, y)."""
    probe = ImageDraw.Draw(Image.new("L", (1, 1)))
    left, top, right, bottom = probe.textbbox((x, y), text, font=font(size), anchor=anchor)
    return Box(left - _ROOM, top - _ROOM, right + _ROOM, bottom + _ROOM)


class Letterer:
    """Writes and draws boxes on a picture at `scale_x`, `scale_y` pixels per reference pixel (letters: the smaller)."""

    def __init__(self, picture: Image.Image, scale_x: float, scale_y: float) -> None:
        self._draw, self._x, self._y = ImageDraw.Draw(picture), scale_x, scale_y

    def write(
        self, text: str, x: float, y: float, size: float, colour: Colour, *, anchor: str = "la", outline: float = 0.0
    ) -> None:
        self._draw.text(
            (x * self._x, y * self._y),
            text,
            fill=(*colour, 255) if self._draw.mode == "RGBA" else colour,
            font=font(size * min(self._x, self._y)),
            anchor=anchor,
            stroke_width=round(outline * min(self._x, self._y)),
            stroke_fill=(*INK, 255) if self._draw.mode == "RGBA" else INK,
        )

    def box(self, box: Box, colour: tuple[int, ...], *, radius: float = 0.0) -> None:
        left, top = box.left * self._x, box.top * self._y
        # Pillow's far edges are inclusive.
        corners = (left, top, max(left, box.right * self._x - 1.0), max(top, box.bottom * self._y - 1.0))
        self._draw.rounded_rectangle(corners, radius * min(self._x, self._y), fill=colour)

    def shape(
        self, points: list[tuple[float, float]], colour: tuple[int, ...], outline: tuple[int, ...] | None = None
    ) -> None:
        self._draw.polygon([(x * self._x, y * self._y) for x, y in points], fill=colour, outline=outline)
