"""Comparing small pictures by blocks, each allowed to move: what a shot's own motion can not explain.

Shapes: N pairs, T frames, C planes (luma, blue and red difference), H x W pixels, B x D blocks.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce

import numpy as np
from scipy.ndimage import uniform_filter

_BLOCK_PX = 4
# Search range in pixels of a picture at most 32 wide: a tenth of the width between two frames, the fastest
# motion in the sample clips (a camera whip at 24 frames a second moves 0.08 of the width).
REACH_PX = 3
_MOST_AT_ONCE = 28  # pairs by shifts along the columns that are made in one call; measured as below
_PIECE_PAIRS = 32  # compared at a time; measured: more no longer fit the cache, fewer are mostly overhead
# Ours: a block whose texture or change is above this (levels of 255, summed over planes) speaks fully, one
# below a twentieth of it (flat in both pictures: black bars, a card's ground) not at all.
SPEAKING = 12.0
SILENT_SHARE = 0.05
NOISE = 4.0  # measured: matched difference of still, compressed shots stays below it
# Local structure: luma less its mean, over its deviation, in windows of this size, so that light which comes and
# goes changes nothing. The floor keeps noise small where there is no texture; the unit makes it whole numbers.
_WINDOW_PX = 5
_FLOOR = 5.0
STRUCTURE_UNIT = 32
# From where a part is a film. Measured on trials and reels: captions, stickers and pictures that fade in or out have
# 0.11 and less on one side, dissolves of films in a window 0.24 and more but for two of 17 (calm, 0.04 and 0.16).
LEAST_LIVE = 0.2
_LIVE_LEVELS = (
    0.5  # of activity, summed over planes; measured: blocks of still, compressed pages have less on the median
)
STRUCTURE_NOISE = 0.25 * STRUCTURE_UNIT  # ours: a quarter of the local deviation, what compression leaves


def planes(yuv_TCHW: np.ndarray) -> np.ndarray:
    """int16 T x C x H x W, cut to whole blocks."""
    height, width = (size // _BLOCK_PX * _BLOCK_PX for size in yuv_TCHW.shape[2:])
    return yuv_TCHW[:, :, :height, :width].astype(np.int16)


def block_sums(values: np.ndarray, size: int = _BLOCK_PX) -> np.ndarray:
    """Sums over `size` x `size` blocks of the last two axes."""
    # Sums of strided slices: measured 3.5 times as fast as a mean over two short axes.
    rows = reduce(np.add, (values[..., offset::size, :] for offset in range(size)))
    return np.asarray(reduce(np.add, (rows[..., offset::size] for offset in range(size))))


def block_means(values: np.ndarray, size: int = _BLOCK_PX) -> np.ndarray:
    """float32 means over `size` x `size` blocks of the last two axes."""
    return block_sums(values, size) * np.float32(1.0 / (size * size))


def pixels_of_blocks(values_NBD: np.ndarray) -> np.ndarray:
    """N x H x W: the value of the block in which each pixel lies."""
    return values_NBD.repeat(_BLOCK_PX, axis=1).repeat(_BLOCK_PX, axis=2)


def activity(planes_TCHW: np.ndarray) -> np.ndarray:
    """Plain difference of each frame to the one before, in levels summed over planes: T - 1 x B x D."""
    return block_means(np.abs(np.diff(planes_TCHW, axis=0)).sum(axis=1, dtype=np.int16))


def liveness(change: np.ndarray, stretches: Sequence[slice], part_BD: np.ndarray) -> list[float]:
    """How much of a part of the picture moves in each stretch of `activity`, in [0, 1].

    Stretches of fewer than two pairs of frames say nothing and are left out.
    """
    sides = (change[stretch, part_BD] for stretch in stretches)
    return [float(np.minimum(np.median(side, axis=0) / _LIVE_LEVELS, 1.0).mean()) for side in sides if len(side) > 1]


def structure(luma_THW: np.ndarray) -> np.ndarray:
    """int16 T x 1 x H x W: what is left of the luma when local mean and deviation are taken out."""
    luma = luma_THW.astype(np.float32)
    window = (0, _WINDOW_PX, _WINDOW_PX)
    mean = uniform_filter(luma, window, mode="nearest")
    variance = uniform_filter(luma * luma, window, mode="nearest") - mean * mean
    local = (luma - mean) / (np.sqrt(np.maximum(variance, 0.0)) + _FLOOR)
    return np.asarray(np.rint(STRUCTURE_UNIT * local).astype(np.int16)[:, None])


def textures(planes_TCHW: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Standard deviation (summed over planes, T x B x D) and mean (T x C x B x D) of each block."""
    values = planes_TCHW.astype(np.float32)
    means = block_means(values)
    variances = block_means(values * values) - means * means
    return np.sqrt(np.maximum(variances, 0.0)).sum(axis=1), means


