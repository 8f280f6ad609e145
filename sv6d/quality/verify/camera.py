"""The camera's motion by phase correlation of tiles (Kuglin and Hines 1975), and the motion that most tiles share.

The evidence is aligned by block differences and gradients; here the shift of each tile is read from the
phase of its spectrum, at another size and at other times, and a shift and growth that most tiles
agree on is looked for among those that any two tiles propose (Fischler and Bolles, RANSAC, 1981,
with all pairs instead of drawn ones, so that nothing is random).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.fft import irfft2, rfft2

TILE_PX = 32
_STRIDE_PX = 20
_LEAST_DEVIATION = 2.5  # levels of 8-bit luma: below it a tile holds nothing but the noise of compression
_MAX_SHIFT_PX = 11.0  # ours: a third of a tile; beyond it more than half of a windowed tile's energy has left it
_LEAST_PEAK = 0.08  # of 1, the peak of two equal tiles; measured: noise has peaks of up to 0.06
_CUTOFF = 0.3  # cycles per pixel: above it compression decides the phase
_AGREE_PX = 0.6  # ours: a tile agrees when its shift is off by less
_LEAST_TILES = 4  # ours: two propose a motion, as many again must confirm it
# Share of the tiles from which the others hardly matter. Measured: still shots from 0.80; shots in which a caption and
# a subject that is followed hide the movement, 0.5.
MOST = 0.7
_PAIR_STRIDE = 3  # every third pair proposes; ours: hundreds of pairs still do
_MAX_GROWTH = 0.12  # between two pictures


@dataclass(frozen=True, slots=True)
class Step:
    """Motion of the picture's content between two pictures.

    Attributes:
        right, down: shift at the centre, in widths and heights of the picture.
        growth: natural logarithm of scale.
        agreeing: share of the tiles with a shift that follow it, in [0, 1].
        other: the motion that most of the remaining tiles share, looked for where these are many.
    """

    right: float
    down: float
    growth: float
    agreeing: float
    other: Step | None = None


def step_between(before: np.ndarray, after: np.ndarray) -> Step | None:
    """The motion from luma `before` to luma `after`, uint8 [height, width]; None where too few tiles have a shift."""
    tops, lefts = _starts(before.shape[0]), _starts(before.shape[1])
    old, new = _tiles(before, tops, lefts), _tiles(after, tops, lefts)
    rich = (old.std(axis=(1, 2)) > _LEAST_DEVIATION) & (new.std(axis=(1, 2)) > _LEAST_DEVIATION)
    if rich.sum() < _LEAST_TILES:
        return None
    shifts_N2, peaks_N = _shifts(old[rich], new[rich])
    centres = np.array([(top, left) for top in tops for left in lefts])[rich] + (TILE_PX - 1) / 2
    places_N2 = centres - (np.array(before.shape) - 1) / 2
    sure = (peaks_N >= _LEAST_PEAK) & (np.abs(shifts_N2).max(axis=1) <= _MAX_SHIFT_PX)
    if sure.sum() < _LEAST_TILES:
        return None
    found = _consensus(places_N2[sure], shifts_N2[sure])
    if found is None:
        return None
    rest = (
        _consensus(places_N2[sure][~found.follows_N], shifts_N2[sure][~found.follows_N]) if found.leaves_many else None
    )
    return found.step(before.shape, rest.step(before.shape) if rest is not None else None)


def _starts(length: int) -> list[int]:
    count = max(1, round((length - TILE_PX) / _STRIDE_PX) + 1)
    return [int(start) for start in np.rint(np.linspace(0, length - TILE_PX, count))]


def _tiles(luma: np.ndarray, tops: list[int], lefts: list[int]) -> np.ndarray:
    windows = np.lib.stride_tricks.sliding_window_view(luma, (TILE_PX, TILE_PX))
    return windows[np.ix_(tops, lefts)].reshape(-1, TILE_PX, TILE_PX).astype(np.float32)


_HANN = np.outer(np.hanning(TILE_PX + 2)[1:-1], np.hanning(TILE_PX + 2)[1:-1]).astype(np.float32)
_FREQUENCIES = np.hypot(np.fft.fftfreq(TILE_PX)[:, None], np.fft.rfftfreq(TILE_PX)[None, :])
_LOW_PASS = np.exp(-0.5 * (_FREQUENCIES / (_CUTOFF / 2.0)) ** 2).astype(np.float32)
_FULL_PEAK = float(irfft2(_LOW_PASS, s=(TILE_PX, TILE_PX))[0, 0])


def _shifts(old: np.ndarray, new: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Shift (down, right) of each tile in pixels, and the height of its peak, 1 for equal tiles."""
    spectrum_old = rfft2((old - old.mean(axis=(1, 2), keepdims=True)) * _HANN)
    spectrum_new = rfft2((new - new.mean(axis=(1, 2), keepdims=True)) * _HANN)
    cross = spectrum_new * np.conj(spectrum_old)
    surface = irfft2(cross / (np.abs(cross) + 1e-6) * _LOW_PASS, s=(TILE_PX, TILE_PX)) / _FULL_PEAK
    flat = surface.reshape(len(surface), -1).argmax(axis=1)
    row, column = flat // TILE_PX, flat % TILE_PX
    tile = np.arange(len(surface))
    peak = surface[tile, row, column]
    down = row + _vertex(surface[tile, row - 1, column], peak, surface[tile, (row + 1) % TILE_PX, column])
    right = column + _vertex(surface[tile, row, column - 1], peak, surface[tile, row, (column + 1) % TILE_PX])
    shifts = np.stack([down, right], axis=1)
    return np.where(shifts > TILE_PX / 2, shifts - TILE_PX, shifts), peak


