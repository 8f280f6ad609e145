"""What a document asks of a clip beyond the plans of the feed: effects between shots, bars; and their pictures.

A plan stays what the feed draws; a staging lies over it. Without one the pictures are those of `render_frame`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt
from PIL import Image

from sv6d.schema.boundaries import ChangeKind
from sv6d.studio.grade import LUMA_WEIGHTS
from sv6d.studio.joints import mix
from sv6d.studio.lettering import INK, Letterer, text_box
from sv6d.studio.overlays import Box, draw_overlay
from sv6d.studio.pen import Colour
from sv6d.studio.plan import ClipPlan
from sv6d.studio.reel import Joint
from sv6d.studio.render import Paint, shot_picture, shots_at
from sv6d.studio.seeds import generator
from sv6d.studio.sprites import SMOOTH
from sv6d.timeline import NS_PER_S

# Of a page's writing: reference pixels, share of the height from line to line; luma from which ink is dark.
_SIZE, _STEP, _BRIGHT = 26.0, 0.08, 0.5
# Of a hand: each of its swings in picture heights, their rates (physiological tremor and the pace of steps, without a
# common measure), and what is cut off at each side so that nothing beyond the picture shows.
_HAND_WAY, _HAND_HZ, _HAND_ROOM = 0.012, (1.9, 3.1, 4.7), 0.045
_PALE: Colour = (240, 240, 244)


@dataclass(frozen=True, slots=True)
class Shown:
    """A label that the clip bears beyond those of its plan: field, value, and its first and last shot by number."""

    field: str
    value: str
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Staging:
    """What lies over a plan.

    Attributes:
        joints: effect of the boundary by which a shot begins, by number; as long as the plan's transition.
        bars: share of the picture's height in each of two black bars, by shot.
        pages: lines of writing on a flat ground in the shot's own light and colour, in place of its scene, by shot.
        hands: seed of the hand that holds the camera, by shot.
        shown: what is true of the clip because of this, or because the feed is never otherwise.
    """

    joints: tuple[tuple[int, Joint], ...] = ()
    bars: tuple[tuple[int, float], ...] = ()
    pages: tuple[tuple[int, tuple[str, ...]], ...] = ()
    hands: tuple[tuple[int, int], ...] = ()
    shown: tuple[Shown, ...] = ()

    def paint(self, plan: ClipPlan) -> Paint | None:
        """How frames are painted; None where the plan's own pictures are right."""
        if not (self.joints or self.bars or self.pages or self.hands):
            return None
        return _Painter(plan, self).paint


UNSTAGED = Staging()


class _Painter:
    def __init__(self, plan: ClipPlan, staging: Staging) -> None:
        self._plan, self._pages = plan, dict(staging.pages)
        self._joints, self._bars, self._hands = dict(staging.joints), dict(staging.bars), dict(staging.hands)

    def paint(self, time_ns: int, width_px: int, height_px: int) -> npt.NDArray[np.uint8]:
        plan = self._plan
        index, share = shots_at(plan, time_ns)
        new = self._alone(index, time_ns, width_px, height_px)
        if share >= 1.0:
            return np.asarray(new)
        old = self._alone(index - 1, time_ns, width_px, height_px)
        joint = self._joints.get(index, _plain(plan, index))
        frame = round(share * (joint.num_frames + 1)) - 1
        return np.asarray(mix(old, new, joint, min(max(frame, 0), joint.num_frames - 1)))

    def _alone(self, index: int, time_ns: int, width_px: int, height_px: int) -> Image.Image:
        if index in self._pages:
            return _page(self._plan, index, self._pages[index], width_px, height_px).copy()
        picture = shot_picture(self._plan, index, time_ns, width_px, height_px)
        if index in self._hands:
            room = _HAND_ROOM * height_px
            x, y = (height_px * way for way in hand_way(self._hands[index], time_ns))
            box = (room + x, room + y, width_px - room + x, height_px - room + y)
            picture = picture.resize(picture.size, SMOOTH, box)
        if index in self._bars:
            bar = Image.new("RGB", (width_px, round(self._bars[index] * height_px)))
            picture.paste(bar, (0, 0))
            picture.paste(bar, (0, height_px - bar.height))
        return picture


def _plain(plan: ClipPlan, index: int) -> Joint:
    """The plan's own transition as a joint: the same pictures."""
    transition = plan.shots[index].transition
    assert transition is not None  # only transitions mix
    kind: ChangeKind = "dissolve" if transition.kind == "dissolve" else "fade_through_colour"
    return Joint(kind, transition.num_frames, transition.colour)


def hand_way(seed: int, time_ns: int) -> tuple[float, float]:
    """Where a hand holds the camera at a time, from where it should be: picture heights right and down, below 0.05."""
    phases = generator(seed, 3).uniform(0.0, 2.0 * math.pi, (2, len(_HAND_HZ)))
    turns = 2.0 * math.pi * np.array(_HAND_HZ) * (time_ns / NS_PER_S)
    x, y = (_HAND_WAY * float(np.sin(turns + row).sum()) for row in phases)
    return x, y


def page_boxes(plan: ClipPlan, lines: Sequence[str]) -> list[Box]:
    """Where each line of a page stands, in reference pixels."""
    return [
        text_box(line, plan.width / 2.0, (0.5 + _STEP * (number - (len(lines) - 1) / 2.0)) * plan.height, _SIZE, "mm")
        for number, line in enumerate(lines)
    ]


@lru_cache(maxsize=8)
def _page(plan: ClipPlan, index: int, lines: tuple[str, ...], width_px: int, height_px: int) -> Image.Image:
    """A page at one size: nothing on it moves."""
    look = plan.shots[index].look
    red, blue = look.luma + look.red_minus_blue / 2.0, look.luma - look.red_minus_blue / 2.0
    green = (look.luma - LUMA_WEIGHTS[0] * red - LUMA_WEIGHTS[2] * blue) / LUMA_WEIGHTS[1]
    ground = [round(255.0 * min(1.0, max(0.0, float(level)))) for level in (red, green, blue)]
    picture = Image.new("RGB", (width_px, height_px), (ground[0], ground[1], ground[2]))
    scale_x, scale_y = width_px / plan.width, height_px / plan.height
    letterer = Letterer(picture, scale_x, scale_y)
    for line, box in zip(lines, page_boxes(plan, lines), strict=True):
        middle = (box.left + box.right) / 2.0, (box.top + box.bottom) / 2.0
        letterer.write(line, *middle, _SIZE, INK if look.luma >= _BRIGHT else _PALE, anchor="mm")
    for overlay in plan.shots[index].overlays:
        placed = draw_overlay(overlay, plan.width, plan.height, scale_x, scale_y)
        picture.paste(placed.picture, (placed.x, placed.y), placed.picture.getchannel("A"))
    return picture
