"""The pictures of a plan under a staging. Without one they are those of `render_frame`."""

from __future__ import annotations

import math
from dataclasses import replace
from functools import lru_cache

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageFilter

from sv6d.schema.boundaries import ChangeKind
from sv6d.studio.division import Raster, divided, filling
from sv6d.studio.joints import mix
from sv6d.studio.overlays import Box, draw_overlay
from sv6d.studio.pictures import Painter, painter_of
from sv6d.studio.plan import ClipPlan, ShotPlan
from sv6d.studio.reel import Card, Joint, Page, Screen
from sv6d.studio.render import Paint, shot_picture, shots_at
from sv6d.studio.signs import paste_sign
from sv6d.studio.sprites import SMOOTH
from sv6d.studio.staging import Division, Roll, Staging, hand_way
from sv6d.studio.world import Sight
from sv6d.timeline import NS_PER_S

_HAND_ROOM = 0.045  # heights cut off at each side of a shaking frame, so that nothing beyond the picture shows
_STILL_BLUR, _COPY_BLUR = 0.004, 0.03  # of the width: about a window, as reels have it; a copy of its own picture
_COPY_GROWTH = 1.6  # of the copy, so that it is seen to be another picture; ours


def paint_of(plan: ClipPlan, staging: Staging) -> Paint | None:
    """How the frames of a plan under a staging are painted; None where the plan's own pictures are right."""
    return None if staging.is_bare else _Painter(plan, staging).paint


class _Painter:
    def __init__(self, plan: ClipPlan, staging: Staging) -> None:
        self._plan, self._signs = plan, staging.signs
        self._pictures, self._divisions = dict(staging.pictures), dict(staging.divisions)
        self._joints, self._bars = dict(staging.joints), dict(staging.bars)
        self._hands, self._rolls = dict(staging.hands), dict(staging.rolls)

    def paint(self, time_ns: int, width_px: int, height_px: int) -> npt.NDArray[np.uint8]:
        plan = self._plan
        index, share = shots_at(plan, time_ns)
        picture = self._alone(index, time_ns, width_px, height_px)
        if share < 1.0:
            old = self._alone(index - 1, time_ns, width_px, height_px)
            joint = self._joints.get(index, _plain(plan, index))
            frame = round(share * (joint.num_frames + 1)) - 1
            picture = mix(old, picture, joint, min(max(frame, 0), joint.num_frames - 1))
        frame = round(time_ns * plan.fps_num / (plan.fps_den * NS_PER_S))
        for sign in self._signs:
            if sign.first <= frame < sign.end:
                size = (plan.width, plan.height)
                paste_sign(picture, sign, frame, size, width_px / plan.width, height_px / plan.height)
        return np.asarray(picture)

    def _alone(self, index: int, time_ns: int, width_px: int, height_px: int) -> Image.Image:
        if index in self._pictures:
            return _pictured(self._plan, index, self._pictures[index], width_px, height_px)
        if index in self._rolls:
            picture = _rolled(self._plan, index, self._rolls[index], time_ns, width_px, height_px)
        else:
            picture = shot_picture(self._plan, index, time_ns, width_px, height_px)
        if index in self._hands:
            room = _HAND_ROOM * height_px
            x, y = (height_px * way for way in hand_way(self._hands[index], time_ns))
            box = (room + x, room + y, width_px - room + x, height_px - room + y)
            picture = picture.resize(picture.size, SMOOTH, box)
        if index in self._divisions:
            picture = self._divided(picture, index, self._divisions[index], time_ns)
        if index in self._bars:
            bar = Image.new("RGB", (width_px, round(self._bars[index] * height_px)))
            picture.paste(bar, (0, 0))
            picture.paste(bar, (0, height_px - bar.height))
        return picture

    def _divided(self, picture: Image.Image, index: int, division: Division, time_ns: int) -> Image.Image:
        plan, (width_px, height_px) = self._plan, picture.size
        raster = Raster(width_px / plan.width, height_px / plan.height)
        if division.others:
            assert division.second is not None  # what is seen in them
            other = shot_picture(_with(plan, index, division.second), index, time_ns, width_px, height_px)
            places = [(box, raster.px(box)) for box in division.others]
            others = [(box, filling(other, right - left, low - top)) for box, (left, top, right, low) in places]
            whole = Box(0.0, 0.0, plan.width, plan.height)
            return divided(picture, division.kind, division.main, others, raster, whole)
        left, top, right, low = raster.px(division.main)
        if division.second is None:
            x, y = (side * (1.0 - 1.0 / _COPY_GROWTH) / 2.0 for side in picture.size)
            grown = picture.resize(picture.size, SMOOTH, (x, y, width_px - x, height_px - y))
            around = grown.filter(ImageFilter.BoxBlur(_COPY_BLUR * width_px))
        else:
            around = _still(plan, division.still_of, division.second, width_px, height_px).copy()
        around.paste(filling(picture, right - left, low - top), (left, top))
        return around


