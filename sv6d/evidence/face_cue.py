"""Faces in the pictures of one shot, as rows; nothing where the user has no detector."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from sv6d.evidence.config import FacesConfig
from sv6d.evidence.faces import Face, face_detector
from sv6d.evidence.pictures import Look
from sv6d.evidence.rows import Rows, evidence_row, track_rows
from sv6d.schema.document import Shot
from sv6d.timeline import FrameTime

_NS_PER_MS = 1_000_000
FACE_STATS = (("face_count", "faces"), ("face_height", "share"))
CURVES: Mapping[str, str] = {f"{stat}_{unit}": unit for stat, unit in FACE_STATS}


class FaceCue:
    """Looks for faces every so often. `build` is the detector's, from `detector_build`; None: there is none."""

    def __init__(self, config: FacesConfig, build: str | None) -> None:
        self._config, self._build = config, build
        self._seen: list[tuple[FrameTime, int, list[Face]]] = []

    def take(self, look: Look) -> None:
        """The next frame of the shot.

        Raises:
            ModelError: the detector fails.
        """
        if self._build is None or self._config.detector is None:
            return
        if self._seen and look.time_ns - self._seen[-1][1] < self._config.step_ms * _NS_PER_MS:
            return
        detector = face_detector(self._config.detector, self._config.least_confidence)
        faces = detector.faces(look.at_most(self._config.picture_px, "rgb24"))
        self._seen.append((look.time, look.time_ns, faces))

    def conclude(self, shot: Shot, rows: Rows) -> None:
        """Add the shot's faces: how many (the middle of the looks), how high the largest is, and where."""
        if self._build is None:
            return  # counted by the stage
        counts = [(time_ns, float(len(faces))) for _, time_ns, faces in self._seen]
        tallest = [
            (max(faces, key=lambda face: face.height), time, time_ns) for time, time_ns, faces in self._seen if faces
        ]
        heights = [(time_ns, face.height) for face, _, time_ns in tallest]
        rows["tracks"] += [
            row
            for (stat, unit), points in zip(FACE_STATS, (counts, heights), strict=True)
            for row in track_rows(f"{stat}_{unit}", points)
        ]
        count = float(np.median([value for _, value in counts])) if counts else None
        # A face in fewer than half of the looks does not say how large the shot shows people.
        height = float(np.median([value for _, value in heights])) if 2 * len(heights) >= max(1, len(counts)) else 0.0
        shown = min(tallest, key=lambda one: (abs(one[0].height - height), one[2])) if tallest and height else None
        for (stat, unit), value in zip(FACE_STATS, (count, height if counts else None), strict=True):
            rows["evidence"].append(
                evidence_row(
                    f"box.{stat}.{shot.id}",
                    "box",
                    stat,
                    shot.span,
                    value,
                    unit,
                    self._build,
                    cited=[shown[1]] if shown else (),
                    box=shown[0].box if shown else None,
                )
            )
