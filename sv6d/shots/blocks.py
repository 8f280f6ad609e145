"""Comparing small pictures by blocks, each allowed to move: what a shot's own motion can not explain.

Shapes: N pairs, T frames, C planes (luma, blue and red difference), H x W pixels, B x D blocks.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce

import numpy as np

_BLOCK_PX = 4
# Search range in pixels of a picture at most 32 wide: a tenth of the width between two frames, the fastest
# motion in the sample clips (a camera whip at 24 frames a second moves 0.08 of the width).
_REACH_PX = 3
# Ours: a block whose texture or change is above this (levels of 255, summed over planes) speaks fully, one
# below a twentieth of it (flat in both pictures: black bars, a card's ground) not at all.
_SPEAKING = 12.0
_SILENT_SHARE = 0.05
_NOISE = 4.0  # measured: matched difference of still, compressed shots stays below it
_CHANGED = 0.25  # ours: share of a block's texture that no motion explains, above which it has changed
# BT.601 luma and colour differences.
_TO_PLANES = np.array([[0.299, 0.587, 0.114], [-0.169, -0.331, 0.5], [0.5, -0.419, -0.081]], dtype=np.float32)


@dataclass(frozen=True)
class Change:
    """How far each of N pairs of pictures differs after motion.

    Attributes:
        unlike: share of texture that is not explained, mean over speaking blocks, in [0, 1).
        spread: share of the speaking blocks that have changed, in [0, 1].
        levels: unexplained difference in levels of 255, mean over speaking blocks.
    """

    unlike: np.ndarray
    spread: np.ndarray
    levels: np.ndarray


def planes(rgb_THWC: np.ndarray) -> np.ndarray:
    """float32 T x C x H x W at half the size, cut to whole blocks: luma 0 to 255, colour differences about 0."""
    num, height, width, _ = rgb_THWC.shape
    height, width = height // (2 * _BLOCK_PX) * _BLOCK_PX, width // (2 * _BLOCK_PX) * _BLOCK_PX
    halves = rgb_THWC[:, : 2 * height, : 2 * width].reshape(num, height, 2, width, 2, 3)
    mean = halves.mean(axis=(2, 4), dtype=np.float32)
    return np.ascontiguousarray((mean @ _TO_PLANES.T).transpose(0, 3, 1, 2))


def block_means(values: np.ndarray, size: int = _BLOCK_PX) -> np.ndarray:
    """Means over `size` x `size` blocks of the last two axes."""
    # Sums of strided slices: measured 3.5 times as fast as a mean over two short axes.
    rows = reduce(np.add, (values[..., offset::size, :] for offset in range(size)))
    total = reduce(np.add, (rows[..., offset::size] for offset in range(size)))
    return np.asarray(total / (size * size))


def textures(planes_TCHW: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Standard deviation (summed over planes, T x B x D) and mean (T x C x B x D) of each block."""
    means = block_means(planes_TCHW)
    variances = block_means(planes_TCHW * planes_TCHW) - means * means
    return np.sqrt(np.maximum(variances, 0.0)).sum(axis=1), means


def moved_difference(before_NCHW: np.ndarray, after_NCHW: np.ndarray) -> np.ndarray:
    """Least mean absolute difference of each block of `after` to any place near it in `before`, N x B x D."""
    height, width = before_NCHW.shape[2:]
    reach = _REACH_PX
    padded = np.pad(before_NCHW, ((0, 0), (0, 0), (reach, reach), (reach, reach)), mode="edge")
    least = np.full((len(before_NCHW), height // _BLOCK_PX, width // _BLOCK_PX), np.inf, dtype=np.float32)
    distance = np.empty_like(after_NCHW)
    for dy in range(2 * reach + 1):
        for dx in range(2 * reach + 1):
            np.subtract(padded[:, :, dy : dy + height, dx : dx + width], after_NCHW, out=distance)
            np.abs(distance, out=distance)
            np.minimum(least, block_means(distance[:, 0] + distance[:, 1] + distance[:, 2]), out=least)
    return least


def compare(planes_TCHW: np.ndarray, texture: tuple[np.ndarray, np.ndarray], i: np.ndarray, j: np.ndarray) -> Change:
    """Change from frames `i` to frames `j` (indexes of equal length); `texture` as from `textures`."""
    before, after = planes_TCHW[i], planes_TCHW[j]
    # Both ways: text that vanishes on black is found nowhere, though black is found beside the text.
    difference = np.maximum(moved_difference(before, after), moved_difference(after, before))
    deviations, means = texture
    detail = 0.5 * (deviations[i] + deviations[j])
    shift = np.abs(means[i] - means[j]).sum(axis=1)
    speaking = np.maximum(np.maximum(deviations[i], deviations[j]), np.minimum(shift, difference)) / _SPEAKING
    weight = np.where(speaking < _SILENT_SHARE, 0.0, np.minimum(speaking, 1.0))
    total = np.maximum(weight.sum(axis=(1, 2)), 1e-6)
    unlike = difference / (difference + detail + _NOISE)
    return Change(
        unlike=(weight * unlike).sum(axis=(1, 2)) / total,
        spread=(weight * np.minimum(unlike / _CHANGED, 1.0)).sum(axis=(1, 2)) / total,
        levels=(weight * difference).sum(axis=(1, 2)) / total,
    )
