"""Fires, explosions and lights that burst out and go: bright pictures within a shot, with a change on one side alone.

Each picture that a change leads from, or to, is one of a shot. What grew out of another picture without any change, is
brighter than that one and gives way to one that is like it, is no shot.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from sv6d.shots.boundary import FrameBoundary
from sv6d.shots.ends import least_new
from sv6d.timeline import NS_PER_S

_REACH_S, _STEP_S = 2.0, 0.08  # ours: a fire that burns longer than that is a picture of its own; looked for at steps
# Levels of mean luma by which what bursts out is brighter than the pictures before and after it, and share of the later
# of these that is new. Measured on trials: fires 19 to 127 and 0.49 to 0.86; of 58 dissolves of trials and trailers
# those that brighten and darken as much 0.89 and more.
_LEAST_RISE, _MOST_NEW = 18.0, 0.8
# The same where it comes at once, so that its first frame is taken for a cut: fires 112 and more, 64 in one frame, and
# 0.39 to 0.69; of 370 cuts five rise by 60 and fall by 30, to a picture that is 0.71 new and more.
_LEAST_SUDDEN_RISE, _MOST_SUDDEN_NEW = 50.0, 0.6


def without_bursts(
    found: Sequence[FrameBoundary], others: Sequence[FrameBoundary], planes_TCHW: np.ndarray, frame_ns: int
) -> list[FrameBoundary]:
    """Changes but hard cuts into a burst and dissolves out of one.

    `others` are changes that stay; no burst lasts beyond any of both.
    """
    reach, step = (max(1, round(length_s * NS_PER_S / frame_ns)) for length_s in (_REACH_S, _STEP_S))
    changes = sorted((*found, *others), key=lambda item: item.first)
    kept = []
    for item in found:
        before, after = max(0, item.first - 1), min(item.pure, len(planes_TCHW) - 1)
        number = changes.index(item)
        if item.kind == "hard_cut":
            end = changes[number + 1].first if number + 1 < len(changes) else len(planes_TCHW)
            beyond = range(after, min(end, after + reach), step)
            is_burst = _comes_and_goes(planes_TCHW, after, before, beyond, _LEAST_SUDDEN_RISE, _MOST_SUDDEN_NEW)
        elif item.kind == "dissolve":
            begin = changes[number - 1].pure if number else 0
            beyond = range(before, max(begin, before - reach) - 1, -step)
            is_burst = _comes_and_goes(planes_TCHW, before, after, beyond, _LEAST_RISE, _MOST_NEW)
        else:
            is_burst = False
        if not is_burst:
            kept.append(item)
    return kept


def _comes_and_goes(
    planes_TCHW: np.ndarray, bright: int, plain: int, beyond: Sequence[int], least_rise: float, most_new: float
) -> bool:
    """Whether frame `bright` stands out between frame `plain` and one of those beyond it, and these two are alike."""
    luma = planes_TCHW[bright, 0].mean()
    if luma - planes_TCHW[plain, 0].mean() < least_rise:
        return False
    # What stays as bright is no picture that the burst came from.
    dark = [t for t in beyond if luma - planes_TCHW[t, 0].mean() >= least_rise]
    return bool(dark) and least_new(planes_TCHW, plain, dark) < most_new
