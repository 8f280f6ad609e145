"""The camera over a span: which way it turns or zooms, and how quietly it is held."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from sv6d.quality.verify.answer import Answer, left_open, settled, undecodable
from sv6d.quality.verify.camera import MOST, Step
from sv6d.quality.verify.look import Look
from sv6d.quality.verify.tones import mixed
from sv6d.schema.document import Document
from sv6d.timeline import NS_PER_S, Span

# Speeds (widths, heights, logarithm of scale per second) up to which a camera rests and from which it moves.
# Measured there: still shots up to 0.017, 0.004 and 0.007, moving ones from 0.17, 0.06 and 0.13, one zoom missed.
_RESTS = (0.03, 0.03, 0.024)
_MOVES = (0.075, 0.075, 0.06)
_LEAST_STEPS = 3  # ours: the median of fewer is one of them
_LEAST_SEEN = 0.5  # share of the steps with something to align
_LEAST_SAME_WAY = 0.7  # share of the steps in one direction
# How much the speed changes from step to step (sum of pan and tilt, picture sizes a second, median). Measured on 18
# shots of real clips: on tripods up to 0.007 (a worn film 0.025), smooth ones up to 0.004 (a hand at a window 0.091),
# shaky hands from 0.145.
_CALM, _NOT_SHAKY, _SHAKY = 0.012, 0.04, 0.12
_OUTSHONE = 2.0  # ours: a movement beside one twice as strong may be its by-product


def movement(claimed: str, span: Span, document: Document, seen: Look) -> Answer:
    """Whether the camera turns or zooms the claimed way, or rests."""
    motion = _motion(claimed, span, document, seen)
    return motion if isinstance(motion, Answer) else _movement_answer(claimed, motion)


def steadiness(claimed: str, span: Span, document: Document, seen: Look) -> Answer:
    """By how much the speed changes from step to step, and whether the camera rests."""
    motion = _motion(claimed, span, document, seen)
    if isinstance(motion, Answer):
        return motion
    detail = f"speed changes by {motion.jolt:.3f} picture sizes a second from step to step; {motion.detail}"
    rests = motion.value() == "static"
    if motion.jolt >= _SHAKY:
        return settled(claimed, "shaky", detail)
    if motion.jolt <= _CALM and (rests or motion.moving):
        return settled(claimed, "fixed" if rests else "stable", detail)
    if (claimed == "fixed" and motion.moving) or (claimed == "shaky" and motion.jolt <= _NOT_SHAKY):
        return Answer("contradicted", claimed, None, None, detail)
    return left_open(claimed, "unclear", detail)


def _motion(claimed: str, span: Span, document: Document, seen: Look) -> _Motion | Answer:
    """The camera over a span, or why nothing can be said of it."""
    if not seen.is_whole(span):
        return undecodable(claimed)
    closed = [*mixed(document), *(Span(cut - 1, cut) for cut in seen.boundaries.cuts_ns)]
    inside = [
        item
        for item in seen.steps
        if item.start_ns >= span.start_ns
        and item.end_ns <= span.end_ns
        and not any(other.overlap_ns(Span(item.start_ns, item.end_ns)) for other in closed)
    ]
    found = [(item, item.step) for item in inside if item.step is not None]
    if len(inside) < _LEAST_STEPS:
        return left_open(claimed, "too_short", f"{len(inside)} steps of the camera outside transitions")
    if len(found) < max(_LEAST_STEPS, _LEAST_SEEN * len(inside)):
        return left_open(claimed, "too_flat", f"something to align in {len(found)} of {len(inside)} steps")
    elapsed_s = np.array([(item.end_ns - item.start_ns) / NS_PER_S for item, _ in found])
    others = [(step.other or step) for _, step in found]
    return _Motion(
        _speeds([step for _, step in found], elapsed_s),
        _speeds(others, elapsed_s),
        float(np.median([step.agreeing for _, step in found])),
    )


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
        self.jolt = float(np.median(np.abs(np.diff(speeds_S3[:, :2], axis=0)).sum(axis=1)))
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
        return settled(claimed, measured, motion.detail) if measured else left_open(claimed, "unclear", motion.detail)
    axis, sign = _AXES[claimed]
    # Several movements may go on at once.
    top = max((float(motion.strengths[i]) for i in motion.moving), default=0.0)
    if axis in motion.moving and motion.speeds[axis] * sign > 0 and motion.strengths[axis] * _OUTSHONE >= top:
        return Answer("verified", claimed, claimed, None, motion.detail)
    if motion.is_excluded(axis, sign):
        return Answer("contradicted", claimed, measured, None, motion.detail)
    return left_open(claimed, "unclear", motion.detail, measured)
