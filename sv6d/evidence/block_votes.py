"""A first guess of the camera's motion in which every block of the picture has one vote.

Captions, stickers and the subject often hold the strongest edges, so they would win if pixels or
gradients were counted. Here a block votes for every motion that carries it to where it is found
again; along an edge it votes for all of them alike. The motion with the most votes wins.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.ndimage import minimum_filter

_BLOCK_PX = 8
# Search range. Of a picture 64 wide, looked at every 160 ms, it lets pans of 0.58 widths per second through.
_REACH_PX = 6
# Growth of the content tried between two pictures; 0.09 in 160 ms is a zoom of 0.54 per second.
_GROWTHS = (
    -0.09,
    -0.075,
    -0.06,
    -0.05,
    -0.04,
    -0.03,
    -0.02,
    -0.01,
    0.0,
    0.01,
    0.02,
    0.03,
    0.04,
    0.05,
    0.06,
    0.075,
    0.09,
)
_MARGIN_PX = 8  # beyond the range: the largest growth moves the farthest block of a 128-pixel picture by 5.4
_LEAST_DEVIATION = 0.012  # luma in [0, 1]: three levels of 8-bit video; below it a block is flat and has no vote
_LEAST_VOTERS = 4  # as many as the motion has unknowns
# Difference, as a share of the block's texture and above noise, at which a block is not found there at all.
_LOST_SHARE, _NOISE = 0.5, 0.006
_FOLLOWS = 0.6  # ours: a block that loses less of its vote follows the motion


@dataclass(frozen=True)
class Votes:
    """The motion that most blocks agree on, in pixels of the picture given, and which blocks follow it.

    Attributes:
        right_px, down_px: shift of the content at the picture's centre.
        growth: of the content about the centre; 0.01 is one per cent.
        following: bool, blocks down x blocks across.
        stray_px: how far blocks are found from where the motion would carry them, mean over all with texture; those
            that follow count as 0.
    """

    right_px: float
    down_px: float
    growth: float
    following: np.ndarray
    stray_px: float

    def mask(self, shape: tuple[int, int], scale: int) -> np.ndarray:
        """Pixels of a picture `scale` times as large that lie in blocks which follow."""
        found = np.zeros(shape, dtype=bool)
        blocks = np.kron(self.following, np.ones((_BLOCK_PX * scale, _BLOCK_PX * scale), dtype=bool))
        height, width = min(shape[0], blocks.shape[0]), min(shape[1], blocks.shape[1])
        found[:height, :width] = blocks[:height, :width]
        return found


def count_votes(before: np.ndarray, after: np.ndarray) -> Votes | None:
    """The winner for two luma pictures in [0, 1]; None where too few blocks have any texture."""
    rows, columns = before.shape[0] // _BLOCK_PX, before.shape[1] // _BLOCK_PX
    deviations = _blocks(before[: rows * _BLOCK_PX, : columns * _BLOCK_PX]).std(axis=(1, 3)).reshape(-1)
    voters = np.flatnonzero(deviations > _LEAST_DEVIATION)
    if voters.size < _LEAST_VOTERS:
        return None
    differences = _differences(before, after, rows, columns).reshape(2 * _REACH_PX + 1, 2 * _REACH_PX + 1, -1)
    differences = differences[:, :, voters]
    lost = (differences - differences.min(axis=(0, 1))) / (_LOST_SHARE * deviations[voters] + _NOISE)
    lost = np.minimum(lost, 1.0)
    # Centres of the voting blocks, from the picture's centre.
    y = (voters // columns + 0.5) * _BLOCK_PX - before.shape[0] / 2
    x = (voters % columns + 0.5) * _BLOCK_PX - before.shape[1] / 2
    padded = np.pad(lost, ((_MARGIN_PX, _MARGIN_PX), (_MARGIN_PX, _MARGIN_PX), (0, 0)), constant_values=1.0)
    losses = np.stack([_losses(padded, growth * y, growth * x) for growth in _GROWTHS])
    best, down, right = np.unravel_index(int(losses.argmin()), losses.shape)
    growth, down_px, right_px = _GROWTHS[int(best)], int(down) - _REACH_PX, int(right) - _REACH_PX
    # A block whose best place is a pixel off still follows: guesses are whole pixels.
    near = minimum_filter(lost, (3, 3, 1))
    at_y = np.clip(np.rint(down_px + growth * y).astype(int) + _REACH_PX, 0, 2 * _REACH_PX)
    at_x = np.clip(np.rint(right_px + growth * x).astype(int) + _REACH_PX, 0, 2 * _REACH_PX)
    follows = near[at_y, at_x, np.arange(voters.size)] < _FOLLOWS
    following = np.zeros(rows * columns, dtype=bool)
    following[voters[follows]] = True
    own_y, own_x = np.divmod(lost.reshape(-1, voters.size).argmin(axis=0), 2 * _REACH_PX + 1)
    stray_px = float(np.mean(np.where(follows, 0.0, np.hypot(own_y - at_y, own_x - at_x))))
    return Votes(float(right_px), float(down_px), growth, following.reshape(rows, columns), stray_px)


def _blocks(picture: np.ndarray) -> np.ndarray:
    height, width = picture.shape
    return picture.reshape(height // _BLOCK_PX, _BLOCK_PX, width // _BLOCK_PX, _BLOCK_PX)


def _differences(before: np.ndarray, after: np.ndarray, rows: int, columns: int) -> np.ndarray:
    """Mean absolute difference of each block of `before` to `after` at each shift: down x right x rows x columns."""
    height, width = rows * _BLOCK_PX, columns * _BLOCK_PX
    padded = np.pad(after, _REACH_PX, mode="edge")
    size = 2 * _REACH_PX + 1
    found = np.empty((size, size, rows, columns))
    for down in range(size):
        for right in range(size):
            moved = padded[down : down + height, right : right + width]
            found[down, right] = _blocks(np.abs(moved - before[:height, :width])).mean(axis=(1, 3))
    return found


def _losses(padded: np.ndarray, extra_y: np.ndarray, extra_x: np.ndarray) -> np.ndarray:
    """Sum of lost votes for each whole-pixel shift when each block is moved by an extra part of its own."""
    down, right = np.floor(extra_y).astype(int), np.floor(extra_x).astype(int)
    share_y, share_x = extra_y - down, extra_x - right
    steps = np.arange(2 * _REACH_PX + 1) + _MARGIN_PX
    block = np.arange(padded.shape[2])
    total = np.zeros((steps.size, steps.size))
    for dy, weight_y in ((0, 1.0 - share_y), (1, share_y)):
        for dx, weight_x in ((0, 1.0 - share_x), (1, share_x)):
            at_y, at_x = steps[:, None, None] + down + dy, steps[None, :, None] + right + dx
            total += padded[at_y, at_x, block] @ (weight_y * weight_x)
    return total
