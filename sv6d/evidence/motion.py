"""Camera motion: how the picture as a whole shifts, grows and turns from one frame to a later one.

Direct alignment of two luma pictures with a similarity model (shift, scale, rotation), coarse to
fine (Bergen et al., "Hierarchical model-based motion estimation", ECCV 1992), with robust weights
(Geman and McClure 1987) so that what moves by itself, and what stands still over a moving picture,
counts little.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.ndimage import map_coordinates, zoom

_LEVELS = 3  # shifts up to about 8 pixels of a half-size coarsest picture are caught
_STEPS_PER_LEVEL = 6  # measured: the seventh step moves a shift by less than 0.01 pixels
_LEAST_SIDE_PX = 12  # a coarser picture has too few pixels to align
_LEAST_TEXTURE = 1e-4  # mean squared gradient of luma in [0, 1]; below it a picture is flat: nothing to align
_LEAST_SCALE = 0.004  # luma: one step of 8-bit video; a robust scale below it would follow rounding noise


@dataclass(frozen=True, slots=True)
class Motion:
    """Similarity that takes a picture's points to where they are in the later picture.

    Attributes:
        right_px, down_px: shift of the picture's centre.
        log_scale: above 0 where the content grows.
        turn_rad: clockwise turn of the content.
        residual_share: of the pixels that do not follow, in [0, 1]: things that move by themselves,
            overlays, or another picture altogether.
    """

    right_px: float
    down_px: float
    log_scale: float
    turn_rad: float
    residual_share: float


def align(before: np.ndarray, after: np.ndarray) -> Motion | None:
    """Motion from luma `before` to luma `after`, both [height, width] in [0, 1]; None for flat pictures."""
    grad_y, grad_x = np.gradient(before)
    if float(np.mean(grad_x**2 + grad_y**2)) < _LEAST_TEXTURE:
        return None
    pyramid = [(before, after)]
    while len(pyramid) < _LEVELS and min(pyramid[-1][0].shape) >= 2 * _LEAST_SIDE_PX:
        pyramid.append((_halved(pyramid[-1][0]), _halved(pyramid[-1][1])))
    pose = np.zeros(4)  # shift right, shift down (pixels of this level), scale - 1, turn
    pose[:2] = _coarse_shift(*pyramid[-1])
    residual_share = 1.0
    for level, (first, second) in enumerate(reversed(pyramid)):
        if level:
            pose[:2] *= 2.0
        pose, residual_share = _refine(first, second, pose)
    return Motion(float(pose[0]), float(pose[1]), float(np.log1p(pose[2])), float(pose[3]), residual_share)


def _halved(picture: np.ndarray) -> np.ndarray:
    height, width = picture.shape[0] // 2 * 2, picture.shape[1] // 2 * 2
    blocks = picture[:height, :width].reshape(height // 2, 2, width // 2, 2)
    return np.asarray(blocks.mean(axis=(1, 3)))


def _coarse_shift(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Whole-pixel shift by phase correlation (Kuglin and Hines 1975): a start beyond the reach of gradients."""
    window = np.outer(np.hanning(first.shape[0]), np.hanning(first.shape[1]))
    spectrum = np.fft.rfft2((second - second.mean()) * window) * np.conj(np.fft.rfft2((first - first.mean()) * window))
    surface = np.fft.irfft2(spectrum / (np.abs(spectrum) + 1e-9), s=first.shape)
    down, right = np.unravel_index(int(np.argmax(surface)), surface.shape)
    sizes = first.shape[::-1]
    signed = [index - size if index > size // 2 else index for index, size in zip((right, down), sizes, strict=True)]
    candidates = [np.zeros(2), np.array(signed, dtype=float)]
    # The peak of a periodic texture may lie anywhere; no shift is the better start where it fits better.
    return min(candidates, key=lambda shift: _misfit(first, second, shift))


def _misfit(first: np.ndarray, second: np.ndarray, shift: np.ndarray) -> float:
    right, down = int(shift[0]), int(shift[1])
    height, width = first.shape
    if abs(right) > width // 2 or abs(down) > height // 2:
        return float("inf")
    a = first[max(0, -down) : height - max(0, down), max(0, -right) : width - max(0, right)]
    b = second[max(0, down) : height + min(0, down), max(0, right) : width + min(0, right)]
    return float(np.median(np.abs(a - b)))


def _refine(first: np.ndarray, second: np.ndarray, pose: np.ndarray) -> tuple[np.ndarray, float]:
    """Gauss-Newton on the robust difference; returns the pose and the share of pixels that do not follow."""
    height, width = first.shape
    grad_y, grad_x = np.gradient(first)
    y, x = np.mgrid[0:height, 0:width].astype(float)
    x_c, y_c = x - (width - 1) / 2, y - (height - 1) / 2
    # How the predicted picture changes with each parameter, per pixel: [pixels, 4].
    slopes_N4 = np.stack([grad_x, grad_y, grad_x * x_c + grad_y * y_c, grad_y * x_c - grad_x * y_c], -1).reshape(-1, 4)
    weights_N = np.ones(slopes_N4.shape[0])
    for _ in range(_STEPS_PER_LEVEL):
        at_x = x + pose[0] + pose[2] * x_c - pose[3] * y_c
        at_y = y + pose[1] + pose[2] * y_c + pose[3] * x_c
        inside_N = ((at_x >= 0) & (at_x <= width - 1) & (at_y >= 0) & (at_y <= height - 1)).reshape(-1)
        warped = map_coordinates(second, [at_y, at_x], order=1, mode="nearest")
        difference_N = (warped - first).reshape(-1)
        spread = max(_LEAST_SCALE, 1.4826 * float(np.median(np.abs(difference_N[inside_N])))) if inside_N.any() else 1.0
        weights_N = inside_N / (1.0 + (difference_N / (2.0 * spread)) ** 2) ** 2
        weighted = slopes_N4 * weights_N[:, None]
        normal = weighted.T @ slopes_N4
        normal[np.diag_indices(4)] += 1e-6 * np.trace(normal) + 1e-12
        pose = pose - np.linalg.solve(normal, weighted.T @ difference_N)
    follows = weights_N[inside_N] > 0.25  # less than two spreads off
    return pose, float(1.0 - follows.mean()) if follows.size else 1.0


def shrink(luma: np.ndarray, longest_px: int) -> np.ndarray:
    """Luma in [0, 1] scaled down so that its longer side has about `longest_px` pixels (area means)."""
    factor = max(1, round(max(luma.shape) / longest_px))
    height, width = luma.shape[0] // factor * factor, luma.shape[1] // factor * factor
    if min(height, width) < factor * _LEAST_SIDE_PX:
        return np.asarray(zoom(luma, longest_px / max(luma.shape), order=1))
    blocks = luma[:height, :width].reshape(height // factor, factor, width // factor, factor)
    return np.asarray(blocks.mean(axis=(1, 3)))


# Decision between movements: speeds at which a movement is as likely as none. Tuned on studio clips of
# pretraining seeds (benchmarks/movement.py), which no corpus holds.
PAN_PER_S = 0.05  # frame widths
TILT_PER_S = 0.05  # frame heights
ZOOM_PER_S = 0.06  # natural logarithm of scale


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
