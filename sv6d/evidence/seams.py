"""Where one picture ends and another begins: steps that stand in one line, and changes that do not cross it.

Along the seam of two pictures luma steps in nearly every row, whatever is seen there, while the steps just beside it
come and go; and what changes on one side of it does not change with the other. Everything is gathered in one pass,
without keeping pictures.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.ndimage import uniform_filter1d

# Levels of 8-bit luma. Measured: x264 at rate factor 28 moves still pixels by up to 6, at key frames by 10; what is
# left of these is little beside a movement.
_NOISE, _MOST_CHANGE = 4.0, 40.0
_ALONG_PX = 5  # ours: rows that are looked at together
_BESIDE_PX = 4  # ours: farther than a step reaches that scaling has softened, and than a thin rim
# A step stands out that is so many times as high as those beside it, and by so many levels. Measured on compositions of
# real clips: sides are covered by 0.8 to 1.0 in the middle of them, upright lines of plain pictures seldom by half.
_TIMES, _LEVELS = 1.5, 1.5
_ACROSS_PX = 3  # ours: over a pixel that is a mixture of both sides
_MOVES = 2.0  # mean square of what changes beyond the noise; ours: half a level more than nothing
_OFTEN = 0.15  # of the steps, and in two at least; ours: what pops up and goes changes twice
_APART, _TOGETHER = 0.3, 0.6  # of the changes on both sides, the share that they have in common; ours


@dataclass(frozen=True, slots=True)
class Lines:
    """Of one direction, the line before each pixel: [height, width] of upright lines, transposed of level ones.

    Attributes:
        steps: how many of the two pixels at the line lie on a step, 0 to 2.
        apart: whether something changes there, and not alike on both sides.
        together: whether both sides change alike.
    """

    steps: np.ndarray
    apart: np.ndarray
    together: np.ndarray

    def part(self, along: slice, across: slice) -> Lines:
        """The same within a part."""
        return Lines(self.steps[along, across], self.apart[along, across], self.together[along, across])


@dataclass(frozen=True, slots=True)
class Seams:
    """What was gathered of a shot: lines of both directions; what moves, and how fine it is drawn [height, width]."""

    upright: Lines
    level: Lines
    moves: np.ndarray
    detail: np.ndarray


class SeamMeter:
    """Takes pictures of luma, and tells what stands in lines."""

    def __init__(self) -> None:
        self._pictures = 0
        self._before: np.ndarray | None = None

    def take(self, levels: np.ndarray) -> None:
        """One more picture, float32 [height, width] in levels of 8-bit luma."""
        if self._before is None:
            self._power, self._times = np.zeros_like(levels), np.zeros(levels.shape, np.int32)
            self._detail = np.zeros_like(levels)
            self._rises = [np.zeros_like(levels), np.zeros_like(levels.T)]
            self._common = [np.zeros_like(levels), np.zeros_like(levels.T)]
        else:
            change = levels - self._before
            change -= np.clip(change, -_NOISE, _NOISE)
            np.clip(change, -_MOST_CHANGE, _MOST_CHANGE, out=change)
            self._power += change * change
            self._times += change != 0.0
            for common, turned in zip(self._common, (change, change.T), strict=True):
                common[:, 2 : 2 - _ACROSS_PX] += turned[:, :-_ACROSS_PX] * turned[:, _ACROSS_PX:]
        for rises, turned in zip(self._rises, (levels, levels.T), strict=True):
            rises[:, 1:-1] += np.abs(turned[:, 2:] - turned[:, :-2])
        middle = levels[1:-1, 1:-1]
        around = levels[:-2, 1:-1] + levels[2:, 1:-1] + levels[1:-1, :-2] + levels[1:-1, 2:]
        self._detail[1:-1, 1:-1] += np.abs(4.0 * middle - around)
        self._before = levels
        self._pictures += 1

    def found(self) -> Seams:
        """What two or more pictures have shown."""
        often = self._times >= max(2.0, _OFTEN * (self._pictures - 1))
        power = np.where(often, self._power / (self._pictures - 1), 0.0)
        upright = self._lines(self._rises[0], self._common[0], power)
        level = self._lines(self._rises[1], self._common[1], power.T)
        return Seams(upright, level, power >= _MOVES, self._detail / self._pictures)

    def _lines(self, rises: np.ndarray, common: np.ndarray, power: np.ndarray) -> Lines:
        height = uniform_filter1d(rises / self._pictures, _ALONG_PX, axis=0)
        height[:, 0], height[:, -1] = height[:, 1], height[:, -2]
        beside = np.pad(height, ((0, 0), (_BESIDE_PX, _BESIDE_PX)), mode="edge")
        beside = np.maximum(beside[:, : -2 * _BESIDE_PX], beside[:, 2 * _BESIDE_PX :])
        step = (height >= _TIMES * beside + _LEVELS).astype(np.int32)
        steps = step.copy()
        steps[:, 1:] += step[:, :-1]
        shared = uniform_filter1d(common / (self._pictures - 1), _ALONG_PX, axis=0)
        both = np.zeros_like(power)
        both[:, 2 : 2 - _ACROSS_PX] = (power[:, :-_ACROSS_PX] + power[:, _ACROSS_PX:]) / 2.0
        both = uniform_filter1d(both, _ALONG_PX, axis=0)
        moves = both >= _MOVES
        return Lines(steps, moves & (shared < _APART * both), moves & (shared > _TOGETHER * both))
