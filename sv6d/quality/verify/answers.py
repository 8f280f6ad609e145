"""The answer about one label: does what was measured again clearly agree, clearly disagree, or neither?"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from sv6d.quality.verify.camera import MOST, Step
from sv6d.quality.verify.changes import judge
from sv6d.quality.verify.look import Look
from sv6d.schema.document import Boundary, Document, Label
from sv6d.timeline import NS_PER_S, Span

State = Literal["verified", "contradicted", "not_checkable"]

# Between values, and how far from that an answer is clear. The middle of the gaps between classes as measured by
# tiles on 136 shots of 48 rendered clips: luma 0.258 to 0.387 and 0.584 to 0.703, colour 0.040 to 0.077.
_LUMA_EDGES, _LUMA_MARGIN = (0.32, 0.64), 0.03
_LEAN_EDGE, _LEAN_MARGIN = 0.058, 0.010
# Speeds (widths, heights, logarithm of scale per second) up to which a camera rests and from which it moves.
# Measured there: still shots up to 0.017, 0.004 and 0.007, moving ones from 0.17, 0.06 and 0.13, one zoom missed.
_RESTS = (0.03, 0.03, 0.024)
_MOVES = (0.075, 0.075, 0.06)
_LEAST_STEPS = 3  # ours: the median of fewer is one of them
_LEAST_SEEN = 0.5  # share of the steps with something to align
_LEAST_SAME_WAY = 0.7  # share of the steps in one direction
_OUTSHONE = 2.0  # ours: a movement beside one twice as strong may be its by-product
_FAST_BELOW_S = 2.0  # the definition of `pacing`, sv6d/schema/fields.py
_PACING_MARGIN = 0.05  # ours: a twentieth, two frames of a shot of two seconds


@dataclass(frozen=True, slots=True)
class Answer:
    """What measuring again says about a claim.

    Attributes:
        measured: the value that was measured; None where none was clear.
        reason: why a claim is not checkable, a stable code; None for other states.
        detail: the numbers.
    """

    state: State
    claimed: str
    measured: str | None
    reason: str | None
    detail: str

    def as_json(self) -> dict[str, Any]:
        return {
            "state": self.state,
            "claimed": self.claimed,
            "measured": self.measured,
            "reason": self.reason,
            "detail": self.detail,
        }


def _open(claimed: str, reason: str, detail: str, measured: str | None = None) -> Answer:
    return Answer("not_checkable", claimed, measured, reason, detail)


def _settled(claimed: str, measured: str, detail: str) -> Answer:
    return Answer("verified" if claimed == measured else "contradicted", claimed, measured, None, detail)


def check_label(label: Label, document: Document, seen: Look) -> Answer:
    """The answer about a label of the video that was looked at."""
    estimate = _ESTIMATES.get(label.field)
    if estimate is None or label.value == "other":
        return _open(label.value, "no_estimator", f"nothing measures {label.field} {label.value} again")
    return estimate(label.value, label.span, document, seen)


def check_boundary(boundary: Boundary, seen: Look) -> Answer:
    """The answer about how a shot begins."""
    value = "fade" if boundary.kind in ("fade_in", "fade_out") else boundary.kind
    if value in ("wipe", "flash"):
        return _open(value, "no_estimator", f"nothing measures a {value} again")
    return _boundary(value, boundary.span, seen)


def _lighting(claimed: str, span: Span, document: Document, seen: Look) -> Answer:
    values = ("low_key", "mid_key", "high_key")
    tiles = [light.luma_tiles for light in _lights(span, document, seen)]
    means = [light.luma_mean for light in _lights(span, document, seen)]
    return _class_of(claimed, values, _LUMA_EDGES, _LUMA_MARGIN, tiles, means, seen.is_whole(span))


def _tone(claimed: str, span: Span, document: Document, seen: Look) -> Answer:
    values = ("cool", "neutral", "warm")
    tiles = [light.lean_tiles for light in _lights(span, document, seen)]
    means = [light.lean_mean for light in _lights(span, document, seen)]
    return _class_of(claimed, values, (-_LEAN_EDGE, _LEAN_EDGE), _LEAN_MARGIN, tiles, means, seen.is_whole(span))


def _class_of(
    claimed: str,
    values: tuple[str, str, str],
    edges: tuple[float, float],
    margin: float,
    tiles: Sequence[float],
    means: Sequence[float],
    is_whole: bool,
) -> Answer:
    """By the medians over pictures: both statistics must speak against a claim, and none of them for another."""
    if not is_whole:
        return _open(claimed, "undecodable", "pictures of the span could not be decoded")
    if not tiles:
        return _open(claimed, "too_short", "no picture of the span outside transitions")
    by_tiles, by_mean = float(np.median(tiles)), float(np.median(means))
    detail = f"{by_tiles:.3f} by tiles, {by_mean:.3f} as a mean, of {len(tiles)} pictures; edges {edges[0]}, {edges[1]}"
    limits = ((-np.inf, edges[0]), edges, (edges[1], np.inf))
    low, high = limits[values.index(claimed)]
    measured = values[int(np.searchsorted(edges, by_tiles))]
    if all(not low - margin <= number <= high + margin for number in (by_tiles, by_mean)):
        return Answer("contradicted", claimed, measured, None, detail)
    if low + margin <= by_tiles <= high - margin and low - margin <= by_mean <= high + margin:
        return Answer("verified", claimed, claimed, None, detail)
    return _open(claimed, "between_values", detail, measured)


def _lights(span: Span, document: Document, seen: Look) -> list[Any]:
    mixed = _mixed(document)
    return [
        light
        for time_ns, light in seen.lights
        if span.contains(time_ns) and not any(other.contains(time_ns) for other in mixed)
    ]


def _mixed(document: Document) -> list[Span]:
    """Spans in which two shots are seen, as the document has them."""
    return [shot.boundary_in.span for shot in document.shots if shot.boundary_in is not None]


def _movement(claimed: str, span: Span, document: Document, seen: Look) -> Answer:
    if not seen.is_whole(span):
        return _open(claimed, "undecodable", "pictures of the span could not be decoded")
    closed = [*_mixed(document), *(Span(cut - 1, cut) for cut in seen.boundaries.cuts_ns)]
    inside = [
        item
        for item in seen.steps
        if item.start_ns >= span.start_ns
        and item.end_ns <= span.end_ns
        and not any(other.overlap_ns(Span(item.start_ns, item.end_ns)) for other in closed)
    ]
    found = [(item, item.step) for item in inside if item.step is not None]
    if len(inside) < _LEAST_STEPS:
        return _open(claimed, "too_short", f"{len(inside)} steps of the camera outside transitions")
    if len(found) < max(_LEAST_STEPS, _LEAST_SEEN * len(inside)):
        return _open(claimed, "too_flat", f"something to align in {len(found)} of {len(inside)} steps")
    elapsed_s = np.array([(item.end_ns - item.start_ns) / NS_PER_S for item, _ in found])
    others = [(step.other or step) for _, step in found]
    motion = _Motion(
        _speeds([step for _, step in found], elapsed_s),
        _speeds(others, elapsed_s),
        float(np.median([step.agreeing for _, step in found])),
    )
    return _movement_answer(claimed, motion)


def _speeds(steps: Sequence[Step], elapsed_s: np.ndarray) -> np.ndarray:
    """Pan (right), tilt (up) and zoom (in) per second of each step, [steps, 3]."""
    # The camera turns against the way that the picture shifts.
    moved_S3 = np.array([(-step.right, step.down, step.growth) for step in steps])
    return np.asarray(moved_S3 / elapsed_s[:, None])


class _Motion:
    """The camera over a span, from the speeds of each step: of most tiles, and of most of the others."""

    def __init__(self, speeds_S3: np.ndarray, others_S3: np.ndarray, agreeing: float) -> None:
        self.speeds = np.median(speeds_S3, axis=0)
        self.others = np.median(others_S3, axis=0)
        self.strengths = np.abs(self.speeds) / np.array(_MOVES)
        same_way = (np.sign(speeds_S3) == np.sign(self.speeds)).mean(axis=0)
        self.moving = [i for i in range(3) if self.strengths[i] >= 1.0 and same_way[i] >= _LEAST_SAME_WAY]
        self.agreeing = agreeing
        self.detail = (
            f"pan {self.speeds[0]:+.3f} widths/s, tilt {self.speeds[1]:+.3f} heights/s, "
            f"zoom {self.speeds[2]:+.3f} log scale/s; {agreeing:.2f} of the tiles agree"
        )

    def value(self) -> str | None:
        """The strongest movement, static, or None where neither is clear."""
        if self.moving:
            axis = max(self.moving, key=lambda i: float(self.strengths[i]))
            return next(name for name, way in _AXES.items() if way == (axis, 1 if self.speeds[axis] > 0 else -1))
        if all(np.abs(self.speeds) <= _RESTS) and self.agreeing >= MOST:
            return "static"
        return None

    def is_excluded(self, axis: int, sign: int) -> bool:
        """Whether nothing goes that way: not most of the tiles, nor, where these rest, the others."""
        hidden = not self.moving and self.agreeing < MOST
        ways = (self.speeds[axis] * sign, *([self.others[axis] * sign] if hidden else ()))
        return all(way <= _RESTS[axis] for way in ways)


_AXES = {"pan_right": (0, 1), "pan_left": (0, -1), "tilt_up": (1, 1), "tilt_down": (1, -1)} | {
    "zoom_in": (2, 1),
    "zoom_out": (2, -1),
}


def _movement_answer(claimed: str, motion: _Motion) -> Answer:
    measured = motion.value()
    if claimed == "static":
        return _settled(claimed, measured, motion.detail) if measured else _open(claimed, "unclear", motion.detail)
    axis, sign = _AXES[claimed]
    # Several movements may go on at once.
    top = max((float(motion.strengths[i]) for i in motion.moving), default=0.0)
    if axis in motion.moving and motion.speeds[axis] * sign > 0 and motion.strengths[axis] * _OUTSHONE >= top:
        return Answer("verified", claimed, claimed, None, motion.detail)
    if motion.is_excluded(axis, sign):
        return Answer("contradicted", claimed, measured, None, motion.detail)
    return _open(claimed, "unclear", motion.detail, measured)


def _boundary(claimed: str, span: Span, seen: Look) -> Answer:
    if not seen.is_whole(span):
        return _open(claimed, "undecodable", "pictures of the span could not be decoded")
    finding = judge(seen.story, span)
    if finding.kind is None and claimed == "hard_cut" and finding.is_gradual:
        return Answer("contradicted", claimed, None, None, finding.detail)
    if finding.kind is None:
        return _open(claimed, "unclear", finding.detail)
    return _settled(claimed, finding.kind, finding.detail)


def _boundary_kind(claimed: str, span: Span, document: Document, seen: Look) -> Answer:
    return _boundary(claimed, span, seen)


def _pacing(claimed: str, span: Span, document: Document, seen: Look) -> Answer:
    """By the boundaries found again: the fewest and the most shots that there may be."""
    if not seen.is_whole(span):
        return _open(claimed, "undecodable", "pictures of the span could not be decoded")
    found = seen.boundaries
    fewest = 1 + sum(span.contains(ns) for ns in (*found.cuts_ns, *found.gradual_ns))
    most = fewest + sum(span.contains(ns) for ns in found.doubtful_ns)
    longest_s, shortest_s = span.length_ns / NS_PER_S / fewest, span.length_ns / NS_PER_S / most
    detail = f"{fewest} to {most} shots, {shortest_s:.2f} to {longest_s:.2f} s each on average"
    if longest_s < _FAST_BELOW_S * (1.0 - _PACING_MARGIN):
        return _settled(claimed, "fast", detail)
    if shortest_s >= _FAST_BELOW_S * (1.0 + _PACING_MARGIN):
        return _settled(claimed, "slow", detail)
    return _open(claimed, "unclear", detail)


_ESTIMATES: Mapping[str, Callable[[str, Span, Document, Look], Answer]] = {
    "lighting_key": _lighting,
    "colour_tone": _tone,
    "camera_movement": _movement,
    "boundary_kind": _boundary_kind,
    "pacing": _pacing,
}
CHECKABLE = tuple(_ESTIMATES)
