"""Rectangles that stand in the picture while what is in it moves: straight edges that stay, joined at corners."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.ndimage import maximum_filter1d

_MOST_LINES = 12  # a side: 66 pairs, 4356 rectangles
_LEAST_SIDE = 0.12  # share of the picture: smaller rectangles are stickers, signs and letters
_COVERED = 0.85  # of each side; ours: corners may be round, and an edge may vanish where both sides are alike
_NEAR_PX = 2  # lines nearer than this are one


@dataclass(frozen=True, slots=True)
class Rectangle:
    """Pixels [top, bottom) x [left, right), and the share of its four sides that an edge lies on, the least one."""

    left: int
    top: int
    right: int
    bottom: int
    covered: float

    @property
    def area(self) -> int:
        return (self.right - self.left) * (self.bottom - self.top)

    def sides(self, shape: tuple[int, ...]) -> tuple[bool, bool, bool, bool]:
        """Whether left, top, right and bottom lie inside a picture of that shape."""
        return self.left > 0, self.top > 0, self.right < shape[1], self.bottom < shape[0]

    def slices(self, margin: int = 0) -> tuple[slice, slice]:
        """Rows and columns, wider by a margin (narrower where it is negative)."""
        rows = slice(max(0, self.top - margin), max(0, self.bottom + margin))
        return rows, slice(max(0, self.left - margin), max(0, self.right + margin))


def find_rectangles(upright_HW: np.ndarray, level_HW: np.ndarray) -> list[Rectangle]:
    """Rectangles whose sides are edges, largest first; a side may be the picture's own.

    Args:
        upright_HW: whether an edge that stays lies between a pixel and the one to its right.
        level_HW: whether one lies between a pixel and the one below.
    """
    height, width = upright_HW.shape
    lefts, upright_sums = _lines(upright_HW, axis=0, border=width)
    tops, level_sums = _lines(level_HW.T, axis=0, border=height)
    found = []
    for left, right in _pairs(lefts, _LEAST_SIDE * width):
        for top, bottom in _pairs(tops, _LEAST_SIDE * height):
            if (left, top, right, bottom) == (0, 0, width, height):
                continue
            sides = (
                _share(upright_sums, left, top, bottom, width),
                _share(upright_sums, right, top, bottom, width),
                _share(level_sums, top, left, right, height),
                _share(level_sums, bottom, left, right, height),
            )
            if min(sides) >= _COVERED:
                found.append(Rectangle(left, top, right, bottom, min(sides)))
    return sorted(found, key=lambda one: (-one.area, one.left, one.top))


def _lines(edges_HW: np.ndarray, axis: int, border: int) -> tuple[list[int], np.ndarray]:
    """Where long edges lie (as the first pixel behind them), with the picture's own; sums along each for `_share`."""
    wide = maximum_filter1d(edges_HW.astype(np.uint8), 3, axis=1)  # a side that is off by a pixel is one side
    sums = np.concatenate([np.zeros((1, edges_HW.shape[1]), int), np.cumsum(wide, axis=0)])
    lengths = edges_HW.sum(axis=axis).astype(float)
    lines = [0, border]
    for place in np.argsort(-lengths, kind="stable"):
        if lengths[place] < _LEAST_SIDE * edges_HW.shape[0] * _COVERED or len(lines) >= _MOST_LINES:
            break
        if all(abs(int(place) + 1 - line) > _NEAR_PX for line in lines):
            lines.append(int(place) + 1)
    return sorted(lines), sums


def _pairs(lines: list[int], least: float) -> list[tuple[int, int]]:
    return [(a, b) for i, a in enumerate(lines) for b in lines[i + 1 :] if b - a >= least]


def _share(sums: np.ndarray, line: int, first: int, end: int, border: int) -> float:
    """Share of [first, end) along a line on which an edge lies; the picture's own side counts as one."""
    if line in (0, border):
        return 1.0
    return float(sums[end, line - 1] - sums[first, line - 1]) / (end - first)
