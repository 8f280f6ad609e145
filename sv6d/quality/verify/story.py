"""A video as the sequence of its pictures' sketches, and how far any two of them are apart.

Two distances, averaged: between histograms of the three planes (how far levels have to be carried, Rubner et
al. 2000) and between the means of coarse cells.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sv6d.timeline import Span

_BIN_LEVELS = 4
_CELL_PX = 10
_FULL = 255.0
# Frames looked at on each side of a claimed span: what the change is measured against.
AROUND = 3
_GROUND_LEVELS = 12  # ours: what compression leaves of one colour


@dataclass(frozen=True)
class Sketch:
    """What is kept of one picture.

    Attributes:
        levels: cumulative histograms of the planes, [3, 63].
        cells: means of the planes over cells, [3, rows, columns].
        contrast: of the inner part, in levels.
        ground_share: of the pixels, those within a few levels of the most frequent luma, in [0, 1].
    """

    levels: np.ndarray
    cells: np.ndarray
    contrast: float
    ground_share: float


def sketch(yuv_CHW: np.ndarray) -> Sketch:
    """The sketch of one picture of `planes.read_planes`."""
    _, height, width = yuv_CHW.shape
    bins = 256 // _BIN_LEVELS
    counts = [np.bincount((plane // _BIN_LEVELS).ravel(), minlength=bins)[:-1] for plane in yuv_CHW]
    rows, columns = height // _CELL_PX, width // _CELL_PX
    cells = yuv_CHW[:, : rows * _CELL_PX, : columns * _CELL_PX].reshape(3, rows, _CELL_PX, columns, _CELL_PX)
    run = _GROUND_LEVELS // _BIN_LEVELS
    ground = np.convolve(np.bincount(yuv_CHW[0].ravel() // _BIN_LEVELS, minlength=bins), np.ones(run)).max()
    # Without the outer parts, where black bars keep their edge while the picture fades.
    inner = yuv_CHW[:, height // 3 : height - height // 3, width // 6 : width - width // 6]
    return Sketch(
        levels=(np.cumsum(counts, axis=1) / (height * width)).astype(np.float32),
        cells=cells.mean(axis=(2, 4), dtype=np.float32),
        contrast=float(inner.std(axis=(1, 2)).sum()),
        ground_share=float(ground / (height * width)),
    )


class Story:
    """The sketches of all frames of a video, in order."""

    def __init__(self, times_ns: list[int], sketches: list[Sketch]) -> None:
        self.times_ns = np.array(times_ns)
        self._levels = np.stack([item.levels for item in sketches])
        self._cells = np.stack([item.cells for item in sketches])
        self.contrast = np.array([item.contrast for item in sketches])
        self.ground_share = np.array([item.ground_share for item in sketches])
        self.steps = self.change(np.arange(len(sketches) - 1), np.arange(1, len(sketches)))

    def change(self, i: np.ndarray, j: np.ndarray) -> np.ndarray:
        """How far frames `j` are from frames `i`: 0 for equal pictures, about 1 from black to white."""
        carried = np.abs(self._levels[i] - self._levels[j]).sum(axis=(1, 2)) * _BIN_LEVELS
        moved = np.abs(self._cells[i] - self._cells[j]).sum(axis=1).mean(axis=(1, 2))
        return np.asarray(0.5 * (carried + moved) / _FULL)

    def off_mixture(self, first: int, last: int) -> float:
        """How far the frames between two are from any mixture of them, over the distance of the two: median, from 0."""
        old, new, between_TN = self._ends(first, last)
        way = new - old
        share_T = np.clip((between_TN - old) @ way / max(float(way @ way), 1e-9), 0.0, 1.0)
        return _median_share(between_TN - old - share_T[:, None] * way, way)

    def off_parts(self, first: int, last: int) -> float:
        """The same, from pictures of which each cell is one of either: a wipe."""
        old, new, between_TN = self._ends(first, last)
        nearest_TN = np.minimum(np.abs(between_TN - old), np.abs(between_TN - new))
        return _median_share(nearest_TN, new - old)

    def _ends(self, first: int, last: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Cells of two frames and of those in the middle half between them, flat."""
        quarter = (last - first) // 4
        cells = self._cells[[first, last, *range(first + quarter, last - quarter + 1)]]
        flat = cells.reshape(len(cells), -1).astype(np.float64)
        return flat[0], flat[1], flat[2:]

    def window(self, span: Span, around_ns: int = 0) -> tuple[int, int]:
        """First and last frame that a change over `span` is measured between, both beyond it where there are any."""
        first = int(np.searchsorted(self.times_ns, span.start_ns - around_ns, "right")) - 1 - AROUND
        last = int(np.searchsorted(self.times_ns, span.end_ns + around_ns, "left")) + AROUND
        return max(0, first), min(len(self.times_ns) - 1, last)


def _median_share(off_TN: np.ndarray, way_N: np.ndarray) -> float:
    return float(np.median(np.linalg.norm(off_TN, axis=1)) / max(float(np.linalg.norm(way_N)), 1e-9))
