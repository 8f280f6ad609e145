"""Drawing in scene coordinates at any scale, smoothed by drawing larger and averaging."""

from __future__ import annotations

import colorsys
from collections.abc import Sequence

import numpy as np
from PIL import Image, ImageDraw

from sv6d.studio.noise import value_noise

Colour = tuple[int, int, int]
Point = tuple[float, float]


def hsv(hue: float, saturation: float, value: float) -> Colour:
    """An RGB colour from hue (turns), saturation and value in [0, 1]."""
    red, green, blue = colorsys.hsv_to_rgb(hue % 1.0, min(max(saturation, 0.0), 1.0), min(max(value, 0.0), 1.0))
    return round(255 * red), round(255 * green), round(255 * blue)


class Pen:
    """Draws on an image whose top left is (left, top) in scene pixels, `scale` texels per pixel.

    Coordinates are scene pixels throughout; `oversampling` texels are averaged into one at the end.
    """

    def __init__(
        self, left: float, top: float, width: float, height: float, scale: float, oversampling: int, mode: str
    ) -> None:
        self._left, self._top, self._oversampling = left, top, oversampling
        self._scale = scale * oversampling
        self._size = (max(1, round(width * scale)), max(1, round(height * scale)))
        self._texels = scale
        large = (self._size[0] * oversampling, self._size[1] * oversampling)
        self._image = Image.new(mode, large)
        self._draw = ImageDraw.Draw(self._image)

    def fill_gradient(self, stops: Sequence[Colour]) -> None:
        """Fill all with colours from top to bottom, equally spaced."""
        column = Image.fromarray(np.array(stops, np.uint8)[:, None, :])
        self._image.paste(column.resize(self._image.size, Image.Resampling.BICUBIC, (0, 0, 1, len(stops))))

    def polygon(self, points: Sequence[Point], colour: Colour) -> None:
        self._draw.polygon([self._at(x, y) for x, y in points], fill=colour)

    def rectangle(self, x0: float, y0: float, x1: float, y1: float, colour: Colour, *, radius: float = 0.0) -> None:
        box = (*self._at(x0, y0), *self._at(x1, y1))
        if radius:
            self._draw.rounded_rectangle(box, radius * self._scale, fill=colour)
        else:
            self._draw.rectangle(box, fill=colour)

    def ellipse(self, x: float, y: float, radius_x: float, radius_y: float, colour: Colour) -> None:
        self._draw.ellipse((*self._at(x - radius_x, y - radius_y), *self._at(x + radius_x, y + radius_y)), fill=colour)

    def line(self, points: Sequence[Point], width: float, colour: Colour) -> None:
        self._draw.line([self._at(x, y) for x, y in points], fill=colour, width=max(1, round(width * self._scale)))

    def textured(self, seed: int, amount: float) -> Image.Image:
        """The drawing, averaged to its scale, its colours modulated by value noise of +-`amount` or so."""
        image = self._image if self._oversampling == 1 else self._image.reduce(self._oversampling)
        noise = value_noise(seed, *self._size, self._texels)
        factor = 1.0 + np.float32(2.0 * amount) * noise
        pixels = np.array(image)
        np.minimum(pixels[:, :, :3] * factor[:, :, None], 255.0, out=pixels[:, :, :3], casting="unsafe")
        return Image.fromarray(pixels)

    def _at(self, x: float, y: float) -> Point:
        return (x - self._left) * self._scale, (y - self._top) * self._scale
