"""Camera motion: how the picture as a whole shifts, grows and turns from one frame to a later one.

A first guess by block votes says where to start and which blocks belong to the scene; on these,
direct alignment of the two luma pictures with a similarity model (shift, scale, rotation; Bergen et
al., "Hierarchical model-based motion estimation", ECCV 1992) with robust weights (Geman and McClure
1987) gives the rest, finer than a pixel. What moves by itself, and what stands still over a moving
picture, counts little.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.ndimage import map_coordinates, zoom

from sv6d.evidence.block_votes import count_votes

_STEPS = 8  # measured: the ninth step moves a shift by less than 0.01 pixels
_LEAST_SIDE_PX = 12  # a smaller picture has too few pixels to align
_LEAST_TEXTURE = 1e-4  # mean squared gradient of luma in [0, 1]; below it a picture is flat: nothing to align
_LEAST_SCALE = 0.004  # luma: one step of 8-bit video; a robust scale below it would follow rounding noise
# The robust scale is this quantile of the differences at edges, not the median: where half of the edges lie along
# the motion (skylines, text), the median is zero at any shift, and would freeze the guess (measured: shifts off by
# half a pixel on average with the median over all pixels, by 0.01 with this).
_SCALE_QUANTILE = 0.75
_EDGE_SHARE = 0.5  # of the root mean square gradient, from which a pixel counts as an edge
_WIDE_STEP, _WIDENING = 1, 2.0  # the first step reaches twice as far
# A refinement that leaves the guess by more than this has slipped; the guess is taken.
_MOST_SLIP_PX, _MOST_SLIP_GROWTH = 4.0, 0.03


@dataclass(frozen=True, slots=True)
class Motion:
    """Similarity that takes a picture's points to where they are in the later picture.

    Attributes:
        right_px, down_px: shift of the picture's centre.
        log_scale: above 0 where the content grows.
        turn_rad: clockwise turn of the content.
        residual_share: of the pixels that do not follow, in [0, 1]: things that move by themselves,
            overlays, or another picture altogether.
        stray_px: how far things move by themselves, mean over all that has texture; what follows counts as 0.
    """

    right_px: float
    down_px: float
    log_scale: float
    turn_rad: float
    residual_share: float
    stray_px: float


def align(before: np.ndarray, after: np.ndarray) -> Motion | None:
    """Motion from luma `before` to luma `after`, both [height, width] in [0, 1]; None for flat pictures."""
    grad_y, grad_x = np.gradient(before)
    if float(np.mean(grad_x**2 + grad_y**2)) < _LEAST_TEXTURE:
        return None
    votes = count_votes(_halved(before), _halved(after))
    if votes is None:
        return None
    # Shift right, shift down, scale - 1, turn.
    guess = np.array([2.0 * votes.right_px, 2.0 * votes.down_px, votes.growth, 0.0])
    pose, residual_share = refine(before, after, guess, votes.mask(before.shape, 2))
    # The pose is linear in its parameters: a turn shows in both of the last two.
    growth, turn = float(np.log(np.hypot(1.0 + pose[2], pose[3]))), float(np.arctan2(pose[3], 1.0 + pose[2]))
    return Motion(float(pose[0]), float(pose[1]), growth, turn, residual_share, 2.0 * votes.stray_px)


def _halved(picture: np.ndarray) -> np.ndarray:
    height, width = picture.shape[0] // 2 * 2, picture.shape[1] // 2 * 2
    blocks = picture[:height, :width].reshape(height // 2, 2, width // 2, 2)
    return np.asarray(blocks.mean(axis=(1, 3)))


def refine(first: np.ndarray, second: np.ndarray, guess: np.ndarray, scene: np.ndarray) -> tuple[np.ndarray, float]:
    """Gauss-Newton on the robust difference within `scene`: the pose, and the share of pixels that do not follow.

    A pose is as in `difference`; one that leaves the guess too far is given up for it.
    """
    height, width = first.shape
    grad_y, grad_x = np.gradient(first)
    y, x = np.mgrid[0:height, 0:width].astype(float)
    x_c, y_c = x - (width - 1) / 2, y - (height - 1) / 2
    # How the predicted picture changes with each parameter, per pixel: [pixels, 4].
    slopes_N4 = np.stack([grad_x, grad_y, grad_x * x_c + grad_y * y_c, grad_y * x_c - grad_x * y_c], -1).reshape(-1, 4)
    strength_N, scene_N = np.hypot(grad_x, grad_y).reshape(-1), scene.reshape(-1)
    if not scene_N.any():
        return guess, 1.0
    edges_N = scene_N & (strength_N >= _EDGE_SHARE * np.sqrt(np.mean(strength_N[scene_N] ** 2)))
    pose = guess
    for step in range(_STEPS):
        difference_N, inside_N = difference(first, second, pose)
        at_edges = np.abs(difference_N[inside_N & edges_N])
        spread = max(_LEAST_SCALE, float(np.quantile(at_edges, _SCALE_QUANTILE))) if at_edges.size else 1.0
        spread *= _WIDENING if step < _WIDE_STEP else 1.0
        weights_N = (inside_N & scene_N) / (1.0 + (difference_N / (2.0 * spread)) ** 2) ** 2
        weighted = slopes_N4 * weights_N[:, None]
        normal = weighted.T @ slopes_N4
        normal[np.diag_indices(4)] += 1e-6 * np.trace(normal) + 1e-12
        pose = pose - np.linalg.solve(normal, weighted.T @ difference_N)
    slip = np.abs(pose - guess)
    if not (slip[:2].max() <= _MOST_SLIP_PX and slip[2] <= _MOST_SLIP_GROWTH):
        pose = guess
    difference_N, inside_N = difference(first, second, pose)
    size_N = np.abs(difference_N[inside_N])
    if not size_N.size:
        return pose, 1.0
    return pose, float(np.mean(size_N > 2.0 * max(_LEAST_SCALE, 1.4826 * float(np.median(size_N)))))


def edges_of(picture: np.ndarray) -> np.ndarray:
    """Which pixels of a luma picture are edges, flat: those with at least half of the usual gradient."""
    grad_y, grad_x = np.gradient(picture)
    strength_N = np.hypot(grad_x, grad_y).reshape(-1)
    return np.asarray(strength_N >= _EDGE_SHARE * np.sqrt(np.mean(strength_N**2)))


def difference(first: np.ndarray, second: np.ndarray, pose: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Later picture brought back by the pose, minus the earlier one, per pixel; and which pixels it covers.

    `pose` is (shift right, shift down in pixels, scale - 1, clockwise turn in radians) about the picture's centre.
    """
    height, width = first.shape
    y, x = np.mgrid[0:height, 0:width].astype(float)
    x_c, y_c = x - (width - 1) / 2, y - (height - 1) / 2
    at_x = x + pose[0] + pose[2] * x_c - pose[3] * y_c
    at_y = y + pose[1] + pose[2] * y_c + pose[3] * x_c
    inside = (at_x >= 0) & (at_x <= width - 1) & (at_y >= 0) & (at_y <= height - 1)
    warped = map_coordinates(second, [at_y, at_x], order=1, mode="nearest")
    return (warped - first).reshape(-1), inside.reshape(-1)


