"""Writing and stickers over a reel: where each stands, what it looks like, which part of it is letters."""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import lru_cache

from PIL import Image

from sv6d.schema.records import PackagingKind
from sv6d.studio.lettering import INK, Letterer, text_box
from sv6d.studio.overlays import Box, Placed
from sv6d.studio.pen import Colour
from sv6d.studio.plan import Subject
from sv6d.studio.reel import Sign
from sv6d.studio.seeds import generator
from sv6d.studio.subjects import draw_subject

# What packages the video, by kind of sign.
CUES: Mapping[str, PackagingKind] = {
    "subtitle": "subtitle_band",
    "subtitle_band": "subtitle_band",
    "price": "price",
    "burst": "sticker",
    "sticker": "sticker",
    "title": "title_card",
    "call_to_action": "call_to_action",
}
_SIZES: Mapping[str, float] = {
    "subtitle": 22.0, "subtitle_band": 21.0, "price": 30.0, "burst": 26.0, "sticker": 20.0, "title": 34.0,
    "call_to_action": 24.0,
}  # fmt: skip
_COLOURS: tuple[Colour, ...] = ((226, 38, 54), (255, 204, 0), (20, 150, 90), (24, 119, 242), (255, 64, 129))
_WHITE: Colour = (255, 255, 255)
STICKER_SIZE = 110.0
_BURST_POINTS = 14


def letters_box(sign: Sign) -> Box | None:
    """Where the letters are, in reference pixels of the whole frame; None for a sticker without any."""
    if sign.kind == "sticker":
        return None
    return text_box(sign.text, sign.x, sign.y, _SIZES[sign.kind], "mm")


def sign_box(sign: Sign, width: float, height: float) -> Box:
    """All that the sign covers, in a frame of width x height reference pixels; its middle is at sign.x, sign.y."""
    letters = letters_box(sign)
    if letters is None:
        half = STICKER_SIZE / 2.0
        return Box(sign.x - half, sign.y - half, sign.x + half, sign.y + half)
    match sign.kind:
        case "subtitle_band":
            return Box(0.0, letters.top - 10.0, width, letters.bottom + 10.0)
        case "price" | "call_to_action":
            return Box(letters.left - 16.0, letters.top - 10.0, letters.right + 16.0, letters.bottom + 10.0)
        case "burst":
            reach = (letters.right - letters.left) / 2.0 + 22.0
            return Box(sign.x - reach, sign.y - 0.8 * reach, sign.x + reach, sign.y + 0.8 * reach)
    return Box(letters.left - 4.0, letters.top - 4.0, letters.right + 4.0, letters.bottom + 4.0)


@lru_cache(maxsize=64)
def draw_sign(sign: Sign, width: float, height: float, scale_x: float, scale_y: float) -> Placed:
    """The sign as straight RGBA with its place, in a frame of width x height at so many pixels for one of these."""
    box = sign_box(sign, width, height)
    x0, y0 = math.floor(box.left * scale_x), math.floor(box.top * scale_y)
    size = (math.ceil(box.right * scale_x) - x0, math.ceil(box.bottom * scale_y) - y0)
    if sign.kind == "sticker":
        subject = Subject("sticker", sign.text, sign.style, STICKER_SIZE, 0.0, 0.0, 0.0)
        return Placed(x0, y0, draw_subject(subject, max(scale_x, scale_y), 2).resize(size))
    picture = Image.new("RGBA", size)
    letterer = Letterer(picture, scale_x, scale_y)
    _plate(letterer, sign, Box(0.0, 0.0, box.right - box.left, box.bottom - box.top))
    outline = 2.0 if sign.kind in {"subtitle", "title"} else 0.0
    ink = INK if sign.kind == "price" and sign.style % len(_COLOURS) == 1 else _WHITE
    x, y = sign.x - x0 / scale_x, sign.y - y0 / scale_y
    letterer.write(sign.text, x, y, _SIZES[sign.kind], ink, anchor="mm", outline=outline)
    return Placed(x0, y0, picture)


def paste_sign(
    picture: Image.Image, sign: Sign, frame: int, size: tuple[float, float], scale_x: float, scale_y: float
) -> None:
    """Lay the sign over frame `frame` of a picture of `size` reference pixels, as far as it has come by then."""
    placed = draw_sign(sign, *size, scale_x, scale_y)
    mask = placed.picture.getchannel("A")
    shown = min(1.0, (frame - sign.first + 1) / (sign.ramp + 1), (sign.end - frame) / (sign.ramp + 1))
    if shown < 1.0:
        mask = mask.point([round(shown * level) for level in range(256)])
    picture.paste(placed.picture, (placed.x, placed.y), mask)


def _plate(letterer: Letterer, sign: Sign, box: Box) -> None:
    colour = _COLOURS[sign.style % len(_COLOURS)]
    match sign.kind:
        case "subtitle_band":
            letterer.box(box, (14, 14, 18, 215))
        case "price":
            letterer.box(box, (*colour, 255), radius=8.0)
        case "call_to_action":
            letterer.box(box, (*colour, 255), radius=20.0)
        case "burst":
            letterer.shape(_star(box, generator(sign.style, 20).random()), (*colour, 255))


def _star(box: Box, turn: float) -> list[tuple[float, float]]:
    x, y = (box.left + box.right) / 2.0, (box.top + box.bottom) / 2.0
    points = []
    for index in range(2 * _BURST_POINTS):
        angle = math.pi * (index + turn) / _BURST_POINTS
        reach = 1.0 if index % 2 else 0.86
        points.append((x + reach * (x - box.left) * math.cos(angle), y + reach * (y - box.top) * math.sin(angle)))
    return points