def _plain(plan: ClipPlan, index: int) -> Joint:
    """The plan's own transition as a joint: the same pictures."""
    transition = plan.shots[index].transition
    assert transition is not None  # only transitions mix
    sides: dict[str, ChangeKind] = {"about": "fade_through_colour", "before": "fade_out", "after": "fade_in"}
    kind: ChangeKind = "dissolve" if transition.kind == "dissolve" else sides[transition.side]
    return Joint(kind, transition.num_frames, transition.colour)


def _with(plan: ClipPlan, index: int, shot: ShotPlan) -> ClipPlan:
    """The plan with another shot in that place."""
    return replace(plan, shots=(*plan.shots[:index], shot, *plan.shots[index + 1 :]))


@lru_cache(maxsize=8)
def _still(plan: ClipPlan, index: int, shot: ShotPlan, width_px: int, height_px: int) -> Image.Image:
    """What stands about a window: a scene at one moment, out of focus."""
    first, end = plan.pure_frames(index)
    moment_ns = plan.frame_time_ns((first + end) // 2)
    picture = shot_picture(_with(plan, index, shot), index, moment_ns, width_px, height_px)
    return picture.filter(ImageFilter.BoxBlur(_STILL_BLUR * width_px))


def _rolled(plan: ClipPlan, index: int, roll: Roll, time_ns: int, width_px: int, height_px: int) -> Image.Image:
    first, end = plan.visible_frames(index)
    middle_ns = (plan.frame_time_ns(first) + plan.frame_time_ns(end)) // 2
    size = (math.ceil(roll.growth * width_px), math.ceil(roll.growth * height_px))
    picture = shot_picture(plan, index, time_ns, *size)
    # The picture turns against the camera; Pillow turns counterclockwise.
    angle = -math.degrees(roll.speed * (time_ns - middle_ns) / NS_PER_S)
    turned = picture.rotate(angle, Image.Resampling.BICUBIC)
    x, y = (size[0] - width_px) // 2, (size[1] - height_px) // 2
    return turned.crop((x, y, x + width_px, y + height_px))


def _pictured(plan: ClipPlan, index: int, picture: Page | Card | Screen, width_px: int, height_px: int) -> Image.Image:
    """What stands in a scene's place, with the shot's overlays."""
    scale_x, scale_y = width_px / plan.width, height_px / plan.height
    sight = Sight(plan.width, plan.height, scale_x, scale_y, plan.fps_num / plan.fps_den)
    painted = _painter(picture, sight).paint(plan.shots[index].first_frame)
    for overlay in plan.shots[index].overlays:
        placed = draw_overlay(overlay, plan.width, plan.height, scale_x, scale_y)
        painted.paste(placed.picture, (placed.x, placed.y), placed.picture.getchannel("A"))
    return painted


@lru_cache(maxsize=8)
def _painter(picture: Page | Card | Screen, sight: Sight) -> Painter:
    return painter_of(picture, sight, 0, 1)
