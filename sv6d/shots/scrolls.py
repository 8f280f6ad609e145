"""Pages that are scrolled: what changes goes on at another place, straight up or down, or to a side."""

from __future__ import annotations

import cv2
import numpy as np

_CHANGED_LEVELS = 6.0  # of luma, on average of 3 x 3 pixels: above the noise of compressed pages
_LEAST_SHARE = 0.02  # of a row or column that changes, by which the part that is scrolled is told
_LEAST_SIDE_PX = 16  # ours: four blocks; less holds too little to be known again
_DETAIL_PX = 15  # the mean of so many around a pixel is light and ground, not detail
_LEAST_SHIFT_PX = 2  # ours: less is a picture that stands still but for noise
_LEAST_OVERLAP = 1 / 6  # of the part, which is seen in both pictures


def scrolled(old_HW: np.ndarray, new_HW: np.ndarray) -> float:
    """How well the part of a picture that changes is explained by its being moved along one axis, in [0, 1].

    The largest normalized correlation of the detail that old and new part share after a shift; 0 where nothing of size
    changes. Measured: scrolled pages of text 0.97 to 1.00 (once 0.53: little was left of the old page), turned pages of
    one layout 0.65 and less.
    """
    change = cv2.blur(np.abs(old_HW.astype(np.float32) - new_HW.astype(np.float32)), (3, 3)) > _CHANGED_LEVELS
    rows, columns = (np.flatnonzero(change.mean(axis=axis) > _LEAST_SHARE) for axis in (1, 0))
    if min(len(rows), len(columns)) < _LEAST_SIDE_PX:
        return 0.0
    part = slice(rows[0], rows[-1] + 1), slice(columns[0], columns[-1] + 1)
    old, new = (_detail(picture[part]) for picture in (old_HW, new_HW))
    return max(_best_correlation(old, new), _best_correlation(old.T, new.T))


def _detail(picture_HW: np.ndarray) -> np.ndarray:
    picture = picture_HW.astype(np.float32)
    return np.asarray(picture - cv2.blur(picture, (_DETAIL_PX, _DETAIL_PX)))


def _best_correlation(old_HW: np.ndarray, new_HW: np.ndarray) -> float:
    """Over all shifts along the first axis that leave enough of an overlap."""
    length = old_HW.shape[0]
    spectra = [np.fft.rfft(picture, n=2 * length, axis=0) for picture in (old_HW, new_HW)]
    products = np.fft.irfft((spectra[1] * np.conj(spectra[0])).sum(axis=1), n=2 * length)
    # Of the first k rows, by k.
    squares = [np.concatenate([[0.0], np.cumsum((picture**2).sum(axis=1))]) for picture in (old_HW, new_HW)]
    best = 0.0
    for shift in range(_LEAST_SHIFT_PX, length - max(_LEAST_SIDE_PX // 2, round(length * _LEAST_OVERLAP))):
        kept = length - shift
        for product, first, last in ((products[shift], *squares), (products[-shift], *squares[::-1])):
            # The first `kept` rows of one picture lie on the last `kept` of the other.
            size = float(np.sqrt(first[kept] * (last[-1] - last[shift])))
            if size > 0.0:
                best = max(best, float(product) / size)
    return min(best, 1.0)
