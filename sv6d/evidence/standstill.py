"""Whether a camera that seems to move stands still: what steps of a sixth of a second can not tell, a second can.

A turning globe, water, a crowd: what fills the picture moves from step to step, and the alignment of steps follows
it. But edges that never leave their place show that the camera does not. So pictures about a second apart are held
against each other twice, as they are and moved by what the steps add up to, and edges vote.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from sv6d.evidence.motion import Motion, difference, edges_of, refine

STEPS_APART = 6  # about a second
_EVERY = 3
_LEAST_MOVE_PX = 0.75  # at the picture's edge; below it moved and not moved are the same
_MOST_MOVE = 0.2  # of the width: beyond it too little is seen in both pictures
_AGREES = 0.03  # luma in [0, 1], eight levels: an edge that is still there
# Of the edges: how many must agree that the camera stands still, and by how much more than that it moves. Measured: a
# turning globe 0.68 against 0.52; slow moves of the studio that steps get wrong up to 0.48 against 0.33.
_LEAST_STILL, _LEAST_GAIN = 0.55, 0.04
_LEAST_PAIRS = 2


def poses_if_still(pictures: Sequence[np.ndarray], motions: Sequence[Motion | None]) -> list[tuple[int, np.ndarray]]:
    """Where the camera stands still: for pairs of pictures, `STEPS_APART` from each other, the pose between them.

    Args:
        pictures: luma in [0, 1], [height, width], at equal steps.
        motions: from each picture to the next; None where there was nothing to align.

    Returns:
        For each pair the place of the first one and (shift right, shift down in pixels, growth, turn); empty where
        the camera moves as the steps say, or where too few pairs can tell.
    """
    kept, still, moved = [], 0.0, 0.0
    for first in range(0, len(pictures) - STEPS_APART, _EVERY):
        steps = motions[first : first + STEPS_APART]
        total = _sum(steps)
        before, after = pictures[first], pictures[first + STEPS_APART]
        if total is None or not _LEAST_MOVE_PX <= _reach(total, before.shape) <= _MOST_MOVE * before.shape[1]:
            continue
        edges_N = edges_of(before)
        still += _agreement(before, after, np.zeros(4), edges_N)
        moved += _agreement(before, after, total, edges_N)
        kept.append(first)
    if len(kept) < _LEAST_PAIRS or still < max(_LEAST_STILL * len(kept), moved + _LEAST_GAIN * len(kept)):
        return []
    poses = []
    for first in kept:
        before, after = pictures[first], pictures[first + STEPS_APART]
        pose, _ = refine(before, after, np.zeros(4), np.ones(before.shape, dtype=bool))
        poses.append((first, pose))
    return poses


def _sum(motions: Sequence[Motion | None]) -> np.ndarray | None:
    """Steps after each other; small ones, so that they add up."""
    known = [motion for motion in motions if motion is not None]
    if len(known) < len(motions):
        return None
    shifts = np.array([(one.right_px, one.down_px, one.log_scale, one.turn_rad) for one in known]).sum(axis=0)
    shifts[2] = np.expm1(shifts[2])
    return np.asarray(shifts)


def _reach(pose: np.ndarray, shape: tuple[int, ...]) -> float:
    """How far the pose moves the picture's outer parts, in pixels."""
    return float(np.hypot(pose[0], pose[1]) + np.hypot(pose[2], pose[3]) * np.hypot(shape[0], shape[1]) / 2)


def _agreement(before: np.ndarray, after: np.ndarray, pose: np.ndarray, edges_N: np.ndarray) -> float:
    """Share of the earlier picture's edges that the later one has where the pose takes them."""
    difference_N, inside_N = difference(before, after, pose)
    seen_N = inside_N & edges_N
    return float(np.mean(np.abs(difference_N[seen_N]) <= _AGREES)) if seen_N.any() else 0.0
