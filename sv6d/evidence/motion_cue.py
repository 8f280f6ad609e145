"""The camera over one shot, from its pictures: speeds of turn and zoom, roll, shake, and what moves by itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from sv6d.evidence.motion import Motion, align
from sv6d.evidence.rows import Box
from sv6d.evidence.shake import shake_rms
from sv6d.evidence.standstill import STEPS_APART, poses_if_still
from sv6d.timeline import NS_PER_S

MOTION_STATS = (
    ("pan_speed", "frame_widths_per_s"),
    ("tilt_speed", "frame_heights_per_s"),
    ("zoom_speed", "log_scale_per_s"),
    ("roll_speed", "radians_per_s"),
    ("residual", "share"),
    ("subject_speed", "frame_heights_per_s"),
)
SHAKE_STAT = ("shake_rms", "frame_heights")
_OF_CAMERA = 4  # the first of them
# Sides of what is aligned: two rows of blocks at half size (`sv6d.evidence.block_votes`), and what shake needs.
_LEAST_STEP_PX, _LEAST_FRAME_PX = 32, 14

Timed = Sequence[tuple[int, np.ndarray]]


@dataclass(frozen=True)
class CameraMotion:
    """A shot's motion: the curve of each of `MOTION_STATS`, as (time in ns, value), and the shake (None: unknown)."""

    curves: tuple[list[tuple[int, float]], ...]
    shake_rms: float | None


def camera_motion(steps: Timed, frames: Timed, box: Box | None) -> CameraMotion:
    """The motion of the part of the picture that moves: bars and a still frame around it would hold the camera still.

    Args:
        steps: time and luma in [0, 1] of pictures some steps apart.
        frames: time and luma, uint8, of every frame, small.
        box: the moving part in shares; None for the whole picture. Speeds are in its widths and heights.
    """
    parts = [(time_ns, _inner(picture, box, _LEAST_STEP_PX).astype(np.float64)) for time_ns, picture in steps]
    motions = [align(before[1], after[1]) for before, after in pairwise(parts)]
    rows = [
        ((before[0] + after[0]) // 2, _speeds(motion, before[1].shape, (after[0] - before[0]) / NS_PER_S))
        for (before, after), motion in zip(pairwise(parts), motions, strict=True)
        if motion is not None
    ]
    curves = [[(time_ns, speeds[index]) for time_ns, speeds in rows] for index in range(len(MOTION_STATS))]
    still = poses_if_still([picture for _, picture in parts], motions)
    if still:
        camera = [_rest(parts, first, pose) for first, pose in still]
        curves[:_OF_CAMERA] = [[(time_ns, speeds[index]) for time_ns, speeds in camera] for index in range(_OF_CAMERA)]
    shake = shake_rms(
        [time_ns for time_ns, _ in frames], [_inner(picture, box, _LEAST_FRAME_PX) for _, picture in frames]
    )
    return CameraMotion(tuple(curves), shake)


def _speeds(motion: Motion, shape: tuple[int, ...], elapsed_s: float) -> tuple[float, ...]:
    """Values of `MOTION_STATS`."""
    pose = np.array([motion.right_px, motion.down_px, motion.log_scale, motion.turn_rad])
    return (
        *_camera_speeds(pose, shape, elapsed_s),
        motion.residual_share,
        motion.stray_px / shape[0] / elapsed_s,
    )


def _rest(parts: Timed, first: int, pose: np.ndarray) -> tuple[int, tuple[float, ...]]:
    """What remains of a camera that stands still, at the middle of the two pictures that tell it."""
    (start_ns, picture), (end_ns, _) = parts[first], parts[first + STEPS_APART]
    return (start_ns + end_ns) // 2, _camera_speeds(pose, picture.shape, (end_ns - start_ns) / NS_PER_S)


def _camera_speeds(pose: np.ndarray, shape: tuple[int, ...], elapsed_s: float) -> tuple[float, ...]:
    height, width = shape
    right_px, down_px, growth, turn_rad = (float(value) / elapsed_s for value in pose)
    # The camera turns against the way that the picture shifts.
    return -right_px / width, down_px / height, growth, turn_rad


def _inner(picture: np.ndarray, box: Box | None, least_px: int) -> np.ndarray:
    """The pixels that lie wholly in a box of shares; the whole picture where these are too few to be aligned."""
    if box is None:
        return picture
    height, width = picture.shape
    rows = slice(int(np.ceil(box[1] * height)), int(box[3] * height))
    part = picture[rows, int(np.ceil(box[0] * width)) : int(box[2] * width)]
    return part if min(part.shape) >= least_px else picture
