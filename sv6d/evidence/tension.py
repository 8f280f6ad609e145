"""Shot-induced tension: how much the form of a shot pulls at attention, from what was measured.

For shot i, each part in [0, 1]:

    pace_i   = min(1, (1 / length_i) / full_pace)                length in seconds
    motion_i = min(1, speed_i / full_motion)                     the fastest of the camera's measured speeds
    light_i  = min(1, |luma_i - luma_(i-1)| / full_light_change) mean luma in 0..1; no value for the first shot
    tension_i = weighted mean of the measured parts

Shot length, motion and light are the three measures by which "Quicker, faster, darker" (Cutting et al., i-Perception
2011) follows how films hold attention; scales and weights are ours, in `params.yaml`. Where motion was not measured
there is no tension: pace alone would say nothing that the shots do not say.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import fsum

from sv6d.evidence.config import TensionConfig
from sv6d.schema.document import Evidence, Shot
from sv6d.schema.records import TensionPoint
from sv6d.timeline import seconds

# Units of camera motion: frame sizes per second, and for zooms the natural logarithm of scale per second, which for
# the picture's edge is about half a frame size.
_MOTION_UNITS = frozenset({"frame_widths_per_s", "frame_heights_per_s", "log_scale_per_s"})
_LUMA = "luma_mean"

# Stored numbers keep four digits: more would only be noise of the measurement.
_DIGITS = 4


@dataclass(frozen=True, slots=True)
class Measured:
    """What was measured of one shot: the evidence used, the camera's speed and the mean luma (None: not measured)."""

    evidence: tuple[str, ...]
    speed: float | None
    luma: float | None


def tension_points(
    shots: Sequence[Shot], evidence: Sequence[Evidence], config: TensionConfig
) -> tuple[tuple[TensionPoint, ...], tuple[str, ...]]:
    """A point per shot, and the ids of the evidence used, sorted."""
    measured = [_measured(shot, evidence) for shot in shots]
    before = (None, *measured)
    points = tuple(_point(shot, now, last, config) for shot, now, last in zip(shots, measured, before, strict=False))
    return points, tuple(sorted({name for one in measured for name in one.evidence}))


def _point(shot: Shot, now: Measured, before: Measured | None, config: TensionConfig) -> TensionPoint:
    pace = min(1.0, 1.0 / seconds(shot.span.length_ns) / config.full_pace_per_s)
    motion = None if now.speed is None else min(1.0, now.speed / config.full_motion_per_s)
    light = None
    if before is not None and now.luma is not None and before.luma is not None:
        light = min(1.0, abs(now.luma - before.luma) / config.full_light_change)
    return TensionPoint(
        start_ns=shot.start_ns,
        end_ns=shot.end_ns,
        shot=shot.id,
        tension=None if motion is None else round(_weighted(pace, motion, light, config), _DIGITS),
        pace=round(pace, _DIGITS),
        motion=None if motion is None else round(motion, _DIGITS),
        light_change=None if light is None else round(light, _DIGITS),
    )


def _weighted(pace: float, motion: float, light: float | None, config: TensionConfig) -> float:
    parts = [(pace, config.weight_pace), (motion, config.weight_motion)]
    if light is not None:
        parts.append((light, config.weight_light))
    return fsum(part * weight for part, weight in parts) / fsum(weight for _, weight in parts)


def _measured(shot: Shot, evidence: Sequence[Evidence]) -> Measured:
    inside = [item for item in evidence if shot.span.contains(item.span.middle_ns)]
    motion = [item for item in inside if item.kind == "motion" and item.unit in _MOTION_UNITS]
    light = [item for item in inside if item.kind == "light" and item.stat == _LUMA]
    speeds = [abs(item.value) for item in motion if isinstance(item.value, float)]
    lumas = [item.value for item in light if isinstance(item.value, float)]
    return Measured(
        evidence=tuple(sorted(item.id for item in (*motion, *light) if item.value is not None)),
        speed=max(speeds, default=None),
        luma=lumas[0] if lumas else None,
    )
