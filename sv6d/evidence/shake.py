"""How much a camera trembles: the fast part of the way that the picture as a whole takes, frame by frame.

Each frame is aligned with an earlier one by a shift alone (Lucas and Kanade 1981, with the robust weights of
`sv6d.evidence.motion`). What a parabola over a second does not follow is shake: pans and their soft starts and ends
are smooth, hands and steps are not.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy.signal import savgol_filter

from sv6d.timeline import NS_PER_S

FRAME_PX = 64  # longer side; measured: a tremble of 0.1 pixels there is found within a fifth
_LEAST_SIDE_PX = 12
_STEPS = 4  # measured: the fifth moves a shift by less than 0.01 pixels
_LEAST_SCALE = 0.006  # luma in [0, 1]: noise of compression at this size
_SPREAD_QUANTILE = 0.75  # as in `sv6d.evidence.motion`
_LEAST_TEXTURE = 1e-4
_MOST_AWAY_PX = 3.0  # beyond it the frame becomes the one that later ones are compared with
_WINDOW_S, _LEAST_S = 1.0, 0.4  # of the parabola; a shorter shot shows no tremble


def shake_rms(times_ns: Sequence[int], pictures: Sequence[np.ndarray]) -> float | None:
    """Root mean square distance of the picture's way from its own one-second parabolas, in picture heights.

    Args:
        times_ns: of each frame, rising.
        pictures: luma of each frame, uint8 [height, width], longer side about `FRAME_PX`.

    Returns:
        None where the shot is shorter than 0.4 s, or flat.
    """
    if (
        len(times_ns) < 4
        or (times_ns[-1] - times_ns[0]) < _LEAST_S * NS_PER_S
        or min(pictures[0].shape) < _LEAST_SIDE_PX
    ):
        return None
    path = _path(pictures)
    if path is None:
        return None
    times_s = (np.asarray(times_ns) - times_ns[0]) / NS_PER_S
    step_s = float(np.median(np.diff(times_s)))
    even_s = np.arange(0.0, times_s[-1] + step_s / 2, step_s)
    window = min(round(_WINDOW_S / step_s), len(even_s)) // 2 * 2 - 1
    if window < 5:
        return None
    total = 0.0
    for axis in (0, 1):
        way = np.interp(even_s, times_s, path[:, axis])
        total += float(np.mean((way - savgol_filter(way, window, 2)) ** 2))
    return float(np.sqrt(total) / pictures[0].shape[0])


def _path(pictures: Sequence[np.ndarray]) -> np.ndarray | None:
    """Where the picture's content is in each frame, in pixels (right, down) from the first; None for flat pictures."""
    places = np.zeros((len(pictures), 2))
    anchor, anchor_place, guess = _Anchor(pictures[0]), np.zeros(2), np.zeros(2)
    if anchor.is_flat:
        return None
    for index in range(1, len(pictures)):
        frame = pictures[index].astype(np.float32) / 255.0
        guess = anchor.shift_of(frame, guess)
        places[index] = anchor_place + guess
        if np.abs(guess).max() > _MOST_AWAY_PX:
            following = _Anchor(pictures[index])
            if not following.is_flat:
                anchor, anchor_place, guess = following, places[index], np.zeros(2)
    return places


class _Anchor:
    """A picture that others are aligned with, within the margin that they may be away."""

    _MARGIN = 6

    def __init__(self, picture: np.ndarray) -> None:
        self._picture = picture.astype(np.float32) / 255.0
        grad_y, grad_x = np.gradient(self._picture)
        inner = (slice(self._MARGIN, -self._MARGIN),) * 2
        if min(self._picture.shape) <= 3 * self._MARGIN:
            inner = (slice(2, -2),) * 2
        self._inner = inner
        self._slopes = np.stack([grad_x[inner].reshape(-1), grad_y[inner].reshape(-1)], axis=1)
        strength = np.hypot(self._slopes[:, 0], self._slopes[:, 1])
        self.is_flat = float(np.mean(strength**2)) < _LEAST_TEXTURE
        self._edges = strength >= 0.5 * np.sqrt(np.mean(strength**2))
        self._template = self._picture[inner].reshape(-1)

    def shift_of(self, frame: np.ndarray, guess: np.ndarray) -> np.ndarray:
        """Pixels (right, down) by which the content of `frame` is shifted, from a guess near it."""
        shift = guess.copy()
        for _ in range(_STEPS):
            difference = self._moved(frame, shift) - self._template
            at_edges = np.abs(difference[self._edges])
            place = int(_SPREAD_QUANTILE * at_edges.size)
            spread = max(_LEAST_SCALE, float(np.partition(at_edges, place)[place]))
            weights = 1.0 / (1.0 + (difference / (2.0 * spread)) ** 2) ** 2
            weighted = self._slopes * weights[:, None]
            normal = weighted.T @ self._slopes
            normal[np.diag_indices(2)] += 1e-6 * np.trace(normal) + 1e-12
            shift = shift - np.linalg.solve(normal, weighted.T @ difference)
        if np.abs(shift - guess).max() > self._MARGIN:
            return guess
        return np.asarray(np.clip(shift, -2.0 * self._MARGIN, 2.0 * self._MARGIN))

    def _moved(self, frame: np.ndarray, shift: np.ndarray) -> np.ndarray:
        """The inner part of a frame brought back by a shift (bilinear), flat."""
        rows, columns = self._inner
        height, width = frame.shape
        right, down = np.floor(shift).astype(int)
        part_x, part_y = float(shift[0] - right), float(shift[1] - down)
        y = np.clip(np.arange(rows.start, height + rows.stop + 1) + down, 0, height - 1)
        x = np.clip(np.arange(columns.start, width + columns.stop + 1) + right, 0, width - 1)
        block = frame[np.ix_(y, x)]
        upper = block[:-1, :-1] * (1 - part_x) + block[:-1, 1:] * part_x
        lower = block[1:, :-1] * (1 - part_x) + block[1:, 1:] * part_x
        return np.asarray((upper * (1 - part_y) + lower * part_y).reshape(-1))
