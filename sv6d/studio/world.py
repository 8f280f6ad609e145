"""A drawn scene through a camera that pans, shakes, whips and zooms, with the blur of fast movement."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageFilter

from sv6d.studio.backdrops import Stage, draw_backdrop
from sv6d.studio.camera import View
from sv6d.studio.layout import ground
from sv6d.studio.plan import Subject
from sv6d.studio.reel import Passer, World
from sv6d.studio.seeds import generator
from sv6d.studio.sprites import SMOOTH, paste_sprite
from sv6d.studio.subjects import draw_subject

_SHAKE_HZ = (0.7, 1.7, 3.1, 5.3)  # ours: a walking hand sways slowly and trembles fast
_SHAKE_SHARES = (1.0, 0.7, 0.4, 0.25)
_SHUTTER = 0.5  # share of a frame's time that is exposed: a shutter of 180 degrees, as in film
_LEAST_BLUR_PX = 2.0
_PASSER_BLUR = 0.03  # of the frame's width: it is out of focus
_TEXEL_CAP = 1.0  # texels a pixel; ours: a scene that is zoomed into gets softer, as by a digital zoom


@dataclass(frozen=True, slots=True)
class Sight:
    """The size of a picture: reference pixels, and pixels per reference pixel along x and y; frames a second."""

    width: float
    height: float
    scale_x: float
    scale_y: float
    fps: float

    @property
    def size_px(self) -> tuple[int, int]:
        return round(self.width * self.scale_x), round(self.height * self.scale_y)


def world_view(world: World, width: float, height: float, seconds: float, frame: float) -> View:
    """Where the camera looks at nominal frame `frame`, `seconds` after the shot's middle; scene pixels.

    `width`, `height`: scene pixels in the frame at scale 1.
    """
    right, up, growth = world.speeds
    x, y, grow = right * width * seconds, -up * height * seconds, growth * seconds
    for move in world.moves:
        done = _eased((frame - move.first) / (move.end - move.first))
        x, y, grow = x + move.right * width * done, y + move.down * height * done, grow + move.grow * done
    if world.shake:
        phases = generator(world.seed, 11).random((2, len(_SHAKE_HZ)))
        waves = np.sin(2.0 * np.pi * (np.array(_SHAKE_HZ) * seconds + phases)) @ np.array(_SHAKE_SHARES)
        x, y = x + world.shake * float(waves[0]), y + world.shake * float(waves[1])
    return View(x, y, math.exp(grow))


def _eased(share: float) -> float:
    share = min(1.0, max(0.0, share))
    return share * share * (3.0 - 2.0 * share)


class WorldPainter:
    """Paints one world at one size over frames [first, end); what is drawn reaches as far as the camera looks."""

    def __init__(self, world: World, sight: Sight, first: int, end: int) -> None:
        self._world, self._sight = world, sight
        self._width, self._height = sight.width / world.scale, sight.height / world.scale
        self._stage, self._scene = self._draw(first, end)
        table = _tones(world.gamma, world.lean)
        self._scene = self._scene.point(table)
        texels = world.scale * max(sight.scale_x, sight.scale_y)
        self._sprites = [
            draw_subject(sprite.subject, texels, 2).point([*table, *range(256)]).convert("RGBa")
            for sprite in world.sprites
        ]
        self._passers = [_near(passer.subject, sight) for passer in world.passers]

    def paint(self, frame: float) -> Image.Image:
        """The picture at a nominal frame, RGB."""
        view, before = self.view(frame), self.view(frame - _SHUTTER)
        texels_x, texels_y = self._scene.width / self._stage.width, self._scene.height / self._stage.height
        half_width, half_height = self._width / 2.0 / view.scale, self._height / 2.0 / view.scale
        left, top = view.x - half_width, view.y - half_height
        box = (
            (left - self._stage.left) * texels_x,
            (top - self._stage.top) * texels_y,
            (left + 2.0 * half_width - self._stage.left) * texels_x,
            (top + 2.0 * half_height - self._stage.top) * texels_y,
        )
        picture = self._scene.resize(self._sight.size_px, SMOOTH, box)
        grow_x, grow_y = (
            self._world.scale * view.scale * scale for scale in (self._sight.scale_x, self._sight.scale_y)
        )
        for sprite, drawn in zip(self._world.sprites, self._sprites, strict=True):
            size, seconds = sprite.subject.size, self._seconds(frame)
            x = sprite.x + sprite.speed_x * seconds - size / 2.0
            y = sprite.y + sprite.speed_y * seconds - size / 2.0 + _bob(sprite.subject, seconds)
            paste_sprite(picture, drawn, (x - left) * grow_x, (y - top) * grow_y, size * grow_x, size * grow_y)
        picture = _blurred(picture, (view.x - before.x) * grow_x, (view.y - before.y) * grow_y)
        for passer, drawn in zip(self._world.passers, self._passers, strict=True):
            self._paste_passer(picture, passer, drawn, frame)
        return picture

    def view(self, frame: float) -> View:
        return world_view(self._world, self._width, self._height, self._seconds(frame), frame)

    def _seconds(self, frame: float) -> float:
        return (frame - self._world.middle) / self._sight.fps

    def _draw(self, first: int, end: int) -> tuple[Stage, Image.Image]:
        views = [self.view(frame + part / 4.0) for frame in range(first, end) for part in range(4)]
        half_width = max(abs(view.x) + self._width / 2.0 / view.scale for view in views)
        half_height = max(abs(view.y) + self._height / 2.0 / view.scale for view in views)
        base = ground(self._world.sprites[0].subject) if self._world.sprites else 0.2 * self._height
        stage = Stage(half_width, half_height, base, (), self._world.seed)
        texels = self._world.scale * max(self._sight.scale_x, self._sight.scale_y) * _TEXEL_CAP
        return stage, draw_backdrop(self._world.backdrop, stage, texels, 1)

    def _paste_passer(self, picture: Image.Image, passer: Passer, drawn: Image.Image, frame: float) -> None:
        share = (frame - passer.first + 1.0) / (passer.end - passer.first + 1.0)
        if not 0.0 < share < 1.0:
            return
        width = drawn.width
        x = -width + (picture.width + width) * (share if passer.to_right else 1.0 - share)
        paste_sprite(picture, drawn, x, (picture.height - drawn.height) / 2.0, width, drawn.height)


def _bob(subject: Subject, seconds: float) -> float:
    return subject.bob * math.sin(2.0 * math.pi * (subject.bob_hz * seconds + (subject.seed % 97) / 97.0))


def _blurred(picture: Image.Image, dx: float, dy: float) -> Image.Image:
    radius = (abs(dx) / 2.0, abs(dy) / 2.0)
    return picture.filter(ImageFilter.BoxBlur(radius)) if max(radius) > _LEAST_BLUR_PX else picture


def _near(subject: Subject, sight: Sight) -> Image.Image:
    """A passing thing as high as the frame and as wide, dark and out of focus."""
    width, height = sight.size_px
    size = max(width, height)
    drawn = draw_subject(subject, 0.25, 1).resize((size, size), SMOOTH)
    radius = _PASSER_BLUR * width
    return (
        drawn.point([level // 3 for level in range(256)] * 3 + list(range(256)))
        .convert("RGBa")
        .filter(ImageFilter.BoxBlur(radius))
    )


def _tones(gamma: float, lean: float) -> list[int]:
    levels = (np.arange(256) / 255.0) ** gamma
    curves = [np.minimum((1.0 + factor) * levels, 1.0) for factor in (lean, 0.0, -lean)]
    return [int(level) for curve in curves for level in np.rint(255.0 * curve)]
