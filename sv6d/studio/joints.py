"""Changes of shot, painted: from the pictures of both shots and how far the change has come."""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np
from PIL import Image, ImageFilter, ImageOps

from sv6d.studio.reel import Joint
from sv6d.studio.sprites import SMOOTH

WIPES = ("from_left", "from_right", "from_top", "from_bottom", "diagonal", "iris", "push_left", "push_up")
COLOURS = {"black": (0, 0, 0), "white": (255, 255, 255), "red": (170, 24, 30), "blue": (20, 40, 120)}
# As editing programs make them with a cut in the middle: the old shot rushes into a blur, the new one out of it; the
# light swells and goes. The other styles push one shot aside by the other, zoom farther, and flash up at once.
RUSHES, SWELLING = ("aside", "into"), "swelling"
_RUSH_WAY, _RUSH_BLUR = 1.0, 0.25  # widths; of the width at the fastest
_RUSH_ZOOM, _RUSH_ZOOM_BLUR = 0.3, 0.08  # of the picture's sides that are cut off; of the width
_LIGHT_FRAMES = 2  # of a swell on each side; measured: with more a fade is seen, with fewer nothing
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
        case "flash" if joint.style == SWELLING:
            return _swelling(old, new, joint, index)
        case "flash":
            # White at once, and the light goes again: as a flash, faster up than down.
            lit = 1.0 if share <= 0.5 else 2.0 * (1.0 - share)
            return Image.blend(new, _flat(old, joint), lit)
        case "wipe":
            return _wiped(old, new, joint.style, share)
        case "zoom" | "whip" if joint.style in RUSHES:
            return _rushed(old, new, joint, index)
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


def _rushed(old: Image.Image, new: Image.Image, joint: Joint, index: int) -> Image.Image:
    """The old shot faster and faster, then the new one slower and slower."""
    half = joint.num_frames / 2.0
    is_old = index < half
    share = (index + 1.0) / half if is_old else (joint.num_frames - index) / half
    picture = old if is_old else new
    width, height = picture.size
    share = min(1.0, share)
    if joint.style == "into":
        x, y = (_RUSH_ZOOM * share * side / 2.0 for side in (width, height))
        grown = picture.resize(picture.size, SMOOTH, (x, y, width - x, height - y))
        return grown.filter(ImageFilter.BoxBlur(_RUSH_ZOOM_BLUR * share * width))
    # What leaves at one side comes back mirrored at the other, as such effects fill the frame.
    strip = Image.new("RGB", (3 * width, height))
    for place, each in enumerate((picture, ImageOps.mirror(picture), picture)):
        strip.paste(each, (place * width, 0))
    x = round(_RUSH_WAY * share * share * width)
    blurred = strip.filter(ImageFilter.BoxBlur((_RUSH_BLUR * share * width / 2.0, 0.0)))
    return blurred.crop((x, 0, x + width, height))


def _swelling(old: Image.Image, new: Image.Image, joint: Joint, index: int) -> Image.Image:
    """The old shot into the light within a few frames, the new one out of it."""
    ramp = max(1, min(_LIGHT_FRAMES, (joint.num_frames - 1) // 2))
    white = Image.new("RGB", old.size, COLOURS["white"])
    lit = min(1.0, (index + 1.0) / (ramp + 1.0), (joint.num_frames - index) / (ramp + 1.0))
    return Image.blend(old if index < joint.num_frames / 2.0 else new, white, lit)


def _swing(share: float) -> float:
    return 0.5 - 0.5 * math.cos(math.pi * share)
