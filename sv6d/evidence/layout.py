"""How the picture of a shot is divided: bars, a window in a still frame, an inset, a split, a card.

Told by what changes and what stays: in each pixel how often it changes, and where edges stay though what lies beside
them does not. Everything is gathered in one pass, without keeping pictures.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.ndimage import binary_opening

from sv6d.evidence.rectangles import Rectangle, find_rectangles
from sv6d.evidence.rows import Box

# Levels of 8-bit luma. Measured: x264 at rate factor 28 moves still pixels by up to 6, at key frames by 10.
_CHANGED = 10
_LIVE_SHARE = 0.1  # of the steps in which a pixel must change to count as live; ours: a fade changes it once
_LEAST_STEPS = 3  # ours: fewer pictures do not tell what stays
_EDGE = 12  # levels from pixel to pixel
_STAYS = 0.6  # of the pictures: an edge against something that moves vanishes now and then
_BAR_RANGE, _BAR_STEP = 14, 10  # levels: a bar over time and along its lines; from it to the picture
_LEAST_BAR, _BARS_DIFFER = 0.02, 0.02  # shares of the side
_LEAST_IMAGE = 0.2  # of the side: a wide film on an upright phone takes 0.23; less is a line of writing
_BEGINS = (
    0.3  # of the line behind a bar that must differ from it at some time; ours: half of a dark picture is black too
)
_STILL, _LIVE = 0.015, 0.05  # shares of pixels that change: of what stands still, of what moves
_FULL_LINE = 0.9  # of the picture's side that a split must run along
_SPLITS = (1 / 2, 1 / 3, 2 / 3, 1 / 4, 3 / 4)  # where editors split; elsewhere a line is taken for part of the scene
_SPLIT_OFF = 0.015  # share of the side
_LEAST_WINDOW, _MOST_WINDOW = 0.1, 0.95  # of the image's area; ours: what is smaller is a clock or a logo that moves
_MOST_INSET = 0.4  # of the picture's area
_BORDER_PX = 3
_LIVE_BORDER = 0.4  # of the pixels around an inset: a screen in a still scene has a still surrounding
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
        card: share of flat pixels of a still page of writing or drawing.
    """

    letterbox: float
    image: Box | None
    window: float
    window_box: Box | None
    picture_in_picture: float
    inset: Box | None
    split_screen: float
    part: Box | None
    card: float


