"""Moments of a video that its copies and its parts have too: where its light lies furthest to one side."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import count

import av
import numpy as np
from av.video.reformatter import Interpolation, VideoReformatter

_SIDE_PX = 32  # ours: places are sums over all of the picture, so detail would add nothing
# How far from the middle each column or row lies, in half pixels.
_PLACES = np.arange(_SIDE_PX, dtype=np.int64) * 2 - (_SIDE_PX - 1)
# Ours: a hundredth of a level of 255 at the edges of the picture; below it encoders decide.
_STEP = 328
_NO_LIMIT = 2**63 - 1


class Seen:
    """What is kept of each frame of a video while it is decoded: its time, and where its light lies.

    Light to the right of the middle less light to the left of it, and the same from top to bottom: where one of them
    is greatest or least does not depend on brightness, on black bars, on mirroring, on the frame rate or on what comes
    before and after, and hardly on how the picture is encoded.
    """

    def __init__(self) -> None:
        self.all_pts: list[int] = []
        self._sides: list[tuple[int, int]] = []
        self._shrink = VideoReformatter()

    def add(self, pts: int, frame: av.VideoFrame) -> None:
        """Take in the next frame, with its presentation time."""
        small = self._shrink.reformat(
            frame, width=_SIDE_PX, height=_SIDE_PX, format="gray", interpolation=Interpolation.AREA, threads=1
        )
        light_HW = small.to_ndarray().astype(np.int64)
        across, down = light_HW.sum(axis=0) @ _PLACES, light_HW.sum(axis=1) @ _PLACES
        self.all_pts.append(pts)
        self._sides.append((int(across) // _STEP, int(down) // _STEP))

    def moments(self, least_reach: float, most: int) -> list[int]:
        """Indexes of the frames that are extreme for `least_reach` units of time before and after them, rising.

        At most so many: those that are extreme for longest. `least_reach` in units of the time base.
        """
        reach: dict[int, int] = {}
        for column in zip(*self._sides, strict=True):
            for values in (column, [-value for value in column]):
                for index, time in enumerate(_reaches(values, self.all_pts)):
                    if time > least_reach:
                        reach[index] = max(reach.get(index, 0), time)
        return sorted(sorted(reach, key=lambda index: (-reach[index], index))[:most])


def _reaches(values: Sequence[int], times: Sequence[int]) -> list[int]:
    """For each value how long it is the greatest one, before and after its time; the first of equal ones counts."""
    reach = [_NO_LIMIT] * len(values)
    falling: list[int] = []  # indexes of values that nothing later has exceeded so far
    for index, value, time in zip(count(), values, times, strict=False):
        while falling and values[falling[-1]] < value:
            passed = falling.pop()
            reach[passed] = min(reach[passed], time - times[passed])
        if falling:
            reach[index] = time - times[falling[-1]]
        falling.append(index)
    return reach
