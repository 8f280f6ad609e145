"""How the picture of a shot is divided: bars, a window, an inset, parts, a blurred copy behind the image, a card.

Told by what changes and what stays (`seams.py`, `divisions.py`). Everything is gathered in one pass, without keeping
pictures.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.ndimage import binary_opening

from sv6d.evidence.divisions import find_division
from sv6d.evidence.rectangles import Rectangle
from sv6d.evidence.rows import Box
from sv6d.evidence.seams import SeamMeter

# Levels of 8-bit luma. Measured: x264 at rate factor 28 moves still pixels by up to 6, at key frames by 10.
_CHANGED = 10
_LIVE_SHARE = 0.1  # of the steps in which a pixel must change to count as live; ours: a fade changes it once
_LEAST_STEPS = 3  # ours: fewer pictures do not tell what stays
_LEAST_FOR_SEAMS = 8  # ours: in about a second a moving pattern leaves lines that stay
_BAR_RANGE, _BAR_STEP = 14, 10  # levels: a bar over time and along its lines; from it to the picture
_LEAST_BAR, _BARS_DIFFER = 0.02, 0.02  # shares of the side
_LEAST_IMAGE = 0.2  # of the side: a wide film on an upright phone takes 0.23; less is a line of writing
_BEGINS = 0.3  # of the line behind a bar must differ from it at some time; ours: half of a dark picture is black too
_FLAT, _DRAWN = 0.7, 40  # levels from pixel to pixel, of the mean picture: a drawn ground; the edge of a letter
# Shares of flat pixels, of pixels in the four most frequent of 512 colours, of edges. Measured: six cards 0.87 to 0.99,
# 0.96 to 1.0, 0.003 to 0.1; a globe on black 0.75, still rooms and landscapes up to 0.58, a flat sky no edges.
LEAST_CARD, _CARD_COLOURS, _CARD_EDGES = 0.8, 0.5, 0.001
_CARD_MOST_LIVE = 0.12  # ours: the words of a title may come one after the other


@dataclass(frozen=True, slots=True)
class Layout:
    """What one shot's picture is made of. Shares in [0, 1], 0 where there is no such thing; boxes in shares.

    Attributes:
        letterbox: share of the picture in flat bars at opposite sides; `image` is what they leave.
        window: share of the picture that stands still around a window; `window_box` is the window.
        picture_in_picture: share of the picture that an inset takes; `inset`.
        split_screen: number of parts side by side or over each other, 0 for none; `part` is the first.
        blurred_fill: share of the picture in a blurred copy of its image; `copied` is the image.
        card: share of flat pixels of a still page of writing or drawing.
    """

    letterbox: float
    image: Box | None
    window: float | None
    window_box: Box | None
    picture_in_picture: float | None
    inset: Box | None
    split_screen: float | None
    part: Box | None
    blurred_fill: float | None
    copied: Box | None
    card: float


class LayoutMeter:
    """Takes the pictures of one shot and tells how they are divided."""

    def __init__(self) -> None:
        self._steps = 0
        self._before: np.ndarray | None = None
        self._seams = SeamMeter()
        self._colours = np.zeros(0)

    def take(self, rgb: np.ndarray, luma: np.ndarray) -> None:
        """One more picture: uint8 RGB [height, width, 3] and its luma in [0, 1]."""
        levels = np.asarray(luma * 255.0, dtype=np.float32)
        if self._before is None:
            self._low, self._high = levels.copy(), levels.copy()
            self._sum = np.zeros_like(levels)
            self._changes = np.zeros(levels.shape, np.int32)
            self._colours = np.zeros(512)
        else:
            self._changes += np.abs(levels - self._before) > _CHANGED
        self._low, self._high = np.minimum(self._low, levels), np.maximum(self._high, levels)
        self._sum += levels
        self._seams.take(levels)
        bins = (rgb >> 5).astype(np.int32) @ np.array([64, 8, 1], np.int32)
        self._colours += np.bincount(bins.reshape(-1), minlength=512)
        self._before = levels
        self._steps += 1

    def found(self) -> Layout | None:
        """The shot's layout; None where too few pictures were taken to tell."""
        if self._steps < _LEAST_STEPS:
            return None
        live = binary_opening(self._changes >= max(2.0, _LIVE_SHARE * (self._steps - 1)))
        image = self._image()
        height, width = live.shape
        is_told = self._steps >= _LEAST_FOR_SEAMS
        division = find_division(self._seams.found(), self._sum / self._steps, image) if is_told else None
        if division is not None and division.kind == "window" and self._is_between_bars(division.box):
            image = division.box
            division = None
        boxes = {division.kind: _shares(division.box, width, height)} if division else {}
        unknown = 0.0 if is_told else None
        area = division.box.area / live.size if division else 0.0
        return Layout(
            letterbox=1.0 - image.area / live.size,
            image=_shares(image, width, height) if image.area < live.size else None,
            window=1.0 - area if "window" in boxes else unknown,
            window_box=boxes.get("window"),
            picture_in_picture=area if "picture_in_picture" in boxes else unknown,
            inset=boxes.get("picture_in_picture"),
            split_screen=float(division.parts) if division and "split_screen" in boxes else unknown,
            part=boxes.get("split_screen"),
            blurred_fill=1.0 - area if "blurred_fill" in boxes else unknown,
            copied=boxes.get("blurred_fill"),
            card=self._card(live),
        )

    def _image(self) -> Rectangle:
        """What flat bars leave of the picture; all of it where there are none."""
        height, width = self._low.shape
        top, bottom = _bars(self._low, self._high)
        left, right = _bars(self._low[top : height - bottom].T, self._high[top : height - bottom].T)
        return Rectangle(left, top, width - right, height - bottom, 1.0)

    def _is_between_bars(self, image: Rectangle) -> bool:
        """Whether what is beside an image that runs from side to side are two flat bars, if it is as dark as they."""
        height, width = self._low.shape
        left, top, right, bottom = image.left, image.top, width - image.right, height - image.bottom
        bars = np.ones(self._low.shape, dtype=bool)
        bars[image.slices(1)] = False
        is_alone = (left, right) == (0, 0) or (top, bottom) == (0, 0)
        is_even = abs(left - right) <= _BARS_DIFFER * width and abs(top - bottom) <= _BARS_DIFFER * height
        return is_alone and is_even and bool(self._high[bars].max() - self._low[bars].min() <= _BAR_RANGE)

    def _card(self, live: np.ndarray) -> float:
        """Share of flat pixels where the picture is a page, else 0."""
        mean = self._sum / self._steps
        steps = np.maximum(np.abs(np.diff(mean, axis=0))[:, :-1], np.abs(np.diff(mean, axis=1))[:-1])
        flat = float((steps < _FLAT).mean())
        colours = float(np.sort(self._colours)[-4:].sum() / self._colours.sum())
        drawn = float((steps >= _DRAWN).mean())
        is_card = flat >= LEAST_CARD and colours >= _CARD_COLOURS and drawn >= _CARD_EDGES
        return flat if is_card and float(live.mean()) <= _CARD_MOST_LIVE else 0.0


