"""All frames of one file, small: what detectors look at, read in one pass."""

from __future__ import annotations

import time
from collections import deque
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import av
import numpy as np
from av.video.plane import VideoPlane
from av.video.reformatter import ColorRange, Interpolation, VideoReformatter

from sv6d.shots.boundary import Pictures
from sv6d.video.frames import fit, shown_size, since_first
from sv6d.video.reader import Orientation, no_frames, open_video, orientation_of

_LONGEST_PX = 64  # measured: all labelled cuts stand out at it, and comparing costs less than decoding
_LEAST_SIDE_PX = 16  # ours: four blocks of the halved pictures
_CLOSER_PX = 256  # measured: the lines of a slide are apart at it
# Where a closer look may be needed: pictures that stood still for some frames and then changed, by levels of luma.
_LEAST_LEVELS = 0.1
_STILL_PAIRS = 3
_MOST_AROUND = 0.5  # share of the change that still frames may show; twice what the closer look allows


@dataclass(frozen=True, slots=True)
class Reading:
    """The pictures of a file, and what reading it took.

    Attributes:
        frames_declared: by the container; None where it says nothing.
        decode_s: seconds of processor time in the decoder alone.
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
    collector = None
    decode_s, first_pts, times_ns = 0.0, 0, []
    with open_video(path) as video:
        frames = video.decode()
        while True:
            started = time.process_time()
            frame = next(frames, None)
            decode_s += time.process_time() - started
            if frame is None:
                break
            moment = video.frame_time(frame)
            if collector is None:
                first_pts, orientation = moment.pts, orientation_of(frame)
                collector = _Collector(orientation, shown_size(video, frame, orientation))
            times_ns.append(since_first(moment, first_pts))
            collector.add(frame)
        if collector is None:
            raise no_frames(video)
        declared = video.stream.frames or None
    if duration_ns is None:
        duration_ns = times_ns[-1] + max(1, int(np.median(np.diff(times_ns))) if len(times_ns) > 1 else 1)
    pictures = Pictures(np.stack(collector.small), tuple(times_ns), duration_ns, collector.looks)
    return Reading(pictures, declared, decode_s)


class _Collector:
    """Small pictures of all frames, and larger ones of the few where a closer look may be needed."""

    def __init__(self, orientation: Orientation, shape_px: tuple[int, int]) -> None:
        self.small: list[np.ndarray] = []
        self.looks: dict[int, tuple[np.ndarray, np.ndarray]] = {}
        height, width = fit(*shape_px, _LONGEST_PX, _LEAST_SIDE_PX)
        self._small = _Shrinker(orientation, (height, width), "yuv444p")
        self._closer = _Shrinker(orientation, fit(*shape_px, _CLOSER_PX, _LEAST_SIDE_PX), "gray")
        self._least_change = _LEAST_LEVELS * height * width
        self._before: av.VideoFrame | None = None
        self._changes: deque[int] = deque(maxlen=_STILL_PAIRS)

    def add(self, frame: av.VideoFrame) -> None:
        picture = self._small(frame)
        if self._before is not None:
            before = self.small[-1][0]
            change = int((np.maximum(picture[0], before) - np.minimum(picture[0], before)).sum(dtype=np.int64))
            stood_still = len(self._changes) == _STILL_PAIRS and max(self._changes) <= _MOST_AROUND * change
            if stood_still and change > self._least_change:
                self.looks[len(self.small)] = self._closer(self._before)[0], self._closer(frame)[0]
            self._changes.append(change)
        self.small.append(picture)
        self._before = frame


class _Shrinker:
    """Decoded frames to planes x height x width, uint8, as shown."""

    def __init__(self, orientation: Orientation, size_px: tuple[int, int], pixel_format: str) -> None:
        self._orientation = orientation
        self._height, self._width = size_px[::-1] if orientation.transpose else size_px
        self._format = pixel_format
        self._reformatter = VideoReformatter()

    def __call__(self, frame: av.VideoFrame) -> np.ndarray:
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
        # Not `to_ndarray`: it takes a quarter as long as scaling.
        planes = np.stack([self._pixels(plane) for plane in small.planes])
        if self._orientation == Orientation():
            return planes
        return self._orientation.apply(planes.transpose(1, 2, 0)).transpose(2, 0, 1)

    def _pixels(self, plane: VideoPlane) -> np.ndarray:
        lines = np.frombuffer(cast(Any, plane), dtype=np.uint8).reshape(-1, plane.line_size)
        return np.asarray(lines[: self._height, : self._width])
