"""The frame divided: other pictures beside one or on it, and one picture in a window of another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PIL import Image

from sv6d.studio.lettering import Letterer
from sv6d.studio.overlays import Box
from sv6d.studio.sprites import SMOOTH

_RIM = 3.0  # reference pixels of white about a small picture on a large one


@dataclass(frozen=True, slots=True)
class Raster:
    """Pixels per reference pixel along x and y."""

    scale_x: float
    scale_y: float

    def px(self, box: Box) -> tuple[int, int, int, int]:
        x, y = self.scale_x, self.scale_y
        return round(box.left * x), round(box.top * y), round(box.right * x), round(box.bottom * y)


def divided(
    picture: Image.Image, kind: str, main: Box, others: Sequence[tuple[Box, Image.Image]], raster: Raster, window: Box
) -> Image.Image:
    """The middle of a picture in its own box, and the others in theirs; boxes of the frame, of which `window` is seen.

    A `picture_in_picture` has a white rim.
    """
    width, height = picture.size
    result = Image.new("RGB", picture.size)
    own, whole = raster.px(main), raster.px(window)
    size = (own[2] - own[0], own[3] - own[1])
    x, y = (width - size[0]) // 2, (height - size[1]) // 2
    result.paste(picture.crop((x, y, x + size[0], y + size[1])), (own[0] - whole[0], own[1] - whole[1]))
    if kind == "picture_in_picture":
        letterer = Letterer(result, raster.scale_x, raster.scale_y)
        for box, _ in others:
            rim = Box(box.left - _RIM, box.top - _RIM, box.right + _RIM, box.bottom + _RIM)
            letterer.box(_moved(rim, -window.left, -window.top), (250, 250, 250))
    for box, painted in others:
        place = raster.px(box)
        result.paste(painted, (place[0] - whole[0], place[1] - whole[1]))
    return result


def filling(picture: Image.Image, width_px: int, height_px: int) -> Image.Image:
    """As much of the middle of a picture as fills such a size."""
    scale = max(width_px / picture.width, height_px / picture.height)
    x, y = (picture.width - width_px / scale) / 2.0, (picture.height - height_px / scale) / 2.0
    return picture.resize((width_px, height_px), SMOOTH, (x, y, picture.width - x, picture.height - y))


def _moved(box: Box, x: float, y: float) -> Box:
    return Box(box.left + x, box.top + y, box.right + x, box.bottom + y)
