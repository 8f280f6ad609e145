"""Cuts in the middle of a rush: the old shot is whipped aside or zoomed into, the new one comes out of the blur."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from sv6d.schema.boundaries import ChangeKind
from sv6d.shots.boundary import FrameBoundary
from sv6d.timeline import NS_PER_S

_REACH_S = 0.4  # ours: on each side; a rush of an editing program takes 0.1 to 0.3 s of each shot
_LEAST_REACH_FRAMES = 4
_LEAST_SIDE_FRAMES = 3  # frames of a shot that must be there to see it blur
_LEAST_EDGES = 2.0  # levels between neighbouring pixels in the sharpest frame: a flat picture can not blur
# Sharpness beside the cut by that of the sharpest frame nearby, on the side where it is greater. Measured on cuts that
# were found in the trials and real clips: whips have 0.27 to 0.66 along their way and 0.72 to 0.84 across it, two
# thirds of the zooms 0.72 and less in both directions; of 511 plain cuts one is taken for a zoom.
_MOST_WHIPPED, _MOST_ZOOMED = 0.66, 0.715
_SHARP = 0.92  # share of the sharpest frame's edges from which a frame is taken for one that does not rush


def with_rushes(found: Sequence[FrameBoundary], planes_TCHW: np.ndarray, frame_ns: int) -> list[FrameBoundary]:
    """Boundaries in the order of time; hard cuts that lie in a rush become `whip` or `zoom`, about the same cut."""
    reach = max(_LEAST_REACH_FRAMES, round(_REACH_S * NS_PER_S / frame_ns))
    told = []
    for number, item in enumerate(found):
        earliest = found[number - 1].pure if number else 0
        latest = found[number + 1].first if number + 1 < len(found) else len(planes_TCHW)
        if item.kind == "hard_cut":
            old = _edges(planes_TCHW[max(earliest, item.cut - reach) : item.cut, 0])
            new = _edges(planes_TCHW[item.cut : min(latest, item.cut + reach), 0])
            item = _seen_in_rush(item, old, new)
        told.append(item)
    return told


def _edges(luma_THW: np.ndarray) -> np.ndarray:
    """Mean difference of neighbouring pixels of each frame, along the columns and along the rows, T x 2."""
    return np.stack([np.abs(np.diff(luma_THW, axis=axis)).mean(axis=(1, 2)) for axis in (1, 2)], axis=1)


def _seen_in_rush(cut: FrameBoundary, old_NA: np.ndarray, new_NA: np.ndarray) -> FrameBoundary:
    """The cut, or what it is in the middle of. Sharpness by axis, of frames before it and after it."""
    if min(len(old_NA), len(new_NA)) < _LEAST_SIDE_FRAMES:
        return cut
    sharpest = old_NA.max(axis=0), new_NA.max(axis=0)
    if min(side.min() for side in sharpest) < _LEAST_EDGES:
        return cut
    blurred = np.maximum(old_NA[-1] / sharpest[0], new_NA[0] / sharpest[1])
    kind: ChangeKind
    if blurred.max() <= _MOST_ZOOMED:
        kind, axes = "zoom", slice(None)
    elif blurred.min() <= _MOST_WHIPPED:
        axis = int(blurred.argmin())
        kind, axes = "whip", slice(axis, axis + 1)
    else:
        return cut
    before = _frames_of_rush((old_NA / sharpest[0])[::-1, axes].max(axis=1))
    after = _frames_of_rush((new_NA / sharpest[1])[:, axes].max(axis=1))
    # As long on both sides, as such transitions are made: the cut stays in the middle.
    num = (before + after + 1) // 2
    num = min(num, len(old_NA), len(new_NA))
    return FrameBoundary(kind, cut.cut - num, cut.cut + num, cut.cut, cut.score)


def _frames_of_rush(sharpness_N: np.ndarray) -> int:
    """Frames from the cut on that are blurred."""
    sharp = np.flatnonzero(sharpness_N >= _SHARP)
    return int(sharp[0]) if len(sharp) else len(sharpness_N)
