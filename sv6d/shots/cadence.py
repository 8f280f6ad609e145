"""Frames that only repeat the one before, since a film of fewer frames a second was filled up: 15 as 30, 24 as 60.

A picture that moves at every second frame stands still on both sides of each step, so that a step looks like a cut of
a still page, and a short dissolve like two of them. Every measurement of this package goes by neighbouring frames, so
repeats are left out of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from sv6d.shots.boundary import FrameBoundary, Pictures

# A repeat changes by less than this share of the steps within two frames on both sides of it, which are no less than
# so many levels. Measured on films of 15 frames a second filled up to 30: 0.00 to 0.48 beside steps of 6 to 33.
_MOST_SHARE, _LEAST_STEP = 0.1, 2.0
_BESIDE = 2
# Repeats among so many pairs of frames that make a cadence: 24 frames a second as 30 have six, a stutter one or two.
_AROUND, _LEAST_REPEATS = 24, 4


def distinct_frames(change: np.ndarray) -> np.ndarray:
    """Frames that repeat no other within a cadence, rising; all of them where there is none.

    `change` as from `blocks.activity`.
    """
    whole = change.mean(axis=(1, 2))
    if len(whole) <= 2 * _BESIDE:
        return np.arange(len(whole) + 1)
    beside = sliding_window_view(np.pad(whole, _BESIDE), _BESIDE).max(axis=1)
    step = np.minimum(beside[: len(whole)], beside[_BESIDE + 1 :])
    repeats = (step >= _LEAST_STEP) & (whole <= _MOST_SHARE * step)
    near = np.convolve(repeats, np.ones(_AROUND))[_AROUND // 2 :][: len(whole)]
    return np.flatnonzero(np.r_[True, ~(repeats & (near >= _LEAST_REPEATS))])


def only(pictures: Pictures, frames: np.ndarray) -> Pictures:
    """The pictures of some frames, rising and with the first among them; looks at other frames are left out."""
    places = {int(frame): place for place, frame in enumerate(frames)}
    # A picture of a frame that is left out is one of the frame that it repeats.
    held = np.searchsorted(frames, np.fromiter(pictures.stills, np.int64, len(pictures.stills)), side="right") - 1
    return replace(
        pictures,
        yuv_TCHW=pictures.yuv_TCHW[frames],
        times_ns=tuple(pictures.times_ns[frame] for frame in frames),
        looks={places[frame]: look for frame, look in pictures.looks.items() if frame in places},
        stills=dict(zip(held.tolist(), pictures.stills.values(), strict=True)),
    )


def in_all_frames(found: Sequence[FrameBoundary], frames: np.ndarray, num_frames: int) -> list[FrameBoundary]:
    """Boundaries among some frames as those among all of them."""
    edges = [*frames.tolist(), num_frames]
    return [replace(item, first=edges[item.first], pure=edges[item.pure], cut=edges[item.cut]) for item in found]
