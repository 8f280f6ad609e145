"""Faces and whole people in the pictures of one shot, as rows; nothing where the user has no such detector."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import ClassVar, Protocol

import numpy as np

from sv6d.evidence.config import DetectorConfig
from sv6d.evidence.detectors import Found
from sv6d.evidence.faces import FaceDetector
from sv6d.evidence.people import PersonDetector
from sv6d.evidence.pictures import Look
from sv6d.evidence.rows import Box, Rows, evidence_row, track_rows
from sv6d.evidence.shot_scale import is_whole
from sv6d.schema.document import Shot
from sv6d.timeline import FrameTime

_NS_PER_MS = 1_000_000
_Stat = tuple[str, str]  # name and unit


class _Detector(Protocol):
    def __init__(self, path: Path, least_confidence: float) -> None: ...

    def found(self, rgb: np.ndarray) -> list[Found]: ...


class BoxCue:
    """Looks for one kind of thing every so often.

    `build` is the detector's, from `detector_build`; None: there is none.
    """

    detector: ClassVar[type[_Detector]]
    count: ClassVar[_Stat]
    height: ClassVar[_Stat]

    def __init__(self, config: DetectorConfig, build: str | None) -> None:
        self._config, self._build = config, build
        self._seen: list[tuple[FrameTime, int, list[Found]]] = []

    def take(self, look: Look) -> None:
        """The next frame of the shot.

        Raises:
            ModelError: the detector fails.
        """
        if self._build is None or self._config.detector is None:
            return
        if self._seen and look.time_ns - self._seen[-1][1] < self._config.step_ms * _NS_PER_MS:
            return
        detector = _loaded(self.detector, self._config.detector, self._build, self._config.least_confidence)
        self._seen.append((look.time, look.time_ns, self._found(detector, look)))

    def conclude(self, shot: Shot, rows: Rows) -> None:
        """Add the shot's: how many (the middle of the looks), how high the largest is, and where."""
        if self._build is None:
            return  # counted by the stage
        counts = [(time_ns, float(len(found))) for _, time_ns, found in self._seen]
        tallest = [(_tallest(found), time, time_ns) for time, time_ns, found in self._seen if found]
        heights = [(time_ns, one.height) for one, _, time_ns in tallest]
        for (stat, unit), points in ((self.count, counts), (self.height, heights)):
            rows["tracks"] += track_rows(f"{stat}_{unit}", points)
        count = float(np.median([value for _, value in counts])) if counts else None
        # What is in fewer than half of the looks does not say how large the shot shows people.
        height = float(np.median([value for _, value in heights])) if 2 * len(heights) >= max(1, len(counts)) else 0.0
        shown = min(tallest, key=lambda one: (abs(one[0].height - height), one[2])) if tallest and height else None
        cited, box = ([shown[1]], shown[0].box) if shown else ([], None)
        self._row(shot, self.count, count, rows, cited, box)
        self._row(shot, self.height, height if counts else None, rows, cited, box)

    def _found(self, detector: _Detector, look: Look) -> list[Found]:
        return detector.found(look.at_most(self._config.picture_px, "rgb24"))

    def _row(
        self,
        shot: Shot,
        what: _Stat,
        value: float | None,
        rows: Rows,
        cited: Sequence[FrameTime] = (),
        box: Box | None = None,
    ) -> None:
        assert self._build is not None
        stat, unit = what
        name = f"box.{stat}.{shot.id}"
        rows["evidence"].append(
            evidence_row(name, "box", stat, shot.span, value, unit, self._build, cited=cited, box=box)
        )


class FaceCue(BoxCue):
    """Faces: how many, and how high the largest is."""

    detector = FaceDetector
    count, height = ("face_count", "faces"), ("face_height", "share")


class PersonCue(BoxCue):
    """People: how many, how high the largest is, and whether the picture holds all of that one."""

    detector = PersonDetector
    count, height, whole = ("person_count", "people"), ("person_height", "share"), ("person_whole", "share")

    def __init__(self, config: DetectorConfig, build: str | None) -> None:
        super().__init__(config, build)
        self._wholes: list[float] = []

    def conclude(self, shot: Shot, rows: Rows) -> None:
        """Add also the share of the looks in which the largest person is whole."""
        super().conclude(shot, rows)
        if self._build is not None:
            self._row(shot, self.whole, float(np.mean(self._wholes)) if self._wholes else None, rows)

    def _found(self, detector: _Detector, look: Look) -> list[Found]:
        rgb = look.at_most(self._config.picture_px, "rgb24")
        people = detector.found(rgb)
        self._wholes.append(float(bool(people) and is_whole(_tallest(people).box, rgb.shape[1] / rgb.shape[0])))
        return people


FACE_STATS = (FaceCue.count, FaceCue.height)
PERSON_STATS = (PersonCue.count, PersonCue.height, PersonCue.whole)
CURVES: Mapping[str, str] = {
    f"{stat}_{unit}": unit for stat, unit in (FaceCue.count, FaceCue.height, PersonCue.count, PersonCue.height)
}


@lru_cache(maxsize=2)
def _loaded(kind: type[_Detector], path: str, build: str, least_confidence: float) -> _Detector:
    """The detector, loaded once in a process for each `build`, which names the bytes of its file."""
    return kind(Path(path), least_confidence)


def _tallest(found: Sequence[Found]) -> Found:
    return max(found, key=lambda one: one.height)