def shrink(luma: np.ndarray, longest_px: int) -> np.ndarray:
    """Luma in [0, 1] scaled down so that its longer side has about `longest_px` pixels (area means)."""
    factor = max(1, round(max(luma.shape) / longest_px))
    height, width = luma.shape[0] // factor * factor, luma.shape[1] // factor * factor
    if min(height, width) < factor * _LEAST_SIDE_PX:
        return np.asarray(zoom(luma, longest_px / max(luma.shape), order=1))
    blocks = luma[:height, :width].reshape(height // factor, factor, width // factor, factor)
    return np.asarray(blocks.mean(axis=(1, 3)))


# Decision between movements: speeds at which a movement is as likely as none. Tuned on 115 shots of rendered clips
# (112 right), tested on 120 others (116 right); the rest are slow zooms of short shots (benchmarks/movement.py).
# Static shots there stay below 0.022, 0.002 and 0.010.
PAN_PER_S = 0.05  # frame widths
TILT_PER_S = 0.05  # frame heights
ZOOM_PER_S = 0.04  # natural logarithm of scale


def classify_movement(pan: float, tilt: float, zoom: float) -> tuple[str, float]:
    """The value of `camera_movement` for speeds of a shot, and how far it is from doubt.

    Args:
        pan: frame widths per second, right positive.
        tilt: frame heights per second, up positive.
        zoom: logarithm of scale per second, in positive.

    Returns:
        (value, margin): margin in multiples of the deciding speed; 0 at the edge to another value.
    """
    strengths = {
        "pan_right" if pan > 0 else "pan_left": abs(pan) / PAN_PER_S,
        "tilt_up" if tilt > 0 else "tilt_down": abs(tilt) / TILT_PER_S,
        "zoom_in" if zoom > 0 else "zoom_out": abs(zoom) / ZOOM_PER_S,
    }
    value, strongest = max(strengths.items(), key=lambda item: (item[1], item[0]))
    if strongest < 1.0:
        return "static", 1.0 - strongest
    second = sorted(strengths.values())[-2]
    return value, min(strongest - 1.0, strongest - second)
