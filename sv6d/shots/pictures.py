"""All frames of one file, small: what detectors look at, read in one pass."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import count, pairwise
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

_LONGEST_PX = 32  # measured: all labelled cuts stand out at it, and comparing costs less than decoding
_LEAST_SIDE_PX = 8  # ours: two blocks
_MOST_BYTES = 4 << 20  # of decoded frames held at a time; measured: more leave the processor's caches (docs/shots.md)
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
        self._before: tuple[av.VideoFrame, np.ndarray] | None = None  # the last frame of the batch before
        self._changes: deque[float] = deque(maxlen=_STILL_PAIRS)
        self._looked_ns = 0
        self._looked: np.ndarray | None = None
        self._kept: np.ndarray | None = None

    def add(self, steps: Sequence[Step]) -> None:
        pixels_TCHW = self._small([step.frame for step in steps])
        self._coded.append(pixels_TCHW)
        lumas_THW = pixels_TCHW[:, 0]
        for number, (step, luma) in enumerate(zip(steps, lumas_THW, strict=True), self._num):
            if step.time_ns >= self._looked_ns + _STILL_NS:
                self._look_at_still(number, step, luma)
        self._look_at_changes([step.frame for step in steps], lumas_THW)
        self._num += len(steps)

    def _look_at_changes(self, frames: list[av.VideoFrame], lumas_THW: np.ndarray) -> None:
        """Keep larger pictures of both frames where what stood still changes."""
        first = self._num
        if self._before is None:
            first += 1
        else:
            frames, lumas_THW = [self._before[0], *frames], np.concatenate([self._before[1][None], lumas_THW])
        # Of the whole batch at once: by pairs it takes as long as shrinking a picture of 320 x 180.
        changes = np.abs(np.diff(lumas_THW.astype(np.int16), axis=0)).sum(axis=(1, 2)).tolist()
        for number, change, pair in zip(count(first), changes, pairwise(frames)):
            stood_still = len(self._changes) == _STILL_PAIRS and max(self._changes) <= _MOST_AROUND * change
            if stood_still and change > self._least_change:
                before, after = self._closer(pair)[:, 0]
                self.looks[number] = self._orientation.apply(before), self._orientation.apply(after)
            self._changes.append(change)
        self._before = frames[-1], lumas_THW[-1]

    def _look_at_still(self, number: int, step: Step, luma: np.ndarray) -> None:
        """Keep a larger picture where most of the picture stood still, and that is not the one kept before."""
        stands = self._looked is not None and _same_share(luma, self._looked) >= _LEAST_SAME_SHARE
        if stands and (self._kept is None or _same_share(luma, self._kept) <= _MOST_SAME_SHARE):
            self.stills[number] = self._orientation.apply(self._closer([step.frame])[0, 0])
            self._kept = luma
        self._looked_ns, self._looked = step.time_ns, luma

    def small(self) -> np.ndarray:
        """T x C x H x W, as shown."""
        coded_HWTC = np.concatenate(self._coded).transpose(2, 3, 0, 1)
        return np.ascontiguousarray(self._orientation.apply(coded_HWTC).transpose(2, 3, 0, 1))


def _same_share(some: np.ndarray, others: np.ndarray) -> float:
    """Share of the pixels that hardly differ."""
    return float(np.count_nonzero(cv2.absdiff(some, others) <= _SAME_LEVELS)) / some.size


class _Shrinker:
    """Decoded frames to planes x height x width, uint8, as coded: not yet turned."""

    def __init__(self, orientation: Orientation, size_px: tuple[int, int], pixel_format: str) -> None:
        self._height, self._width = size_px[::-1] if orientation.transpose else size_px
        self._format = pixel_format
        self._num_planes = 1 if pixel_format == "gray" else 3
        self._reformatter = VideoReformatter()

    def __call__(self, frames: Sequence[av.VideoFrame]) -> np.ndarray:
        """T x C x H x W."""
        pixels_TCHW = np.empty((len(frames), self._num_planes, self._height, self._width), dtype=np.uint8)
        for frame, pixels in zip(frames, pixels_TCHW, strict=True):
            # Area averaging: what samples fewer pixels makes still texture flicker when scaled down this far (measured:
            # by way of a bilinear picture of 128 pixels in two thirds of the time, the noise exceeds the movement).
            # Full range, so that a level is the same share of the range in every file. One thread: bytes must not
            # depend on the number of cores.
            small = self._reformatter.reformat(
                frame,
                width=self._width,
                height=self._height,
                format=self._format,
                interpolation=Interpolation.AREA,
                dst_color_range=ColorRange.JPEG,
                threads=1,
            )
            # Not `to_ndarray`, which takes twice as long.
            for place, plane in zip(pixels, small.planes, strict=True):
                place[:] = np.ndarray(place.shape, np.uint8, cast(Any, plane), strides=(plane.line_size, 1))
        return pixels_TCHW