def _vertex(left: np.ndarray, middle: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Offset of the top of the parabola through three neighbours, in (-0.5, 0.5)."""
    return np.asarray(0.5 * (left - right) / np.minimum(left - 2.0 * middle + right, -1e-6))


@dataclass(frozen=True)
class _Group:
    """Tiles that share a motion: shift down and right at the picture's centre in pixels, growth."""

    follows_N: np.ndarray  # noqa: N815
    down: float
    right: float
    growth: float

    @property
    def leaves_many(self) -> bool:
        return float(self.follows_N.mean()) < MOST and int((~self.follows_N).sum()) >= _LEAST_TILES

    def step(self, shape: tuple[int, ...], other: Step | None = None) -> Step:
        share = float(self.follows_N.mean())
        return Step(self.right / shape[1], self.down / shape[0], float(np.log1p(self.growth)), share, other)


def _consensus(places_N2: np.ndarray, shifts_N2: np.ndarray) -> _Group | None:
    first, second = (index[::_PAIR_STRIDE] for index in np.triu_indices(len(places_N2), 1))
    apart_P2, spread_P2 = places_N2[second] - places_N2[first], shifts_N2[second] - shifts_N2[first]
    growth_P = (apart_P2 * spread_P2).sum(axis=1) / (apart_P2**2).sum(axis=1)
    usable = np.abs(growth_P) <= _MAX_GROWTH
    if not usable.any():
        return None
    growth_P, first = growth_P[usable], first[usable]
    centre_P2 = shifts_N2[first] - growth_P[:, None] * places_N2[first]
    errors_2PN = [
        np.abs(centre_P2[:, axis, None] + np.outer(growth_P, places_N2[:, axis]) - shifts_N2[:, axis])
        for axis in (0, 1)
    ]
    errors_PN = np.maximum(*errors_2PN)
    # How many agree decides; among equals, how well.
    votes_P = np.maximum(0.0, 1.0 - (errors_PN / _AGREE_PX) ** 2).sum(axis=1)
    follows_N = errors_PN[int(votes_P.argmax())] < _AGREE_PX
    if follows_N.sum() < _LEAST_TILES:
        return None
    return _Group(follows_N, *_fit(places_N2[follows_N], shifts_N2[follows_N]))


def _fit(places_N2: np.ndarray, shifts_N2: np.ndarray) -> tuple[float, float, float]:
    """Least squares: shift down and right at the picture's centre, and growth."""
    middle, mean = places_N2.mean(axis=0), shifts_N2.mean(axis=0)
    spread = places_N2 - middle
    growth = float((spread * (shifts_N2 - mean)).sum() / max(float((spread**2).sum()), 1.0))
    down, right = mean - growth * middle
    return float(down), float(right), growth
