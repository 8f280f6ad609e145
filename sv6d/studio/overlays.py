"""Text over the picture: hook line, caption band, price tag, call to action.

Set in Pillow's bundled font with FreeType's basic layout, so the same pixels come out everywhere.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

from PIL import Image, ImageDraw, ImageFont

from sv6d.studio.plan import SHORT_SIDE, Overlay

# Below half size letters are grey bars anyway, and drawing them larger only costs time (ours).
_SMALLEST_DRAWN = 0.5
_HOOK_COLOURS = ((255, 255, 255), (255, 226, 60), (120, 255, 170))
_TAG_COLOURS = ((226, 38, 54), (255, 204, 0), (20, 150, 90))
_PILL_COLOURS = ((24, 119, 242), (255, 64, 129), (0, 176, 116))
_HOOK_SIZE = 38.0
_INK = (20, 18, 24)


@dataclass(frozen=True, slots=True)
class Placed:
    """An overlay at its size: straight RGBA, and the frame pixel of its top left."""

    x: int
    y: int
    picture: Image.Image


@dataclass(frozen=True, slots=True)
class Box:
    """A part of the frame in reference pixels."""

    left: float
    top: float
    right: float
    bottom: float


def place(overlay: Overlay, width: float, height: float) -> Box:
    """Where an overlay stands in a frame of width x height reference pixels."""
    match overlay.kind:
        case "hook_line":
            lines = _wrap(overlay.text, width)
            half = max(_font(_HOOK_SIZE).getlength(line) for line in lines) / 2.0 + 8.0
            top = 0.07 * height
            return Box(width / 2.0 - half, top, width / 2.0 + half, top + 16.0 + 46.0 * len(lines))
        case "caption":
            # Above the call to action, which may stand in the same shot.
            top = 0.765 * height if height > width else 0.655 * height
            return Box(0.0, top, width, top + 44.0)
        case "price_tag":
            top = 0.34 * height if height > width else 0.40 * height
            right = 0.97 * width
            return Box(right - 132.0, top, right, top + 62.0)
    half = 116.0
    return Box(width / 2.0 - half, 0.94 * height - 50.0, width / 2.0 + half, 0.94 * height)


@lru_cache(maxsize=512)
def draw_overlay(overlay: Overlay, width: float, height: float, scale_x: float, scale_y: float) -> Placed:
    """The overlay for a frame shown at scale_x, scale_y pixels per reference pixel."""
    box = place(overlay, width, height)
    x0, y0 = max(0, math.floor(box.left * scale_x)), max(0, math.floor(box.top * scale_y))
    x1, y1 = math.ceil(box.right * scale_x), math.ceil(box.bottom * scale_y)
    drawn = max(scale_x, scale_y, _SMALLEST_DRAWN)
    # The canvas is what the target pixels cover, so that averaging them needs nothing outside it.
    left, top = x0 / scale_x, y0 / scale_y
    size = (math.ceil((x1 / scale_x - left) * drawn), math.ceil((y1 / scale_y - top) * drawn))
    canvas = Image.new("RGBA", size)
    shifted = Box(box.left - left, box.top - top, box.right - left, box.bottom - top)
    _Writer(canvas, drawn).write(overlay, shifted, _wrap(overlay.text, width))
    picture = canvas.resize((x1 - x0, y1 - y0), Image.Resampling.BOX)
    return Placed(x0, y0, picture)


def _wrap(text: str, width: float) -> list[str]:
    """One line where the frame is wide; else two of about equal length."""
    words = text.split()
    if width > SHORT_SIDE or len(text) <= 11:
        return [text]
    splits = [(" ".join(words[:i]), " ".join(words[i:])) for i in range(1, len(words))]
    return list(min(splits, key=lambda pair: max(map(len, pair))))


@lru_cache(maxsize=64)
def _font(size_px: float) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(size_px)


class _Writer:
    """Draws one overlay on a canvas at `scale` pixels per reference pixel."""

    def __init__(self, canvas: Image.Image, scale: float) -> None:
        self._draw, self._scale = ImageDraw.Draw(canvas), scale

    def write(self, overlay: Overlay, box: Box, lines: list[str]) -> None:
        getattr(self, f"_{overlay.kind}")(overlay, box, lines)

    def _hook_line(self, overlay: Overlay, box: Box, lines: list[str]) -> None:
        for i, line in enumerate(lines):
            y = box.top + 8.0 + 46.0 * (i + 0.5)
            self._text(line, (box.left + box.right) / 2.0, y, _HOOK_SIZE, _HOOK_COLOURS[overlay.style], outline=5.0)

    def _caption(self, overlay: Overlay, box: Box, lines: list[str]) -> None:
        band, ink = ((14, 14, 18, 205), (255, 255, 255)) if overlay.style == 0 else ((250, 250, 250, 220), _INK)
        self._rounded(box, 0.0, band)
        self._text(overlay.text, (box.left + box.right) / 2.0, (box.top + box.bottom) / 2.0, 22.0, ink)

    def _price_tag(self, overlay: Overlay, box: Box, lines: list[str]) -> None:
        s, colour = self._scale, _TAG_COLOURS[overlay.style]
        middle = (box.top + box.bottom) / 2.0
        tip = box.left + 26.0
        corners = [(box.left, middle), (tip, box.top), (box.right, box.top), (box.right, box.bottom), (tip, box.bottom)]
        self._draw.polygon([(x * s, y * s) for x, y in corners], fill=(*colour, 255))
        hole = Box(tip - 7.0, middle - 5.0, tip + 3.0, middle + 5.0)
        self._draw.ellipse((hole.left * s, hole.top * s, hole.right * s, hole.bottom * s), fill=(255, 255, 255, 255))
        ink = _INK if overlay.style == 1 else (255, 255, 255)
        self._text(overlay.text, (tip + box.right) / 2.0 + 1.0, middle, 29.0, ink)

    def _call_to_action_text(self, overlay: Overlay, box: Box, lines: list[str]) -> None:
        self._rounded(box, 25.0, (255, 255, 255, 255))
        inner = Box(box.left + 4.0, box.top + 4.0, box.right - 4.0, box.bottom - 4.0)
        self._rounded(inner, 21.0, (*_PILL_COLOURS[overlay.style], 255))
        self._text(overlay.text, (box.left + box.right) / 2.0, (box.top + box.bottom) / 2.0, 23.0, (255, 255, 255))

    def _rounded(self, box: Box, radius: float, colour: tuple[int, int, int, int]) -> None:
        s = self._scale
        # Pillow's far edges are inclusive.
        corners = (box.left * s, box.top * s, box.right * s - 1.0, box.bottom * s - 1.0)
        self._draw.rounded_rectangle(corners, radius * s, fill=colour)

    def _text(
        self, text: str, x: float, y: float, size: float, colour: tuple[int, int, int], outline: float = 0.0
    ) -> None:
        s = self._scale
        self._draw.text(
            (x * s, y * s),
            text,
            fill=(*colour, 255),
            font=_font(size * s),
            anchor="mm",
            stroke_width=round(outline * s / 1.5),
            stroke_fill=(*_INK, 255),
        )
