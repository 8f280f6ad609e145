"""Changes of shot, painted: from the pictures of both shots and how far the change has come."""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np
from PIL import Image, ImageFilter

from sv6d.studio.reel import Joint
from sv6d.studio.sprites import SMOOTH

WIPES = ("from_left", "from_right", "from_top", "from_bottom", "diagonal", "iris", "push_left", "push_up")
COLOURS = {"black": (0, 0, 0), "white": (255, 255, 255), "red": (170, 24, 30), "blue": (20, 40, 120)}
_ZOOMED = math.log(2.6)  # ours: how far into the picture a zoom goes before it changes
_ZOOM_BLUR, _WHIP_BLUR = 0.025, 0.5  # of the width at the fastest; of the way of one frame
_SOFT_LEVELS = 10  # of 255: the width of a wipe's edge


def mix(old: Image.Image, new: Image.Image, joint: Joint, index: int) -> Image.Image:
    """The picture of frame `index` (0 .. num_frames - 1) of a change; neither shot alone."""
    share = (index + 1.0) / (joint.num_frames + 1.0)
    match joint.kind:
        case "dissolve":
            return Image.blend(old, new, share)
        case "fade_out":
            return Image.blend(old, _flat(old, joint), share)
        case "fade_in":
            return Image.blend(_flat(old, joint), new, share)
        case "fade_through_colour":
            flat = _flat(old, joint)
            return Image.blend(old, flat, 2.0 * share) if share < 0.5 else Image.blend(flat, new, 2.0 * share - 1.0)
        case "flash":
            # White at once, and the light goes again: as a flash, faster up than down.
            lit = 1.0 if share <= 0.5 else 2.0 * (1.0 - share)
            return Image.blend(new, _flat(old, joint), lit)
        case "wipe":
            return _wiped(old, new, joint.style, share)
        case "zoom":
            return _zoomed(old, 2.0 * share) if share < 0.5 else _zoomed(new, 2.0 * (1.0 - share))
        case "whip":
            return _whipped(old, new, joint, index)
    raise AssertionError(f"a {joint.kind} has no frames of its own")


def _flat(like: Image.Image, joint: Joint) -> Image.Image:
    return Image.new("RGB", like.size, COLOURS[joint.style])


def _wiped(old: Image.Image, new: Image.Image, style: str, share: float) -> Image.Image:
    width, height = old.size
    if style.startswith("push"):
        picture = Image.new("RGB", old.size)
        x, y = (round(share * width), 0) if style == "push_left" else (0, round(share * height))
        picture.paste(old, (-x, -y))
        picture.paste(new, (width - x, 0) if x else (0, height - y))
        return picture
    edge = share * (255 + _SOFT_LEVELS)
    table = [max(0, min(255, round((edge - level) * 255 / _SOFT_LEVELS))) for level in range(256)]
    return Image.composite(new, old, _order(style, width, height).point(table))


@lru_cache(maxsize=8)
def _order(style: str, width: int, height: int) -> Image.Image:
    """When each pixel is uncovered: 0 first, 255 last."""
    x, y = np.linspace(0.0, 1.0, width)[None, :], np.linspace(0.0, 1.0, height)[:, None]
    field = {
        "from_left": x + 0.0 * y,
        "from_right": 1.0 - x + 0.0 * y,
        "from_top": y + 0.0 * x,
        "from_bottom": 1.0 - y + 0.0 * x,
        "diagonal": (x + y) / 2.0,
        "iris": np.hypot((x - 0.5) * width, (y - 0.5) * height) / math.hypot(0.5 * width, 0.5 * height),
    }[style]
    return Image.fromarray(np.rint(255.0 * field).astype(np.uint8))


def _zoomed(picture: Image.Image, share: float) -> Image.Image:
    """Enlarged about its middle, more and more blurred."""
    shrink = math.exp(-_ZOOMED * share * share)
    width, height = picture.size
    x, y = width * (1.0 - shrink) / 2.0, height * (1.0 - shrink) / 2.0
    grown = picture.resize(picture.size, SMOOTH, (x, y, width - x, height - y))
    return grown.filter(ImageFilter.BoxBlur(_ZOOM_BLUR * share * width))


def _whipped(old: Image.Image, new: Image.Image, joint: Joint, index: int) -> Image.Image:
    """Both side by side, rushed past: slow, fast, slow, with the blur of the speed."""
    width, height = old.size
    before, now, after = (_swing((index + part) / (joint.num_frames + 1.0)) for part in (0.5, 1.0, 1.5))
    strip = Image.new("RGB", (2 * width, height))
    strip.paste(old, (0 if joint.style == "left" else width, 0))
    strip.paste(new, (width if joint.style == "left" else 0, 0))
    x = now * width if joint.style == "left" else (1.0 - now) * width
    radius = _WHIP_BLUR * (after - before) * width / 2.0
    cut = strip.crop((round(x), 0, round(x) + width, height))
    return cut.filter(ImageFilter.BoxBlur((radius, 0.0)))


def _swing(share: float) -> float:
    return 0.5 - 0.5 * math.cos(math.pi * share)
