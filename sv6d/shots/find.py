"""From pictures to boundaries: the one way in, for the stage, the command and the benchmarks."""

from __future__ import annotations

from collections.abc import Mapping

from sv6d.shots.block_detector import BlockDetector
from sv6d.shots.boundary import Detector, Pictures, ShotBoundary, on_timeline
from sv6d.shots.config import ShotsConfig

DETECTORS: Mapping[str, Detector] = {detector.name: detector for detector in (BlockDetector(),)}


def find_boundaries(pictures: Pictures, config: ShotsConfig) -> list[ShotBoundary]:
    """The boundaries of one video in the order of time."""
    detector = DETECTORS[config.detector]
    return on_timeline(detector.find(pictures), pictures, detector.name)
