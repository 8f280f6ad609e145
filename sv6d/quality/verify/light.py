"""Light and colour from the luma and chroma planes: medians of small tiles, and plain means beside them.

The evidence takes means of red, green and blue. The median of a tile leaves out what is small in it:
letters, highlights, noise; where it and the mean disagree, the answer is open.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

_TILE_PX = 16
# BT.601 in limited range (ITU-R BT.601-7, table 3): luma of black and its range, range of the colour differences.
_BLACK, _LUMA_RANGE, _CHROMA_ZERO, _CHROMA_RANGE = 16.0, 219.0, 128.0, 224.0
# Red minus luma and blue minus luma, as multiples of the two colour differences: 2 - 2 * 0.299 and 2 - 2 * 0.114.
_RED_SHARE, _BLUE_SHARE = 1.402, 1.772
# Green minus luma, as multiples of both: (0.114 * 1.772 and 0.299 * 1.402) / 0.587.
_GREEN_OF_BLUE, _GREEN_OF_RED = 0.344136, 0.714136


@dataclass(frozen=True, slots=True)
class Light:
    """One picture: brightness in [0, 1], red minus blue in [-1, 1] and how strong its colours are (largest minus
    smallest channel) in [0, 1], each by tiles' medians and as a mean."""

    luma_tiles: float
    luma_mean: float
    lean_tiles: float
    lean_mean: float
    chroma_tiles: float
    chroma_mean: float
    spread_tiles: float
    spread_mean: float


def light_of_planes(yuv_CHW: np.ndarray) -> Light:
    """Light and colour of one picture of `planes.read_planes`."""
    planes = yuv_CHW.astype(np.float32)
    luma = (planes[0] - _BLACK) / _LUMA_RANGE
    blue_difference, red_difference = (planes[1:] - _CHROMA_ZERO) / _CHROMA_RANGE
    red, blue = _RED_SHARE * red_difference, _BLUE_SHARE * blue_difference
    lean = red - blue
    green = -_GREEN_OF_BLUE * blue_difference - _GREEN_OF_RED * red_difference
    chroma = np.maximum(np.maximum(red, green), blue) - np.minimum(np.minimum(red, green), blue)
    numbers = [number for plane in (luma, lean, chroma) for number in (_tiles(plane).mean(), plane.mean())]
    return Light(*(float(number) for number in (*numbers, _tiles(luma).std(), luma.std())))


def _tiles(plane: np.ndarray) -> np.ndarray:
    """The median of each tile."""
    height, width = plane.shape[0] // _TILE_PX * _TILE_PX, plane.shape[1] // _TILE_PX * _TILE_PX
    tiles = plane[:height, :width].reshape(height // _TILE_PX, _TILE_PX, width // _TILE_PX, _TILE_PX)
    return np.asarray(np.median(tiles, axis=(1, 3)))