class LayoutMeter:
    """Takes the pictures of one shot and tells how they are divided."""

    def __init__(self) -> None:
        self._steps = 0
        self._before: np.ndarray | None = None
        self._colours = np.zeros(0)

    def take(self, rgb: np.ndarray, luma: np.ndarray) -> None:
        """One more picture: uint8 RGB [height, width, 3] and its luma in [0, 1]."""
        levels = np.asarray(luma * 255.0, dtype=np.float32)
        if self._before is None:
            self._low, self._high = levels.copy(), levels.copy()
            self._sum = np.zeros_like(levels)
            self._changes, self._upright, self._level = (np.zeros(levels.shape, np.int32) for _ in range(3))
            self._colours = np.zeros(512)
        else:
            self._changes += np.abs(levels - self._before) > _CHANGED
        self._low, self._high = np.minimum(self._low, levels), np.maximum(self._high, levels)
        self._sum += levels
        self._upright[:, :-1] += np.abs(np.diff(levels, axis=1)) > _EDGE
        self._level[:-1] += np.abs(np.diff(levels, axis=0)) > _EDGE
        bins = (rgb >> 5).astype(np.int32) @ np.array([64, 8, 1], np.int32)
        self._colours += np.bincount(bins.reshape(-1), minlength=512)
        self._before = levels
        self._steps += 1

    def found(self) -> Layout | None:
        """The shot's layout; None where too few pictures were taken to tell."""
        if self._steps < _LEAST_STEPS:
            return None
        live = binary_opening(self._changes >= max(2.0, _LIVE_SHARE * (self._steps - 1)))
        height, width = live.shape
        image = self._image()
        stays = _STAYS * self._steps
        rectangles = find_rectangles(self._upright >= stays, self._level >= stays)
        # The tightest frame around all that lives; of insets the one with most sides of its own.
        windows = [one for one in rectangles if _is_window(one, live, image)]
        window = max(windows, key=lambda one: (sum(one.sides(live.shape)), -one.area), default=None)
        split = None if window else self._split(image, live, stays)
        insets = [one for one in rectangles if not (window or split) and _is_inset(one, live)]
        inset = max(insets, key=lambda one: (sum(one.sides(live.shape)), one.area), default=None)
        outside = 0.0 if window is None else 1.0 - window.area / live.size
        return Layout(
            letterbox=1.0 - image.area / live.size,
            image=_shares(image, width, height) if image.area < live.size else None,
            window=outside,
            window_box=_shares(window, width, height) if window else None,
            picture_in_picture=inset.area / live.size if inset else 0.0,
            inset=_shares(inset, width, height) if inset else None,
            split_screen=2.0 if split else 0.0,
            part=_shares(split, width, height) if split else None,
            card=self._card(live),
        )

    def _image(self) -> Rectangle:
        """What flat bars leave of the picture; all of it where there are none."""
        height, width = self._low.shape
        top, bottom = _bars(self._low, self._high)
        left, right = _bars(self._low[top : height - bottom].T, self._high[top : height - bottom].T)
        return Rectangle(left, top, width - right, height - bottom, 1.0)

    def _split(self, image: Rectangle, live: np.ndarray, stays: float) -> Rectangle | None:
        """The first part of a picture that an edge divides from side to side, with life in both parts."""
        rows, columns = image.slices()
        for upright, edges in ((True, self._upright), (False, self._level.T)):
            within = edges[rows, columns] if upright else edges[columns, rows]
            covered = (np.maximum(within[:, :-1], within[:, 1:]) >= stays).mean(axis=0)
            parts = live[rows, columns] if upright else live[rows, columns].T
            for share in _SPLITS:
                reach = np.arange(len(covered))
                near = np.abs((reach + 1) / parts.shape[1] - share) <= _SPLIT_OFF
                if not near.any() or covered[near].max() < _FULL_LINE:
                    continue
                at = int(reach[near][covered[near].argmax()]) + 1
                if min(parts[:, :at].mean(), parts[:, at:].mean()) < _LIVE:
                    continue
                if upright:
                    return Rectangle(image.left, image.top, image.left + at, image.bottom, 1.0)
                return Rectangle(image.left, image.top, image.right, image.top + at, 1.0)
        return None

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


def _is_window(one: Rectangle, live: np.ndarray, image: Rectangle) -> bool:
    """Whether the picture lives in it alone; the plain image between bars is none."""
    if not _LEAST_WINDOW * image.area <= one.area <= _MOST_WINDOW * image.area or not _has_opposite_sides(
        one, live.shape
    ):
        return False
    inside = live[one.slices(-1)]
    around = live.sum() - live[one.slices(2)].sum()
    return bool(inside.mean() >= _LIVE and around / max(1, live.size - one.area) <= _STILL)


def _has_opposite_sides(one: Rectangle, shape: tuple[int, ...]) -> bool:
    """Whether a frame is seen on opposite sides of it; at one side alone it is a strip, or a scene's own edge."""
    left, top, right, bottom = one.sides(shape)
    return (left and right) or (top and bottom)


def _is_inset(one: Rectangle, live: np.ndarray) -> bool:
    """Whether something else moves in it than around it: its surrounding moves right up to its edge."""
    left, top, right, bottom = one.sides(live.shape)
    if (
        not ((left or right) and (top or bottom))
        or one.area > _MOST_INSET * live.size
        or live[one.slices(-1)].mean() < _LIVE
    ):
        return False
    ring = np.zeros(live.shape, dtype=bool)
    ring[one.slices(_BORDER_PX + 1)] = True
    ring[one.slices(1)] = False
    return bool(ring.any() and live[ring].mean() >= _LIVE_BORDER)


def _shares(one: Rectangle, width: int, height: int) -> Box:
    return one.left / width, one.top / height, one.right / width, one.bottom / height
