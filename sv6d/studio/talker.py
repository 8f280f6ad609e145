"""A person who talks into the camera: a room, shoulders, a head that sways, a mouth that follows the voice."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial

import numpy as np
from PIL import Image

from sv6d.studio.backdrops import Stage, draw_backdrop
from sv6d.studio.pen import Colour, Pen, hsv
from sv6d.studio.reel import Passage, Talk
from sv6d.studio.seeds import generator
from sv6d.studio.speech import openness
from sv6d.studio.sprites import SMOOTH, paste_sprite
from sv6d.studio.world import Sight

_ART = 400.0  # the person is drawn in a square of so many units: shoulders to hair
_WIDEST, _HIGHEST = 1.5, 0.8  # ours: of the frame's width and height; the head takes half of the picture's width
_MOUTHS = 4  # openings drawn, from shut to wide
_SKINS: tuple[Colour, ...] = ((240, 200, 172), (214, 164, 128), (160, 110, 78), (104, 70, 52))
_BLINK_EVERY_S, _BLINK_S = 3.1, 0.14  # people blink every two to four seconds, for a seventh of a second


class TalkPainter:
    """Paints one take of a talker at one size."""

    def __init__(self, talk: Talk, sight: Sight) -> None:
        self._talk, self._sight = talk, sight
        size = min(_WIDEST * sight.width, _HIGHEST * sight.height)
        self._units = max(sight.scale_x, sight.scale_y) * size / _ART * talk.closer
        width, height = sight.size_px
        scale = max(sight.scale_x, sight.scale_y)
        stage = Stage(sight.width / 2.0, sight.height / 2.0, 0.46 * sight.height, (), talk.seed)
        room = draw_backdrop("room", stage, scale, 1)
        margin_x, margin_y = (room.width - width / talk.closer) / 2.0, (room.height - height / talk.closer) / 2.0
        box = (margin_x, margin_y, room.width - margin_x, room.height - margin_y)
        self._room = room.resize((width, height), SMOOTH, box)
        self._parts = _parts(talk.seed, self._units)
        rng = generator(talk.seed, 12, talk.pose)
        # Ours: between two takes of one sitting a head moves by up to a twelfth of the frame, of calm people by less.
        spread = generator(talk.seed, 21).uniform(0.3, 1.0)
        self._lean, self._rise = spread * rng.uniform(-0.08, 0.08), spread * rng.uniform(-0.03, 0.03)
        self._phase = rng.random() * 9.0
        self._hand_at, self._hand_shown = (rng.uniform(-0.32, 0.32), rng.uniform(0.30, 0.40)), rng.random() < 0.6

    def paint(self, frame: float) -> Image.Image:
        """The picture at a nominal frame, RGB."""
        seconds = frame / self._sight.fps + self._phase
        picture = self._room.copy()
        width, height = picture.size
        size = _ART * self._units
        sway = 0.012 * math.sin(2.1 * seconds) + 0.007 * math.sin(5.3 * seconds)
        nod = 0.006 * math.sin(4.4 * seconds)
        x = width * (0.5 + 0.6 * self._lean + 0.4 * sway) - size / 2.0
        y = height - 0.96 * size  # the art ends below the frame
        self._parts["body"].paste(picture, x, y)
        head_x, head_y = x + width * (0.4 * self._lean + sway), y + height * (self._rise + nod)
        shut = seconds % _BLINK_EVERY_S < _BLINK_S
        for name in ("head", "eyes_shut" if shut else "eyes_open", f"mouth{self._mouth(frame)}"):
            self._parts[name].paste(picture, head_x, head_y)
        if self._hand_shown:
            wave = 0.03 * math.sin(3.7 * seconds)
            across, down = 0.4 + self._hand_at[0] + wave, 0.5 + self._hand_at[1] + wave
            self._parts["hand"].paste(picture, width * across, height * down)
        return picture

    def _mouth(self, frame: float) -> int:
        for passage in self._talk.voice:
            if passage.first <= frame < passage.end:
                seconds = (frame - passage.first) / self._sight.fps
                return min(_MOUTHS - 1, int(openness(passage.seed, self._length_s(passage), seconds) * _MOUTHS))
        return 0

    def _length_s(self, passage: Passage) -> float:
        return (passage.end - passage.first) / self._sight.fps


@dataclass(frozen=True, slots=True)
class _Part:
    """A drawing and where it lies in the art, in pixels."""

    picture: Image.Image
    x: int
    y: int

    def paste(self, frame: Image.Image, x: float, y: float) -> None:
        """With the art's top left at x, y."""
        paste_sprite(frame, self.picture, x + self.x, y + self.y, self.picture.width, self.picture.height)