def _bars(low: np.ndarray, high: np.ndarray) -> tuple[int, int]:
    """Lines of the flat bars at the first and the last side; 0, 0 unless both are there and equally wide."""
    lines = low.shape[0]
    flat = (high.max(axis=1) - low.min(axis=1)) <= _BAR_RANGE
    widths = [int(np.argmin(flat)) if not flat.all() else 0, int(np.argmin(flat[::-1])) if not flat.all() else 0]
    if min(widths) < _LEAST_BAR * lines or abs(widths[0] - widths[1]) > max(1.0, _BARS_DIFFER * lines):
        return 0, 0
    inner = (widths[0], lines - 1 - widths[1])
    bars = (low[: widths[0]].mean(), low[lines - widths[1] :].mean())
    # Both bars are of one colour, and the picture begins at once along most of the line.
    begins = [
        float((np.maximum(high[line] - bar, bar - low[line]) > _BAR_STEP).mean())
        for line, bar in zip(inner, bars, strict=True)
    ]
    if abs(bars[0] - bars[1]) > _BAR_RANGE or min(begins) < _BEGINS or lines - sum(widths) < _LEAST_IMAGE * lines:
        return 0, 0
    return widths[0], widths[1]


def _shares(one: Rectangle, width: int, height: int) -> Box:
    return one.left / width, one.top / height, one.right / width, one.bottom / height
