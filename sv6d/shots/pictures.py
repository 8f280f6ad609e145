"""All frames of one file, small: what detectors look at, read in one pass."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import av
import cv2
import numpy as np
from av.video.reformatter import ColorRange, Interpolation, VideoReformatter

from sv6d.shots.boundary import Pictures
from sv6d.timeline import NS_PER_S
from sv6d.video.frames import fit
from sv6d.video.reader import Orientation
from sv6d.video.walk import Shown, Step, batches

_COPIED_FRAMES = 64  # ours: many, for a loop of its own, and still few megabytes
_LONGEST_PX = 32  # measured: all labelled cuts stand out at it, and comparing costs less than decoding
_LEAST_SIDE_PX = 8  # ours: two blocks
# As numbers: what an enumeration costs is paid for each frame.
_AREA, _FULL_RANGE = int(Interpolation.AREA), int(ColorRange.JPEG)
_MOST_BYTES = 2 << 20  # of decoded frames held at a time; measured: more leave the processor's caches (docs/shots.md)
_CLOSER_PX = 256  # measured: the lines of a slide are apart at it
_LEAST_CLOSER_SIDE_PX = 16  # ours: four blocks
# Where a closer look may be needed: pictures that stood still for some frames and then changed, by levels of luma.
_LEAST_LEVELS = 0.1
_STILL_PAIRS = 3
_MOST_AROUND = 0.5  # share of the change that still frames may show; twice what the closer look allows
# Where most of the picture stood still for so long, a larger one is kept, if it is another one than that before.
_STILL_NS = NS_PER_S // 4  # ours: half of the shortest time for which a page is shown
_SAME_LEVELS = 2.0  # of luma; measured: pixels of still, compressed pictures differ by less
_LEAST_SAME_SHARE = 0.75  # of the pixels; a speaker may move beside the page
_MOST_SAME_SHARE = 0.99  # of the pixels, to the one kept before: ours, a line of text is more than a hundredth


@dataclass(frozen=True, slots=True)
class Reading:
    """The pictures of a file, and what reading it took.

    Attributes:
        frames_declared: by the container; None where it says nothing.
        decode_s: seconds of processor time of opening and decoding alone.
    """

    pictures: Pictures
    frames_declared: int | None
    decode_s: float


def read_pictures(path: Path, duration_ns: int | None) -> Pictures:
    """As `read`, the pictures alone."""
    return read(path, duration_ns).pictures


def read(path: Path, duration_ns: int | None) -> Reading:
    """All frames of a file, small. Without a duration the last frame is as long as the median one.

    Raises:
        DecodeError: the file can not be read, or holds no frame.
    """
    decode_s = 0.0
    collector: _Collector | None = None
    times_ns: list[int] = []
    found = batches(path, deblock_all=False, most_bytes=_MOST_BYTES)
    while True:
        started = time.process_time()
        batch = next(found, None)
        decode_s += time.process_time() - started
        if batch is None:
            break
        if collector is None:
            collector = _Collector(batch[0].shown)
        collector.add(batch)
        times_ns += [step.time_ns for step in batch]
    assert collector is not None  # a file without a frame is an error
    if duration_ns is None:
        duration_ns = times_ns[-1] + max(1, int(np.median(np.diff(times_ns))) if len(times_ns) > 1 else 1)
    pictures = Pictures(collector.small(), tuple(times_ns), duration_ns, collector.looks, collector.stills)
    return Reading(pictures, collector.shown.frames_declared, decode_s)


class _Collector:
    """Small pictures of all frames, and larger ones of the few where a closer look may be needed."""

    def __init__(self, shown: Shown) -> None:
        self.shown = shown
        self.looks: dict[int, tuple[np.ndarray, np.ndarray]] = {}
        self.stills: dict[int, np.ndarray] = {}
        self._orientation = shown.orientation
        shape_px = shown.height_px, shown.width_px
        height, width = fit(*shape_px, _LONGEST_PX, _LEAST_SIDE_PX)
        self._small = _Shrinker(shown.orientation, (height, width), "yuv444p")
        self._closer = _Shrinker(shown.orientation, fit(*shape_px, _CLOSER_PX, _LEAST_CLOSER_SIDE_PX), "gray")
        self._least_change = _LEAST_LEVELS * height * width
        self._num = 0
        self._coded: list[np.ndarray] = []
        self._waiting: list[av.VideoFrame] = []  # small pictures that are not yet among the coded ones
        self._before: tuple[av.VideoFrame, np.ndarray] | None = None  # the last frame, and its small luma
        self._changes: deque[float] = deque(maxlen=_STILL_PAIRS)
        self._looked_ns = 0
        self._looked: np.ndarray | None = None
        self._kept: np.ndarray | None = None

    def add(self, steps: Sequence[Step]) -> None:
        small = [self._small(step.frame) for step in steps]
        for number, (step, picture) in enumerate(zip(steps, small, strict=True), self._num):
            luma = _views(picture)[0]
            if step.time_ns >= self._looked_ns + _STILL_NS:
                self._look_at_still(number, step, luma)
            if self._before is not None:
                self._look_at_change(number, self._before[0], step.frame, cv2.norm(self._before[1], luma, cv2.NORM_L1))
            self._before = step.frame, luma
        self._num += len(steps)
        self._waiting += small
        if len(self._waiting) >= _COPIED_FRAMES:
            self._copy()

    def _look_at_change(self, number: int, before: av.VideoFrame, after: av.VideoFrame, change: float) -> None:
        """Keep larger pictures of both frames where what stood still changes, by `change` levels in all."""
        stood_still = len(self._changes) == _STILL_PAIRS and max(self._changes) <= _MOST_AROUND * change
        if stood_still and change > self._least_change:
            self.looks[number] = self._look(before), self._look(after)
        self._changes.append(change)

    def _look_at_still(self, number: int, step: Step, luma: np.ndarray) -> None:
        """Keep a larger picture where most of the picture stood still, and that is not the one kept before."""
        stands = self._looked is not None and _same_share(luma, self._looked) >= _LEAST_SAME_SHARE
        if stands and (self._kept is None or _same_share(luma, self._kept) <= _MOST_SAME_SHARE):
            self.stills[number] = self._look(step.frame)
            self._kept = luma
        self._looked_ns, self._looked = step.time_ns, luma

    def _look(self, frame: av.VideoFrame) -> np.ndarray:
        """Larger luma as shown, in memory of its own."""
        return self._orientation.apply(_views(self._closer(frame))[0].copy())

    def _copy(self) -> None:
        # Some at a time: between two frames that are decoded it takes ten times as long as in a loop of its own. Not
        # `to_ndarray`, which takes twice as long.
        pixels_TCHW = np.empty((len(self._waiting), 3, *_views(self._waiting[0])[0].shape), dtype=np.uint8)
        for picture, pixels in zip(self._waiting, pixels_TCHW, strict=True):
            for view, place in zip(_views(picture), pixels, strict=True):
                place[:] = view
        self._coded.append(pixels_TCHW)
        self._waiting = []

    def small(self) -> np.ndarray:
        """T x C x H x W, as shown."""
        if self._waiting:
            self._copy()
        coded_HWTC = np.concatenate(self._coded).transpose(2, 3, 0, 1)
        return np.ascontiguousarray(self._orientation.apply(coded_HWTC).transpose(2, 3, 0, 1))


def _same_share(some: np.ndarray, others: np.ndarray) -> float:
    """Share of the pixels that hardly differ."""
    return float(np.count_nonzero(cv2.absdiff(some, others) <= _SAME_LEVELS)) / some.size


def _views(picture: av.VideoFrame) -> list[np.ndarray]:
    """The planes of a planar picture of 8 bits, each H x W, uint8; they keep its memory alive."""
    return [
        np.ndarray((plane.height, plane.width), np.uint8, cast(Any, plane), 0, (plane.line_size, 1))
        for plane in picture.planes
    ]


class _Shrinker:
    """Decoded frames to small planar pictures, as coded: not yet turned."""

    def __init__(self, orientation: Orientation, size_px: tuple[int, int], pixel_format: str) -> None:
        self._height, self._width = size_px[::-1] if orientation.transpose else size_px
        self._format = pixel_format
        self._reformatter = VideoReformatter()

    def __call__(self, frame: av.VideoFrame) -> av.VideoFrame:
        # Area averaging: what samples fewer pixels makes still texture flicker when scaled down this far (measured:
        # by way of a bilinear picture of 128 pixels in two thirds of the time, the noise exceeds the movement).
        # Full range, so that a level is the same share of the range in every file. One thread: bytes must not
        # depend on the number of cores.
        return self._reformatter.reformat(
            frame,
            width=self._width,
            height=self._height,
            format=self._format,
            interpolation=_AREA,
            dst_color_range=_FULL_RANGE,
            threads=1,
        )