@lru_cache(maxsize=4)
def _parts(seed: int, scale: float) -> Mapping[str, _Part]:
    """How one person looks, at `scale` pixels per unit of the art."""
    rng = generator(seed, 13)
    skin = _SKINS[int(rng.integers(len(_SKINS)))]
    hair = hsv(rng.uniform(0.03, 0.10), 0.6, rng.uniform(0.12, 0.5))
    shirt = hsv(rng.random(), rng.uniform(0.3, 0.8), rng.uniform(0.35, 0.85))
    long_hair = bool(rng.random() < 0.5)
    drawers: dict[str, Callable[[Pen], None]] = {
        "body": partial(_draw_body, skin=skin, shirt=shirt),
        "head": partial(_draw_head, skin=skin, hair=hair, long_hair=long_hair),
        "eyes_open": partial(_draw_eyes, skin=skin, hair=hair, shut=False),
        "eyes_shut": partial(_draw_eyes, skin=skin, hair=hair, shut=True),
        "hand": partial(_draw_hand, skin=skin),
        **{f"mouth{opening}": partial(_draw_mouth, opening=opening) for opening in range(_MOUTHS)},
    }
    return {name: _drawn(draw, seed, scale) for name, draw in drawers.items()}


def _drawn(draw: Callable[[Pen], None], seed: int, scale: float) -> _Part:
    pen = Pen(0.0, 0.0, _ART, _ART, scale, 2, "RGBA")
    draw(pen)
    whole = pen.textured(seed, 0.12)
    left, top, right, bottom = whole.getchannel("A").getbbox() or (0, 0, 1, 1)
    # An empty rim, as pasting wants it.
    box = (left - 1, top - 1, right + 1, bottom + 1)
    return _Part(whole.crop(box).convert("RGBa"), box[0], box[1])


def _draw_body(pen: Pen, skin: Colour, shirt: Colour) -> None:
    pen.polygon([(176, 250), (224, 250), (230, 300), (170, 300)], _darker(skin))
    pen.ellipse(200, 420, 150, 130, shirt)
    pen.polygon([(165, 292), (235, 292), (200, 340)], skin)


def _draw_head(pen: Pen, skin: Colour, hair: Colour, *, long_hair: bool) -> None:
    if long_hair:
        pen.ellipse(200, 190, 92, 118, hair)
    pen.ellipse(200, 190, 70, 88, skin)
    pen.polygon(_arc(200, 176, 74, 84, 180, 360), hair)
    pen.line([(200, 192), (196, 214), (204, 216)], 4, _darker(skin))


def _draw_eyes(pen: Pen, skin: Colour, hair: Colour, *, shut: bool) -> None:
    for x in (174, 226):
        if shut:
            pen.ellipse(x, 188, 12, 2.5, _darker(skin))
        else:
            pen.ellipse(x, 188, 12, 8, (250, 250, 250))
            pen.ellipse(x, 188, 6, 7, (40, 34, 30))
        pen.line([(x - 14, 170), (x + 14, 168)], 5, hair)


def _draw_mouth(pen: Pen, opening: int) -> None:
    pen.ellipse(200, 240, 24 - 2 * opening, 4 + 6 * opening, (120, 40, 44))
    if opening > 1:
        pen.ellipse(200, 236, 14, 4, (245, 240, 236))


def _draw_hand(pen: Pen, skin: Colour) -> None:
    pen.ellipse(55, 68, 26, 30, skin)
    for finger in range(4):
        x = 36 + 13 * finger
        pen.line([(x, 60), (x - 4 + 2 * finger, 16 + 4 * abs(finger - 1.5))], 10, skin)


def _darker(colour: Colour) -> Colour:
    red, green, blue = (int(0.72 * level) for level in colour)
    return red, green, blue


def _arc(
    x: float, y: float, width: float, height: float, begin_deg: int, end_deg: int
) -> Sequence[tuple[float, float]]:
    angles = np.radians(np.arange(begin_deg, end_deg + 1, 12))
    return [(x + width * math.cos(angle), y + height * math.sin(angle)) for angle in angles.tolist()]
