"""One pass over a video that gives each frame at several sizes, each made only when asked for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import av
import numpy as np

from sv6d.timeline import FrameTime
from sv6d.video.frames import PixelFormat, Scaler, fit
from sv6d.video.reader import Orientation
from sv6d.video.walk import walk

_LEAST_SIDE_PX = 16  # as `read_frames` keeps it


class Sizes:
    """The scalers of one video, by longer side and format."""

    def __init__(self, shape: tuple[int, int], orientation: Orientation) -> None:
        self._shape, self._orientation = shape, orientation
        self._scalers: dict[tuple[int, PixelFormat], Scaler] = {}

    def scaler(self, longest_px: int, pixel_format: PixelFormat) -> Scaler:
        key = (longest_px, pixel_format)
        if key not in self._scalers:
            size = fit(*self._shape, longest_px, _LEAST_SIDE_PX)
            self._scalers[key] = Scaler(*size, pixel_format, self._orientation)
        return self._scalers[key]

    @property
    def longest_px(self) -> int:
        return max(self._shape)


@dataclass(frozen=True)
class Look:
    """One decoded frame, to be looked at before the next one is asked for."""

    time: FrameTime
    time_ns: int
    sizes: Sizes
    frame: av.VideoFrame

    def picture(self, longest_px: int, pixel_format: PixelFormat) -> np.ndarray:
        """As shown: uint8 HWC RGB or HW luma, its longer side `longest_px`."""
        return self.sizes.scaler(longest_px, pixel_format)(self.frame)

    def at_most(self, longest_px: int, pixel_format: PixelFormat) -> np.ndarray:
        """As `picture`, but not larger than it was made."""
        return self.picture(min(longest_px, self.sizes.longest_px), pixel_format)


def read_looks(path: Path) -> Iterator[Look]:
    """All frames of a video in display order.

    Raises:
        DecodeError: the file can not be read, or holds no frame (NoFramesError).
    """
    sizes: Sizes | None = None
    for step in walk(path, deblock_all=True):
        if sizes is None:
            sizes = Sizes((step.shown.height_px, step.shown.width_px), step.shown.orientation)
        yield Look(step.time, step.time_ns, sizes, step.frame)
