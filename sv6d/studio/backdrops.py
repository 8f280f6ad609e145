"""The scenes behind the subject: landscape, street, room and poster, with landmarks all over.

Each is drawn for a half extent (all that the camera will see) and a line to stand on. Random
numbers are drawn in the same order at any scale, so a small picture shows the same scene.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from PIL import Image

from sv6d.studio.pen import Pen, hsv
from sv6d.studio.seeds import generator

# The last pixel of a view reads its neighbours when it is resized.
_MARGIN = 12.0


@dataclass(frozen=True, slots=True)
class Stage:
    """What a backdrop is drawn for. Half extents and lines in scene pixels about the origin."""

    half_width: float
    half_height: float
    ground: float
    ledges: tuple[float, ...]
    seed: int

    @property
    def left(self) -> float:
        return -self.half_width - _MARGIN

    @property
    def top(self) -> float:
        return -self.half_height - _MARGIN

    @property
    def width(self) -> float:
        return 2.0 * (self.half_width + _MARGIN)

    @property
    def height(self) -> float:
        return 2.0 * (self.half_height + _MARGIN)


def draw_backdrop(kind: str, stage: Stage, scale: float, oversampling: int) -> Image.Image:
    """The scene as RGB at `scale` texels per scene pixel, before light and colour are graded."""
    pen = Pen(stage.left, stage.top, stage.width, stage.height, scale, oversampling, "RGB")
    _DRAWERS[kind](pen, stage, generator(stage.seed, 2))
    return pen.textured(stage.seed, 0.26)


def _hills(pen: Pen, stage: Stage, rng: np.random.Generator) -> None:
    sky, land = 0.52 + 0.10 * rng.random(), 0.20 + 0.20 * rng.random()
    pen.fill_gradient([hsv(sky, 0.62, 0.80), hsv(sky - 0.02, 0.40, 0.92), hsv(sky - 0.08, 0.15, 0.98)])
    left, right, bottom = stage.left, stage.left + stage.width, stage.top + stage.height
    horizon = stage.ground - 60.0 - 70.0 * rng.random()
    for _ in range(max(2, round(stage.width * stage.height / 90_000.0))):
        x, y, size = rng.uniform(left, right), rng.uniform(stage.top, horizon - 60.0), rng.uniform(20.0, 50.0)
        for dx, dy, grow in ((-0.9, 0.1, 0.7), (0.0, 0.0, 1.0), (0.9, 0.15, 0.75)):
            pen.ellipse(x + dx * size, y + dy * size, grow * size, 0.55 * grow * size, (250, 250, 252))
    pen.ellipse(rng.uniform(-140.0, 140.0), horizon - rng.uniform(90.0, 200.0), 34.0, 34.0, (255, 236, 150))
    for layer in range(4):
        base = horizon + 26.0 * layer
        height, wave, phase = rng.uniform(26.0, 80.0) / (1.0 + 0.6 * layer), rng.uniform(130.0, 330.0), rng.random()
        xs = np.arange(left, right + 16.0, 16.0)
        ys = base - height * (
            0.55 * np.sin(2.0 * math.pi * (xs / wave + phase)) + 0.45 * np.sin(2.0 * math.pi * (xs / (0.41 * wave)))
        )
        colour = hsv(land + 0.05 * (3 - layer), 0.30 + 0.11 * layer, 0.62 - 0.07 * layer)
        ridge = [(float(x), float(y)) for x, y in zip(xs, ys, strict=True)]
        pen.polygon([*ridge, (right, bottom), (left, bottom)], colour)
    pen.rectangle(left, stage.ground - 14.0, right, bottom, hsv(land, 0.55, 0.50))
    for _ in range(round(stage.width * (bottom - stage.ground) / 4200.0)):
        x, y, size = rng.uniform(left, right), rng.uniform(stage.ground - 6.0, bottom), rng.uniform(5.0, 17.0)
        shade = hsv(land + rng.uniform(-0.1, 0.06), 0.6, rng.uniform(0.25, 0.75))
        pen.ellipse(x, y, size * 1.5, size * 0.7, shade)
    _draw_ledges(pen, stage, hsv(land + 0.02, 0.5, 0.42), hsv(land - 0.08, 0.5, 0.30))


def _city(pen: Pen, stage: Stage, rng: np.random.Generator) -> None:
    sky = rng.random()
    pen.fill_gradient([hsv(sky, 0.45, 0.75), hsv(sky + 0.05, 0.35, 0.88), hsv(sky + 0.10, 0.25, 0.95)])
    left, right, bottom = stage.left, stage.left + stage.width, stage.top + stage.height
    for depth in range(2):
        x = left - rng.uniform(0.0, 60.0)
        while x < right:
            width = rng.uniform(54.0, 120.0)
            tall = rng.random() ** (2.0 - depth)
            top = stage.ground - 110.0 + 40.0 * depth - tall * (0.55 - 0.25 * depth) * (stage.ground - stage.top)
            hue, value = rng.random(), rng.uniform(0.30, 0.78)
            pen.rectangle(x, top, x + width, bottom, hsv(hue, 0.18 + 0.20 * depth, value))
            _windows(pen, (x, top, width, stage.ground), hsv(hue + 0.1, 0.25, value + (0.3 if value < 0.55 else -0.3)))
            x += width + rng.uniform(0.0, 22.0)
    pen.rectangle(left, stage.ground - 16.0, right, bottom, (128, 126, 130))
    pen.rectangle(left, stage.ground + 18.0, right, bottom, (74, 74, 80))
    lanes = round((bottom - stage.ground) / 80.0)
    for lane in range(lanes):
        y = stage.ground + 50.0 + 80.0 * lane
        for dash in range(math.ceil(stage.width / 90.0)):
            pen.rectangle(left + 90.0 * dash, y, left + 90.0 * dash + 46.0, y + 7.0, (226, 220, 190))
    _draw_ledges(pen, stage, (120, 118, 124), (66, 64, 70))


def _windows(pen: Pen, block: tuple[float, float, float, float], colour: tuple[int, int, int]) -> None:
    x, top, width, ground = block
    columns = int((width - 12.0) // 24.0)
    gap = (width - 14.0 * columns) / (columns + 1)
    rows = int((ground - top - 20.0) // 34.0)
    for row in range(rows):
        y = top + 16.0 + 34.0 * row
        for column in range(columns):
            at = x + gap + (14.0 + gap) * column
            pen.rectangle(at, y, at + 14.0, y + 19.0, colour)


def _room(pen: Pen, stage: Stage, rng: np.random.Generator) -> None:
    hue = rng.random()
    wall, stripe = hsv(hue, 0.26, 0.80), hsv(hue + rng.uniform(-0.06, 0.06), 0.36, 0.62)
    pen.fill_gradient([wall, wall])
    left, right, bottom = stage.left, stage.left + stage.width, stage.top + stage.height
    pitch, style = rng.uniform(34.0, 62.0), int(rng.integers(3))
    for i in range(math.ceil(stage.width / pitch)):
        if style == 0:
            pen.rectangle(left + i * pitch, stage.top, left + i * pitch + 0.45 * pitch, bottom, stripe)
            continue
        for j in range(math.ceil(stage.height / pitch)):
            x, y = left + i * pitch, stage.top + j * pitch
            if style == 1 and (i + j) % 2:
                pen.rectangle(x, y, x + pitch, y + pitch, stripe)
            elif style == 2:
                pen.ellipse(x + 0.5 * pitch * (1 + j % 2), y + 0.5 * pitch, 0.2 * pitch, 0.2 * pitch, stripe)
    num_frames = max(2, round(stage.width * stage.height / 100_000.0))
    for i in range(num_frames):
        x = left + (i + rng.uniform(0.1, 0.9)) * stage.width / num_frames
        y = rng.uniform(stage.top + 30.0, stage.top + 0.55 * stage.height)
        w, h = rng.uniform(50.0, 100.0), rng.uniform(50.0, 100.0)
        pen.rectangle(x - 8.0, y - 8.0, x + w + 8.0, y + h + 8.0, hsv(rng.random(), 0.5, rng.uniform(0.15, 0.4)))
        pen.rectangle(x, y, x + w, y + h, hsv(rng.random(), 0.25, 0.9))
        pen.polygon([(x, y + h), (x + 0.45 * w, y + 0.35 * h), (x + w, y + h)], hsv(rng.random(), 0.6, 0.6))
    pen.rectangle(left, stage.ground - 26.0, right, bottom, hsv(hue, 0.1, 0.92))
    floor = rng.uniform(0.04, 0.11)
    pen.rectangle(left, stage.ground - 14.0, right, bottom, hsv(floor, 0.55, 0.55))
    for i in range(math.ceil((bottom - stage.ground) / 44.0)):
        y = stage.ground + 30.0 + 44.0 * i
        pen.rectangle(left, y, right, y + 4.0, hsv(floor, 0.6, 0.34))
        for j in range(math.ceil(stage.width / 150.0)):
            x = left + 150.0 * j + 70.0 * (i % 2)
            pen.rectangle(x, y - 40.0, x + 4.0, y, hsv(floor, 0.6, 0.34))
    _draw_ledges(pen, stage, hsv(floor, 0.5, 0.50), hsv(floor, 0.6, 0.28))


def _poster(pen: Pen, stage: Stage, rng: np.random.Generator) -> None:
    hue = rng.random()
    pen.fill_gradient([hsv(hue, 0.55, 0.85), hsv(hue + 0.08, 0.45, 0.70)])
    left, right, bottom = stage.left, stage.left + stage.width, stage.top + stage.height
    lean, pitch = rng.uniform(0.5, 1.1), rng.uniform(110.0, 190.0)
    for i in range(-math.ceil(lean * stage.height / pitch), math.ceil(stage.width / pitch) + 1, 2):
        x = left + i * pitch
        shift = lean * stage.height
        pen.polygon(
            [(x, stage.top), (x + pitch, stage.top), (x + pitch + shift, bottom), (x + shift, bottom)],
            hsv(hue + 0.04, 0.40, 0.92),
        )
    cell = 150.0
    for i in range(math.ceil(stage.width / cell)):
        for j in range(math.ceil(stage.height / cell)):
            x, y = left + (i + rng.uniform(0.1, 0.9)) * cell, stage.top + (j + rng.uniform(0.1, 0.9)) * cell
            size, colour = rng.uniform(16.0, 44.0), hsv(hue + rng.uniform(0.2, 0.8), 0.6, rng.uniform(0.35, 0.95))
            match int(rng.integers(3)):
                case 0:
                    pen.ellipse(x, y, size, size, colour)
                case 1:
                    pen.polygon([(x - size, y + size), (x + size, y + size), (x, y - size)], colour)
                case _:
                    pen.polygon([(x - size, y), (x, y - size), (x + size, y), (x, y + size)], colour)
    pen.rectangle(left, stage.ground - 12.0, right, bottom, hsv(hue + 0.5, 0.35, 0.75))
    pen.rectangle(left, stage.ground - 12.0, right, stage.ground - 4.0, hsv(hue + 0.5, 0.45, 0.50))
    for i in range(math.ceil(stage.width / 64.0)):
        for j in range(math.ceil((bottom - stage.ground) / 64.0)):
            x, y = left + 64.0 * i + 32.0 * (j % 2), stage.ground + 40.0 + 64.0 * j
            pen.ellipse(x, y, 12.0, 8.0, hsv(hue + 0.5, 0.45, 0.55))
    _draw_ledges(pen, stage, hsv(hue + 0.5, 0.30, 0.66), hsv(hue + 0.5, 0.5, 0.40))


def _draw_ledges(pen: Pen, stage: Stage, top: tuple[int, int, int], front: tuple[int, int, int]) -> None:
    """A board under every row of subjects but the one on the ground."""
    for y in stage.ledges:
        pen.rectangle(stage.left, y - 12.0, stage.left + stage.width, y + 10.0, top)
        pen.rectangle(stage.left, y + 10.0, stage.left + stage.width, y + 26.0, front)


_DRAWERS: dict[str, Callable[[Pen, Stage, np.random.Generator], None]] = {
    "hills": _hills,
    "city": _city,
    "room": _room,
    "poster": _poster,
}
