"""The subjects: drawings in a unit square, one function each, textured and coloured by a seed."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from PIL import Image, ImageOps

from sv6d.studio.pen import Colour, Pen, hsv
from sv6d.studio.plan import Subject
from sv6d.studio.seeds import generator

_INK: Colour = (34, 30, 36)
_PAPER: Colour = (248, 246, 240)


def draw_subject(subject: Subject, scale: float, oversampling: int) -> Image.Image:
    """A square of straight RGBA, `subject.size` scene pixels wide; transparent about the drawing."""
    rng = generator(subject.seed, 3)
    flip = rng.random() < 0.5 and subject.variant not in {"house", "tower"}
    sketch = Sketch(subject.size, scale, oversampling)
    _DRAWERS[subject.variant](sketch, rng)
    picture = sketch.finished(subject.seed)
    return ImageOps.mirror(picture) if flip else picture


class Sketch:
    """A pen in the unit square (0.05 .. 0.95 is drawn on), with the mask of what was drawn."""

    def __init__(self, size: float, scale: float, oversampling: int) -> None:
        self._size, self._oversampling = size, oversampling
        self._ink = Pen(0.0, 0.0, size, size, scale, oversampling, "RGBA")

    def polygon(self, points: list[tuple[float, float]], colour: Colour) -> None:
        self._ink.polygon([(x * self._size, y * self._size) for x, y in points], colour)

    def box(self, x0: float, y0: float, x1: float, y1: float, colour: Colour, radius: float = 0.0) -> None:
        s = self._size
        self._ink.rectangle(x0 * s, y0 * s, x1 * s, y1 * s, colour, radius=radius * s)

    def oval(self, x: float, y: float, radius_x: float, radius_y: float, colour: Colour) -> None:
        s = self._size
        self._ink.ellipse(x * s, y * s, radius_x * s, radius_y * s, colour)

    def stroke(self, points: list[tuple[float, float]], width: float, colour: Colour) -> None:
        self._ink.line([(x * self._size, y * self._size) for x, y in points], width * self._size, colour)

    def finished(self, seed: int) -> Image.Image:
        return self._ink.textured(seed, 0.20)


def _car(s: Sketch, rng: np.random.Generator) -> None:
    hue = rng.choice([0.0, 0.03, 0.13, 0.58, 0.62])
    body, dark = hsv(hue, 0.85, 0.88), hsv(hue, 0.9, 0.55)
    s.polygon([(0.20, 0.52), (0.32, 0.30), (0.66, 0.30), (0.80, 0.52)], body)
    s.polygon([(0.26, 0.52), (0.35, 0.35), (0.48, 0.35), (0.48, 0.52)], (190, 222, 240))
    s.polygon([(0.52, 0.52), (0.52, 0.35), (0.64, 0.35), (0.74, 0.52)], (190, 222, 240))
    s.box(0.05, 0.50, 0.95, 0.76, body, 0.07)
    s.box(0.05, 0.67, 0.95, 0.76, dark, 0.04)
    s.box(0.88, 0.55, 0.95, 0.62, (255, 240, 170))
    for x in (0.25, 0.75):
        s.oval(x, 0.77, 0.135, 0.135, _INK)
        s.oval(x, 0.77, 0.065, 0.065, (190, 190, 196))


def _bus(s: Sketch, rng: np.random.Generator) -> None:
    hue = rng.choice([0.0, 0.12, 0.36, 0.60])
    s.box(0.05, 0.22, 0.95, 0.80, hsv(hue, 0.85, 0.90), 0.06)
    s.box(0.05, 0.60, 0.95, 0.68, _PAPER)
    for i in range(4):
        s.box(0.10 + 0.20 * i, 0.30, 0.26 + 0.20 * i, 0.52, (180, 216, 238), 0.02)
    for x in (0.25, 0.75):
        s.oval(x, 0.81, 0.12, 0.12, _INK)
        s.oval(x, 0.81, 0.055, 0.055, (196, 196, 200))


def _rocket(s: Sketch, rng: np.random.Generator) -> None:
    hue = rng.choice([0.0, 0.58, 0.07])
    s.polygon([(0.40, 0.78), (0.50, 0.96), (0.60, 0.78)], (255, 190, 60))
    s.polygon([(0.36, 0.55), (0.16, 0.82), (0.38, 0.78)], hsv(hue, 0.9, 0.75))
    s.polygon([(0.64, 0.55), (0.84, 0.82), (0.62, 0.78)], hsv(hue, 0.9, 0.75))
    s.oval(0.50, 0.40, 0.17, 0.36, (232, 234, 240))
    s.box(0.34, 0.42, 0.66, 0.78, (232, 234, 240), 0.03)
    s.polygon([(0.38, 0.20), (0.50, 0.04), (0.62, 0.20)], hsv(hue, 0.9, 0.85))
    s.oval(0.50, 0.36, 0.085, 0.085, hsv(hue, 0.8, 0.6))
    s.oval(0.50, 0.36, 0.055, 0.055, (160, 214, 244))


def _balloon(s: Sketch, rng: np.random.Generator) -> None:
    hue = rng.random()
    s.oval(0.50, 0.36, 0.31, 0.31, hsv(hue, 0.85, 0.92))
    s.oval(0.50, 0.36, 0.19, 0.31, _PAPER)
    s.oval(0.50, 0.36, 0.07, 0.31, hsv(hue, 0.85, 0.92))
    s.stroke([(0.28, 0.58), (0.42, 0.80)], 0.02, _INK)
    s.stroke([(0.72, 0.58), (0.58, 0.80)], 0.02, _INK)
    s.box(0.40, 0.78, 0.60, 0.94, (140, 88, 44), 0.02)


def _cat(s: Sketch, rng: np.random.Generator) -> None:
    hue, value = rng.choice([0.06, 0.08, 0.10]), rng.uniform(0.55, 0.85)
    fur, dark = hsv(hue, 0.65, value), hsv(hue, 0.7, 0.6 * value)
    s.stroke([(0.84, 0.58), (0.92, 0.44), (0.88, 0.26)], 0.07, fur)
    for x in (0.34, 0.46, 0.68, 0.80):
        s.box(x, 0.66, x + 0.08, 0.95, dark, 0.03)
    s.oval(0.58, 0.62, 0.31, 0.18, fur)
    for x in (0.52, 0.64, 0.76):
        s.stroke([(x, 0.46), (x + 0.02, 0.62)], 0.035, dark)
    s.polygon([(0.10, 0.36), (0.12, 0.10), (0.26, 0.24)], fur)
    s.polygon([(0.30, 0.24), (0.44, 0.10), (0.46, 0.36)], fur)
    s.oval(0.28, 0.38, 0.20, 0.18, fur)
    s.oval(0.21, 0.35, 0.03, 0.04, _INK)
    s.oval(0.35, 0.35, 0.03, 0.04, _INK)
    s.oval(0.28, 0.44, 0.07, 0.05, _PAPER)


def _turtle(s: Sketch, rng: np.random.Generator) -> None:
    skin, shell = hsv(0.18, 0.55, 0.70), hsv(rng.uniform(0.06, 0.11), 0.7, 0.50)
    s.oval(0.84, 0.58, 0.11, 0.10, skin)
    s.oval(0.87, 0.55, 0.02, 0.025, _INK)
    for x in (0.24, 0.62):
        s.box(x, 0.72, x + 0.14, 0.92, skin, 0.05)
    s.oval(0.46, 0.70, 0.40, 0.12, skin)
    s.oval(0.45, 0.56, 0.35, 0.26, shell)
    for x, y in ((0.30, 0.50), (0.45, 0.42), (0.60, 0.50), (0.37, 0.64), (0.54, 0.64)):
        s.oval(x, y, 0.06, 0.06, hsv(0.10, 0.6, 0.75))


def _bird(s: Sketch, rng: np.random.Generator) -> None:
    hue = rng.choice([0.02, 0.07, 0.09])
    body, wing = hsv(hue, 0.75, 0.85), hsv(hue, 0.8, 0.5)
    s.polygon([(0.05, 0.50), (0.30, 0.50), (0.26, 0.66)], wing)
    s.oval(0.48, 0.56, 0.28, 0.16, body)
    s.oval(0.76, 0.42, 0.12, 0.12, body)
    s.polygon([(0.86, 0.38), (0.96, 0.43), (0.86, 0.47)], (245, 180, 50))
    s.oval(0.79, 0.39, 0.025, 0.03, _INK)
    s.polygon([(0.34, 0.54), (0.60, 0.52), (0.30, 0.10), (0.22, 0.16)], wing)
    s.oval(0.50, 0.64, 0.16, 0.07, _PAPER)


def _butterfly(s: Sketch, rng: np.random.Generator) -> None:
    hue = rng.choice([0.05, 0.08, 0.11])
    for side in (-1.0, 1.0):
        s.oval(0.5 + 0.24 * side, 0.34, 0.21, 0.24, hsv(hue, 0.85, 0.92))
        s.oval(0.5 + 0.18 * side, 0.68, 0.16, 0.19, hsv(hue + 0.03, 0.8, 0.75))
        s.oval(0.5 + 0.27 * side, 0.31, 0.09, 0.10, _INK)
        s.oval(0.5 + 0.27 * side, 0.31, 0.05, 0.06, _PAPER)
        s.stroke([(0.5, 0.22), (0.5 + 0.1 * side, 0.07)], 0.02, _INK)
    s.oval(0.5, 0.50, 0.05, 0.32, (70, 46, 30))


def _tree(s: Sketch, rng: np.random.Generator) -> None:
    hue = rng.uniform(0.26, 0.38)
    s.box(0.44, 0.58, 0.56, 0.96, (112, 74, 42))
    for x, y, r in ((0.30, 0.44, 0.20), (0.70, 0.44, 0.20), (0.50, 0.26, 0.22), (0.50, 0.50, 0.24)):
        s.oval(x, y, r, r, hsv(hue, 0.75, 0.45 + 0.1 * rng.random()))
    for _ in range(12):
        x, y = rng.uniform(0.22, 0.78), rng.uniform(0.16, 0.62)
        s.oval(x, y, 0.03, 0.03, hsv(hue - 0.06, 0.65, 0.75))


def _potted(s: Sketch, rng: np.random.Generator) -> None:
    hue = rng.uniform(0.27, 0.38)
    for i in range(7):
        angle = math.radians(-150.0 + 20.0 * i)
        tip = (0.5 + 0.42 * math.cos(angle), 0.58 + 0.52 * math.sin(angle))
        middle = (0.5 + 0.25 * math.cos(angle), 0.58 + 0.28 * math.sin(angle))
        side = (-0.07 * math.sin(angle), 0.07 * math.cos(angle))
        leaf = [
            (0.5, 0.66),
            (middle[0] + side[0], middle[1] + side[1]),
            tip,
            (middle[0] - side[0], middle[1] - side[1]),
        ]
        s.polygon(leaf, hsv(hue, 0.78, 0.42 + 0.09 * (i % 3)))
    s.polygon([(0.32, 0.66), (0.68, 0.66), (0.62, 0.96), (0.38, 0.96)], (188, 96, 58))
    s.box(0.29, 0.62, 0.71, 0.70, (206, 112, 70))


def _cactus(s: Sketch, rng: np.random.Generator) -> None:
    hue = rng.uniform(0.30, 0.40)
    green, light = hsv(hue, 0.7, 0.50), hsv(hue, 0.55, 0.68)
    s.box(0.14, 0.34, 0.27, 0.60, green, 0.06)
    s.box(0.14, 0.50, 0.45, 0.62, green, 0.06)
    s.box(0.73, 0.26, 0.86, 0.52, green, 0.06)
    s.box(0.55, 0.42, 0.86, 0.54, green, 0.06)
    s.box(0.37, 0.08, 0.63, 0.96, green, 0.13)
    for x in (0.44, 0.50, 0.56):
        s.stroke([(x, 0.16), (x, 0.94)], 0.015, light)
    s.oval(0.50, 0.08, 0.06, 0.04, (240, 110, 150))


def _house(s: Sketch, rng: np.random.Generator) -> None:
    wall, roof = hsv(rng.uniform(0.05, 0.12), 0.28, 0.88), hsv(rng.choice([0.01, 0.04, 0.95]), 0.7, 0.55)
    s.box(0.14, 0.42, 0.86, 0.96, wall)
    s.box(0.66, 0.12, 0.76, 0.40, (130, 110, 104))
    s.polygon([(0.05, 0.46), (0.50, 0.08), (0.95, 0.46)], roof)
    s.box(0.42, 0.66, 0.58, 0.96, (96, 60, 40))
    for x in (0.20, 0.64):
        s.box(x, 0.54, x + 0.16, 0.72, (100, 140, 176))
        s.stroke([(x + 0.08, 0.54), (x + 0.08, 0.72)], 0.015, _PAPER)
        s.stroke([(x, 0.63), (x + 0.16, 0.63)], 0.015, _PAPER)


def _tower(s: Sketch, rng: np.random.Generator) -> None:
    hue = rng.choice([0.55, 0.60, 0.08])
    s.box(0.24, 0.14, 0.76, 0.96, hsv(hue, 0.22, 0.66))
    s.polygon([(0.24, 0.14), (0.50, 0.04), (0.76, 0.14)], hsv(hue, 0.3, 0.40))
    for row in range(6):
        for column in range(4):
            lit = rng.random() < 0.35
            x, y = 0.28 + 0.12 * column, 0.20 + 0.11 * row
            s.box(x, y, x + 0.08, y + 0.07, (255, 232, 150) if lit else hsv(hue, 0.4, 0.32))
    s.box(0.44, 0.86, 0.56, 0.96, _INK)


def _burger(s: Sketch, rng: np.random.Generator) -> None:
    bun = hsv(rng.uniform(0.075, 0.10), 0.68, 0.85)
    s.box(0.10, 0.74, 0.90, 0.92, bun, 0.08)
    s.box(0.07, 0.62, 0.93, 0.76, (96, 52, 30), 0.06)
    s.polygon([(0.08, 0.60), (0.92, 0.60), (0.74, 0.70), (0.58, 0.62), (0.40, 0.72), (0.24, 0.62)], (250, 196, 60))
    s.box(0.06, 0.54, 0.94, 0.61, (110, 178, 70), 0.03)
    s.box(0.10, 0.48, 0.90, 0.55, (206, 60, 46), 0.03)
    s.oval(0.50, 0.46, 0.40, 0.30, bun)
    s.box(0.10, 0.48, 0.90, 0.55, (206, 60, 46), 0.03)
    for _ in range(12):
        s.oval(rng.uniform(0.24, 0.76), rng.uniform(0.22, 0.42), 0.02, 0.012, (252, 240, 206))


def _ice_cream(s: Sketch, rng: np.random.Generator) -> None:
    s.polygon([(0.30, 0.50), (0.70, 0.50), (0.50, 0.96)], (214, 156, 84))
    for i in range(3):
        s.stroke([(0.34 + 0.10 * i, 0.52), (0.48 + 0.05 * i, 0.86)], 0.015, (164, 108, 52))
    scoops = ((0.36, 0.40, 0.93), (0.64, 0.40, 0.10), (0.50, 0.22, 0.05))
    for x, y, hue in scoops:
        s.oval(x, y, 0.19, 0.18, hsv(hue + rng.uniform(-0.02, 0.02), 0.38, 0.96))
    s.oval(0.50, 0.06, 0.05, 0.05, (200, 30, 50))


def _pizza(s: Sketch, rng: np.random.Generator) -> None:
    s.polygon([(0.06, 0.24), (0.94, 0.24), (0.50, 0.96)], (246, 200, 84))
    s.oval(0.50, 0.24, 0.45, 0.12, (190, 120, 56))
    s.oval(0.50, 0.29, 0.38, 0.08, (246, 200, 84))
    for x, y in ((0.30, 0.38), (0.54, 0.36), (0.70, 0.42), (0.44, 0.56), (0.60, 0.60), (0.50, 0.76)):
        s.oval(x, y, 0.065, 0.06, hsv(rng.uniform(0.0, 0.02), 0.78, 0.72))


def _bottle(s: Sketch, rng: np.random.Generator) -> None:
    hue = rng.uniform(0.70, 0.92)
    s.box(0.42, 0.05, 0.58, 0.14, hsv(hue, 0.4, 0.35), 0.02)
    s.box(0.44, 0.12, 0.56, 0.32, hsv(hue, 0.65, 0.75))
    s.box(0.29, 0.27, 0.71, 0.95, hsv(hue, 0.65, 0.75), 0.11)
    s.box(0.29, 0.48, 0.71, 0.76, _PAPER)
    s.oval(0.50, 0.62, 0.10, 0.09, hsv(hue + 0.1, 0.8, 0.8))
    s.box(0.34, 0.32, 0.38, 0.46, hsv(hue, 0.2, 0.98))


def _gift(s: Sketch, rng: np.random.Generator) -> None:
    hue = rng.uniform(0.72, 0.94)
    ribbon = hsv(hue + 0.5, 0.5, 0.95)
    s.oval(0.36, 0.20, 0.14, 0.10, ribbon)
    s.oval(0.64, 0.20, 0.14, 0.10, ribbon)
    s.box(0.12, 0.42, 0.88, 0.95, hsv(hue, 0.70, 0.80))
    s.box(0.08, 0.28, 0.92, 0.45, hsv(hue, 0.72, 0.62))
    s.box(0.43, 0.28, 0.57, 0.95, ribbon)


def _phone(s: Sketch, rng: np.random.Generator) -> None:
    hue = rng.uniform(0.70, 0.95)
    s.box(0.25, 0.05, 0.75, 0.95, (30, 28, 38), 0.08)
    s.box(0.29, 0.11, 0.71, 0.88, hsv(hue, 0.5, 0.92))
    for row in range(4):
        for column in range(3):
            x, y = 0.33 + 0.125 * column, 0.18 + 0.155 * row
            s.box(x, y, x + 0.09, y + 0.10, hsv(hue + 0.15 * (row + column), 0.6, 0.7), 0.02)
    s.oval(0.50, 0.915, 0.025, 0.02, (200, 200, 210))


_DRAWERS: dict[str, Callable[[Sketch, np.random.Generator], None]] = {
    "balloon": _balloon,
    "bird": _bird,
    "bottle": _bottle,
    "burger": _burger,
    "bus": _bus,
    "butterfly": _butterfly,
    "cactus": _cactus,
    "car": _car,
    "cat": _cat,
    "gift": _gift,
    "house": _house,
    "ice_cream": _ice_cream,
    "phone": _phone,
    "pizza": _pizza,
    "potted": _potted,
    "rocket": _rocket,
    "tower": _tower,
    "tree": _tree,
    "turtle": _turtle,
}
