"""Curves along the timeline, measured from the video when the page is made, by the cues of `sv6d.evidence`."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from sv6d.evidence.light import luma_of
from sv6d.evidence.measure import pure_spans
from sv6d.evidence.motion import align, shrink
from sv6d.evidence.sound import SILENCE_DBFS, WINDOW_NS, levels
from sv6d.schema.document import Shot
from sv6d.timeline import NS_PER_S, Span
from sv6d.video.frames import Frame

# More points than a wide screen has pixels show nothing more.
_MOST_POINTS = 2000
_MOTION_STEP_NS = 200_000_000  # ours: five a second follow a hand-held camera; an alignment takes 5 ms
_MOTION_PX = 96  # longer side of what is aligned: speed matters more here than the last tenth of a pixel
# Where most of the picture does not follow, it is not the camera that moved.
_MOST_RESIDUAL_SHARE = 0.6
# The fastest pan that a viewer still follows is about 0.35 picture widths a second; what exceeds the row is cut off.
_MOTION_HIGH = 0.5


@dataclass(frozen=True, slots=True)
class Curve:
    """A measurement at equal steps from the first frame on.

    Attributes:
        name: one word.
        title: as a person reads it.
        unit: of the values.
        low: value at the foot of the row.
        high: value at its top; larger ones are cut off there.
        step_s: seconds from one value to the next; the first is about [0, step_s).
        values: None where nothing could be measured.
        method: the code that measured it.
    """

    name: str
    title: str
    unit: str
    low: float
    high: float
    step_s: float
    values: Sequence[float | None]
    method: str


class MotionMeter:
    """Measures the camera's motion in frames that pass by on their way to something else."""

    def __init__(self, shots: Sequence[Shot]) -> None:
        self._spans = pure_spans(shots)
        self._pieces: list[tuple[Span, float]] = []

    def watch(self, frames: Iterable[Frame]) -> Iterator[Frame]:
        """The same frames (RGB, in the order of time). No pair that is aligned straddles a change of shot."""
        spans = iter(self._spans)
        span = next(spans)
        before: tuple[int, np.ndarray] | None = None
        for frame in frames:
            while frame.time_ns >= span.end_ns and (following := next(spans, None)) is not None:
                span, before = following, None
            if span.contains(frame.time_ns) and (before is None or frame.time_ns - before[0] >= _MOTION_STEP_NS):
                after = (frame.time_ns, shrink(luma_of(frame.pixels), _MOTION_PX))
                if before is not None:
                    self._take(before, after)
                before = after
            yield frame

    def _take(self, before: tuple[int, np.ndarray], after: tuple[int, np.ndarray]) -> None:
        motion = align(before[1], after[1])
        if motion is None or motion.residual_share > _MOST_RESIDUAL_SHARE:
            return
        height, width = before[1].shape
        # A point between centre and edge moves by a quarter of the picture per unit of scale or radian.
        inner = math.hypot(motion.log_scale, motion.turn_rad) / 4
        moved = math.hypot(motion.right_px / width, motion.down_px / height) + inner
        span = Span(before[0], after[0])
        self._pieces.append((span, moved * NS_PER_S / span.length_ns))

    def curve(self, duration_ns: int) -> Curve:
        """Speed of the picture as a whole, in picture sizes per second."""
        step_ns = _step_ns(duration_ns, _MOTION_STEP_NS)
        values = _filled(self._pieces, duration_ns, step_ns)
        return Curve(
            "motion", "Motion", "sizes/s", 0.0, _MOTION_HIGH, step_ns / NS_PER_S, values, "sv6d.evidence.motion"
        )


def loudness(video: Path, first_ns: int, duration_ns: int) -> Curve | None:
    """The level of the sound in dB full scale, or None for a video without sound.

    `first_ns` is the presentation time of the first frame. Of several windows in a step the loudest counts.

    Raises:
        DecodeError: the sound can not be decoded.
    """
    found = levels(video, first_ns)
    if found is None:
        return None
    step_ns = _step_ns(duration_ns, WINDOW_NS)
    half = WINDOW_NS // 2
    pieces = [(Span(level.time_ns - half, level.time_ns + half), level.dbfs) for level in found]
    values = _filled(pieces, duration_ns, step_ns)
    return Curve("loudness", "Loudness", "dBFS", SILENCE_DBFS, 0.0, step_ns / NS_PER_S, values, "sv6d.evidence.sound")


def _step_ns(duration_ns: int, least_ns: int) -> int:
    """A whole multiple of the measurement's own step, wide enough for at most `_MOST_POINTS` steps."""
    return least_ns * max(1, math.ceil(duration_ns / (_MOST_POINTS * least_ns)))


def _filled(pieces: Iterable[tuple[Span, float]], duration_ns: int, step_ns: int) -> list[float | None]:
    """The largest value over each step; None for a step that no piece lies on."""
    values: list[float | None] = [None] * math.ceil(duration_ns / step_ns)
    for span, value in pieces:
        for index in range(span.start_ns // step_ns, min(len(values), -(-span.end_ns // step_ns))):
            known = values[index]
            values[index] = round(value if known is None else max(known, value), 3)
    return values
