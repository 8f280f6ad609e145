"""From a file to its boundaries: the one way in, for the stage, the command and the benchmarks."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np

from sv6d.shots.block_detector import BlockDetector
from sv6d.shots.boundary import Detector, Pictures, ShotBoundary, on_timeline
from sv6d.shots.config import ShotsConfig
from sv6d.video.frames import read_frames, sample_clip

DETECTORS: Mapping[str, Detector] = {detector.name: detector for detector in (BlockDetector(),)}
_CLOSER_PX = 256  # measured: the lines of a slide are apart at it
_LONGEST_PX = 64  # measured: all labelled cuts stand out at it, and comparing costs less than decoding


def read_pictures(path: Path, duration_ns: int | None) -> Pictures:
    """All frames of a file, small. Without a duration the last frame is as long as the median one.

    Raises:
        DecodeError: the file can not be read.
    """
    pixels, times_ns = [], []
    for frame in read_frames(path, longest_px=_LONGEST_PX, pixel_format="rgb24"):
        pixels.append(frame.pixels)
        times_ns.append(frame.time_ns)
    if duration_ns is None:
        duration_ns = times_ns[-1] + max(1, int(np.median(np.diff(times_ns))) if len(times_ns) > 1 else 1)

    def look(t: int) -> tuple[np.ndarray, np.ndarray]:
        clip = sample_clip(
            path,
            start_ns=times_ns[t - 1],
            end_ns=times_ns[t] + 1,
            num_frames=2,
            height_px=_CLOSER_PX,
            width_px=_CLOSER_PX,
        )
        old, new = clip.pixels_THWC.mean(axis=3).astype(np.uint8)
        return old, new

    return Pictures(np.stack(pixels), tuple(times_ns), duration_ns, look)


def find_boundaries(pictures: Pictures, config: ShotsConfig) -> list[ShotBoundary]:
    """The boundaries of one video in the order of time."""
    detector = DETECTORS[config.detector]
    return on_timeline(detector.find(pictures), pictures, detector.name)