def moved_difference(before_NCHW: np.ndarray, after_NCHW: np.ndarray, reach: int = REACH_PX) -> np.ndarray:
    """Least mean absolute difference of each block of `after` to any place near it in `before`, N x B x D.

    int16 planes; the differences of the planes are summed.
    """
    height, width = before_NCHW.shape[2:]
    least = np.empty((len(before_NCHW), height // _BLOCK_PX, width // _BLOCK_PX), dtype=np.int16)
    for begin in range(0, len(least), _PIECE_PAIRS):
        piece = slice(begin, begin + _PIECE_PAIRS)
        least[piece] = _least_sums(before_NCHW[piece], after_NCHW[piece], reach).transpose(2, 0, 1)
    return least * np.float32(1.0 / (_BLOCK_PX * _BLOCK_PX))


def _least_sums(before_NCHW: np.ndarray, after_NCHW: np.ndarray, reach: int) -> np.ndarray:
    """Sums over blocks instead of means, B x D x N."""
    # Pairs come last in memory, and all shifts along the rows are made at once, as views, of few pairs those along the
    # columns too: few calls on long stretches (measured: a call for each shift takes 1.4 to 5 times as long, one for
    # each row of shifts up to twice).
    after, before = (part.transpose(1, 2, 3, 0) for part in (after_NCHW, before_NCHW))
    after, padded = np.ascontiguousarray(after), _with_edges(before, reach)
    num_planes, height, width, num = after.shape
    shifts = 2 * reach + 1
    rows_at_once = min(shifts, max(1, _MOST_AT_ONCE // max(1, num)))
    by_plane, by_row, by_column, by_pair = padded.strides
    sums = np.empty((rows_at_once, shifts, height, width, num), dtype=np.int16)
    distances = np.empty_like(sums)
    least = np.full((height // _BLOCK_PX, width // _BLOCK_PX, num), np.iinfo(np.int16).max, dtype=np.int16)
    for dy in range(0, shifts, rows_at_once):
        summed, distance = (part[: shifts - dy] for part in (sums, distances))
        for plane in range(num_planes):
            moved = np.ndarray(
                summed.shape,
                np.int16,
                padded.data,
                plane * by_plane + dy * by_row,
                (by_row, by_column, by_row, by_column, by_pair),
            )
            into = distance if plane else summed
            np.subtract(moved, after[plane], out=into)
            np.abs(into, out=into)
            if plane:
                np.add(summed, distance, out=summed)
        # 16 pixels x 3 planes x 255 levels fit into 16 bits.
        rows = reduce(np.add, (summed[:, :, offset::_BLOCK_PX] for offset in range(_BLOCK_PX)))
        of_blocks = reduce(np.add, (rows[:, :, :, offset::_BLOCK_PX] for offset in range(_BLOCK_PX)))
        np.minimum(least, of_blocks.min(axis=(0, 1)), out=least)
    return least


def _with_edges(planes_CHWN: np.ndarray, reach: int) -> np.ndarray:
    """int16 planes with their outermost pixels repeated `reach` times on each side; contiguous."""
    # Not `np.pad`, which takes as long as comparing a pair does.
    num_planes, height, width, num = planes_CHWN.shape
    padded = np.empty((num_planes, height + 2 * reach, width + 2 * reach, num), dtype=np.int16)
    lines = padded[:, reach:-reach]
    lines[:, :, reach:-reach] = planes_CHWN
    lines[:, :, :reach], lines[:, :, -reach:] = planes_CHWN[:, :, :1], planes_CHWN[:, :, -1:]
    padded[:, :reach], padded[:, -reach:] = padded[:, reach, None], padded[:, -reach - 1, None]
    return padded


def unlike(difference: np.ndarray, detail: np.ndarray, noise: float) -> np.ndarray:
    """Share of a block's texture that is not explained, in [0, 1)."""
    return np.asarray(difference / (difference + detail + noise))


def speaking_weights(
    detail_i: np.ndarray, detail_j: np.ndarray, shift: np.ndarray, difference: np.ndarray
) -> np.ndarray:
    """How much each block has to say about a pair of pictures, in [0, 1], by its texture or its change."""
    speaking = np.maximum(np.maximum(detail_i, detail_j), np.minimum(shift, difference)) / SPEAKING
    return np.where(speaking < SILENT_SHARE, 0.0, np.minimum(speaking, 1.0))


def weighted_mean(weight_NBD: np.ndarray, values_NBD: np.ndarray) -> np.ndarray:
    """Mean over the blocks of each pair; 0 where no block speaks."""
    total = np.maximum(weight_NBD.sum(axis=(1, 2)), 1e-6)
    return np.asarray((weight_NBD * values_NBD).sum(axis=(1, 2)) / total)
