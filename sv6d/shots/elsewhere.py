"""What of a picture was already there before, at another place: after a jolt, in half of a split screen."""

from __future__ import annotations

import numpy as np

from sv6d.shots.blocks import STRUCTURE_NOISE, moved_difference, textures, unlike

_LEAST_OVERLAP = 0.3  # ours: with less of the picture in common, the best shift is chance
_OUTSIDE = 300  # structure where the old picture has none; more than it ever differs by
_REACH_PX = 1  # around the shift: it is whole pixels, the movement is not


def best_shifts(before_NHW: np.ndarray, after_NHW: np.ndarray) -> np.ndarray:
    """(dy, dx) by which structure `before` has to be moved to be most like `after`; int N x 2.

    The peak of the cross-correlation (by Fourier transforms, padded: nothing wraps around), by the root of the overlap.
    """
    num, height, width = before_NHW.shape
    size = (2 * height, 2 * width)
    spectra = (np.fft.rfft2(part.astype(np.float32), s=size) for part in (before_NHW, after_NHW))
    old, new = spectra
    correlation = np.fft.irfft2(new * np.conj(old), s=size)
    dy, dx = (np.rint(np.fft.fftfreq(length, 1.0 / length)).astype(int) for length in size)
    overlap = np.clip(1.0 - np.abs(dy) / height, 0, 1)[:, None] * np.clip(1.0 - np.abs(dx) / width, 0, 1)
    weight = np.where(overlap > _LEAST_OVERLAP, 1.0 / np.sqrt(np.maximum(overlap, _LEAST_OVERLAP)), 0.0)
    peak = np.argmax((correlation * weight).reshape(num, size[0] * size[1]), axis=1)
    return np.stack([dy[peak // size[1]], dx[peak % size[1]]], axis=1)


def unlike_elsewhere(before_N1HW: np.ndarray, after_N1HW: np.ndarray) -> np.ndarray:
    """Share of each block's structure that is not found at the best shift of the whole picture, N x B x D."""
    height, width = before_N1HW.shape[2:]
    moved = np.full_like(before_N1HW, _OUTSIDE)
    for k, (dy, dx) in enumerate(best_shifts(before_N1HW[:, 0], after_N1HW[:, 0])):
        rows, columns = slice(max(0, dy), height + min(0, dy)), slice(max(0, dx), width + min(0, dx))
        from_rows, from_columns = slice(max(0, -dy), height - max(0, dy)), slice(max(0, -dx), width - max(0, dx))
        moved[k, 0, rows, columns] = before_N1HW[k, 0, from_rows, from_columns]
    detail, _ = textures(after_N1HW)
    return unlike(moved_difference(moved, after_N1HW, _REACH_PX), detail, STRUCTURE_NOISE)
